import datetime as dt
from uuid import UUID

import pytest
from shapely import box

from crm.areas.models import AreaKind
from crm.areas.queries import AreaLine
from crm.contacts.models import Organization, OrganizationKind, Registration, Telephone
from crm.imports.contacts import plan_facilities, plan_safe_houses
from crm.imports.plans import Plan, Verdict
from crm.imports.rows import SafeHouseRow, facility_rows
from crm.kernel.kana import kana_sort_key
from crm.kernel.phone import PhoneKind
from crm.kernel.text import search_key
from tests.imports.cities import EAST, SCHOOL, WEST, facilities

DAY = dt.date(2026, 4, 1)
HARBOR = AreaLine(UUID(int=1), AreaKind.ELEMENTARY_DISTRICT, "", "港小学校", WEST)
BEACH = AreaLine(UUID(int=2), AreaKind.ELEMENTARY_DISTRICT, "", "浜小学校", EAST)


def planned_facilities(
    *rows: str, known: dict[str, Organization] | None = None, encoding: str = "utf-8"
) -> Plan:
    read = facility_rows(facilities(*rows, encoding=encoding).rows, area_code="0546")
    return plan_facilities(read, known or {}, {})


def existing(**more: object) -> Organization:
    columns = {
        "kind": OrganizationKind.SCHOOL,
        "name": "みなと小学校",
        "kana": "ミナトショウガッコウ",
        "address": "架空市港町1-1",
        "longitude": 138.005,
        "latitude": 34.005,
        "external_key": "222127/17",
    }
    return Organization(**{**columns, **more})


def test_plan_facilities_of_a_new_place_has_every_key_of_its_name() -> None:
    [step] = planned_facilities(SCHOOL).steps

    assert (step.verdict, step.values) == (
        Verdict.CREATED,
        {
            "kind": OrganizationKind.SCHOOL,
            "name": "みなと小学校",
            "kana": "ミナトショウガッコウ",
            "address": "架空市港町1-1",
            "longitude": 138.005,
            "latitude": 34.005,
            "external_key": "222127/17",
            "kana_sort": kana_sort_key("ミナトショウガッコウ"),
            "kana_row": "マ",
            "search_key": search_key("みなと小学校", "ミナトショウガッコウ"),
        },
    )
    assert [number.e164 for number in step.numbers] == ["+81546243668"]


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig"])
def test_plan_facilities_is_the_same_in_every_encoding(encoding: str) -> None:
    assert planned_facilities(SCHOOL, encoding=encoding) == planned_facilities(SCHOOL)


def test_plan_facilities_changes_only_what_differs() -> None:
    old = existing(address="架空市旧港町9")
    silent = SCHOOL.replace("24-3668", "").replace("ミナトショウガッコウ", "")

    [step] = planned_facilities(silent, known={old.external_key: old}).steps

    assert (step.verdict, step.existing, step.values) == (
        Verdict.UPDATED,
        old,
        {"address": "架空市港町1-1"},
    )


def test_plan_facilities_of_a_new_reading_renews_its_keys() -> None:
    old = existing(kana="")

    [step] = planned_facilities(SCHOOL, known={old.external_key: old}).steps

    assert sorted(step.values) == ["kana", "kana_row", "kana_sort", "search_key"]


def test_plan_facilities_with_its_numbers_known_changes_nothing() -> None:
    old = existing()
    known = {old.external_key: old}
    written_otherwise = Telephone(raw="0546-24-3668", e164="+81546243668", kind=PhoneKind.FIXED)
    rows = facility_rows(facilities(SCHOOL).rows, area_code="0546")

    plan = plan_facilities(rows, known, {old.id: [written_otherwise]})

    assert (plan.counts, plan.steps[0].numbers) == ((1, 0, 0, 1, 0), ())


def test_plan_facilities_refuses_a_repeated_number() -> None:
    plan = planned_facilities(SCHOOL, SCHOOL.replace("みなと", "はま"))

    assert [(remark.row, str(remark)) for remark in plan.refusals] == [
        (3, "同じものが2番の行にもあります。一つにまとめてください。")
    ]


def house(longitude: float, district: str = "港", number: str = "1") -> SafeHouseRow:
    return SafeHouseRow(2, number, district, longitude, 34.005)


def planned_houses(
    row: SafeHouseRow, *districts: AreaLine, known: tuple[Registration, ...] = ()
) -> Plan:
    return plan_safe_houses([row], districts=districts, known=known, day=DAY)


def test_plan_safe_houses_puts_a_house_into_the_district_of_its_point() -> None:
    [step] = planned_houses(house(138.005), HARBOR, BEACH).steps

    assert (step.verdict, step.values, step.remarks) == (
        Verdict.CREATED,
        {
            "area_id": HARBOR.id,
            "longitude": 138.005,
            "latitude": 34.005,
            "scheme": "child_110",
            "number": "1",
            "valid_from": DAY,
        },
        (),
    )


def test_plan_safe_houses_remarks_another_district_and_believes_the_point() -> None:
    plan = planned_houses(house(138.015), HARBOR, BEACH)

    assert plan.steps[0].values["area_id"] == BEACH.id
    assert [(remark.row, str(remark)) for remark in plan.notes] == [
        (
            2,
            "学区の欄は「港」ですが、地点は「浜小学校」の区域にあります。地点の区域で登録します。",
        )
    ]


def test_plan_safe_houses_refuses_a_point_in_no_district_or_in_two() -> None:
    overlapping = BEACH._replace(polygon=box(138.0, 34.0, 138.1, 34.1))

    plans = [
        planned_houses(house(139.0), HARBOR),
        planned_houses(house(138.005), HARBOR, overlapping),
    ]

    assert [str(remark) for plan in plans for remark in plan.refusals] == [
        "地点がどの小学校区にも入りません。小学校区を先に取り込むか、位置を確認してください。",
        "地点が二つ以上の小学校区に入ります。区域の境界を確認してください。",
    ]


def test_plan_safe_houses_of_another_town_are_other_houses() -> None:
    elsewhere = BEACH._replace(municipality_code="221007")
    known = Registration(
        scheme="child_110",
        number="1",
        area_id=HARBOR.id,
        longitude=138.005,
        latitude=34.005,
        valid_from=DAY,
    )

    same = planned_houses(house(138.005), HARBOR, elsewhere, known=(known,))
    other = planned_houses(house(138.015, "浜"), HARBOR, elsewhere, known=(known,))

    assert [plan.steps[0].verdict for plan in (same, other)] == [Verdict.UNCHANGED, Verdict.CREATED]
