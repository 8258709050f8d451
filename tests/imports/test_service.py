import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from crm.agencies.models import Unit
from crm.agencies.queries import jurisdictions_of, units_on
from crm.areas.models import Area
from crm.areas.queries import areas_on
from crm.contacts.models import Organization, Registration, Telephone
from crm.imports.files import Source
from crm.imports.models import ImportBatch
from crm.imports.plans import Counts, Plan
from crm.imports.service import Errand, take_in
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Forbidden, Refused
from tests.imports.cities import (
    EAST,
    SCHOOL,
    WEST,
    areas,
    facilities,
    jurisdictions,
    safe_houses,
    stations,
)
from tests.support.world import NOW, START, TODAY, World

ERRAND = Errand(day=TODAY, now=NOW, area_code="0546")
Taking = Callable[..., list[Plan]]


@pytest.fixture
def taking(world: World) -> Taking:
    def take(who: str, source: Source, errand: Errand = ERRAND) -> list[Plan]:
        with world.writing(who) as db:
            return take_in(db, world.actors[who], source, errand)

    return take


def rows_of(world: World, table: type[SQLModel]) -> list[dict[str, Any]]:
    with world.database.system("a test looks") as connection:
        found = connection.execute(sa.select(sa.inspect(table).local_table)).mappings()
        return [dict(row) for row in found]


def counts(plans: list[Plan]) -> list[tuple[int, ...]]:
    return [tuple(plan.counts) for plan in plans]


def test_take_in_areas_by_the_chief_makes_their_associations(world: World, taking: Taking) -> None:
    source = areas(第1自治会=WEST, 第2自治会=EAST)

    first = taking("chief", source)
    again = taking("chief", source)

    assert counts(first) == [(2, 2, 0, 0, 0), (2, 2, 0, 0, 0)]
    assert counts(again) == [(2, 0, 0, 2, 0), (2, 0, 0, 2, 0)]
    made = sorted(rows_of(world, Organization), key=lambda row: row["name"])
    with world.reading("chief") as db:
        ids = {area.name: area.id for area in areas_on(db, TODAY)}
    assert [(row["name"], row["area_id"], row["external_key"]) for row in made] == [
        (name, ids[name], f"area/{ids[name]}") for name in ("第1自治会", "第2自治会")
    ]
    assert made[0]["provenance"] == source.provenance(1)
    assert (made[0]["created_by"], made[0]["revision"]) == (world.actors["chief"].account_id, 1)


def test_take_in_areas_by_the_administrator_makes_areas_alone(world: World, taking: Taking) -> None:
    assert counts(taking("administrator", areas(第1自治会=WEST))) == [(1, 1, 0, 0, 0)]
    assert rows_of(world, Organization) == []


def test_take_in_changes_only_changed_columns_and_the_revision(
    world: World, taking: Taking
) -> None:
    taking("chief", facilities(SCHOOL))
    [before] = rows_of(world, Organization)
    moved = facilities(SCHOOL.replace("港町1-1", "港町2-2"))

    plans = taking("chief", moved, Errand(day=TODAY, now=NOW + dt.timedelta(days=1)))

    [after] = rows_of(world, Organization)
    changed = {name for name in after if after[name] != before[name]}
    assert counts(plans) == [(1, 0, 1, 0, 0)]
    assert changed == {"address", "provenance", "revision", "updated_at"}
    assert (after["address"], after["revision"]) == ("架空市港町2-2", 2)
    assert after["provenance"] == moved.provenance(2)


def test_take_in_facilities_keeps_numbers_people_have_added(world: World, taking: Taking) -> None:
    taking("chief", facilities(SCHOOL))
    renumbered = facilities(SCHOOL.replace("24-3668", "24-3669"))

    plans = [taking("chief", renumbered), taking("chief", renumbered)]

    numbers = sorted(rows_of(world, Telephone), key=lambda row: row["position"])
    assert [counts(each) for each in plans] == [[(1, 0, 1, 0, 0)], [(1, 0, 0, 1, 0)]]
    assert [(row["position"], row["e164"], row["last4"]) for row in numbers] == [
        (0, "+81546243668", "3668"),
        (1, "+81546243669", "3669"),
    ]


def test_take_in_of_a_file_with_refused_rows_takes_the_others(world: World, taking: Taking) -> None:
    broken = SCHOOL.replace("222127,17", "222128,18")

    [plan] = taking("chief", facilities(SCHOOL, broken))

    assert plan.counts == Counts(2, 1, 0, 0, 1)
    assert [row["external_key"] for row in rows_of(world, Organization)] == ["222127/17"]


def test_take_in_safe_houses_finds_districts_that_hold_on_the_day(
    world: World, taking: Taking
) -> None:
    houses = safe_houses("1,港,138.005,34.005", "2,浜,138.015,34.005", "3,磯,139,34")
    taking("chief", areas(港小学校=WEST, 浜小学校=EAST))

    early = Errand(day=START, now=NOW)
    plans = [taking("chief", houses, early), taking("chief", houses), taking("chief", houses)]

    assert [tuple(plan.counts) for [plan] in plans] == [
        (3, 0, 0, 0, 3),
        (3, 2, 0, 0, 1),
        (3, 0, 0, 2, 1),
    ]
    with world.reading("officer") as db:
        names = {area.id: area.name for area in areas_on(db, TODAY)}
        found = db.exec(select(Registration).order_by(col(Registration.number))).all()
        registered = [(row.scheme, row.number, names[row.area_id]) for row in found if row.area_id]
    assert registered == [("child_110", "1", "港小学校"), ("child_110", "2", "浜小学校")]


def test_take_in_stations_places_the_network_office_and_the_boxes_below_it(
    world: World, taking: Taking
) -> None:
    source = stations(("交番", "浜交番", 138.0, 34.0), ("警察署", "浜署", 138.0, 34.0))

    plans = [taking("administrator", source), taking("administrator", source)]

    assert [counts(each) for each in plans] == [[(2, 2, 0, 0, 0)], [(2, 0, 0, 2, 0)]]
    with world.reading("administrator") as db:
        units = {unit.name: unit for unit in units_on(db, TODAY)}
        koban = db.exec(select(Unit).where(col(Unit.id) == units["浜交番"].id)).one()
        kept = (koban.address, koban.longitude, koban.latitude)
    station, office = units["浜署"], units["地域課"]
    assert station.parent_id == world.units["本部"]
    assert (office.parent_id, office.station_id) == (station.id, station.id)
    assert office.network_office
    assert (units["浜交番"].parent_id, units["浜交番"].station_id) == (office.id, station.id)
    assert kept == ("架空市浜交番前", 138.0, 34.0)


def test_take_in_stations_from_before_the_agency_is_refused(taking: Taking) -> None:
    before = Errand(day=START - dt.timedelta(days=1), now=NOW)

    with pytest.raises(Refused, match="この機関の記録は令和6年4月1日からです"):
        taking("administrator", stations(("警察署", "浜署", 138.0, 34.0)), before)


def test_take_in_jurisdictions_hands_areas_over_from_their_day(
    world: World, taking: Taking
) -> None:
    source = jurisdictions("みなと駐在所,みなと町自治会,令和8年11月1日")

    plans = [taking("administrator", source), taking("administrator", source)]

    assert [counts(each) for each in plans] == [[(1, 0, 1, 0, 0)], [(1, 0, 0, 1, 0)]]
    area_id = world.areas["みなと町自治会"]
    with world.reading("administrator") as db:
        days = [dt.date(2026, 10, 31), dt.date(2026, 11, 1)]
        keepers = [[row.unit_id for row in jurisdictions_of(db, area_id, day)] for day in days]
    assert keepers == [[world.units["若葉駅前交番"]], [world.units["みなと駐在所"]]]


@pytest.mark.parametrize("who", ["officer", "seian", "station_chief", "hq", "auditor"])
def test_take_in_by_others_is_forbidden(taking: Taking, who: str) -> None:
    for source in (areas(第1自治会=WEST), facilities(SCHOOL), jurisdictions("a,b,")):
        with pytest.raises(Forbidden):
            taking(who, source)


@pytest.mark.parametrize(
    ("who", "source"),
    [
        ("administrator", facilities(SCHOOL)),
        ("administrator", safe_houses("1,港,138.005,34.005")),
        ("chief", stations(("警察署", "浜署", 138.0, 34.0))),
        ("chief", jurisdictions("みなと駐在所,みなと町自治会,")),
    ],
)
def test_take_in_of_what_is_another_accounts_is_forbidden(
    taking: Taking, who: str, source: Source
) -> None:
    with pytest.raises(Forbidden):
        taking(who, source)


def test_take_in_of_another_station_never_touches_ours(world: World, taking: Taking) -> None:
    taking("chief", facilities(SCHOOL))

    plans = taking("stranger_chief", facilities(SCHOOL.replace("港町1-1", "港町2-2")))

    assert counts(plans) == [(1, 1, 0, 0, 0)]
    with world.reading("officer") as db:
        assert [each.address for each in db.exec(select(Organization)).all()] == ["架空市港町1-1"]


def test_take_in_puts_the_file_on_record(world: World, taking: Taking) -> None:
    source = facilities(SCHOOL, encoding="cp932")

    taking("chief", source)

    [batch] = rows_of(world, ImportBatch)
    told = {"organization": {"read": 1, "created": 1, "updated": 0, "unchanged": 0, "refused": 0}}
    assert (batch["file_name"], batch["file_size"]) == ("施設.csv", source.size)
    assert (batch["sha256"], batch["encoding"]) == (source.sha256, "cp932")
    assert (batch["kind"], batch["counts"]) == ("facilities", told)
    with world.reading("auditor") as db:
        [entry] = db.exec(select(AuditEntry)).all()
        assert (entry.action, entry.subject_id) == ("import.applied", batch["id"])
        assert entry.detail == {"kind": "facilities", "sha256": source.sha256, "counts": told}


def test_take_in_of_a_moved_border_keeps_the_area_and_its_first_day(
    world: World, taking: Taking
) -> None:
    taking("chief", areas(港小学校=WEST))

    plans = taking("chief", areas(港小学校=EAST), Errand(day=TODAY + dt.timedelta(days=9), now=NOW))

    assert counts(plans) == [(1, 0, 1, 0, 0)]
    [area] = [row for row in rows_of(world, Area) if row["name"] == "港小学校"]
    assert (area["polygon"], area["valid_from"], area["revision"]) == (EAST, TODAY, 2)
