"""A disposal: what is due, who proposed it, who approved it, what was done; and one at request."""

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
    CANDIDATES = "candidates"


HOLDING_LABELS = {
    Holding.CONTACTS: N_("連絡先の記録"),
    Holding.NOTES: N_("活動記録"),
    Holding.CANDIDATES: N_("連絡員候補の記録"),
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

    One person erased at their own request is a disposal too: of one, after no years.

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


class Asked(StrEnum):
    """What somebody may ask of whoever holds records of them (個人情報保護法 98条)."""

    ERASURE = "erasure"
    USE_STOP = "use_stop"
    PROVISION_STOP = "provision_stop"


ASKED_LABELS = {
    Asked.ERASURE: N_("消去"),
    Asked.USE_STOP: N_("利用の停止"),
    Asked.PROVISION_STOP: N_("提供の停止"),
}


class SuspensionState(StrEnum):
    """How far a request to suspend has come."""

    RECEIVED = "received"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


SUSPENSION_STATE_LABELS = {
    SuspensionState.RECEIVED: N_("決定待ち"),
    SuspensionState.GRANTED: N_("請求のとおり決定"),
    SuspensionState.REFUSED: N_("しない旨を決定"),
    SuspensionState.WITHDRAWN: N_("取下げ"),
}


class SuspensionRequest(StationOwned, table=True):
    """One person's request that records of them be erased or no longer used or provided (利用停止).

    It holds the person's key and nothing of theirs, so that it outlives what it had erased. Whoever
    decides is not who took it in; what was decided is done in the same transaction.
    """

    __tablename__ = "suspension_request"
    __table_args__ = (
        sa.Index("ix_suspension_request_station_id_received_on", "station_id", "received_on"),
        sa.UniqueConstraint("recorded_by", "request_key"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> recorded_by", name="two_people"),
    )

    person_id: UUID = Field(foreign_key="person.id", sa_type=Key, index=True)
    asked: Asked = Field(sa_type=choice(Asked))
    state: SuspensionState = Field(
        default=SuspensionState.RECEIVED, sa_type=choice(SuspensionState)
    )
    received_on: dt.date
    request_key: UUID = Field(sa_type=Key)
    recorded_at: dt.datetime = Field(sa_type=Moment)
    recorded_by: UUID = Field(foreign_key="account.id", sa_type=Key)
    recorder_name: str = Field(max_length=120)
    reason: str = Field(default="", max_length=500)
    decided_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id", sa_type=Key)
    decider_name: str = Field(default="", max_length=120)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    notified_on: dt.date | None = None
    notifier_name: str = Field(default="", max_length=120)
