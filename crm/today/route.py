"""A tour in map order: whom to call on and for what, area after area, the way one would walk."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.formats.geodata import SvgMap
from crm.notes.burden import NOTHING, Burden
from crm.today.tour import OpenReply, Tour
from crm.today.visits import Named, Visit

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody to call on, with everything there is to do there; `area` is empty if not known."""

    number: int
    who: Named
    area_id: UUID | None
    area: str
    posts: str = ""
    burden: Burden = NOTHING
    visits: Sequence[Visit] = ()
    replies: Sequence[OpenReply] = ()

    @property
    def is_owed(self) -> bool:
        """Whether it is more than a proposal: an answer, a promise, or the strengthening day's."""
        return bool(self.replies) or any(
            visit.promised_on or visit.is_aimed for visit in self.visits
        )


class MapArea(NamedTuple):
    """An area of the beat as it is drawn, with the numbers of its stops: 「2」, 「3–5」 or none."""

    name: str
    path: str
    x: int
    y: int
    numbers: str


@dataclass(frozen=True, slots=True)
class RouteMap:
    """The small map beside the stops; empty where no area has a shape."""

    view_box: str
    areas: Sequence[MapArea]


@dataclass(slots=True)
class _Call:
    """What was gathered of one holder."""

    who: Named
    posts: str = ""
    burden: Burden = NOTHING
    visits: list[Visit] = field(default_factory=list)
    replies: list[OpenReply] = field(default_factory=list)


def stops_of(
    tour: Tour, points: Mapping[UUID, Point], chosen: Collection[Holder] | None = None
) -> list[Stop]:
    """Return whom a tour calls on, in map order; of `chosen` alone where given.

    `points` is where each area lies. Areas without a shape follow in reading order, and whoever is
    in no known area comes last.
    """
    calls = [call for call in _calls(tour) if chosen is None or call.who.holder in chosen]
    placed = [(call, _area_of(tour, call.who.holder)) for call in calls]
    used = {area for _, area in placed if area}
    walked = walking_order({area: points[area] for area in used if area in points})
    unseen = [area for area in tour.beat.areas if area in used and area not in points]
    order = {area: position for position, area in enumerate([*walked, *unseen])}

    def position(one: tuple[_Call, UUID | None]) -> tuple[int, str, str]:
        call, area = one
        return (order[area] if area else len(order), call.who.kana, call.who.name)

    return [
        Stop(
            number,
            call.who,
            area,
            tour.beat.areas[area] if area else "",
            call.posts,
            call.burden,
            call.visits,
            call.replies,
        )
        for number, (call, area) in enumerate(sorted(placed, key=position), 1)
    ]


def map_of(tour: Tour, drawing: SvgMap[UUID], stops: Iterable[Stop]) -> RouteMap:
    """Return the map of a beat with the numbers of its stops."""
    numbers: dict[UUID, list[int]] = {}
    for stop in stops:
        if stop.area_id:
            numbers.setdefault(stop.area_id, []).append(stop.number)
    areas = [
        MapArea(name, drawing.paths[area], *drawing.label_points[area], _span(numbers.get(area)))
        for area, name in tour.beat.areas.items()
        if area in drawing.paths
    ]
    return RouteMap(drawing.view_box, areas)


def walking_order(points: Mapping[UUID, Point]) -> list[UUID]:
    """Return a short way through all `points`, each once, from wherever it is shortest."""
    starts = sorted(points, key=lambda key: (points[key], key))
    ways = [_nearest_first(points, start, starts) for start in starts]
    best = min(ways, key=lambda way: _length(points, way), default=[])
    return _untangled(points, best)


def _calls(tour: Tour) -> list[_Call]:
    """Gather what a tour says of each holder: promises and answers may meet at one door."""
    found: dict[Holder, _Call] = {}
    left = [line for line in tour.left if (line.visit.promised_on or tour.day) <= tour.day]
    for line in (*tour.promised, *left, *tour.aimed, *tour.due):
        call = found.setdefault(line.visit.who.holder, _Call(line.visit.who))
        call.posts, call.burden = line.posts, line.burden
        call.visits.append(line.visit)
    for reply in tour.replies:
        for who in reply.from_whom if reply.is_own else ():
            call = found.setdefault(who.holder, _Call(who))
            known = tour.askers.get(who.holder)
            if known:
                call.posts, call.burden = known.posts, known.burden
            call.replies.append(reply)
    return list(found.values())


def _area_of(tour: Tour, holder: Holder) -> UUID | None:
    """Return the first area of the beat somebody stands for."""
    places = tour.places.get(holder, frozenset())
    return next((area for area in tour.beat.areas if area in places), None)


def _span(numbers: Sequence[int] | None) -> str:
    if not numbers:
        return ""
    first, last = min(numbers), max(numbers)
    return f"{first}" if first == last else f"{first}–{last}"


def _nearest_first(points: Mapping[UUID, Point], start: UUID, order: Sequence[UUID]) -> list[UUID]:
    way, left = [start], [key for key in order if key != start]
    while left:
        here = points[way[-1]]
        nearest = min(left, key=lambda key: math.dist(here, points[key]))
        left.remove(nearest)
        way.append(nearest)
    return way


def _untangled(points: Mapping[UUID, Point], way: Sequence[UUID]) -> list[UUID]:
    """Turn stretches of a way around as long as that makes it shorter (2-opt)."""
    best = list(way)
    length = _length(points, best)
    for first in range(len(best) - 1):
        for last in range(first + 2, len(best) + 1):
            turned = [*best[:first], *reversed(best[first:last]), *best[last:]]
            if (shorter := _length(points, turned)) < length:
                best, length = turned, shorter
    return best


def _length(points: Mapping[UUID, Point], way: Sequence[UUID]) -> float:
    return sum(math.dist(points[one], points[other]) for one, other in pairwise(way))
