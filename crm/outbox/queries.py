"""Reading receipts of entries, and where an author served as one was written."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.access.queries import KEY_CHANGE
from crm.agencies.models import Staff, StaffAssignment, UnitPlacement
from crm.contacts.models import Holder, Organization, Person
from crm.kernel.actor import Actor
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.text import search_key
from crm.notes.lines import Party
from crm.outbox.lines import ParkedLine
from crm.outbox.models import Fate, SentEntry

MOST = 100
RECENT = 20
FOUND = 10


def receipt_of(db: ScopedSession, author_id: UUID, entry_key: UUID) -> SentEntry | None:
    """Return the receipt of an entry that came before; a second sender waits for the first.

    The author's row is locked first, for on PostgreSQL two tabs could look at once.
    """
    if not db.writes_alone:
        db.exec(select(Staff.id).where(Staff.id == author_id).with_for_update(key_share=True))
    return db.exec(
        select(SentEntry).where(SentEntry.author_id == author_id, SentEntry.entry_key == entry_key)
    ).first()


def office_of(db: ScopedSession, staff_id: UUID, day: dt.date) -> UUID | None:
    """Return the station or office somebody served at on `day`; None at headquarters."""
    rows = db.rows(
        sa.select(col(UnitPlacement.station_id))
        .join(StaffAssignment, col(StaffAssignment.unit_id) == col(UnitPlacement.unit_id))
        .where(
            col(StaffAssignment.staff_id) == staff_id,
            holds(StaffAssignment, day),
            holds(UnitPlacement, day),
            col(UnitPlacement.station_id).is_not(None),
        )
        # of several posts at once the first one counts, as it does at sign-in
        .order_by(col(StaffAssignment.valid_from), col(StaffAssignment.id))
    )
    return rows[0].station_id if rows else None


def every_parked(db: ScopedSession) -> Sequence[SentEntry]:
    """Return everybody's parked entries, sealed as they are: only their seals are changed."""
    return db.exec(
        select(SentEntry).where(SentEntry.fate == Fate.PARKED).execution_options(**KEY_CHANGE)
    ).all()


def parked_entries(db: ScopedSession, actor: Actor) -> Sequence[ParkedLine]:
    """Return what waits for a person at the actor's office, the oldest first.

    One's own, and for a chief everybody's: whoever moved on cannot settle it any more.
    """
    rows = db.rows(
        _receipts()
        .where(col(SentEntry.fate) == Fate.PARKED, col(SentEntry.office_id) == actor.station_id)
        .order_by(col(SentEntry.received_at), col(SentEntry.id))
        .limit(MOST)
    )
    return [ParkedLine(*row) for row in rows]


def recent_receipts(db: ScopedSession, author_id: UUID) -> Sequence[ParkedLine]:
    """Return the author's last receipts, the newest first."""
    rows = db.rows(
        _receipts()
        .where(col(SentEntry.author_id) == author_id, col(SentEntry.fate) != Fate.PARKED)
        .order_by(col(SentEntry.received_at).desc(), col(SentEntry.id).desc())
        .limit(RECENT)
    )
    return [ParkedLine(*row) for row in rows]


def _receipts() -> AnySelect:
    return sa.select(
        col(SentEntry.id),
        col(SentEntry.fate),
        col(SentEntry.sentence),
        col(SentEntry.written_at),
        col(SentEntry.received_at),
        col(SentEntry.wrong_by_s),
        col(SentEntry.is_certain),
        col(SentEntry.note_id),
        col(Staff.family_name),
        col(Staff.given_name),
    ).join(Staff, col(Staff.id) == col(SentEntry.author_id))


def parked_entry(db: ScopedSession, entry_id: UUID, *, at: Actor | None = None) -> SentEntry:
    """Return an entry that waits for a person at the office of whoever asks.

    Others are kept from settling it meanwhile, unless it is only looked `at`.
    """
    actor = at or db.actor
    wanted = select(SentEntry).where(
        SentEntry.id == entry_id,
        SentEntry.fate == Fate.PARKED,
        SentEntry.office_id == (actor.station_id if actor else None),
    )
    found = db.exec(wanted if at else wanted.with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def partners_named(db: ScopedSession, text: str, meant: Holder | None) -> Sequence[Party]:
    """Return whom a name finds among the own station's people and organizations, `meant` first."""
    key = search_key(text)
    people = [col(Person.search_key).contains(key, autoescape=True)] if key else []
    places = [col(Organization.search_key).contains(key, autoescape=True)] if key else []
    if meant is not None:
        people.append(col(Person.id) == meant.person_id)
        places.append(col(Organization.id) == meant.organization_id)
    if not people:
        return []
    found_people = db.exec(
        select(Person).where(sa.or_(*people)).order_by(col(Person.kana_sort)).limit(FOUND)
    ).all()
    found_places = db.exec(
        select(Organization)
        .where(sa.or_(*places))
        .order_by(col(Organization.kana_sort), col(Organization.id))
        .limit(FOUND)
    ).all()
    found = [
        *(Party(Holder(person_id=one.id), one.name, one.kana) for one in found_people),
        *(Party(Holder(organization_id=one.id), one.name, one.kana) for one in found_places),
    ]
    return sorted(found, key=lambda party: party.holder != meant)
