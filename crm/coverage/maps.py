"""The map of the areas: paths drawn once per set of polygons, kept in the process, colored anew."""

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import shapely

from crm.coverage.models import AreaLine, Tally
from crm.coverage.queries import polygons_of
from crm.formats.geodata import SvgMap, simplify_together, svg_paths
from crm.kernel.scope import ScopedSession

WIDEST, TALLEST = 720, 1024
MOST_DRAWINGS = 64
MANY = 3
MOST_LABELS = 60


class Step(StrEnum):
    """How an area is filled: three steps that stay apart in black and white."""

    NOBODY = "none"
    FEW = "1"
    MANY = "3"


class MapArea(NamedTuple):
    """One area as the template draws it; `x` and `y` are where its number stands."""

    id: UUID
    name: str
    tally: Tally
    step: Step
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class AreaMap:
    """The picture of a coverage. `undrawn` areas have no polygon; `sources` are imported files."""

    view_box: str
    areas: Sequence[MapArea]
    undrawn: int
    sources: Sequence[str]

    @property
    def labeled(self) -> bool:
        """Whether there is room for a number in each area."""
        return len(self.areas) <= MOST_LABELS


class Drawing(NamedTuple):
    """Areas as paths, and the files they were imported from."""

    svg: SvgMap[UUID]
    sources: tuple[str, ...]


_Known = frozenset[tuple[UUID, int]]

# Polygons are public facts of no agency, so one drawing serves everybody.
_drawings: OrderedDict[_Known, Drawing] = OrderedDict()
_lock = threading.Lock()


def map_of(db: ScopedSession, areas: Sequence[AreaLine]) -> AreaMap:
    """Return the map of `areas` with today's fill; the outlines are simplified only once."""
    drawing = drawing_of(db, frozenset((area.id, area.revision) for area in areas))
    drawn = [
        MapArea(
            area.id,
            area.name,
            area.tally,
            step_of(area.tally),
            drawing.svg.paths[area.id],
            *drawing.svg.label_points[area.id],
        )
        for area in areas
        if area.id in drawing.svg.paths
    ]
    return AreaMap(drawing.svg.view_box, drawn, len(areas) - len(drawn), drawing.sources)


def step_of(tally: Tally) -> Step:
    """Return the fill for a count of liaisons."""
    if not tally.liaisons:
        return Step.NOBODY
    return Step.FEW if tally.liaisons < MANY else Step.MANY


def drawing_of(db: ScopedSession, known: _Known) -> Drawing:
    """Return the picture of areas given with their revisions; one statement, and none later."""
    with _lock:
        if known in _drawings:
            _drawings.move_to_end(known)
            return _drawings[known]
    drawing = _draw(db, known)
    with _lock:
        _drawings[known] = drawing
        if len(_drawings) > MOST_DRAWINGS:
            _drawings.popitem(last=False)
    return drawing


def _draw(db: ScopedSession, known: _Known) -> Drawing:
    rows = polygons_of(db, sorted(area_id for area_id, _ in known))
    polygons = {
        area_id: polygon
        for area_id, polygon, _ in rows
        if isinstance(polygon, shapely.Polygon | shapely.MultiPolygon) and not polygon.is_empty
    }
    files = {str(source["file"]) for _, _, source in rows if source and "file" in source}
    width, pixel = _scale(list(polygons.values()))
    drawn = svg_paths(simplify_together(polygons, pixel), width)
    return Drawing(drawn, tuple(sorted(files)))


def _scale(polygons: Sequence[shapely.Geometry]) -> tuple[int, float]:
    """Return a width that makes the picture neither too wide nor too tall, and its finest detail.

    The detail is the degrees one unit of the picture spans: nothing smaller can be seen.
    """
    if not polygons:
        return WIDEST, 0.0
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(polygons))
    across = (east - west) * math.cos(math.radians((south + north) / 2))
    width = min(WIDEST, round(TALLEST * across / (north - south)))
    return width, (east - west) / width
