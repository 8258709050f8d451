"""A real city's workbooks, from beside the repository: places taken in, the rest passed over."""

import datetime as dt
from collections import Counter

import pytest
from sqlmodel import col, select

from crm.contacts.models import Organization, Telephone
from crm.imports.files import Broken, Opened, Passed, Source, open_all
from crm.imports.rows import FacilityRow, facility_rows
from crm.imports.service import Errand, take_in
from tests.support.open_data import REAL, needs_real_data
from tests.support.world import NOW, World

pytestmark = needs_real_data
ERRAND = Errand(day=dt.date(2026, 4, 1), now=NOW, area_code="087")
PLACES = {
    "branch_office_data.xlsx": {"public_facility": 19},
    "community_center_data.xlsx": {"community_center": 52},
    "high_school_data.xlsx": {"school": 19},
    "middle_school_data.xlsx": {"school": 28},
    "nursery_school_data.xlsx": {"preschool": 118},
    "primary_school_data.xlsx": {"school": 53},
}


@pytest.fixture(scope="module")
def opened() -> list[Opened]:
    assert REAL is not None
    return open_all([REAL / "takamatsu"])


def places(opened: list[Opened]) -> list[Source]:
    return [each for each in opened if isinstance(each, Source)]


def test_what_is_no_place_is_passed_over_with_the_reason(opened: list[Opened]) -> None:
    assert [each.name for each in places(opened)] == list(PLACES)
    assert [(each.name, each.reason) for each in opened if isinstance(each, Passed)] == [
        ("aed_location_data.xlsx", "AED設置箇所の一覧は団体ではないため、取り込みません。"),
        ("polling_place_list_data.xlsx", "投票所の一覧は団体ではないため、取り込みません。"),
        ("population_latest.xlsx", "人口の統計は団体ではないため、取り込みません。"),
    ]
    assert [each for each in opened if isinstance(each, Broken)] == []


def test_every_row_is_a_place_of_its_kind_with_a_number_that_can_be_dialed(
    opened: list[Opened],
) -> None:
    rows = {
        source.name: list(facility_rows(source.rows, area_code="087")) for source in places(opened)
    }

    read = [row for each in rows.values() for row in each if isinstance(row, FacilityRow)]
    kinds = {
        name: Counter(row.kind.value for row in each if isinstance(row, FacilityRow))
        for name, each in rows.items()
    }
    assert kinds == PLACES
    assert [number.raw for row in read for number in row.numbers if number.e164 is None] == []


def test_places_are_taken_in_once(world: World, opened: list[Opened]) -> None:
    chief = world.actors["chief"]

    totals = []
    for _ in range(2):
        with world.writing("chief") as db:
            totals.append(
                [tuple(take_in(db, chief, each, ERRAND)[0].counts) for each in places(opened)]
            )

    sizes = [sum(kinds.values()) for kinds in PLACES.values()]
    assert totals == [
        [(size, size, 0, 0, 0) for size in sizes],
        [(size, 0, 0, size, 0) for size in sizes],
    ]
    with world.reading("officer") as db:
        assert len(db.exec(select(Organization.id)).all()) == sum(sizes)
        school = db.exec(
            select(Organization).where(col(Organization.name) == "高松市立新番丁小学校")
        ).one()
        numbers = db.exec(
            select(Telephone.e164).where(col(Telephone.organization_id) == school.id)
        ).all()
        assert (school.address, numbers) == ("高松市錦町二丁目14-1", ["+81878511316"])
