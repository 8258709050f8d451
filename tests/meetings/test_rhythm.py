import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.meetings.models import Rhythm
from crm.meetings.rhythm import Course, days_of, doubt_about, phrase_of

FIRST = dt.date(2026, 4, 14)
"""The second Tuesday of April."""


def days(rhythm: Rhythm, every: int = 1, first: dt.date = FIRST, until: int = 200) -> list[str]:
    last = first + dt.timedelta(days=until)
    return [f"{day:%m-%d}" for day in days_of(Course(rhythm, every, first), first, last)]


@pytest.mark.parametrize(
    ("rhythm", "every", "expected"),
    [
        (Rhythm.WEEKLY, 2, ["04-14", "04-28", "05-12", "05-26"]),
        (Rhythm.MONTHLY_WEEKDAY, 1, ["04-14", "05-12", "06-09", "07-14"]),
        (Rhythm.MONTHLY_DAY, 1, ["04-14", "05-14", "06-14", "07-14"]),
        (Rhythm.MONTHLY_WEEKDAY, 3, ["04-14", "07-14", "10-13"]),
    ],
)
def test_series_goes_on_by_its_first_day(rhythm: Rhythm, every: int, expected: list[str]) -> None:
    assert days(rhythm, every)[: len(expected)] == expected


def test_last_weekday_of_months_and_days_of_years() -> None:
    last_friday = dt.date(2026, 4, 24)
    assert days(Rhythm.MONTHLY_LAST_WEEKDAY, 1, last_friday, 70) == ["04-24", "05-29", "06-26"]
    assert days(Rhythm.YEARLY_WEEKDAY, 1, until=800) == ["04-14", "04-13", "04-11"]
    assert days(Rhythm.YEARLY_DAY, 1, until=800) == ["04-14", "04-14", "04-14"]


@pytest.mark.parametrize(
    ("rhythm", "first", "sure"),
    [
        (Rhythm.MONTHLY_WEEKDAY, dt.date(2026, 4, 28), True),
        (Rhythm.MONTHLY_WEEKDAY, dt.date(2026, 4, 29), False),
        (Rhythm.MONTHLY_LAST_WEEKDAY, dt.date(2026, 4, 24), True),
        (Rhythm.MONTHLY_LAST_WEEKDAY, dt.date(2026, 4, 23), False),
        (Rhythm.MONTHLY_DAY, dt.date(2026, 4, 28), True),
        (Rhythm.YEARLY_DAY, dt.date(2028, 2, 29), False),
        (Rhythm.WEEKLY, dt.date(2026, 4, 30), True),
    ],
)
def test_rhythm_that_would_leave_months_out_is_doubted(
    rhythm: Rhythm, first: dt.date, *, sure: bool
) -> None:
    assert (doubt_about(rhythm, first) == "") is sure


@given(
    rhythm=st.sampled_from(Rhythm),
    every=st.integers(1, 12),
    first=st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)),
)
def test_undoubted_series_begins_on_its_first_day_and_rises(
    rhythm: Rhythm, every: int, first: dt.date
) -> None:
    if doubt_about(rhythm, first):
        return
    found = days_of(Course(rhythm, every, first), first, first + dt.timedelta(days=1500))

    assert found[0] == first
    assert list(found) == sorted(set(found))
    assert (
        rhythm is Rhythm.MONTHLY_DAY
        or rhythm is Rhythm.YEARLY_DAY
        or ({day.weekday() for day in found} == {first.weekday()})
    )


@pytest.mark.parametrize(
    ("rhythm", "every", "phrase"),
    [
        (Rhythm.WEEKLY, 1, "毎週 火曜日"),
        (Rhythm.MONTHLY_WEEKDAY, 1, "毎月 第2火曜日"),
        (Rhythm.MONTHLY_DAY, 3, "3か月ごと 14日"),
        (Rhythm.YEARLY_WEEKDAY, 1, "毎年 4月の第2火曜日"),
    ],
)
def test_series_is_said_in_words(rhythm: Rhythm, every: int, phrase: str) -> None:
    assert phrase_of(Course(rhythm, every, FIRST)) == phrase
