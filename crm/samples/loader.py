"""Stores a sample in an empty database."""

import datetime as dt
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain

import sqlalchemy as sa
from sqlmodel import SQLModel

from crm.coverage.service import count_anew
from crm.kernel.db import Database
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.samples import queries
from crm.samples.crew import Login
from crm.samples.home import Order
from crm.samples.police import Sample, parts_of
from crm.samples.stations import HOMES


def load_sample(
    database: Database, size: str, *, seed: int, today: dt.date, password_hash: str
) -> Sequence[Login]:
    """Fill an empty database with the sample of a size and return the accounts to try it with.

    Refused where an agency exists already. All accounts share one password.
    """
    with database.system("sample data") as connection:
        if queries.has_an_agency(connection):
            raise Refused(
                N_("機関がすでに登録されています。見本データは空のデータベースに登録してください。")
            )
        post_types = queries.post_types_by_code(connection)
        with _no_collecting():
            return _load(connection, Order(HOMES[size], seed, today, password_hash, post_types))


def _load(connection: sa.Connection, order: Order) -> Sequence[Login]:
    """Build, store and forget part by part; return the stations' accounts, then the others."""
    logins: list[Sequence[Login]] = []
    for part in parts_of(order):
        _store(connection, part)
        logins.append(part.logins)
    count_anew(connection)
    headquarters, *stations = logins
    first, *further = stations
    return [*first, *headquarters, *chain.from_iterable(further)]


def _store(connection: sa.Connection, part: Sample) -> None:
    """Insert table by table, what is referred to before what refers to it."""
    for table in SQLModel.metadata.sorted_tables:
        if rows := part.tables.get(table.name):
            connection.execute(sa.insert(table), rows)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Let no garbage be looked for among millions of values that hold no cycles.

    Measured: storing takes half the time.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()
