"""The databases proofs are tried on: migrated once, one file and, where there is one, a server."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from crm.kernel.db import Database
from crm.kernel.migrate import migrate
from crm.kernel.settings import Settings
from tests.support.postgres import cluster, server_programs

_KEPT: list[Database] = []
"""Databases somebody else opened for the whole run, such as a test's fixture."""


@contextmanager
def lent(database: Database) -> Iterator[None]:
    """Let proofs be tried on this database alone."""
    _KEPT.append(database)
    try:
        yield
    finally:
        _KEPT.remove(database)


@contextmanager
def databases() -> Iterator[list[Database]]:
    """Give the databases to try on: those lent, or a file and a server of the proofs' own."""
    if _KEPT:
        yield list(_KEPT)
        return
    with ExitStack() as stack:
        yield [stack.enter_context(sqlite()), *stack.enter_context(postgresql())]


@contextmanager
def sqlite() -> Iterator[Database]:
    """Give a migrated file that is gone afterwards."""
    # in memory where there is such a folder: what a proof writes need not outlive the machine
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    where = memory if memory.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="crm-proof-", dir=where) as folder:
        database = Database(Settings(database_url=f"sqlite:///{Path(folder) / 'crm.db'}"))
        migrate(database)
        yield database
        database.close()


@contextmanager
def postgresql() -> Iterator[list[Database]]:
    """Give a database of a throw-away server whose tables hold whatever they are given, or none."""
    if server_programs() is None or os.environ.get("CRM_TEST_DATABASE_URL"):
        yield []
        return
    with cluster() as url:
        _create(url)
        database = Database(Settings(database_url=url.format("crm_proof")))
        migrate(database)
        unchecked(database)
        yield [database]
        database.close()


def unchecked(database: Database) -> None:
    """Drop the CHECKs of PostgreSQL: a small world says anything."""
    with database.system("a proof's tables") as connection:
        if connection.dialect.name != "postgresql":
            return
        found = connection.exec_driver_sql(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype = 'c' AND conrelid <> 0"
            " AND connamespace = 'public'::regnamespace"
        ).all()
        for table, name in found:
            connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _create(url: str) -> None:
    engine = sa.create_engine(
        make_url(url.format("postgres")).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE crm_proof")
    engine.dispose()
