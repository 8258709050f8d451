"""Rows that were written: many of them at a time, and whoever hears of each of them."""

from collections.abc import Callable, Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper, Session
from sqlmodel import SQLModel

Hearer = Callable[[Session, Connection, Collection[SQLModel]], None]

_hearers: list[Hearer] = []


def on_written(hear: Hearer) -> Hearer:
    """Call the decorated function with the rows of each flush, and with those written together.

    A row is new, changed or deleted; what it was before is in its history. The connection is the
    transaction's, for statements of the system's own.
    """
    _hearers.append(hear)
    return hear


def tell_written(session: Session, connection: Connection, rows: Collection[SQLModel]) -> None:
    """Tell everybody who wants to hear of rows."""
    for hear in _hearers:
        hear(session, connection, rows)


def insert_together(connection: Connection, rows: Iterable[SQLModel]) -> None:
    """Write new rows, one statement for each table: what other rows refer to comes first.

    The unit of work writes them at four times the cost, and knows no order where tables refer to
    each other by their keys alone.
    """
    added: dict[sa.FromClause, list[SQLModel]] = {}
    for row in rows:
        added.setdefault(sa.inspect(type(row)).local_table, []).append(row)
    for table in SQLModel.metadata.sorted_tables:
        if table in added:
            connection.execute(sa.insert(table), _values(added[table]))


def _values(rows: Sequence[SQLModel]) -> list[dict[str, object]]:
    """Return what goes into the columns; rows of one table are all made with the same."""
    mapper: Mapper[SQLModel] = sa.inspect(type(rows[0]))
    names = [
        (each.key, each.columns[0].key)
        for each in mapper.column_attrs
        if each.key in rows[0].__dict__
    ]
    return [{column: row.__dict__[name] for name, column in names} for row in rows]
