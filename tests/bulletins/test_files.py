import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.bulletins.files import MAX_FILE_BYTES, MAX_NAME, read_sheet
from crm.kernel.errors import Refused
from tests.bulletins.acts import JPEG, PDF, PNG


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (PDF, "application/pdf", "速報.pdf"),
        (PNG, "image/png", "速報.png"),
        (JPEG, "image/jpeg", "速報.jpg"),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, media_type: str, name: str) -> None:
    sheet = read_sheet("速報.html", content)

    assert (sheet.media_type, sheet.name, sheet.content) == (media_type, name, content)
    assert sheet.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"PK\x03\x04 a workbook",
        b"MZ a program",
        b" " + PDF,
        PDF[:10],
        PNG[:20],
        JPEG[:5],
    ],
    ids=["empty", "html", "zip", "program", "shifted", "cut pdf", "cut png", "cut jpeg"],
)
def test_a_file_of_another_kind_is_refused_whatever_its_name(content: bytes) -> None:
    with pytest.raises(Refused, match="PDF、PNG、JPEG") as refusal:
        read_sheet("速報.pdf", content)

    assert refusal.value.field == "file"


def test_a_file_over_the_limit_is_refused() -> None:
    padded = PDF.replace(b"endobj", b"endobj" + b" " * (MAX_FILE_BYTES - len(PDF)))

    assert len(read_sheet("速報.pdf", padded).content) == MAX_FILE_BYTES
    with pytest.raises(Refused, match="10メガバイト以下"):
        read_sheet("速報.pdf", b"%PDF- " + padded[5:])


@given(st.text(max_size=300))
def test_a_name_always_fits_and_ends_as_the_content_asks(name: str) -> None:
    kept = read_sheet(name, PDF).name

    assert kept.endswith(".pdf")
    assert len(".pdf") < len(kept) <= MAX_NAME
    assert "/" not in kept
