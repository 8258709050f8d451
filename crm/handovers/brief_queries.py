"""What a handover is read from: one statement of many selects, built once for every beat."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from crm.agencies.models import Staff, StaffAssignment, UnitJurisdiction
from crm.areas.models import Area
from crm.contacts.models import Appointment, Organization, Person, PostType
from crm.contacts.naming import NAMES
from crm.contacts.post_queries import held_on
from crm.contacts.vacancy_queries import IS_HEAD, is_vacant
from crm.handovers.brief import Reading, Written
from crm.handovers.models import BeatBrief, BriefReading
from crm.kernel.columns import DAY, Key, holds
from crm.kernel.scope import AnySelect, ScopedSession
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea
from crm.notes import queries as notes
from crm.notes.models import ActivityNote, NoteOrganization, NotePerson
from crm.requests.models import IS_OPEN, CommunityRequest

LAST_CONTACTS = 5
UNIT = sa.bindparam("unit", type_=Key())
UNITS = sa.bindparam("units", type_=Key(), expanding=True)
AREAS = sa.bindparam("areas", type_=Key(), expanding=True)


def areas_of(
    db: ScopedSession,
    units: Collection[UUID],
    upward: Sequence[UUID],
    own: frozenset[UUID],
    day: dt.date,
) -> Mapping[UUID, str]:
    """Return the areas of the `own` units in reading order; where there are none, the box's.

    `upward` is the unit and those above it, the nearest first. One statement.
    """
    rows = db.rows(_areas(), {"units": list(units), "day": day})
    for above in (own, *({unit} for unit in upward)):
        if found := {row.id: row.name for row in rows if row.unit_id in above}:
            return found
    return {}


@cache
def brief_selects() -> tuple[AnySelect, ...]:
    """Select all that a handover is made of."""
    written = sa.select(*(getattr(BeatBrief, name) for name in Written._fields))
    readings = sa.select(*(getattr(BriefReading, name) for name in Reading._fields))
    return (
        written.where(col(BeatBrief.unit_id) == UNIT),
        readings.where(col(BriefReading.unit_id) == UNIT),
        _officers(),
        _liaisons(),
        planned_visits(),
        _requests(),
        _careful_people(),
        _careful_organizations(),
        _contacts(),
        _ending(),
        _vacant(),
    )


def planned_visits() -> AnySelect:
    """Select the planned visits, a row for each party; people stand for their organization."""
    link = sa.and_(
        col(NoteOrganization.note_id) == col(ActivityNote.id), col(NotePerson.id).is_(None)
    )
    return (
        sa.select(
            *NAMES,
            *(col(ActivityNote.id).label("note_id"), col(ActivityNote.unit_id)),
            *(col(ActivityNote.next_on), col(ActivityNote.happened_at)),
            notes.last_met_person(col(NotePerson.person_id)).label("last_at"),
            notes.last_met_organization(col(NoteOrganization.organization_id)).label(
                "last_there_at"
            ),
        )
        .select_from(ActivityNote)
        .outerjoin(NotePerson, col(NotePerson.note_id) == col(ActivityNote.id))
        .outerjoin(Person, col(Person.id) == col(NotePerson.person_id))
        .outerjoin(NoteOrganization, link)
        .outerjoin(Organization, col(Organization.id) == col(NoteOrganization.organization_id))
        .where(
            col(ActivityNote.next_on).is_not(None),
            col(ActivityNote.happened_at) >= sa.bindparam("planned_since"),
        )
    )


@cache
def _areas() -> AnySelect:
    return (
        sa.select(col(UnitJurisdiction.unit_id), col(Area.id), col(Area.name))
        .join(Area, col(Area.id) == col(UnitJurisdiction.area_id))
        .where(col(UnitJurisdiction.unit_id).in_(UNITS), holds(UnitJurisdiction), holds(Area))
        .order_by(col(Area.kana_sort), col(Area.id))
    )


def _officers() -> AnySelect:
    return (
        sa.select(col(Staff.family_name), col(Staff.given_name))
        .join(StaffAssignment, col(StaffAssignment.staff_id) == col(Staff.id))
        .where(col(StaffAssignment.unit_id).in_(UNITS), holds(StaffAssignment))
    )


def _liaisons() -> AnySelect:
    return (
        sa.select(
            *NAMES,
            sa.func.coalesce(col(Person.kana_sort), col(Organization.kana_sort), "").label(
                "kana_sort"
            ),
            col(LiaisonTermArea.area_id),
            col(LiaisonTerm.valid_to),
            col(LiaisonTerm.contact_needs_review),
            notes.last_met_person(col(LiaisonTerm.person_id)).label("last_at"),
            notes.last_met_organization(col(LiaisonTerm.organization_id)).label("last_there_at"),
        )
        .select_from(LiaisonTerm)
        .join(LiaisonTermArea, col(LiaisonTermArea.term_id) == col(LiaisonTerm.id))
        .outerjoin(Person, col(Person.id) == col(LiaisonTerm.person_id))
        .outerjoin(Organization, col(Organization.id) == col(LiaisonTerm.organization_id))
        .where(holds(LiaisonTerm), col(LiaisonTermArea.area_id).in_(AREAS))
    )


def _requests() -> AnySelect:
    request = CommunityRequest
    return sa.select(
        *(col(request.id), col(request.words), col(request.heard_on), col(request.due_on)),
        *(col(request.state), col(request.outcome), col(request.area_id)),
        *(col(request.unit_id), col(request.heard_unit_id)),
    ).where(IS_OPEN)


def _careful_people() -> AnySelect:
    """Select who speaks for an organization of the beat where something is to be minded."""
    there = aliased(Organization, name="there")
    speaks = (
        sa.select(col(Appointment.person_id))
        .join(there, col(there.id) == col(Appointment.organization_id))
        .where(col(there.area_id).in_(AREAS), held_on(DAY))
    )
    return (
        sa.select(*NAMES)
        .select_from(Person)
        .outerjoin(Organization, sa.false())
        .where(col(Person.care_note) != "", col(Person.id).in_(speaks))
    )


def _careful_organizations() -> AnySelect:
    """Select the organizations of the beat with which something is to be minded."""
    return (
        sa.select(*NAMES)
        .select_from(Organization)
        .outerjoin(Person, sa.false())
        .where(col(Organization.care_note) != "", col(Organization.area_id).in_(AREAS))
    )


def _contacts() -> AnySelect:
    """Select the last contacts of the units, and with the liaisons of their areas."""
    serving = sa.select(col(LiaisonTerm.person_id)).join(
        LiaisonTermArea, col(LiaisonTermArea.term_id) == col(LiaisonTerm.id)
    )
    here = serving.where(holds(LiaisonTerm), col(LiaisonTermArea.area_id).in_(AREAS))
    link = aliased(NotePerson)
    with_them = sa.select(sa.literal(1)).where(
        col(link.note_id) == col(ActivityNote.id), col(link.person_id).in_(here)
    )
    newest = (
        sa.select(col(ActivityNote.id))
        .where(sa.or_(col(ActivityNote.unit_id).in_(UNITS), with_them.exists()))
        .order_by(col(ActivityNote.happened_at).desc(), col(ActivityNote.id).desc())
        .limit(LAST_CONTACTS)
        .subquery()
    )
    note = ActivityNote
    return (
        sa.select(
            *(col(note.id), col(note.happened_at), col(note.outcome), col(note.heard)),
            *(col(note.told), col(note.unit_id)),
            *NAMES,
        )
        .join(newest, newest.c.id == col(note.id))
        .outerjoin(NotePerson, col(NotePerson.note_id) == col(note.id))
        .outerjoin(Person, col(Person.id) == col(NotePerson.person_id))
        .outerjoin(NoteOrganization, col(NoteOrganization.note_id) == col(note.id))
        .outerjoin(Organization, col(Organization.id) == col(NoteOrganization.organization_id))
    )


def _ending() -> AnySelect:
    """Select the heads whose post is about to end."""
    at = aliased(Organization, name="at")
    return (
        sa.select(
            *NAMES,
            col(at.name).label("at_name"),
            *(col(Appointment.title), col(PostType.name).label("post_name")),
            col(Appointment.valid_to),
        )
        .select_from(Appointment)
        .join(PostType, col(PostType.id) == col(Appointment.post_type_id))
        .join(Person, col(Person.id) == col(Appointment.person_id))
        .join(at, col(at.id) == col(Appointment.organization_id))
        .outerjoin(Organization, sa.false())
        .where(
            IS_HEAD,
            col(at.area_id).in_(AREAS),
            col(Appointment.valid_to) >= DAY,
            col(Appointment.valid_to) <= sa.bindparam("soon", type_=sa.Date()),
        )
    )


def _vacant() -> AnySelect:
    """Select the organizations whose head went, and nobody followed that is on record."""
    return (
        sa.select(
            *NAMES,
            *(col(Appointment.title), col(PostType.name).label("post_name")),
            col(Appointment.valid_to),
        )
        .select_from(Appointment)
        .join(PostType, col(PostType.id) == col(Appointment.post_type_id))
        .join(Organization, col(Organization.id) == col(Appointment.organization_id))
        .outerjoin(Person, sa.false())
        .where(is_vacant(), col(Organization.area_id).in_(AREAS))
    )
