"""Stores a sample in an empty database."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import SQLModel

from crm.kernel.db import Database
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.samples import queries
from crm.samples.crew import Login
from crm.samples.home import Order
from crm.samples.police import Sample, build_sample
from crm.samples.sizes import SIZES


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
        order = Order(SIZES[size], seed, today, password_hash, post_types)
        sample = build_sample(order)
        _store(connection, sample)
    return sample.logins


def _store(connection: sa.Connection, sample: Sample) -> None:
    """Insert table by table, what is referred to before what refers to it."""
    for table in SQLModel.metadata.sorted_tables:
        if rows := sample.tables.get(table.name):
            connection.execute(sa.insert(table), rows)
