"""ESRI shapefiles as Japanese cities publish them: geographic, with CP932 or UTF-8 attributes."""

import codecs
import io
import re
import struct
import warnings
from collections.abc import Mapping

import shapefile
import shapely
from shapely.geometry import shape

from crm.formats.errors import UnreadableFile
from crm.formats.features import MAX_COORDINATES, Feature, feature, require_few

# What .cpg files say for CP932; Python knows each of them, but strict shift_jis lacks 髙 and ①.
CP932_NAMES = frozenset({"shift_jis", "cp932"})
# The Tokyo datum is geographic too, and 400 m away: only the world datums are taken.
WORLD_DATUM = re.compile(r'DATUM\["[^"]*(?:WGS|JGD)', re.IGNORECASE)
GEOGRAPHIC = ("GEOGCS", "GEOGCRS", "GEODCRS")


def read_shapefile(
    parts: Mapping[str, bytes], *, max_coordinates: int = MAX_COORDINATES
) -> list[Feature]:
    """Read the parts of one shapefile, given by suffix (`.shp`, `.dbf`, `.prj`, perhaps `.cpg`).

    `UnreadableFile` says which part is missing, or that the coordinates are projected.
    """
    for suffix in (".shp", ".dbf", ".prj"):
        if suffix not in parts:
            raise UnreadableFile(
                "シェープファイルの%(suffix)sがありません。.shp、.dbf、.prjをそろえてください。",
                suffix=suffix,
            )
    _require_geographic(parts[".prj"].decode("utf-8", "replace"))
    records = _records(parts)
    geometries = [geometry for _, geometry in records]
    require_few(int(shapely.get_num_coordinates(geometries).sum()), max_coordinates)
    return [feature(number, *record) for number, record in enumerate(records, 1)]


def _require_geographic(projection: str) -> None:
    if not projection.lstrip("\ufeff ").startswith(GEOGRAPHIC):
        raise UnreadableFile(
            "平面直角座標などの投影座標のシェープファイルです。"
            "経度・緯度のGeoJSON形式に変換してから読み込んでください。"
        )
    if not WORLD_DATUM.search(projection):
        raise UnreadableFile(
            "測地系が世界測地系ではないシェープファイルです。"
            "世界測地系の経度・緯度のGeoJSON形式に変換してから読み込んでください。"
        )


def _records(
    parts: Mapping[str, bytes],
) -> list[tuple[dict[str, object], shapely.Geometry | None]]:
    try:
        with warnings.catch_warnings():
            # The library warns of padding and odd field names, which cities' tools do write.
            warnings.simplefilter("ignore")
            return _read(parts)
    except (shapefile.ShapefileException, struct.error, ValueError, LookupError) as error:
        raise _broken() from error


def _read(parts: Mapping[str, bytes]) -> list[tuple[dict[str, object], shapely.Geometry | None]]:
    _require_whole(parts[".shp"])
    with shapefile.Reader(
        shp=io.BytesIO(parts[".shp"]),
        dbf=io.BytesIO(parts[".dbf"]),
        encoding=_encoding(parts.get(".cpg"), parts[".dbf"]),
        encodingErrors="strict",
    ) as reader:
        return [
            (each.record.as_dict(), _geometry(each.shape)) for each in reader.iterShapeRecords()
        ]


def _require_whole(shp: bytes) -> None:
    declared = int.from_bytes(shp[24:28]) * 2  # in 16-bit words, most significant byte first
    if declared != len(shp):
        raise _broken()


def _broken() -> UnreadableFile:
    return UnreadableFile("シェープファイルが壊れているか、文字コードが違います。")


def _encoding(cpg: bytes | None, table: bytes) -> str:
    if cpg is None:
        return _strict_trial(table)
    name = cpg.decode("ascii", "replace").strip().removeprefix("ANSI ")
    try:
        known = codecs.lookup(name if not name.isdigit() else f"cp{name}").name
    except LookupError:
        return _strict_trial(table)
    return "cp932" if known in CP932_NAMES else known


def _strict_trial(table: bytes) -> str:
    # Only the records are text; the head of a .dbf holds binary lengths.
    records = table[int.from_bytes(table[8:10], "little") :]
    try:
        records.decode("utf-8")
    except UnicodeDecodeError:
        return "cp932"
    return "utf-8"


def _geometry(part: shapefile.Shape) -> shapely.Geometry | None:
    return None if part.shapeType == shapefile.NULL else shape(part.__geo_interface__)
