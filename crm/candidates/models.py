"""What happened to a proposal on its way; the candidate itself begins a liaison's course."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Key, Moment, StationOwned, choice
from crm.kernel.i18n import N_
from crm.liaisons.models import CandidateState

OPEN = (CandidateState.PROPOSED, CandidateState.RECEIVED, CandidateState.ASKED)
"""The states in which the network office still has something to do, or somebody to wait for."""
NOT_YET_ASKED = (CandidateState.PROPOSED, CandidateState.RECEIVED)


class StepKind(StrEnum):
    """One step of a proposal; that it was made, the candidate says itself."""

    RECEIVED = "received"
    ASKED = "asked"
    THINKING = "thinking"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PASSED_OVER = "passed_over"
    WITHDRAWN = "withdrawn"


STEP_LABELS = {
    StepKind.RECEIVED: N_("受理"),
    StepKind.ASKED: N_("依頼"),
    StepKind.THINKING: N_("考慮中"),
    StepKind.ACCEPTED: N_("承諾"),
    StepKind.DECLINED: N_("辞退"),
    StepKind.PASSED_OVER: N_("見送り"),
    StepKind.WITHDRAWN: N_("取下げ"),
}


class CandidateStep(StationOwned, table=True):
    """What happened to a proposal; names are as they were that day, rows are only added.

    `happened_on` is the day, `at` when it was put on record. `text` is what the network office
    tells the proposer.
    """

    __tablename__ = "candidate_step"
    __table_args__ = (sa.Index("ix_candidate_step_candidate_id_at", "candidate_id", "at"),)

    candidate_id: UUID = Field(foreign_key="liaison_candidate.id", sa_type=Key)
    kind: StepKind = Field(sa_type=choice(StepKind))
    happened_on: dt.date
    at: dt.datetime = Field(sa_type=Moment)
    staff_id: UUID = Field(foreign_key="staff.id", sa_type=Key)
    staff_name: str = Field(max_length=120)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    unit_name: str = Field(max_length=120)
    not_before: dt.date | None = None
    text: str = Field(default="", max_length=300)
