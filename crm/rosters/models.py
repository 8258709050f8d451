"""What is kept of every roster that left the house: its issue, document and numbered copies."""

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Key, Moment, StationOwned, choice
from crm.kernel.i18n import N_


class RosterProfile(StrEnum):
    """Whom a roster is for; each shows only those who agreed to that recipient."""

    STATION = "station"
    MEETING = "meeting"
    MUNICIPALITY = "municipality"
    SEATING = "seating"


ROSTER_PROFILE_LABELS = {
    RosterProfile.STATION: N_("署内用"),
    RosterProfile.MEETING: N_("会議配布用"),
    RosterProfile.MUNICIPALITY: N_("市町提供用"),
    RosterProfile.SEATING: N_("座席表"),
}


class RosterOrdering(StrEnum):
    """In which order those on a roster stand."""

    KANA = "kana"
    AREA = "area"


ROSTER_ORDERING_LABELS = {
    RosterOrdering.KANA: N_("五十音順"),
    RosterOrdering.AREA: N_("区域・団体順"),
}


class RosterFormat(StrEnum):
    """The kind of file issued; text files and cards for programs that take nothing else."""

    XLSX = "xlsx"
    PDF = "pdf"
    CSV = "csv"
    CSV_CP932 = "csv_cp932"
    VCARD4 = "vcard4"
    VCARD3 = "vcard3"


ROSTER_FORMAT_LABELS = {
    RosterFormat.XLSX: "Excel",
    RosterFormat.PDF: "PDF",
    RosterFormat.CSV: "CSV",
    RosterFormat.CSV_CP932: "CSV",
    RosterFormat.VCARD4: "vCard 4.0",
    RosterFormat.VCARD3: "vCard 3.0",
}


class RosterIssue(StationOwned, table=True):
    """One file issued: its 一覧表番号, why, for whom, by whom, how many rows, its fingerprint.

    `selection` says which part of the station's liaisons was asked for (see `Selection.key`), empty
    for all; `decision` is the number of the draft it was decided under. What was issued before
    exports were on record has no `export_id`. `sha256` is that of the document itself, before any
    password.
    """

    __tablename__ = "roster_issue"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "number"),
        sa.Index("ix_roster_issue_station_id_selection", "station_id", "profile", "selection"),
    )

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
    recipient: str = Field(default="", max_length=120)
    decision: str = Field(default="", max_length=60)
    selection: str = Field(default="", max_length=400)
    selection_name: str = Field(default="", max_length=400)
    export_id: UUID | None = Field(default=None, sa_type=Key)


class RosterDocument(StationOwned, table=True):
    """The document of an issue as it was made, and its rows to compare the next with.

    `rows` is plain JSON: whom each is about, its number, and what stood in its columns.
    """

    __tablename__ = "roster_document"
    __table_args__ = (sa.UniqueConstraint("issue_id"),)

    issue_id: UUID = Field(foreign_key="roster_issue.id", sa_type=Key)
    content: bytes
    rows: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)


class CopyAct(StrEnum):
    """What becomes of a copy that was handed out."""

    RETURNED = "returned"
    SHREDDED = "shredded"


COPY_ACT_LABELS = {
    CopyAct.RETURNED: N_("返却"),
    CopyAct.SHREDDED: N_("裁断"),
}


class RosterCopy(StationOwned, table=True):
    """A numbered copy handed to somebody, who is told in words of office: 「みなと町自治会長」."""

    __tablename__ = "roster_copy"
    __table_args__ = (
        sa.UniqueConstraint("issue_id", "number"),
        sa.CheckConstraint("number > 0", name="number"),
    )

    issue_id: UUID = Field(foreign_key="roster_issue.id", sa_type=Key)
    number: int
    handed_to: str = Field(max_length=120)
    handed_on: dt.date
    recorded_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    recorder_name: str = Field(max_length=120)
    recorded_at: dt.datetime = Field(sa_type=Moment)


class RosterCopyAct(StationOwned, table=True):
    """A copy came back, or was shredded: on a day, on somebody's word; each once."""

    __tablename__ = "roster_copy_act"
    __table_args__ = (sa.UniqueConstraint("copy_id", "act"),)

    copy_id: UUID = Field(foreign_key="roster_copy.id", sa_type=Key)
    act: CopyAct = Field(sa_type=choice(CopyAct))
    acted_on: dt.date
    recorded_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    recorder_name: str = Field(max_length=120)
    recorded_at: dt.datetime = Field(sa_type=Moment)


class RosterFilter(StationOwned, table=True):
    """A selection kept under a name, by one account; its unit uses it too where it says so."""

    __tablename__ = "roster_filter"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "name"),
        sa.Index("ix_roster_filter_unit_id", "unit_id"),
    )

    account_id: UUID = Field(foreign_key="account.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    of_unit: bool = False
    name: str = Field(max_length=40)
    profile: RosterProfile = Field(sa_type=choice(RosterProfile))
    ordering: RosterOrdering = Field(sa_type=choice(RosterOrdering))
    selection: str = Field(default="", max_length=400)
