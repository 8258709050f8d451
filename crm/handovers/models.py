"""What the officers of a beat keep for whoever comes after them, and who has read it."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Key, Moment, Stamped, StationOwned, choice
from crm.kernel.i18n import N_


class BeatBrief(StationOwned, Stamped, table=True):
    """What must be known of a beat, in its officers' words; written anew, the old words are gone.

    `writer_name` is as it was when it was written (`updated_at`).
    """

    __tablename__ = "beat_brief"
    __table_args__ = (sa.UniqueConstraint("station_id", "unit_id"),)

    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    text: str
    writer_name: str = Field(max_length=120)


class SuccessionDecision(StrEnum):
    """What is decided when a head follows on another: of the new one, and of the one who went."""

    ASK = "ask"
    LEAVE = "leave"
    LATER = "later"
    END = "end"
    STAY = "stay"


OF_SUCCESSOR = (SuccessionDecision.ASK, SuccessionDecision.LEAVE, SuccessionDecision.LATER)
OF_PREDECESSOR = (SuccessionDecision.END, SuccessionDecision.STAY)

SUCCESSION_LABELS = {
    SuccessionDecision.ASK: N_("依頼する"),
    SuccessionDecision.LEAVE: N_("依頼しない"),
    SuccessionDecision.LATER: N_("あとで"),
    SuccessionDecision.END: N_("終える"),
    SuccessionDecision.STAY: N_("続ける"),
}


class SuccessionAnswer(StationOwned, table=True):
    """What was decided about a change of head, by whom and when; the latest word holds.

    `appointment_id` is the new one's. Without a row nothing is decided: nothing is assumed.
    """

    __tablename__ = "succession_answer"
    __table_args__ = (sa.Index("ix_succession_answer_appointment_id", "appointment_id"),)

    appointment_id: UUID = Field(foreign_key="appointment.id", sa_type=Key)
    decision: SuccessionDecision = Field(sa_type=choice(SuccessionDecision))
    staff_id: UUID = Field(foreign_key="staff.id", sa_type=Key)
    name: str = Field(max_length=120)
    decided_at: dt.datetime = Field(sa_type=Moment)


class BriefReading(StationOwned, table=True):
    """Somebody confirmed having read a beat's handover: who, when, with which words in it.

    `revision` is the brief's, 0 where nothing was written.
    """

    __tablename__ = "brief_reading"
    __table_args__ = (sa.UniqueConstraint("unit_id", "staff_id", "revision"),)

    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    staff_id: UUID = Field(foreign_key="staff.id", sa_type=Key)
    name: str = Field(max_length=120)
    unit_name: str = Field(max_length=120)
    revision: int
    read_at: dt.datetime = Field(sa_type=Moment)
