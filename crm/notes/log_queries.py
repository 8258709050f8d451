"""Reading what putting a contact on record asks first; built once, for it happens all day."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a contact about to be put on record.

    `sent` is the note the author already sent under the form's key, `people` and `organizations`
    those of the own station, `units` the unit of the station each of staff belonged to on the day.
    """

    sent: UUID | None
    people: frozenset[UUID]
    organizations: frozenset[UUID]
    units: Mapping[UUID, UUID]


def known_of(
    db: ScopedSession,
    author_id: UUID,
    client_key: UUID,
    *,
    people: Collection[UUID],
    organizations: Collection[UUID],
    staff: Collection[UUID],
    station_id: UUID | None,
    day: dt.date,
) -> Known:
    """Return what is known of a contact, by one statement; later senders wait for us.

    The author's row is locked first (key_share: rows that refer to it are not held up), so that
    the same form sent twice at once is one note on PostgreSQL too.
    """
    if not db.writes_alone:
        db.rows(_author_locked(), {"author": author_id})
    asked = {"author": author_id, "client_key": client_key, "station": station_id, "day": day}
    named = {"people": list(people), "organizations": list(organizations), "staff": list(staff)}
    sent, persons, bodies, posts = together(db, _known(), **asked, **named)
    # of several posts at once the first one counts, as it does at sign-in
    held = sorted(posts, key=lambda post: (post.valid_from, post.id), reverse=True)
    return Known(
        sent[0].id if sent else None,
        frozenset(row.id for row in persons),
        frozenset(row.id for row in bodies),
        {post.staff_id: post.unit_id for post in held},
    )


@cache
def _author_locked() -> AnySelect:
    return (
        sa.select(col(Staff.id))
        .where(col(Staff.id) == sa.bindparam("author"))
        .with_for_update(key_share=True)
    )


@cache
def _known() -> tuple[AnySelect, ...]:
    return (
        sa.select(col(ActivityNote.id)).where(
            col(ActivityNote.author_id) == sa.bindparam("author"),
            col(ActivityNote.client_key) == sa.bindparam("client_key"),
        ),
        sa.select(col(Person.id)).where(col(Person.id).in_(sa.bindparam("people", expanding=True))),
        sa.select(col(Organization.id)).where(
            col(Organization.id).in_(sa.bindparam("organizations", expanding=True))
        ),
        sa.select(
            *(col(StaffAssignment.staff_id), col(StaffAssignment.unit_id)),
            *(col(StaffAssignment.valid_from), col(StaffAssignment.id)),
        )
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(StaffAssignment.unit_id))
        .where(
            col(StaffAssignment.staff_id).in_(sa.bindparam("staff", expanding=True)),
            col(UnitPlacement.station_id) == sa.bindparam("station"),
            holds(StaffAssignment),
            holds(UnitPlacement),
        ),
    )
