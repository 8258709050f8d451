"""GeoJSON (RFC 7946): areas and points in longitude and latitude."""

import json
from collections.abc import Mapping

import shapely

from crm.formats.errors import UnreadableFile
from crm.formats.features import MAX_COORDINATES, Feature, feature, require_few

# What old files declare although RFC 7946 §4 has dropped the member. JGD2000 and JGD2011 differ
# from WGS 84 by less than a meter; the Tokyo datum differs by 400 m and is not here.
LONGITUDE_LATITUDE = (
    "urn:ogc:def:crs:OGC:1.3:CRS84",
    "urn:ogc:def:crs:OGC::CRS84",
    "urn:ogc:def:crs:EPSG::4326",
    "urn:ogc:def:crs:EPSG::4612",
    "urn:ogc:def:crs:EPSG::6668",
    "EPSG:4326",
    "EPSG:4612",
    "EPSG:6668",
)
SHAPES = ("Point", "Polygon", "MultiPolygon")


def read_geojson(data: bytes, *, max_coordinates: int = MAX_COORDINATES) -> list[Feature]:
    """Read a FeatureCollection or one Feature; `UnreadableFile` says what is wrong with it."""
    document = _document(data)
    _require_known_crs(document)
    members = document.get("features") if _type(document) != "Feature" else [document]
    if not isinstance(members, list) or not members:
        raise UnreadableFile("図形が一つもないGeoJSONです。FeatureCollectionを選んでください。")
    geometries = [_geometry(number, member) for number, member in enumerate(members, 1)]
    require_few(int(shapely.get_num_coordinates(geometries).sum()), max_coordinates)
    pairs = zip(members, geometries, strict=True)
    return [
        feature(number, member.get("properties") or {}, geometry)
        for number, (member, geometry) in enumerate(pairs, 1)
    ]


def _document(data: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile("GeoJSON形式（UTF-8）として読めません。") from error
    if not isinstance(document, dict):
        raise UnreadableFile("GeoJSON形式（UTF-8）として読めません。")
    return document


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _require_known_crs(document: Mapping[str, object]) -> None:
    crs = document.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else crs
    if name is not None and name not in LONGITUDE_LATITUDE:
        raise UnreadableFile(
            "座標系が経度・緯度（世界測地系）ではありません（%(crs)s）。"
            "経度・緯度のGeoJSON形式に変換してください。",
            crs=name,
        )


def _geometry(number: int, member: object) -> shapely.Geometry:
    geometry = member.get("geometry") if isinstance(member, dict) else None
    if not isinstance(geometry, dict) or _type(geometry) not in SHAPES:
        raise UnreadableFile(
            "%(number)s番目の図形は点でも区域（ポリゴン）でもないため、読み込めません。",
            number=number,
        )
    try:
        return shapely.from_geojson(json.dumps(geometry))
    except shapely.GEOSException as error:
        raise UnreadableFile("%(number)s番目の図形が壊れています。", number=number) from error


def _type(member: Mapping[str, object]) -> object:
    return member.get("type")
