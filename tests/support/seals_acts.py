"""Recording what is to be sealed, and tampering with what was, as a database's superuser can."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from crm.kernel.audit import AuditEntry
from crm.kernel.db import Database
from tests.support.world import NOW, World

SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)


def record(world: World, count: int, *, at: dt.datetime = NOW, key: UUID | None = None) -> None:
    actor = world.actors["officer"]
    world.put(
        *(
            AuditEntry(
                id=key or uuid7(),
                at=at,
                action="person.viewed",
                account_id=actor.account_id,
                agency_id=actor.agency_id,
                actor_name=actor.name,
                subject_type="person",
                subject_id=uuid7(),
                detail={"fields": ["氏名", "電話"], "count": number},
            )
            for number in range(count)
        )
    )


@contextmanager
def unguarded(database: Database) -> Iterator[sa.Connection]:
    """Work as the owner of the database may, past what refuses changes to sealed rows."""
    sqlite = database.engine.dialect.name == "sqlite"
    with database.system("a tampering") as connection:
        if sqlite:
            triggers = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).scalars()
            for name in list(triggers):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in ("audit_entry", "audit_leaf", "checkpoint", "witness_signature"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield connection
