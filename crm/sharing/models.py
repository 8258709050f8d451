"""Agreements between agencies, the copies published under them, and the record of provision.

Nobody queries another agency's tables. What the agreement, the person's consent and the day allow
is copied to the recipient, column by column; what is not allowed does not exist there. No foreign
key crosses agencies: the other side is named by keys without a constraint.
"""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.contacts.models import Held, one_holder
from crm.kernel.columns import (
    Dated,
    Key,
    Moment,
    Recipient,
    SortKey,
    Stamped,
    StationOwned,
    choice,
)
from crm.kernel.i18n import N_


class Basis(StrEnum):
    """The ground a copy stands on: a standing share, or one disclosure (個人情報保護法 69条)."""

    STANDING = "standing"
    DISCLOSURE = "disclosure"


class DisclosureBasis(StrEnum):
    """The grounds of a one-off disclosure, exactly those of article 69."""

    LAW = "law"
    CONSENT = "consent"
    INTERNAL_NEED = "internal_need"
    PUBLIC_BODY = "public_body"
    STATISTICS_OR_BENEFIT = "statistics_or_benefit"


DISCLOSURE_BASIS_LABELS = {
    DisclosureBasis.LAW: N_("法令に基づく場合（69条1項）"),
    DisclosureBasis.CONSENT: N_("本人の同意がある場合（69条2項1号）"),
    DisclosureBasis.INTERNAL_NEED: N_("所掌事務の遂行に必要な内部利用（69条2項2号）"),
    DisclosureBasis.PUBLIC_BODY: N_("他の行政機関等の事務に必要な場合（69条2項3号）"),
    DisclosureBasis.STATISTICS_OR_BENEFIT: N_(
        "統計の作成・本人の利益等特別の理由がある場合（69条2項4号）"
    ),
}


class ProvisionAct(StrEnum):
    """What happened to something given to another agency."""

    GIVEN = "given"
    CHANGED = "changed"
    ENDED = "ended"


def _once(table: str) -> sa.Index:
    """Let a form sent twice be one row: its key is an office's once."""
    columns = ("station_id", "request_key")
    return sa.Index(f"ix_{table}_station_id_request_key", *columns, unique=True)


class SharingAgreement(StationOwned, Dated, Stamped, table=True):
    """A standing share (提供の取決め): what an office gives another, for what, on which terms.

    It is the ceiling; a person's consent narrows it. Its terms are printed with what is exported
    (個人情報保護法 70条): conditions, how long it is kept, when returned or erased, whom to ask.
    `gives_places` lets the point and the picture of a place go with what that office is asked.
    """

    __tablename__ = "sharing_agreement"
    __table_args__ = (_once("sharing_agreement"),)

    request_key: UUID | None = Field(default=None, sa_type=Key)
    recipient_agency_id: UUID = Field(sa_type=Key)
    recipient_station_id: UUID = Field(sa_type=Key)
    recipient_name: str = Field(max_length=120)
    title: str = Field(max_length=120)
    purpose: str = Field(max_length=200)
    fields: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    conditions: str = Field(default="", max_length=500)
    retention: str = Field(default="", max_length=200)
    inquiries: str = Field(default="", max_length=120)
    ended_reason: str = Field(default="", max_length=200)
    gives_places: bool = False


class Disclosure(Held, table=True):
    """One provision beyond the standing share, decided once, for a reason, until a day (69条).

    Append-only: ending it early is a `DisclosureEnd`.
    """

    __table_args__ = (one_holder(), _once("disclosure"))

    request_key: UUID | None = Field(default=None, sa_type=Key)
    recipient_agency_id: UUID = Field(sa_type=Key)
    recipient_station_id: UUID = Field(sa_type=Key)
    recipient_name: str = Field(max_length=120)
    basis: DisclosureBasis = Field(sa_type=choice(DisclosureBasis))
    reason: str = Field(max_length=300)
    fields: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    expires_on: dt.date
    decided_on: dt.date
    decided_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    recorded_at: dt.datetime = Field(sa_type=Moment)


class DisclosureEnd(StationOwned, table=True):
    """The early end of a disclosure."""

    __tablename__ = "disclosure_end"
    __table_args__ = (sa.UniqueConstraint("disclosure_id"),)

    disclosure_id: UUID = Field(foreign_key="disclosure.id", sa_type=Key)
    ended_at: dt.datetime = Field(sa_type=Moment)
    ended_by: UUID = Field(foreign_key="staff.id", sa_type=Key)


class ContactLink(Held, table=True):
    """By which reference an own contact is known between this office and another agency's.

    Both sides hold one: the giver from the first copy on, the recipient once it has `recognized`
    its own contact in the copy. Nobody linked what the product itself gave, on the day something
    began.
    """

    __tablename__ = "contact_link"
    __table_args__ = (
        one_holder(),
        sa.UniqueConstraint("station_id", "reference"),
    )

    reference: UUID = Field(sa_type=Key)
    other_agency_id: UUID = Field(sa_type=Key)
    other_station_id: UUID = Field(sa_type=Key)
    linked_at: dt.datetime = Field(sa_type=Moment)
    recognized: bool = False
    linked_by: UUID | None = Field(default=None, foreign_key="account.id", sa_type=Key)


class PublishedContact(Recipient, table=True):
    """A contact as another office may know it; what was not agreed to is empty here already.

    `basis_id` is the agreement or the disclosure. `valid_until` is the last day, None without one.
    The terms (`purpose` to `inquiries`) travel with the copy: its reader has nothing else to ask.
    """

    __tablename__ = "published_contact"
    __table_args__ = (
        sa.UniqueConstraint("giver_station_id", "reference", "basis_id"),
        sa.Index(
            "ix_published_contact_recipient_station_id_kana_sort",
            "recipient_station_id",
            "kana_sort",
        ),
    )

    reference: UUID = Field(sa_type=Key, index=True)
    basis: Basis = Field(sa_type=choice(Basis))
    basis_id: UUID = Field(sa_type=Key)
    basis_text: str = Field(max_length=300)
    recipient_name: str = Field(default="", max_length=120)
    purpose: str = Field(default="", max_length=300)
    conditions: str = Field(default="", max_length=500)
    retention: str = Field(default="", max_length=200)
    inquiries: str = Field(default="", max_length=120)
    is_person: bool
    fields: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    name: str = Field(default="", max_length=160)
    kana: str = Field(default="", max_length=160)
    kana_sort: str = Field(default="", sa_type=SortKey)
    search_key: str = Field(default="")
    post: str = Field(default="")
    areas: str = Field(default="")
    phone: str = Field(default="")
    address: str = Field(default="", max_length=200)
    is_liaison: bool = False
    valid_until: dt.date | None = None
    published_at: dt.datetime = Field(sa_type=Moment)


class PublishedNote(Recipient, table=True):
    """What an office chose to tell another of one contact; written for it, never the own note.

    It stands on the same ground as a copy and goes when that ground goes. `joint_on` is
    the day of a visit in which the giver's note names the recipient's office as present.
    """

    __tablename__ = "published_note"
    __table_args__ = (sa.UniqueConstraint("note_id", "reference", "recipient_station_id"),)

    reference: UUID = Field(sa_type=Key, index=True)
    note_id: UUID = Field(sa_type=Key)
    recipient_name: str = Field(default="", max_length=120)
    basis: Basis = Field(sa_type=choice(Basis))
    basis_id: UUID = Field(sa_type=Key)
    valid_until: dt.date | None = None
    happened_at: dt.datetime = Field(sa_type=Moment)
    occasion: str = Field(max_length=40)
    joint_on: dt.date | None = None
    text: str
    told_by: str = Field(default="", max_length=120)
    published_at: dt.datetime = Field(sa_type=Moment)


class PublishedInformation(Recipient, table=True):
    """An information item as another office received it, with its file."""

    __tablename__ = "published_information"
    __table_args__ = (
        sa.UniqueConstraint("item_id", "recipient_station_id"),
        sa.CheckConstraint("handling <> 'station_only'", name="handling"),
    )

    item_id: UUID = Field(sa_type=Key)
    kind: str = Field(max_length=40)
    issue_number: str = Field(default="", max_length=40)
    title: str = Field(max_length=120)
    topic: str = Field(default="", max_length=60)
    handling: str = Field(max_length=40)
    valid_from: dt.date
    valid_to: dt.date | None = None
    file_name: str = Field(default="", max_length=200)
    media_type: str = Field(default="", max_length=100)
    content: bytes | None = None
    published_at: dt.datetime = Field(sa_type=Moment)


class ProvisionRecord(StationOwned, table=True):
    """What was given to whom on which ground, and when it ended; kept when the copy is gone."""

    __tablename__ = "provision_record"
    __table_args__ = (sa.Index("ix_provision_record_reference", "reference"),)

    reference: UUID = Field(sa_type=Key)
    subject_type: str = Field(max_length=40)
    subject_id: UUID = Field(sa_type=Key, index=True)
    recipient_agency_id: UUID = Field(sa_type=Key)
    recipient_name: str = Field(max_length=120)
    basis: Basis = Field(sa_type=choice(Basis))
    basis_id: UUID = Field(sa_type=Key)
    act: str = Field(max_length=20)
    fields: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    at: dt.datetime = Field(sa_type=Moment)
    by_account_id: UUID | None = Field(default=None, sa_type=Key)
