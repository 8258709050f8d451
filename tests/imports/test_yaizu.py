"""A real city's files, from beside the repository, on both databases."""

import datetime as dt

import pytest
from sqlmodel import select

from crm.agencies.queries import units_on
from crm.contacts.models import Organization, Registration
from crm.imports.files import Broken, Opened, Passed, Source, open_all, read_source
from crm.imports.models import FileKind
from crm.imports.plans import Plan
from crm.imports.rows import FacilityRow, facility_rows, safe_house_rows
from crm.imports.service import Errand, take_in
from tests.support.open_data import REAL, needs_real_data
from tests.support.world import NOW, World

pytestmark = needs_real_data
DAY = dt.date(2026, 4, 1)
ERRAND = Errand(day=DAY, now=NOW, area_code="054")


@pytest.fixture(scope="module")
def opened() -> list[Opened]:
    assert REAL is not None
    return open_all([REAL / "yaizu"])


def sources(opened: list[Opened], *kinds: FileKind) -> list[Source]:
    return [each for each in opened if isinstance(each, Source) and each.kind in kinds]


def counts(plans: list[Plan]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*(plan.counts for plan in plans), strict=True))


def test_the_folder_holds_what_is_expected(opened: list[Opened]) -> None:
    assert [(each.name, each.kind.value) for each in opened if isinstance(each, Source)] == [
        ("自治会区域.geojson", "association_areas"),
        ("小学校区.geojson", "elementary_districts"),
        ("中学校区.shp", "junior_high_districts"),
        ("警察署・交番.geojson", "stations"),
        ("222127_community_center.csv", "facilities"),
        ("222127_elementary_school.csv", "facilities"),
        ("222127_facilities_smartmap.csv", "facilities"),
        ("222127_junior_high_school.csv", "facilities"),
        ("222127_preschool.csv", "facilities"),
        ("子どもを守る家.csv", "safe_houses"),
    ]
    assert [each.name for each in opened if isinstance(each, Passed)] == [
        "222127_aed.csv",
        "小学校区.shp",
        "自治会区域.shp",
    ]
    assert [each.name for each in opened if isinstance(each, Broken)] == []


def test_areas_and_units_by_the_administrator(world: World, opened: list[Opened]) -> None:
    actor = world.actors["administrator"]
    files = sources(
        opened,
        FileKind.ASSOCIATION_AREAS,
        FileKind.ELEMENTARY_DISTRICTS,
        FileKind.JUNIOR_HIGH_DISTRICTS,
        FileKind.STATIONS,
    )

    totals = []
    for _ in range(2):
        with world.writing("administrator") as db:
            totals.append([counts(take_in(db, actor, source, ERRAND)) for source in files])

    with world.reading("hq") as db:
        [station_id] = [unit.id for unit in units_on(db, DAY) if unit.name == "焼津警察署"]
        kinds = [unit.kind.value for unit in units_on(db, DAY, station_id=station_id)]
    assert totals == [
        [(35, 35, 0, 0, 0), (13, 13, 0, 0, 0), (9, 9, 0, 0, 0), (9, 9, 0, 0, 0)],
        [(35, 0, 0, 35, 0), (13, 0, 0, 13, 0), (9, 0, 0, 9, 0), (9, 0, 0, 9, 0)],
    ]
    assert sorted(kinds) == [*["koban"] * 8, "section", "station"]


def test_organizations_and_safe_houses_by_the_chief(world: World, opened: list[Opened]) -> None:
    chief = world.actors["chief"]
    files = sources(
        opened,
        FileKind.ASSOCIATION_AREAS,
        FileKind.ELEMENTARY_DISTRICTS,
        FileKind.FACILITIES,
        FileKind.SAFE_HOUSES,
    )

    taken: list[list[list[Plan]]] = []
    for _ in range(2):
        with world.writing("chief") as db:
            taken.append([take_in(db, chief, source, ERRAND) for source in files])

    # 35 areas and their associations, 13 districts, 119 places of which 9 stand in two files
    first, second = ([counts(plans) for plans in each] for each in taken)
    assert first == [
        (70, 70, 0, 0, 0),
        (13, 13, 0, 0, 0),
        (9, 9, 0, 0, 0),
        (13, 13, 0, 0, 0),
        (28, 19, 0, 9, 0),
        (9, 9, 0, 0, 0),
        (60, 60, 0, 0, 0),
        (906, 906, 0, 0, 0),
    ]
    assert second == [(read, 0, 0, read, 0) for read, *_ in first]
    assert [remark.row for plan in taken[0][-1] for remark in plan.notes] == [365]
    with world.reading("officer") as db:
        assert len(db.exec(select(Organization.id)).all()) == 35 + 110
        assert len(db.exec(select(Registration.id)).all()) == 906


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_every_table_reads_the_same_in_every_encoding(opened: list[Opened], encoding: str) -> None:
    assert REAL is not None
    for source in sources(opened, FileKind.FACILITIES, FileKind.SAFE_HOUSES):
        text = (REAL / "yaizu" / source.name).read_bytes().decode("utf-8-sig")
        copy = read_source(source.name, {".csv": text.encode(encoding)})

        assert isinstance(copy, Source)
        assert (copy.encoding, copy.kind) == (encoding, source.kind)
        assert copy.rows.rows == source.rows.rows


def test_every_row_of_the_real_files_can_be_read(opened: list[Opened]) -> None:
    rows = [
        row
        for source in sources(opened, FileKind.FACILITIES)
        for row in facility_rows(source.rows, area_code="054")
    ]
    [houses] = sources(opened, FileKind.SAFE_HOUSES)

    read = [row for row in rows if isinstance(row, FacilityRow)]
    assert (len(rows), len(read)) == (119, 119)
    assert [number.raw for row in read for number in row.numbers if number.e164 is None] == []
    assert len(safe_house_rows(houses.rows)) == 906
