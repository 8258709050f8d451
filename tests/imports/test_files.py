import hashlib
from pathlib import Path

import pytest
from shapely import Point

from crm.formats.errors import UnreadableFile
from crm.imports.files import Broken, Passed, Source, open_all, read_source
from crm.imports.models import FileKind
from tests.imports.cities import (
    FACILITY_HEADER,
    JURISDICTION_HEADER,
    SAFE_HOUSE_HEADER,
    SCHOOL,
    WEST,
    csv_bytes,
    geojson,
)

PROJECTED = b'PROJCS["JGD_2011_Japan_Zone_8",GEOGCS["GCS_JGD_2011"]]'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (csv_bytes(FACILITY_HEADER, SCHOOL), FileKind.FACILITIES),
        (csv_bytes(SAFE_HOUSE_HEADER, "1,港,138,34"), FileKind.SAFE_HOUSES),
        (csv_bytes(JURISDICTION_HEADER, "港交番,港自治会,"), FileKind.JURISDICTIONS),
        (geojson([({"name": "港自治会"}, WEST)]), FileKind.ASSOCIATION_AREAS),
        (geojson([({"item2": "港小学校"}, WEST)]), FileKind.ELEMENTARY_DISTRICTS),
        (geojson([({"学校": "港中学校区"}, WEST)]), FileKind.JUNIOR_HIGH_DISTRICTS),
        (
            geojson([({"種別": "交番", "名称": "港交番", "住所": ""}, Point(138, 34))]),
            FileKind.STATIONS,
        ),
    ],
)
def test_read_source_tells_a_file_by_its_content(content: bytes, kind: FileKind) -> None:
    read = read_source("名前は関係ない.dat", {".dat": content})

    assert isinstance(read, Source)
    assert (read.kind, read.size) == (kind, len(content))
    assert read.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_read_source_says_which_encoding_it_found(encoding: str) -> None:
    read = read_source("a.csv", {".csv": csv_bytes(FACILITY_HEADER, SCHOOL, encoding=encoding)})

    assert isinstance(read, Source)
    assert read.encoding == encoding


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            csv_bytes(FACILITY_HEADER, SCHOOL, encoding="utf-16"),
            "文字でないデータがあります",
        ),
        (
            csv_bytes(FACILITY_HEADER, SCHOOL, encoding="euc-jp") + b"\xfd\xff",
            "文字コードを判別できません",
        ),
        (
            csv_bytes("都道府県コード又は市区町村コード,名称,住所", "222127,港小学校,架空市"),
            "必要な列がありません：NO。1行目の見出しを確認してください。",
        ),
        (
            csv_bytes("学区,緯度", "港,34"),
            "必要な列がありません：ID、経度。1行目の見出しを確認してください。",
        ),
        (
            csv_bytes("交番・駐在所,担当", "港交番,港自治会"),
            "必要な列がありません：区域、開始日。1行目の見出しを確認してください。",
        ),
        (csv_bytes(SAFE_HOUSE_HEADER, "1,港,138,34,余り"), "2行目の項目が見出しより多くあります"),
        (csv_bytes("日付,天気", "1日,晴れ"), "どの一覧でもありません"),
        (geojson([({"name": "港町"}, WEST)]), "どの地図データでもありません"),
        (
            geojson(
                [({"name": "港自治会"}, WEST)],
                crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2450"}},
            ),
            "座標系が経度・緯度（世界測地系）ではありません",
        ),
    ],
)
def test_read_source_of_an_unusable_file_says_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFile, match=sentence):
        read_source("a.csv", {".csv": content})


def test_read_source_passes_over_defibrillators() -> None:
    content = csv_bytes("NO,名称,設置位置,小児対応設備の有無", "1,市役所,正面,有")

    assert isinstance(read_source("aed.csv", {".csv": content}), Passed)


def test_open_all_of_a_folder_takes_files_in_the_order_they_lean_on_each_other(
    tmp_path: Path,
) -> None:
    (tmp_path / "1.csv").write_bytes(csv_bytes(SAFE_HOUSE_HEADER, "1,港,138,34"))
    (tmp_path / "2.csv").write_bytes(csv_bytes(JURISDICTION_HEADER, "港交番,港自治会,"))
    (tmp_path / "3.geojson").write_bytes(geojson([({"name": "港小学校"}, WEST)]))
    (tmp_path / "4.csv").write_bytes(csv_bytes("日付,天気", "1日,晴れ"))
    (tmp_path / "5.pdf").write_bytes(b"%PDF")
    (tmp_path / "6.csv").write_bytes(b"\xff\xfd\x81")
    (tmp_path / ".hidden").write_bytes(b"")

    opened = open_all([tmp_path])

    assert [(type(each), each.name) for each in opened] == [
        (Source, "3.geojson"),
        (Source, "2.csv"),
        (Source, "1.csv"),
        (Passed, "4.csv"),
        (Passed, "5.pdf"),
        (Broken, "6.csv"),
    ]


def test_open_all_of_a_named_file_of_no_known_kind_calls_it_broken(tmp_path: Path) -> None:
    path = tmp_path / "weather.csv"
    path.write_bytes(csv_bytes("日付,天気", "1日,晴れ"))

    assert [type(each) for each in open_all([path])] == [Broken]


@pytest.mark.parametrize(("twin", "outcome"), [(True, Passed), (False, Broken)])
def test_open_all_leaves_a_projected_shapefile_to_its_conversion(
    tmp_path: Path, *, twin: bool, outcome: type
) -> None:
    for suffix, content in {
        ".shp": b"\x00\x00\x27\x0a" + bytes(96),
        ".dbf": b"\x03",
        ".prj": PROJECTED,
        ".shx": b"",
    }.items():
        (tmp_path / f"区域{suffix}").write_bytes(content)
    if twin:
        (tmp_path / "区域.geojson").write_bytes(geojson([({"name": "港自治会"}, WEST)]))

    opened = {each.name: each for each in open_all([tmp_path])}

    assert type(opened["区域.shp"]) is outcome
    assert len(opened) == 1 + twin


def test_open_all_of_a_projected_shapefile_says_what_to_do(tmp_path: Path) -> None:
    for suffix, content in {
        ".shp": b"\x00\x00\x27\x0a",
        ".dbf": b"\x03",
        ".prj": PROJECTED,
    }.items():
        (tmp_path / f"区域{suffix}").write_bytes(content)

    [opened] = open_all([tmp_path / "区域.shp"])

    assert isinstance(opened, Broken)
    assert str(opened.fault) == (
        "平面直角座標などの投影座標のシェープファイルです。"
        "経度・緯度のGeoJSON形式に変換してから読み込んでください。"
    )
