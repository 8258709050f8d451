"""One place on the map as a file gives it: its facts as text, and a valid shape in lon/lat."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Point, Polygon

from crm.formats.errors import UnreadableFile

MAX_COORDINATES = 1_000_000

Shape = Polygon | MultiPolygon | Point


@dataclass(frozen=True)
class Feature:
    """A shape (longitude, latitude; two dimensions; valid) and what the file says about it."""

    properties: dict[str, str]
    geometry: Shape


def feature(
    number: int, properties: Mapping[str, object], geometry: shapely.Geometry | None
) -> Feature:
    """Check one shape and put it right where that is safe; `number` names it in the sentence.

    Raises `UnreadableFile` when it is not an area or a point, or lies outside longitude/latitude.
    """
    if not isinstance(geometry, Shape) or geometry.is_empty:
        raise UnreadableFile(
            "%(number)s番目の図形は点でも区域（ポリゴン）でもないため、読み込めません。",
            number=number,
        )
    _require_degrees(number, geometry)
    texts = {str(key): _text(value) for key, value in properties.items()}
    return Feature(texts, _valid(number, shapely.force_2d(geometry)))


def require_few(coordinates: int, maximum: int) -> None:
    """Raise `UnreadableFile` when the shapes of a file have more points than `maximum`."""
    if coordinates > maximum:
        raise UnreadableFile(
            "図形の点が多すぎます（上限%(limit)s点）。図形を簡素化するか、分けてから読み込んでください。",
            limit=f"{maximum:,}",
        )


def _require_degrees(number: int, geometry: Shape) -> None:
    west, south, east, north = geometry.bounds
    inside = west >= -180 and east <= 180 and south >= -90 and north <= 90  # noqa: PLR2004 - degrees
    if not inside:
        raise UnreadableFile(
            "%(number)s番目の図形の座標が経度・緯度の範囲にありません。"
            "世界測地系の経度、緯度の順のGeoJSON形式に変換してください。",
            number=number,
        )


def _valid(number: int, geometry: Shape) -> Shape:
    if geometry.is_valid:
        return geometry
    repaired = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    if not isinstance(repaired, Shape) or repaired.is_empty:
        raise UnreadableFile("%(number)s番目の図形が壊れています。", number=number)
    return repaired


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()
