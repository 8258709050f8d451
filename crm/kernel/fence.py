"""The second fence: PostgreSQL is told who asks, and its own policies narrow once more.

The rules of `scope.py` decide who may see what. Row-level security repeats the coarse part of it
(the own agency, the own station, what was published to it) inside the database, so that a fault of
ours cannot show another agency's rows. It is no fence against somebody who can send SQL of their
own: whoever can, can also say they are somebody else. SQLite has nothing like it.

`crm.reach` says how far a transaction sees: `system` (statements the product marks as its own),
`agency` (headquarters, administrators and auditors, wherever they sit), `station`, or `nobody`
(before anybody has signed in). Nothing said, nothing seen.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from crm.kernel.actor import Actor, Role
from crm.kernel.scope import SYSTEM, ScopedSession

POSTGRESQL = "postgresql"
OF_THE_AGENCY = (Role.HQ_VIEWER, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR)
"""Roles whose rules reach beyond a station; one may hold them at a station's own unit."""


class Reach(StrEnum):
    """How far a transaction sees."""

    SYSTEM = "system"
    AGENCY = "agency"
    STATION = "station"
    NOBODY = "nobody"


def reach_of(actor: Actor | None) -> Reach:
    """Return how far the sessions of `actor` see, at most."""
    if actor is None:
        return Reach.NOBODY
    everywhere = actor.station_id is None or actor.has(*OF_THE_AGENCY)
    return Reach.AGENCY if everywhere else Reach.STATION


_TOLD = (
    "SELECT set_config('crm.reach', %s, true), set_config('crm.agency', %s, true),"
    " set_config('crm.station', %s, true), set_config('crm.account', %s, true)"
)
_REACH = "SELECT set_config('crm.reach', %s, true)"


def tell(connection: Connection, actor: Actor | None) -> None:
    """Tell the transaction of `connection` who asks; PostgreSQL forgets it at its end."""
    who = (actor.agency_id, actor.station_id, actor.account_id) if actor else (None, None, None)
    _driver(connection).execute(_TOLD, (reach_of(actor), *(str(key or "") for key in who)))


def put_up(engine: Engine) -> None:
    """Let statements marked as the system's own reach everything, and no others, on `engine`."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(SYSTEM):
            _driver(connection).execute(_REACH, (Reach.SYSTEM,))

    @event.listens_for(engine, "before_cursor_execute")
    def _widen(*facts: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own arguments
        connection, context = facts[0], facts[4]
        if _is_marked(connection, context):
            _driver(connection).execute(_REACH, (Reach.SYSTEM,))

    @event.listens_for(engine, "after_cursor_execute")
    def _narrow(*facts: Any) -> None:  # noqa: ANN401 - as above
        connection, context = facts[0], facts[4]
        if _is_marked(connection, context):
            told = connection.info.get(TOLD, Reach.NOBODY)
            _driver(connection).execute(_REACH, (told,))


TOLD = "crm_reach"


@event.listens_for(ScopedSession, "after_begin")
def _tell_who_asks(session: ScopedSession, transaction: object, connection: Connection) -> None:
    del transaction
    if connection.dialect.name == POSTGRESQL:
        connection.info[TOLD] = reach_of(session.actor)
        tell(connection, session.actor)


def _is_marked(connection: Connection, context: Any) -> bool:  # noqa: ANN401 - SQLAlchemy's own
    """Whether one statement, of a transaction that is not the system's as a whole, is marked."""
    marked = context.execution_options.get(SYSTEM)
    return bool(marked) and not connection.get_execution_options().get(SYSTEM)


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - psycopg's connection
    return connection.connection.dbapi_connection
