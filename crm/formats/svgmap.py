"""Areas and points as the paths of one small inline SVG."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, Self, TypeVar

import shapely
from shapely import MultiPolygon, Point, Polygon

from crm.formats.features import Shape

Key = TypeVar("Key")
Area = Polygon | MultiPolygon
Pixel = tuple[int, int]

POINT_MM = 25.4 / 72
MARGIN = 4  # keeps the outline of the outermost areas inside the picture


@dataclass(frozen=True)
class SvgMap(Generic[Key]):
    """What a template needs to draw the map; whole units, y downward.

    `paths` holds the `d` of each area. `label_points` holds the roomiest place inside each area,
    and the place of each point (a point has no path).
    """

    view_box: str
    width: int
    height: int
    paths: dict[Key, str]
    label_points: dict[Key, Pixel]
    projection: "Projection | None" = None


def units_per_point(view_box: str, *, wide_mm: float, high_mm: float) -> float:
    """Return the size of a point of type in a picture printed as large as a space of paper holds.

    Letters on a map are then as large as those around it, whatever its shape.
    """
    width, height = (float(side) for side in view_box.split()[2:])
    return POINT_MM / min(wide_mm / width, high_mm / height)


def simplify_together(areas: Mapping[Key, Area], tolerance: float) -> dict[Key, Area]:
    """Drop detail finer than `tolerance` (degrees) so that shared borders stay shared.

    Real files match their neighbors along most borders, seldom along all: where they do, both
    sides lose the same points and no sliver opens. An area that would vanish keeps its shape.
    """
    if not areas:
        return {}
    together = shapely.coverage_simplify(list(areas.values()), tolerance)
    return {
        key: simple if _usable(simple) else original
        for (key, original), simple in zip(areas.items(), together, strict=True)
    }


def svg_paths(geometries: Mapping[Key, Shape], width: int) -> SvgMap[Key]:
    """Draw shapes given in longitude and latitude, north up, as a picture `width` units wide."""
    if not geometries:
        return SvgMap(f"0 0 {width} {width}", width, width, {}, {})
    projection = Projection.fitting(list(geometries.values()), width)
    drawn = {key: projection.drawn(geometry) for key, geometry in geometries.items()}
    return SvgMap(
        view_box=f"0 0 {width} {projection.height}",
        width=width,
        height=projection.height,
        paths={key: _path(shape) for key, shape in drawn.items() if isinstance(shape, Area)},
        label_points={key: _label_point(shape) for key, shape in drawn.items()},
        projection=projection,
    )


@dataclass(frozen=True)
class Projection:
    """Equirectangular, true to shape at the middle latitude: right for a town or a prefecture."""

    west: float
    north: float
    x_scale: float
    y_scale: float
    height: int

    @classmethod
    def fitting(cls, shapes: list[Shape], width: int) -> Self:
        """Return the projection that makes `shapes` a picture `width` units wide."""
        west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
        narrowing = math.cos(math.radians((south + north) / 2))
        # A map of one point has no extent; any scale will do for it.
        y_scale = (width - 2 * MARGIN) / ((east - west) * narrowing or 1.0)
        height = round((north - south) * y_scale) + 2 * MARGIN
        return cls(west, north, y_scale * narrowing, y_scale, height)

    def place(self, pixel: Pixel) -> tuple[float, float]:
        """Return the longitude and latitude of a unit of the picture."""
        x, y = pixel
        return self.west + (x - MARGIN) / self.x_scale, self.north - (y - MARGIN) / self.y_scale

    def pixel(self, longitude: float, latitude: float) -> Pixel:
        """Return the unit of the picture a place falls on."""
        x = (longitude - self.west) * self.x_scale + MARGIN
        y = (self.north - latitude) * self.y_scale + MARGIN
        return round(x), round(y)

    def drawn(self, shape: Shape) -> Shape:
        """Return a shape in units of the picture."""
        return shapely.transform(
            shape,
            lambda places: (
                (places - (self.west, self.north)) * (self.x_scale, -self.y_scale) + MARGIN
            ),
        )


def _usable(area: shapely.Geometry) -> bool:
    return isinstance(area, Area) and area.is_valid and not area.is_empty


def _path(area: Area) -> str:
    # One direction for outlines and the other for holes: holes stay open under any fill rule.
    polygons: list[Polygon] = list(shapely.get_parts(shapely.orient_polygons(area)))
    rings = (ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors))
    return "".join(_ring(ring.coords) for ring in rings) or _dot(_label_point(area))


def _ring(places: Iterable[tuple[float, ...]]) -> str:
    pixels = [(round(x), round(y)) for x, y in places]
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(pixels) if (x, y) != (a, b)]
    if len(steps) < 3:  # noqa: PLR2004 - fewer sides than a triangle leave nothing to fill
        return ""
    # The last step is what `z` draws anyway.
    line = "".join(f"{_number(x)}{_number(y)}" for x, y in steps[:-1])
    return f"M{pixels[0][0]} {pixels[0][1]}l{line.lstrip()}z"


def _number(value: int) -> str:
    return str(value) if value < 0 else f" {value}"


def _dot(pixel: Pixel) -> str:
    return f"M{pixel[0]} {pixel[1]}h1v1h-1z"


def _label_point(shape: Shape) -> Pixel:
    if isinstance(shape, Point):
        return round(shape.x), round(shape.y)
    largest = max(shapely.get_parts(shape), key=shapely.area)
    # The line runs from the middle of the largest circle that fits inside to its edge.
    x, y = shapely.maximum_inscribed_circle(largest, tolerance=1).coords[0]
    return round(x), round(y)
