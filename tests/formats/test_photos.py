"""Photographs drawn anew: the picture comes back, and nothing that stood beside it."""

from io import BytesIO

import pytest
from PIL import Image

from crm.formats.errors import UnreadableFile
from crm.formats.photos import PhotoLimits, redraw

CANARY = b"Himitsu-no-camera"
SMALL = PhotoLimits(pixels=40_000, side=64)


def photograph(size: tuple[int, int] = (160, 120), kind: str = "JPEG", **more: object) -> bytes:
    """A picture, dark on its left, with a camera's facts: turned by 90 degrees, and where."""
    picture = Image.new("RGB", size, "white")
    picture.paste("black", (0, 0, size[0] // 2, size[1]))
    facts = picture.getexif()
    facts[0x0112] = 6
    facts[0x010F] = CANARY.decode()
    facts.get_ifd(0x8825)[1] = "N"
    made = BytesIO()
    picture.save(made, kind, exif=facts, **more)  # type: ignore[arg-type]  # what the format takes
    return made.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_upright_small_and_alone(kind: str) -> None:
    sent = photograph(kind=kind)

    drawn = redraw(sent, limits=SMALL)

    assert CANARY in sent
    assert CANARY not in drawn.content
    with Image.open(BytesIO(drawn.content)) as opened:
        assert (opened.format, opened.size, dict(opened.getexif())) == ("JPEG", (48, 64), {})
        assert (drawn.width, drawn.height) == opened.size
        # turned by 90 degrees, what was on the left is on top
        top, bottom = opened.getpixel((24, 8)), opened.getpixel((24, 56))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (max(top) < 60, min(bottom) > 200) == (True, True)


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"%PDF-1.7", photograph()[:400], photograph(size=(400, 400))],
    ids=["nothing", "another kind", "a paper", "cut short", "too many pixels"],
)
def test_what_is_no_picture_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="写真を読めません。"):
        redraw(content, limits=SMALL)


def test_picture_that_needs_too_much_ends_its_child_alone() -> None:
    with pytest.raises(UnreadableFile):
        redraw(photograph(), limits=PhotoLimits(memory_bytes=20_000_000))


def test_large_file_is_refused_before_anything_reads_it() -> None:
    with pytest.raises(UnreadableFile, match="1メガバイト以下"):
        redraw(bytes(1_000_001), limits=PhotoLimits(file_bytes=1_000_000))
