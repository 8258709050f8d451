"""Reading what the form of a new note begins with: whom it may be about, what is filled in."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.queries import StaffLine, staff_lines, station_staff_rows
from crm.contacts.models import Holder, Organization, Person
from crm.kernel.actor import Actor
from crm.kernel.columns import holds
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.notes.lines import Choice, Party
from crm.notes.models import (
    ActivityNote,
    NoteOrganization,
    NotePerson,
    NoteStaff,
    Occasion,
    PhraseUse,
    StationPhrase,
)
from crm.notes.queries import UnitBook, placement_rows, unit_book_from

RECENT_PARTNERS = 8
NEARBY = 12

Link = NotePerson | NoteOrganization
Phrases = Mapping[PhraseUse, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a form is filled in with: whom to tick, the station's own words, the last note's values.

    `occasion` and `companions` are those of the author's last visit of this tour, if there was one.
    """

    staff: Sequence[StaffLine]
    phrases: Phrases
    occasion: Occasion | None
    companions: Sequence[UUID]
    units: UnitBook


def surroundings_of(
    db: ScopedSession, actor: Actor, *, since: dt.datetime, day: dt.date
) -> Surroundings:
    """Return what a form of `actor` is filled in with, by one statement; `since` began the tour."""
    staff, phrases, last, places = together(
        db,
        (station_staff_rows(), _phrases(), _last_visit(), placement_rows()),
        station=actor.station_id,
        author=actor.staff_id,
        since=since,
        day=day,
    )
    return Surroundings(
        staff_lines(staff),
        _by_use(phrases),
        Occasion(last[0].occasion) if last else None,
        [row.staff_id for row in last if row.staff_id != actor.staff_id],
        unit_book_from(places),
    )


def phrases_on(db: ScopedSession, day: dt.date) -> Phrases:
    """Return the own station's words as they are offered on `day`."""
    return _by_use(db.rows(_phrases(), {"day": day}))


def every_phrase(db: ScopedSession) -> Sequence[StationPhrase]:
    """Return the own station's words of every day, those that began first on top."""
    return db.exec(
        select(StationPhrase).order_by(
            col(StationPhrase.use), col(StationPhrase.valid_from), col(StationPhrase.id)
        )
    ).all()


def recent_partners(db: ScopedSession, staff_id: UUID) -> Sequence[Party]:
    """Return with whom this member of staff was last in contact, the latest first.

    Two statements, for people and for organizations.
    """
    people = db.rows(_recent(Person, NotePerson, "person_id"), {"staff": staff_id})
    bodies = db.rows(
        _recent(Organization, NoteOrganization, "organization_id"),
        {"staff": staff_id},
    )
    found = [
        *((at, Party(Holder(person_id=one.id), one.name, one.kana)) for one, at in people),
        *((at, Party(Holder(organization_id=one.id), one.name, one.kana)) for one, at in bodies),
    ]
    found.sort(key=lambda each: each[0], reverse=True)
    return [party for _, party in found[:RECENT_PARTNERS]]


def organizations_in(db: ScopedSession, area_id: UUID | None) -> Sequence[Choice]:
    """Return the organizations of an area, in reading order; none of no area."""
    if area_id is None:
        return []
    rows = db.rows(
        sa.select(col(Organization.id), col(Organization.name))
        .where(col(Organization.area_id) == area_id, col(Organization.is_active))
        .order_by(col(Organization.kana_sort), col(Organization.id))
        .limit(NEARBY)
    )
    return [Choice(*row) for row in rows]


@cache
def _recent(holder: type[Person | Organization], link: type[Link], key: str) -> AnySelect:
    """Select those of one kind whom a member of staff was last in contact with; built once."""
    whom = col(getattr(link, key))
    last = (
        sa.select(whom.label("holder"), sa.func.max(col(link.happened_at)).label("at"))
        .join(NoteStaff, col(NoteStaff.note_id) == col(link.note_id))
        .where(col(NoteStaff.staff_id) == sa.bindparam("staff"))
        .group_by(whom)
        .subquery()
    )
    return (
        sa.select(holder, last.c.at)
        .join(last, last.c.holder == col(holder.id))
        .order_by(last.c.at.desc(), col(holder.kana_sort))
        .limit(RECENT_PARTNERS)
    )


@cache
def _phrases() -> AnySelect:
    return sa.select(
        col(StationPhrase.use), col(StationPhrase.text), col(StationPhrase.id).label("phrase_id")
    ).where(holds(StationPhrase))


def _by_use(rows: Iterable[Any]) -> Phrases:
    found: dict[PhraseUse, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.phrase_id):
        found[row.use].append(row.text)
    return found


@cache
def _last_visit() -> AnySelect:
    """Select the author's newest visit since a moment: a row for each of staff who took part."""
    newest = (
        sa.select(col(ActivityNote.id), col(ActivityNote.occasion))
        .where(
            col(ActivityNote.author_id) == sa.bindparam("author"),
            col(ActivityNote.created_at) >= sa.bindparam("since"),
            col(ActivityNote.occasion) != Occasion.PHONE,
        )
        .order_by(col(ActivityNote.created_at).desc(), col(ActivityNote.id).desc())
        .limit(1)
        .subquery()
    )
    return sa.select(newest.c.occasion, col(NoteStaff.staff_id)).join(
        newest, newest.c.id == col(NoteStaff.note_id)
    )
