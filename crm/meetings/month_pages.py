"""月の表: the meetings of a month, day by day."""

import calendar
import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from litestar import Response, get
from litestar.params import FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.clock import end_of_day, local_day, start_of_day
from crm.kernel.i18n import translate
from crm.meetings import queries
from crm.meetings.lines import MeetingLine
from crm.meetings.models import MEETING_KIND_LABELS, MEETING_STATE_LABELS
from crm.meetings.page_parts import sieve_of, sieve_shown
from crm.meetings.rhythm import WEEKDAYS
from crm.web.pages import page

SUNDAY_FIRST = calendar.Calendar(firstweekday=calendar.SUNDAY)
YEARS = range(1900, 3000)
MONTHS = range(1, 13)


class Day(NamedTuple):
    """A day of the table with what begins on it; `is_within` the month it shows."""

    on: dt.date
    is_within: bool
    meetings: list[MeetingLine]


@get("/meetings/month", name="meetings.month", sync_to_thread=True)
def month(
    desk: CurrentDesk,
    first: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    council: FromQuery[str] = "",
    standing: FromQuery[str] = "",
) -> Response[str]:
    """Show the meetings of a month as weeks, this month unless another is asked for."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        today = local_day(visit.now)
        shown = month_of(first, today)
        sieve = sieve_of(kind, council, standing)
        dates = SUNDAY_FIRST.monthdatescalendar(shown.year, shown.month)
        since, until = start_of_day(dates[0][0]), end_of_day(dates[-1][-1])
        found = queries.meetings_between(visit.db, sieve, since, until)
        return page(
            visit,
            "meetings/month.html",
            first=shown,
            before=_said(shown - dt.timedelta(days=1)),
            this=_said(today),
            after=_said(shown + dt.timedelta(days=31)),
            shown=_said(shown),
            weeks=_weeks(dates, shown, found),
            weekdays=[translate(WEEKDAYS[day.weekday()]) for day in dates[0]],
            today=today,
            is_empty=not any(local_day(one.starts_at).month == shown.month for one in found),
            kinds=MEETING_KIND_LABELS,
            states=MEETING_STATE_LABELS,
            **sieve_shown(visit, sieve),
        )


def month_of(text: str, today: dt.date) -> dt.date:
    """Return the first day of the month an address names, 「2026-11」, else of this one."""
    year, _, number = text.partition("-")
    says = (int(year), int(number)) if year.isdecimal() and number.isdecimal() else (0, 0)
    if says[0] in YEARS and says[1] in MONTHS:
        return dt.date(*says, 1)
    return today.replace(day=1)


def _said(day: dt.date) -> str:
    """Return how an address names the month of a day."""
    return f"{day:%Y-%m}"


def _weeks(
    dates: Iterable[list[dt.date]], first: dt.date, meetings: Iterable[MeetingLine]
) -> list[list[Day]]:
    on: dict[dt.date, list[MeetingLine]] = {}
    for meeting in meetings:
        on.setdefault(local_day(meeting.starts_at), []).append(meeting)
    return [[Day(day, day.month == first.month, on.get(day, [])) for day in week] for week in dates]


HANDLERS = [month]
