"""Spreadsheets for offices: every sheet and every cell of the product is written here.

No text can become a formula, a link or a number: it is written as text, in cells formatted as
text, so that it stays text even when someone edits the cell and leaves it again.
"""

import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from crm.formats.cells import Cell, clean_text

Align = Literal["left", "center", "right"]

FONT = "BIZ UDPGothic"
FONT_SIZE = 10.5
A4 = 9
BINDING_MARGIN = 25 / 25.4  # 綴じ代 25 mm, in inches
MARGIN = 10 / 25.4
FOOT_MARGIN = 15 / 25.4
LINE_HEIGHT = 14.5  # points
WIDE = 1.6  # a full-width character, in digits
ROW_PADDING = 7.0
MAX_ROW_HEIGHT = 409.0  # what the format allows
WATERMARK = "#767676"  # gray that can still be read on white (WCAG 1.4.3)
JAPANESE_ERA = '[$-411]ggge"年"m"月"d"日"'
ILLEGAL_IN_NAME = re.compile(r"[\[\]:*?/\\']")

OPTIONS = {
    # Everything stays in memory: no personal data in a temporary file that a crash would leave.
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"font_name": FONT, "font_size": FONT_SIZE},
}


@dataclass(frozen=True)
class SheetColumn:
    """One column: heading, width in digits (a kanji takes 1.5), and how its cells align."""

    label: str
    width: float
    align: Align = "left"


@dataclass(frozen=True)
class Sheet:
    """One sheet of paper-ready rows.

    `header_lines` stand under the title at the right, `footer_lines` under the rows. `page_note`
    is printed at the foot of every page, beside the page number; `watermark` above the title and,
    in gray, at the head of every page. `properties` are the file's own (`title`, `subject`,
    `author`, `company`, `comments`, `keywords`).
    """

    title: str
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Cell]]
    header_lines: Sequence[str] = ()
    footer_lines: Sequence[str] = ()
    page_note: str = ""
    watermark: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


def write_sheet(sheet: Sheet, *more: Sheet, now: datetime) -> bytes:
    """Write an XLSX file: A4 landscape, one page wide, ready to print and to sort.

    Further sheets stand behind the first, whose properties are the file's; each is named after its
    title.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        created = now.astimezone(UTC).replace(tzinfo=None)  # the library writes it as UTC
        book.set_properties({**_clean_all(sheet.properties), "created": created})
        styles = _styles(book)
        for each in (sheet, *more):
            _fill(book.add_worksheet(_sheet_name(each.title)), each, styles)
    return file.getvalue()


def _fill(page: Worksheet, sheet: Sheet, styles: Mapping[str, Format]) -> None:
    heading = _write_head(page, sheet, styles)
    end = _write_rows(page, sheet, styles, heading)
    for offset, line in enumerate(sheet.footer_lines):
        _write_text(page, end + offset, 0, line, styles["line"])
    _set_up_view(page, sheet, heading, end - 1)
    _set_up_paper(page, sheet, heading)


def _clean_all(properties: Mapping[str, str]) -> dict[str, str]:
    return {name: clean_text(value) for name, value in properties.items()}


def _sheet_name(title: str) -> str:
    return ILLEGAL_IN_NAME.sub("", clean_text(title)).strip()[:31] or "一覧表"


def _styles(book: xlsxwriter.Workbook) -> dict[str, Format]:
    text = {"num_format": "@", "valign": "vcenter"}
    cell = {**text, "border": 1, "border_color": "#949494", "text_wrap": True}
    styles = {
        "title": {**text, "bold": True, "font_size": 16, "align": "center_across"},
        "header_line": {**text, "align": "right"},
        "watermark": {**text, "align": "right", "font_color": WATERMARK},
        "line": text,
        "heading": {**cell, "bold": True, "align": "center", "bg_color": "#E6E6E6", "bottom": 2},
    }
    for align in ("left", "center", "right"):
        styles[f"text {align}"] = {**cell, "align": align}
        styles[f"number {align}"] = {**cell, "align": align, "num_format": "0"}
        styles[f"date {align}"] = {**cell, "align": align, "num_format": JAPANESE_ERA}
    return {name: book.add_format(properties) for name, properties in styles.items()}


def _write_head(page: Worksheet, sheet: Sheet, styles: Mapping[str, Format]) -> int:
    """Write all that stands above the rows, and give the number of the row of headings."""
    last = len(sheet.columns) - 1
    page.set_row(0, 30)
    _write_text(page, 0, 0, sheet.title, styles["title"])
    for column in range(1, last + 1):
        page.write_blank(0, column, None, styles["title"])
    lines = [("header_line", line) for line in sheet.header_lines]
    if sheet.watermark:
        lines.append(("watermark", sheet.watermark))
    for row, (style, line) in enumerate(lines, 1):
        _write_text(page, row, last, line, styles[style])
    heading = 1 + len(lines)
    page.set_row(heading, 24)
    for column, each in enumerate(sheet.columns):
        page.set_column(column, column, each.width)
        _write_text(page, heading, column, each.label, styles["heading"])
    return heading


def _write_rows(page: Worksheet, sheet: Sheet, styles: Mapping[str, Format], heading: int) -> int:
    """Write the rows, and give the number of the row after the last."""
    end = heading + 1
    for end, cells in enumerate(sheet.rows, heading + 2):
        page.set_row(end - 1, _height(sheet.columns, cells))
        for index, (column, value) in enumerate(zip(sheet.columns, cells, strict=True)):
            _write_cell(page, (end - 1, index), value, styles, column.align)
    return end


def _height(columns: Sequence[SheetColumn], cells: Sequence[Cell]) -> float:
    # Not every program measures wrapped rows when it opens a file, so the height is written.
    pairs = zip(columns, cells, strict=True)
    lines = max(_lines(value, column.width) for column, value in pairs)
    return min(lines * LINE_HEIGHT + ROW_PADDING, MAX_ROW_HEIGHT)


def _lines(value: Cell, width: float) -> int:
    if not isinstance(value, str):
        return 1
    return sum(_lines_of(line, width - 0.5) for line in value.split("\n"))


def _lines_of(line: str, room: float) -> int:
    """Return how many lines one comes to, measured in digits, a little generously."""
    if len(line) * WIDE <= room:  # as almost every cell of a list
        return 1
    breadth = sum(WIDE if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)
    return max(1, math.ceil(breadth / room))


def _write_cell(
    page: Worksheet, place: tuple[int, int], value: Cell, styles: Mapping[str, Format], align: Align
) -> None:
    row, column = place
    if value is None or value == "":
        page.write_blank(row, column, None, styles[f"text {align}"])
    elif isinstance(value, str):
        _write_text(page, row, column, value, styles[f"text {align}"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, styles[f"date {align}"])
    else:
        page.write_number(row, column, value, styles[f"number {align}"])


def _write_text(page: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    page.write_string(row, column, clean_text(text), style)


def _set_up_view(page: Worksheet, sheet: Sheet, heading: int, last_row: int) -> None:
    last_column = len(sheet.columns) - 1
    page.freeze_panes(heading + 1, 0)
    page.autofilter(heading, 0, max(last_row, heading), last_column)
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    page.hide_gridlines(2)


def _set_up_paper(page: Worksheet, sheet: Sheet, heading: int) -> None:
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(heading)
    page.set_margins(left=BINDING_MARGIN, right=MARGIN, top=MARGIN, bottom=FOOT_MARGIN)
    page.set_footer(
        f'&L&"{FONT}"&9{_note(sheet.page_note)}&R&"{FONT}"&9&P／&Nページ', {"margin": MARGIN / 2}
    )
    if sheet.watermark:
        mark = f'&C&"{FONT}"&12&K{WATERMARK[1:]}{_note(sheet.watermark)}'
        page.set_header(mark, {"margin": MARGIN / 2})


def _note(text: str) -> str:
    # An ampersand begins a code there, and the whole may have 255 characters.
    return clean_text(text)[:100].replace("&", "&&")
