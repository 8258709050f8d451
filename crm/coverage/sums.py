"""Adding counts by area up to units, stations and all of them, each liaison once at each level."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from crm.coverage.models import NOTHING, Level, Place, Reach, Tally


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

    @property
    def tally(self) -> Tally:
        """What it adds where it counts."""
        return Tally(self.persons, self.organizations, self.posts, 0, self.last_contact)


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
    tallies: dict[Place, Tally] = field(default_factory=dict)

    def add_liaisons(self, count: SpanCount) -> None:
        """Add liaisons of an area under one unit, or of a station's file."""
        counted = count.tally
        only_day = Tally(last_contact=count.last_contact)
        for place, reach in self._places_of(count):
            self._add(place, counted if count.reach >= reach else only_day)

    def add_registered(self, keeper: UUID, area: UUID | None, count: int) -> None:
        """Add organizations on file: at their area where it stands, else where they are kept."""
        units = self.standing.get(area, ()) if area else ()
        stations = {self.stations[unit] for unit in units}
        self._add((Level.ALL, self.agency_id), Tally(registered=count))
        if not area or not units:
            self._add((Level.ELSEWHERE, keeper), Tally(registered=count))
            stations = {keeper}
        else:
            self._add((Level.AREA, area), Tally(registered=count))
        for unit in units:
            self._add((Level.UNIT, unit), Tally(registered=count))
        for station in stations:
            self._add((Level.STATION, station), Tally(registered=count))

    def _places_of(self, count: SpanCount) -> Iterator[tuple[Place, Reach]]:
        """Yield where liaisons count, and how far up they must reach to count there."""
        if count.area_id and count.unit_id:
            # an area two units share has the same liaisons under either
            if self.standing[count.area_id][0] == count.unit_id:
                yield (Level.AREA, count.area_id), Reach.AREA
            yield (Level.UNIT, count.unit_id), Reach.UNIT
        else:
            yield (Level.ELSEWHERE, count.station_id), Reach.AREA
        yield (Level.STATION, count.station_id), Reach.STATION
        whole = Reach.STATION if self.alone else Reach.ALL
        yield (Level.ALL, self.agency_id), whole

    def _add(self, place: Place, more: Tally) -> None:
        have = self.tallies.get(place, NOTHING)
        days = [day for day in (have.last_contact, more.last_contact) if day]
        self.tallies[place] = Tally(
            have.persons + more.persons,
            have.organizations + more.organizations,
            have.posts + more.posts,
            have.registered + more.registered,
            max(days, default=None),
        )
