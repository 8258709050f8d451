"""A day set aside for visits, the boxes that take part, and whom each of them is to see."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.contacts.models import Held, one_holder
from crm.kernel.columns import Key, Stamped, StationOwned, choice
from crm.kernel.i18n import N_


class TargetReason(StrEnum):
    """Why somebody is proposed, the weightiest first."""

    OPEN_REPLY = "open_reply"
    VACANCY = "vacancy"
    NEW_CHAIR = "new_chair"
    NEW_UNIT = "new_unit"
    DORMANT = "dormant"
    CHOSEN = "chosen"


REASON_LABELS = {
    TargetReason.OPEN_REPLY: N_("回答未了"),
    TargetReason.VACANCY: N_("窓口・役職の確認"),
    TargetReason.NEW_CHAIR: N_("新しい会長など"),
    TargetReason.NEW_UNIT: N_("受持ちの変更"),
    TargetReason.DORMANT: N_("しばらく会っていない"),
    TargetReason.CHOSEN: N_("選んで追加"),
}


class StrengtheningDay(StationOwned, Stamped, table=True):
    """One or a few days on which the station chief secures time for visits (S1 4(4)).

    Nothing of what came of it is entered here: the notes of those days say it. `request_key` makes
    a form sent twice one day.
    """

    __tablename__ = "strengthening_day"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "request_key"),
        sa.CheckConstraint("first_on <= last_on", name="in_order"),
        sa.Index("ix_strengthening_day_station_id_first_on", "station_id", "first_on"),
    )

    first_on: dt.date
    last_on: dt.date
    purpose: str = Field(default="", max_length=120)
    cancelled_on: dt.date | None = None
    request_key: UUID = Field(sa_type=Key)


class StrengtheningUnit(StationOwned, Stamped, table=True):
    """A box that takes part, and its hours as plain counts: secured, and diverted to what.

    `unit_name` is as it was when the day was planned.
    """

    __tablename__ = "strengthening_unit"
    __table_args__ = (
        sa.UniqueConstraint("day_id", "unit_id"),
        sa.CheckConstraint("hours_secured >= 0 AND hours_diverted >= 0", name="hours"),
    )

    day_id: UUID = Field(foreign_key="strengthening_day.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    unit_name: str = Field(max_length=120)
    hours_secured: int | None = None
    hours_diverted: int | None = None
    diverted_to: str = Field(default="", max_length=120)


class StrengtheningArea(StationOwned, table=True):
    """An area the day is limited to; a box without any takes part with all that are its own.

    `area_name` is as it was when the day was planned.
    """

    __tablename__ = "strengthening_area"
    __table_args__ = (sa.UniqueConstraint("day_id", "area_id"),)

    day_id: UUID = Field(foreign_key="strengthening_day.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    area_id: UUID = Field(foreign_key="area.id", sa_type=Key)
    area_name: str = Field(max_length=120)


class StrengtheningTarget(Held, table=True):
    """Somebody a box is to see on a strengthening day; chosen by the chief, each once a day."""

    __tablename__ = "strengthening_target"
    __table_args__ = (
        one_holder(),
        sa.UniqueConstraint("day_id", "person_id"),
        sa.UniqueConstraint("day_id", "organization_id"),
    )

    day_id: UUID = Field(foreign_key="strengthening_day.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    reason: TargetReason = Field(sa_type=choice(TargetReason))
