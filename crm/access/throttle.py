"""How often a password may be guessed: counted and judged in one statement (`security.md` F4)."""

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import col

from crm.access.models import SignInAttempt
from crm.access.queries import SIGN_IN, failures_of
from crm.kernel.audit import AuditEntry
from crm.kernel.columns import Moment
from crm.kernel.db import Database
from crm.kernel.errors import DomainError
from crm.kernel.scope import ScopedSession


class TooManyAttempts(DomainError):
    """Somebody guesses; wait, but never be locked out (`security.md` F4)."""

    status = 429


@dataclass(frozen=True, slots=True)
class Count:
    """What failures are counted under: how many are free, and the longest wait that follows."""

    key: str
    free: int
    longest_s: int
    forgotten_after: dt.timedelta
    of_login: bool
    """Whether signing in as this name forgets the count; else it only takes its own one back."""


def counts_for(login: str, address: str, device_id: UUID | None) -> list[Count]:
    """Return what an attempt is counted under.

    A name at an address, the name anywhere and the address with any name are counted apart:
    neither guessing nor spraying goes unnoticed, and the wait for a name anywhere stays short.
    From a device its owner signed in with before (`device_id`) only the device's own failures
    count, so that no stranger's guesses can keep the owner out.
    """
    day, hour = dt.timedelta(days=1), dt.timedelta(hours=1)
    if device_id is not None:
        return [Count(_digest(f"device:{device_id}:{login}"), 5, 300, day, of_login=True)]
    return [
        Count(_digest(f"login:{login}:{address}"), 5, 300, day, of_login=True),
        Count(_digest(f"login:{login}"), 20, 15, day, of_login=True),
        Count(_digest(f"address:{address}"), 60, 300, hour, of_login=False),
    ]


def count_attempt(db: ScopedSession, counts: Sequence[Count], now: dt.datetime) -> None:
    """Count an attempt under each of `counts`, before its hash is computed.

    Raises TooManyAttempts, which takes the whole attempt back, while one of them asks for
    patience. Each is one statement, so that of any number of parallel attempts no more are heard
    than are free.
    """
    # always in the same order, so that two attempts never wait for each other
    for count in sorted(counts, key=lambda each: each.key):
        if db.exec(_counted(db, count, now)).first() is None:
            waiting = failures_of(db, count.key)
            left = (waiting.open_at - now).total_seconds() if waiting else 1
            raise TooManyAttempts(
                "続けて失敗したため、あと%(seconds)s秒お待ちください。",
                seconds=max(1, math.ceil(left)),
            )


def record_once_a_minute(database: Database, what: str, entry: AuditEntry) -> None:
    """Put `entry` on record unless `what` was within the minute; judged in one statement."""
    once = Count(_digest(what), 0, 60, dt.timedelta(days=1), of_login=False)
    with database.writing(None) as db:
        if db.exec(_counted(db, once, entry.at)).first() is not None:
            db.add(entry)


def take_back(db: ScopedSession, counts: Sequence[Count], now: dt.datetime) -> None:
    """Forget the failures of a name whose password was right, and this attempt of an address."""
    db.exec(
        sa.delete(SignInAttempt)
        .where(col(SignInAttempt.key).in_([count.key for count in counts if count.of_login]))
        .execution_options(**SIGN_IN)
    )
    db.exec(
        sa.update(SignInAttempt)
        .where(
            col(SignInAttempt.key).in_([count.key for count in counts if not count.of_login]),
            col(SignInAttempt.failures) > 0,
        )
        .values(failures=SignInAttempt.failures - 1, open_at=now)
        .execution_options(**SIGN_IN)
    )


def _counted(db: ScopedSession, count: Count, now: dt.datetime) -> ReturningInsert[Any]:
    """Return the statement that adds one, unless it is too early; then it returns no row."""
    insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    first = now if count.free else now + dt.timedelta(seconds=count.longest_s)
    row = insert(SignInAttempt).values(key=count.key, failures=1, last_failed_at=now, open_at=first)
    failures = sa.case(
        (col(SignInAttempt.last_failed_at) < now - count.forgotten_after, 1),
        else_=col(SignInAttempt.failures) + 1,
    )
    return (
        row.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "failures": failures,
                "last_failed_at": row.excluded.last_failed_at,
                "open_at": _open_again(count, failures, now),
            },
            where=col(SignInAttempt.open_at) <= now,
        )
        .returning(col(SignInAttempt.failures))
        .execution_options(**SIGN_IN)
    )


def _open_again(
    count: Count, failures: sa.ColumnElement[int], now: dt.datetime
) -> sa.ColumnElement[dt.datetime]:
    """Return when the next attempt is heard: at once, then after 2, 4, 8 … seconds.

    Where none is free, after the longest wait each time.
    """
    waits, seconds = [], 2 if count.free else count.longest_s
    while seconds < count.longest_s:
        waits.append(seconds)
        seconds *= 2
    moment = Moment()
    return sa.case(
        (failures < count.free, sa.literal(now, moment)),
        *(
            (failures == count.free + step, sa.literal(now + dt.timedelta(seconds=wait), moment))
            for step, wait in enumerate(waits)
        ),
        else_=sa.literal(now + dt.timedelta(seconds=count.longest_s), moment),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
