"""The outlines of areas as one picture: drawn once per set of polygons, kept in the process."""

import math
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

import shapely

from crm.areas.queries import polygons_of
from crm.formats.svgmap import SvgMap, simplify_together, svg_paths
from crm.kernel.scope import ScopedSession

WIDEST, TALLEST = 720, 1024
MOST_DRAWINGS = 64


class Drawing(NamedTuple):
    """A picture of areas, and the files their polygons came from."""

    svg: SvgMap[UUID]
    sources: tuple[str, ...]


_Known = frozenset[tuple[UUID, int]]

# Polygons are public facts of no agency, so one drawing serves everybody.
_drawings: OrderedDict[_Known, Drawing] = OrderedDict()
_lock = threading.Lock()


def drawing_of(db: ScopedSession, areas: Iterable[tuple[UUID, int]]) -> Drawing:
    """Return the picture of areas by key and revision; the outlines are simplified only once."""
    known = frozenset(areas)
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
