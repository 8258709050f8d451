import json

import pytest
from shapely import Point, Polygon, box
from shapely.geometry import mapping

from crm.formats.errors import UnreadableFile
from crm.formats.features import Feature
from crm.formats.geojson import read_geojson

TOWN = box(138.2, 34.8, 138.3, 34.9)


def collection(*features: object, **members: object) -> bytes:
    document = {"type": "FeatureCollection", "features": features, **members}
    return json.dumps(document, ensure_ascii=False).encode()


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def named_crs(name: str) -> dict[str, object]:
    return {"type": "name", "properties": {"name": name}}


def sentence_for(data: bytes, **options: int) -> str:
    with pytest.raises(UnreadableFile) as raised:
        read_geojson(data, **options)
    return str(raised.value)


def test_read_geojson_gives_facts_as_text_and_shapes() -> None:
    data = collection(
        feature(mapping(TOWN), 名称="大富", 番号=3, 人口=1200.0, 比率=0.5, 空欄=None, 有=True),
        feature(mapping(Point(138.25, 34.85))),
    )

    assert read_geojson(data) == [
        Feature(
            {"名称": "大富", "番号": "3", "人口": "1200", "比率": "0.5", "空欄": "", "有": "true"},
            TOWN,
        ),
        Feature({}, Point(138.25, 34.85)),
    ]


def test_read_geojson_of_one_feature_reads_it() -> None:
    data = json.dumps(feature(mapping(TOWN), name="大富")).encode("utf-8-sig")

    assert read_geojson(data) == [Feature({"name": "大富"}, TOWN)]


def test_read_geojson_drops_heights() -> None:
    [read] = read_geojson(collection(feature({"type": "Point", "coordinates": [138, 34, 12]})))

    assert read.geometry.wkt == "POINT (138 34)"


def test_read_geojson_puts_a_crossed_outline_right() -> None:
    bow_tie = Polygon([(138, 34), (139, 35), (139, 34), (138, 35)])

    [read] = read_geojson(collection(feature(mapping(bow_tie))))

    assert (read.geometry.is_valid, read.geometry.geom_type) == (True, "MultiPolygon")
    assert read.geometry.area == pytest.approx(0.5)


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:6668"]
)
def test_read_geojson_that_declares_degrees_reads_it(name: str) -> None:
    data = collection(feature(mapping(TOWN)), crs=named_crs(name))

    assert read_geojson(data) == [Feature({}, TOWN)]


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::2450", "EPSG:3857", "EPSG:4301"])
def test_read_geojson_that_declares_another_crs_is_refused(name: str) -> None:
    data = collection(feature(mapping(TOWN)), crs=named_crs(name))

    assert sentence_for(data) == (
        f"座標系が経度・緯度（世界測地系）ではありません（{name}）。"
        "経度・緯度のGeoJSON形式に変換してください。"
    )


@pytest.mark.parametrize("place", [(34.85, 138.25), (-18890.8, -134090.6)])
def test_read_geojson_outside_degrees_names_the_shape(place: tuple[float, float]) -> None:
    data = collection(feature(mapping(TOWN)), feature(mapping(Point(place))))

    assert sentence_for(data) == (
        "2番目の図形の座標が経度・緯度の範囲にありません。"
        "世界測地系の経度、緯度の順のGeoJSON形式に変換してください。"
    )


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "LineString", "coordinates": [[138, 34], [139, 35]]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Polygon", "coordinates": []},
        {"type": ["Polygon"]},
    ],
)
def test_read_geojson_of_other_shapes_is_refused(geometry: object) -> None:
    assert sentence_for(collection(feature(geometry))) == (
        "1番目の図形は点でも区域（ポリゴン）でもないため、読み込めません。"
    )


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [[[138, 34], [139, 35]]]},
        {"type": "Point", "coordinates": ["138", "34"]},
        {"type": "Polygon", "coordinates": [[[138, 34], [139, 34], [140, 34], [138, 34]]]},
    ],
)
def test_read_geojson_of_a_broken_shape_names_it(geometry: object) -> None:
    data = collection(feature(mapping(TOWN)), feature(geometry))

    assert sentence_for(data) == "2番目の図形が壊れています。"


@pytest.mark.parametrize(
    "data",
    [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"type": NaN}', "{}".encode("utf-16"), b"null"],
)
def test_read_geojson_that_is_no_json_object_is_refused(data: bytes) -> None:
    assert sentence_for(data) == "GeoJSON形式（UTF-8）として読めません。"


@pytest.mark.parametrize("data", [b"{}", b'{"features": []}', b'{"features": 3}'])
def test_read_geojson_without_features_is_refused(data: bytes) -> None:
    assert sentence_for(data) == (
        "図形が一つもないGeoJSONです。FeatureCollectionを選んでください。"
    )


def test_read_geojson_with_too_many_points_says_the_limit() -> None:
    data = collection(feature(mapping(TOWN)), feature(mapping(TOWN)))

    assert sentence_for(data, max_coordinates=9) == (
        "図形の点が多すぎます（上限9点）。図形を簡素化するか、分けてから読み込んでください。"
    )
    assert len(read_geojson(data, max_coordinates=10)) == 2
