"""Reading what putting a contact on record asks first; built once, for it happens all day."""

import datetime as dt
from collections.abc import Collection, Mapping
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.agencies.models import Staff, StaffAssignment, UnitPlacement
from crm.contacts.models import Organization, Person
from crm.kernel.columns import holds
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.notes.models import ActivityNote
from crm.notes.queries import note_of


def note_sent_as(db: ScopedSession, author_id: UUID, client_key: UUID) -> ActivityNote | None:
    """Return the note `author_id` already sent under `client_key`; later senders wait for us.

    The author's row is locked first (key_share: rows that refer to it are not held up), so that
    the same form sent twice at once is one note on PostgreSQL too.
    """
    if not db.writes_alone:
        db.rows(_author_locked(), {"author": author_id})
    found = db.rows(_note_sent(), {"author": author_id, "client_key": client_key})
    return note_of(db, found[0].id) if found else None


def known_parties(
    db: ScopedSession, people: Collection[UUID], organizations: Collection[UUID]
) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Return which of `people` and of `organizations` are the own station's."""
    asked = {"people": list(people), "organizations": list(organizations)}
    found = together(db, _known(), **asked)
    return frozenset(row.id for row in found[0]), frozenset(row.id for row in found[1])


def units_of_staff(
    db: ScopedSession, staff_ids: Collection[UUID], station_id: UUID | None, day: dt.date
) -> Mapping[UUID, UUID]:
    """Return the unit of `station_id` each of `staff_ids` belonged to on `day`; others left out."""
    rows = db.rows(_units_held(), {"staff": list(staff_ids), "station": station_id, "day": day})
    return {row.staff_id: row.unit_id for row in rows}


@cache
def _author_locked() -> AnySelect:
    return (
        sa.select(col(Staff.id))
        .where(col(Staff.id) == sa.bindparam("author"))
        .with_for_update(key_share=True)
    )


@cache
def _note_sent() -> AnySelect:
    return sa.select(col(ActivityNote.id)).where(
        col(ActivityNote.author_id) == sa.bindparam("author"),
        col(ActivityNote.client_key) == sa.bindparam("client_key"),
    )


@cache
def _known() -> tuple[AnySelect, ...]:
    return (
        sa.select(col(Person.id)).where(col(Person.id).in_(sa.bindparam("people", expanding=True))),
        sa.select(col(Organization.id)).where(
            col(Organization.id).in_(sa.bindparam("organizations", expanding=True))
        ),
    )


@cache
def _units_held() -> AnySelect:
    return (
        sa.select(col(StaffAssignment.staff_id), col(StaffAssignment.unit_id))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(StaffAssignment.unit_id))
        .where(
            col(StaffAssignment.staff_id).in_(sa.bindparam("staff", expanding=True)),
            col(UnitPlacement.station_id) == sa.bindparam("station"),
            holds(StaffAssignment),
            holds(UnitPlacement),
        )
        # of several posts at once the first one counts, as it does at sign-in
        .order_by(col(StaffAssignment.valid_from).desc(), col(StaffAssignment.id).desc())
    )
