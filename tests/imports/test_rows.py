import datetime as dt

import pytest
from shapely import Point

from crm.contacts.models import OrganizationKind
from crm.imports.plans import Number
from crm.imports.rows import (
    FacilityRow,
    JurisdictionRow,
    SafeHouseRow,
    area_rows,
    facility_rows,
    jurisdiction_rows,
    organization_kind,
    safe_house_rows,
    unit_rows,
)
from crm.kernel.phone import PhoneKind
from tests.imports.cities import (
    SCHOOL,
    WEST,
    csv_bytes,
    facilities,
    geojson,
    jurisdictions,
    safe_houses,
    source,
    stations,
)

DAY = dt.date(2026, 4, 1)


def test_facility_rows_reads_the_columns_of_older_files() -> None:
    read = facility_rows(facilities(SCHOOL).rows, area_code="054")

    number = Number("24-3668", None, "", PhoneKind.OTHER, "", "", "")
    [row] = read
    assert isinstance(row, FacilityRow)
    assert (row.row, row.key, row.kind) == (2, "222127/17", OrganizationKind.SCHOOL)
    assert (row.name, row.kana) == ("みなと小学校", "ミナトショウガッコウ")
    assert (row.address, row.longitude, row.latitude) == ("架空市港町1-1", 138.005, 34.005)
    assert row.numbers == (number,)
    assert [str(remark) for remark in row.remarks] == [
        "市外局番がありません。市外局番から入力してください。（例：087-833-0110）"
    ]


def test_facility_rows_reads_the_columns_of_the_present_standard() -> None:
    header = "全国地方公共団体コード,ID,名称,名称_カナ,所在地_連結表記,緯度,経度,電話番号,内線番号"
    table = source(
        "新.csv",
        csv_bytes(header, "22212,A1,架空公民館,ｶｸｳｺｳﾐﾝｶﾝ,架空市1,34.0,138.0,054-624-3668,12"),
    ).rows

    [row] = facility_rows(table, area_code="")

    assert isinstance(row, FacilityRow)
    assert (row.key, row.kind) == ("222127/A1", OrganizationKind.COMMUNITY_CENTER)
    assert (row.kana, row.address) == ("カクウコウミンカン", "架空市1")
    assert [(number.e164, number.extension) for number in row.numbers] == [("+81546243668", "12")]


def test_facility_rows_completes_local_numbers_and_marks_fax() -> None:
    text = "222127,1,架空幼稚園,,公立幼稚園,架空市1,,,,624-3668,,(054)624-3669,"

    [row] = facility_rows(facilities(text).rows, area_code="054")

    assert isinstance(row, FacilityRow)
    assert [(number.e164, number.kind, number.last4) for number in row.numbers] == [
        ("+81546243668", PhoneKind.FIXED, "3668"),
        ("+81546243669", PhoneKind.FAX, "3669"),
    ]
    assert (row.longitude, row.latitude, row.remarks) == (None, None, ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "222128,1,架空小学校,,,架空市1,,,,,,,",
            "市区町村コード「222128」は検査数字が合いません。",
        ),
        (",1,架空小学校,,,架空市1,,,,,,,", "市区町村コード「」は6桁の数字ではありません。"),
        ("222127,,架空小学校,,,架空市1,,,,,,,", "NOが空です。"),
        ("222127,1,,,,架空市1,,,,,,,", "名称が空です。"),
        (
            f"222127,1,{'あ' * 161},,,架空市1,,,,,,,",
            "名称が長すぎます（160文字まで）。",
        ),
        (
            "222127,1,架空小学校,,,架空市1,,138.0,34.0,,,,",
            (
                "経度34.0・緯度138.0は日本の範囲にありません。"
                "経度と緯度の列が入れ替わっていないか確認してください。"
            ),
        ),
        (
            "222127,1,架空小学校,,,架空市1,,北緯34度,138.0,,,,",
            "緯度・経度「北緯34度」が数字ではありません。",
        ),
        ("222127,1,架空小学校,,,架空市1,,nan,138.0,,,,", "緯度・経度「nan」が数字ではありません。"),
        ("222127,1,架空小学校,,,架空市1,,,138.0,,,,", "緯度・経度「」が数字ではありません。"),
    ],
)
def test_facility_rows_refuses_a_row_with_its_reason(text: str, reason: str) -> None:
    read = facility_rows(facilities(SCHOOL, text).rows, area_code="")

    assert [(remark.row, str(remark)) for remark in read[1:]] == [(3, reason)]


@pytest.mark.parametrize(
    ("descriptions", "kind"),
    [
        (("", "小学校", "みなと"), OrganizationKind.SCHOOL),
        (("", "", "架空市立みなと中学校（分校）"), OrganizationKind.SCHOOL),
        (("認可外保育所", "", "みなとルーム"), OrganizationKind.PRESCHOOL),
        (("", "みなと小学校の隣", "港地域交流センター"), OrganizationKind.COMMUNITY_CENTER),
        (("", "", "みなと小学校児童クラブ"), OrganizationKind.PUBLIC_FACILITY),
        (("", "資料館", "架空記念館"), OrganizationKind.PUBLIC_FACILITY),
    ],
)
def test_organization_kind_follows_the_surest_word(
    descriptions: tuple[str, ...], kind: OrganizationKind
) -> None:
    assert organization_kind(*descriptions) == kind


def test_safe_house_rows_without_a_place_are_refused() -> None:
    read = safe_house_rows(safe_houses("1,港,138.0,34.0", "2,港,,", ",港,138.0,34.0").rows)

    assert read[0] == SafeHouseRow(2, "1", "港", 138.0, 34.0)
    assert [str(remark) for remark in read[1:]] == ["緯度・経度がありません。", "IDが空です。"]


def test_jurisdiction_rows_read_japanese_dates_and_fill_in_the_first_day() -> None:
    read = jurisdiction_rows(
        jurisdictions(
            "港交番,港自治会,令和8年10月1日", "港交番,浜自治会,", "港交番,磯自治会,来月"
        ).rows,
        default_day=DAY,
    )

    assert read[:2] == [
        JurisdictionRow(2, "港交番", "港自治会", dt.date(2026, 10, 1)),
        JurisdictionRow(3, "港交番", "浜自治会", DAY),
    ]
    assert str(read[2]) == (
        "開始日「来月」を読めません。令和8年4月1日又は2026-04-01のように書いてください。"
    )


def test_unit_rows_take_points_of_known_kinds() -> None:
    given = stations(("交番", "港交番", 138.0, 34.0), ("消防署", "港消防署", 138.0, 34.0))

    read = unit_rows(given.features)

    assert (read[0].row, str(read[1])) == (1, "種別が警察署、交番、駐在所のどれでもありません。")


def test_unit_rows_refuse_an_area() -> None:
    given = source("a.geojson", geojson([({"種別": "交番", "名称": "港交番"}, WEST)]))

    assert [str(row) for row in unit_rows(given.features)] == ["点の図形ではありません。"]


def test_area_rows_refuse_points_and_nameless_areas() -> None:
    given = source(
        "a.geojson",
        geojson(
            [
                ({"name": "港自治会"}, WEST),
                ({"name": "浜自治会"}, Point(138.0, 34.0)),
                ({"name": "磯自治会"}, WEST),
                ({"name": ""}, WEST),
            ]
        ),
    )

    read = area_rows(given.features, given.name_property)

    assert [str(row) for row in (read[1], read[3])] == [
        "点の図形です。区域（ポリゴン）だけを取り込みます。",
        "名称が空です。",
    ]
    assert [row.row for row in read] == [1, 2, 3, 4]


def test_area_rows_keep_the_name_as_the_file_has_it() -> None:
    given = source("a.geojson", geojson([({"name": "港第１自治会"}, WEST)]))

    [row] = area_rows(given.features, given.name_property)

    assert (row.name, row.polygon) == ("港第１自治会", WEST)  # type: ignore[union-attr]  # the row is readable
