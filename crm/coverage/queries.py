"""Every select of 構築状況: what stands on a day, by the rules, and the counts, past them.

Headquarters may not read a station's people, only how many there are. So the counts alone leave
the rules, in one marked statement shape (`_counted`): it gives the keys of places and aggregates,
never a name or a word about anybody, and every table in it is narrowed to the agency by hand.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col

from crm.agencies.models import UnitJurisdiction, UnitPlacement
from crm.agencies.queries import UnitLine, units_on
from crm.areas.models import Area, AreaKind
from crm.contacts.models import Organization
from crm.coverage.models import (
    NOTHING,
    Charge,
    Coverage,
    CoverageSpan,
    Level,
    Place,
    Tally,
    branches,
)
from crm.coverage.sums import SpanCount, Sums
from crm.kernel.actor import Actor
from crm.kernel.clock import end_of_day, local_day
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession
from crm.notes.models import TWO_WAY, NoteOrganization, NotePerson


def coverage_on(
    db: ScopedSession, actor: Actor, day: dt.date, *, kind: AreaKind, station_id: UUID | None
) -> Coverage:
    """Return what stood on `day` and its counts, for one station or, with None, for all.

    Five statements however many places there are.
    """
    charges = charges_on(db, day, station_id=station_id)
    units = units_on(db, day, station_id=station_id)
    shown = Shown(actor.agency_id, day, kind, station_id)
    tallies = tallies_on(db, shown, units, [line for line in charges if line.kind is kind])
    return Coverage(
        day=day,
        kind=kind,
        kinds=[each for each in AreaKind if each in {kind, *(line.kind for line in charges)}],
        total=tallies.get((Level.ALL, actor.agency_id), NOTHING),
        stations=branches(
            units,
            [line for line in charges if line.kind is kind],
            tallies,
        ),
    )


def charges_on(db: ScopedSession, day: dt.date, *, station_id: UUID | None) -> list[Charge]:
    """Return which unit is in charge of which area on `day`, areas in kana order."""
    statement = (
        sa.select(
            col(UnitJurisdiction.unit_id),
            col(Area.id),
            col(Area.kind),
            col(Area.name),
            col(Area.revision),
        )
        .join(Area, col(Area.id) == col(UnitJurisdiction.area_id))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(UnitJurisdiction.unit_id))
        .where(holds(UnitJurisdiction, day), holds(Area, day), holds(UnitPlacement, day))
        .order_by(col(Area.kana_sort), col(Area.name), col(UnitJurisdiction.unit_id))
    )
    if station_id is not None:
        statement = statement.where(col(UnitPlacement.station_id) == station_id)
    return [Charge(*row) for row in db.rows(statement)]


def station_name(db: ScopedSession, station_id: UUID) -> str:
    """Return what a station is called, or was when it last stood; NotFound if there is none."""
    statement = (
        sa.select(col(UnitPlacement.name))
        .where(
            col(UnitPlacement.unit_id) == station_id, col(UnitPlacement.station_id) == station_id
        )
        .order_by(col(UnitPlacement.valid_from).desc())
        .limit(1)
    )
    rows = db.rows(statement)
    if not rows:
        raise NotFound
    return str(rows[0].name)


class Shown(NamedTuple):
    """Which counts are asked for; with no station, those of all."""

    agency_id: UUID
    day: dt.date
    kind: AreaKind
    station_id: UUID | None


def tallies_on(
    db: ScopedSession, shown: Shown, units: Sequence[UnitLine], charges: Sequence[Charge]
) -> dict[Place, Tally]:
    """Return the counts of every area, unit and station, and of all of them together.

    `units` and `charges` are what stands on the day. A person with several posts or areas counts
    once at each level. Organizations on file are those active now: their past is not dated.
    """
    stations = {unit.id: unit.station_id for unit in units if unit.station_id}
    standing: dict[UUID, list[UUID]] = {}
    for held, unit in dict.fromkeys((charge.area_id, charge.unit_id) for charge in charges):
        if unit in stations:
            standing.setdefault(held, []).append(unit)
    sums = Sums(shown.agency_id, stations, standing, alone=shown.station_id is not None)
    for span in _liaison_counts(db, shown):
        sums.add_liaisons(span)
    on_file = _organization_counts(db, shown, standing)
    unplaced = {area for _, area, _ in on_file if area and area not in standing}
    stands_elsewhere = _standing_among(db, shown, unplaced)
    for keeper, area, count in on_file:
        if area not in stands_elsewhere:
            sums.add_registered(keeper, area, count)
    return sums.tallies


def _liaison_counts(db: ScopedSession, shown: Shown) -> list[SpanCount]:
    """Return persons, organizations, posts and the last contact by area, unit and reach."""
    spans = CoverageSpan
    rows = _counted(
        db,
        (col(spans.station_id), col(spans.unit_id), col(spans.area_id), col(spans.reach)),
        sa.func.sum(col(spans.persons)),
        sa.func.sum(col(spans.organizations)),
        sa.func.sum(col(spans.posts)),
        sa.func.max(_last_contact(shown.day)).label("spoken"),
        narrowed=[
            col(spans.agency_id) == shown.agency_id,
            col(spans.kind) == shown.kind,
            *_at_station(col(spans.station_id), shown),
            holds(spans, shown.day),
        ],
    )
    return [
        SpanCount(*row[:-1], local_day(row.spoken) if row.spoken else None)  # type: ignore[call-arg]  # seven columns before it
        for row in rows
    ]


def _organization_counts(
    db: ScopedSession, shown: Shown, standing: Collection[UUID]
) -> list[tuple[UUID, UUID | None, int]]:
    """Return how many organizations are on file by the station that keeps them and by area.

    Of one station: those it keeps and those of the areas that stand there, whoever keeps them.
    """
    every = sa.select(col(Organization.station_id), col(Organization.area_id)).where(
        col(Organization.agency_id) == shown.agency_id, col(Organization.is_active).is_(True)
    )
    filed = every.subquery()
    if shown.station_id is not None:
        kept = col(Organization.station_id) == shown.station_id
        there = col(Organization.area_id).in_(standing)
        # two steps in two indexes; as one condition it would be a walk through the agency's
        filed = sa.union_all(every.where(kept), every.where(~kept, there)).subquery()
    rows = _counted(db, (filed.c.station_id, filed.c.area_id), sa.func.count(), narrowed=[])
    return [(keeper, area, count) for keeper, area, count in rows]


def _standing_among(db: ScopedSession, shown: Shown, areas: Collection[UUID]) -> set[UUID]:
    """Return which of `areas` stand under some unit of the agency on the day."""
    statement = (
        sa.select(col(UnitJurisdiction.area_id), col(UnitPlacement.station_id))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(UnitJurisdiction.unit_id))
        .join(Area, col(Area.id) == col(UnitJurisdiction.area_id))
        .where(
            col(UnitJurisdiction.area_id).in_(areas),
            col(UnitPlacement.station_id).is_not(None),
            col(Area.kind) == shown.kind,
            holds(UnitJurisdiction, shown.day),
            holds(UnitPlacement, shown.day),
            holds(Area, shown.day),
        )
    )
    return {area for area, _ in db.rows(statement)}


def _at_station(station: Mapped[UUID], shown: Shown) -> Iterator[sa.ColumnElement[bool]]:
    if shown.station_id is not None:
        yield station == shown.station_id


def _last_contact(day: dt.date) -> sa.ColumnElement[dt.datetime | None]:
    """Give the last time the liaison of a span spoke with the police, up to `day`.

    One step in the index of its own contacts, whatever the size of the ledger.
    """
    spoken = (
        sa.select(col(link.happened_at))
        .where(
            holder == col(CoverageSpan.holder_id),
            col(link.outcome).in_(TWO_WAY),
            col(link.happened_at) < end_of_day(day),
        )
        .order_by(col(link.happened_at).desc())
        .limit(1)
        .correlate(CoverageSpan)
        .scalar_subquery()
        for link, holder in (
            (NotePerson, col(NotePerson.person_id)),
            (NoteOrganization, col(NoteOrganization.organization_id)),
        )
    )
    by_person, by_organization = spoken
    return sa.case((col(CoverageSpan.persons) == 1, by_person), else_=by_organization)


def _counted(
    db: ScopedSession,
    places: Sequence[sa.ColumnElement[Any] | Mapped[Any]],
    *counts: sa.ColumnElement[Any],
    narrowed: Sequence[sa.ColumnElement[bool]],
) -> Sequence[Any]:
    """Read aggregates by place past the rules: the one statement shape that may."""
    return db.rows(
        sa.select(*places, *counts)
        .where(*narrowed)
        .group_by(*places)
        .execution_options(system="coverage counts")
    )
