"""The floor: a bare ASGI function that sends a page's statements itself and prints their rows.

Run by uvicorn in a process of its own, like the product. What it leaves out is all that a product
is for: sign-in, rules, templates. What it keeps is what no product on this database can do without.
"""

import html
import os
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from tests.bench.recording import Recording, Step, load

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Floor:
    """One connection, and the recordings it repeats."""

    def __init__(self, recordings: list[Recording], url: str) -> None:
        self.recordings = {each.name: each for each in recordings}
        self.is_sqlite = url.startswith("sqlite")
        self.connection = open_connection(url)

    def answer(self, name: str) -> bytes:
        """Repeat one request and return its rows as an HTML table."""
        recording = self.recordings[name]
        fresh = {key: _fresh(key) for key in recording.new_keys}
        lines: list[str] = []
        for transaction in recording.transactions:
            writes = self.is_sqlite and transaction.commits
            self.connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            for step in transaction.steps:
                lines.extend(self._rows(step, fresh))
            self.connection.execute("COMMIT" if transaction.commits else "ROLLBACK")
        return f"<table>{''.join(lines)}</table>".encode()

    def _rows(self, step: Step, fresh: Mapping[Any, Any]) -> list[str]:
        if step.is_many:
            for row in step.parameters:
                self.connection.execute(step.sql, _renewed(row, fresh))
            return []
        cursor = self.connection.execute(step.sql, _renewed(step.parameters, fresh))
        if cursor.description is None:
            return []
        return [
            f"<tr>{''.join(f'<td>{html.escape(str(value))}</td>' for value in row)}</tr>"
            for row in cursor.fetchall()
        ]


def open_connection(url: str) -> Any:
    """Open a connection of the driver itself, as durable as the product's."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    return psycopg.connect(plain, autocommit=True, prepare_threshold=None)


def _fresh(key: object) -> object:
    if isinstance(key, bytes):
        return uuid7().bytes
    return uuid7() if isinstance(key, UUID) else str(uuid7())


def _renewed(row: Any, fresh: Mapping[Any, Any]) -> Any:
    if isinstance(row, Mapping):
        return {name: _new(value, fresh) for name, value in row.items()}
    return tuple(_new(value, fresh) for value in row)


def _new(value: Any, fresh: Mapping[Any, Any]) -> Any:
    return fresh.get(value, value) if isinstance(value, bytes | UUID | str) else value


async def app(scope: dict[str, Any], receive: object, send: Send) -> None:
    """Answer `GET /NAME` with the floor of that recording."""
    del receive
    if scope["type"] != "http":
        return
    body = _floor().answer(scope["path"].removeprefix("/"))
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_opened: list[Floor] = []


def _floor() -> Floor:
    if not _opened:
        recordings = load(Path(os.environ["BENCH_RECORDINGS"]))
        _opened.append(Floor(recordings, os.environ["BENCH_DATABASE_URL"]))
    return _opened[0]
