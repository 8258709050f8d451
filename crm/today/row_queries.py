"""The selects a tour is read by, each built once for every tour."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from crm.agencies.models import (
    Agency,
    AgencySetting,
    SettingKey,
    StaffAssignment,
    UnitJurisdiction,
)
from crm.areas.models import Area
from crm.contacts.models import Appointment, Organization, Person
from crm.contacts.naming import NAMES
from crm.contacts.post_queries import held_on
from crm.kernel.columns import DAY, Key, holds
from crm.kernel.scope import AnySelect
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea
from crm.notes.models import ActivityNote, NoteOrganization, NotePerson
from crm.notes.queries import last_met_organization, last_met_person
from crm.requests.models import IS_OPEN, CommunityRequest, RequestParty
from crm.visiting.models import VisitCadence


@cache
def ground_rows() -> AnySelect:
    """Select the areas of units, in reading order, and the agency's days between visits."""
    areas = (
        sa.select(
            col(UnitJurisdiction.unit_id),
            col(UnitJurisdiction.agency_id),
            col(Area.id),
            col(Area.name),
            col(Area.revision),
            col(Area.kana_sort),
        )
        .join(Area, col(Area.id) == col(UnitJurisdiction.area_id))
        .where(
            col(UnitJurisdiction.unit_id).in_(sa.bindparam("units", expanding=True)),
            holds(UnitJurisdiction),
            holds(Area),
        )
        .subquery()
    )
    decided = sa.and_(
        col(AgencySetting.agency_id) == col(Agency.id),
        col(AgencySetting.key) == SettingKey.REVISIT_DAYS,
        holds(AgencySetting),
    )
    return (
        sa.select(
            *(areas.c.unit_id, areas.c.id, areas.c.name, areas.c.revision),
            col(AgencySetting.value),
        )
        .select_from(Agency)
        .outerjoin(AgencySetting, decided)
        .outerjoin(areas, areas.c.agency_id == col(Agency.id))
        .where(col(Agency.id) == sa.bindparam("agency"))
        .order_by(areas.c.kana_sort, areas.c.id)
    )


@cache
def liaison_rows(*, whole_station: bool) -> AnySelect:
    """Select the liaisons of a station, or those of some areas of it with all areas they have."""
    statement = (
        sa.select(
            *NAMES,
            sa.func.coalesce(col(Person.kana_sort), col(Organization.kana_sort), "").label(
                "kana_sort"
            ),
            col(LiaisonTermArea.area_id),
            last_met_person(col(LiaisonTerm.person_id)).label("last_at"),
            last_met_organization(col(LiaisonTerm.organization_id)).label("last_there_at"),
        )
        .select_from(LiaisonTerm)
        .outerjoin(Person, col(Person.id) == col(LiaisonTerm.person_id))
        .outerjoin(Organization, col(Organization.id) == col(LiaisonTerm.organization_id))
        .outerjoin(LiaisonTermArea, col(LiaisonTermArea.term_id) == col(LiaisonTerm.id))
        .where(holds(LiaisonTerm))
    )
    if whole_station:
        return statement
    # from a beat's areas to its terms: the station's, held against each of the areas, took SQLite
    # 20 ms instead of 3
    about = aliased(LiaisonTermArea)
    areas = sa.bindparam("areas", type_=Key(), expanding=True)
    of_beat = sa.select(col(about.term_id)).where(col(about.area_id).in_(areas))
    return statement.where(col(LiaisonTerm.id).in_(of_beat))


@cache
def promise_rows() -> AnySelect:
    """Select the planned visits, a row for each party."""
    return (
        sa.select(
            col(ActivityNote.unit_id),
            col(ActivityNote.id).label("note_id"),
            col(ActivityNote.happened_at),
            col(ActivityNote.next_on),
            _stays().label("author_stays"),
            *NAMES,
            last_met_person(col(NotePerson.person_id)).label("last_at"),
            last_met_organization(col(NoteOrganization.organization_id)).label("last_there_at"),
        )
        .select_from(ActivityNote)
        .outerjoin(NotePerson, col(NotePerson.note_id) == col(ActivityNote.id))
        .outerjoin(Person, col(Person.id) == col(NotePerson.person_id))
        .outerjoin(
            NoteOrganization,
            sa.and_(
                col(NoteOrganization.note_id) == col(ActivityNote.id),
                # an organization alone: where people took part, they are the ones to see again
                col(NotePerson.id).is_(None),
            ),
        )
        .outerjoin(Organization, col(Organization.id) == col(NoteOrganization.organization_id))
        .where(
            col(ActivityNote.next_on).is_not(None),
            col(ActivityNote.happened_at) >= sa.bindparam("planned_since"),
        )
    )


@cache
def owed_rows() -> AnySelect:
    """Select the requests that await an answer, a row for each who asked."""
    return (
        sa.select(
            col(CommunityRequest.id).label("request_id"),
            col(CommunityRequest.unit_id),
            col(CommunityRequest.heard_unit_id),
            col(CommunityRequest.heard_on),
            col(CommunityRequest.due_on),
            col(CommunityRequest.words),
            col(CommunityRequest.state),
            col(CommunityRequest.outcome),
            *NAMES,
        )
        .select_from(CommunityRequest)
        .outerjoin(RequestParty, col(RequestParty.request_id) == col(CommunityRequest.id))
        .outerjoin(Person, col(Person.id) == col(RequestParty.person_id))
        .outerjoin(Organization, col(Organization.id) == col(RequestParty.organization_id))
        .where(IS_OPEN)
    )


@cache
def cadence_rows() -> AnySelect:
    """Select the cadences of a day; of people and organizations with where they are, a row each."""
    body = aliased(Organization, name="body")
    return (
        sa.select(
            col(VisitCadence.every_days),
            col(VisitCadence.area_id).label("of_area_id"),
            *NAMES,
            sa.func.coalesce(col(Organization.area_id), col(body.area_id)).label("area_id"),
            last_met_person(col(VisitCadence.person_id)).label("last_at"),
            last_met_organization(col(VisitCadence.organization_id)).label("last_there_at"),
        )
        .select_from(VisitCadence)
        .outerjoin(Person, col(Person.id) == col(VisitCadence.person_id))
        .outerjoin(Organization, col(Organization.id) == col(VisitCadence.organization_id))
        .outerjoin(
            Appointment,
            sa.and_(col(Appointment.person_id) == col(VisitCadence.person_id), held_on(DAY)),
        )
        .outerjoin(body, col(body.id) == col(Appointment.organization_id))
        .where(holds(VisitCadence))
    )


def _stays() -> sa.Exists:
    """Whether a note's author is posted on the day where they were when it was written."""
    return sa.exists().where(
        col(StaffAssignment.staff_id) == col(ActivityNote.author_id),
        col(StaffAssignment.unit_id) == col(ActivityNote.unit_id),
        holds(StaffAssignment),
    )
