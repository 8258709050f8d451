"""Changes a feature announces to the floors above it, inside the transaction that made them.

A lower feature cannot import a higher one. It announces what happened as a small frozen dataclass;
the higher feature listens, and the composition imports both. What need not be in the same
transaction is a job instead.

What is worked out from the rows of many features hears of the rows themselves: no verb that writes
them can forget to say so.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event, orm
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession
from crm.kernel.written import on_written

C = TypeVar("C")
Listener = Callable[[ScopedSession, C, Actor, dt.datetime], None]

Watched = Mapping[type[Any], tuple[str, ...]]
"""Tables, and the columns of keys by which somebody wants to hear which rows were written."""

Written = Mapping[tuple[type[SQLModel], str], AbstractSet[UUID]]
"""The keys in those columns, as they are now and as they were before."""

Follower = Callable[[Connection, Written], None]

WRITTEN = "crm_written"

_listeners: dict[type, list[Listener[Any]]] = {}
_followers: list[tuple[Watched, Follower]] = []


def on(kind: type[C]) -> Callable[[Listener[C]], Listener[C]]:
    """Call the decorated function with every change of exactly this `kind`.

    It may change rows and may raise: raising undoes the change it heard of as well.
    """

    def listen(listener: Listener[C]) -> Listener[C]:
        _listeners.setdefault(kind, []).append(listener)
        return listener

    return listen


def on_rows(watched: Watched) -> Callable[[Follower], Follower]:
    """Call the decorated function once before each commit that keeps rows of `watched` written.

    It gets the connection of the transaction, for statements of the system's own.
    """

    def follow(follower: Follower) -> Follower:
        _followers.append((watched, follower))
        return follower

    return follow


def follow_rows(connection: Connection, rows: Iterable[SQLModel]) -> None:
    """Tell every follower of `rows` that were written past a session."""
    written: dict[tuple[type[SQLModel], str], set[UUID]] = {}
    for row in rows:
        _note(written, row)
    _tell(connection, written)


def announce(db: ScopedSession, change: object, actor: Actor, now: dt.datetime) -> None:
    """Tell every listener of `change`, in the order they registered; nobody listening is fine."""
    for listener in _listeners.get(type(change), ()):
        listener(db, change, actor, now)


@on_written
def _remember(session: orm.Session, connection: Connection, rows: Collection[SQLModel]) -> None:
    del connection
    written = session.info.setdefault(WRITTEN, {})
    for row in rows:
        _note(written, row)


@event.listens_for(ScopedSession, "before_commit")
def _tell_before_commit(session: ScopedSession) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    if written := session.info.pop(WRITTEN, None):
        _tell(session.connection(), written)


def _note(written: dict[tuple[type[SQLModel], str], set[UUID]], row: SQLModel) -> None:
    table = type(row)
    for column in {name for watched, _ in _followers for name in watched.get(table, ())}:
        written.setdefault((table, column), set()).update(_keys(row, column))


def _keys(row: SQLModel, column: str) -> Iterator[UUID]:
    """Yield the key in a column of a row, and the one it replaces."""
    replaced = sa.inspect(row).attrs[column].history.deleted or ()
    yield from (key for key in (getattr(row, column), *replaced) if key is not None)


def _tell(connection: Connection, written: Written) -> None:
    for watched, follower in _followers:
        if any(table in watched for table, _ in written):
            follower(connection, written)
