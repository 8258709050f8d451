"""A draft (起案), the route it takes, what was done about it at each step, and the setting."""

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Dated, Key, Moment, Stamped, StationOwned, choice
from crm.kernel.i18n import N_

MAX_STEPS = 6


class ApprovalKind(StrEnum):
    """What can need a decision."""

    LIAISON_REQUEST = "liaison_request"
    ROSTER_ISSUE = "roster_issue"
    PROVISION = "provision"
    EXPORT = "export"
    MINUTES = "minutes"


APPROVAL_KIND_LABELS = {
    ApprovalKind.LIAISON_REQUEST: N_("連絡員の依頼"),
    ApprovalKind.ROSTER_ISSUE: N_("一覧表の発行"),
    ApprovalKind.PROVISION: N_("他機関への提供"),
    ApprovalKind.EXPORT: N_("書き出し"),
    ApprovalKind.MINUTES: N_("議事録の確定"),
}


class ApprovalState(StrEnum):
    """Where a draft stands; it follows from its steps (`crm.approvals.route.state_after`)."""

    DRAFTED = "drafted"
    CIRCULATING = "circulating"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


APPROVAL_STATE_LABELS = {
    ApprovalState.DRAFTED: N_("起案"),
    ApprovalState.CIRCULATING: N_("回付中"),
    ApprovalState.APPROVED: N_("決裁済"),
    ApprovalState.RETURNED: N_("差戻し"),
    ApprovalState.WITHDRAWN: N_("取下げ"),
}
PENDING = (ApprovalState.DRAFTED, ApprovalState.CIRCULATING)
"""The states in which somebody has yet to decide."""


class StepHolder(StrEnum):
    """Whose step of a route it is."""

    ANY_CHIEF = "any_chief"
    SECTION_CHIEF = "section_chief"
    STATION_CHIEF = "station_chief"
    NAMED = "named"


STEP_HOLDER_LABELS = {
    StepHolder.ANY_CHIEF: N_("課長又は署長"),
    StepHolder.SECTION_CHIEF: N_("課長"),
    StepHolder.STATION_CHIEF: N_("署長"),
    StepHolder.NAMED: N_("職員を指定"),
}


class StepAct(StrEnum):
    """What somebody did about a draft."""

    APPROVED = "approved"
    ON_BEHALF = "on_behalf"
    REVIEWED = "reviewed"
    PAPER = "paper"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    CARRIED_OUT = "carried_out"


STEP_ACT_LABELS = {
    StepAct.APPROVED: N_("承認"),
    StepAct.ON_BEHALF: N_("代決"),
    StepAct.REVIEWED: N_("後閲"),
    StepAct.PAPER: N_("紙決裁"),
    StepAct.RETURNED: N_("差戻し"),
    StepAct.WITHDRAWN: N_("取下げ"),
    StepAct.CARRIED_OUT: N_("実施"),
}


class Approval(StationOwned, Stamped, table=True):
    """One draft: what is to be done to which subject, why, and the route it takes.

    `digest` fixes what is asked for: `terms` and the subject's facts as they were at drafting.
    `content` is the same in words, label and text. `route` is the station's route as it was that
    day; `position` is the step that waits. `state` repeats what follows from the steps, so that a
    list needs none of them. `drafter_name` and `unit_name` are as they were that day.
    """

    __table_args__ = (
        sa.UniqueConstraint("station_id", "year", "serial"),
        sa.Index("ix_approval_station_id_state", "station_id", "state"),
        sa.Index("ix_approval_subject_id", "subject_id"),
    )

    year: int
    serial: int
    number: str = Field(max_length=60)
    kind: ApprovalKind = Field(sa_type=choice(ApprovalKind))
    subject_type: str = Field(max_length=40)
    subject_id: UUID = Field(sa_type=Key)
    title: str = Field(max_length=120)
    path: str = Field(max_length=200)
    reason: str = Field(max_length=500)
    people: int = 0
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    content: list[Any] = Field(default_factory=list, sa_type=sa.JSON)
    digest: str = Field(max_length=64)
    route: list[Any] = Field(sa_type=sa.JSON)
    state: ApprovalState = Field(default=ApprovalState.DRAFTED, sa_type=choice(ApprovalState))
    position: int = 0
    drafted_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    drafter_name: str = Field(max_length=120)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    unit_name: str = Field(max_length=120)
    drafted_at: dt.datetime = Field(sa_type=Moment)


class ApprovalStep(StationOwned, table=True):
    """What one member of staff did about a draft; rows are only added.

    `serial` counts the rows of a draft: two who act at once cannot both be next. `post` is the
    step's name on paper (「署長」). A paper decision has `decided_on`, `decided_by` and
    `document_number` (文書番号) as they stand on the paper; the actor is who entered it.
    """

    __tablename__ = "approval_step"
    __table_args__ = (sa.UniqueConstraint("approval_id", "serial"),)

    approval_id: UUID = Field(foreign_key="approval.id", sa_type=Key)
    serial: int
    act: StepAct = Field(sa_type=choice(StepAct))
    position: int
    post: str = Field(default="", max_length=40)
    staff_id: UUID = Field(foreign_key="staff.id", sa_type=Key)
    name: str = Field(max_length=120)
    unit_name: str = Field(max_length=120)
    at: dt.datetime = Field(sa_type=Moment)
    comment: str = Field(default="", max_length=500)
    decided_on: dt.date | None = None
    decided_by: str = Field(default="", max_length=120)
    document_number: str = Field(default="", max_length=60)


class ApprovalRoute(StationOwned, Dated, Stamped, table=True):
    """Whether a station has drafts of a kind decided, and by whom, from one day to another.

    `steps` holds `crm.approvals.route.Step` as plain JSON, first to last.
    """

    __tablename__ = "approval_route"
    __table_args__ = (sa.Index("ix_approval_route_station_id_kind", "station_id", "kind"),)

    kind: ApprovalKind = Field(sa_type=choice(ApprovalKind))
    is_required: bool
    steps: list[Any] = Field(sa_type=sa.JSON)
