"""How one contact becomes rows: the note and everybody who took part."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from crm.notes.models import (
    ActivityNote,
    NoteOrganization,
    NotePerson,
    NoteStaff,
    Occasion,
    Outcome,
)
from crm.samples.rows import Row, Rows, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact as it is put on record; `account` is the author's, where one is known."""

    day: dt.date
    unit_id: UUID
    author_id: UUID
    account: UUID | None
    occasion: Occasion
    outcome: Outcome
    persons: Sequence[UUID]
    organizations: Sequence[UUID]
    colleagues: Sequence[UUID] = ()
    heard: str = ""
    told: str = ""
    next_on: dt.date | None = None


def put_note(rows: Rows, contact: Contact) -> Row:
    """Put a note and its parties into `rows` and return the note's row, to be corrected later."""
    happened_at = moment(contact.day, rows.rng.randint(9, 16), 5 * rows.rng.randrange(12))
    note_id = rows.put(
        ActivityNote,
        contact.day,
        author_id=contact.author_id,
        unit_id=contact.unit_id,
        occasion=contact.occasion,
        outcome=contact.outcome,
        happened_at=happened_at,
        heard=contact.heard,
        told=contact.told,
        next_on=contact.next_on,
        client_key=rows.key(contact.day),
        created_by=contact.account,
        updated_by=contact.account,
    )
    note = rows.tables["activity_note"][-1]
    seen = {"note_id": note_id, "happened_at": happened_at, "outcome": contact.outcome}
    for person_id in dict.fromkeys(contact.persons):
        rows.put(NotePerson, contact.day, **seen, person_id=person_id)
    for organization_id in dict.fromkeys(contact.organizations):
        rows.put(NoteOrganization, contact.day, **seen, organization_id=organization_id)
    for staff_id in dict.fromkeys((contact.author_id, *contact.colleagues)):
        rows.put(
            NoteStaff, contact.day, note_id=note_id, staff_id=staff_id, unit_id=contact.unit_id
        )
    return note
