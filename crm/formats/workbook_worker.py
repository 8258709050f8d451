"""The process that reads one file of sheets: bytes on standard input, rows as JSON on output.

Run by `crm.formats.workbook`, in isolated mode and without an environment. It writes no file.
"""

import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

from crm.formats import delimited
from crm.formats.archive import MAGIC, Archive
from crm.formats.cells import clean_text, unguard
from crm.formats.errors import UnreadableFile, too_much
from crm.formats.number_formats import Styles
from crm.formats.spreadsheetml import (
    PartReader,
    Relationships,
    SheetEntry,
    Strings,
    WorkbookPart,
    read_part,
)
from crm.formats.workbook import CellFlag, Limits, Mark, SheetRow
from crm.formats.worksheets import Budget, Surroundings, Worksheet

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
Answer = dict[str, Any]


def main() -> None:
    """Read the file on standard input within the limits of the second argument."""
    limits = Limits(**json.loads(sys.argv[2]))
    _limit(limits)
    try:
        answer = read(sys.stdin.buffer.read(), limits)
    except UnreadableFile as refusal:
        answer = _refused(refusal)
    except MemoryError:
        answer = _refused(too_much())
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


def read(content: bytes, limits: Limits) -> Answer:
    """Tell a file by its first bytes, never by its name, and read it."""
    if content.startswith(OLE_MAGIC):
        raise _old_or_encrypted(content)
    if content.startswith(MAGIC):
        return _read_workbook(content, limits)
    return _read_text(content, limits)


def _refused(refusal: UnreadableFile) -> Answer:
    return {"refused": refusal.message, "facts": refusal.facts}


def _limit(limits: Limits) -> None:
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        # A core file would hold names and telephone numbers; no file is written at all.
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _old_or_encrypted(content: bytes) -> UnreadableFile:
    if ENCRYPTED_PACKAGE in content:
        return UnreadableFile(
            "パスワードで保護されたファイルです。パスワードを外して保存し直してください。"
        )
    return UnreadableFile(
        "古い形式のExcelファイル（.xls）です。Excelブック（.xlsx）形式で保存し直してください。"
    )


def _read_workbook(content: bytes, limits: Limits) -> Answer:
    archive = Archive(content, max_bytes=limits.inflated_bytes, max_entries=limits.entries)
    path = _workbook_path(archive)
    folder = path.rpartition("/")[0]
    relations = Relationships()
    _read(archive, f"{folder}/_rels/{path.rpartition('/')[2]}.rels", relations)
    book, strings, styles = WorkbookPart(), Strings(), Styles()
    _read(archive, path, book)
    _read(archive, _entry(folder, relations.by_kind.get("sharedStrings", "")), strings)
    _read(archive, _entry(folder, relations.by_kind.get("styles", "")), styles)
    around = Surroundings(
        strings, styles.cells, book.from_1904, limits, Budget(limits.cells, limits.characters)
    )
    return {
        "encoding": "",
        "sheets": [
            _read_sheet(archive, each, _entry(folder, relations.by_id[each.relationship]), around)
            for each in book.sheets
            if each.relationship in relations.by_id
        ],
    }


def _workbook_path(archive: Archive) -> str:
    relations = Relationships()
    _read(archive, "_rels/.rels", relations)
    path = _entry("", relations.by_kind.get("officeDocument", ""))
    if any(name.endswith("vbaProject.bin") for name in archive.names):
        raise UnreadableFile(
            "マクロを含むファイル（.xlsm）です。"
            "マクロのないExcelブック（.xlsx）形式で保存し直してください。"
        )
    if path not in archive.names or "xl/" not in path or not path.endswith(".xml"):
        raise UnreadableFile(
            "Excelブック（.xlsx）ではありません。xlsx形式又はCSV形式で保存し直してください。"
        )
    return path


def _read(archive: Archive, name: str, reader: PartReader) -> None:
    """Let `reader` read an entry, where there is one."""
    if name in archive.names:
        with archive.open(name) as stream:
            read_part(stream, reader)


def _entry(folder: str, target: str) -> str:
    if target.startswith("/") or not folder:
        return target.removeprefix("/")
    return f"{folder}/{target}"


def _read_sheet(archive: Archive, entry: SheetEntry, name: str, around: Surroundings) -> Answer:
    reader = Worksheet(around)
    if not entry.hidden:
        _read(archive, name, reader)
    return {
        "name": entry.name,
        "hidden": entry.hidden,
        "rows": [row.packed() for row in reader.finished()],
        "hidden_columns": reader.hidden_columns,
        "widths": reader.column_widths(),
    }


def _read_text(content: bytes, limits: Limits) -> Answer:
    marked = content.startswith(UTF16_BOMS)
    if marked:
        content = _from_utf16(content)
    delimited.refuse_unfit(content, limits.file_bytes * 2)
    encoding, text = delimited.decode(content)
    rows = [row.packed() for row in _text_rows(text, limits)]
    sheet = {"name": "", "hidden": False, "rows": rows, "hidden_columns": [], "widths": []}
    return {"encoding": "utf-16" if marked else encoding, "sheets": [sheet]}


def _from_utf16(content: bytes) -> bytes:
    try:
        return content.decode("utf-16").encode()
    except UnicodeError as error:
        raise UnreadableFile(
            "文字コードを判別できません。UTF-8又はShift_JIS（CP932）のCSV形式で保存し直してください。"
        ) from error


def _text_rows(text: str, limits: Limits) -> Iterator[SheetRow]:
    head = text[:10_000]
    delimiter = "\t" if head.count("\t") > head.count(",") else ","
    budget = Budget(limits.cells, limits.characters)
    kept = 0
    for number, cells in delimited.records(text, delimiter=delimiter):
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        kept += 1
        _require_room(kept, len(cells), limits)
        yield _text_row(number, cells, limits, budget)


def _require_room(rows: int, columns: int, limits: Limits) -> None:
    if columns > limits.columns:
        raise UnreadableFile(
            "列が多すぎます（上限%(limit)s列）。必要な列だけを新しいブックに写してください。",
            limit=limits.columns,
        )
    if rows > limits.rows:
        raise UnreadableFile(
            "行が多すぎます（上限%(limit)s行）。分けてから読み込んでください。", limit=limits.rows
        )


def _text_row(number: int, cells: list[str], limits: Limits, budget: Budget) -> SheetRow:
    texts = tuple(clean_text(unguard(cell[: limits.cell_characters])) for cell in cells)
    for each in texts:
        budget.spend(each)
    cut = Mark(CellFlag.CUT.value)
    long = (index for index, cell in enumerate(cells) if len(cell) > limits.cell_characters)
    return SheetRow(number, texts, dict.fromkeys(long, cut))


if __name__ == "__main__":
    main()
