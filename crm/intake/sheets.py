"""The table on a sheet: which row names its columns, and what each column means."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm.formats.workbook import Book, Sheet, SheetRow
from crm.intake.headers import Meaning


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


def choose_sheet(book: Book, name: str = "") -> Sheet:
    """Return the sheet so called, or else the one that looks most like a list of people.

    Raises UnreadableFile when there is none, or when it is hidden.
    """
    raise NotImplementedError


def read_table(
    sheet: Sheet,
    *,
    header_row: int | None = None,
    meanings: Mapping[int, Meaning | None] | None = None,
) -> Table:
    """Find the header among the first rows, or take the row numbered `header_row` for it.

    `meanings` says by column index what a person has decided; all others are told by their
    labels. Raises UnreadableFile when no header is found or no column holds names.
    """
    raise NotImplementedError
