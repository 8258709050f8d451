"""Spreadsheets as people hand them in, read into plain text in a process with limits of its own.

A file of 400 KB can unfold into gigabytes: whatever happens while it is read happens to a child
that the system stops, and only a bounded answer in JSON comes back.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, Self

from crm.formats.child import answer_of
from crm.formats.errors import UnreadableFile, too_much

ROOT = Path(__file__).parents[2]
WORKER = "crm.formats.workbook_worker"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold, and what its reading may take.

    Rows and columns are counted where anything is written; `cells` and `characters` are those of
    all sheets that are shown, cells filled from merged ones included.
    """

    file_bytes: int = 20_000_000
    inflated_bytes: int = 200_000_000
    entries: int = 1_000
    rows: int = 20_000
    columns: int = 100
    cell_characters: int = 2_000
    cells: int = 400_000
    characters: int = 6_000_000
    memory_bytes: int = 768_000_000
    cpu_s: int = 12
    timeout_s: float = 19.0


LIMITS = Limits()


class CellFlag(StrEnum):
    """What a cell's text does not say: how it came to be, or what was lost."""

    DATE = "d"  # a day by the cell's number format; the text is ISO 8601
    DOWN = "v"  # empty itself: filled from a merged cell that begins in a row above
    ACROSS = "h"  # empty itself: filled from a merged cell that begins in a column to the left
    STRUCK = "s"  # struck through as a whole
    CUT = "c"  # longer than the limit, and cut there
    UNCALCULATED = "f"  # a formula saved without its result
    ERROR = "e"  # what a formula says that failed: #N/A


class Mark(NamedTuple):
    """What is to be known of a cell beside its text; `reading` is the spreadsheet's own (rPh)."""

    flags: str = ""
    reading: str = ""


NO_MARK = Mark()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row by its number in the sheet, with a text for each cell up to the last written one."""

    number: int
    texts: tuple[str, ...]
    marks: Mapping[int, Mark] = field(default_factory=dict)
    hidden: bool = False

    def text(self, column: int) -> str:
        """Give the text of a cell by its index; beyond the last one all are empty."""
        return self.texts[column] if column < len(self.texts) else ""

    def has(self, column: int, flag: CellFlag) -> bool:
        """Tell whether a cell is so flagged."""
        return flag in self.marks.get(column, NO_MARK).flags

    def reading(self, column: int) -> str:
        """Give the reading the spreadsheet keeps with a cell, empty where there is none."""
        return self.marks.get(column, NO_MARK).reading

    def packed(self) -> list[Any]:
        """Give the row as plain JSON, for `unpacked` to read back."""
        marks = {str(column): list(mark) for column, mark in self.marks.items()}
        return [self.number, list(self.texts), marks, self.hidden]

    @classmethod
    def unpacked(cls, packed: Sequence[Any]) -> Self:
        """Read back what `packed` gave."""
        number, texts, marks, hidden = packed
        told = {int(column): Mark(*mark) for column, mark in marks.items()}
        return cls(number, tuple(texts), told, hidden=hidden)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows with anything in them. Hidden sheets are named, but not read.

    `widths` are those of its columns in digits, as far as the file gives them.
    """

    name: str
    rows: tuple[SheetRow, ...] = ()
    hidden: bool = False
    hidden_columns: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A file of sheets; a text file has one without a name, and the encoding it is in."""

    sheets: tuple[Sheet, ...]
    encoding: str = ""


def read_workbook(content: bytes, *, limits: Limits = LIMITS) -> Book:
    """Read an XLSX file or a text file of cells (CSV or tab separated).

    Raises `UnreadableFile` with one sentence for all that is no such file or goes beyond `limits`.
    """
    if len(content) > limits.file_bytes:
        raise UnreadableFile(
            "ファイルが大きすぎます（上限%(limit)sメガバイト）。分けてから読み込んでください。",
            limit=f"{limits.file_bytes / 1_000_000:g}",
        )
    answer = json.loads(_ask_worker(content, limits))
    if "refused" in answer:
        raise UnreadableFile(answer["refused"], **answer["facts"])
    return Book(tuple(_sheet(each) for each in answer["sheets"]), answer["encoding"])


def _ask_worker(content: bytes, limits: Limits) -> bytes:
    """Let a child read the file; our own folder comes last on its path, behind the system's."""
    start = f"import sys; sys.path.append(sys.argv[1]); from {WORKER} import main; main()"
    try:
        arguments = ["-c", start, str(ROOT), json.dumps(asdict(limits))]
        done = answer_of(arguments, content, timeout_s=limits.timeout_s)
    except subprocess.TimeoutExpired as error:
        raise too_much() from error
    if done.returncode < 0:
        raise too_much()
    if done.returncode > 0:
        # What the child printed may hold the names of people, so it goes nowhere.
        raise UnreadableFile(
            "ファイルを読めません。Excelで開き、新しいブックに表だけを写して保存し直してください。"
        )
    return done.stdout


def _sheet(answer: Mapping[str, Any]) -> Sheet:
    return Sheet(
        answer["name"],
        tuple(SheetRow.unpacked(packed) for packed in answer["rows"]),
        hidden=answer["hidden"],
        hidden_columns=tuple(answer["hidden_columns"]),
        widths=tuple(answer["widths"]),
    )
