"""Guesses at a second factor: five are free, then each waits longer, up to five minutes.

Counted by account: whoever guesses here has its password already. At the longest wait a code of
six figures is found in about ten years.
"""

import datetime as dt
import hashlib
import math
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import col

from crm.access.models import SignInAttempt
from crm.access.queries import SIGN_IN, failures_of
from crm.access.service import TooManyAttempts
from crm.kernel.scope import ScopedSession

FREE = 5
LONGEST_S = 300


def count_attempt(db: ScopedSession, account_id: UUID, now: dt.datetime) -> None:
    """Count one attempt before it is judged; raises TooManyAttempts while it has to wait.

    To be committed whatever comes of the attempt: parallel guesses cannot slip past the count.
    """
    key = _key_of(account_id)
    known = failures_of(db, key)
    if known is not None and known.open_at > now:
        raise _too_many(math.ceil((known.open_at - now).total_seconds()))
    failures = (known.failures if known else 0) + 1
    # an attempt beyond the longest wait waits no longer
    wait_s = min(2 ** min(failures - FREE, 10), LONGEST_S) if failures >= FREE else 0
    values = {
        "failures": failures,
        "last_failed_at": now,
        "open_at": now + dt.timedelta(seconds=wait_s),
    }
    insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    counted = db.exec(
        insert(SignInAttempt)
        .values(key=key, **values)
        .on_conflict_do_update(
            index_elements=["key"],
            set_=values,
            where=col(SignInAttempt.failures) == failures - 1,
        )
        .execution_options(**SIGN_IN)
    )
    if counted.rowcount != 1:
        raise _too_many(1)


def forget_attempts(db: ScopedSession, account_id: UUID) -> None:
    """Begin to count anew, after something right."""
    db.exec(
        sa.delete(SignInAttempt)
        .where(col(SignInAttempt.key) == _key_of(account_id))
        .execution_options(**SIGN_IN)
    )


def _key_of(account_id: UUID) -> str:
    return hashlib.sha256(b"factor:" + account_id.bytes).hexdigest()


def _too_many(seconds: int) -> TooManyAttempts:
    return TooManyAttempts("続けて失敗したため、あと%(seconds)s秒お待ちください。", seconds=seconds)
