"""Several small selects in one statement: a page asks once for all it knows of one subject."""

from collections import namedtuple
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.kernel.scope import AnySelect, ScopedSession


class _United(NamedTuple):
    statement: AnySelect
    names: Sequence[tuple[str, ...]]


def together(
    db: ScopedSession,
    selects: tuple[AnySelect, ...],
    **parameters: Any,  # noqa: ANN401 - whatever the selects leave open
) -> list[list[Any]]:
    """Return the rows of each of `selects`, in the order given, by a single statement.

    They are united side by side: every select has columns of its own, empty in the others' rows.
    Rows have the names of their select's columns. The rules narrow each of them as they would
    alone. In which order the rows of one select come is not said: sort them. Selects that are
    built once, with `parameters` for what changes, are united once.
    """
    united = _united(selects)
    return _apart(db.rows(united.statement, parameters), united.names)


@lru_cache(maxsize=100)
def _united(selects: tuple[AnySelect, ...]) -> _United:
    parts = [select.subquery() for select in selects]
    columns = [column for part in parts for column in part.c]
    branches = []
    start = 0
    for number, part in enumerate(parts):
        end = start + len(part.c)
        cells = [
            (column if start <= position < end else sa.cast(sa.null(), column.type))
            for position, column in enumerate(columns)
        ]
        named = [cell.label(f"c{position}") for position, cell in enumerate(cells)]
        branches.append(sa.select(sa.literal(number).label("part"), *named))
        start = end
    united = sa.union_all(*branches).subquery()
    return _United(sa.select(*united.c), [tuple(part.c.keys()) for part in parts])


def _apart(rows: Sequence[Any], names: Sequence[tuple[str, ...]]) -> list[list[Any]]:
    """Give each select its own rows back, without the columns of the others."""
    starts = [1]
    for columns in names:
        starts.append(starts[-1] + len(columns))
    found: list[list[Any]] = [[] for _ in names]
    for row in rows:
        number = row[0]
        shape = _shape(names[number])
        found[number].append(shape._make(row[starts[number] : starts[number + 1]]))
    return found


@cache
def _shape(columns: tuple[str, ...]) -> Any:  # noqa: ANN401 - a named tuple made of a select's columns
    """Return the kind of row a select with `columns` has; made once for each."""
    return namedtuple("Row", columns)  # noqa: PYI024 - its fields are known when it runs
