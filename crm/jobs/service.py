"""Asking for work, calling it off, and what a job's function is given to do it with."""

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from uuid_utils.compat import uuid7

from crm.access.queries import actor_of_account
from crm.jobs import leases
from crm.jobs.leases import Claim
from crm.jobs.models import Job, JobFile, JobState
from crm.jobs.queries import job_asked_with, own_job
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.db import OFFERED, Database
from crm.kernel.errors import Conflict, DomainError
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

FILE_KEPT = dt.timedelta(hours=24)
REPORT_EVERY_S = 0.5
NO_LONGER_HERE = N_(
    "依頼した職員のアカウントまたは所属が有効でないため、作成できません。"
    "システム管理者に確認してください。"
)
RIGHTS_CHANGED = N_(
    "作成中に所属または担当が変わったため、作成をやめました。必要なときはもう一度作成してください。"
)


class LostLease(Exception):
    """The work must stop here: its lease is another runner's, or it was called off."""


@dataclass(frozen=True, slots=True)
class Made:
    """The file a job made."""

    name: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class Work:
    """One job being carried out, with the rights its requester has today.

    Read in `reading`, tell in `report` how far it has come, and leave effects in `finishing` only:
    a job may be carried out more than once, and only what is left there counts, exactly once.
    """

    actor: Actor
    args: Mapping[str, Any]
    now: dt.datetime
    database: Database
    claim: Claim
    clock: Callable[[], dt.datetime]
    stopping: threading.Event
    is_finished: bool = False
    _told_at: float = field(default=0.0, repr=False)

    def reading(self) -> AbstractContextManager[ScopedSession]:
        """Open a snapshot of what the requester may see."""
        return self.database.reading(self.actor)

    def report(self, done: int, total: int) -> None:
        """Say that `done` of `total` is done; cheap enough for every row.

        Raises LostLease when the requester called the job off, the lease is another's, or the
        server is stopping: let it pass.
        """
        if time.monotonic() - self._told_at < REPORT_EVERY_S:
            return
        self._told_at = time.monotonic()
        with self.database.writing(None) as db:
            called_off = leases.advance(db, self.claim, done, total)
        if called_off is not False or self.stopping.is_set():
            raise LostLease

    @contextmanager
    def finishing(self, made: Made | None = None) -> Iterator[ScopedSession]:
        """Open the one transaction that ends the job, with its effects and its file.

        Raises LostLease before anything is written when the job is no longer this runner's to
        finish, and Conflict when its requester's rights changed on the way.
        """
        now = self.clock()
        with self.database.writing(self.actor) as db:
            if not leases.finish(db, self.claim, now):
                raise LostLease
            if actor_of_account(db, self.actor.account_id, local_day(now)) != self.actor:
                raise Conflict(RIGHTS_CHANGED)
            yield db
            if made:
                db.add(self._file(made, now))
            audit.record(
                db,
                self.actor,
                "job.finished",
                now=now,
                subject=("job", self.claim.id),
                kind=self.claim.name,
            )
        self.is_finished = True

    def _file(self, made: Made, now: dt.datetime) -> JobFile:
        return JobFile(
            agency_id=self.actor.agency_id,
            job_id=self.claim.id,
            account_id=self.actor.account_id,
            station_id=self.actor.station_id,
            name=made.name,
            media_type=made.media_type,
            sha256=hashlib.sha256(made.content).hexdigest(),
            content=made.content,
            created_at=now,
            expires_at=now + FILE_KEPT,
        )


JobFunction = Callable[[Work], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What a job's name stands for, and how long it may take before it counts as stuck."""

    function: JobFunction
    timeout_s: float


_tasks: dict[str, Task] = {}


def job(name: str, *, timeout_s: float = 120) -> Callable[[JobFunction], JobFunction]:
    """Let `name` stand for the function below; in its feature's `service.py`."""

    def learn(function: JobFunction) -> JobFunction:
        if name in _tasks:
            raise LookupError(f"two jobs are called {name}")
        _tasks[name] = Task(function, timeout_s)
        return function

    return learn


def task_of(name: str) -> Task | None:
    """Return what `name` stands for; None when another release knew it and this one does not."""
    return _tasks.get(name)


def tasks() -> Mapping[str, Task]:
    """Return every job this release knows, by name."""
    return _tasks


def enqueue(
    db: ScopedSession,
    actor: Actor,
    name: str,
    args: dict[str, Any],
    *,
    title: str,
    now: dt.datetime,
    request_key: UUID | None = None,
    run_at: dt.datetime | None = None,
) -> Job:
    """Ask for a job in the caller's transaction; it may begin once that has committed.

    `args` are ids and plain choices, never personal data; `title` is what its requester calls it.
    Asking again with the same `request_key` (a form sent twice) gives the same job.
    """
    if name not in _tasks:
        raise LookupError(f"no job is called {name}")
    if request_key and (before := job_asked_with(db, actor, request_key)):
        return before
    asked = Job(
        agency_id=actor.agency_id,
        account_id=actor.account_id,
        name=name,
        title=title,
        args=args,
        request_key=request_key or uuid7(),
        run_at=run_at or now,
        created_at=now,
    )
    db.add(asked)
    db.flush()
    audit.record(db, actor, "job.asked", now=now, subject=("job", asked.id), kind=name)
    db.info.setdefault(OFFERED, []).append(asked.id)
    return asked


def call_off(db: ScopedSession, actor: Actor, job_id: UUID, *, now: dt.datetime) -> None:
    """End a waiting job at once, and let a running one stop at its next report.

    Raises Conflict when it is over already.
    """
    own_job(db, job_id)
    waits = col(Job.state) == JobState.QUEUED
    # one statement, for a runner may take the job up at the same moment
    asked = db.exec(
        sa.update(Job)
        .where(col(Job.id) == job_id, col(Job.state).in_([JobState.QUEUED, JobState.RUNNING]))
        .values(
            cancel_asked_at=now,
            finished_at=sa.case((waits, now), else_=None),
            state=sa.case((waits, JobState.CANCELLED), else_=JobState.RUNNING),
        )
        .execution_options(synchronize_session=False)
    ).rowcount
    if not asked:
        raise Conflict(N_("この作成は終わっているため、取りやめられません。"))
    audit.record(db, actor, "job.cancelled", now=now, subject=("job", job_id))


def refusal_facts(refusal: DomainError) -> dict[str, Any]:
    """Return a refusal's facts as a row can keep them."""
    return {
        name: value if isinstance(value, int | float | str) else str(value)
        for name, value in refusal.facts.items()
    }
