"""Adding counts by area up to units, stations and all of them, each liaison once at each level."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from crm.coverage.models import Level, Place, Reach, Tally


class SpanCount(NamedTuple):
    """The liaisons that count at one place as far up as `reach`.

    Without a unit and an area they are those of the station's file alone.
    """

    station_id: UUID
    unit_id: UUID | None
    area_id: UUID | None
    reach: int
    persons: int
    organizations: int
    posts: int
    last_contact: dt.date | None


@dataclass(slots=True)
class _Counts:
    """The counts of one place, while they are added up."""

    persons: int = 0
    organizations: int = 0
    posts: int = 0
    registered: int = 0
    last_contact: dt.date | None = None

    def add_liaisons(self, more: SpanCount) -> None:
        self.persons += more.persons
        self.organizations += more.organizations
        self.posts += more.posts

    def add_day(self, day: dt.date | None) -> None:
        if day and (self.last_contact is None or self.last_contact < day):
            self.last_contact = day

    @property
    def tally(self) -> Tally:
        return Tally(
            self.persons, self.organizations, self.posts, self.registered, self.last_contact
        )


@dataclass(slots=True)
class Sums:
    """The counts so far, by place.

    `stations` gives the station by unit, `standing` the units in charge by area. One station alone
    is all there is: what counts there counts in the whole.
    """

    agency_id: UUID
    stations: Mapping[UUID, UUID]
    standing: Mapping[UUID, Sequence[UUID]]
    alone: bool
    # level by level: a place as one key would be hashed thousands of times
    _counts: defaultdict[Level, defaultdict[UUID, _Counts]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(_Counts))
    )

    @property
    def tallies(self) -> dict[Place, Tally]:
        """The counts of every place where something was added."""
        return {
            (level, key): counts.tally
            for level, places in self._counts.items()
            for key, counts in places.items()
        }

    def add_liaisons(self, count: SpanCount) -> None:
        """Add liaisons of an area under one unit, or of a station's file."""
        for level, key, reach in self._places_of(count):
            counts = self._counts[level][key]
            counts.add_day(count.last_contact)
            if count.reach >= reach:
                counts.add_liaisons(count)

    def add_registered(self, keeper: UUID, area: UUID | None, count: int) -> None:
        """Add organizations on file: at their area where it stands, else where they are kept."""
        units = self.standing.get(area, ()) if area else ()
        self._register(Level.ALL, self.agency_id, count)
        if not area or not units:
            self._register(Level.ELSEWHERE, keeper, count)
            self._register(Level.STATION, keeper, count)
            return
        self._register(Level.AREA, area, count)
        for unit in units:
            self._register(Level.UNIT, unit, count)
        for station in {self.stations[unit] for unit in units}:
            self._register(Level.STATION, station, count)

    def _register(self, level: Level, key: UUID, count: int) -> None:
        self._counts[level][key].registered += count

    def _places_of(self, count: SpanCount) -> Iterator[tuple[Level, UUID, Reach]]:
        """Yield where liaisons count, and how far up they must reach to count there."""
        if count.area_id and count.unit_id:
            # an area two units share has the same liaisons under either
            if self.standing[count.area_id][0] == count.unit_id:
                yield Level.AREA, count.area_id, Reach.AREA
            yield Level.UNIT, count.unit_id, Reach.UNIT
        else:
            yield Level.ELSEWHERE, count.station_id, Reach.AREA
        yield Level.STATION, count.station_id, Reach.STATION
        yield Level.ALL, self.agency_id, Reach.STATION if self.alone else Reach.ALL
