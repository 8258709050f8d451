"""The map a place is pointed out on, and the one that shows a district's places."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from crm.areas.drawings import Drawing, drawing_of
from crm.formats.svgmap import Pixel
from crm.kernel.scope import ScopedSession
from crm.liaisons.queries import AreaLine
from crm.requests.site_queries import OpenSite

MOST_NAMES = 24
Point = tuple[float, float]


class DrawnArea(NamedTuple):
    """An area as the template draws it; `x` and `y` are where its name stands."""

    id: UUID
    name: str
    path: str
    x: int
    y: int


class Mark(NamedTuple):
    """A place by its number in the list beside it."""

    number: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class SiteMap:
    """A station's areas as a picture, and the marks on it."""

    view_box: str
    areas: Sequence[DrawnArea]
    marks: Sequence[Mark] = ()

    @property
    def named(self) -> bool:
        """Whether there is room for each area's name."""
        return len(self.areas) <= MOST_NAMES


class District(NamedTuple):
    """A school district's places, numbered on from the districts before; no name for none."""

    id: UUID | None
    name: str
    sites: Sequence[tuple[int, OpenSite]]


def pixel_of(db: ScopedSession, areas: Sequence[AreaLine], point: Point | None) -> Pixel | None:
    """Return where on the map of `areas` a point is; None without either."""
    projection = _drawing(db, areas).svg.projection
    return projection.pixel(*point) if projection and point else None


def point_at(db: ScopedSession, areas: Sequence[AreaLine], pixel: Pixel) -> Point | None:
    """Return the longitude and latitude of a unit of the map of `areas`; None where none is."""
    projection = _drawing(db, areas).svg.projection
    return projection.place(pixel) if projection else None


def site_map(
    db: ScopedSession, areas: Sequence[AreaLine], points: Iterable[tuple[int, Point]] = ()
) -> SiteMap | None:
    """Return the map of `areas` with numbered points on it; None where nothing is drawn."""
    svg = _drawing(db, areas).svg
    if svg.projection is None:
        return None
    drawn = [
        DrawnArea(one.id, one.name, svg.paths[one.id], *svg.label_points[one.id])
        for one in areas
        if one.id in svg.paths
    ]
    marks = [Mark(number, *svg.projection.pixel(*point)) for number, point in points]
    return SiteMap(svg.view_box, drawn, marks)


def by_district(sites: Iterable[OpenSite]) -> list[District]:
    """Return places, given by district, under their districts, each with its number."""
    numbered = enumerate(sites, start=1)
    return [
        District(key, found[0][1].district_name, found)
        for key, group in groupby(numbered, key=lambda each: each[1].district_id)
        if (found := list(group))
    ]


def points_of(districts: Iterable[District]) -> list[tuple[int, Point]]:
    """Return the numbered points of those places that have one."""
    return [
        (number, (site.longitude, site.latitude))
        for district in districts
        for number, site in district.sites
        if site.longitude is not None and site.latitude is not None
    ]


def _drawing(db: ScopedSession, areas: Sequence[AreaLine]) -> Drawing:
    return drawing_of(db, ((area.id, area.revision) for area in areas))
