import datetime as dt

from crm.agencies.models import Unit, UnitKind
from crm.areas.models import Area, AreaKind
from crm.imports.places import (
    KnownUnits,
    order_without_kana,
    plan_areas,
    plan_jurisdictions,
    plan_units,
)
from crm.imports.plans import Plan, Verdict
from crm.imports.queries import PlacedUnit, Standing
from crm.imports.rows import AreaRow, JurisdictionRow, UnitRow
from tests.imports.cities import EAST, WEST

DAY = dt.date(2026, 4, 1)
LATER = dt.date(2026, 10, 1)


def area(name: str, code: str = "", polygon: object = WEST) -> Area:
    return Area(
        kind=AreaKind.ASSOCIATION_AREA,
        municipality_code=code,
        name=name,
        polygon=polygon,
        valid_from=DAY,
    )


def planned(*rows: AreaRow, known: list[Area], code: str = "") -> Plan:
    return plan_areas(
        rows, known, kind=AreaKind.ASSOCIATION_AREA, municipality_code=code, day=LATER
    )


def test_plan_areas_makes_changes_and_leaves() -> None:
    rows = [AreaRow(1, "港", WEST), AreaRow(2, "浜", EAST), AreaRow(3, "磯", WEST)]

    plan = planned(*rows, known=[area("浜", polygon=WEST), area("磯")])

    assert [step.verdict for step in plan.steps] == [
        Verdict.CREATED,
        Verdict.UPDATED,
        Verdict.UNCHANGED,
    ]
    assert plan.steps[0].values == {
        "kind": AreaKind.ASSOCIATION_AREA,
        "municipality_code": "",
        "name": "港",
        "polygon": WEST,
        "kana_sort": order_without_kana("港"),
        "valid_from": LATER,
    }
    assert plan.steps[1].values == {"polygon": EAST}
    assert plan.counts == (3, 1, 1, 1, 0)


def test_plan_areas_of_another_municipality_are_other_areas() -> None:
    plan = planned(AreaRow(1, "港", WEST), known=[area("港", "222127")], code="221007")

    assert [step.verdict for step in plan.steps] == [Verdict.CREATED]


def test_plan_areas_gives_an_area_without_municipality_the_one_named() -> None:
    plan = planned(AreaRow(1, "港", WEST), known=[area("港")], code="222127")

    assert [step.values for step in plan.steps] == [{"municipality_code": "222127"}]


def test_plan_areas_with_two_of_a_name_asks_for_the_municipality() -> None:
    plan = planned(AreaRow(1, "港", WEST), known=[area("港", "222127"), area("港", "221007")])

    assert [str(remark) for remark in plan.refusals] == [
        "区域「港」が二つ以上あります。--municipality で市町を指定してください。"
    ]


def test_plan_areas_refuses_the_second_of_a_name_in_one_file() -> None:
    plan = planned(AreaRow(1, "港", WEST), AreaRow(2, "港", EAST), known=[])

    assert [(remark.row, str(remark)) for remark in plan.refusals] == [
        (2, "同じものが1番の行にもあります。一つにまとめてください。")
    ]
    assert plan.counts == (2, 1, 0, 0, 1)


def test_order_without_kana_counts_numbers() -> None:
    names = ["港第10自治会", "港第２自治会", "港第1自治会"]

    assert sorted(names, key=order_without_kana) == ["港第1自治会", "港第２自治会", "港第10自治会"]


HEADQUARTERS = PlacedUnit(Unit(kind=UnitKind.HEADQUARTERS), "警察本部", None, DAY)


def placed(kind: UnitKind, name: str, station: Unit | None = None) -> PlacedUnit:
    unit = Unit(kind=kind, address="旧住所", longitude=138.0, latitude=34.0)
    return PlacedUnit(unit, name, (station or unit).id, DAY)


def unit_row(row: int, kind: UnitKind, name: str) -> UnitRow:
    return UnitRow(row, kind, name, "新住所", 138.0, 34.0)


def test_plan_units_puts_boxes_under_the_one_station_of_the_file() -> None:
    rows = [unit_row(1, UnitKind.KOBAN, "港交番"), unit_row(2, UnitKind.STATION, "港署")]

    plan = plan_units(rows, KnownUnits.among([HEADQUARTERS]), day=DAY)

    assert [step.values.get("station") for step in plan.steps] == ["港署", None]
    assert plan.counts == (2, 2, 0, 0, 0)


def test_plan_units_changes_only_the_address() -> None:
    station = placed(UnitKind.STATION, "港署")
    koban = placed(UnitKind.KOBAN, "港交番", station.unit)
    known = KnownUnits.among([HEADQUARTERS, station, koban])

    plan = plan_units([unit_row(1, UnitKind.KOBAN, "港交番")], known, day=DAY)

    assert [(step.existing, step.values) for step in plan.steps] == [
        (koban.unit, {"address": "新住所"})
    ]


def test_plan_units_refuses_a_box_of_no_certain_station() -> None:
    rows = [
        unit_row(1, UnitKind.STATION, "港署"),
        unit_row(2, UnitKind.STATION, "浜署"),
        unit_row(3, UnitKind.KOBAN, "港交番"),
    ]

    plan = plan_units(rows, KnownUnits.among([HEADQUARTERS]), day=DAY)

    assert [(remark.row, str(remark)) for remark in plan.refusals] == [
        (
            3,
            (
                "どの警察署の交番か決められません。"
                "警察署ごとに、署と交番を一つのファイルにしてください。"
            ),
        )
    ]


STATION = placed(UnitKind.STATION, "港署")
KOBAN = placed(UnitKind.KOBAN, "港交番", STATION.unit)
OTHER = placed(UnitKind.CHUZAISHO, "浜駐在所", STATION.unit)
HARBOR = area("港自治会")


def jurisdiction(row: JurisdictionRow, *standing: Standing) -> Plan:
    return plan_jurisdictions(
        [row],
        units=[STATION, KOBAN, OTHER],
        areas=[HARBOR],
        standing={HARBOR.id: standing},
    )


def test_plan_jurisdictions_gives_moves_and_leaves() -> None:
    row = JurisdictionRow(2, "港交番", "港自治会", LATER)

    plans = [
        jurisdiction(row),
        jurisdiction(row, Standing(OTHER.unit.id, DAY)),
        jurisdiction(row, Standing(KOBAN.unit.id, DAY)),
        jurisdiction(row, Standing(KOBAN.unit.id, LATER)),
    ]

    assert [plan.steps[0].verdict for plan in plans] == [
        Verdict.CREATED,
        Verdict.UPDATED,
        Verdict.UNCHANGED,
        Verdict.UNCHANGED,
    ]
    assert plans[1].steps[0].values == {
        "unit_id": KOBAN.unit.id,
        "area_id": HARBOR.id,
        "day": LATER,
    }


def test_plan_jurisdictions_of_an_area_handed_over_judges_each_row_on_its_day() -> None:
    past = Standing(KOBAN.unit.id, DAY, LATER - dt.timedelta(days=1))
    present = Standing(OTHER.unit.id, LATER)
    early, late = DAY, LATER + dt.timedelta(days=30)

    verdicts = [
        jurisdiction(JurisdictionRow(2, box, "港自治会", day), *standing).steps[0].verdict
        for standing in ((past, present), (present, past))
        for box, day in (("港交番", early), ("浜駐在所", late), ("港交番", late))
    ]

    assert verdicts == [Verdict.UNCHANGED, Verdict.UNCHANGED, Verdict.UPDATED] * 2


def test_plan_jurisdictions_refuses_a_box_that_is_closed_by_then() -> None:
    closed = KOBAN._replace(last_day=LATER - dt.timedelta(days=1))
    row = JurisdictionRow(2, "港交番", "港自治会", LATER)

    plan = plan_jurisdictions([row], units=[closed], areas=[HARBOR], standing={})

    assert [str(remark) for remark in plan.refusals] == ["交番・駐在所「港交番」が見つかりません。"]


def test_plan_jurisdictions_refuses_what_does_not_fit_the_record() -> None:
    plans = [
        jurisdiction(JurisdictionRow(2, "磯交番", "港自治会", LATER)),
        jurisdiction(JurisdictionRow(2, "港交番", "磯自治会", LATER)),
        jurisdiction(JurisdictionRow(2, "港交番", "港自治会", dt.date(2026, 3, 31))),
        jurisdiction(
            JurisdictionRow(2, "港交番", "港自治会", LATER), Standing(OTHER.unit.id, LATER)
        ),
    ]

    assert [str(remark) for plan in plans for remark in plan.refusals] == [
        "交番・駐在所「磯交番」が見つかりません。",
        "区域「磯自治会」が見つかりません。",
        "「港交番」の記録は令和8年4月1日からです。開始日をその日以後にしてください。",
        "この区域の所管は令和8年10月1日から記録されています。開始日をそれより後にしてください。",
    ]
