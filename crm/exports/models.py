"""The register of files that left the house, whom each was about, and the file while it waits."""

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import Key, Moment, StationOwned, choice
from crm.kernel.i18n import N_


class ExportKind(StrEnum):
    """What a file is."""

    ROSTER = "roster"
    ROSTER_REPRINT = "roster_reprint"
    REJECTED_ROWS = "rejected_rows"
    DOSSIER = "dossier"
    ROUND = "round"
    VISIT_LIST = "visit_list"
    HANDOVER = "handover"
    MINUTES = "minutes"
    MEETING_PRINT = "meeting_print"


EXPORT_KIND_LABELS = {
    ExportKind.ROSTER: N_("連絡員一覧表"),
    ExportKind.ROSTER_REPRINT: N_("連絡員一覧表の再交付"),
    ExportKind.REJECTED_ROWS: N_("取り込めなかった行"),
    ExportKind.DOSSIER: N_("開示資料"),
    ExportKind.ROUND: N_("訪問先一覧"),
    ExportKind.VISIT_LIST: N_("強化日の訪問先"),
    ExportKind.HANDOVER: N_("受持区引継書"),
    ExportKind.MINUTES: N_("議事録"),
    ExportKind.MEETING_PRINT: N_("会議の紙"),
}


class ExportPurpose(StrEnum):
    """What a file is for; `other` is told in words."""

    MEETING = "meeting"
    OFFICE = "office"
    VISIT = "visit"
    OTHER = "other"


EXPORT_PURPOSE_LABELS = {
    ExportPurpose.MEETING: N_("会議配布"),
    ExportPurpose.OFFICE: N_("署内の事務"),
    ExportPurpose.VISIT: N_("訪問・連絡"),
    ExportPurpose.OTHER: N_("その他"),
}


class ExportRecipient(StrEnum):
    """Who gets a file; `other` is told in words."""

    WITHIN = "within"
    ATTENDEES = "attendees"
    OTHER = "other"


EXPORT_RECIPIENT_LABELS = {
    ExportRecipient.WITHIN: N_("署内"),
    ExportRecipient.ATTENDEES: N_("会議の出席者"),
    ExportRecipient.OTHER: N_("その他"),
}


class Export(StationOwned, table=True):
    """One file asked for: its number, why, for whom, how many people, who asked and when.

    Never changed once written; what came of it stands in rows of its own. `serial` counts the
    exports of a station in a fiscal year, without gaps. `reference` is the number the document
    bears itself (一覧表番号) where it is known already; `people` is the most it may name.
    `exported_by` and `unit_name` are as they were that day.
    """

    __table_args__ = (
        sa.UniqueConstraint("station_id", "year", "serial"),
        sa.UniqueConstraint("account_id", "request_key"),
        sa.Index("ix_export_number", "number"),
        sa.CheckConstraint("people >= 0 AND organizations >= 0", name="counts"),
    )

    number: str = Field(max_length=60)
    year: int
    serial: int
    kind: ExportKind = Field(sa_type=choice(ExportKind))
    title: str = Field(max_length=120)
    purpose: str = Field(max_length=120)
    recipient: str = Field(max_length=120)
    conditions: str = Field(default="", max_length=120)
    return_on: dt.date | None = None
    fields: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    format: str = Field(max_length=20)
    is_encrypted: bool
    plain_reason: str = Field(default="", max_length=120)
    args: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    people: int
    organizations: int
    needs_approval: bool
    kept_hours: int
    account_id: UUID = Field(foreign_key="account.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    exported_by: str = Field(max_length=120)
    unit_name: str = Field(max_length=120)
    request_key: UUID = Field(sa_type=Key)
    asked_at: dt.datetime = Field(sa_type=Moment)


class ExportSubject(StationOwned, table=True):
    """One person or organization that a file names.

    No foreign key: that somebody's data left the house stays known when the person is disposed of.
    """

    __tablename__ = "export_subject"
    __table_args__ = (
        sa.Index("ix_export_subject_export_id", "export_id"),
        sa.Index("ix_export_subject_person_id", "person_id"),
        sa.Index("ix_export_subject_organization_id", "organization_id"),
        sa.CheckConstraint("(person_id IS NULL) <> (organization_id IS NULL)", name="one_subject"),
    )

    export_id: UUID = Field(foreign_key="export.id", sa_type=Key)
    account_id: UUID = Field(foreign_key="account.id", sa_type=Key)
    person_id: UUID | None = Field(default=None, sa_type=Key)
    organization_id: UUID | None = Field(default=None, sa_type=Key)


class ExportFile(StationOwned, table=True):
    """The file made for an export: its fingerprint as it is handed out, never its content.

    `reference` is the number the document bears itself (一覧表番号).
    """

    __tablename__ = "export_file"
    __table_args__ = (
        sa.UniqueConstraint("export_id"),
        sa.Index("ix_export_file_reference", "reference"),
    )

    export_id: UUID = Field(foreign_key="export.id", sa_type=Key)
    account_id: UUID = Field(foreign_key="account.id", sa_type=Key)
    reference: str = Field(default="", max_length=60)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    size: int
    sha256: str = Field(max_length=64)
    people: int
    organizations: int
    made_at: dt.datetime = Field(sa_type=Moment)
    expires_at: dt.datetime = Field(sa_type=Moment)


class ExportFetch(StationOwned, table=True):
    """A file handed to its requester; the constraint lets that happen once."""

    __tablename__ = "export_fetch"
    __table_args__ = (sa.UniqueConstraint("export_id"),)

    export_id: UUID = Field(foreign_key="export.id", sa_type=Key)
    account_id: UUID = Field(foreign_key="account.id", sa_type=Key)
    fetched_at: dt.datetime = Field(sa_type=Moment)


class ExportContent(StationOwned, table=True):
    """The bytes of a file until its requester fetches it or its time is over; then the row goes."""

    __tablename__ = "export_content"
    __table_args__ = (
        sa.UniqueConstraint("export_id"),
        sa.Index("ix_export_content_expires_at", "expires_at"),
    )

    export_id: UUID = Field(foreign_key="export.id", sa_type=Key)
    account_id: UUID = Field(foreign_key="account.id", sa_type=Key)
    content: bytes
    expires_at: dt.datetime = Field(sa_type=Moment)
