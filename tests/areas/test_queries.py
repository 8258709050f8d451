import datetime as dt

from shapely import Polygon, box

from crm.areas.models import Area, AreaKind
from crm.areas.queries import AreaIndex, area_names, areas_at, areas_on
from tests.support.pages import counted
from tests.support.world import START, TODAY, World

ALL = ["みなと町自治会", "さくら台自治会", "磯部自治会", "港南自治会"]


def district(name: str, shape: Polygon | None, **dates: dt.date) -> Area:
    return Area(
        kind=AreaKind.ELEMENTARY_DISTRICT,
        name=name,
        polygon=shape,
        **{"valid_from": START, **dates},
    )


def test_areas_on_returns_what_holds_on_the_day(world: World) -> None:
    world.put(
        district("旧小学校", None, valid_to=dt.date(2026, 3, 31)),
        district("新小学校", None, valid_from=dt.date(2026, 4, 1)),
    )

    with world.reading("officer") as db:
        kinds = [AreaKind.ELEMENTARY_DISTRICT]
        names = [
            [area.name for area in areas_on(db, day, kinds=kinds)]
            for day in (dt.date(2026, 3, 31), dt.date(2026, 4, 1))
        ]
        all_kinds = areas_on(db, TODAY)

    assert names == [["旧小学校"], ["新小学校"]]
    assert sorted(area.name for area in all_kinds) == sorted([*ALL, "新小学校"])


def test_areas_at_finds_every_area_over_a_point(world: World) -> None:
    world.put(district("みなと小学校", box(138.0, 34.0, 138.02, 34.01)))

    with world.reading("officer") as db:
        names = [
            sorted(area.name for area in areas_at(db, longitude, 34.005, TODAY))
            for longitude in (138.005, 138.015, 138.5)
        ]
        districts = areas_at(db, 138.005, 34.005, TODAY, kinds=[AreaKind.ELEMENTARY_DISTRICT])

    assert names == [
        ["みなと小学校", "みなと町自治会"],
        ["さくら台自治会", "みなと小学校"],
        [],
    ]
    assert [area.name for area in districts] == ["みなと小学校"]


def test_area_index_counts_a_border_to_both_sides(world: World) -> None:
    with world.reading("officer") as db:
        areas = areas_on(db, TODAY)
    names = {area.id: area.name for area in areas}
    index = AreaIndex([*areas, areas[0]._replace(polygon=None)])

    assert sorted(names[found] for found in index.at(138.01, 34.005)) == [
        "さくら台自治会",
        "みなと町自治会",
    ]


def test_area_index_of_nothing_finds_nothing() -> None:
    assert AreaIndex([]).at(138.0, 34.0) == []


def test_area_names_asks_once(world: World) -> None:
    wanted = [world.areas[name] for name in ALL[:2]]

    with world.reading("officer") as db, counted(world.database) as statements:
        nothing = area_names(db, [])
        names = area_names(db, wanted)

    assert len(statements) == 1
    assert nothing == {}
    assert names == dict(zip(wanted, ALL[:2], strict=True))
