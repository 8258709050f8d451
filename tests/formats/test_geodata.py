from pathlib import Path

import pytest
import shapely

from crm.formats.delimited import column, read_table, rows_by
from crm.formats.errors import UnreadableFile
from crm.formats.geodata import read_features
from tests.support.open_data import REAL, needs_real_data

POINT = (
    '{"type": "Feature", "properties": {"名称": "港交番"},'
    ' "geometry": {"type": "Point", "coordinates": [138.3, 34.8]}}'
).encode()


@pytest.mark.parametrize("name", ["koban.geojson", "koban.JSON"])
def test_read_features_of_a_path_reads_geojson(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(POINT)

    [read] = read_features(path)

    assert (read.properties, read.geometry.wkt) == ({"名称": "港交番"}, "POINT (138.3 34.8)")


def test_read_features_of_a_shapefile_takes_the_parts_beside_it(tmp_path: Path) -> None:
    for name in ("town.SHP", "town.dbf", "other.prj", "town.shp.xml"):
        (tmp_path / name).write_bytes(b"")

    with pytest.raises(UnreadableFile) as raised:
        read_features(tmp_path / "town.SHP")

    assert str(raised.value) == (
        "シェープファイルの.prjがありません。.shp、.dbf、.prjをそろえてください。"
    )


def test_read_features_of_another_file_says_which_are_read() -> None:
    with pytest.raises(UnreadableFile) as raised:
        read_features({".csv": "名称\n".encode()})

    assert str(raised.value) == "地図データは、GeoJSON形式又はシェープファイルを選んでください。"


def test_read_features_above_the_limit_says_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "koban.geojson"
    path.write_bytes(POINT)

    with pytest.raises(UnreadableFile) as raised:
        read_features(path, max_bytes=100)

    assert str(raised.value) == (
        "ファイルが大きすぎます（上限0.0001メガバイト）。分けてから読み込んでください。"
    )


@needs_real_data
@pytest.mark.parametrize(
    ("name", "count"),
    [("小学校区.geojson", 13), ("自治会区域.geojson", 35), ("中学校区.shp", 9)],
)
def test_read_features_of_a_real_town_reads_every_area(name: str, count: int) -> None:
    assert len(read_features((REAL or Path()) / "yaizu" / name)) == count


@needs_real_data
def test_real_safe_houses_each_stand_in_one_school_district() -> None:
    folder = (REAL or Path()) / "yaizu"
    districts = [area.geometry for area in read_features(folder / "小学校区.geojson")]
    places = {"lon": column("経度"), "lat": column("緯度")}
    table = read_table((folder / "子どもを守る家.csv").read_bytes())

    points = [
        shapely.Point(float(row["lon"]), float(row["lat"])) for _, row in rows_by(table, places)
    ]

    assert len(points) == 906
    assert [sum(area.covers(point) for area in districts) for point in points] == [1] * 906
