"""What one request does to the database, statement by statement, so that a floor can repeat it."""

import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection

from crm.kernel.db import Database


@dataclass(slots=True)
class Step:
    """One statement as the driver gets it."""

    sql: str
    parameters: Any
    is_many: bool = False

    @property
    def rows(self) -> list[Any]:
        """The parameters of each time it is sent."""
        return list(self.parameters) if self.is_many else [self.parameters]


@dataclass(slots=True)
class Transaction:
    """Statements between a beginning and an end; only a writing one is committed."""

    steps: list[Step] = field(default_factory=list)
    commits: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """A request's transactions, and the keys it made anew, which a repetition must make anew."""

    name: str
    transactions: list[Transaction]
    new_keys: frozenset[Any]

    @property
    def statements(self) -> int:
        """How many statements the request needs."""
        return sum(len(each.steps) for each in self.transactions)


@contextmanager
def recorded(database: Database, name: str) -> Iterator[list[Recording]]:
    """Record everything the block sends to the database; the list holds the recording after it."""
    transactions = [Transaction()]  # for what a block sends inside one already begun
    found: list[Recording] = []

    def begin(connection: Connection) -> None:
        del connection
        transactions.append(Transaction())

    def execute(*facts: Any) -> None:
        _, _, sql, parameters, _, is_many = facts
        if not sql.startswith("BEGIN"):  # SQLite's own beginning comes this way too
            kept = [_plain(row) for row in parameters] if is_many else _plain(parameters)
            transactions[-1].steps.append(Step(sql, kept, is_many))

    def commit(connection: Connection) -> None:
        del connection
        transactions[-1].commits = True

    listeners = (("begin", begin), ("before_cursor_execute", execute), ("commit", commit))
    for kind, listener in listeners:
        event.listen(database.engine, kind, listener)
    try:
        yield found
    finally:
        for kind, listener in listeners:
            event.remove(database.engine, kind, listener)
    done = [each for each in transactions if each.steps]
    found.append(Recording(name, done, frozenset(_new_keys(done))))


def _plain(row: Any) -> Any:
    """Give parameters that can be stored: bytes instead of views of them."""
    if isinstance(row, Mapping):
        return {name: _kept(value) for name, value in row.items()}
    return tuple(_kept(value) for value in row)


def _kept(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def _new_keys(transactions: list[Transaction]) -> Iterator[Any]:
    """Yield the keys of the rows that were inserted, whichever way the driver is given them."""
    for step in (step for each in transactions for step in each.steps):
        if not step.sql.startswith("INSERT"):
            continue
        columns = [name.strip() for name in step.sql.split("(", 1)[1].split(")", 1)[0].split(",")]
        for row in step.rows:
            values = row if isinstance(row, Mapping) else dict(zip(columns, row, strict=False))
            yield from (values[name] for name in ("id", "client_key") if name in values)


def save(recordings: list[Recording], path: Path) -> None:
    """Write recordings for the floor's process to read."""
    path.write_bytes(pickle.dumps(recordings))


def load(path: Path) -> list[Recording]:
    """Read recordings this benchmark wrote a moment ago."""
    found: list[Recording] = pickle.loads(path.read_bytes())  # noqa: S301 - our own file
    return found
