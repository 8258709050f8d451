"""What the pages of oversight show: plain values, records by their keys."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.consents.models import SHARED_FIELD_LABELS
from crm.kernel.i18n import N_, translate

SHOWN_BY_ACTION: Mapping[str, tuple[str, ...]] = {
    "people.listed": ("name", "posts", "telephones"),
    "organizations.listed": ("name", "posts", "telephones"),
    "organization.viewed": ("name", "posts"),
    "search.made": ("name", "posts", "telephones"),
    "tour.viewed": ("name", "care_note", "posts"),
    "roster.viewed": ("name", "posts", "areas", "telephones"),
    "roster.issued": ("name", "posts", "areas", "telephones"),
    "export.fetched": ("name", "posts", "areas", "telephones"),
    "contacts.listed": ("name", "posts", "telephones"),
    "liaison.viewed": ("name", "consents", "liaison"),
    "meeting.viewed": ("name", "posts"),
    "note.viewed": ("name", "notes"),
}
"""Which fields a page shows of everybody it names, where the entry itself does not say."""
OTHERWISE = ("name",)

FIELD_LABELS: Mapping[str, str] = {
    **{field.value: label for field, label in SHARED_FIELD_LABELS.items()},
    "address": N_("住所"),
    "area_id": N_("担当区域"),
    "areas": N_("担当区域"),
    "care_note": N_("配慮事項"),
    "consents": N_("同意"),
    "disclosures": N_("個別の提供"),
    "family_kana": N_("ふりがな"),
    "family_name": N_("氏名"),
    "given_kana": N_("ふりがな"),
    "given_name": N_("氏名"),
    "kana": N_("ふりがな"),
    "liaison": N_("連絡員としての経過"),
    "name": N_("氏名"),
    "name_as_given": N_("氏名"),
    "notes": N_("活動の記録"),
    "phones": N_("電話番号"),
    "posts": N_("役職"),
    "received": N_("提供を受けた内容"),
    "telephones": N_("電話番号"),
}


def field_words(fields: Sequence[str]) -> str:
    """Return fields in words, each once; a column of the form alone (its revision) says nothing."""
    known = [translate(FIELD_LABELS[field]) for field in fields if field in FIELD_LABELS]
    return "、".join(dict.fromkeys(known))


def reference_number(key: UUID) -> str:
    """Return what a record is called where its name is not to be read (整理番号)."""
    return str(key)[-12:]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One time somebody was shown a person or changed something of theirs."""

    entry_id: UUID
    at: dt.datetime
    action: str
    actor_name: str
    unit_name: str
    address: str
    outcome: str
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one account or file may have given away of one person: which fields, since when."""

    subject: tuple[str, UUID]
    fields: frozenset[str]
    first_at: dt.datetime
    last_at: dt.datetime
    times: int
    actors: frozenset[str]

    @property
    def reference(self) -> str:
        """The number it is called by."""
        return reference_number(self.subject[1])

    @property
    def words(self) -> str:
        """Its fields in words."""
        return field_words(sorted(self.fields))


class Oddity(NamedTuple):
    """Something unusual: who, when, how often, and an entry to begin with."""

    kind: str
    account_id: UUID
    actor_name: str
    unit_name: str
    at: dt.datetime
    times: int


class Doing(NamedTuple):
    """The columns of an entry that judging a week needs."""

    account_id: UUID
    actor_name: str
    unit_name: str
    at: dt.datetime
    action: str
    subject_id: UUID | None
