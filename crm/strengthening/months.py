"""A month of strengthening days for the station chief: plan, result and hours, counts alone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki
from crm.strengthening import queries
from crm.strengthening.queries import Plan
from crm.strengthening.results import Totals, UnitCount, counts_of, together_by_unit, total_of

MONTHS_AHEAD, MONTHS_BACK = 3, 11
ONE_DAY = dt.timedelta(days=1)


class Month(NamedTuple):
    """A month of a year."""

    year: int
    number: int

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.number, 1)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.after.first - ONE_DAY

    @property
    def before(self) -> "Month":
        """The month before it."""
        return month_of(self.first - ONE_DAY)

    @property
    def after(self) -> "Month":
        """The month after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def label(self) -> str:
        """What it is called: 「令和8年11月」."""
        return wareki(self.first).removesuffix("1日")

    @property
    def value(self) -> str:
        """How forms send it: 2026-11."""
        return f"{self.year}-{self.number:02}"


class DayTotals(NamedTuple):
    """A day of a month, with the counts of its boxes added up."""

    plan: Plan
    totals: Totals


@dataclass(frozen=True, slots=True)
class MonthReport:
    """The days of a month that were not cancelled, the first first, and what they add up to.

    `diverted` says where hours went instead: which box's, to what, how many.
    """

    days: Sequence[DayTotals]
    units: Mapping[str, Totals]
    total: Totals
    diverted: Sequence[tuple[str, str, int]]


def month_of(day: dt.date) -> Month:
    """Return the month a day is in."""
    return Month(day.year, day.month)


def months_around(day: dt.date) -> Mapping[str, Month]:
    """Return the months to choose from by their value, those to come first."""
    shown = month_of(day)
    for _ in range(MONTHS_AHEAD):
        shown = shown.after
    found = [shown]
    while len(found) <= MONTHS_AHEAD + MONTHS_BACK:
        found.append(found[-1].before)
    return {one.value: one for one in found}


def report_of(db: ScopedSession, month: Month) -> MonthReport:
    """Return the own station's days that begin in `month`; two statements."""
    plans = [
        plan
        for plan in reversed(queries.plans_between(db, month.first, month.last))
        if plan.day.cancelled_on is None
    ]
    until = max((plan.day.last_on for plan in plans), default=month.last)
    touches = queries.touches_between(db, month.first, until)
    by_day = [(plan, counts_of(plan.day, plan.units, plan.aims, touches)) for plan in plans]
    every = [one for _, counts in by_day for one in counts]
    return MonthReport(
        [DayTotals(plan, total_of(counts)) for plan, counts in by_day],
        together_by_unit(every),
        total_of(every),
        _diverted(every),
    )


def _diverted(counts: Sequence[UnitCount]) -> list[tuple[str, str, int]]:
    return [
        (one.unit.unit_name, one.unit.diverted_to, one.unit.hours_diverted)
        for one in counts
        if one.unit.hours_diverted
    ]
