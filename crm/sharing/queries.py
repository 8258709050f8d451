"""Reading what other offices published to the own one, and who sees what of an own contact."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from crm.agencies.models import OWNERS, Agency, Unit, UnitPlacement
from crm.consents.models import SharedField
from crm.consents.queries import current_consent, provisions_in_force
from crm.contacts.models import Holder, Organization, Person, Telephone, about
from crm.kernel.actor import Actor
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.text import search_key
from crm.sharing.giver_queries import agreements_on, disclosures_on, facts_of
from crm.sharing.lines import (
    Ground,
    NoteRecipient,
    Office,
    ReceivedContact,
    ReceivedNote,
    Visibility,
    grounds_of,
    in_order,
)
from crm.sharing.models import ContactLink, PublishedContact, PublishedNote
from crm.sharing.visibility import given_line, headquarters_line, station_line

LAST_DIGITS = 4


class Candidate(NamedTuple):
    """An own contact that may be the one another office published."""

    holder: Holder
    name: str
    kana: str


class Giver(NamedTuple):
    """The office a received contact came from."""

    agency_id: UUID
    station_id: UUID


def other_offices(db: ScopedSession, actor: Actor, day: dt.date) -> Sequence[Office]:
    """Return the stations and offices of other agencies standing on `day`: names and keys alone.

    Units are otherwise read inside their agency; what an office is called is no secret, and
    somebody has to be named as the recipient.
    """
    rows = db.rows(
        sa.select(
            col(Agency.id),
            col(Agency.name),
            col(Agency.kind),
            col(Unit.id),
            col(UnitPlacement.name),
            col(Unit.kind),
        )
        .join(Unit, col(Unit.agency_id) == col(Agency.id))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(Unit.id))
        .where(
            col(Agency.id) != actor.agency_id,
            col(Unit.kind).in_(OWNERS),
            holds(UnitPlacement, day),
        )
        .order_by(col(Agency.kind), col(Agency.name), col(UnitPlacement.name))
        .execution_options(system="the names of other agencies' offices")
    )
    return [Office(*row) for row in rows]


def received_contacts(
    db: ScopedSession, actor: Actor, day: dt.date, number: int, query: str = ""
) -> Page[ReceivedContact]:
    """Return one page of the contacts published to the own office and valid on `day`.

    `query` finds by what was given, and by nothing else: the rest does not exist here. Two
    statements.
    """
    conditions = [_received(actor, day)]
    conditions += [
        col(PublishedContact.search_key).contains(key, autoescape=True)
        for word in query.split()
        if (key := search_key(word))
    ]
    counted = sa.select(sa.func.count(col(PublishedContact.id))).where(*conditions)
    total: int = db.rows(counted)[0][0]
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        _received_columns()
        .where(*conditions)
        .order_by(col(PublishedContact.kana_sort), col(PublishedContact.id))
        .limit(PAGE_SIZE)
        .offset(offset_of(number))
    )
    return Page([_received_line(row) for row in rows], total, number)


def received_contact(
    db: ScopedSession, actor: Actor, contact_id: UUID, day: dt.date
) -> ReceivedContact:
    """Return one contact published to the own office; NotFound for any other, and when over."""
    rows = db.rows(
        _received_columns().where(_received(actor, day), col(PublishedContact.id) == contact_id)
    )
    if not rows:
        raise NotFound
    return _received_line(rows[0])


def received_about(
    db: ScopedSession, actor: Actor, holder: Holder, day: dt.date
) -> Sequence[ReceivedContact]:
    """Return what other offices published of an own contact, as far as it was recognized."""
    rows = db.rows(
        _received_columns()
        .where(_received(actor, day), about(ContactLink, holder))
        .order_by(col(PublishedContact.published_at), col(PublishedContact.id))
    )
    return [_received_line(row) for row in rows]


def received_notes(
    db: ScopedSession, actor: Actor, holder: Holder, day: dt.date, *, limit: int
) -> list[ReceivedNote]:
    """Return what other offices told of an own contact, the newest first; one statement."""
    rows = db.rows(
        _notes(actor, day, limit)
        .join(ContactLink, col(ContactLink.reference) == col(PublishedNote.reference))
        .where(about(ContactLink, holder))
    )
    return [ReceivedNote(*row) for row in rows]


def notes_under(
    db: ScopedSession, actor: Actor, reference: UUID, day: dt.date, *, limit: int
) -> list[ReceivedNote]:
    """Return what was told of a received contact, recognized or not, the newest first."""
    rows = db.rows(_notes(actor, day, limit).where(col(PublishedNote.reference) == reference))
    return [ReceivedNote(*row) for row in rows]


def recipients_of_notes(
    db: ScopedSession, actor: Actor, holder: Holder, day: dt.date
) -> list[NoteRecipient]:
    """Return which offices may be told of an own contact: agreement and consent both name notes."""
    found: dict[UUID, NoteRecipient] = {}
    for ground in grounds_for(db, actor, holder, day):
        if SharedField.NOTES in ground.fields:
            found.setdefault(ground.recipient_station_id, _note_recipient(ground))
    return list(found.values())


def grounds_for(db: ScopedSession, actor: Actor, holder: Holder, day: dt.date) -> list[Ground]:
    """Return every ground on which an own contact is given to somebody on `day`."""
    facts = facts_of(db, [holder], day).get(holder)
    if facts is None:
        raise NotFound
    return grounds_of(
        facts,
        agreements=agreements_on(db, actor, day),
        provisions=provisions_in_force(db, [holder], day).get(holder, {}),
        disclosures=disclosures_on(db, [holder], day).get(holder, ()),
        day=day,
        liaisons_only=actor.is_police,
    )


def visibility_of(db: ScopedSession, actor: Actor, holder: Holder, day: dt.date) -> Visibility:
    """Return who can see what of an own contact (誰に何が見えるか); two statements.

    It reads the copies that are really there, not what should be.
    """
    consent = current_consent(db, holder, day)
    rows = db.rows(
        sa.select(
            col(PublishedContact.basis),
            col(PublishedContact.basis_id),
            col(PublishedContact.basis_text),
            col(PublishedContact.purpose),
            col(PublishedContact.recipient_name),
            col(PublishedContact.fields),
            col(PublishedContact.valid_until),
        )
        .join(ContactLink, col(ContactLink.reference) == col(PublishedContact.reference))
        .where(
            about(ContactLink, holder),
            col(PublishedContact.giver_station_id) == actor.station_id,
            still_valid(PublishedContact, day),
        )
        .order_by(col(PublishedContact.basis).desc(), col(PublishedContact.recipient_name))
    )
    headquarters = [headquarters_line(consent)] if actor.is_police else []
    given = [given_line(row, consent) for row in rows]
    return Visibility([station_line(actor), *headquarters, *given])


def candidates_for(
    db: ScopedSession, contact: ReceivedContact, *, limit: int = 10
) -> Sequence[Candidate]:
    """Return the own contacts a received one may be: of the same name, reading or number.

    They are looked for by what was given and among the own contacts alone.
    """
    numbers = [part[-LAST_DIGITS:] for part in contact.phone.split("、") if part]
    if contact.is_person:
        return _people_like(db, contact, numbers, limit)
    return _organizations_like(db, contact, numbers, limit)


def link_of(db: ScopedSession, actor: Actor, reference: UUID) -> ContactLink | None:
    """Return which own contact a reference was recognized as."""
    return db.exec(
        select(ContactLink).where(
            col(ContactLink.station_id) == actor.station_id,
            col(ContactLink.reference) == reference,
        )
    ).first()


def giver_of(db: ScopedSession, actor: Actor, reference: UUID, day: dt.date) -> Giver:
    """Return who published a contact under `reference` to the own office; NotFound if nobody."""
    rows = db.rows(
        sa.select(col(PublishedContact.giver_agency_id), col(PublishedContact.giver_station_id))
        .where(_received(actor, day), col(PublishedContact.reference) == reference)
        .limit(1)
    )
    if not rows:
        raise NotFound
    return Giver(*rows[0])


def require_own(db: ScopedSession, holder: Holder) -> None:
    """Raise NotFound for a person or an organization that is not the own office's."""
    table, key = (
        (Person, holder.person_id) if holder.person_id else (Organization, holder.organization_id)
    )
    if db.exec(select(table.id).where(col(table.id) == key)).first() is None:
        raise NotFound


def still_valid(
    table: type[PublishedContact | PublishedNote], day: dt.date
) -> sa.ColumnElement[bool]:
    """Return the condition that a copy is not over, whether or not it was swept away already."""
    return sa.or_(col(table.valid_until).is_(None), col(table.valid_until) >= day)


def _people_like(
    db: ScopedSession, contact: ReceivedContact, numbers: list[str], limit: int
) -> Sequence[Candidate]:
    with_number = sa.select(col(Telephone.person_id)).where(
        col(Telephone.person_id).is_not(None), col(Telephone.last4).in_(numbers)
    )
    rows = db.rows(
        sa.select(
            col(Person.id),
            col(Person.family_name),
            col(Person.given_name),
            col(Person.family_kana),
            col(Person.given_kana),
        )
        .where(
            sa.or_(
                *_named_like(col(Person.search_key), contact),
                col(Person.id).in_(with_number),
            )
        )
        .order_by(col(Person.kana_sort), col(Person.id))
        .limit(limit)
    )
    return [
        Candidate(
            Holder(person_id=key),
            f"{family_name} {given_name}".strip(),
            f"{family_kana} {given_kana}".strip(),
        )
        for key, family_name, given_name, family_kana, given_kana in rows
    ]


def _organizations_like(
    db: ScopedSession, contact: ReceivedContact, numbers: list[str], limit: int
) -> Sequence[Candidate]:
    with_number = sa.select(col(Telephone.organization_id)).where(
        col(Telephone.organization_id).is_not(None), col(Telephone.last4).in_(numbers)
    )
    rows = db.rows(
        sa.select(col(Organization.id), col(Organization.name), col(Organization.kana))
        .where(
            sa.or_(
                *_named_like(col(Organization.search_key), contact),
                col(Organization.id).in_(with_number),
            )
        )
        .order_by(col(Organization.kana_sort), col(Organization.id))
        .limit(limit)
    )
    return [Candidate(Holder(organization_id=key), name, kana) for key, name, kana in rows]


def _named_like(keys: Mapped[str], contact: ReceivedContact) -> list[sa.ColumnElement[bool]]:
    return [
        keys.contains(key, autoescape=True)
        for text in (contact.name, contact.kana)
        if (key := search_key(text))
    ]


def _notes(actor: Actor, day: dt.date, limit: int) -> AnySelect:
    note = PublishedNote
    return (
        sa.select(
            col(note.id),
            col(note.reference),
            col(note.giver_name),
            col(note.told_by),
            col(note.happened_at),
            col(note.occasion),
            col(note.text),
            col(note.published_at),
        )
        .where(col(note.recipient_station_id) == actor.station_id, still_valid(note, day))
        .order_by(col(note.happened_at).desc(), col(note.id).desc())
        .limit(limit)
    )


def _received(actor: Actor, day: dt.date) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(PublishedContact.recipient_station_id) == actor.station_id,
        still_valid(PublishedContact, day),
    )


def _received_columns() -> AnySelect:
    copy = PublishedContact
    return sa.select(
        col(copy.id),
        col(copy.reference),
        col(copy.giver_station_id),
        col(copy.giver_name),
        col(copy.basis),
        col(copy.basis_text),
        col(copy.purpose),
        col(copy.conditions),
        col(copy.retention),
        col(copy.inquiries),
        col(copy.is_person),
        col(copy.is_liaison),
        col(copy.fields),
        col(copy.name),
        col(copy.kana),
        col(copy.post),
        col(copy.areas),
        col(copy.phone),
        col(copy.address),
        col(copy.valid_until),
        col(copy.published_at),
        col(ContactLink.person_id),
        col(ContactLink.organization_id),
    ).outerjoin(
        ContactLink,
        sa.and_(
            col(ContactLink.reference) == col(copy.reference),
            col(ContactLink.station_id) == col(copy.recipient_station_id),
        ),
    )


def _received_line(row: sa.Row[Any]) -> ReceivedContact:
    known = row.person_id or row.organization_id
    linked = Holder(row.person_id, row.organization_id) if known else None
    line = ReceivedContact._make([*row[:-2], linked])
    return line._replace(fields=in_order(line.fields))


def _note_recipient(ground: Ground) -> NoteRecipient:
    return NoteRecipient(
        ground.recipient_agency_id,
        ground.recipient_station_id,
        ground.recipient_name,
        ground.basis,
        ground.basis_id,
        ground.text,
        ground.valid_until,
    )
