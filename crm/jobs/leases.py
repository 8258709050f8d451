"""Who may work on a job: claims with a lease and a fencing number, each one conditional UPDATE.

The statements are the system's own, for a runner serves every requester. `attempts` is the fencing
number: it rises with every claim, and a change that names an older one finds no row.
"""

import datetime as dt
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.jobs.models import FINAL, Job, JobFile, JobState
from crm.jobs.queries import RUNNER, is_due
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

ENDED_WITHOUT_WORD = N_(
    "処理が何度も途中で止まったため、作成できませんでした。もう一度作成し、"
    "同じ結果になるときはシステム管理者に連絡してください。"
)
KEPT = dt.timedelta(days=30)
"""How long a job stays on its requester's list once it is over."""


class Claim(NamedTuple):
    """The right to work on a job until its lease ends; `attempts` is its fencing number."""

    id: UUID
    attempts: int
    account_id: UUID
    name: str
    args: dict[str, Any]


def claim(
    db: ScopedSession,
    job_id: UUID,
    *,
    now: dt.datetime,
    lease: dt.timedelta,
    max_attempts: int,
) -> Claim | None:
    """Take a job up if it is due and nobody else holds it, and return the right to work on it."""
    row = db.exec(
        sa.update(Job)
        .where(col(Job.id) == job_id, is_due(now, max_attempts))
        .values(state=JobState.RUNNING, attempts=Job.attempts + 1, lease_until=now + lease)
        .returning(
            col(Job.id), col(Job.attempts), col(Job.account_id), col(Job.name), col(Job.args)
        )
        .execution_options(synchronize_session=False, **RUNNER)
    ).first()
    return Claim(*row) if row else None


def renew(db: ScopedSession, held: Claim, until: dt.datetime) -> bool:
    """Keep the lease until `until`; False when it is another's by now."""
    return _change(db, held, lease_until=until)


def advance(db: ScopedSession, held: Claim, done: int, total: int) -> bool | None:
    """Note how far the work has come.

    Returns whether its requester wants it to stop; None when the lease is another's by now.
    """
    row = db.exec(
        sa.update(Job)
        .where(*_held(held))
        .values(done=done, total=total)
        .returning(col(Job.cancel_asked_at))
        .execution_options(synchronize_session=False, **RUNNER)
    ).first()
    return None if row is None else row[0] is not None


def finish(db: ScopedSession, held: Claim, now: dt.datetime) -> bool:
    """Mark the job done; False when the lease is another's by now or the requester called it off.

    First statement of the transaction that holds the job's effects: it locks the row until they
    are committed with it.
    """
    done = sa.case((col(Job.total) > 0, col(Job.total)), else_=col(Job.done))
    return _change(
        db,
        held,
        col(Job.cancel_asked_at).is_(None),
        state=JobState.DONE,
        finished_at=now,
        lease_until=None,
        done=done,
    )


def fail(
    db: ScopedSession, held: Claim, now: dt.datetime, sentence: str, facts: dict[str, Any]
) -> bool:
    """Give the job up with the sentence that tells its requester why."""
    return _change(
        db,
        held,
        state=JobState.FAILED,
        finished_at=now,
        lease_until=None,
        error=sentence,
        error_facts=facts,
    )


def give_back(db: ScopedSession, held: Claim, run_at: dt.datetime) -> bool:
    """Put the job back in the queue from `run_at`; False when it was called off or lost."""
    return _change(
        db,
        held,
        col(Job.cancel_asked_at).is_(None),
        state=JobState.QUEUED,
        run_at=run_at,
        lease_until=None,
    )


def stop_where_asked(db: ScopedSession, held: Claim, now: dt.datetime) -> bool:
    """End the job whose requester called it off; False when nobody did, or the lease is lost."""
    return _change(
        db,
        held,
        col(Job.cancel_asked_at).is_not(None),
        state=JobState.CANCELLED,
        finished_at=now,
        lease_until=None,
    )


def sweep(db: ScopedSession, now: dt.datetime, *, max_attempts: int) -> None:
    """End what no runner will: jobs that died too often, or died after being called off."""
    left_behind = (col(Job.state) == JobState.RUNNING, col(Job.lease_until) < now)
    called_off = col(Job.cancel_asked_at).is_not(None)
    over = {"finished_at": now, "lease_until": None}
    for condition, values in (
        (called_off, {"state": JobState.CANCELLED}),
        (
            col(Job.attempts) >= max_attempts,
            {"state": JobState.FAILED, "error": ENDED_WITHOUT_WORD, "error_facts": {}},
        ),
    ):
        db.exec(
            sa.update(Job)
            .where(*left_behind, condition)
            .values(**over, **values)
            .execution_options(synchronize_session=False, **RUNNER)
        )


def purge(db: ScopedSession, now: dt.datetime) -> None:
    """Delete files past their day and jobs over for long: neither is an archive."""
    options = {"synchronize_session": False, **RUNNER}
    db.exec(sa.delete(JobFile).where(col(JobFile.expires_at) <= now).execution_options(**options))
    db.exec(
        sa.delete(Job)
        .where(col(Job.state).in_(FINAL), col(Job.finished_at) < now - KEPT)
        .execution_options(**options)
    )


def _held(held: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Job.id) == held.id,
        col(Job.attempts) == held.attempts,
        col(Job.state) == JobState.RUNNING,
    )


def _change(
    db: ScopedSession,
    held: Claim,
    *more: sa.ColumnElement[bool],
    **values: Any,  # noqa: ANN401 - columns of the job
) -> bool:
    changed = db.exec(
        sa.update(Job)
        .where(*_held(held), *more)
        .values(**values)
        .execution_options(synchronize_session=False, **RUNNER)
    )
    return bool(changed.rowcount)
