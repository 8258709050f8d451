"""Geographic data, from the file a city publishes to the map on a page: the one door to import."""

from collections.abc import Mapping
from pathlib import Path

from crm.formats.errors import UnreadableFile
from crm.formats.features import MAX_COORDINATES, Feature, Shape
from crm.formats.geojson import read_geojson
from crm.formats.shapefiles import read_shapefile
from crm.formats.svgmap import SvgMap, simplify_together, svg_paths

__all__ = ["Feature", "Shape", "SvgMap", "read_features", "simplify_together", "svg_paths"]

MAX_BYTES = 50_000_000
GEOJSON_SUFFIXES = (".geojson", ".json")
SHAPEFILE_SUFFIXES = (".shp", ".dbf", ".prj", ".cpg")


def read_features(
    source: Path | Mapping[str, bytes],
    *,
    max_bytes: int = MAX_BYTES,
    max_coordinates: int = MAX_COORDINATES,
) -> list[Feature]:
    """Read the areas and points of a GeoJSON file or a shapefile, in file order.

    `source` is a path (the other parts of a shapefile are taken from beside it), or the contents
    by suffix as uploaded. Raises `UnreadableFile` with one sentence when anything is wrong.
    """
    parts = _parts_beside(source, max_bytes) if isinstance(source, Path) else dict(source)
    _require_small(sum(map(len, parts.values())), max_bytes)
    geojson = next((parts[suffix] for suffix in GEOJSON_SUFFIXES if suffix in parts), None)
    if geojson is not None:
        return read_geojson(geojson, max_coordinates=max_coordinates)
    if not parts.keys() & set(SHAPEFILE_SUFFIXES):
        raise UnreadableFile("地図データは、GeoJSON形式又はシェープファイルを選んでください。")
    return read_shapefile(parts, max_coordinates=max_coordinates)


def _parts_beside(path: Path, max_bytes: int) -> dict[str, bytes]:
    """Read the file, and with it the other parts when it is one part of a shapefile."""
    suffix = path.suffix.lower()
    paths = [path]
    if suffix in SHAPEFILE_SUFFIXES:
        paths = [each for each in path.parent.iterdir() if _is_part(each, path.stem)]
    _require_small(sum(each.stat().st_size for each in paths), max_bytes)
    return {each.suffix.lower(): each.read_bytes() for each in paths}


def _is_part(path: Path, stem: str) -> bool:
    return path.stem == stem and path.suffix.lower() in SHAPEFILE_SUFFIXES


def _require_small(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise UnreadableFile(
            "ファイルが大きすぎます（上限%(limit)sメガバイト）。分けてから読み込んでください。",
            limit=f"{max_bytes / 1_000_000:g}",
        )
