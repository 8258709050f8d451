"""What a sheet says, cell by cell, and what is told about cells beside their text."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from crm.formats.errors import UnreadableFile
from crm.formats.number_formats import day_of, digits_of, time_of
from crm.formats.workbook import LIMITS, CellFlag, Mark, Sheet, SheetRow, read_workbook
from tests.support.open_data import REAL, needs_real_data


def workbook(change: Callable[[Worksheet], None]) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    change(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def only_sheet(content: bytes) -> Sheet:
    [sheet] = read_workbook(content).sheets
    return sheet


def cell(value: object, number_format: str = "General") -> tuple[str, Mark]:
    def change(sheet: Worksheet) -> None:
        sheet["A1"] = value  # type: ignore[assignment]  # whatever a sheet may hold
        sheet["A1"].number_format = number_format

    [row] = only_sheet(workbook(change)).rows
    return row.text(0), row.marks.get(0, Mark())


@pytest.mark.parametrize(
    ("value", "number_format", "text", "flags"),
    [
        ("髙橋　京子", "@", "髙橋　京子", ""),
        ("a\r\nb", "General", "a\nb", ""),
        (9012345678, "General", "9012345678", ""),
        (1.0, "General", "1", ""),
        (0.1 + 0.2, "General", "0.3", ""),
        (546260001, "0000000000", "0546260001", ""),
        (1e20, "General", "1e+20", ""),
        (True, "General", "TRUE", ""),
        (dt.date(2026, 4, 1), 'ggge"年"m"月"d"日"', "2026-04-01", "d"),
        (dt.date(2026, 4, 1), "[$-411]ge.m.d;@", "2026-04-01", "d"),
        (dt.date(2026, 4, 1), "yyyy/m/d;@", "2026-04-01", "d"),
        (
            dt.datetime(2026, 4, 1, 9, 30),  # noqa: DTZ001 - sheets know no zones
            "yyyy/m/d h:mm",
            "2026-04-01",
            "d",
        ),
        (dt.time(9, 30), "h:mm", "09:30", ""),
        (46113, "General", "46113", ""),
        (46113, '#,##0"日"', "46113", ""),
        (46113, "0.00E+00", "46113", ""),
        (9999999, "yyyy/m/d", "9999999", ""),
        (-1, "yyyy/m/d", "-1", ""),
    ],
)
def test_cell_as_it_is_meant(value: object, number_format: str, text: str, flags: str) -> None:
    assert cell(value, number_format) == (text, Mark(flags))


def test_formula_without_its_result_is_flagged() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.append(["x", "=A1"])

    [row] = only_sheet(workbook(change)).rows
    assert (row.texts, row.has(1, CellFlag.UNCALCULATED)) == (("x",), True)


def test_merged_cells_say_from_where_they_are_filled() -> None:
    def change(sheet: Worksheet) -> None:
        for row in [("a", None, "x"), (None, None, "y"), ("b", None, "z")]:
            sheet.append(row)
        sheet.merge_cells("A1:B2")

    first, second, third = only_sheet(workbook(change)).rows
    assert [row.texts for row in (first, second, third)] == [
        ("a", "a", "x"),
        ("a", "a", "y"),
        ("b", "", "z"),
    ]
    assert (first.marks, second.marks) == ({1: Mark("h")}, {0: Mark("v"), 1: Mark("h")})


def test_blank_rows_are_left_out_and_hidden_things_told() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["A1"], sheet["B3"] = "a", "b"
        sheet["B3"].font = Font(strike=True)
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True

    sheet = only_sheet(workbook(change))
    assert [(row.number, row.texts, row.hidden) for row in sheet.rows] == [
        (1, ("a",), False),
        (3, ("", "b"), True),
    ]
    assert (sheet.hidden_columns, sheet.rows[1].marks) == ((1,), {1: Mark("s")})


def test_hidden_sheets_are_named_but_not_read() -> None:
    book = openpyxl.Workbook()
    first: Any = book.active
    first["A1"] = "a"
    hidden: Any = book.create_sheet("原本")
    hidden["A1"], hidden.sheet_state = "秘密", "veryHidden"
    file = io.BytesIO()
    book.save(file)

    sheets = read_workbook(file.getvalue()).sheets

    assert [(each.name, each.hidden, len(each.rows)) for each in sheets] == [
        ("Sheet", False, 1),
        ("原本", True, 0),
    ]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("氏名,住所\r\n髙橋,町1\r\n".encode("cp932"), "cp932"),
        ("氏名,住所\r\n髙橋,町1\r\n".encode(), "utf-8"),
        ("氏名,住所\r\n髙橋,町1\r\n".encode("utf-8-sig"), "utf-8-sig"),
        ("氏名\t住所\r\n髙橋\t町1\r\n".encode("utf-16"), "utf-16"),
        ("\ufeff氏名\t住所\r\n髙橋\t町1\r\n".encode("utf-16-be"), "utf-16"),
    ],
)
def test_text_files_give_the_same_rows_in_every_encoding(content: bytes, encoding: str) -> None:
    book = read_workbook(content)

    assert book.encoding == encoding
    assert book.sheets[0].rows == (SheetRow(1, ("氏名", "住所")), SheetRow(2, ("髙橋", "町1")))


def test_text_cells_lose_the_apostrophe_that_guards_formulas() -> None:
    [row] = only_sheet(b"a,'=1+1,'abc\r\n").rows

    assert row.texts == ("a", "=1+1", "'abc")


def test_long_text_is_cut_and_flagged() -> None:
    long = "長" * (LIMITS.cell_characters + 1)
    for content in (workbook(lambda sheet: sheet.append([long])), long.encode()):
        [row] = only_sheet(content).rows
        assert (len(row.text(0)), row.marks) == (LIMITS.cell_characters, {0: Mark("c")})


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ({"file_bytes": 10}, "ファイルが大きすぎます"),
        ({"inflated_bytes": 1_000}, "展開すると大きすぎます"),
        ({"entries": 3}, "展開すると大きすぎます"),
        ({"rows": 2}, "行が多すぎます（上限2行）"),
        ({"columns": 2}, "列が多すぎます（上限2列）"),
        ({"cells": 8}, "内容が多すぎて"),
        ({"characters": 8}, "内容が多すぎて"),
        ({"timeout_s": 0.01}, "内容が多すぎて"),
    ],
)
def test_every_limit_has_its_sentence(limit: dict[str, int], says: str) -> None:
    def change(sheet: Worksheet) -> None:
        for _ in range(3):
            sheet.append(["a", "b", "c"])

    with pytest.raises(UnreadableFile, match=says):
        read_workbook(workbook(change), limits=replace(LIMITS, **limit))  # type: ignore[arg-type]  # numbers all


@given(
    st.integers(1, 10**6),
    st.lists(st.text(max_size=8), min_size=1, max_size=5),
    st.dictionaries(st.integers(0, 99), st.tuples(st.text("dvhscfe"), st.text(max_size=8))),
)
def test_row_comes_back_from_json_as_it_was(
    number: int, texts: list[str], marks: dict[int, tuple[str, str]]
) -> None:
    told = {column: Mark(*mark) for column, mark in marks.items()}
    row = SheetRow(number, tuple(texts), told, hidden=True)

    assert SheetRow.unpacked(row.packed()) == row


@settings(max_examples=200)
@given(st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)))
def test_serial_numbers_are_days_since_the_end_of_1899(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days

    assert day_of(serial, from_1904=False) == day
    assert day_of(serial + 0.99, from_1904=False) == day


def test_numbers_at_the_edges() -> None:
    assert [day_of(each, from_1904=False) for each in (0, -1, 2_958_466)] == [None] * 3
    assert day_of(1, from_1904=True) == dt.date(1904, 1, 2)
    assert day_of(2_958_465, from_1904=True) is None
    assert (time_of(0.999999), time_of(1.5)) == ("00:00", "12:00")
    assert (digits_of(12.50, 0), digits_of(7, 3)) == ("12.5", "007")


@needs_real_data
def test_real_workbooks_are_read_as_grids() -> None:
    assert REAL is not None
    found = {}
    for path in sorted((REAL / "takamatsu").glob("*.xlsx")):
        [sheet] = read_workbook(path.read_bytes()).sheets
        page: Any = openpyxl.load_workbook(path).active
        first_column = [str(value) for (value,) in page.iter_rows(max_col=1, values_only=True)]
        assert [row.text(0) for row in sheet.rows] == first_column
        found[path.name] = len(sheet.rows)
    assert len(found) == 9
