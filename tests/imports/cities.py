"""Files of a made-up town, as cities publish them."""

import json
from collections.abc import Iterable
from pathlib import Path

from shapely import Geometry, Point, box
from shapely.geometry import mapping

from crm.imports.files import Source, read_source

FACILITY_HEADER = (
    "都道府県コード又は市区町村コード,NO,名称,名称_カナ,種別,住所,方書,緯度,経度,"
    "電話番号,内線番号,FAX番号,備考"
)
SAFE_HOUSE_HEADER = "ID,学区,経度,緯度"
JURISDICTION_HEADER = "交番・駐在所,区域,開始日"
SCHOOL = (
    "222127,17,みなと小学校,ミナトショウガッコウ,,架空市港町1-1,,34.005,138.005,24-3668,,,小学校"
)
WEST, EAST = box(138.00, 34.00, 138.01, 34.01), box(138.01, 34.00, 138.02, 34.01)


def csv_bytes(header: str, *rows: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join((header, *rows, "")).encode(encoding)


def facilities(*rows: str, encoding: str = "utf-8") -> Source:
    return source("施設.csv", csv_bytes(FACILITY_HEADER, *rows, encoding=encoding))


def safe_houses(*rows: str) -> Source:
    return source("守る家.csv", csv_bytes(SAFE_HOUSE_HEADER, *rows))


def jurisdictions(*rows: str) -> Source:
    return source("所管区.csv", csv_bytes(JURISDICTION_HEADER, *rows))


def geojson(features: Iterable[tuple[dict[str, str], Geometry]], **members: object) -> bytes:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": properties, "geometry": mapping(geometry)}
                for properties, geometry in features
            ],
            **members,
        }
    ).encode()


def areas(**named: Geometry) -> Source:
    return source("区域.geojson", geojson(({"name": name}, shape) for name, shape in named.items()))


def stations(*units: tuple[str, str, float, float]) -> Source:
    return source(
        "警察署.geojson",
        geojson(
            ({"種別": kind, "名称": name, "住所": f"架空市{name}前"}, Point(longitude, latitude))
            for kind, name, longitude, latitude in units
        ),
    )


def source(name: str, content: bytes) -> Source:
    read = read_source(name, {Path(name).suffix: content})
    assert isinstance(read, Source)
    return read
