"""The counts against a plain model of what they mean, over small made-up agencies."""

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from crm.agencies.models import (
    Agency,
    Unit,
    UnitJurisdiction,
    UnitKind,
    UnitPlacement,
)
from crm.areas.models import Area, AreaKind
from crm.contacts.models import Organization, OrganizationKind, Person
from crm.coverage.models import Level, Place, Tally
from crm.coverage.queries import Shown
from crm.kernel.actor import AgencyKind
from crm.kernel.clock import start_of_day
from crm.kernel.db import Database
from crm.kernel.settings import Settings
from crm.notes.models import TWO_WAY, Outcome
from tests.coverage.records import counted, put_liaison, put_note, put_post
from tests.coverage.scratch import from_scratch
from tests.support.world import START, World, build_world

Span = tuple[int, int | None]
"""First and last day, counted from the start; no last day means it still holds."""

AREAS, UNITS, STATIONS = range(3), range(2), range(2)
spans = st.tuples(st.integers(0, 4), st.none() | st.integers(0, 4))
terms = st.tuples(spans, st.sets(st.sampled_from(AREAS)))


@dataclass(frozen=True)
class Holder:
    """A person, or an organization with the area it stands for."""

    is_person: bool
    station: int
    own_area: int | None
    is_active: bool
    terms: list[tuple[Span, set[int]]]
    posts: list[Span]
    notes: list[tuple[int, Outcome]]


@dataclass(frozen=True)
class Town:
    """Who is in charge of what, and who lives there. Unit 0 moves to the other station."""

    moves_on: int
    charges: list[tuple[int, int, Span]]
    holders: list[Holder]


holders = st.builds(
    Holder,
    st.booleans(),
    st.sampled_from(STATIONS),
    st.none() | st.sampled_from(AREAS),
    st.booleans(),
    st.lists(terms, max_size=2),
    st.lists(spans, max_size=2),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(Outcome)), max_size=3),
)
charges = st.tuples(st.sampled_from(UNITS), st.sampled_from(AREAS), spans)
towns = st.builds(
    Town, st.integers(1, 4), st.lists(charges, max_size=5), st.lists(holders, max_size=5)
)


def day_of(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def within(span: Span, day: int) -> bool:
    return span[0] <= day and (span[1] is None or day <= span[1])


@dataclass(frozen=True)
class Keys:
    """The keys a town got in the database."""

    agency: UUID
    stations: list[UUID]
    units: list[UUID]
    areas: list[UUID]


def expected(town: Town, keys: Keys, day: int, shown: int | None) -> dict[Place, Tally]:
    station_of = {0: 0 if day < town.moves_on else 1, 1: 1}
    standing = {
        (area, unit, station_of[unit]) for unit, area, span in town.charges if within(span, day)
    }
    areas = {
        (id(holder)): {area for span, named in holder.terms if within(span, day) for area in named}
        for holder in town.holders
    }
    liaisons = [
        (holder, areas[id(holder)])
        for holder in town.holders
        if any(within(span, day) for span, _ in holder.terms)
    ]
    filed = [
        (holder, {holder.own_area} - {None})
        for holder in town.holders
        if not holder.is_person and holder.is_active
    ]
    found: dict[Place, Tally] = {}
    for place in _places():
        there = [
            holder for holder, named in liaisons if _is_at(place, holder, named, standing, shown)
        ]
        registered = sum(_is_at(place, holder, named, standing, shown) for holder, named in filed)
        if there or registered:
            found[place[0], _key(place, keys)] = _tally(there, registered, day)
    return found


def _places() -> Iterator[tuple[Level, int]]:
    yield from ((Level.AREA, area) for area in AREAS)
    yield from ((Level.UNIT, unit) for unit in UNITS)
    yield from ((Level.STATION, station) for station in STATIONS)
    yield from ((Level.ELSEWHERE, station) for station in STATIONS)
    yield (Level.ALL, 0)


def _is_at(
    place: tuple[Level, int],
    holder: Holder,
    named: set[int],
    standing: set[tuple[int, int, int]],
    shown: int | None,
) -> bool:
    level, number = place
    spots = {spot for spot in standing if spot[0] in named}
    if not spots:
        owner = holder.station
        if shown not in (None, owner):
            return False
        return level is Level.ALL or (level in (Level.STATION, Level.ELSEWHERE) and owner == number)
    spots = {spot for spot in spots if shown in (None, spot[2])}
    column = {Level.AREA: 0, Level.UNIT: 1, Level.STATION: 2}.get(level)
    if column is None:
        return level is Level.ALL and bool(spots)
    return any(spot[column] == number for spot in spots)


def _key(place: tuple[Level, int], keys: Keys) -> UUID:
    level, number = place
    if level is Level.ALL:
        return keys.agency
    return {Level.AREA: keys.areas, Level.UNIT: keys.units}.get(level, keys.stations)[number]


def _tally(there: list[Holder], registered: int, day: int) -> Tally:
    spoken = [
        when
        for holder in there
        for when, outcome in holder.notes
        if outcome in TWO_WAY and when <= day
    ]
    return Tally(
        persons=sum(holder.is_person for holder in there),
        organizations=sum(not holder.is_person for holder in there),
        posts=sum(
            within(span, day) for holder in there if holder.is_person for span in holder.posts
        ),
        registered=registered,
        last_contact=day_of(max(spoken)) if spoken else None,
    )


def put_town(world: World, town: Town) -> Keys:
    """Write a town as an agency of its own, beside those of earlier examples."""
    agency = uuid7()
    stations = [Unit(agency_id=agency, kind=UnitKind.STATION) for _ in STATIONS]
    units = [Unit(agency_id=agency, kind=UnitKind.KOBAN) for _ in UNITS]
    areas = [Area(kind=AreaKind.ASSOCIATION_AREA, name=f"区域{n}", valid_from=START) for n in AREAS]
    keys = Keys(agency, *([row.id for row in rows] for rows in (stations, units, areas)))
    world.put(
        Agency(id=agency, kind=AgencyKind.PREFECTURAL_POLICE, name=str(agency)),
        *stations,
        *units,
        *areas,
        *_placements(town, keys),
        *(
            UnitJurisdiction(
                agency_id=agency,
                unit_id=keys.units[unit],
                area_id=keys.areas[area],
                valid_from=day_of(first),
                valid_to=None if last is None else day_of(last),
            )
            for unit, area, (first, last) in town.charges
        ),
    )
    theirs = World(
        world.database,
        agency,
        {**world.units, **{str(n): key for n, key in enumerate(keys.stations)}},
        {str(n): key for n, key in enumerate(keys.areas)},
        world.actors,
    )
    for holder in town.holders:
        _put_holder(theirs, holder)
    return keys


def _placements(town: Town, keys: Keys) -> list[SQLModel]:
    first, second = keys.stations
    moving, staying = keys.units
    rows = [
        (first, first, 0, None),
        (second, second, 0, None),
        (moving, first, 0, town.moves_on - 1),
        (moving, second, town.moves_on, None),
        (staying, second, 0, None),
    ]
    return [
        UnitPlacement(
            agency_id=keys.agency,
            unit_id=unit,
            station_id=station,
            name="所属",
            valid_from=day_of(since),
            valid_to=None if until is None else day_of(until),
        )
        for unit, station, since, until in rows
    ]


def _put_holder(world: World, holder: Holder) -> None:
    station = str(holder.station)
    if holder.is_person:
        row: Person | Organization = world.person("試験 太郎", "シケン タロウ", station=station)
    else:
        row = Organization(
            agency_id=world.agency_id,
            station_id=world.units[station],
            kind=OrganizationKind.OTHER,
            name="団体",
            area_id=None if holder.own_area is None else world.areas[str(holder.own_area)],
            is_active=holder.is_active,
        )
        world.put(row)
    for (first, last), named in holder.terms:
        until = None if last is None else day_of(last)
        put_liaison(world, row, *map(str, named), since=day_of(first), until=until)
    if isinstance(row, Person):
        for first, last in holder.posts:
            until = None if last is None else day_of(last)
            put_post(world, row, since=day_of(first), until=until)
    for when, outcome in holder.notes:
        put_note(world, row, at=start_of_day(day_of(when)), outcome=outcome)


@pytest.fixture(scope="module")
def shared_world(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One SQLite database for all examples: the towns before are the noise of the next."""
    path = tmp_path_factory.mktemp("coverage") / "crm.db"
    shutil.copy(sqlite_template, path)
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    yield build_world(database)
    database.close()


@settings(max_examples=25, deadline=None)
@given(town=towns, day=st.integers(0, 5), shown=st.none() | st.sampled_from(STATIONS))
def test_counts_are_what_the_plain_model_says(
    shared_world: World, town: Town, day: int, shown: int | None
) -> None:
    keys = put_town(shared_world, town)
    actor = replace(shared_world.actors["hq"], agency_id=keys.agency)
    station = None if shown is None else keys.stations[shown]
    asked = Shown(keys.agency, day_of(day), AreaKind.ASSOCIATION_AREA, station)
    with shared_world.database.reading(actor) as db:
        found, anew = counted(db, asked), from_scratch(db, asked)
    assert found == expected(town, keys, day, shown)
    assert anew == found
