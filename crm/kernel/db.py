"""Engines and sessions: the only place that makes them, on SQLite and PostgreSQL alike."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from crm.kernel.actor import Actor
from crm.kernel.fence import put_up
from crm.kernel.scope import SYSTEM, ScopedSession, arm
from crm.kernel.settings import Settings

WRITES = "crm_writes"
BUSY_TIMEOUT_MS = 10_000
ASK_EVERY_S = 0.001
ANALYZED_ROWS = 20_000
OFFERED = "crm_offered_jobs"
"""Where a session keeps the jobs asked for in its transaction, until it has committed."""
JOB_THREADS = 2
ERRAND_THREADS = 2
SPARE_CONNECTIONS = 1 + 2 * (JOB_THREADS + ERRAND_THREADS)
"""Connections beyond one per thread of requests: work in hand needs one, and one for its lease."""


class Database:
    """One database: opens units of work and closes them."""

    def __init__(self, settings: Settings) -> None:
        if settings.sqlite_path:
            settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.engine = _make_engine(settings)
        self._reader = self.engine.execution_options(**_snapshot(settings))
        self._writer = self.engine.execution_options(**{WRITES: True})
        self.bell: Callable[[Sequence[UUID]], None] = _nobody_listens
        """Told which jobs were asked for, once they are committed; never raises, never waits."""

    @contextmanager
    def reading(self, actor: Actor | None) -> Iterator[ScopedSession]:
        """Give a session whose reads are one snapshot; nothing it changes is kept."""
        with ScopedSession(self._reader, actor) as session:
            yield session
            session.rollback()

    @contextmanager
    def writing(self, actor: Actor | None) -> Iterator[ScopedSession]:
        """Give a session that commits when its block returns and rolls back when it raises."""
        with ScopedSession(self._writer, actor) as session:
            with session.begin():
                yield session
            if offered := session.info.pop(OFFERED, None):
                self.bell(offered)

    @contextmanager
    def system(self, why: str) -> Iterator[Connection]:
        """Give a connection outside the rules (migrations, bulk loading); commits at the end."""
        with self._writer.execution_options(**{SYSTEM: why}).begin() as connection:
            yield connection

    def gather_statistics(self) -> None:
        """Let the planner know how large the tables are: after loading, and when serving starts.

        Without it SQLite walks a station's every note to find one person's (measured: 25 s
        instead of 0.3 s on 37,500 notes).
        """
        if self.engine.dialect.name != "sqlite":
            self._let_owner_analyze()
            return
        with self._writer.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA analysis_limit={ANALYZED_ROWS}")
            connection.exec_driver_sql("ANALYZE")
            connection.commit()

    def _let_owner_analyze(self) -> None:
        """Analyze as the owner of the tables: from anybody else PostgreSQL takes no such order.

        A server that does not know the owner leaves it to autovacuum, which comes each minute.
        """
        owner = sa.create_engine(self.settings.owner_url or self.settings.database_url)
        with owner.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        owner.dispose()

    def is_fenced(self) -> bool:
        """Whether PostgreSQL narrows what the product's role sees: it does not for a superuser."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                return False
            narrowed = "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles"
            asked = f"{narrowed} WHERE rolname = current_user"
            return bool(connection.exec_driver_sql(asked).scalar_one())

    def scrub(self) -> None:
        """Leave nothing of what was deleted in the files of SQLite, or in its log (G36).

        PostgreSQL gives the room of deleted rows to new ones by itself (autovacuum).
        """
        if self.engine.dialect.name != "sqlite":
            return
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()
        finally:
            connection.close()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _nobody_listens(job_ids: Sequence[UUID]) -> None:
    """Leave the rows to whoever looks for them next."""
    del job_ids


def _make_engine(settings: Settings) -> Engine:
    if settings.is_sqlite:
        engine = sa.create_engine(
            settings.database_url,
            pool_size=settings.worker_threads,
            max_overflow=SPARE_CONNECTIONS,
            # a fault says which statement, never with whose name and number
            hide_parameters=True,
            connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
        )
        _speak_sqlite(engine)
    else:
        engine = sa.create_engine(
            settings.database_url,
            pool_size=settings.worker_threads,
            max_overflow=SPARE_CONNECTIONS,
            # a fault says which statement, never with whose name and number
            hide_parameters=True,
            pool_pre_ping=True,
            # PgBouncer in transaction mode keeps no prepared statements (performance.md)
            connect_args={"prepare_threshold": None},
        )
        put_up(engine)
    arm(engine)
    return engine


def _snapshot(settings: Settings) -> dict[str, Any]:
    if settings.is_sqlite:
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _speak_sqlite(engine: Engine) -> None:
    """Let SQLAlchemy, not the driver, begin transactions, and make commits durable."""

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        del record
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # what is deleted is overwritten: a file that was handed out is not left on the disk
            "secure_delete=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A read that turns into a write fails at once with SQLITE_BUSY_SNAPSHOT, so writers say so.
        if connection.get_execution_options().get(WRITES):
            _begin_in_turn(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_in_turn(connection: Connection) -> None:
    """Begin writing as soon as nobody else does, asking every millisecond.

    SQLite's own waiting sleeps longer each time it asks, up to a tenth of a second: whoever came
    last went first, and one in twenty waited three times as long as the others.
    """
    driver: Any = connection.connection.dbapi_connection
    last = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as busy:
                if busy.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                    raise
                time.sleep(ASK_EVERY_S)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a closed SQLite database, with what its write-ahead log still holds."""
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()
