"""Consent (同意) to the use and provision of personal data, apart from acceptance of serving."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.contacts.models import Held, Holder, one_holder
from crm.kernel.actor import Actor
from crm.kernel.columns import Dated, Key, Moment, StationOwned, choice
from crm.kernel.i18n import N_


class ConsentScope(StrEnum):
    """What a person or organization may agree to, each separate and unticked (wording.md)."""

    WITHIN_STATION = "within_station"
    HQ_NAME = "hq_name"
    MUNICIPALITY = "municipality"
    OTHER_LIAISONS = "other_liaisons"
    BY_PHONE = "by_phone"
    BY_POST = "by_post"
    BY_FAX = "by_fax"
    BY_EMAIL = "by_email"
    PHOTO = "photo"


CONSENT_SCOPE_LABELS = {
    ConsentScope.WITHIN_STATION: N_("署内各課での共有"),
    ConsentScope.HQ_NAME: N_("本部への氏名の提供"),
    ConsentScope.MUNICIPALITY: N_("市町への提供"),
    ConsentScope.OTHER_LIAISONS: N_("他の連絡員への紹介"),
    ConsentScope.BY_PHONE: N_("電話での連絡"),
    ConsentScope.BY_POST: N_("郵送での連絡"),
    ConsentScope.BY_FAX: N_("ＦＡＸでの連絡"),
    ConsentScope.BY_EMAIL: N_("メールでの連絡"),
    ConsentScope.PHOTO: N_("写真の使用"),
}

PARTNER_SCOPE_LABELS = {
    ConsentScope.WITHIN_STATION: N_("庁内各課での共有"),
    ConsentScope.MUNICIPALITY: N_("他の機関への提供"),
    ConsentScope.BY_PHONE: N_("電話での連絡"),
    ConsentScope.BY_POST: N_("郵送での連絡"),
    ConsentScope.BY_FAX: N_("ＦＡＸでの連絡"),
    ConsentScope.BY_EMAIL: N_("メールでの連絡"),
    ConsentScope.PHOTO: N_("写真の使用"),
}
"""The same at an agency without headquarters and liaisons of its own, such as a city hall."""


def scope_labels(actor: Actor) -> Mapping[ConsentScope, str]:
    """Return what can be agreed to at the actor's agency, in its own words (msgids)."""
    return CONSENT_SCOPE_LABELS if actor.is_police else PARTNER_SCOPE_LABELS


class SharedField(StrEnum):
    """The groups of facts a person may let another agency have, each by itself."""

    NAME = "name"
    READING = "reading"
    POST = "post"
    AREAS = "areas"
    PHONE = "phone"
    ADDRESS = "address"
    NOTES = "notes"


SHARED_FIELD_LABELS = {
    SharedField.NAME: N_("氏名"),
    SharedField.READING: N_("ふりがな"),
    SharedField.POST: N_("役職"),
    SharedField.AREAS: N_("担当区域"),
    SharedField.PHONE: N_("電話番号"),
    SharedField.ADDRESS: N_("住所"),
    SharedField.NOTES: N_("活動の記録"),
}


class ConsentMethod(StrEnum):
    """How an answer was given."""

    ORAL = "oral"
    WRITTEN = "written"
    PHONE = "phone"


CONSENT_METHOD_LABELS = {
    ConsentMethod.ORAL: N_("口頭"),
    ConsentMethod.WRITTEN: N_("書面"),
    ConsentMethod.PHONE: N_("電話"),
}


class ConsentRecord(Held, table=True):
    """What a holder agreed to on one day, as a whole; the newest record is the one in force.

    Append-only: narrowing or ending consent is another record with fewer grants or none.
    """

    __tablename__ = "consent_record"
    __table_args__ = (one_holder(),)

    signatory: str = Field(default="", max_length=120)
    capacity: str = Field(default="", max_length=120)
    form_version: str = Field(max_length=20)
    decided_on: dt.date
    method: ConsentMethod = Field(sa_type=choice(ConsentMethod))
    recorded_by: UUID = Field(foreign_key="staff.id", sa_type=Key)
    recorded_at: dt.datetime = Field(sa_type=Moment)


class ConsentGrant(StationOwned, Dated, table=True):
    """One thing agreed to in a consent record, for as long as it says.

    For 市町への提供 `recipient_agency_id` names the agency and `fields` what it may have; a record
    taken before agencies could be named has only the words in `recipient`, and provides nothing.
    """

    __tablename__ = "consent_grant"

    record_id: UUID = Field(foreign_key="consent_record.id", sa_type=Key, index=True)
    scope: ConsentScope = Field(sa_type=choice(ConsentScope))
    recipient: str = Field(default="", max_length=120)
    recipient_agency_id: UUID | None = Field(default=None, sa_type=Key)
    fields: list[str] = Field(default_factory=list, sa_type=sa.JSON)


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """What a holder agreed to on one day, as a whole.

    `scopes` maps what was agreed to onto its recipient: agency and items for 市町への提供, empty
    elsewhere. `provisions` names other agencies that keep their own ledger here, each with the
    fields it may have. `signatory` and `capacity` say who spoke for an organization.
    `form_version` is that of the form in use unless an older one was signed.
    """

    decided_on: dt.date
    method: ConsentMethod
    scopes: Mapping[ConsentScope, str] = field(default_factory=dict)
    signatory: str = ""
    capacity: str = ""
    form_version: str = ""
    provisions: Mapping[UUID, Collection[SharedField]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConsentRecorded:
    """A person or an organization said anew what they agree to; it is in force as a whole."""

    holder: Holder
