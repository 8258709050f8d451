"""Reading strengthening days: what was planned, whom each box is to see, what the notes say."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import BOXES, Unit, UnitJurisdiction, UnitPlacement
from crm.areas.models import Area
from crm.contacts.models import Holder, Organization, Person
from crm.contacts.naming import NAMES, named_of
from crm.contacts.post_queries import posts_of
from crm.kernel.clock import end_of_day, local_day, start_of_day
from crm.kernel.columns import DAY, Key, holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea
from crm.notes import queries as notes
from crm.notes.models import ActivityNote, NoteOrganization, NotePerson
from crm.strengthening.models import (
    StrengtheningArea,
    StrengtheningDay,
    StrengtheningTarget,
    StrengtheningUnit,
)
from crm.strengthening.results import (
    Aim,
    AreaLine,
    DayLine,
    Result,
    Target,
    Touch,
    UnitLine,
    results_of,
)

PLAN = sa.bindparam("plan", type_=Key())


@dataclass(frozen=True, slots=True)
class Plan:
    """A strengthening day, the boxes that take part, and whom each is to see.

    `areas` are those the day is limited to, in reading order: a box without any takes part whole.
    """

    day: DayLine
    units: Sequence[UnitLine]
    aims: Sequence[Aim]
    areas: Sequence[AreaLine] = ()

    def areas_of(self, unit_id: UUID) -> list[str]:
        """Return the names of the areas a box is limited to; none where it takes part whole."""
        return [area.area_name for area in self.areas if area.unit_id == unit_id]

    @property
    def whole_units(self) -> set[UUID]:
        """The boxes that take part with all their areas."""
        return {unit.unit_id for unit in self.units} - {area.unit_id for area in self.areas}


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a station, and its areas in reading order."""

    unit_id: UUID
    name: str
    areas: Sequence[tuple[UUID, str]]


def day_of(db: ScopedSession, day_id: UUID) -> StrengtheningDay:
    """Return a day to be changed; NotFound outside the own station."""
    found = db.exec(
        select(StrengtheningDay).where(col(StrengtheningDay.id) == day_id).with_for_update()
    ).first()
    if found is None:
        raise NotFound
    return found


def day_sent_as(db: ScopedSession, station_id: UUID, request_key: UUID) -> StrengtheningDay | None:
    """Return the day a form made already."""
    return db.exec(
        select(StrengtheningDay).where(
            StrengtheningDay.station_id == station_id,
            StrengtheningDay.request_key == request_key,
        )
    ).first()


def unit_of(db: ScopedSession, day_id: UUID, unit_id: UUID) -> StrengtheningUnit:
    """Return a box's part in a day, to be changed; NotFound where it takes none."""
    found = db.exec(
        select(StrengtheningUnit)
        .where(StrengtheningUnit.day_id == day_id, StrengtheningUnit.unit_id == unit_id)
        .with_for_update()
    ).first()
    if found is None:
        raise NotFound
    return found


def targets_to_change(db: ScopedSession, day_id: UUID) -> Sequence[StrengtheningTarget]:
    """Return the rows of everybody who is to be seen on a day."""
    return db.exec(select(StrengtheningTarget).where(StrengtheningTarget.day_id == day_id)).all()


def boxes_of(db: ScopedSession, station_id: UUID, day: dt.date) -> Sequence[Box]:
    """Return the boxes (交番・駐在所) of a station on `day`, in reading order; one statement."""
    rows = db.rows(
        sa.select(
            *(col(UnitPlacement.unit_id), col(UnitPlacement.name)),
            *(col(Area.id).label("area_id"), col(Area.name).label("area_name")),
        )
        .join(Unit, col(Unit.id) == col(UnitPlacement.unit_id))
        .outerjoin(
            UnitJurisdiction,
            sa.and_(
                col(UnitJurisdiction.unit_id) == col(UnitPlacement.unit_id),
                holds(UnitJurisdiction, day),
            ),
        )
        .outerjoin(Area, sa.and_(col(Area.id) == col(UnitJurisdiction.area_id), holds(Area, day)))
        .where(
            col(UnitPlacement.station_id) == station_id,
            col(Unit.kind).in_(BOXES),
            holds(UnitPlacement, day),
        )
        .order_by(
            *(col(UnitPlacement.kana_sort), col(UnitPlacement.name), col(UnitPlacement.unit_id)),
            *(col(Area.kana_sort), col(Area.id)),
        )
    )
    return [
        Box(*unit, [(row.area_id, row.area_name) for row in own if row.area_id])
        for unit, own in groupby(rows, key=lambda row: (row.unit_id, row.name))
    ]


def plan_of(db: ScopedSession, day_id: UUID) -> Plan:
    """Return a day with its boxes and targets; one statement, NotFound as above."""
    plans = _plans(db, one=True, plan=day_id)
    if not plans:
        raise NotFound
    return plans[0]


def plans_between(db: ScopedSession, first: dt.date, last: dt.date) -> Sequence[Plan]:
    """Return the days that begin from `first` to `last`, the newest first; one statement."""
    return _plans(db, one=False, first=first, last=last)


def touches_between(db: ScopedSession, first: dt.date, last: dt.date) -> Sequence[Touch]:
    """Return whom the station's notes from `first` to `last` are about; one statement."""
    people, organizations = together(
        db,
        (_touches(NotePerson, "person_id"), _touches(NoteOrganization, "organization_id")),
        since=start_of_day(first),
        until=end_of_day(last),
    )
    return [
        *(Touch(row.unit_id, Holder(person_id=row.holder), *row[2:]) for row in people),
        *(
            Touch(row.unit_id, Holder(organization_id=row.holder), *row[2:])
            for row in organizations
        ),
    ]


def targets_of(
    db: ScopedSession, plan: Plan, unit_id: UUID
) -> tuple[Sequence[Target], Sequence[Touch]]:
    """Return whom a box is to see, with what to know before and what came of it.

    In the order of their areas, beside whom the notes of those days are about; three statements.
    """
    asked = {"plan": plan.day.id, "unit": unit_id, "day": plan.day.first_on}
    rows = db.rows(_target_rows(), asked)
    touches = touches_between(db, plan.day.first_on, plan.day.last_on)
    results = results_of(plan.day, plan.aims, touches)
    posts = posts_of(db, (named_of(row).holder for row in rows), plan.day.first_on)
    return _targets(rows, posts, results), touches


def _targets(
    rows: Sequence[Any], posts: Mapping[Holder, str], results: Mapping[Holder, Result]
) -> list[Target]:
    found: dict[Holder, Target] = {}
    for row in rows:
        who = named_of(row)
        area = row.area_name or ""
        if known := found.get(who.holder):
            areas = known.areas if area in known.areas else f"{known.areas}・{area}"
            found[who.holder] = known._replace(areas=areas)
            continue
        last_at = row.last_at or row.last_there_at
        found[who.holder] = Target(
            who,
            row.reason,
            area,
            row.address or row.organization_address or "",
            posts.get(who.holder, ""),
            local_day(last_at) if last_at else None,
            results.get(who.holder, Result.NOT_GONE),
        )
    return list(found.values())


def _plans(db: ScopedSession, *, one: bool, **asked: object) -> list[Plan]:
    days, units, aims, areas = together(db, _plan_rows(one=one), **asked)
    return [
        Plan(
            DayLine(*day),
            sorted(
                (UnitLine(*unit) for unit in units if unit.day_id == day.id),
                key=lambda unit: (unit.unit_name, unit.id),
            ),
            [
                Aim(aim.day_id, aim.unit_id, Holder(aim.person_id, aim.organization_id), aim.reason)
                for aim in aims
                if aim.day_id == day.id
            ],
            [
                AreaLine(*area[: len(AreaLine._fields)])
                for area in sorted(areas, key=lambda area: (area.kana_sort, area.area_id))
                if area.day_id == day.id
            ],
        )
        for day in sorted(days, key=lambda day: (day.first_on, day.id), reverse=True)
    ]


@cache
def _plan_rows(*, one: bool) -> tuple[AnySelect, ...]:
    """Select a day, or those of a span, with boxes, targets and areas; built once."""
    day = StrengtheningDay
    which = (
        col(day.id) == PLAN
        if one
        else col(day.first_on).between(
            sa.bindparam("first", type_=sa.Date()), sa.bindparam("last", type_=sa.Date())
        )
    )
    days = sa.select(*(getattr(day, name) for name in DayLine._fields)).where(which)
    units = (
        sa.select(*(getattr(StrengtheningUnit, name) for name in UnitLine._fields))
        .join(day, col(day.id) == col(StrengtheningUnit.day_id))
        .where(which)
    )
    target = StrengtheningTarget
    aims = (
        sa.select(
            *(col(target.day_id), col(target.unit_id), col(target.person_id)),
            *(col(target.organization_id), col(target.reason)),
        )
        .join(day, col(day.id) == col(target.day_id))
        .where(which)
    )
    areas = (
        sa.select(
            *(getattr(StrengtheningArea, name) for name in AreaLine._fields), col(Area.kana_sort)
        )
        .join(day, col(day.id) == col(StrengtheningArea.day_id))
        .join(Area, col(Area.id) == col(StrengtheningArea.area_id))
        .where(which)
    )
    return days, units, aims, areas


@cache
def _touches(table: type[NotePerson | NoteOrganization], key: str) -> AnySelect:
    """Select whom notes of a span are about; built once."""
    return (
        sa.select(
            col(ActivityNote.unit_id),
            getattr(table, key).label("holder"),
            col(ActivityNote.happened_at),
            col(ActivityNote.outcome),
        )
        .select_from(ActivityNote)
        .join(table, col(table.note_id) == col(ActivityNote.id))
        .where(
            col(ActivityNote.happened_at) >= sa.bindparam("since"),
            col(ActivityNote.happened_at) < sa.bindparam("until"),
        )
    )


@cache
def _target_rows() -> AnySelect:
    """Select the targets of a box with their names, a row for each area of theirs; built once."""
    target = StrengtheningTarget
    serving = sa.and_(
        sa.or_(
            col(LiaisonTerm.person_id) == col(target.person_id),
            col(LiaisonTerm.organization_id) == col(target.organization_id),
        ),
        holds(LiaisonTerm, DAY),
    )
    area_id = sa.func.coalesce(col(LiaisonTermArea.area_id), col(Organization.area_id))
    kana = sa.func.coalesce(col(Person.kana_sort), col(Organization.kana_sort), "")
    return (
        sa.select(
            *NAMES,
            col(target.reason),
            col(Person.address),
            col(Organization.address).label("organization_address"),
            col(Area.name).label("area_name"),
            notes.last_met_person(col(target.person_id)).label("last_at"),
            notes.last_met_organization(col(target.organization_id)).label("last_there_at"),
        )
        .select_from(target)
        .outerjoin(Person, col(Person.id) == col(target.person_id))
        .outerjoin(Organization, col(Organization.id) == col(target.organization_id))
        .outerjoin(LiaisonTerm, serving)
        .outerjoin(LiaisonTermArea, col(LiaisonTermArea.term_id) == col(LiaisonTerm.id))
        .outerjoin(Area, col(Area.id) == area_id)
        .where(col(target.day_id) == PLAN, col(target.unit_id) == sa.bindparam("unit", type_=Key()))
        .order_by(col(Area.kana_sort).is_(None), col(Area.kana_sort), kana, col(target.id))
    )
