"""Reading jobs: their requester's own, and what is due to whoever carries them out."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.access.models import Account
from crm.agencies.models import OWNERS, Agency, Unit, UnitPlacement
from crm.jobs.models import FINAL, Errand, Job, JobFile, JobState
from crm.kernel.actor import NOBODY, Actor, Role
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession

RUNNER = {"system": "jobs"}
"""Marks the statements of whoever carries jobs out: they serve every requester."""
PRODUCT_NAME = "つながり台帳"
"""Who the audit trail says it was when nobody asked."""


class DueJob(NamedTuple):
    """A job somebody should take up; `attempts` tells one offer of it from the next."""

    id: UUID
    attempts: int


class JobLine(NamedTuple):
    """A job as its requester sees it, without the file's content."""

    id: UUID
    title: str
    state: JobState
    done: int
    total: int
    error: str
    error_facts: Mapping[str, Any]
    cancel_asked_at: dt.datetime | None
    created_at: dt.datetime
    finished_at: dt.datetime | None
    file_name: str | None
    file_expires_at: dt.datetime | None

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in FINAL

    @property
    def percent(self) -> int | None:
        """How much of a known amount is done."""
        return self.done * 100 // self.total if self.total else None

    def has_file(self, now: dt.datetime) -> bool:
        """Whether the file can still be fetched."""
        return self.file_expires_at is not None and self.file_expires_at > now


def own_jobs(db: ScopedSession, number: int) -> Page[JobLine]:
    """Return one page of the actor's own jobs, newest first."""
    total = db.exec(select(sa.func.count(col(Job.id)))).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        _lines()
        .order_by(col(Job.created_at).desc(), col(Job.id).desc())
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    )
    return Page([JobLine(*row) for row in rows], total, number)


def own_job(db: ScopedSession, job_id: UUID) -> JobLine:
    """Return one of the actor's own jobs; NotFound for anybody else's."""
    rows = db.rows(_lines().where(col(Job.id) == job_id))
    if not rows:
        raise NotFound
    return JobLine(*rows[0])


def file_of(db: ScopedSession, job_id: UUID, now: dt.datetime) -> JobFile:
    """Return the file of one of the actor's own jobs, with its content, while it is kept."""
    found = db.exec(
        select(JobFile).where(JobFile.job_id == job_id, col(JobFile.expires_at) > now)
    ).first()
    if found is None:
        raise NotFound
    return found


def job_asked_with(db: ScopedSession, actor: Actor, request_key: UUID) -> Job | None:
    """Return the job `actor` asked for with `request_key`, if the form was sent before.

    Holds the actor's account until the transaction ends: of two forms sent at one moment the second
    waits here and finds the first one's job.
    """
    db.exec(select(Account.id).where(Account.id == actor.account_id).with_for_update()).one()
    return db.exec(
        select(Job).where(Job.account_id == actor.account_id, Job.request_key == request_key)
    ).first()


def due_jobs(
    db: ScopedSession, now: dt.datetime, *, max_attempts: int, limit: int
) -> Sequence[DueJob]:
    """Return jobs waiting for their turn or left behind by a dead runner, the oldest first."""
    rows = db.rows(
        sa.select(col(Job.id), col(Job.attempts))
        .where(is_due(now, max_attempts))
        .order_by(col(Job.run_at), col(Job.id))
        .limit(limit)
        .execution_options(**RUNNER)
    )
    return [DueJob(*row) for row in rows]


def is_due(now: dt.datetime, max_attempts: int) -> sa.ColumnElement[bool]:
    """Return the condition that a job may be claimed at `now`."""
    return sa.and_(
        col(Job.attempts) < max_attempts,
        col(Job.cancel_asked_at).is_(None),
        sa.or_(
            sa.and_(col(Job.state) == JobState.QUEUED, col(Job.run_at) <= now),
            sa.and_(col(Job.state) == JobState.RUNNING, col(Job.lease_until) < now),
        ),
    )


def due_errands(db: ScopedSession, names: Iterable[str], now: dt.datetime) -> Sequence[str]:
    """Return which of the errands called `names` may be claimed at `now`, the oldest first."""
    return db.exec(
        select(Errand.name)
        .where(col(Errand.name).in_(names), is_errand_due(now))
        .order_by(col(Errand.due_at), col(Errand.name))
        .execution_options(**RUNNER)
    ).all()


def is_errand_due(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Return the condition that an errand may be claimed at `now`."""
    free = sa.or_(col(Errand.lease_until).is_(None), col(Errand.lease_until) < now)
    return sa.and_(col(Errand.due_at) <= now, free)


def product_at_offices(db: ScopedSession, day: dt.date) -> list[Actor]:
    """Return the product as it acts by itself, once for every station and office standing on `day`.

    Each of them reaches no further than the staff of its office does: an errand that concerns all
    opens a unit of work for one after the other.
    """
    rows = db.rows(
        sa.select(
            col(Agency.id),
            col(Agency.kind),
            col(Agency.name).label("agency_name"),
            col(Unit.id).label("unit_id"),
            col(UnitPlacement.name).label("unit_name"),
        )
        .join(Unit, col(Unit.agency_id) == Agency.id)
        .join(UnitPlacement, col(UnitPlacement.unit_id) == Unit.id)
        .where(col(Unit.kind).in_(OWNERS), holds(UnitPlacement, day))
        .order_by(col(Unit.id))
        .execution_options(**RUNNER)
    )
    return [
        Actor(
            account_id=NOBODY,
            staff_id=NOBODY,
            agency_id=row.id,
            unit_id=row.unit_id,
            station_id=row.unit_id,
            roles=frozenset({Role.MEMBER}),
            name=PRODUCT_NAME,
            unit_name=row.unit_name,
            station_name=row.unit_name,
            agency_kind=row.kind,
            agency_name=row.agency_name,
        )
        for row in rows
    ]


def _lines() -> AnySelect:
    return sa.select(
        col(Job.id),
        col(Job.title),
        col(Job.state),
        col(Job.done),
        col(Job.total),
        col(Job.error),
        col(Job.error_facts),
        col(Job.cancel_asked_at),
        col(Job.created_at),
        col(Job.finished_at),
        col(JobFile.name),
        col(JobFile.expires_at),
    ).outerjoin(JobFile, col(JobFile.job_id) == Job.id)
