import contextlib
import io

import pytest
import shapefile
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from crm.formats.errors import UnreadableFile
from crm.formats.features import Feature
from crm.formats.shapefiles import read_shapefile

JGD2011 = (
    b'GEOGCS["GCS_JGD_2011",DATUM["D_JGD_2011",SPHEROID["GRS_1980",6378137.0,298.257222101]],'
    b'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
TOKYO = JGD2011.replace(b"JGD_2011", b"Tokyo")
ZONE_8 = b'PROJCS["JGD_2000_Japan_Zone_8",' + JGD2011 + b',UNIT["Meter",1.0]]'
TOWN = box(138.2, 34.8, 138.3, 34.9)


def parts(encoding: str = "cp932", **others: bytes | None) -> dict[str, bytes]:
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, encoding=encoding) as writer:
        writer.field("name", "C", size=40)
        writer.field("number", "N", size=9)
        writer.poly([list(TOWN.exterior.coords)])
        writer.record("髙砂自治会", 6)
    made = {".shp": shp.getvalue(), ".dbf": dbf.getvalue(), ".prj": JGD2011}
    given = {f".{suffix}": content for suffix, content in others.items()}
    return {name: content for name, content in {**made, **given}.items() if content is not None}


def sentence_for(contents: dict[str, bytes], **options: int) -> str:
    with pytest.raises(UnreadableFile) as raised:
        read_shapefile(contents, **options)
    return str(raised.value)


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [
        ("cp932", b"Shift_JIS\n"),
        ("cp932", b"932"),
        ("cp932", b"ANSI 932"),
        ("cp932", b"no such name"),
        ("cp932", None),
        ("utf-8", b"UTF-8"),
        ("utf-8", None),
    ],
)
def test_read_shapefile_in_each_encoding_gives_the_same(encoding: str, cpg: bytes | None) -> None:
    [read] = read_shapefile(parts(encoding, cpg=cpg))

    assert read.properties == {"name": "髙砂自治会", "number": "6"}
    assert read.geometry.equals(TOWN)


def test_read_shapefile_of_points_gives_points() -> None:
    shp, dbf = io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, dbf=dbf, shx=io.BytesIO(), encoding="cp932") as writer:
        writer.field("name", "C")
        writer.point(138.25, 34.85)
        writer.record("港交番")

    read = read_shapefile({".shp": shp.getvalue(), ".dbf": dbf.getvalue(), ".prj": JGD2011})

    assert read == [Feature({"name": "港交番"}, Point(138.25, 34.85))]


def test_read_shapefile_that_is_projected_asks_for_degrees() -> None:
    assert sentence_for(parts(prj=ZONE_8)) == (
        "平面直角座標などの投影座標のシェープファイルです。"
        "経度・緯度のGeoJSON形式に変換してから読み込んでください。"
    )


def test_read_shapefile_on_the_old_datum_asks_for_the_world_datum() -> None:
    assert sentence_for(parts(prj=TOKYO)) == (
        "測地系が世界測地系ではないシェープファイルです。"
        "世界測地系の経度・緯度のGeoJSON形式に変換してから読み込んでください。"
    )


@pytest.mark.parametrize("suffix", ["shp", "dbf", "prj"])
def test_read_shapefile_without_a_part_names_it(suffix: str) -> None:
    contents = {name: content for name, content in parts().items() if name != f".{suffix}"}

    assert sentence_for(contents) == (
        f"シェープファイルの.{suffix}がありません。.shp、.dbf、.prjをそろえてください。"
    )


@pytest.mark.parametrize(
    "contents",
    [
        parts("cp932", cpg=b"UTF-8"),
        parts(shp=b"nothing"),
        parts(dbf=b""),
        parts(shp=parts()[".shp"][:-20]),
    ],
)
def test_read_shapefile_that_is_broken_is_refused(contents: dict[str, bytes]) -> None:
    assert sentence_for(contents) == "シェープファイルが壊れているか、文字コードが違います。"


@given(st.data())
def test_read_shapefile_with_damaged_bytes_reads_or_refuses(data: st.DataObject) -> None:
    contents = parts()
    suffix = data.draw(st.sampled_from([".shp", ".dbf"]))
    damaged = bytearray(contents[suffix])
    for _ in range(3):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))

    read = []
    with contextlib.suppress(UnreadableFile):
        read = read_shapefile({**contents, suffix: bytes(damaged)})

    assert [feature.geometry.is_valid for feature in read] in ([True], [])


def test_read_shapefile_with_too_many_points_says_the_limit() -> None:
    assert sentence_for(parts(), max_coordinates=4) == (
        "図形の点が多すぎます（上限4点）。図形を簡素化するか、分けてから読み込んでください。"
    )
