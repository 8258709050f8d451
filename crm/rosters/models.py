"""The issue record without which no roster leaves the house."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Key, Moment, StationOwned, choice
from crm.kernel.i18n import N_


class RosterProfile(StrEnum):
    """Whom a roster is for; each shows only those who agreed to that recipient."""

    STATION = "station"
    MEETING = "meeting"


ROSTER_PROFILE_LABELS = {
    RosterProfile.STATION: N_("署内用"),
    RosterProfile.MEETING: N_("会議配布用"),
}


class RosterFormat(StrEnum):
    """The kind of file issued; text files in two encodings, for programs that take nothing else."""

    XLSX = "xlsx"
    PDF = "pdf"
    CSV = "csv"
    CSV_CP932 = "csv_cp932"


class RosterIssue(StationOwned, table=True):
    """One file issued: its 一覧表番号, why, by whom, how many rows, and its fingerprint."""

    __tablename__ = "roster_issue"
    __table_args__ = (sa.UniqueConstraint("station_id", "number"),)

    number: str = Field(max_length=30)
    as_of: dt.date
    profile: RosterProfile = Field(sa_type=choice(RosterProfile))
    format: RosterFormat = Field(sa_type=choice(RosterFormat))
    purpose: str = Field(max_length=120)
    persons: int
    organizations: int
    issued_at: dt.datetime = Field(sa_type=Moment)
    issued_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    sha256: str = Field(max_length=64)
