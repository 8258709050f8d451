"""Days are printed as offices print them, and read from any of the ways people write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.kernel.wareki import (
    DateProblem,
    ParsedDate,
    fiscal_year,
    fiscal_year_label,
    near_day,
    parse_date,
    wareki,
    wareki_short,
)

# Counted by the Western calendar since the first of these.
FIRST_DAY, LAST_DAY = date(1873, 1, 1), date(2100, 12, 31)


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2026, 11, 20), "令和8年11月20日", "R8.11.20"),
        (date(2019, 5, 1), "令和元年5月1日", "R1.5.1"),
        (date(2019, 4, 30), "平成31年4月30日", "H31.4.30"),
        (date(1989, 1, 8), "平成元年1月8日", "H1.1.8"),
        (date(1989, 1, 7), "昭和64年1月7日", "S64.1.7"),
        (date(1926, 12, 25), "昭和元年12月25日", "S1.12.25"),
        (date(1926, 12, 24), "大正15年12月24日", "T15.12.24"),
        (date(1912, 7, 30), "大正元年7月30日", "T1.7.30"),
        (date(1912, 7, 29), "明治45年7月29日", "M45.7.29"),
        (date(1873, 1, 1), "明治6年1月1日", "M6.1.1"),
        (date(1872, 12, 31), "1872年12月31日", "1872.12.31"),
    ],
)
def test_wareki_at_the_edges_of_eras(day: date, long: str, short: str) -> None:
    assert (wareki(day), wareki_short(day)) == (long, short)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 1, 5), "1/5"),
        (date(2025, 1, 5), "1/5"),
        (date(2027, 12, 5), "12/5"),
        (date(2024, 12, 31), "R6.12.31"),
        (date(2028, 1, 1), "R10.1.1"),
    ],
)
def test_day_of_a_year_further_off_is_said_with_it(day: date, said: str) -> None:
    assert near_day(day, date(2026, 11, 20)) == said


def test_wareki_with_weekday() -> None:
    week = [date(2026, 11, 16) + timedelta(days=n) for n in range(7)]

    assert [wareki(day, weekday=True) for day in week] == [
        "令和8年11月16日（月）",
        "令和8年11月17日（火）",
        "令和8年11月18日（水）",
        "令和8年11月19日（木）",
        "令和8年11月20日（金）",
        "令和8年11月21日（土）",
        "令和8年11月22日（日）",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "令和6年5月23日",
        "令和 6 年 5 月 23 日",
        "令和06年05月23日",
        "令和６年５月２３日",
        "㋿6年5月23日",
        "令6.5.23",
        "R6.5.23",
        "R.6.5.23",
        "r6.5.23",
        "R6/5/23",
        "R6-5-23",
        "R06.05.23",
        "Ｒ６．５．２３",
        "2024/5/23",
        "2024-05-23",
        "2024.5.23",
        "２０２４年５月２３日（木）",
        "令和6年5月23日(木)",
        "令和6年5月23日 木曜日",
        " R6.5.23　",
    ],
)
def test_parse_date_knows_every_way_of_writing_one_day(text: str) -> None:
    assert parse_date(text) == ParsedDate(date(2024, 5, 23))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("H31.4.30", date(2019, 4, 30)),
        ("R02.07.21", date(2020, 7, 21)),
        ("S64.1.7", date(1989, 1, 7)),
        ("T15.12.24", date(1926, 12, 24)),
        ("明治6年1月1日", date(1873, 1, 1)),
        ("令和6年2月29日", date(2024, 2, 29)),
    ],
)
def test_parse_date_counts_years_of_an_era(text: str, day: date) -> None:
    assert parse_date(text) == ParsedDate(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("平成31年5月1日", date(2019, 5, 1)),
        ("平成36年3月31日", date(2024, 3, 31)),
        ("S64.1.8", date(1989, 1, 8)),
        ("令和元年4月30日", date(2019, 4, 30)),
        ("明治5年12月2日", date(1872, 12, 2)),
    ],
)
def test_parse_date_outside_its_era_still_gives_the_day(text: str, day: date) -> None:
    assert parse_date(text) == ParsedDate(day, DateProblem.OUTSIDE_ERA)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("6.5.23", DateProblem.AMBIGUOUS),
        ("6年5月23日", DateProblem.AMBIGUOUS),
        ("24/5/23", DateProblem.AMBIGUOUS),
        ("元年5月1日", DateProblem.AMBIGUOUS),
        ("令和6年2月30日", DateProblem.INVALID),
        ("2023/2/29", DateProblem.INVALID),
        ("R6.13.1", DateProblem.INVALID),
        ("R0.5.1", DateProblem.INVALID),
        ("令和2024年5月23日", DateProblem.INVALID),
        ("0000/1/1", DateProblem.INVALID),
        ("", DateProblem.UNREADABLE),
        ("5月23日", DateProblem.UNREADABLE),
        ("令和6年5月", DateProblem.UNREADABLE),
        ("未定", DateProblem.UNREADABLE),
        ("087-833-0110", DateProblem.UNREADABLE),
        ("X6.5.23", DateProblem.UNREADABLE),
    ],
)
def test_parse_date_says_why_it_gives_no_day(text: str, problem: DateProblem) -> None:
    assert parse_date(text) == ParsedDate(None, problem)


def test_parse_date_reads_back_every_day_as_printed() -> None:
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]

    misread = [
        day
        for day in days
        for text in (wareki(day), wareki_short(day))
        if parse_date(text) != ParsedDate(day)
    ]

    assert misread == []


@given(st.dates(FIRST_DAY, LAST_DAY))
def test_parse_date_reads_back_weekdays_and_iso_dates(day: date) -> None:
    assert parse_date(wareki(day, weekday=True)) == ParsedDate(day)
    assert parse_date(day.isoformat()) == ParsedDate(day)


@given(st.text() | st.text("令和平成元年月日RHS0123456789./-（木）", max_size=14))
def test_parse_date_gives_a_day_unless_there_is_a_reason(text: str) -> None:
    value, problem = parse_date(text)

    assert (value is not None) == (problem in {None, DateProblem.OUTSIDE_ERA})


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 31), 2025),
        (date(2026, 4, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
    ],
)
def test_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year


@pytest.mark.parametrize(
    ("year", "label"),
    [
        (2026, "令和8年度"),
        (2020, "令和2年度"),
        (2019, "令和元年度"),
        (2018, "平成30年度"),
        (1989, "平成元年度"),
        (1988, "昭和63年度"),
    ],
)
def test_fiscal_year_label(year: int, label: str) -> None:
    assert fiscal_year_label(year) == label
