"""The counts of 構築状況 worked out from scratch, as one question of all records: the reference.

It was the product's own until the spans were kept; what it costs is what they are measured against.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col

from crm.agencies.models import UnitJurisdiction, UnitPlacement
from crm.areas.models import Area, AreaKind
from crm.contacts.models import Appointment, Organization
from crm.coverage.models import Level, Place, Tally
from crm.coverage.queries import Shown
from crm.kernel.clock import end_of_day, local_day
from crm.kernel.columns import Key, holds
from crm.kernel.scope import ScopedSession
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea
from crm.notes.models import TWO_WAY, NoteOrganization, NotePerson


def from_scratch(db: ScopedSession, shown: Shown) -> dict[Place, Tally]:
    """Return the counts of every area, unit and station on `day`, and of all of them together.

    A person with several posts or areas counts once at each level. Organizations on file are
    those active now: their past is not dated.
    """
    agency_id, day, kind, station_id = shown
    standing = _standing(agency_id, day, kind)
    held_terms = _liaisons(agency_id, day, _of_station(standing, station_id))
    held = _by_level(standing, held_terms, agency_id, station_id)
    on_file = _organizations(agency_id, _of_station(standing, station_id))
    filed = _by_level(standing, on_file, agency_id, station_id)
    liaisons = _liaison_counts(db, held, agency_id, day)
    registered = _organization_counts(db, filed)
    spoken = _last_days(db, held, _last_contacts(held_terms, agency_id, day))
    return {
        place: Tally(*liaisons.get(place, (0, 0, 0)), registered.get(place, 0), spoken.get(place))
        for place in liaisons.keys() | registered.keys()
    }


def _liaison_counts(
    db: ScopedSession, held: sa.Subquery, agency_id: UUID, day: dt.date
) -> dict[Place, tuple[int, int, int]]:
    """Return persons, organizations and the persons' posts by place."""
    appointed = sa.and_(
        col(Appointment.person_id) == held.c.person_id, *_appointments(agency_id, day)
    )
    rows = _counted(
        db,
        held,
        held.outerjoin(Appointment, appointed),
        sa.func.count(held.c.person_id.distinct()),
        sa.func.count(held.c.organization_id.distinct()),
        sa.func.count(col(Appointment.id).distinct()),
    )
    return {place: (persons, bodies, posts) for place, (persons, bodies, posts) in rows}


def _organization_counts(db: ScopedSession, filed: sa.Subquery) -> dict[Place, int]:
    """Return the organizations on file by place."""
    rows = _counted(db, filed, filed, sa.func.count(filed.c.organization_id.distinct()))
    return {place: count for place, (count,) in rows}


def _last_days(db: ScopedSession, held: sa.Subquery, spoken: sa.Subquery) -> dict[Place, dt.date]:
    """Return by place the last day somebody who is a liaison there spoke with the police."""
    rows = _counted(
        db,
        held,
        held.join(spoken, spoken.c.holder_id == held.c.holder_id),
        sa.func.max(spoken.c.happened_at),
    )
    return {place: local_day(moment) for place, (moment,) in rows if moment}


def _counted(
    db: ScopedSession,
    places: sa.Subquery,
    source: sa.FromClause,
    *counts: sa.ColumnElement[Any],
) -> list[tuple[Place, tuple[Any, ...]]]:
    """Read aggregates by place past the rules: the one statement shape that may."""
    rows: Sequence[Sequence[Any]] = db.rows(
        sa.select(places.c.level, places.c.key, *counts)
        .select_from(source)
        .group_by(places.c.level, places.c.key)
        .execution_options(system="counts from scratch")
    )
    return [((Level(level), key), tuple(figures)) for level, key, *figures in rows]


def _standing(agency_id: UUID, day: dt.date, kind: AreaKind) -> sa.CTE:
    """Give the areas of one kind on `day`, the unit in charge and its station."""
    return (
        sa.select(
            col(UnitJurisdiction.area_id),
            col(UnitJurisdiction.unit_id),
            col(UnitPlacement.station_id),
        )
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(UnitJurisdiction.unit_id))
        .join(Area, col(Area.id) == col(UnitJurisdiction.area_id))
        .where(
            col(UnitJurisdiction.agency_id) == agency_id,
            col(UnitPlacement.agency_id) == agency_id,
            col(UnitPlacement.station_id).is_not(None),
            col(Area.kind) == kind,
            holds(UnitJurisdiction, day),
            holds(UnitPlacement, day),
            holds(Area, day),
        )
        .cte("standing")
    )


Narrows = Callable[[Mapped[UUID], Mapped[UUID | None]], sa.ColumnElement[bool]]


def _of_station(standing: sa.CTE, station_id: UUID | None) -> Narrows:
    """Return the condition that a row can count at a station at all: kept there, or of its areas.

    It spares the rows of every other station; with None, all of them count.
    """

    def narrow(keeper: Mapped[UUID], area: Mapped[UUID | None]) -> sa.ColumnElement[bool]:
        if station_id is None:
            return sa.true()
        own = sa.select(standing.c.area_id).where(standing.c.station_id == station_id)
        return sa.or_(keeper == station_id, area.in_(own))

    return narrow


def _liaisons(agency_id: UUID, day: dt.date, counts: Narrows) -> sa.CTE:
    """Give the holders of a term on `day`, a row per area; without areas, a row with none."""
    area = sa.and_(
        col(LiaisonTermArea.term_id) == col(LiaisonTerm.id),
        col(LiaisonTermArea.agency_id) == agency_id,
    )
    return (
        sa.select(
            col(LiaisonTerm.station_id),
            col(LiaisonTermArea.area_id),
            col(LiaisonTerm.person_id),
            col(LiaisonTerm.organization_id),
            sa.func.coalesce(col(LiaisonTerm.person_id), col(LiaisonTerm.organization_id)).label(
                "holder_id"
            ),
        )
        .outerjoin(LiaisonTermArea, area)
        .where(
            col(LiaisonTerm.agency_id) == agency_id,
            holds(LiaisonTerm, day),
            counts(col(LiaisonTerm.station_id), col(LiaisonTermArea.area_id)),
        )
        .cte("liaisons")
    )


def _organizations(agency_id: UUID, counts: Narrows) -> sa.CTE:
    """Give the active organizations on file, in the same columns as `_liaisons`."""
    return (
        sa.select(
            col(Organization.station_id),
            col(Organization.area_id),
            sa.null().label("person_id"),
            col(Organization.id).label("organization_id"),
            col(Organization.id).label("holder_id"),
        )
        .where(
            col(Organization.agency_id) == agency_id,
            col(Organization.is_active),
            counts(col(Organization.station_id), col(Organization.area_id)),
        )
        .cte("organizations")
    )


def _by_level(
    standing: sa.CTE, holders: sa.CTE, agency_id: UUID, station_id: UUID | None
) -> sa.Subquery:
    """Repeat each holder at every level it counts at.

    Where it has an area that stands, that area's units and stations count it, whichever station
    keeps its file (a koban may have moved since); otherwise the station that keeps it does.
    """
    placed = (
        sa.select(standing, holders.c.person_id, holders.c.organization_id, holders.c.holder_id)
        .join(holders, holders.c.area_id == standing.c.area_id)
        .cte(f"placed_{holders.name}")
    )
    elsewhere = ~sa.exists().where(placed.c.holder_id == holders.c.holder_id)
    agency = sa.literal(agency_id, Key())
    levels = sa.union_all(
        _at(Level.AREA, placed.c.area_id, placed),
        _at(Level.UNIT, placed.c.unit_id, placed),
        _at(Level.STATION, placed.c.station_id, placed),
        _at(Level.ALL, agency, placed),
        _at(Level.ELSEWHERE, holders.c.station_id, holders).where(elsewhere),
        _at(Level.STATION, holders.c.station_id, holders).where(elsewhere),
        _at(Level.ALL, agency, holders).where(elsewhere),
    ).subquery(f"every_{holders.name}")
    shown = sa.select(levels)
    if station_id is not None:
        shown = shown.where(levels.c.station_id == station_id)
    return shown.subquery(f"{holders.name}_by_level")


def _at(level: Level, key: sa.ColumnElement[Any], source: sa.CTE) -> sa.Select[Any]:
    return sa.select(
        sa.literal(level.value).label("level"),
        key.label("key"),
        source.c.station_id,
        source.c.person_id,
        source.c.organization_id,
        source.c.holder_id,
    )


def _appointments(agency_id: UUID, day: dt.date) -> list[sa.ColumnElement[bool]]:
    """Give the conditions of a post held on `day`; an unknown start is an early one."""
    return [
        col(Appointment.agency_id) == agency_id,
        sa.or_(col(Appointment.valid_from).is_(None), col(Appointment.valid_from) <= day),
        sa.or_(col(Appointment.valid_to).is_(None), col(Appointment.valid_to) >= day),
    ]


def _last_contacts(held: sa.CTE, agency_id: UUID, day: dt.date) -> sa.Subquery:
    """Give the last time each liaison of `held` spoke with the police, up to `day`.

    One step in the index of each liaison's own contacts, whatever the size of the ledger.
    """
    return sa.union_all(
        *(
            sa.select(
                held.c.holder_id,
                sa.select(col(link.happened_at))
                .where(
                    holder == key,
                    col(link.agency_id) == agency_id,
                    col(link.outcome).in_(TWO_WAY),
                    col(link.happened_at) < end_of_day(day),
                )
                .order_by(col(link.happened_at).desc())
                .limit(1)
                .correlate(held)
                .scalar_subquery()
                .label("happened_at"),
            )
            .where(key.is_not(None))
            .distinct()
            for link, holder, key in (
                (NotePerson, col(NotePerson.person_id), held.c.person_id),
                (NoteOrganization, col(NoteOrganization.organization_id), held.c.organization_id),
            )
        )
    ).subquery("last_contacts")
