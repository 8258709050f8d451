"""What is given to another agency and what is shown of it: plain values, worked out purely."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from crm.agencies.queries import Office as Office  # noqa: PLC0414 - a line this room offers
from crm.agencies.queries import office_label as office_label  # noqa: PLC0414 - as above
from crm.consents.models import SHARED_FIELD_LABELS, SharedField
from crm.consents.queries import Provision
from crm.contacts.models import Holder
from crm.kernel.actor import Actor
from crm.kernel.i18n import translate
from crm.kernel.kana import furigana, kana_sort_key
from crm.kernel.text import search_key
from crm.sharing.models import (
    DISCLOSURE_BASIS_LABELS,
    Basis,
    Disclosure,
    PublishedContact,
    SharingAgreement,
)

Offered = tuple[SharedField, ...]
"""Fields in the order of the form."""


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Everything of a contact that could be given, before agreement and consent narrow it.

    `serves_until` is the last day of a running term as a liaison, where it has one.
    """

    is_person: bool
    name: str
    family_kana: str = ""
    given_kana: str = ""
    post: str = ""
    areas: str = ""
    phone: str = ""
    address: str = ""
    is_liaison: bool = False
    serves_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """Why one office may have some of a contact's fields, until which day and on which terms."""

    basis: Basis
    basis_id: UUID
    recipient_agency_id: UUID
    recipient_station_id: UUID
    recipient_name: str
    text: str
    fields: Offered
    valid_until: dt.date | None
    purpose: str = ""
    conditions: str = ""
    retention: str = ""
    inquiries: str = ""


class ReceivedContact(NamedTuple):
    """A contact another office published to the own one; a field not given is not there at all.

    `holder` is the own contact it was recognized as.
    """

    id: UUID
    reference: UUID
    giver_station_id: UUID
    giver_name: str
    basis: Basis
    basis_text: str
    purpose: str
    conditions: str
    retention: str
    inquiries: str
    is_person: bool
    is_liaison: bool
    fields: Offered
    name: str
    kana: str
    post: str
    areas: str
    phone: str
    address: str
    valid_until: dt.date | None
    published_at: dt.datetime
    holder: Holder | None = None

    @property
    def furigana(self) -> str:
        """The reading in hiragana; empty where it was not given."""
        return furigana(self.kana)

    def gives(self, name: str) -> bool:
        """Whether the field called `name` was given: if not, it is shown as 「非公開」."""
        return name in self.fields


class ReceivedNote(NamedTuple):
    """What another office told of a contact; `occasion` is a msgid."""

    id: UUID
    reference: UUID
    giver_name: str
    told_by: str
    happened_at: dt.datetime
    occasion: str
    text: str
    published_at: dt.datetime


class NoteRecipient(NamedTuple):
    """An office that may be told of a contact, on which ground, until which day."""

    agency_id: UUID
    station_id: UUID
    name: str
    basis: Basis
    basis_id: UUID
    text: str
    valid_until: dt.date | None


class Viewer(StrEnum):
    """Who may see something of a contact."""

    STATION = "station"
    HEADQUARTERS = "headquarters"
    STANDING = "standing"
    DISCLOSURE = "disclosure"


class VisibilityLine(NamedTuple):
    """One viewer in one line: who, which fields in words, why, until which day.

    `basis_id` is the agreement or the disclosure, to link or to end it.
    """

    viewer: Viewer
    who: str
    what: str
    why: str
    until: dt.date | None = None
    basis_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who can see what of one contact (誰に何が見えるか); nobody who is not in it sees anything."""

    lines: Sequence[VisibilityLine]

    @property
    def leaves_agency(self) -> bool:
        """Whether another agency sees anything."""
        return any(line.viewer in {Viewer.STANDING, Viewer.DISCLOSURE} for line in self.lines)


def in_order(fields: Iterable[str]) -> Offered:
    """Return `fields` once each, in the order of the form."""
    given = frozenset(fields)
    return tuple(field for field in SharedField if field in given)


def field_words(fields: Iterable[str]) -> str:
    """Return fields in words: 「氏名、役職」."""
    return "、".join(translate(SHARED_FIELD_LABELS[field]) for field in in_order(fields))


class IdleLink(NamedTuple):
    """A recognition whose copy is gone: it waits for the next, and may have been a mistake."""

    reference: UUID
    giver_name: str


def giver_label(actor: Actor) -> str:
    """Return what the actor's office is called where its copies are read."""
    return office_label(actor.agency_name, actor.station_name)


def standing_ground(
    agreement: SharingAgreement, provision: Provision, serves_until: dt.date | None = None
) -> Ground:
    """Return what an agreement and a consent allow together, as long as both and the term last."""
    ends = (agreement.valid_to, provision.valid_to, serves_until)
    return Ground(
        Basis.STANDING,
        agreement.id,
        agreement.recipient_agency_id,
        agreement.recipient_station_id,
        agreement.recipient_name,
        agreement.title,
        in_order(provision.fields.intersection(agreement.fields)),
        min((day for day in ends if day), default=None),
        agreement.purpose,
        agreement.conditions,
        agreement.retention,
        agreement.inquiries,
    )


def disclosed_ground(disclosure: Disclosure) -> Ground:
    """Return what one decision gives, beside any agreement."""
    return Ground(
        Basis.DISCLOSURE,
        disclosure.id,
        disclosure.recipient_agency_id,
        disclosure.recipient_station_id,
        disclosure.recipient_name,
        DISCLOSURE_BASIS_LABELS[disclosure.basis],
        in_order(disclosure.fields),
        disclosure.expires_on,
        disclosure.reason,
    )


def grounds_of(
    facts: ContactFacts,
    *,
    agreements: Iterable[SharingAgreement],
    provisions: Mapping[UUID, Provision],
    disclosures: Iterable[Disclosure],
    day: dt.date,
    liaisons_only: bool,
) -> list[Ground]:
    """Return every ground on which a contact is given to somebody on `day`.

    The police share its liaisons alone (`liaisons_only`), a partner whoever agreed. Without the
    name there is nothing to give: nobody could tell whom the rest is about.
    """
    shares = facts.is_liaison or not liaisons_only
    standing = [
        standing_ground(
            agreement,
            provisions[agreement.recipient_agency_id],
            facts.serves_until if liaisons_only else None,
        )
        for agreement in agreements
        if shares and agreement.holds_on(day) and agreement.recipient_agency_id in provisions
    ]
    once = [disclosed_ground(one) for one in disclosures if day <= one.expires_on]
    return [ground for ground in (*standing, *once) if SharedField.NAME in ground.fields]


def copy_of(facts: ContactFacts, ground: Ground) -> dict[str, Any]:
    """Return the columns of a `PublishedContact`: what `ground` allows of `facts`, nothing else.

    What a list is sorted and searched by is made of the allowed fields alone. Missing are only the
    giver's columns, the reference and the time.
    """
    given = _allowed(facts, ground.fields)
    kana = given.get("kana", "")
    named = given.get("name", "")
    order = kana_sort_key(facts.family_kana, facts.given_kana) if kana else kana_sort_key("")
    return {
        "recipient_agency_id": ground.recipient_agency_id,
        "recipient_station_id": ground.recipient_station_id,
        "recipient_name": ground.recipient_name,
        "basis": ground.basis,
        "basis_id": ground.basis_id,
        "basis_text": ground.text,
        "purpose": ground.purpose,
        "conditions": ground.conditions,
        "retention": ground.retention,
        "inquiries": ground.inquiries,
        "valid_until": ground.valid_until,
        "is_person": facts.is_person,
        "fields": list(ground.fields),
        "name": named,
        "kana": kana,
        # without a reading, after all that have one, by the characters of the name
        "kana_sort": order if kana else order + named,
        "search_key": search_key(*given.values()),
        "post": given.get("post", ""),
        "areas": given.get("areas", ""),
        "phone": given.get("phone", ""),
        "address": given.get("address", ""),
        "is_liaison": facts.is_liaison and _tells_of_serving(ground),
    }


def contents_of(copy: PublishedContact) -> dict[str, Any]:
    """Return the columns `copy_of` gives, as a copy has them now."""
    return {name: getattr(copy, name) for name in _CONTENTS}


def _allowed(facts: ContactFacts, fields: Collection[SharedField]) -> dict[str, str]:
    everything = {
        SharedField.NAME: ("name", facts.name),
        SharedField.READING: ("kana", f"{facts.family_kana} {facts.given_kana}".strip()),
        SharedField.POST: ("post", facts.post),
        SharedField.AREAS: ("areas", facts.areas),
        SharedField.PHONE: ("phone", facts.phone),
        SharedField.ADDRESS: ("address", facts.address),
    }
    return dict(value for field, value in everything.items() if field in fields)


def _tells_of_serving(ground: Ground) -> bool:
    """Whether a copy says that somebody is a liaison: a share of liaisons, or the posts do."""
    return ground.basis is Basis.STANDING or SharedField.POST in ground.fields


_CONTENTS = (
    *("recipient_agency_id", "recipient_station_id", "recipient_name"),
    *("basis", "basis_id", "basis_text", "purpose", "conditions", "retention", "inquiries"),
    *("valid_until", "is_person", "fields", "name", "kana", "kana_sort", "search_key"),
    *("post", "areas", "phone", "address", "is_liaison"),
)
