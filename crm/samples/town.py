"""A town that is on no map: association areas, districts over them, and the coast they end at."""

import datetime as dt
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import shapely
from shapely import Geometry, MultiPoint, Point, Polygon

from crm.areas.models import Area, AreaKind
from crm.kernel.kana import kana_sort_key
from crm.samples.places import STEMS, TOWN_ENDINGS
from crm.samples.rows import Rows
from crm.samples.sizes import Size

# Open ocean, some 400 km from the nearest shore of Japan: no real place can be taken for this one.
_WEST, _SOUTH = 145.0, 31.0
_CELL_LONGITUDE, _CELL_LATITUDE = 0.0042, 0.0036
_JITTER = 0.34
_OUTLYING = 0.8
"""How far east the first municipality reaches."""


class Municipality(NamedTuple):
    """A city or town; 99 is the number of no prefecture."""

    name: str
    kana: str
    number: str


class Setting(NamedTuple):
    """Where a station's town lies and what it is called."""

    municipalities: tuple[Municipality, ...]
    first_stem: int
    cells_east: int


@dataclass(slots=True)
class Place:
    """An association area and the districts it belongs to, by their number."""

    id: UUID
    name: str
    kana: str
    center: Point
    polygon: Polygon
    municipality: Municipality
    elementary: int
    junior_high: int

    @property
    def address(self) -> str:
        """How addresses here begin."""
        return f"若葉県{self.municipality.name}{self.name}"


@dataclass(frozen=True, slots=True)
class Town:
    """The association areas of one station, and the names of their elementary districts."""

    places: list[Place]
    elementary: list[tuple[str, str]]
    junior_high: list[tuple[str, str]]


def code_with_check_digit(number: str) -> str:
    """Return a 全国地方公共団体コード: five digits and the check digit over them."""
    weighed = sum(
        int(digit) * weight for digit, weight in zip(number, (6, 5, 4, 3, 2), strict=True)
    )
    return f"{number}{(11 - weighed % 11) % 10}"


def build_town(rows: Rows, size: Size, setting: Setting, opened: dt.date) -> Town:
    """Draw the areas of a town and put them and every kind of district over them into `rows`."""
    points = _grid(rows.rng, size, setting)
    polygons = _cells(points, _coast(size, setting))
    names = _town_names(size, setting)
    elementary = nearest(points, spread(points, size.elementary, near=points[0]))
    junior_high = nearest(points, spread(points, size.junior_high, near=points[-1]))
    places = [
        Place(
            rows.key(opened), *name, point, polygon, _municipality(point, size, setting), *schools
        )
        for name, point, polygon, schools in zip(
            names, points, polygons, zip(elementary, junior_high, strict=True), strict=True
        )
    ]
    for place in places:
        code = code_with_check_digit(place.municipality.number)
        _put_area(rows, AreaKind.ASSOCIATION_AREA, place, place.polygon, opened, code, place.id)
    town = Town(
        places,
        _district_names(places, [place.elementary for place in places], size.elementary),
        _district_names(places, [place.junior_high for place in places], size.junior_high),
    )
    _put_districts(rows, town, setting, opened)
    return town


def spread(points: Sequence[Point], count: int, *, near: Point) -> list[Point]:
    """Choose `count` points far from each other, the first the one nearest to `near`."""
    chosen = [min(points, key=near.distance)]
    while len(chosen) < count:
        chosen.append(max(points, key=lambda point: min(map(point.distance, chosen))))
    return chosen


def nearest(points: Sequence[Point], centers: Sequence[Point]) -> list[int]:
    """Return for each point the number of the center nearest to it."""
    return [
        min(range(len(centers)), key=lambda number: point.distance(centers[number]))
        for point in points
    ]


def put_outline(
    rows: Rows, name: tuple[str, str], places: Sequence[Place], opened: dt.date
) -> UUID:
    """Put the outline of a box's 所管区, the union of its areas, into `rows`."""
    shape = shapely.union_all([place.polygon for place in places])
    label = Municipality(f"{name[0]}所管区", f"{name[1]}ショカンク", "")
    return _put_area(rows, AreaKind.KOBAN_AREA, label, shape, opened, "", rows.key(opened))


def _put_districts(rows: Rows, town: Town, setting: Setting, opened: dt.date) -> None:
    for kind, names, number_of, ending in (
        (
            AreaKind.ELEMENTARY_DISTRICT,
            town.elementary,
            "elementary",
            ("小学校区", "ショウガッコウク"),
        ),
        (
            AreaKind.JUNIOR_HIGH_DISTRICT,
            town.junior_high,
            "junior_high",
            ("中学校区", "チュウガッコウク"),
        ),
    ):
        for number, (name, kana) in enumerate(names):
            members = [place for place in town.places if getattr(place, number_of) == number]
            label = Municipality(name + ending[0], kana + ending[1], "")
            shape = shapely.union_all([place.polygon for place in members])
            code = code_with_check_digit(members[0].municipality.number)
            _put_area(rows, kind, label, shape, opened, code, rows.key(opened))
    for municipality in setting.municipalities:
        members = [place for place in town.places if place.municipality == municipality]
        shape = shapely.union_all([place.polygon for place in members])
        code = code_with_check_digit(municipality.number)
        _put_area(rows, AreaKind.MUNICIPALITY, municipality, shape, opened, code, rows.key(opened))


def _put_area(
    rows: Rows,
    kind: AreaKind,
    label: Place | Municipality,
    shape: Geometry,
    opened: dt.date,
    code: str,
    key: UUID,
) -> UUID:
    return rows.put(
        Area,
        opened,
        id=key,
        kind=kind,
        municipality_code=code,
        name=label.name,
        kana=label.kana,
        kana_sort=kana_sort_key(label.kana),
        polygon=shape,
        valid_from=opened,
    )


def _grid(rng: random.Random, size: Size, setting: Setting) -> list[Point]:
    return [
        _on_earth(
            column + setting.cells_east + rng.uniform(-_JITTER, _JITTER),
            row + rng.uniform(-_JITTER, _JITTER),
        )
        for row in range(size.rows)
        for column in range(size.columns)
    ]


def _on_earth(east: float, north: float) -> Point:
    return Point(
        round(_WEST + east * _CELL_LONGITUDE, 6), round(_SOUTH + north * _CELL_LATITUDE, 6)
    )


def _coast(size: Size, setting: Setting) -> Polygon:
    """Return the outline of the land: a straight border inland, bays and points to the south."""
    west, east = setting.cells_east - 0.6, setting.cells_east + size.columns - 0.4
    steps = [west + (east - west) * step / 60 for step in range(61)]
    shore = [(at, -0.75 - 0.22 * math.sin(at * 1.7) - 0.12 * math.sin(at * 4.1)) for at in steps]
    inland = [(east, size.rows - 0.4), (west, size.rows - 0.4)]
    return Polygon([_on_earth(*corner) for corner in (*shore, *inland)])


def _cells(points: Sequence[Point], land: Polygon) -> list[Polygon]:
    """Return the land around each point, in their order."""
    cells = shapely.voronoi_polygons(MultiPoint(points), extend_to=land, ordered=True)
    return [
        max(shapely.get_parts(cell.intersection(land)), key=shapely.area) for cell in cells.geoms
    ]


def _town_names(size: Size, setting: Setting) -> list[tuple[str, str]]:
    """Name the areas row by row so that neighbors share a stem: 潮見町, 潮見台, 潮見東."""
    names: list[tuple[str, str]] = [("", "")] * size.areas
    in_blocks = sorted(
        range(size.areas), key=lambda cell: (cell // size.columns // 2, cell % size.columns, cell)
    )
    for order, cell in enumerate(in_blocks):
        stem = STEMS[(setting.first_stem + order // size.group) % len(STEMS)]
        ending = TOWN_ENDINGS[order % size.group]
        names[cell] = (stem[0] + ending[0], stem[1] + ending[1])
    return names


def _municipality(point: Point, size: Size, setting: Setting) -> Municipality:
    border = _WEST + (setting.cells_east + size.columns * _OUTLYING - 0.5) * _CELL_LONGITUDE
    return setting.municipalities[0 if point.x < border else -1]


def _district_names(
    places: Sequence[Place], numbers: Sequence[int], count: int
) -> list[tuple[str, str]]:
    """Name each district after the first of its towns whose name no other district took."""
    taken: list[tuple[str, str]] = []
    for wanted in range(count):
        towns = [
            (place.name, place.kana)
            for place, number in zip(places, numbers, strict=True)
            if number == wanted
        ]
        taken.append(next(town for town in towns if town not in taken))
    return taken
