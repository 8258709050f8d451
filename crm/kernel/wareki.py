"""Dates in the Japanese calendar (和暦): printed, read from cells, and counted in fiscal years."""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class DateProblem(StrEnum):
    """Why a date that was read needs a second look."""

    AMBIGUOUS = "ambiguous"
    OUTSIDE_ERA = "outside_era"
    INVALID = "invalid"
    UNREADABLE = "unreadable"


class ParsedDate(NamedTuple):
    """What a text says about a day; `value` is given with no problem or with `OUTSIDE_ERA`."""

    value: date | None
    problem: DateProblem | None = None


def wareki(day: date, *, weekday: bool = False) -> str:
    """Return 「令和8年11月20日」, or with its weekday 「令和8年11月20日（金）」.

    A day before 1873, when Japan still counted by the moon, is printed in the Western calendar.
    """
    suffix = f"（{_WEEKDAYS[day.weekday()]}）" if weekday else ""
    return f"{_long_year(day)}年{day.month}月{day.day}日{suffix}"


def wareki_short(day: date) -> str:
    """Return `R8.11.20`, for columns too narrow for the long form."""
    era = _era_of(day)
    year = f"{era.letter}{day.year - era.year_zero}" if era else str(day.year)
    return f"{year}.{day.month}.{day.day}"


def near_day(day: date, today: date) -> str:
    """Return `11/20`, or `R5.3.5` for a day that is not of this or a neighboring year."""
    return f"{day.month}/{day.day}" if abs(day.year - today.year) <= 1 else wareki_short(day)


def parse_date(text: str) -> ParsedDate:
    """Return the day a cell names, in either calendar and any width.

    Read are 令和6年5月23日, R6.5.23, R6/5/23, R02.07.21, 元年, ㋿, 2024/5/23, 2024-05-23 and each
    of them with a weekday behind it. `AMBIGUOUS`: 6.5.23 names no era. `OUTSIDE_ERA`: by
    平成31年5月1日 it was 令和; the day meant is still given. `INVALID`: there is no February 30.
    """
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return ParsedDate(None, DateProblem.UNREADABLE)
    era = _ERA_BY_NAME.get(found["era"].upper()) if found["era"] else None
    written = 1 if found["year"] == "元" else int(found["year"])
    if era is None and len(found["year"]) < _WESTERN_DIGITS:
        return ParsedDate(None, DateProblem.AMBIGUOUS)
    if era is not None and (written == 0 or len(found["year"]) == _WESTERN_DIGITS):
        return ParsedDate(None, DateProblem.INVALID)
    year = written + (era.year_zero if era else 0)
    return _checked(year, int(found["month"]), int(found["day"]), era)


def fiscal_year(day: date) -> int:
    """Return the calendar year in which the fiscal year (年度, April to March) of a day begins."""
    return day.year if day.month >= _APRIL else day.year - 1


def fiscal_year_label(year: int) -> str:
    """Return 「令和8年度」 for the fiscal year that begins in April of `year`.

    A fiscal year has one name throughout, also in its first month: the one from April 2019 is
    令和元年度 although that April was 平成31年.
    """
    return f"{_long_year(date(year, _APRIL + 1, 1))}年度"


class _Era(NamedTuple):
    name: str
    letter: str
    first_day: date
    year_zero: int


# Meiji is read from 1873-01-01 (明治6年), the first day Japan counted as the West does.
_ERAS = (
    _Era("明治", "M", date(1873, 1, 1), 1867),
    _Era("大正", "T", date(1912, 7, 30), 1911),
    _Era("昭和", "S", date(1926, 12, 25), 1925),
    _Era("平成", "H", date(1989, 1, 8), 1988),
    _Era("令和", "R", date(2019, 5, 1), 2018),
)
_ERA_BY_NAME = {name: era for era in _ERAS for name in (era.name, era.name[0], era.letter)}
_WEEKDAYS = "月火水木金土日"
_WESTERN_DIGITS = 4
_APRIL = 4
_DATE = re.compile(
    r"""
    (?P<era>明治|大正|昭和|平成|令和|[明大昭平令]|[MTSHR])? \.?\s*
    (?P<year>元|\d{1,4}) \s*[年./-]\s*
    (?P<month>\d{1,2})   \s*[月./-]\s*
    (?P<day>\d{1,2})     \s*日?
    \s*(?:\([^()]*\)|[月火水木金土日]曜日?)?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def _checked(year: int, month: int, day_of_month: int, era: _Era | None) -> ParsedDate:
    try:
        day = date(year, month, day_of_month)
    except ValueError:
        return ParsedDate(None, DateProblem.INVALID)
    outside = era is not None and _era_of(day) != era
    return ParsedDate(day, DateProblem.OUTSIDE_ERA if outside else None)


def _long_year(day: date) -> str:
    era = _era_of(day)
    if era is None:
        return str(day.year)
    number = day.year - era.year_zero
    return f"{era.name}{'元' if number == 1 else number}"


def _era_of(day: date) -> _Era | None:
    return next((era for era in reversed(_ERAS) if era.first_day <= day), None)
