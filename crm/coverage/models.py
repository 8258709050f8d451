"""構築状況 as plain facts: what stands on a day, and how many liaisons are there."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.agencies.models import BOXES, UnitKind
from crm.agencies.queries import UnitLine
from crm.areas.models import AreaKind
from crm.kernel.columns import Dated, Key, StationOwned, choice


class Level(StrEnum):
    """What a count is taken over; a liaison counts once at each, so levels never add up."""

    AREA = "area"
    UNIT = "unit"
    STATION = "station"
    ELSEWHERE = "elsewhere"
    ALL = "all"


class Reach(IntEnum):
    """How far up a liaison counts by one of its places, so that it counts once at each level.

    By the first of its places it counts everywhere; by the next only where the first does not.
    """

    AREA = 1
    UNIT = 2
    STATION = 3
    ALL = 4


class CoverageSpan(StationOwned, Dated, table=True):
    """From one day to another, a liaison counts at a place: worked out of the records, kept so.

    `station_id` is the station of the unit in charge; without a unit and an area the liaison has
    none that stands, and it is the station that keeps its file. `persons` and `organizations` are
    0 or 1, `posts` the person's appointments in that time.
    """

    __tablename__ = "coverage_span"
    __table_args__ = (
        sa.Index(
            "ix_coverage_span_counted",
            *("agency_id", "kind", "station_id", "unit_id", "area_id", "reach"),
            *("valid_from", "valid_to", "persons", "organizations", "posts", "holder_id"),
        ),
    )

    kind: AreaKind = Field(sa_type=choice(AreaKind, checked=False))
    unit_id: UUID | None = Field(default=None, sa_type=Key)
    area_id: UUID | None = Field(default=None, sa_type=Key)
    holder_id: UUID = Field(sa_type=Key, index=True)
    reach: Reach = Field(sa_type=sa.SmallInteger)
    persons: int = Field(sa_type=sa.SmallInteger)
    organizations: int = Field(sa_type=sa.SmallInteger)
    posts: int


class Charge(NamedTuple):
    """An area and the unit in charge of it on a day."""

    unit_id: UUID
    area_id: UUID
    kind: AreaKind
    name: str
    revision: int


class Tally(NamedTuple):
    """The counts of one place; `persons` and `organizations` are liaisons, apart from each other.

    `posts` counts appointments of the persons (延べ), `registered` the active organizations on
    file whether liaisons or not, `last_contact` the last day both sides spoke.
    """

    persons: int = 0
    organizations: int = 0
    posts: int = 0
    registered: int = 0
    last_contact: dt.date | None = None

    @property
    def liaisons(self) -> int:
        """Persons and organizations together; a person is never an organization."""
        return self.persons + self.organizations


NOTHING = Tally()

Place = tuple[Level, UUID]
"""A level and the key of the area, unit, station or agency there."""


class AreaLine(NamedTuple):
    """An area with its counts; `revision` changes when its polygon does.

    An area two units share stands in the tree twice; `is_first` marks the place links lead to.
    """

    id: UUID
    name: str
    revision: int
    tally: Tally
    is_first: bool


class UnitBranch(NamedTuple):
    """A koban, chuzaisho or other unit in charge, with its areas."""

    id: UUID
    name: str
    tally: Tally
    areas: Sequence[AreaLine]

    @property
    def vacant(self) -> Sequence[AreaLine]:
        """The areas without anyone, in the order of the table."""
        return [area for area in self.areas if not area.tally.liaisons]


class StationBranch(NamedTuple):
    """A station with its units; `elsewhere` counts what none of the areas shown holds."""

    id: UUID
    name: str
    tally: Tally
    units: Sequence[UnitBranch]
    elsewhere: Tally

    @property
    def vacant(self) -> int:
        """How many areas are without anyone; one that two units share counts once."""
        return len({area.id for unit in self.units for area in unit.vacant})


@dataclass(frozen=True, slots=True)
class Coverage:
    """Liaisons and posts by station, unit and area on one day, for one kind of area.

    `kinds` are the kinds there is a choice of: `kind`, and those a unit is in charge of on the day.
    """

    day: dt.date
    kind: AreaKind
    kinds: Sequence[AreaKind]
    total: Tally
    stations: Sequence[StationBranch]

    @property
    def areas(self) -> Sequence[AreaLine]:
        """Every area once, also where two units share it."""
        return list({area.id: area for _, area in self._lines()}.values())

    @property
    def vacant(self) -> int:
        """How many areas are without anyone, each counted once."""
        return sum(not area.tally.liaisons for area in self.areas)

    @property
    def station_ids(self) -> Mapping[UUID, UUID]:
        """The station whose page shows an area, by the key of the area."""
        return {area.id: station.id for station, area in self._lines() if area.is_first}

    def _lines(self) -> Iterator[tuple[StationBranch, AreaLine]]:
        for station in self.stations:
            for unit in station.units:
                for area in unit.areas:
                    yield station, area


def branches(
    units: Sequence[UnitLine], charges: Sequence[Charge], tallies: Mapping[Place, Tally]
) -> list[StationBranch]:
    """Arrange units, areas and counts as a tree, keeping the order they come in.

    A koban or chuzaisho always stands in it; another unit only where it is in charge of an area.
    """
    areas = _areas_by_unit(charges, tallies)
    return [
        StationBranch(
            station.id,
            station.name,
            tallies.get((Level.STATION, station.id), NOTHING),
            [
                UnitBranch(
                    unit.id,
                    unit.name,
                    tallies.get((Level.UNIT, unit.id), NOTHING),
                    areas.get(unit.id, []),
                )
                for unit in units
                if unit.station_id == station.id and (unit.kind in BOXES or unit.id in areas)
            ],
            tallies.get((Level.ELSEWHERE, station.id), NOTHING),
        )
        for station in units
        if station.kind is UnitKind.STATION
    ]


def _areas_by_unit(
    charges: Sequence[Charge], tallies: Mapping[Place, Tally]
) -> dict[UUID, list[AreaLine]]:
    found: dict[UUID, list[AreaLine]] = {}
    met: set[UUID] = set()
    for charge in charges:
        tally = tallies.get((Level.AREA, charge.area_id), NOTHING)
        line = AreaLine(
            charge.area_id, charge.name, charge.revision, tally, charge.area_id not in met
        )
        met.add(charge.area_id)
        found.setdefault(charge.unit_id, []).append(line)
    return found
