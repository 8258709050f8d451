"""The strengthening days of a month on one page for the station chief: counts alone (S1 4(4))."""

import datetime as dt
from typing import NamedTuple

from litestar import Response, get
from litestar.params import FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.policy import require_network
from crm.kernel.clock import local_day
from crm.kernel.forms import blank
from crm.kernel.wareki import wareki
from crm.strengthening import queries
from crm.strengthening.results import UnitCount, counts_of, together_by_unit, total_of
from crm.web.pages import page

MONTHS_BACK = 12
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
        return Month(self.year + self.number // 12, self.number % 12 + 1).first - ONE_DAY

    @property
    def before(self) -> "Month":
        """The month before it."""
        return month_of(self.first - ONE_DAY)

    @property
    def label(self) -> str:
        """What it is called: 「令和8年11月」."""
        return wareki(self.first).partition("月")[0] + "月"

    def __str__(self) -> str:
        """Write it as forms send it: 2026-11."""
        return f"{self.year}-{self.number:02}"


def month_of(day: dt.date) -> Month:
    """Return the month a day is in."""
    return Month(day.year, day.month)


@get("/strengthening-days/report", name="strengthening.report", sync_to_thread=True)
def report(desk: CurrentDesk, month: FromQuery[str] = "") -> Response[str]:
    """Show the days held in a month: plan, result and hours, box by box."""
    with desk.reads() as visit:
        require_network(visit.actor)
        months = [month_of(local_day(visit.now))]
        while len(months) < MONTHS_BACK:
            months.append(months[-1].before)
        shown = next((one for one in months if str(one) == month), months[0])
        plans = [
            plan
            for plan in reversed(queries.plans_between(visit.db, shown.first, shown.last))
            if plan.day.cancelled_on is None
        ]
        until = max((plan.day.last_on for plan in plans), default=shown.last)
        touches = queries.touches_between(visit.db, shown.first, until)
        by_day = [(plan.day, counts_of(plan.day, plan.units, plan.aims, touches)) for plan in plans]
        every = [one for _, counts in by_day for one in counts]
        return page(
            visit,
            "strengthening/report.html",
            shown=str(shown),
            label=shown.label,
            months=[(str(one), one.label) for one in months],
            days=[(day, total_of(counts)) for day, counts in by_day],
            units=together_by_unit(every),
            total=total_of(every),
            diverted=diverted_of(every),
            as_of=local_day(visit.now),
            sub=blank(),
        )


def diverted_of(counts: list[UnitCount]) -> list[tuple[str, str, int]]:
    """Return where hours went instead: which box's, to what, how many."""
    return [
        (one.unit.unit_name, one.unit.diverted_to, one.unit.hours_diverted)
        for one in counts
        if one.unit.hours_diverted
    ]


HANDLERS = [report]
