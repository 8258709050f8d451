"""Reading activity notes: one note, a timeline, who was met when and by which section."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from crm.agencies.models import Staff, StaffAssignment, Unit, UnitPlacement
from crm.contacts.models import Holder, Organization, Person
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.notes.lines import (
    Contacts,
    NoteLine,
    OldWords,
    Party,
    Timeline,
    gather_notes,
    sum_contacts,
    whole_name,
)
from crm.notes.models import (
    TWO_WAY,
    ActivityNote,
    NoteCorrection,
    NoteOrganization,
    NotePerson,
    NoteReply,
    NoteStaff,
    Occasion,
)
from crm.notes.units import UnitBook, UnitPlace

TIMELINE_STEP = 20


def unit_book(db: ScopedSession, station_id: UUID | None) -> UnitBook:
    """Return the names and sections of a station's units on any day."""
    rows = db.rows(
        sa.select(
            col(UnitPlacement.unit_id),
            col(UnitPlacement.parent_id),
            col(Unit.kind),
            col(UnitPlacement.name),
            col(UnitPlacement.valid_from),
            col(UnitPlacement.valid_to),
        )
        .join(Unit, col(Unit.id) == col(UnitPlacement.unit_id))
        .where(col(UnitPlacement.station_id) == station_id)
    )
    return UnitBook(UnitPlace(*row) for row in rows)


def note_of(db: ScopedSession, note_id: UUID) -> ActivityNote:
    """Return a note of the own station; NotFound otherwise."""
    found = db.exec(select(ActivityNote).where(col(ActivityNote.id) == note_id)).first()
    if found is None:
        raise NotFound
    return found


def note_to_change(db: ScopedSession, note_id: UUID) -> ActivityNote:
    """Return a note and keep others from changing it until this transaction ends."""
    found = db.exec(
        select(ActivityNote).where(col(ActivityNote.id) == note_id).with_for_update()
    ).first()
    if found is None:
        raise NotFound
    return found


def note_sent_as(db: ScopedSession, author_id: UUID, client_key: UUID) -> ActivityNote | None:
    """Return the note `author_id` already sent under `client_key`; later senders wait for us.

    The author's row is locked first (key_share: rows that refer to it are not held up), so that
    the same form sent twice at once is one note on PostgreSQL too.
    """
    db.exec(
        select(Staff.id).where(col(Staff.id) == author_id).with_for_update(key_share=True)
    ).first()
    return db.exec(
        select(ActivityNote).where(
            col(ActivityNote.author_id) == author_id, col(ActivityNote.client_key) == client_key
        )
    ).first()


def reply_exists(db: ScopedSession, note_id: UUID) -> bool:
    """Whether an answer has been told back."""
    return (
        db.exec(select(NoteReply.id).where(col(NoteReply.note_id) == note_id)).first() is not None
    )


def known_people(db: ScopedSession, ids: Collection[UUID]) -> set[UUID]:
    """Return which of `ids` are people of the own station."""
    return set(db.exec(select(Person.id).where(col(Person.id).in_(ids))).all())


def known_organizations(db: ScopedSession, ids: Collection[UUID]) -> set[UUID]:
    """Return which of `ids` are organizations of the own station."""
    return set(db.exec(select(Organization.id).where(col(Organization.id).in_(ids))).all())


def units_of_staff(
    db: ScopedSession, staff_ids: Collection[UUID], station_id: UUID | None, day: dt.date
) -> Mapping[UUID, UUID]:
    """Return the unit of `station_id` each of `staff_ids` belonged to on `day`; others left out."""
    rows = db.rows(
        sa.select(col(StaffAssignment.staff_id), col(StaffAssignment.unit_id))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(StaffAssignment.unit_id))
        .where(
            col(StaffAssignment.staff_id).in_(staff_ids),
            col(UnitPlacement.station_id) == station_id,
            holds(StaffAssignment, day),
            holds(UnitPlacement, day),
        )
        # of several posts at once the first one counts, as it does at sign-in
        .order_by(col(StaffAssignment.valid_from).desc(), col(StaffAssignment.id).desc())
    )
    return {row.staff_id: row.unit_id for row in rows}


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


def timeline_of(db: ScopedSession, holder: Holder, units: UnitBook, *, steps: int = 1) -> Timeline:
    """Return the newest `steps` times twenty notes about `holder`, in one statement."""
    wanted = max(1, steps) * TIMELINE_STEP
    newest = (
        _taking_part(sa.select(col(ActivityNote.id)), holder)
        .order_by(col(ActivityNote.happened_at).desc(), col(ActivityNote.id).desc())
        .limit(wanted + 1)
        .subquery()
    )
    rows = db.rows(_note_lines().where(col(ActivityNote.id).in_(sa.select(newest.c.id))))
    notes = gather_notes(rows, units)
    return Timeline(notes[:wanted], len(notes) > wanted)


def note_line(db: ScopedSession, note_id: UUID, units: UnitBook) -> NoteLine:
    """Return one note as a timeline shows it; NotFound outside the own station."""
    notes = gather_notes(db.rows(_note_lines().where(col(ActivityNote.id) == note_id)), units)
    if not notes:
        raise NotFound
    return notes[0]


def corrections_of(db: ScopedSession, note_id: UUID) -> Sequence[OldWords]:
    """Return what a note said before each correction, the newest first."""
    rows = db.rows(
        sa.select(
            col(NoteCorrection.corrected_at),
            col(Staff.family_name),
            col(Staff.given_name),
            col(NoteCorrection.occasion),
            col(NoteCorrection.outcome),
            col(NoteCorrection.happened_at),
            col(NoteCorrection.heard),
            col(NoteCorrection.told),
        )
        .join(Staff, col(Staff.id) == col(NoteCorrection.corrected_by))
        .where(col(NoteCorrection.note_id) == note_id)
        .order_by(col(NoteCorrection.corrected_at).desc(), col(NoteCorrection.id).desc())
    )
    return [OldWords(at, whole_name(family, given), *rest) for at, family, given, *rest in rows]


def parties_of(db: ScopedSession, note_id: UUID) -> Sequence[Party]:
    """Return the people and organizations of a note, people first."""
    people = db.rows(
        sa.select(col(Person.id), col(Person.family_name), col(Person.given_name))
        .join(NotePerson, col(NotePerson.person_id) == col(Person.id))
        .where(col(NotePerson.note_id) == note_id)
        .order_by(col(Person.kana_sort))
    )
    organizations = db.rows(
        sa.select(col(Organization.id), col(Organization.name))
        .join(NoteOrganization, col(NoteOrganization.organization_id) == col(Organization.id))
        .where(col(NoteOrganization.note_id) == note_id)
        .order_by(col(Organization.kana_sort))
    )
    return [
        *(Party(Holder(person_id=id_), whole_name(family, given)) for id_, family, given in people),
        *(Party(Holder(organization_id=id_), name) for id_, name in organizations),
    ]


def contacts_by_section(
    db: ScopedSession, holder: Holder, since: dt.datetime, units: UnitBook
) -> Contacts | None:
    """Return how often each section met or called `holder` since `since`; None if nobody did."""
    return contacts_by_holder(db, [holder], since, units).get(holder)


def contacts_by_holder(
    db: ScopedSession, holders: Collection[Holder], since: dt.datetime, units: UnitBook
) -> Mapping[Holder, Contacts]:
    """Return the same for many holders in one statement; those nobody met are left out.

    An absence is no contact. A contact two sections took part in counts once in the total.
    """
    people = [holder.person_id for holder in holders if holder.person_id]
    organizations = [holder.organization_id for holder in holders if holder.organization_id]
    return sum_contacts(db.rows(_contact_rows(people, organizations, since)), units)


def last_two_way(db: ScopedSession, holders: Collection[Holder]) -> Mapping[Holder, dt.datetime]:
    """Return when each holder was last met or spoken with (最後に会った日)."""
    people = [holder.person_id for holder in holders if holder.person_id]
    organizations = [holder.organization_id for holder in holders if holder.organization_id]
    met = last_met_person()
    met_organization = last_met_organization()
    found: dict[Holder, dt.datetime] = {}
    if people:
        rows = db.rows(sa.select(met.c.person_id, met.c.at).where(met.c.person_id.in_(people)))
        found |= {Holder(person_id=id_): at for id_, at in rows}
    if organizations:
        rows = db.rows(
            sa.select(met_organization.c.organization_id, met_organization.c.at).where(
                met_organization.c.organization_id.in_(organizations)
            )
        )
        found |= {Holder(organization_id=id_): at for id_, at in rows}
    return found


def last_met_person() -> sa.Subquery:
    """Return person_id and `at`, the last contact in which both sides spoke, for joining."""
    return (
        sa.select(
            col(NotePerson.person_id).label("person_id"),
            sa.func.max(col(ActivityNote.happened_at)).label("at"),
        )
        .join(ActivityNote, col(ActivityNote.id) == col(NotePerson.note_id))
        .where(col(ActivityNote.outcome).in_(TWO_WAY))
        .group_by(col(NotePerson.person_id))
        .subquery("last_met_person")
    )


def last_met_organization() -> sa.Subquery:
    """Return organization_id and `at`, the last contact in which both sides spoke."""
    return (
        sa.select(
            col(NoteOrganization.organization_id).label("organization_id"),
            sa.func.max(col(ActivityNote.happened_at)).label("at"),
        )
        .join(ActivityNote, col(ActivityNote.id) == col(NoteOrganization.note_id))
        .where(col(ActivityNote.outcome).in_(TWO_WAY))
        .group_by(col(NoteOrganization.organization_id))
        .subquery("last_met_organization")
    )


def _taking_part(statement: sa.Select[Any], holder: Holder) -> sa.Select[Any]:
    """Narrow a select from notes to those `holder` took part in."""
    if holder.person_id is not None:
        return statement.join(NotePerson, col(NotePerson.note_id) == col(ActivityNote.id)).where(
            col(NotePerson.person_id) == holder.person_id
        )
    return statement.join(
        NoteOrganization, col(NoteOrganization.note_id) == col(ActivityNote.id)
    ).where(col(NoteOrganization.organization_id) == holder.organization_id)


def _contact_rows(
    people: Collection[UUID], organizations: Collection[UUID], since: dt.datetime
) -> AnySelect:
    """Select two-way contacts, oldest first: a row for each holder asked for and each unit."""
    return (
        sa.select(
            col(NotePerson.person_id),
            col(NoteOrganization.organization_id),
            col(ActivityNote.id),
            col(ActivityNote.happened_at),
            col(NoteStaff.unit_id),
        )
        .select_from(ActivityNote)
        .join(NoteStaff, col(NoteStaff.note_id) == col(ActivityNote.id))
        .outerjoin(
            NotePerson,
            sa.and_(
                col(NotePerson.note_id) == col(ActivityNote.id),
                col(NotePerson.person_id).in_(people),
            ),
        )
        .outerjoin(
            NoteOrganization,
            sa.and_(
                col(NoteOrganization.note_id) == col(ActivityNote.id),
                col(NoteOrganization.organization_id).in_(organizations),
            ),
        )
        .where(
            col(ActivityNote.outcome).in_(TWO_WAY),
            col(ActivityNote.happened_at) >= since,
            sa.or_(
                col(NotePerson.person_id).is_not(None),
                col(NoteOrganization.organization_id).is_not(None),
            ),
        )
        .order_by(col(ActivityNote.happened_at))
    )


def _note_lines() -> AnySelect:
    """Select notes, newest first, one row for each member of staff, the author's first."""
    told_by = aliased(Staff, name="told_by")
    corrections = sa.select(col(NoteCorrection.id)).where(
        col(NoteCorrection.note_id) == col(ActivityNote.id)
    )
    return (
        sa.select(
            col(ActivityNote.id),
            col(ActivityNote.occasion),
            col(ActivityNote.outcome),
            col(ActivityNote.happened_at),
            col(ActivityNote.heard),
            col(ActivityNote.told),
            col(ActivityNote.needs_reply),
            col(ActivityNote.next_on),
            col(ActivityNote.revision),
            corrections.exists().label("is_corrected"),
            col(NoteStaff.staff_id),
            col(NoteStaff.unit_id),
            col(Staff.family_name),
            col(Staff.given_name),
            col(NoteReply.told_on),
            col(NoteReply.text).label("reply_text"),
            col(NoteReply.told_by),
            col(NoteReply.unit_id).label("reply_unit_id"),
            col(told_by.family_name).label("reply_family_name"),
            col(told_by.given_name).label("reply_given_name"),
        )
        .select_from(ActivityNote)
        .join(NoteStaff, col(NoteStaff.note_id) == col(ActivityNote.id))
        .join(Staff, col(Staff.id) == col(NoteStaff.staff_id))
        .outerjoin(NoteReply, col(NoteReply.note_id) == col(ActivityNote.id))
        .outerjoin(told_by, col(told_by.id) == col(NoteReply.told_by))
        .order_by(
            col(ActivityNote.happened_at).desc(),
            col(ActivityNote.id).desc(),
            sa.case((col(NoteStaff.staff_id) == col(ActivityNote.author_id), 0), else_=1),
            col(Staff.family_kana),
        )
    )
