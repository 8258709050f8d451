"""After how many days a visit is proposed, and the days on which somebody is left in peace."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.contacts.models import Held, one_holder
from crm.kernel.columns import Dated, Key, Moment, StationOwned, choice
from crm.kernel.i18n import N_


class QuietReason(StrEnum):
    """Why somebody is left in peace; never an illness."""

    BUSY_SEASON = "busy_season"
    MOURNING = "mourning"
    OWN_WISH = "own_wish"
    AWAY = "away"
    OTHER = "other"


QUIET_REASON_LABELS = {
    QuietReason.BUSY_SEASON: N_("農繁期・繁忙期"),
    QuietReason.MOURNING: N_("慶弔"),
    QuietReason.OWN_WISH: N_("本人・団体の希望"),
    QuietReason.AWAY: N_("不在"),
    QuietReason.OTHER: N_("その他"),
}


class QuietPeriod(Held, Dated, table=True):
    """訪問を控える期間: nobody of the station is proposed to call on them, from day to day.

    Names are as they were that day. `lifted_at` ended it early; it says so and stays.
    """

    __tablename__ = "quiet_period"
    __table_args__ = (
        one_holder(),
        sa.CheckConstraint("valid_to IS NOT NULL AND valid_to >= valid_from", name="has_an_end"),
        sa.UniqueConstraint("entered_by", "request_key"),
        sa.Index("ix_quiet_period_station_id_valid_to", "station_id", "valid_to"),
    )

    reason: QuietReason = Field(sa_type=choice(QuietReason))
    remark: str = Field(default="", max_length=60)
    entered_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    entered_name: str = Field(max_length=120)
    unit_name: str = Field(max_length=120)
    entered_at: dt.datetime = Field(sa_type=Moment)
    request_key: UUID = Field(sa_type=Key)
    lifted_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    lifted_by: UUID | None = Field(default=None, foreign_key="staff.id", sa_type=Key)


class VisitCadence(StationOwned, Dated, table=True):
    """訪問の目安 of one person, organization or area: a proposal to staff, never a quota.

    `every_days` is None where the station decided that no visit is proposed. Without a row the
    agency's own number of days holds.
    """

    __tablename__ = "visit_cadence"
    __table_args__ = (
        sa.CheckConstraint(
            "CASE WHEN person_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN organization_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN area_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_subject",
        ),
        sa.CheckConstraint("every_days IS NULL OR every_days > 0", name="every_days"),
        sa.Index("ix_visit_cadence_station_id_valid_to", "station_id", "valid_to"),
    )

    person_id: UUID | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id", sa_type=Key)
    area_id: UUID | None = Field(default=None, foreign_key="area.id", sa_type=Key)
    every_days: int | None = None
    decided_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    decider_name: str = Field(max_length=120)
    decided_at: dt.datetime = Field(sa_type=Moment)


class Every(StrEnum):
    """What a station chooses from; the days are its proposal, and nobody's target."""

    DEFAULT = "default"
    MONTH = "30"
    TWO_MONTHS = "60"
    QUARTER = "90"
    HALF_YEAR = "180"
    YEAR = "365"
    NEVER = "never"

    @property
    def days(self) -> int | None:
        """How many days apart, None where no visit is proposed."""
        return int(self) if self.isdecimal() else None


EVERY_LABELS = {
    Every.DEFAULT: N_("既定のとおり"),
    Every.MONTH: N_("1か月ごと"),
    Every.TWO_MONTHS: N_("2か月ごと"),
    Every.QUARTER: N_("3か月ごと"),
    Every.HALF_YEAR: N_("半年ごと"),
    Every.YEAR: N_("1年ごと"),
    Every.NEVER: N_("目安を設けない"),
}


def every_of(days: int | None) -> Every:
    """Return the choice that stands for a decided number of days."""
    return Every.NEVER if days is None else Every(str(days))
