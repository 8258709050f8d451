"""What a station's units were called, and which section they belonged to, on any day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from crm.agencies.models import UnitKind


class UnitPlace(NamedTuple):
    """A unit's name and parent from one day to another."""

    unit_id: UUID
    parent_id: UUID | None
    kind: UnitKind
    name: str
    valid_from: dt.date
    valid_to: dt.date | None

    def holds_on(self, day: dt.date) -> bool:
        """Whether the unit stood so on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class UnitBook:
    """Every placement a station ever had: names and sections at the time, without a statement."""

    def __init__(self, places: Iterable[UnitPlace]) -> None:
        self._places: dict[UUID, list[UnitPlace]] = defaultdict(list)
        for place in sorted(places, key=lambda place: place.valid_from):
            self._places[place.unit_id].append(place)

    def units(self) -> frozenset[UUID]:
        """Return every unit the station ever had."""
        return frozenset(self._places)

    def name(self, unit_id: UUID, day: dt.date) -> str:
        """Return what the unit was called on `day`."""
        place = self._place(unit_id, day)
        return place.name if place else ""

    def kind(self, unit_id: UUID, day: dt.date) -> UnitKind | None:
        """Return what the unit was on `day`."""
        place = self._place(unit_id, day)
        return place.kind if place else None

    def section(self, unit_id: UUID, day: dt.date) -> str:
        """Return the section (課) the unit belonged to; a koban counts as its section."""
        for place in self._upward(unit_id, day):
            if place.kind is UnitKind.SECTION:
                return place.name
        return self.name(unit_id, day)

    def below(self, unit_id: UUID, day: dt.date) -> frozenset[UUID]:
        """Return the unit and everything under it on `day`."""
        return frozenset(
            other
            for other in self._places
            if any(place.unit_id == unit_id for place in self._upward(other, day))
        )

    def above(self, unit_id: UUID, day: dt.date) -> list[UUID]:
        """Return the unit and those it belongs to on `day`, the nearest first."""
        return [place.unit_id for place in self._upward(unit_id, day)]

    def _place(self, unit_id: UUID, day: dt.date) -> UnitPlace | None:
        """Return the placement on `day`; before the first or after the last, the nearest one."""
        places = self._places.get(unit_id, [])
        begun = [place for place in places if place.valid_from <= day]
        return begun[-1] if begun else next(iter(places), None)

    def _upward(self, unit_id: UUID, day: dt.date) -> Iterator[UnitPlace]:
        place = self._place(unit_id, day)
        while place is not None:
            yield place
            place = self._place(place.parent_id, day) if place.parent_id else None
