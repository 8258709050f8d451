import datetime as dt
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from crm.agencies import service as agencies
from crm.agencies.models import (
    Agency,
    Unit,
    UnitJurisdiction,
    UnitKind,
    UnitPlacement,
)
from crm.areas.models import AreaKind
from crm.coverage.models import Coverage, Tally
from crm.coverage.queries import coverage_on
from crm.kernel.actor import AgencyKind
from crm.kernel.clock import start_of_day
from crm.liaisons.models import LiaisonTerm
from crm.notes.models import Outcome
from tests.coverage.records import put_liaison, put_note, put_post
from tests.support.world import NOW, START, TODAY, World

MINATO, SAKURA, ISOBE = "みなと町自治会", "さくら台自治会", "磯部自治会"
STATION, EKIMAE, CHUZAI = "若葉署", "若葉駅前交番", "みなと駐在所"


def seen(world: World, day: dt.date = TODAY, station: str | None = None) -> Coverage:
    with world.reading("hq") as db:
        return coverage_on(
            db,
            world.actors["hq"],
            day,
            kind=AreaKind.ASSOCIATION_AREA,
            station_id=world.units[station] if station else None,
        )


def tallies(coverage: Coverage) -> dict[str, Tally]:
    """Every line of the table by its name, and the total under 計."""
    found = {"計": coverage.total}
    for station in coverage.stations:
        found[station.name] = station.tally
        found[f"{station.name}のほか"] = station.elsewhere
        for unit in station.units:
            found[unit.name] = unit.tally
            found.update({area.name: area.tally for area in unit.areas})
    return {name: tally for name, tally in found.items() if tally != Tally()}


def test_person_counts_once_though_holding_posts_and_areas(world: World) -> None:
    person = world.person("山田 花子", "ヤマダ ハナコ")
    put_liaison(world, person, MINATO, SAKURA, ISOBE)
    put_post(world, person)
    put_post(world, person, since=None)
    once = Tally(persons=1, posts=2)
    assert tallies(seen(world)) == dict.fromkeys(
        ("計", STATION, EKIMAE, CHUZAI, MINATO, SAKURA, ISOBE), once
    )


def test_persons_and_organizations_are_counted_apart(world: World) -> None:
    put_liaison(world, world.person("山田 花子", "ヤマダ ハナコ"), MINATO)
    put_liaison(world, world.person("田中 太郎", "タナカ タロウ"), MINATO)
    put_liaison(world, world.organization("みなと町商店会", area=MINATO), MINATO)
    world.organization("みなと小学校", area=MINATO)
    assert tallies(seen(world))[MINATO] == Tally(persons=2, organizations=1, registered=2)


def test_only_what_holds_on_the_day_counts(world: World) -> None:
    before, after = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
    person = world.person("山田 花子", "ヤマダ ハナコ")
    put_liaison(world, person, MINATO)
    put_post(world, person, until=before)
    put_post(world, person, since=after)
    put_liaison(world, world.person("元 連絡員", "モト レンラクイン"), MINATO, until=before)
    put_liaison(world, world.person("次 連絡員", "ツギ レンラクイン"), MINATO, since=after)
    closed = world.organization("旧商店会", area=MINATO)
    with world.writing("chief") as db:
        stored = db.get_one(type(closed), closed.id)
        stored.is_active = False
    assert tallies(seen(world))[MINATO] == Tally(persons=1)


def test_last_contact_is_the_last_time_both_sides_spoke(world: World) -> None:
    person = world.person("山田 花子", "ヤマダ ハナコ")
    shop = world.organization("みなと町商店会", area=ISOBE)
    put_liaison(world, person, MINATO)
    put_liaison(world, shop, ISOBE)
    end = start_of_day(TODAY) + dt.timedelta(hours=23, minutes=59)
    put_note(world, person, at=NOW - dt.timedelta(days=9), outcome=Outcome.PHONE)
    put_note(world, person, at=NOW - dt.timedelta(days=2), outcome=Outcome.ABSENT)
    put_note(world, person, at=end + dt.timedelta(minutes=1))
    put_note(world, shop, at=end)
    put_note(world, world.person("協力 者", "キョウリョク シャ"), at=end)
    days = {name: tally.last_contact for name, tally in tallies(seen(world)).items()}
    nine_days_ago = dt.date(2026, 11, 11)
    assert days == {
        "計": TODAY,
        STATION: TODAY,
        EKIMAE: nine_days_ago,
        MINATO: nine_days_ago,
        CHUZAI: TODAY,
        ISOBE: TODAY,
    }


def test_liaison_without_an_area_of_the_table_counts_at_its_station_only(world: World) -> None:
    put_liaison(world, world.person("区域 無", "クイキ ナシ"))
    world.organization("市立図書館")
    counted = Tally(persons=1, registered=1)
    assert tallies(seen(world)) == dict.fromkeys(("計", STATION, "若葉署のほか"), counted)


def test_areas_without_anyone_stand_in_the_order_of_the_table(world: World) -> None:
    put_liaison(world, world.person("山田 花子", "ヤマダ ハナコ"), SAKURA)
    coverage = seen(world, station=STATION)
    (station,) = coverage.stations
    assert [(unit.name, [area.name for area in unit.vacant]) for unit in station.units] == [
        (CHUZAI, [ISOBE]),
        (EKIMAE, [MINATO]),
    ]
    assert (station.vacant, coverage.vacant) == (2, 2)


def test_area_two_units_share_is_without_anyone_once(world: World) -> None:
    shared = UnitJurisdiction(
        agency_id=world.agency_id,
        unit_id=world.units[CHUZAI],
        area_id=world.areas[MINATO],
        valid_from=START,
    )
    world.put(shared)
    coverage = seen(world, station=STATION)
    (station,) = coverage.stations
    assert [[area.name for area in unit.vacant] for unit in station.units] == [
        [ISOBE, MINATO],
        [SAKURA, MINATO],
    ]
    assert (station.vacant, coverage.vacant) == (3, 3)
    assert coverage.station_ids == dict.fromkeys(
        (world.areas[name] for name in (ISOBE, MINATO, SAKURA)), world.units[STATION]
    )


def test_station_sees_the_same_figures_alone_as_among_all(world: World) -> None:
    person = world.person("山田 花子", "ヤマダ ハナコ")
    put_liaison(world, person, MINATO, ISOBE)
    put_note(world, person, at=NOW)
    put_liaison(world, world.person("港 南", "ミナト ミナミ", station="港南署"), "港南自治会")
    everywhere, alone = seen(world), seen(world, station=STATION)
    assert [line for line in everywhere.stations if line.name == STATION] == alone.stations
    assert alone.total == alone.stations[0].tally
    assert everywhere.total.persons == 2


def test_earlier_day_gives_the_earlier_answer(world: World) -> None:
    person = world.person("山田 花子", "ヤマダ ハナコ")
    term = put_liaison(world, person, MINATO)
    put_liaison(world, world.person("田中 太郎", "タナカ タロウ"), SAKURA)
    earlier = dt.date(2026, 6, 30)
    before = seen(world, earlier)
    _end_term(world, term.id, dt.date(2026, 7, 31))
    _move_koban_and_area(world, dt.date(2026, 10, 1))
    assert seen(world, earlier) == before
    assert _tree(before) == {
        "港南署": {"港南交番": ["港南自治会"]},
        STATION: {CHUZAI: [ISOBE], EKIMAE: [SAKURA, MINATO]},
    }
    assert tallies(before)[STATION] == Tally(persons=2)
    now = seen(world)
    assert _tree(now) == {
        "港南署": {"港南交番": ["港南自治会"], EKIMAE: [SAKURA]},
        STATION: {CHUZAI: [ISOBE, MINATO]},
    }
    assert tallies(now) == dict.fromkeys(("計", "港南署", EKIMAE, SAKURA), Tally(persons=1))
    # the file of the one who remains is still kept by the station the koban left
    assert tallies(seen(world, station=STATION)) == {}


def _tree(coverage: Coverage) -> dict[str, dict[str, list[str]]]:
    return {
        station.name: {
            unit.name: [area.name for area in unit.areas]
            for unit in sorted(station.units, key=lambda unit: unit.name == EKIMAE)
        }
        for station in sorted(coverage.stations, key=lambda line: line.name == STATION)
    }


def _end_term(world: World, term_id: UUID, day: dt.date) -> None:
    with world.writing("chief") as db:
        db.get_one(LiaisonTerm, term_id).valid_to = day


def _move_koban_and_area(world: World, day: dt.date) -> None:
    """Move the koban to the other station, one of its areas to the chuzaisho that stays."""
    actor = world.actors["administrator"]
    with world.writing("administrator") as db:
        agencies.move_unit(
            db, actor, world.units[EKIMAE], to=world.units["港南署地域課"], day=day, now=NOW
        )
        agencies.move_jurisdiction(
            db, actor, world.areas[MINATO], to=world.units[CHUZAI], day=day, now=NOW
        )


@pytest.fixture
def foreign_agency(world: World) -> World:
    """Another prefecture's police with a koban in charge of the very same area."""
    other = uuid7()
    station, koban = (
        Unit(agency_id=other, kind=kind) for kind in (UnitKind.STATION, UnitKind.KOBAN)
    )
    owned = {"agency_id": other, "valid_from": START, "station_id": station.id}
    world.put(
        Agency(id=other, kind=AgencyKind.PREFECTURAL_POLICE, name="隣県警察"),
        station,
        koban,
        UnitPlacement(**owned, unit_id=station.id, name="CANARY署"),
        UnitPlacement(**owned, unit_id=koban.id, parent_id=station.id, name="CANARY交番"),
        UnitJurisdiction(
            agency_id=other, unit_id=koban.id, area_id=world.areas[MINATO], valid_from=START
        ),
    )
    theirs = World(world.database, other, {STATION: station.id}, world.areas, world.actors)
    person = theirs.person("CANARY 他県", "カナリア タケン")
    put_liaison(theirs, person, MINATO)
    put_liaison(theirs, theirs.organization("CANARY団体", area=MINATO), MINATO)
    put_post(theirs, person)
    theirs.units[EKIMAE] = koban.id
    put_note(theirs, person, at=NOW)
    return world


def test_another_agency_counts_nowhere(foreign_agency: World) -> None:
    coverage = seen(foreign_agency)
    assert tallies(coverage) == {}
    assert "CANARY署" not in [station.name for station in coverage.stations]
