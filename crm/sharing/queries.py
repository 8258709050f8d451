"""Reading what other offices published to the own one, and who sees what of an own contact."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.queries import other_offices as other_offices  # noqa: PLC0414 - a query this room offers
from crm.consents.models import SharedField
from crm.consents.queries import (
    Consent,
    current_consent,
    history_from,
    history_rows,
    in_force,
    provisions_in_force,
)
from crm.contacts.models import Holder, Organization, Person, any_of, named
from crm.kernel.actor import Actor
from crm.kernel.columns import DAY, Key
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.text import search_key
from crm.kernel.together import together
from crm.sharing.giver_queries import agreements_on, disclosures_on, facts_of
from crm.sharing.lines import (
    Ground,
    IdleLink,
    NoteRecipient,
    ReceivedContact,
    ReceivedNote,
    Visibility,
    grounds_of,
    in_order,
)
from crm.sharing.link_queries import idle_links
from crm.sharing.models import Basis, ContactLink, PublishedContact, PublishedNote
from crm.sharing.visibility import given_line, headquarters_line, station_line


class SharedAbout(NamedTuple):
    """What sharing knows of one own contact: what they agree to, who can see what, what came in."""

    consent: Consent | None
    visibility: Visibility
    contacts: Sequence[ReceivedContact]
    notes: Sequence[ReceivedNote]
    idle: Sequence[IdleLink]


class Giver(NamedTuple):
    """The office a received contact came from."""

    agency_id: UUID
    station_id: UUID


def received_contacts(
    db: ScopedSession, actor: Actor, day: dt.date, number: int, query: str = ""
) -> Page[ReceivedContact]:
    """Return one page of the contacts published to the own office and valid on `day`.

    `query` finds by what was given, and by nothing else: the rest does not exist here. Two
    statements.
    """
    conditions = [_received()]
    conditions += [
        col(PublishedContact.search_key).contains(key, autoescape=True)
        for word in query.split()
        if (key := search_key(word))
    ]
    counted = sa.select(sa.func.count(col(PublishedContact.id))).where(*conditions)
    whose = _to(actor, day)
    total: int = db.rows(counted, whose)[0][0]
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        _received_columns()
        .where(*conditions)
        .order_by(col(PublishedContact.kana_sort), col(PublishedContact.id))
        .limit(PAGE_SIZE)
        .offset(offset_of(number)),
        whose,
    )
    return Page([_received_line(row) for row in rows], total, number)


def received_contact(
    db: ScopedSession, actor: Actor, contact_id: UUID, day: dt.date
) -> ReceivedContact:
    """Return one contact published to the own office; NotFound for any other, and when over."""
    rows = db.rows(
        _received_columns().where(_received(), col(PublishedContact.id) == contact_id),
        _to(actor, day),
    )
    if not rows:
        raise NotFound
    return _received_line(rows[0])


def shared_about(
    db: ScopedSession, actor: Actor, holder: Holder, day: dt.date, *, most_notes: int
) -> SharedAbout:
    """Return all that sharing knows of an own contact, as its page shows it; one statement.

    A second one tells what the offices are called whose copies are gone.
    """
    consents, given, contacts, notes, idle = together(
        db, _shared_selects(), **named(holder), **_to(actor, day), most_notes=most_notes
    )
    consent = in_force(history_from(consents), day)
    received = sorted(contacts, key=lambda row: (row.published_at, row.id))
    told = sorted(notes, key=lambda row: (row.happened_at, row.id), reverse=True)
    return SharedAbout(
        consent,
        _visibility(actor, consent, given),
        [_received_line(row) for row in received],
        [ReceivedNote(*row) for row in told],
        _named_links(db, actor, idle, day),
    )


def received_notes(
    db: ScopedSession, actor: Actor, holder: Holder, day: dt.date, *, limit: int
) -> list[ReceivedNote]:
    """Return what other offices told of an own contact, the newest first; one statement."""
    asked = {**named(holder), **_to(actor, day), "most_notes": limit}
    return [ReceivedNote(*row) for row in db.rows(_notes_about(), asked)]


def notes_under(
    db: ScopedSession, actor: Actor, reference: UUID, day: dt.date, *, limit: int
) -> list[ReceivedNote]:
    """Return what was told of a received contact, recognized or not, the newest first."""
    rows = db.rows(
        _notes().where(col(PublishedNote.reference) == reference),
        {**_to(actor, day), "most_notes": limit},
    )
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
    given = db.rows(_given(), {**named(holder), **_to(actor, day)})
    return _visibility(actor, consent, given)


def giver_of(db: ScopedSession, actor: Actor, reference: UUID, day: dt.date) -> Giver:
    """Return who published a contact under `reference` to the own office; NotFound if nobody."""
    rows = db.rows(
        sa.select(col(PublishedContact.giver_agency_id), col(PublishedContact.giver_station_id))
        .where(_received(), col(PublishedContact.reference) == reference)
        .limit(1),
        _to(actor, day),
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
    table: type[PublishedContact | PublishedNote],
    day: dt.date | sa.BindParameter[dt.date] = DAY,
) -> sa.ColumnElement[bool]:
    """Return the condition that a copy is not over, whether or not it was swept away already."""
    return sa.or_(col(table.valid_until).is_(None), col(table.valid_until) >= day)


_STATION = sa.bindparam("station", type_=Key())
_MOST_NOTES = sa.bindparam("most_notes", type_=sa.Integer())


def _to(actor: Actor, day: dt.date) -> dict[str, Any]:
    """Return the parameters of the selects below, which are built once for all offices."""
    return {"station": actor.station_id, "day": day}


@cache
def _shared_selects() -> tuple[AnySelect, ...]:
    """Select all that sharing knows of a `named` holder; built once, for every page."""
    received = _received_columns().where(_received(), any_of(ContactLink))
    return history_rows(), _given(), received, _notes_about(), idle_links()


@cache
def _notes() -> AnySelect:
    """Select what was told to an office, the newest first."""
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
        .where(col(note.recipient_station_id) == _STATION, still_valid(note))
        .order_by(col(note.happened_at).desc(), col(note.id).desc())
        .limit(_MOST_NOTES)
    )


def _named_links(
    db: ScopedSession, actor: Actor, links: Sequence[Any], day: dt.date
) -> list[IdleLink]:
    if not links:
        return []
    names = {office.station_id: office.label for office in other_offices(db, actor, day)}
    return [IdleLink(one.reference, names.get(one.other_station_id, "")) for one in links]


def _visibility(actor: Actor, consent: Consent | None, given: Iterable[Any]) -> Visibility:
    headquarters = [headquarters_line(consent)] if actor.is_police else []
    # standing shares before what was given once
    ordered = sorted(given, key=lambda row: (row.basis == Basis.DISCLOSURE, row.recipient_name))
    lines = [given_line(row, consent) for row in ordered]
    return Visibility([station_line(actor, consent), *headquarters, *lines])


@cache
def _given() -> AnySelect:
    """Select the copies of a `named` contact other offices can read."""
    return (
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
            any_of(ContactLink),
            col(PublishedContact.giver_station_id) == _STATION,
            still_valid(PublishedContact),
        )
    )


@cache
def _notes_about() -> AnySelect:
    """Select what other offices told of a `named` contact, the newest first."""
    return (
        _notes()
        .join(ContactLink, col(ContactLink.reference) == col(PublishedNote.reference))
        .where(any_of(ContactLink))
    )


def _received() -> sa.ColumnElement[bool]:
    return sa.and_(
        col(PublishedContact.recipient_station_id) == _STATION, still_valid(PublishedContact)
    )


@cache
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
