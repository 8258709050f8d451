"""Jobs as rows, and the files they made; Redis only rings the bell (docs/decisions)."""

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from crm.kernel.columns import AgencyOwned, Key, Moment, choice
from crm.kernel.i18n import N_


class JobState(StrEnum):
    """How far a job has come; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


JOB_STATE_LABELS = {
    JobState.QUEUED: N_("順番待ち"),
    JobState.RUNNING: N_("作成中"),
    JobState.DONE: N_("完了"),
    JobState.FAILED: N_("作成できませんでした"),
    JobState.CANCELLED: N_("取りやめ"),
}

FINAL = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Job(AgencyOwned, table=True):
    """One piece of work somebody asked for.

    `args` are ids and plain choices, never personal data. A runner claims the row until
    `lease_until` and raises `attempts`: the number fences a runner that lost its lease, for only
    whoever holds the newest one may finish. `request_key` makes asking twice one job.
    `error` is a msgid with its `error_facts`.
    """

    __table_args__ = (
        sa.Index("ix_job_state_run_at", "state", "run_at"),
        sa.Index("ix_job_account_id_created_at", "account_id", "created_at"),
        sa.UniqueConstraint("account_id", "request_key"),
        sa.CheckConstraint("attempts >= 0", name="attempts"),
    )

    account_id: UUID = Field(foreign_key="account.id", sa_type=Key)
    name: str = Field(max_length=60)
    title: str = Field(default="", max_length=120)
    args: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    request_key: UUID = Field(sa_type=Key)
    state: JobState = Field(default=JobState.QUEUED, sa_type=choice(JobState))
    run_at: dt.datetime = Field(sa_type=Moment)
    attempts: int = 0
    lease_until: dt.datetime | None = Field(default=None, sa_type=Moment)
    cancel_asked_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    done: int = 0
    total: int = 0
    error: str = Field(default="", max_length=200)
    error_facts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    created_at: dt.datetime = Field(sa_type=Moment)
    finished_at: dt.datetime | None = Field(default=None, sa_type=Moment)


class JobFile(AgencyOwned, table=True):
    """The one file a job made; stored in the transaction that finished the job.

    Kept in the database until `expires_at`, so that a crash leaves a whole file or none and no
    folder of personal data has to be guarded and shared between servers. It holds what its
    requester could see at `station_id` (None at headquarters), and is theirs only there.
    """

    __tablename__ = "job_file"
    __table_args__ = (sa.UniqueConstraint("job_id"),)

    job_id: UUID = Field(foreign_key="job.id", sa_type=Key)
    account_id: UUID = Field(foreign_key="account.id", sa_type=Key)
    station_id: UUID | None = Field(default=None, sa_type=Key)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    sha256: str = Field(max_length=64)
    content: bytes
    created_at: dt.datetime = Field(sa_type=Moment)
    expires_at: dt.datetime = Field(sa_type=Moment)


class Errand(SQLModel, table=True):
    """When something the product does by itself is due next, and who is at it.

    A runner claims the row until `lease_until` and raises `turns`, which fences one that lost its
    lease. `failures` counts those since the errand last succeeded.
    """

    name: str = Field(max_length=60, primary_key=True)
    due_at: dt.datetime = Field(sa_type=Moment)
    lease_until: dt.datetime | None = Field(default=None, sa_type=Moment)
    turns: int = 0
    failures: int = 0
