"""Files made to harm or to confuse: each is refused or read, in one clear sentence, in bounds.

Measured is the process that asks (its peak memory, in a process of its own so that nothing else
counts) and the time until it has its answer.
"""

import hashlib
import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crm.formats.errors import UnreadableFile
from crm.formats.workbook import LIMITS, read_workbook
from tests.intake.corpus import rewritten, text_file, workbook

ROOT = Path(__file__).parents[2]
MIB = 1 << 20
MOST_GROWTH = 150 * MIB
MOST_SECONDS = 20.0

BROKEN = "ファイルが壊れているため読めません。Excelで開き、別の名前で保存し直してください。"
TOO_MUCH = "ファイルの内容が多すぎて読み込めません。必要な表だけを新しいブックに写してください。"
TOO_LARGE = "ファイルを展開すると大きすぎます。必要な表だけを新しいブックに写してください。"
NESTED = (
    "ファイルの中に別の圧縮ファイルが入っています。必要な表だけを新しいブックに写してください。"
)
NO_WORKBOOK = "Excelブック（.xlsx）ではありません。xlsx形式又はCSV形式で保存し直してください。"
DECLARED = (
    "ファイルに使用できない宣言（DTD）が含まれているため読めません。"
    "Excelで開き、新しいブックに表だけを写してください。"
)
ENCRYPTED = "パスワードで保護されたファイルです。パスワードを外して保存し直してください。"
OLD = "古い形式のExcelファイル（.xls）です。Excelブック（.xlsx）形式で保存し直してください。"
MACROS = (
    "マクロを含むファイル（.xlsm）です。"
    "マクロのないExcelブック（.xlsx）形式で保存し直してください。"
)  # fmt: skip
COLUMNS = "列が多すぎます（上限100列）。必要な列だけを新しいブックに写してください。"
ROWS = "行が多すぎます（上限20000行）。分けてから読み込んでください。"
NUL = "2行目に文字でないデータがあります。CSV UTF-8形式で保存し直してください。"
EMPTY = "ファイルが空です。見出しの行のあるCSVファイルを選んでください。"
UNKNOWN_TEXT = (
    "2行目の文字コードを判別できません。"
    "UTF-8又はShift_JIS（CP932）のCSV形式で保存し直してください。"
)  # fmt: skip
UTF16_BROKEN = (
    "文字コードを判別できません。UTF-8又はShift_JIS（CP932）のCSV形式で保存し直してください。"
)
ONE_CELL = '1行目を表として読めません。引用符（"）の閉じ忘れがないか確認してください。'
QUOTES = '3行目を表として読めません。引用符（"）の閉じ忘れがないか確認してください。'

LIST = [("氏名", "電話番号"), ("山田 太郎", "054-626-0001")]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DTD = b'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
LAUGHS = (
    b'<!DOCTYPE worksheet [<!ENTITY a "'
    + b"ha" * 500
    + b'">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 50) for letter in range(98, 104)
    )
    + b"]>"
)


def sheet_with(data: bytes, *, declaration: bytes = b"") -> bytes:
    """Put rows as XML into the sheet of a workbook."""
    page = (
        b'<?xml version="1.0"?>'
        + declaration
        + b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + b"<sheetData>"
        + data
        + b"</sheetData></worksheet>"
    )
    return rewritten(
        workbook(LIST), lambda name, part: page if name == "xl/worksheets/sheet1.xml" else part
    )


def added(content: bytes, **entries: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, part in entries.items():
            archive.writestr(name, part)
    return file.getvalue()


def bomb() -> bytes:
    """Make one cell of 400 MB: some 400 KB as a file."""
    return sheet_with(
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"a" * 400 * MIB + b"</t></is></c></row>"
    )


def bomb_within_the_limit() -> bytes:
    cell = b'<c t="inlineStr"><is><t>a</t></is></c>'
    return sheet_with((b"<row>" + cell * 100 + b"</row>") * 45_000)


def bomb_of_attributes() -> bytes:
    return sheet_with(b'<row r="1" x="' + b"a" * 150 * MIB + b'"/>')


def lying_size() -> bytes:
    """Declare one byte for an entry that unfolds to much more, in both of its headers."""
    content = bytearray(sheet_with(b"<row/>" * 1_000_000))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    told, lie = struct.pack("<I", size), struct.pack("<I", 1)
    return bytes(content).replace(told, lie)


def overlapping() -> bytes:
    """Let every entry of the directory name the same bytes."""
    content = bytearray(added(workbook(LIST), **{f"x{index}": b"a" for index in range(3)}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        last = archive.infolist()[-1].header_offset
        target = archive.infolist()[-2].header_offset
    return bytes(content).replace(struct.pack("<I", last), struct.pack("<I", target))


def encrypted_entries() -> bytes:
    content = bytearray(workbook(LIST))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


def merged_everywhere() -> bytes:
    merged = b'<mergeCell ref="A1:XFD1048576"/>' * 40_000
    return sheet_with(
        b'<row><c t="inlineStr"><is><t>a</t></is></c></row>' * 20_000
        + b"</sheetData><mergeCells>"
        + merged
        + b"</mergeCells><sheetData>"
    )


def five_digit_years() -> bytes:
    rows = [("氏名", "依頼年月日"), ("山田 太郎", "12026/4/1")]
    return workbook(rows)


def noise() -> bytes:
    return b"PK\x03\x04" + hashlib.shake_128(b"noise").digest(MIB)


def stored(**entries: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in entries.items():
            archive.writestr(name, part)
    return file.getvalue()


def many_entries() -> bytes:
    return stored(**{str(number): b"" for number in range(100_000)})


READ = "読めた"
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "xlsx_bomb_400_mb_in_a_cell": (bomb, TOO_LARGE),
    "xlsx_bomb_of_4_500_000_cells": (bomb_within_the_limit, TOO_MUCH),
    "sizes_that_lie": (lying_size, BROKEN),
    "overlapping_entries": (overlapping, BROKEN),
    "100_000_entries": (many_entries, TOO_LARGE),
    "nested_zip": (lambda: added(workbook(LIST), **{"xl/a.bin": stored(a=b"a")}), NESTED),
    "zip_of_something_else": (lambda: stored(a=b"a"), NO_WORKBOOK),
    "zip_slip": (lambda: added(workbook(LIST), **{"../../etc/cron.d/x": b"a"}), BROKEN),
    "absolute_name": (lambda: added(workbook(LIST), **{"/etc/cron.d/x": b"a"}), BROKEN),
    "truncated": (lambda: workbook(LIST)[:-200], BROKEN),
    "flipped_bytes": (
        lambda: workbook(LIST).replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet2.xml", 1),
        BROKEN,
    ),
    "noise_after_a_signature": (noise, BROKEN),
    "polyglot_with_a_page_before": (
        lambda: b"<html>\n" + workbook(LIST),
        NUL,
    ),
    "old_xls": (lambda: OLE + bytes(4096), OLD),
    "encrypted_xlsx": (
        lambda: OLE + bytes(4096) + "EncryptedPackage".encode("utf-16-le"),
        ENCRYPTED,
    ),
    "encrypted_entries": (encrypted_entries, ENCRYPTED),
    "macros": (lambda: added(workbook(LIST), **{"xl/vbaProject.bin": b"a"}), MACROS),
    "xxe": (lambda: sheet_with(b"<row><c><v>&x;</v></c></row>", declaration=DTD), DECLARED),
    "billion_laughs": (
        lambda: sheet_with(b"<row><c><v>&g;</v></c></row>", declaration=LAUGHS),
        DECLARED,
    ),
    "broken_xml": (lambda: sheet_with(b"<row><c></row>"), BROKEN),
    "row_numbers_beyond_any_sheet": (lambda: sheet_with(b'<row r="99999999"/>'), BROKEN),
    "missing_shared_string": (
        lambda: sheet_with(b'<row><c t="s"><v>999</v></c></row>'),
        BROKEN,
    ),
    "merged_everywhere": (merged_everywhere, TOO_MUCH),
    "10_000_columns": (lambda: workbook([["a"] * 10_000]), COLUMNS),
    "csv_of_one_huge_line": (lambda: b"a," * 9_000_000, COLUMNS),
    "csv_of_one_huge_cell": (lambda: b"a" * 19_000_000, ONE_CELL),
    "csv_of_too_many_rows": (lambda: b"a,b\n" * 20_001, ROWS),
    "csv_over_20_mb": (
        lambda: b"a" * (LIMITS.file_bytes + 1),
        "ファイルが大きすぎます（上限20メガバイト）。分けてから読み込んでください。",
    ),
    "nul": ("氏名\n山\0田\n".encode, NUL),
    "mixed_encodings": (lambda: "氏名\n".encode() + b"\xff\xfe\xfd\n", UNKNOWN_TEXT),
    "open_quotes": ('氏名\n山田\n"佐藤\n'.encode, QUOTES),
    "nothing": (lambda: b"", EMPTY),
    "blank": (lambda: b"\r\n \r\n", EMPTY),
    "lone_surrogates": (
        lambda: b"\xff\xfe" + "氏名\n".encode("utf-16-le") + b"\x00\xd8",
        UTF16_BROKEN,
    ),
    "five_digit_years": (five_digit_years, READ),
    "formulas": (lambda: text_file([*LIST, ("=cmd|' /C calc'!A0", "1")], "utf-8"), READ),
}
ASK = r"""
import json, re, sys, time
sys.path.insert(0, sys.argv[2])
from crm.formats.errors import UnreadableFile
from crm.formats.workbook import read_workbook
content = open(sys.argv[1], "rb").read()
def peak():  # of this program alone: ru_maxrss would begin with that of the tests
    return int(re.search(r"VmHWM:\s+(\d+) kB", open("/proc/self/status").read())[1]) * 1024
before, began = peak(), time.monotonic()
try:
    book = read_workbook(content)
    said = "読めた"
except UnreadableFile as refusal:
    said = str(refusal)
growth = peak() - before
print(json.dumps([said, growth, time.monotonic() - began]))
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_answered_in_bounds(name: str, tmp_path: Path) -> None:
    make, sentence = HOSTILE[name]
    path = tmp_path / "upload"
    path.write_bytes(make())

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", ASK, str(path), str(ROOT)], capture_output=True, check=True
    )

    said, growth, seconds = json.loads(done.stdout)
    print(f"{name}: {growth / MIB:.0f} MiB, {seconds:.1f} s, {said}")  # noqa: T201 - shown by -rP
    assert said == sentence
    assert growth < MOST_GROWTH
    assert seconds < MOST_SECONDS


def test_reading_that_takes_too_long_is_ended_by_the_system() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_workbook(bomb_of_attributes(), limits=replace(LIMITS, cpu_s=1))

    assert str(refusal.value) == TOO_MUCH


@pytest.mark.parametrize("make", [workbook, lambda rows: text_file(rows, "utf-8")])
def test_largest_list_that_is_read_stays_in_bounds(
    make: Callable[[list[list[str]]], bytes], tmp_path: Path
) -> None:
    rows = [[f"若葉町{row}番地{cell}" for cell in range(20)] for row in range(20_000)]
    path = tmp_path / "upload"
    path.write_bytes(make(rows))

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", ASK, str(path), str(ROOT)], capture_output=True, check=True
    )

    said, growth, seconds = json.loads(done.stdout)
    print(f"{growth / MIB:.0f} MiB, {seconds:.1f} s")  # noqa: T201 - shown by -rP
    assert said == READ
    assert growth < MOST_GROWTH
    assert seconds < MOST_SECONDS
