"""The table on a sheet: which row names its columns, and what each column means."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from crm.formats.errors import UnreadableFile
from crm.formats.workbook import Book, CellFlag, Sheet, SheetRow
from crm.intake.headers import BETWEEN_LINES, REPEATABLE, Meaning, meanings_of

HEAD = 15
"""How many rows a header is looked for in."""

ENOUGH = 2
GRID_COLUMNS = 20
NARROW = 3.0
MOSTLY = 0.6


@dataclass(frozen=True, slots=True)
class Column:
    """One column by its index, as the sheet calls it; `meaning` is None for one left unread."""

    index: int
    label: str
    meaning: Meaning | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below a header, which is the rows numbered `header_rows`, one or two of them."""

    sheet: str
    header_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    rows: tuple[SheetRow, ...]

    def labels_of(self, *meanings: Meaning) -> list[Column]:
        """Return the columns that mean any of `meanings`, from the left."""
        return [column for column in self.columns if column.meaning in meanings]


def choose_sheet(book: Book, name: str = "") -> Sheet:
    """Return the sheet so called, or else the one that looks most like a list of people.

    Raises UnreadableFile when there is none, or when it is hidden.
    """
    shown = [sheet for sheet in book.sheets if sheet.rows and not sheet.hidden]
    if name:
        shown = [sheet for sheet in shown if sheet.name == name]
    if not shown:
        raise UnreadableFile(
            "表示されているシートに表がありません。一覧のあるシートを表示して保存し直してください。"
        )
    return max(shown, key=lambda sheet: max((head.score for head in _heads(sheet)), default=0))


def read_table(
    sheet: Sheet,
    *,
    header_row: int | None = None,
    meanings: Mapping[int, Meaning | None] | None = None,
) -> Table:
    """Find the header among the first rows, or take the row numbered `header_row` for it.

    `meanings` says by column index what a person has decided; all others are told by their
    labels, and hidden ones are left unread. Raises UnreadableFile when no header is found or no
    column holds names.
    """
    _refuse_graph_paper(sheet)
    head = _chosen(sheet, header_row) if header_row else _best(sheet)
    told = dict(enumerate(meanings_of(head.labels)))
    decided = meanings or {}
    taken = set(decided.values()) - REPEATABLE
    unread = {index for index, each in told.items() if each in taken} | {*sheet.hidden_columns}
    told = {**told, **dict.fromkeys(unread), **decided}
    columns = tuple(
        Column(index, label, told.get(index), hidden=index in sheet.hidden_columns)
        for index, label in enumerate(head.labels)
    )
    _require_names(columns)
    rows = tuple(row for row in sheet.rows if row.number > head.numbers[-1])
    if not rows:
        raise UnreadableFile("見出しの下に行がありません。")
    return Table(sheet.name, head.numbers, columns, rows)


@dataclass(frozen=True, slots=True)
class _Head:
    """Rows that may be the header, and how many of their columns are understood."""

    numbers: tuple[int, ...]
    labels: list[str]
    score: int


def _heads(sheet: Sheet) -> Iterator[_Head]:
    """Return each of the first rows as a header, alone and together with the one below."""
    width = max(len(row.texts) for row in sheet.rows)
    first = [row for row in sheet.rows if row.number <= HEAD] or list(sheet.rows[:HEAD])
    for row in first:
        yield _head([row], width)
    below = [*first, *sheet.rows[len(first) : len(first) + 1]]
    for upper, lower in pairwise(below):
        if lower.number == upper.number + 1:
            yield _head([upper, lower], width)


def _head(rows: Sequence[SheetRow], width: int) -> _Head:
    labels = [_label(rows, column) for column in range(width)]
    understood = sum(
        meaning is not None
        # A label merged from the row above belongs to a header that begins there.
        and not rows[0].has(column, CellFlag.DOWN)
        and not all(row.has(column, CellFlag.ACROSS) for row in rows)
        for column, meaning in enumerate(meanings_of(labels))
    )
    return _Head(tuple(row.number for row in rows), labels, understood)


def _label(rows: Sequence[SheetRow], column: int) -> str:
    lines = ("".join(row.text(column).split()) for row in rows)
    return BETWEEN_LINES.join(dict.fromkeys(line for line in lines if line))


def _best(sheet: Sheet) -> _Head:
    best = max(_heads(sheet), key=lambda head: head.score)
    if best.score < ENOUGH:
        raise UnreadableFile(
            "見出しの行が見つかりません。"
            "「氏名」「電話番号」などの見出しを、一覧のすぐ上の行に書いてください。"
        )
    return best


def _chosen(sheet: Sheet, number: int) -> _Head:
    """Take the row a person chose, with the one below where that says more."""
    heads = [head for head in _heads(sheet) if head.numbers[0] == number]
    if heads:
        return max(heads, key=lambda head: head.score)
    rows = [row for row in sheet.rows if row.number == number]
    if not rows:
        raise UnreadableFile("%(row)s行目は空です。見出しの行を選んでください。", row=number)
    return _head(rows, max(len(row.texts) for row in sheet.rows))


def _require_names(columns: Sequence[Column]) -> None:
    if not {Meaning.NAME, Meaning.FAMILY} & {column.meaning for column in columns}:
        raise UnreadableFile(
            "氏名の列が見つかりません。見出しに「氏名」と書くか、氏名の列を選んでください。"
        )


def _refuse_graph_paper(sheet: Sheet) -> None:
    """Refuse a form drawn on narrow squares (方眼紙): it is one record, not a table of them."""
    narrow = sum(width < NARROW for width in sheet.widths)
    if len(sheet.widths) >= GRID_COLUMNS and narrow > MOSTLY * len(sheet.widths):
        raise UnreadableFile(
            "細かいます目に書かれた様式のため、一覧として読めません。"
            "一人を一行にした一覧表に書き写してください。"
        )
