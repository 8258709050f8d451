"""The cells of one worksheet (ISO/IEC 29500-1 §18.3.1) as rows of text with their marks."""

import datetime as dt
import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crm.formats.archive import broken
from crm.formats.errors import UnreadableFile, too_much
from crm.formats.number_formats import Shown, Style, day_of, digits_of, time_of
from crm.formats.spreadsheetml import PartReader, Strings, is_true, number_in, plain
from crm.formats.workbook import CellFlag, Limits, Mark, SheetRow

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")
PLAIN = Style()
DEFAULT_WIDTH = 8.38


@dataclass(slots=True)
class Budget:
    """What may still be read of all sheets together."""

    cells: int
    characters: int

    def spend(self, text: str) -> None:
        """Take note of one cell."""
        self.cells -= 1
        self.characters -= len(text)
        if self.cells < 0 or self.characters < 0:
            raise too_much()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the cells of a sheet lean on."""

    strings: Strings
    styles: Sequence[Style]
    from_1904: bool
    limits: Limits
    budget: Budget


@dataclass(slots=True)
class Merged:
    """A merged range by indexes, both ends inside it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Line:
    """A row while it is read."""

    number: int
    hidden: bool = False
    texts: dict[int, str] = field(default_factory=dict)
    marks: dict[int, Mark] = field(default_factory=dict)


class Worksheet(PartReader):
    """Reads one sheet; `finished` gives its rows once all has been read."""

    begins_at = frozenset({"row", "c", "f", "mergeCell", "col", "sheetFormatPr"})
    ends_at = frozenset({"row", "c"})
    max_merged = 50_000

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self.max_text = around.limits.cell_characters
        self.hidden_columns: list[int] = []
        self.widths: dict[int, float] = {}
        self.default_width = DEFAULT_WIDTH
        self._around = around
        self._lines: dict[int, Line] = {}
        self._numbers: list[int] = []
        self._merged: list[Merged] = []
        self._line = Line(0)
        self._column = -1
        self._cell: Mapping[str, str] = {}
        self._formula = False
        self._begins: dict[str, Callable[[Mapping[str, str]], None]] = {
            "row": self._begin_row,
            "c": self._begin_cell,
            "f": self._begin_formula,
            "mergeCell": self._keep_merged,
            "col": self._keep_columns,
            "sheetFormatPr": self._keep_default_width,
        }

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Act on the beginning of a row, a cell, a column or a merged range."""
        act = self._begins.get(name)
        if act:
            act(attributes)

    def end(self, name: str) -> None:
        """Keep a cell, and a row with anything in it."""
        if name == "c":
            self._end_cell()
        elif name == "row" and self._line.texts:
            self._keep_line()

    def keeps_text(self) -> bool:
        """Keep values and inline strings, without their readings."""
        return self.path[-1] == "v" or (self.path[-1] == "t" and "rPh" not in self.path)

    def finished(self) -> tuple[SheetRow, ...]:
        """Return the rows in order, their merged cells filled."""
        self._numbers = sorted(self._lines)
        for merged in self._merged:
            self._fill(merged)
        return tuple(_row(self._lines[number]) for number in self._numbers)

    def column_widths(self) -> tuple[float, ...]:
        """Return the widths of the columns in use."""
        used = max((max(line.texts) for line in self._lines.values()), default=-1) + 1
        return tuple(self.widths.get(column, self.default_width) for column in range(used))

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        number = number_in(attributes.get("r"), self._line.number + 1)
        if not 1 <= number <= LAST_ROW or number in self._lines:
            raise broken()
        self._line = Line(number, hidden=is_true(attributes.get("hidden")))
        self._column = -1

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        self._column = _place(reference)[1] if reference else self._column + 1
        self._cell = attributes
        self._formula = False
        self.taken()

    def _begin_formula(self, _: Mapping[str, str]) -> None:
        self._formula = True

    def _end_cell(self) -> None:
        text, cut = self.taken()
        text, flags, reading = self._value(text, cut=cut)
        if self._formula and not text:
            flags += CellFlag.UNCALCULATED
        if self._style().struck and text:
            flags += CellFlag.STRUCK
        if text.strip():
            self._write(text)
        if flags or reading:
            self._line.marks[self._column] = Mark(flags, reading)

    def _value(self, text: str, *, cut: bool) -> tuple[str, str, str]:
        """Return the cell's text, its flags and its reading."""
        kind = self._cell.get("t", "n")
        flags = CellFlag.CUT.value if cut else ""
        if kind == "s":
            return self._shared(number_in(text.strip() or None, -1))
        if kind == "n":
            return (*self._number(text.strip()), "")
        if kind == "b":
            return ("TRUE" if text.strip() == "1" else "FALSE", "", "")
        if kind == "e":
            return (plain(text), CellFlag.ERROR.value, "")
        if kind == "d":
            return (*_iso_day(text.strip()), "")
        return (plain(text), flags, "")

    def _shared(self, index: int) -> tuple[str, str, str]:
        strings = self._around.strings
        if index < 0:
            return "", "", ""
        if index >= len(strings.texts):
            raise broken()
        flags = CellFlag.CUT.value if index in strings.cuts else ""
        return strings.texts[index], flags, strings.readings.get(index, "")

    def _number(self, text: str) -> tuple[str, str]:
        if not text:
            return "", ""
        try:
            number = float(text)
        except ValueError:
            raise broken() from None
        if not math.isfinite(number):
            raise broken()
        style = self._style()
        day = None
        if style.shown is Shown.DAY:
            day = day_of(number, from_1904=self._around.from_1904)
        if day:
            return day.isoformat(), CellFlag.DATE.value
        if style.shown is Shown.TIME and number >= 0:
            return time_of(number), ""
        return digits_of(number, style.digits), ""

    def _style(self) -> Style:
        index = number_in(self._cell.get("s"))
        styles = self._around.styles
        return styles[index] if index < len(styles) else PLAIN

    def _write(self, text: str) -> None:
        limits = self._around.limits
        if self._column >= limits.columns:
            raise UnreadableFile(
                "列が多すぎます（上限%(limit)s列）。必要な列だけを新しいブックに写してください。",
                limit=limits.columns,
            )
        self._around.budget.spend(text)
        self._line.texts[self._column] = text

    def _keep_line(self) -> None:
        self._lines[self._line.number] = self._line
        if len(self._lines) > self._around.limits.rows:
            raise UnreadableFile(
                "行が多すぎます（上限%(limit)s行）。分けてから読み込んでください。",
                limit=self._around.limits.rows,
            )

    def _keep_merged(self, attributes: Mapping[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        top, left = _place(first)
        bottom, right = _place(last or first)
        if len(self._merged) >= self.max_merged:
            raise UnreadableFile("結合したセルが多すぎます。結合を解除してから読み込んでください。")
        self._merged.append(Merged(top, left, bottom, right))

    def _fill(self, merged: Merged) -> None:
        origin = self._lines.get(merged.top)
        text = origin.texts.get(merged.left) if origin else None
        if origin is None or text is None:
            return
        _, reading = origin.marks.get(merged.left, Mark())
        right = min(merged.right, self._around.limits.columns - 1)
        columns = range(merged.left, right + 1)
        for line in self._lines_between(merged.top, merged.bottom):
            for column in (each for each in columns if each not in line.texts):
                self._around.budget.spend(text)
                flag = CellFlag.DOWN if column == merged.left else CellFlag.ACROSS
                line.texts[column] = text
                line.marks[column] = Mark(flag.value, reading)

    def _lines_between(self, top: int, bottom: int) -> Iterator[Line]:
        """Find the rows that exist: a range may reach over a million that do not."""
        first, last = bisect_left(self._numbers, top), bisect_right(self._numbers, bottom)
        return (self._lines[number] for number in self._numbers[first:last])

    def _keep_columns(self, attributes: Mapping[str, str]) -> None:
        first, last = number_in(attributes.get("min"), 1), number_in(attributes.get("max"), 1)
        try:
            width = float(attributes.get("width", self.default_width))
        except ValueError:
            raise broken() from None
        for column in range(first - 1, min(last, self._around.limits.columns)):
            self.widths[column] = width
            if is_true(attributes.get("hidden")):
                self.hidden_columns.append(column)

    def _keep_default_width(self, attributes: Mapping[str, str]) -> None:
        try:
            self.default_width = float(attributes.get("defaultColWidth", DEFAULT_WIDTH))
        except ValueError:
            raise broken() from None


def _place(reference: str) -> tuple[int, int]:
    """Return the row's number and the column's index of a reference like `B3`."""
    found = REFERENCE.fullmatch(reference)
    if found is None:
        raise broken()
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(found[2])
    if column > LAST_COLUMN or not 1 <= row <= LAST_ROW:
        raise broken()
    return row, column - 1


def _iso_day(text: str) -> tuple[str, str]:
    try:
        return dt.date.fromisoformat(text[:10]).isoformat(), CellFlag.DATE.value
    except ValueError:
        return plain(text), ""


def _row(line: Line) -> SheetRow:
    width = max(line.texts) + 1
    texts = tuple(line.texts.get(column, "") for column in range(width))
    return SheetRow(line.number, texts, line.marks, hidden=line.hidden)
