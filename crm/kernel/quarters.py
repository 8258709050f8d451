"""Quarters of a fiscal year, which begins in April."""

import datetime as dt
from typing import NamedTuple

from crm.kernel.wareki import fiscal_year_label

MONTHS = {1: (4, 6), 2: (7, 9), 3: (10, 12), 4: (1, 3)}
LAST = 4
SHOWN = 8


class Quarter(NamedTuple):
    """A quarter of a fiscal year."""

    year: int
    number: int

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year + (self.number == LAST), MONTHS[self.number][0], 1)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return Quarter(*self.after()).first - dt.timedelta(days=1)

    @property
    def value(self) -> str:
        """How a form says it."""
        return f"{self.year}-{self.number}"

    @property
    def label(self) -> str:
        """What it is called: 「令和8年度第3四半期」."""
        return f"{fiscal_year_label(self.year)}第{self.number}四半期"

    def after(self) -> tuple[int, int]:
        """Return the quarter after it."""
        return (self.year + 1, 1) if self.number == LAST else (self.year, self.number + 1)

    def before(self) -> "Quarter":
        """Return the quarter before it."""
        return (
            Quarter(self.year - 1, LAST)
            if self.number == 1
            else Quarter(self.year, self.number - 1)
        )


def quarter_of(day: dt.date) -> Quarter:
    """Return the quarter a day is in."""
    number = (day.month - 4) % 12 // 3 + 1
    return Quarter(day.year - (day.month < MONTHS[1][0]), number)


def quarters_until(day: dt.date) -> dict[str, Quarter]:
    """Return two years of quarters to choose from by their value, the one of `day` first."""
    found = [quarter_of(day)]
    while len(found) < SHOWN:
        found.append(found[-1].before())
    return {one.value: one for one in found}
