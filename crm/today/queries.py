"""Reading what a tour needs: answers owed, visits promised or long ago, and the beat."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.agencies.models import Agency, AgencySetting, SettingKey, UnitJurisdiction
from crm.areas.models import Area
from crm.breakglass.queries import openings_to_review
from crm.contacts import queries as contacts
from crm.contacts.models import Appointment, Holder, Organization, Person
from crm.kernel.actor import Actor, Role
from crm.kernel.clock import start_of_day, tour_day
from crm.kernel.columns import Key, holds
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea
from crm.notes import queries as notes
from crm.notes.models import ActivityNote, NoteOrganization, NotePerson
from crm.requests.models import IS_OPEN, CommunityRequest, RequestParty, state_label
from crm.today.tour import (
    Beat,
    BeatArea,
    Liaison,
    Named,
    Owed,
    Promise,
    Tour,
    Visit,
    VisitLine,
    beat_of,
    count_beat,
    replies_owed,
    visits_to_make,
)

LATELY = dt.timedelta(days=90)
PLANS_LAST = dt.timedelta(days=366)
"""A plan nobody acted on for a year is forgotten."""
MOST_VISITS = 30


def tour_of(db: ScopedSession, actor: Actor, *, now: dt.datetime, revisit_days: int) -> Tour:
    """Return 本日の当務 of `actor`: five statements, however long the lists are.

    At 2 a.m. it is still the tour that began yesterday. `revisit_days` is the installation's: what
    the agency decided for that day comes before it.
    """
    day = tour_day(now)
    units = notes.unit_book(db, actor.station_id)
    own_units = units.below(actor.unit_id, day) | {actor.unit_id}
    areas, decided = _ground(db, actor, units.units(), day)
    beat = beat_of(actor.unit_id, areas, units, day)
    liaisons, promises, owed, openings = _what_is_open(db, beat, day)
    visits = visits_to_make(
        promises, liaisons, own_units, day=day, revisit_days=decided or revisit_days
    )
    return Tour(
        day=day,
        beat=beat,
        counts=count_beat(beat, liaisons),
        replies=replies_owed(
            owed,
            own_units,
            units,
            of_station=actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF),
        ),
        visits=_lines(db, visits[:MOST_VISITS], units, now, day),
        visits_in_all=len(visits),
        openings=openings,
    )


def _ground(
    db: ScopedSession, actor: Actor, units: Collection[UUID], day: dt.date
) -> tuple[Sequence[BeatArea], int | None]:
    """Return the areas of each of `units` on `day`, and after how many days a visit is proposed.

    The areas come in reading order; the days are None where the agency decided nothing. One
    statement for both: the agency is always there to hang them on.
    """
    asked = {"units": list(units), "agency": actor.agency_id, "day": day}
    rows = db.rows(_ground_rows(), asked)
    return [BeatArea(*row[:3]) for row in rows if row.id], rows[0].value


@cache
def _ground_rows() -> AnySelect:
    """Select what `_ground` reads; built once, for every tour."""
    areas = (
        sa.select(
            col(UnitJurisdiction.unit_id),
            col(UnitJurisdiction.agency_id),
            col(Area.id),
            col(Area.name),
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
        sa.select(areas.c.unit_id, areas.c.id, areas.c.name, col(AgencySetting.value))
        .select_from(Agency)
        .outerjoin(AgencySetting, decided)
        .outerjoin(areas, areas.c.agency_id == col(Agency.id))
        .where(col(Agency.id) == sa.bindparam("agency"))
        .order_by(areas.c.kana_sort, areas.c.id)
    )


def _what_is_open(
    db: ScopedSession, beat: Beat, day: dt.date
) -> tuple[Sequence[Liaison], Sequence[Promise], Sequence[Owed], int]:
    """Return a beat's liaisons on `day` with when they were last met, and what is open.

    Liaisons come in kana order. Open are the station's notes that plan a visit and its requests
    that await an answer, one for each party. The number counts the emergency openings that await
    a review: their rule tells the chiefs alone.
    """
    asked: dict[str, Any] = {"day": day, "planned_since": start_of_day(day - PLANS_LAST)}
    if not beat.is_whole_station:
        asked["areas"] = list(beat.areas)
    selects = (
        _liaison_rows(whole_station=beat.is_whole_station),
        _promise_rows(),
        _owed_rows(),
        openings_to_review(),
    )
    serving, promises, owed, openings = together(db, selects, **asked)
    found: dict[Holder, Liaison] = {}
    for row in sorted(serving, key=lambda row: row.kana_sort):
        who = _named(row)
        known = found.get(who.holder)
        areas = (known.areas if known else frozenset()) | {row.area_id}
        found[who.holder] = Liaison(who, areas, row.last_at or row.last_there_at)
    return (
        list(found.values()),
        [_promise(row) for row in promises],
        [_owed(row) for row in owed],
        len(openings),
    )


@cache
def _liaison_rows(*, whole_station: bool) -> AnySelect:
    """Select the liaisons of a station, or of some areas of it; built once, for every tour."""
    statement = (
        sa.select(
            *_NAMES,
            sa.func.coalesce(col(Person.kana_sort), col(Organization.kana_sort), "").label(
                "kana_sort"
            ),
            col(LiaisonTermArea.area_id),
            notes.last_met_person(col(LiaisonTerm.person_id)).label("last_at"),
            notes.last_met_organization(col(LiaisonTerm.organization_id)).label("last_there_at"),
        )
        .select_from(LiaisonTerm)
        .outerjoin(Person, col(Person.id) == col(LiaisonTerm.person_id))
        .outerjoin(Organization, col(Organization.id) == col(LiaisonTerm.organization_id))
        .outerjoin(LiaisonTermArea, col(LiaisonTermArea.term_id) == col(LiaisonTerm.id))
        .where(holds(LiaisonTerm))
    )
    if whole_station:
        return statement
    areas = sa.bindparam("areas", type_=Key(), expanding=True)
    return statement.where(col(LiaisonTermArea.area_id).in_(areas))


@cache
def _promise_rows() -> AnySelect:
    """Select the planned visits, a row for each party; built once, for every tour."""
    return (
        sa.select(
            col(ActivityNote.unit_id),
            col(ActivityNote.id).label("note_id"),
            col(ActivityNote.happened_at),
            col(ActivityNote.next_on),
            *_NAMES,
            notes.last_met_person(col(NotePerson.person_id)).label("last_at"),
            notes.last_met_organization(col(NoteOrganization.organization_id)).label(
                "last_there_at"
            ),
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
def _owed_rows() -> AnySelect:
    """Select the requests that await an answer, a row for each who asked; built once."""
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
            *_NAMES,
        )
        .select_from(CommunityRequest)
        .outerjoin(RequestParty, col(RequestParty.request_id) == col(CommunityRequest.id))
        .outerjoin(Person, col(Person.id) == col(RequestParty.person_id))
        .outerjoin(Organization, col(Organization.id) == col(RequestParty.organization_id))
        .where(IS_OPEN)
    )


def _lines(
    db: ScopedSession,
    visits: Sequence[Visit],
    units: notes.UnitBook,
    now: dt.datetime,
    day: dt.date,
) -> Sequence[VisitLine]:
    holders = [visit.who.holder for visit in visits]
    lately = notes.contacts_by_holder(db, holders, now - LATELY, units)
    posts = _posts(db, holders, day)
    return [
        VisitLine(visit, posts.get(visit.who.holder, ""), lately.get(visit.who.holder))
        for visit in visits
    ]


def _posts(db: ScopedSession, holders: Collection[Holder], day: dt.date) -> Mapping[Holder, str]:
    people = [holder.person_id for holder in holders if holder.person_id]
    held = contacts.posts_where(db, contacts.held_on(day), col(Appointment.person_id).in_(people))
    found: dict[Holder, str] = {}
    for post in held:
        holder = Holder(person_id=post.person_id)
        found[holder] = f"{found[holder]}　{post.label}" if holder in found else post.label
    return found


_NAMES: tuple[Any, ...] = (
    col(Person.id).label("person_id"),
    col(Person.family_name),
    col(Person.given_name),
    col(Person.family_kana),
    col(Person.given_kana),
    col(Person.care_note),
    col(Organization.id).label("organization_id"),
    col(Organization.name).label("organization_name"),
    col(Organization.kana).label("organization_kana"),
    col(Organization.care_note).label("organization_care_note"),
)


def _named(row: Any) -> Named:  # noqa: ANN401 - a row that holds _NAMES
    if row.person_id is None:
        return Named(
            Holder(organization_id=row.organization_id),
            row.organization_name,
            row.organization_kana,
            row.organization_care_note,
        )
    return Named(
        Holder(person_id=row.person_id),
        f"{row.family_name} {row.given_name}".strip(),
        f"{row.family_kana} {row.given_kana}".strip(),
        row.care_note,
    )


def _promise(row: Any) -> Promise:  # noqa: ANN401 - a row of _promise_rows
    return Promise(
        row.note_id,
        row.unit_id,
        row.happened_at,
        row.next_on,
        _named(row),
        row.last_at or row.last_there_at,
    )


def _owed(row: Any) -> Owed:  # noqa: ANN401 - a row of _owed_rows
    return Owed(
        row.request_id,
        row.unit_id,
        row.heard_unit_id,
        row.heard_on,
        row.due_on,
        row.words,
        state_label(row.state, row.outcome),
        _named(row) if row.person_id or row.organization_id else None,
    )
