"""Changes a feature announces to the floors above it, inside the transaction that made them.

A lower feature cannot import a higher one. It announces what happened as a small frozen dataclass;
the higher feature listens, and the composition imports both. What need not be in the same
transaction is a job instead.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession

C = TypeVar("C")
Listener = Callable[[ScopedSession, C, Actor, dt.datetime], None]

_listeners: dict[type, list[Listener[Any]]] = {}


def on(kind: type[C]) -> Callable[[Listener[C]], Listener[C]]:
    """Call the decorated function with every change of exactly this `kind`.

    It may change rows and may raise: raising undoes the change it heard of as well.
    """

    def listen(listener: Listener[C]) -> Listener[C]:
        _listeners.setdefault(kind, []).append(listener)
        return listener

    return listen


def announce(db: ScopedSession, change: object, actor: Actor, now: dt.datetime) -> None:
    """Tell every listener of `change`, in the order they registered; nobody listening is fine."""
    for listener in _listeners.get(type(change), ()):
        listener(db, change, actor, now)
