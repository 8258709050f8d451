"""A workbook opened and saved by LibreOffice, as an office without Excel does it."""

import datetime as dt
import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from crm.formats.xlsx import Sheet, SheetColumn, write_sheet
from tests.formats.test_xlsx import COLUMNS, NASTY, NOW

SOFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
TEXTS = [text for text in NASTY if len(text) < 1000 and text.strip() == text and "\t" not in text]


@needs_office
def test_workbook_opens_and_comes_back_as_it_was(tmp_path: Path) -> None:
    rows = [(number, text, "087-833-0110") for number, text in enumerate(TEXTS, 1)]
    first = Sheet("一覧表", COLUMNS, rows)
    second = Sheet("変更表", [SheetColumn("日", 16)], [(dt.date(2026, 4, 1),)])
    file = tmp_path / "in" / "一覧表.xlsx"
    file.parent.mkdir()
    file.write_bytes(write_sheet(first, second, now=NOW))

    _saved_again(file, tmp_path)

    book = openpyxl.load_workbook(io.BytesIO((tmp_path / file.name).read_bytes()))
    assert book.sheetnames == ["一覧表", "変更表"]
    page = book["一覧表"]
    assert [line[:3] for line in page.iter_rows(min_row=3, values_only=True)] == rows
    assert {cell.data_type for line in page.iter_rows(min_row=3) for cell in line[1:3]} == {"s"}
    assert (page.page_setup.orientation, page.print_title_rows) == ("landscape", "$2:$2")
    assert book["変更表"]["A3"].value == dt.datetime(2026, 4, 1)  # noqa: DTZ001 - a sheet knows no zones


def _saved_again(file: Path, into: Path) -> None:
    subprocess.run(  # noqa: S603 - the office's own program and a file of ours
        [
            *(str(SOFFICE), f"-env:UserInstallation=file://{into}/profile", "--headless"),
            *("--convert-to", "xlsx", "--outdir", str(into), str(file)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
