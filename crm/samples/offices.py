"""The units of a fictional police: headquarters, a station's sections and boxes, their history."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from crm.agencies.models import OWNERS, Unit, UnitJurisdiction, UnitKind, UnitPlacement
from crm.kernel.kana import kana_sort_key
from crm.samples.rows import Rows
from crm.samples.sizes import Size
from crm.samples.town import Place, Town, nearest, put_outline, spread


class Called(NamedTuple):
    """What a unit is called, as written and as read."""

    name: str
    kana: str


class Calendar(NamedTuple):
    """The days a sample turns on; from `shared` on there are agreements with partner agencies."""

    today: dt.date
    opened: dt.date
    begins: dt.date
    merged: dt.date
    shared: dt.date


@dataclass(slots=True)
class Box:
    """A koban or chuzaisho, the areas it ever had, and the beats inside it."""

    id: UUID
    called: Called
    kind: UnitKind
    closed: bool = False
    beats: list[UUID] = field(default_factory=list)


@dataclass(slots=True)
class Station:
    """A station's units, and the box of each of its areas before and after the merger."""

    id: UUID
    called: Called
    network_office: UUID
    sections: dict[str, UUID]
    boxes: list[Box]
    calendar: Calendar
    before: dict[UUID, Box] = field(default_factory=dict)
    after: dict[UUID, Box] = field(default_factory=dict)

    def box_of(self, area_id: UUID, day: dt.date) -> Box:
        """Return the box responsible for an area on a day."""
        return (self.before if day < self.calendar.merged else self.after)[area_id]

    @property
    def quiet(self) -> Box:
        """The box nobody has gone out from for a long time."""
        return self.boxes[-1]


AGENCY = "若葉県警察"
NETWORK_OFFICES = {"地域課", "地域交通課"}
_HALL = {
    "地域課": "チイキカ",
    "地域交通課": "チイキコウツウカ",
    "生活安全課": "セイカツアンゼンカ",
    "交通課": "コウツウカ",
    "刑事課": "ケイジカ",
    "警務課": "ケイムカ",
}
LARGE_STATION = ("地域課", "生活安全課", "交通課", "刑事課", "警務課")
SMALL_STATION = ("地域交通課", "生活安全課", "警務課")

_BEAT_NAMES = (Called("第一受持区", "ダイイチウケモチク"), Called("第二受持区", "ダイニウケモチク"))
_FORMER_NAME = Called("みなと駅交番", "ミナトエキコウバン")
_KOBAN_WITH_BEATS = 2


def put_unit(
    rows: Rows,
    kind: UnitKind,
    called: Called,
    opened: dt.date,
    *,
    parent_id: UUID | None,
    station_id: UUID | None = None,
    until: dt.date | None = None,
    **more: bool | str,
) -> UUID:
    """Put a unit and its place in the tree into `rows`; a station stands under itself."""
    unit_id = rows.put(Unit, opened, kind=kind, **more)
    if kind in OWNERS:
        station_id = unit_id
    _place(rows, unit_id, called, (opened, until), parent_id=parent_id, station_id=station_id)
    return unit_id


def put_station(
    rows: Rows,
    called: Called,
    sections: Sequence[str],
    *,
    under: UUID,
    calendar: Calendar,
    city: str,
) -> Station:
    """Put a station and its sections into `rows`; its boxes come with its town."""
    station_id = put_unit(
        rows, UnitKind.STATION, called, calendar.opened, parent_id=under, address=f"若葉県{city}"
    )
    made = {
        name: put_unit(
            rows,
            UnitKind.SECTION,
            Called(name, _HALL[name]),
            calendar.opened,
            parent_id=station_id,
            station_id=station_id,
            network_office=name in NETWORK_OFFICES,
        )
        for name in sections
    }
    return Station(station_id, called, made[sections[0]], made, [], calendar)


def put_boxes(rows: Rows, station: Station, town: Town, size: Size, *, merger: bool) -> None:
    """Put the boxes and what they are responsible for into `rows`.

    With a `merger`, one more box once stood beside the first and gave its areas to it.
    """
    count = size.boxes + (1 if merger else 0)
    points = [place.center for place in town.places]
    middle = max(points, key=lambda point: -abs(point.x - _mean([p.x for p in points])))
    centers = spread(points, count, near=middle)
    order = sorted(range(1, count), key=lambda number: centers[0].distance(centers[number]))
    numbers = nearest(points, centers)
    closing = order[0] if merger else None
    for number in (0, *order):
        own = [place for place, at in zip(town.places, numbers, strict=True) if at == number]
        _put_box(rows, station, own, size, closing=number == closing)
    _put_jurisdictions(rows, station, town)
    _put_beats(rows, station, town)


def _put_box(rows: Rows, station: Station, own: list[Place], size: Size, *, closing: bool) -> None:
    calendar = station.calendar
    rural = len(station.boxes) > size.boxes * size.koban
    kind = UnitKind.CHUZAISHO if rural else UnitKind.KOBAN
    called = _call(own[0], kind, first=not station.boxes)
    until = calendar.merged - dt.timedelta(days=1) if closing else None
    box_id = put_unit(
        rows,
        kind,
        called,
        calendar.opened,
        parent_id=station.network_office,
        station_id=station.id,
        until=until,
        address=f"{own[0].address}１番１号",
    )
    box = Box(box_id, called, kind, closed=closing)
    for place in own:
        station.before[place.id] = box
        station.after[place.id] = station.boxes[0] if closing else box
    if not station.boxes:
        _rename_first(rows, station, box)
    put_outline(rows, called, own, calendar.opened)
    station.boxes.append(box)


def _call(place: Place, kind: UnitKind, *, first: bool) -> Called:
    if first and place.municipality.name == "みなと市":
        return Called("みなと駅前交番", "ミナトエキマエコウバン")
    ending = ("駐在所", "チュウザイショ") if kind is UnitKind.CHUZAISHO else ("交番", "コウバン")
    return Called(place.name + ending[0], place.kana + ending[1])


def _rename_first(rows: Rows, station: Station, box: Box) -> None:
    """Let the first box bear another name before the day of the merger."""
    if box.called.name != "みなと駅前交番":
        return
    day = station.calendar.merged
    now_called = rows.tables["unit_placement"][-1]
    now_called["valid_from"] = day
    _place(
        rows,
        box.id,
        _FORMER_NAME,
        (station.calendar.opened, day - dt.timedelta(days=1)),
        parent_id=station.network_office,
        station_id=station.id,
    )


def _put_jurisdictions(rows: Rows, station: Station, town: Town) -> None:
    calendar = station.calendar
    for place in town.places:
        former, present = station.before[place.id], station.after[place.id]
        until = None if former is present else calendar.merged - dt.timedelta(days=1)
        _give(rows, former.id, place, calendar.opened, until)
        if former is not present:
            _give(rows, present.id, place, calendar.merged)


def _put_beats(rows: Rows, station: Station, town: Town) -> None:
    """Divide the areas of the first koban into beats, from the day of the merger."""
    day = station.calendar.merged
    koban = [box for box in station.boxes if box.kind is UnitKind.KOBAN and not box.closed]
    for box in koban[:_KOBAN_WITH_BEATS]:
        own = [place for place in town.places if station.after[place.id] is box]
        half = (len(own) + 1) // 2
        for called, part in zip(_BEAT_NAMES, (own[:half], own[half:]), strict=True):
            beat_id = put_unit(
                rows,
                UnitKind.BEAT,
                Called(f"{box.called.name}{called.name}", box.called.kana + called.kana),
                day,
                parent_id=box.id,
                station_id=station.id,
            )
            box.beats.append(beat_id)
            for place in part:
                _give(rows, beat_id, place, day)


def _give(
    rows: Rows, unit_id: UUID, place: Place, day: dt.date, until: dt.date | None = None
) -> None:
    rows.put(
        UnitJurisdiction, day, unit_id=unit_id, area_id=place.id, valid_from=day, valid_to=until
    )


def _place(
    rows: Rows,
    unit_id: UUID,
    called: Called,
    period: tuple[dt.date, dt.date | None],
    *,
    parent_id: UUID | None,
    station_id: UUID | None,
) -> None:
    rows.put(
        UnitPlacement,
        period[0],
        unit_id=unit_id,
        parent_id=parent_id,
        station_id=station_id,
        name=called.name,
        kana=called.kana,
        kana_sort=kana_sort_key(called.kana),
        valid_from=period[0],
        valid_to=period[1],
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
