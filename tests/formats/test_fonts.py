import hashlib
import re
from pathlib import Path

import pytest

import crm.formats.pdf

FONTS = crm.formats.pdf.FONTS
LISTED = dict(
    re.findall(
        r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", (FONTS / "FONTS.md").read_text(), re.MULTILINE
    )
)


def fonts() -> list[Path]:
    return sorted(path for path in FONTS.iterdir() if path.suffix in {".ttf", ".otf"})


def test_fonts_md_lists_every_font() -> None:
    assert sorted(LISTED) == [path.name for path in fonts()]


@pytest.mark.parametrize("path", fonts(), ids=lambda path: path.name)
def test_font_is_the_one_that_was_vendored(path: Path) -> None:
    assert hashlib.sha256(path.read_bytes()).hexdigest() == LISTED[path.name]


@pytest.mark.parametrize("name", ["OFL-BIZUDPGothic.txt", "OFL-NotoSansJP.txt"])
def test_font_licence_stands_beside_the_fonts(name: str) -> None:
    lines = (FONTS / name).read_text().splitlines()

    assert lines[0].startswith("Copyright")
    assert lines[5] == "SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007"
