"""Reading copies of information items: what was received, and who holds copies of one's own."""

import datetime as dt
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.kernel.actor import Actor
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import ScopedSession
from crm.sharing.models import ProvisionRecord, PublishedInformation, SharingAgreement


class ReceivedItem(NamedTuple):
    """An item another agency gave, as a list shows it."""

    id: UUID
    kind: str
    issue_number: str
    title: str
    topic: str
    handling: str
    valid_from: dt.date
    valid_to: dt.date | None
    giver_name: str
    has_file: bool


class Copy(NamedTuple):
    """Who holds a copy since when."""

    id: UUID
    recipient_agency_id: UUID
    recipient_station_id: UUID
    published_at: dt.datetime


class Office(NamedTuple):
    """An office of another agency: whether an agreement holds, and since when it holds a copy."""

    station_id: UUID
    name: str
    is_agreed: bool
    published_at: dt.datetime | None


def received_information(
    db: ScopedSession, actor: Actor, *, day: dt.date, ended: bool = False, number: int = 1
) -> Page[ReceivedItem]:
    """Return one page of what other agencies gave, in force on `day` or expired; two statements."""
    last = col(PublishedInformation.valid_to)
    expired = sa.and_(last.is_not(None), last < day)
    conditions = (
        col(PublishedInformation.recipient_station_id) == actor.station_id,
        expired if ended else ~expired,
    )
    total = db.exec(
        select(sa.func.count()).select_from(PublishedInformation).where(*conditions)
    ).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        sa.select(
            col(PublishedInformation.id),
            col(PublishedInformation.kind),
            col(PublishedInformation.issue_number),
            col(PublishedInformation.title),
            col(PublishedInformation.topic),
            col(PublishedInformation.handling),
            col(PublishedInformation.valid_from),
            col(PublishedInformation.valid_to),
            col(PublishedInformation.giver_name),
            col(PublishedInformation.content).is_not(None),
        )
        .where(*conditions)
        .order_by(col(PublishedInformation.valid_from).desc(), col(PublishedInformation.id).desc())
        .limit(PAGE_SIZE)
        .offset(offset_of(number))
    )
    return Page([ReceivedItem(*row) for row in rows], total, number)


def received_item(db: ScopedSession, actor: Actor, copy_id: UUID) -> PublishedInformation:
    """Return a copy the actor's office received, with its file; NotFound otherwise."""
    found = db.exec(
        select(PublishedInformation).where(
            col(PublishedInformation.id) == copy_id,
            col(PublishedInformation.recipient_station_id) == actor.station_id,
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def offices_for(db: ScopedSession, actor: Actor, item_id: UUID, day: dt.date) -> list[Office]:
    """Return the offices an item can be given to on `day`, and any that holds a copy, by name.

    Two statements.
    """
    held = {copy.recipient_station_id: copy.published_at for copy in copies_of(db, actor, item_id)}
    agreements = db.exec(select(SharingAgreement)).all()
    names = {each.recipient_station_id: each.recipient_name for each in agreements}
    agreed = {each.recipient_station_id for each in agreements if each.holds_on(day)}
    found = (Office(key, name, key in agreed, held.get(key)) for key, name in names.items())
    return sorted(
        (office for office in found if office.is_agreed or office.published_at),
        key=lambda office: office.name,
    )


def agreement_with(
    db: ScopedSession, recipient_station_id: UUID, day: dt.date
) -> SharingAgreement | None:
    """Return the own office's agreement with another that holds on `day`, the newest."""
    return db.exec(
        select(SharingAgreement)
        .where(
            col(SharingAgreement.recipient_station_id) == recipient_station_id,
            holds(SharingAgreement, day),
        )
        .order_by(col(SharingAgreement.valid_from).desc(), col(SharingAgreement.id).desc())
    ).first()


def copies_of(db: ScopedSession, actor: Actor, item_id: UUID) -> list[Copy]:
    """Return the copies the actor's office gave of an item; their content is not loaded."""
    rows = db.rows(
        sa.select(
            col(PublishedInformation.id),
            col(PublishedInformation.recipient_agency_id),
            col(PublishedInformation.recipient_station_id),
            col(PublishedInformation.published_at),
        ).where(given_by(actor, item_id))
    )
    return [Copy(*row) for row in rows]


def copies_without_agreement(
    db: ScopedSession, actor: Actor, day: dt.date
) -> list[tuple[UUID, Copy]]:
    """Return the own office's copies, each with its item, where no agreement holds on `day`."""
    copy, agreement = PublishedInformation, SharingAgreement
    is_agreed = sa.exists().where(
        col(agreement.recipient_station_id) == col(copy.recipient_station_id),
        holds(agreement, day),
    )
    rows = db.rows(
        sa.select(
            col(copy.item_id),
            col(copy.id),
            col(copy.recipient_agency_id),
            col(copy.recipient_station_id),
            col(copy.published_at),
        ).where(col(copy.giver_station_id) == actor.station_id, ~is_agreed)
    )
    return [(item_id, Copy(*rest)) for item_id, *rest in rows]


def last_provision(
    db: ScopedSession, item_id: UUID, recipient_agency_id: UUID
) -> ProvisionRecord | None:
    """Return the newest record of giving an item to an agency."""
    return db.exec(
        select(ProvisionRecord)
        .where(
            col(ProvisionRecord.subject_id) == item_id,
            col(ProvisionRecord.recipient_agency_id) == recipient_agency_id,
        )
        .order_by(col(ProvisionRecord.id).desc())
    ).first()


def given_by(actor: Actor, item_id: UUID) -> sa.ColumnElement[bool]:
    """Return the condition that a copy of an item was given by the actor's office."""
    return sa.and_(
        col(PublishedInformation.item_id) == item_id,
        col(PublishedInformation.giver_station_id) == actor.station_id,
    )


def is_copy(copy_id: UUID) -> sa.ColumnElement[bool]:
    """Return the condition that a copy is the one of that key."""
    return col(PublishedInformation.id) == copy_id


def was_given(db: ScopedSession, item_id: UUID) -> bool:
    """Whether an item was ever given to another agency."""
    found = db.exec(
        select(ProvisionRecord.id).where(col(ProvisionRecord.subject_id) == item_id).limit(1)
    )
    return found.first() is not None
