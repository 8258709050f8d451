"""Reading what the form of a new note begins with: whom it may be about, and on what occasion."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.contacts.models import Holder, Person
from crm.kernel.scope import ScopedSession
from crm.notes.lines import Party
from crm.notes.models import ActivityNote, NotePerson, NoteStaff, Occasion

RECENT_PARTNERS = 8


def recent_partners(db: ScopedSession, staff_id: UUID) -> Sequence[Party]:
    """Return the people this member of staff was last in contact with, the latest first."""
    last = (
        sa.select(col(NotePerson.person_id), sa.func.max(col(ActivityNote.happened_at)).label("at"))
        .join(ActivityNote, col(ActivityNote.id) == col(NotePerson.note_id))
        .join(NoteStaff, col(NoteStaff.note_id) == col(ActivityNote.id))
        .where(col(NoteStaff.staff_id) == staff_id)
        .group_by(col(NotePerson.person_id))
        .subquery()
    )
    people = db.exec(
        select(Person)
        .join(last, last.c.person_id == col(Person.id))
        .order_by(last.c.at.desc(), col(Person.kana_sort))
        .limit(RECENT_PARTNERS)
    ).all()
    return [Party(Holder(person_id=one.id), one.name, one.kana) for one in people]


def last_occasion(db: ScopedSession, author_id: UUID, since: dt.datetime) -> Occasion | None:
    """Return the occasion of the author's newest visit note written since `since`."""
    found = db.exec(
        select(ActivityNote.occasion)
        .where(
            col(ActivityNote.author_id) == author_id,
            col(ActivityNote.created_at) >= since,
            col(ActivityNote.occasion) != Occasion.PHONE,
        )
        .order_by(col(ActivityNote.created_at).desc(), col(ActivityNote.id).desc())
        .limit(1)
    ).first()
    return Occasion(found) if found else None
