"""Where a liaison counts from which day to which: worked out of its terms, posts and areas."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from crm.areas.models import AreaKind
from crm.coverage.models import Reach

ONE_DAY = dt.timedelta(days=1)


class Dates(NamedTuple):
    """From one day to another, both included; no beginning is an early one."""

    first: dt.date | None
    last: dt.date | None

    def hold(self, day: dt.date) -> bool:
        """Whether `day` is one of them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class Term(NamedTuple):
    """A term, the station that keeps it and the areas it is about."""

    dates: Dates
    station_id: UUID
    area_ids: frozenset[UUID]


class Spot(NamedTuple):
    """An area under a unit under a station; with neither of the first two, the station's file."""

    station_id: UUID
    unit_id: UUID | None
    area_id: UUID | None

    @property
    def order(self) -> tuple[UUID, str, str]:
        """Which of several spots comes first."""
        return self.station_id, str(self.unit_id), str(self.area_id)


class Standing(NamedTuple):
    """While an area stands under a unit."""

    kind: AreaKind
    spot: Spot
    dates: Dates


class Span(NamedTuple):
    """From one day to another a liaison counts at a spot, so far up and with so many posts."""

    kind: AreaKind
    spot: Spot
    reach: Reach
    posts: int
    dates: Dates


def spans_of(
    terms: Sequence[Term], posts: Sequence[Dates], standing: Mapping[UUID, Sequence[Standing]]
) -> list[Span]:
    """Return where somebody of these terms and posts counts, for every kind of area.

    `standing` gives what stands by area.
    """
    own = [each for term in terms for area in term.area_ids for each in standing.get(area, ())]
    nowhere = list(_stretches(terms, posts, ()))
    found = []
    for kind in AreaKind:
        stands = [each for each in own if each.kind is kind]
        stretches = _stretches(terms, posts, stands) if stands else nowhere
        found += [Span(kind, *count, dates) for count, dates in stretches]
    return found


_Count = tuple[Spot, Reach, int]


def _stretches(
    terms: Sequence[Term], posts: Sequence[Dates], stands: Sequence[Standing]
) -> Iterator[tuple[_Count, Dates]]:
    """Yield what counts the same from one day to another, as long as it does."""
    since: dict[_Count, dt.date] = {}
    every = (term.dates for term in terms), posts, (each.dates for each in stands)
    for day in _turns([dates for some in every for dates in some]):
        counts = set(_counts_on(day, terms, posts, stands))
        for count in since.keys() - counts:
            yield count, Dates(since.pop(count), day - ONE_DAY)
        for count in counts - since.keys():
            since[count] = day
    yield from ((count, Dates(day, None)) for count, day in since.items())


def _turns(every: Sequence[Dates]) -> list[dt.date]:
    """Return the days on which something begins, or has ended the day before."""
    begins = {dates.first for dates in every if dates.first}
    return sorted(begins | {dates.last + ONE_DAY for dates in every if dates.last})


def _counts_on(
    day: dt.date, terms: Sequence[Term], posts: Sequence[Dates], stands: Sequence[Standing]
) -> Iterator[_Count]:
    serving = [term for term in terms if term.dates.hold(day)]
    about = {area for term in serving for area in term.area_ids}
    spots = {each.spot for each in stands if each.spot.area_id in about and each.dates.hold(day)}
    if not spots:
        spots = {Spot(term.station_id, None, None) for term in serving}
    held = sum(dates.hold(day) for dates in posts)
    placed = sorted(spots, key=lambda spot: spot.order)
    for before, spot in pairwise([None, *placed]):
        if spot is not None:  # only the first of all has none before it
            yield spot, _reach(before, spot), held


def _reach(before: Spot | None, spot: Spot) -> Reach:
    """Return how far up a spot counts after the one before it, in their order."""
    if before is None:
        return Reach.ALL
    if before.station_id != spot.station_id:
        return Reach.STATION
    return Reach.UNIT if before.unit_id != spot.unit_id else Reach.AREA
