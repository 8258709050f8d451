import datetime as dt
from uuid import UUID

import pytest

from crm.oversight.lines import Doing
from crm.oversight.unusual import (
    STRANGERS_A_DAY,
    VIEWS_AN_HOUR,
    is_night,
    many_views,
    night_files,
    strangers_seen,
)

NOON = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
OFFICER, CHIEF = UUID(int=1), UUID(int=2)


def doing(number: int = 0, *, at: dt.datetime = NOON, by: UUID = OFFICER) -> Doing:
    return Doing(by, "佐藤 彩", "若葉駅前交番", at, "person.viewed", UUID(int=number))


def test_more_views_than_minutes_in_an_hour_are_told_once() -> None:
    views = [
        doing(number, at=NOON + dt.timedelta(seconds=number * 50))
        for number in range(VIEWS_AN_HOUR + 1)
    ]
    (found,) = many_views(views)
    assert (found.kind, found.account_id, found.at, found.times) == (
        "many_views",
        OFFICER,
        NOON,
        VIEWS_AN_HOUR + 1,
    )


def test_as_many_views_by_two_people_are_nothing() -> None:
    views = [doing(number, by=(OFFICER, CHIEF)[number % 2]) for number in range(VIEWS_AN_HOUR + 1)]
    assert list(many_views(views)) == []


@pytest.mark.parametrize(("people", "told"), [(STRANGERS_A_DAY, 0), (STRANGERS_A_DAY + 1, 1)])
def test_strangers_count_once_each(people: int, told: int) -> None:
    views = [doing(number) for number in range(people) for _ in range(3)]
    assert [one.times for one in strangers_seen(views)] == [people] * told


@pytest.mark.parametrize(
    ("hour", "night"), [(21, False), (22, True), (0, True), (5, True), (6, False), (12, False)]
)
def test_night_is_from_ten_to_six_in_japan(hour: int, night: bool) -> None:  # noqa: FBT001 - a table
    at = dt.datetime(2026, 11, 20, hour, 30, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    assert is_night(at) is night
    assert len(list(night_files([doing(at=at)]))) == int(night)
