"""A disposal: what is due, who proposed it, who else approved it, and what was done."""

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Key, Moment, StationOwned, choice
from crm.kernel.i18n import N_


class Holding(StrEnum):
    """A body of records that is kept and disposed of as one."""

    CONTACTS = "contacts"
    NOTES = "notes"


HOLDING_LABELS = {
    Holding.CONTACTS: N_("連絡先の記録"),
    Holding.NOTES: N_("活動記録"),
}


class DisposalState(StrEnum):
    """How far a disposal has come.

    RUNNING exists only inside the transaction that disposes: while it does, and for nobody but
    that transaction, records that are only ever added may be emptied.
    """

    DRAFTED = "drafted"
    APPROVED = "approved"
    RUNNING = "running"
    DONE = "done"
    WITHDRAWN = "withdrawn"


DISPOSAL_STATE_LABELS = {
    DisposalState.DRAFTED: N_("決裁待ち"),
    DisposalState.APPROVED: N_("廃棄待ち"),
    DisposalState.RUNNING: N_("廃棄中"),
    DisposalState.DONE: N_("廃棄済"),
    DisposalState.WITHDRAWN: N_("取りやめ"),
}


class Disposal(StationOwned, table=True):
    """Records of one holding whose time is over, to be disposed of once a second person agrees.

    Whatever last happened before `cutoff` is due. `counts` says how many there were per fiscal
    year when it was proposed, `result` how many rows of which table were emptied or deleted.
    """

    __table_args__ = (sa.Index("ix_disposal_station_id_drafted_at", "station_id", "drafted_at"),)

    holding: Holding = Field(sa_type=choice(Holding))
    state: DisposalState = Field(default=DisposalState.DRAFTED, sa_type=choice(DisposalState))
    years: int
    cutoff: dt.date
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    total: int
    drafted_at: dt.datetime = Field(sa_type=Moment)
    drafted_by: UUID = Field(foreign_key="account.id", sa_type=Key)
    drafter_name: str = Field(max_length=120)
    approved_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    approved_by: UUID | None = Field(default=None, foreign_key="account.id", sa_type=Key)
    approver_name: str = Field(default="", max_length=120)
    job_id: UUID | None = Field(default=None, sa_type=Key)
    done_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
