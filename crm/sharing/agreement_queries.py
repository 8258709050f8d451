"""Reading the own office's agreements, who is given under them, and what was told of a note."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.contacts.models import Holder, about
from crm.kernel.actor import Actor
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import ScopedSession
from crm.sharing.lines import field_words
from crm.sharing.models import (
    ContactLink,
    Disclosure,
    PublishedContact,
    PublishedNote,
    SharingAgreement,
)
from crm.sharing.queries import still_valid

M = TypeVar("M", SharingAgreement, Disclosure)


class AgreementLine(NamedTuple):
    """An agreement as the list shows it, with how many are given under it."""

    id: UUID
    title: str
    recipient_name: str
    fields: str
    valid_from: dt.date
    valid_to: dt.date | None
    holds: bool
    persons: int
    organizations: int


class GivenCopy(NamedTuple):
    """An own contact as it is published under one agreement."""

    holder: Holder
    name: str
    fields: str
    valid_until: dt.date | None


class ToldNote(NamedTuple):
    """What was told of an own note, to whom."""

    id: UUID
    recipient_station_id: UUID
    recipient_name: str
    reference: UUID
    text: str
    published_at: dt.datetime


def made_with(db: ScopedSession, table: type[M], request_key: UUID) -> M | None:
    """Return what the own office made with `request_key`, if the form was sent before."""
    return db.exec(select(table).where(col(table.request_key) == request_key)).first()


def agreements(db: ScopedSession, actor: Actor) -> Sequence[SharingAgreement]:
    """Return every agreement of the own office, those that hold first, the newest first."""
    return db.exec(
        select(SharingAgreement)
        .where(col(SharingAgreement.station_id) == actor.station_id)
        .order_by(
            col(SharingAgreement.valid_to).is_not(None),
            col(SharingAgreement.valid_from).desc(),
            col(SharingAgreement.id).desc(),
        )
    ).all()


def agreement_lines(db: ScopedSession, actor: Actor, day: dt.date) -> list[AgreementLine]:
    """Return the own office's agreements with how many are given under each; two statements."""
    counts = published_counts(db, actor, day)
    return [
        AgreementLine(
            row.id,
            row.title,
            row.recipient_name,
            field_words(row.fields),
            row.valid_from,
            row.valid_to,
            row.holds_on(day),
            counts.get((row.id, True), 0),
            counts.get((row.id, False), 0),
        )
        for row in agreements(db, actor)
    ]


def agreement(
    db: ScopedSession, agreement_id: UUID, *, to_change: bool = False
) -> SharingAgreement:
    """Return an agreement of the own office; NotFound for another's."""
    wanted = select(SharingAgreement).where(col(SharingAgreement.id) == agreement_id)
    if to_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def published_counts(db: ScopedSession, actor: Actor, day: dt.date) -> dict[tuple[UUID, bool], int]:
    """Return how many persons (True) and organizations are given under each ground."""
    rows = db.rows(
        sa.select(
            col(PublishedContact.basis_id),
            col(PublishedContact.is_person),
            sa.func.count(col(PublishedContact.id)),
        )
        .where(
            col(PublishedContact.giver_station_id) == actor.station_id,
            still_valid(PublishedContact, day),
        )
        .group_by(col(PublishedContact.basis_id), col(PublishedContact.is_person))
    )
    return {(basis_id, is_person): number for basis_id, is_person, number in rows}


def published_under(
    db: ScopedSession, actor: Actor, basis_id: UUID, day: dt.date, number: int
) -> Page[GivenCopy]:
    """Return one page of who is given under an agreement on `day`, as the other office sees it."""
    conditions = (
        col(PublishedContact.giver_station_id) == actor.station_id,
        col(PublishedContact.basis_id) == basis_id,
        still_valid(PublishedContact, day),
    )
    counted = sa.select(sa.func.count(col(PublishedContact.id))).where(*conditions)
    total: int = db.rows(counted)[0][0]
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        sa.select(
            col(ContactLink.person_id),
            col(ContactLink.organization_id),
            col(PublishedContact.name),
            col(PublishedContact.fields),
            col(PublishedContact.valid_until),
        )
        .join(ContactLink, col(ContactLink.reference) == col(PublishedContact.reference))
        .where(*conditions)
        .order_by(col(PublishedContact.kana_sort), col(PublishedContact.id))
        .limit(PAGE_SIZE)
        .offset(offset_of(number))
    )
    return Page(
        [
            GivenCopy(Holder(person_id, organization_id), name, field_words(fields), until)
            for person_id, organization_id, name, fields, until in rows
        ],
        total,
        number,
    )


def disclosure(db: ScopedSession, disclosure_id: UUID) -> Disclosure:
    """Return a one-off disclosure of the own office; NotFound for another's."""
    found = db.exec(select(Disclosure).where(col(Disclosure.id) == disclosure_id)).first()
    if found is None:
        raise NotFound
    return found


def told_of(db: ScopedSession, actor: Actor, note_id: UUID) -> Sequence[ToldNote]:
    """Return what was told of an own note so far."""
    rows = db.rows(
        sa.select(
            col(PublishedNote.id),
            col(PublishedNote.recipient_station_id),
            col(PublishedNote.recipient_name),
            col(PublishedNote.reference),
            col(PublishedNote.text),
            col(PublishedNote.published_at),
        )
        .where(
            col(PublishedNote.giver_station_id) == actor.station_id,
            col(PublishedNote.note_id) == note_id,
        )
        .order_by(col(PublishedNote.published_at), col(PublishedNote.id))
    )
    return [ToldNote(*row) for row in rows]


def told_note(db: ScopedSession, actor: Actor, published_id: UUID) -> PublishedNote:
    """Return one thing the own office told; NotFound for another's."""
    found = db.exec(
        select(PublishedNote).where(
            col(PublishedNote.id) == published_id,
            col(PublishedNote.giver_station_id) == actor.station_id,
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def link_to(db: ScopedSession, holder: Holder, station_id: UUID) -> ContactLink:
    """Return under which reference an office knows an own contact; NotFound where it does not."""
    found = db.exec(
        select(ContactLink)
        .where(about(ContactLink, holder), col(ContactLink.other_station_id) == station_id)
        .order_by(col(ContactLink.linked_at), col(ContactLink.id))
    ).first()
    if found is None:
        raise NotFound
    return found
