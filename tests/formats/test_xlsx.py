import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from crm.formats.cells import Cell, clean_text
from crm.formats.xlsx import Sheet, SheetColumn, write_sheet

NOW = datetime(2026, 11, 20, 5, 5, tzinfo=UTC)
COLUMNS = [SheetColumn("番号", 6, "right"), SheetColumn("氏名", 16), SheetColumn("電話番号", 15)]
SEPARATORS = ["", " ", "\u3000", "\t", "\n", "\ufeff", "\u200b", "\u2060", "\u00a0", "'", '"']
NASTY = [
    *(f"{before}=1+1" for before in SEPARATORS),
    *(f"{before}+81-87-833-0110" for before in SEPARATORS),
    *(f"{before}-2+3" for before in SEPARATORS),
    *(f"{before}@SUM(A1:A9)" for before in SEPARATORS),
    "＝１＋１",
    "＋１",
    "－１",
    "＠SUM(A1)",
    "=cmd|' /C calc'!A0",
    '=DDE("cmd";"/C calc";"x")',
    '=HYPERLINK("http://example.com/?"&A1,"開く")',
    "=WEBSERVICE(A1)",
    "{=SUM(A1:A3)}",
    "|calc",
    "%0A=1",
    ";=1",
    ",=1",
    "http://example.com/",
    "mailto:someone@example.com",
    "internal:Sheet1!A1",
    "external:c:\\temp\\x.xlsx",
    "087-833-0110",
    "0878330110",
    "1E5",
    "TRUE",
    "#REF!",
    "2026/11/20",
    "<b>&amp;</b>",
    "&P",
    "<rich><r>x</r></rich>",
    " 前後の空白 ",
    "二行の\n備考",
    "𠮷田",
    "葛\U000e0100城",
    "×" * 32_767,
]


def sheet(*rows: Sequence[Cell], **others: object) -> Sheet:
    facts = {"title": "地域安全連絡員一覧表", "columns": COLUMNS, "rows": rows, **others}
    return Sheet(**facts)  # type: ignore[arg-type]  # a test's shorthand


def reread(written: bytes) -> Worksheet:
    page = openpyxl.load_workbook(io.BytesIO(written)).active
    assert isinstance(page, Worksheet)
    return page


def test_write_sheet_reads_back_as_it_was_given() -> None:
    rows: list[Sequence[Cell]] = [(1, "髙橋　昭一", "087-833-0110"), (2, None, date(2026, 4, 1))]

    page = reread(
        write_sheet(
            sheet(*rows, header_lines=("令和８年11月20日現在",), footer_lines=("（敬称略）",)),
            now=NOW,
        )
    )

    assert list(page.values) == [
        ("地域安全連絡員一覧表", None, None),
        (None, None, "令和８年11月20日現在"),
        ("番号", "氏名", "電話番号"),
        (1, "髙橋　昭一", "087-833-0110"),
        (2, None, datetime(2026, 4, 1)),  # noqa: DTZ001 - a sheet knows no zones
        ("（敬称略）", None, None),
    ]
    assert page["C5"].number_format == '[$-411]ggge"年"m"月"d"日"'


def test_nasty_corpus_is_large_enough() -> None:
    assert len(set(NASTY)) == len(NASTY) == 75


@pytest.mark.parametrize("text", NASTY)
def test_write_sheet_keeps_every_text_a_text(text: str) -> None:
    lines = {"title": text, "header_lines": (text,), "footer_lines": (text,)}
    columns = [SheetColumn(text, 10), *COLUMNS[1:]]

    page = reread(write_sheet(sheet((text, "", text), columns=columns, **lines), now=NOW))

    cells = [page[place] for place in ("A1", "C2", "A3", "A4", "C4", "A5")]
    assert [cell.value for cell in cells] == [text] * 6
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert [cell.hyperlink for cell in cells] == [None] * 6


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\0=1", "=1"),
        ("\x1b[31m赤", "[31m赤"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("\r=1", "\n=1"),
        ("\ud800孤立", "孤立"),
        ("\ufffe\uffff", ""),
        ("×" * 32_768, "×" * 32_766 + "…"),
    ],
)
def test_clean_text_drops_only_what_a_cell_cannot_hold(text: str, kept: str) -> None:
    assert clean_text(text) == kept


def test_write_sheet_strips_illegal_characters_everywhere() -> None:
    text = "\x00\x0b=1\ud800\r\n"
    lines = {"title": text, "header_lines": (text,), "footer_lines": (text,), "page_note": text}
    columns = [SheetColumn(text, 10)]

    page = reread(write_sheet(sheet((text,), columns=columns, **lines), now=NOW))

    assert [cell.value for cell in page["A"]] == ["=1\n"] * 5
    assert (page.title, page.oddFooter.left.text) == ("=1", "=1\n")


def test_write_sheet_holds_no_formula_and_no_link_in_its_parts() -> None:
    written = write_sheet(sheet(*((None, text, text) for text in NASTY)), now=NOW)

    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
        assert re.findall(r"<(?:f|hyperlink)\b", page) == []
        assert [name for name in archive.namelist() if "external" in name.lower()] == []


def test_write_sheet_is_ready_for_paper() -> None:
    page = reread(
        write_sheet(
            sheet((1, "一", ""), (2, "二", ""), header_lines=("現在",), page_note="取扱注意 A&B"),
            now=NOW,
        )
    )

    setup = page.page_setup
    assert (setup.orientation, setup.paperSize) == ("landscape", 9)
    assert (page.sheet_properties.pageSetUpPr.fitToPage, setup.fitToHeight) == (True, 0)
    assert page.page_margins.left == pytest.approx(25 / 25.4)
    assert (page.print_title_rows, page.freeze_panes, page.auto_filter.ref) == (
        "$3:$3",
        "A4",
        "A3:C5",
    )
    footer = page.oddFooter
    assert (footer.left.text, footer.right.text) == ("取扱注意 A&&B", "&P／&Nページ")


def test_write_sheet_without_rows_has_a_heading_and_a_filter() -> None:
    page = reread(write_sheet(sheet(), now=NOW))

    assert (page.max_row, page.auto_filter.ref) == (2, "A2:C2")


def test_write_sheet_makes_room_for_wrapped_text() -> None:
    page = reread(
        write_sheet(
            sheet((1, "一", ""), (2, "長い名前の団体" * 4, ""), (3, "一\n二\n三", "")), now=NOW
        )
    )

    heights = [page.row_dimensions[row].height for row in (3, 4, 5)]
    assert heights == [21.75, 50.25, 50.25]


def test_write_sheet_writes_the_facts_of_the_file() -> None:
    written = write_sheet(sheet(properties={"author": "地域課\0", "comments": "会議"}), now=NOW)

    facts = openpyxl.load_workbook(io.BytesIO(written)).properties
    assert (facts.creator, facts.description, facts.created) == (
        "地域課",
        "会議",
        datetime(2026, 11, 20, 5, 5),  # noqa: DTZ001 - openpyxl gives UTC without saying so
    )


def test_write_sheet_twice_gives_the_same_bytes() -> None:
    assert write_sheet(sheet((1, "一", "")), now=NOW) == write_sheet(sheet((1, "一", "")), now=NOW)


@pytest.mark.parametrize(
    ("title", "name"),
    [("一覧表[1]:2/3", "一覧表123"), ("'引用'", "引用"), ("*?", "一覧表"), ("長" * 40, "長" * 31)],
)
def test_write_sheet_names_the_tab_within_the_rules(title: str, name: str) -> None:
    assert reread(write_sheet(sheet(title=title), now=NOW)).title == name
