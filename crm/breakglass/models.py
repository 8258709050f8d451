"""An opening of one person in an emergency, and what somebody else found of it."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Key, Moment, StationOwned, choice
from crm.kernel.i18n import N_


class Finding(StrEnum):
    """What whoever reviewed an opening found."""

    JUSTIFIED = "justified"
    QUESTIONED = "questioned"


FINDING_LABELS = {
    Finding.JUSTIFIED: N_("適正と認める"),
    Finding.QUESTIONED: N_("事情の確認を求める"),
}


class PersonOpening(StationOwned, table=True):
    """Headquarters read one person of a station by name, for a reason, for some minutes.

    It belongs to the person's station, whose chiefs are told. Who opened is kept by name as well:
    the station reads it when the account is long gone.
    """

    __tablename__ = "person_opening"
    __table_args__ = (
        sa.Index("ix_person_opening_station_id_opened_at", "station_id", "opened_at"),
    )

    person_id: UUID = Field(foreign_key="person.id", sa_type=Key)
    opened_by: UUID = Field(foreign_key="account.id", sa_type=Key)
    opener_name: str = Field(max_length=120)
    opener_unit: str = Field(max_length=120)
    reason: str = Field(max_length=300)
    opened_at: dt.datetime = Field(sa_type=Moment)
    opened_until: dt.datetime = Field(sa_type=Moment)


class OpeningReview(StationOwned, table=True):
    """What a chief of the person's station or the auditor found of an opening; said once."""

    __tablename__ = "opening_review"
    __table_args__ = (
        sa.UniqueConstraint("opening_id"),
        sa.CheckConstraint("opened_by <> reviewed_by", name="somebody_else"),
    )

    opening_id: UUID = Field(foreign_key="person_opening.id", sa_type=Key)
    opened_by: UUID = Field(sa_type=Key)
    reviewed_by: UUID = Field(foreign_key="account.id", sa_type=Key)
    reviewer_name: str = Field(max_length=120)
    finding: Finding = Field(sa_type=choice(Finding))
    remark: str = Field(max_length=300)
    reviewed_at: dt.datetime = Field(sa_type=Moment)
