"""Which days a series falls on, and how that is said: pure, by the rules of RFC 5545 §3.3.10."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from dateutil.rrule import FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, YEARLY, rrule

from crm.kernel.i18n import N_, translate
from crm.meetings.models import Rhythm

WEEKDAYS = (
    *(N_("月曜日"), N_("火曜日"), N_("水曜日"), N_("木曜日")),
    *(N_("金曜日"), N_("土曜日"), N_("日曜日")),
)
LAST_SURE_DAY = 28
LAST_SURE_WEEK = 4
_DAYS = (MO, TU, WE, TH, FR, SA, SU)
_WEEK = dt.timedelta(days=7)


class Course(NamedTuple):
    """How a series goes on from its first day."""

    rhythm: Rhythm
    every: int
    first: dt.date


def days_of(course: Course, since: dt.date, until: dt.date) -> Sequence[dt.date]:
    """Return the days a series falls on from `since` to `until`, both included."""
    found = _rule(course).between(_midnight(since), _midnight(until), inc=True)
    return [one.date() for one in found]


def doubt_about(rhythm: Rhythm, first: dt.date) -> str:
    """Return why a rhythm cannot begin on a day, as a msgid; "" where it can.

    A fifth Tuesday and a 31st would silently leave months out.
    """
    if rhythm in (Rhythm.MONTHLY_WEEKDAY, Rhythm.YEARLY_WEEKDAY):
        if _week_of(first) > LAST_SURE_WEEK:
            return N_("第5週がない月があります。「毎月（最後の同じ曜日）」を選んでください。")
    elif rhythm is Rhythm.MONTHLY_LAST_WEEKDAY:
        if (first + _WEEK).month == first.month:
            return N_("初回の日が、その月の最後の曜日ではありません。")
    elif rhythm in (Rhythm.MONTHLY_DAY, Rhythm.YEARLY_DAY) and first.day > LAST_SURE_DAY:
        return N_("29日以降がない月があります。28日までの日を選んでください。")
    return ""


def phrase_of(course: Course) -> str:
    """Return how often a series is held: 「毎月 第2火曜日」."""
    first = course.first
    weekday = translate(WEEKDAYS[first.weekday()])
    week = min(_week_of(first), LAST_SURE_WEEK)
    facts = {
        "every": course.every,
        "weekday": weekday,
        "which": translate(_WEEKS[week - 1], weekday=weekday),
        "month": translate(_MONTHS[first.month - 1]),
        "day": first.day,
    }
    return f"{_how_often(course)} {translate(_WHICH_DAY[course.rhythm], **facts)}"


def _how_often(course: Course) -> str:
    once, more = _HOW_OFTEN[course.rhythm]
    return translate(once) if course.every == 1 else translate(more, every=course.every)


_WEEKS = (
    *(N_("第1%(weekday)s"), N_("第2%(weekday)s")),
    *(N_("第3%(weekday)s"), N_("第4%(weekday)s")),
)
_MONTHS = (
    *(N_("1月"), N_("2月"), N_("3月"), N_("4月"), N_("5月"), N_("6月")),
    *(N_("7月"), N_("8月"), N_("9月"), N_("10月"), N_("11月"), N_("12月")),
)
_OF_WEEKS = (N_("毎週"), N_("%(every)s週ごと"))
_OF_MONTHS = (N_("毎月"), N_("%(every)sか月ごと"))
_OF_YEARS = (N_("毎年"), N_("%(every)s年ごと"))
_HOW_OFTEN = {
    Rhythm.WEEKLY: _OF_WEEKS,
    Rhythm.MONTHLY_WEEKDAY: _OF_MONTHS,
    Rhythm.MONTHLY_LAST_WEEKDAY: _OF_MONTHS,
    Rhythm.MONTHLY_DAY: _OF_MONTHS,
    Rhythm.YEARLY_WEEKDAY: _OF_YEARS,
    Rhythm.YEARLY_DAY: _OF_YEARS,
}
_WHICH_DAY = {
    Rhythm.WEEKLY: N_("%(weekday)s"),
    Rhythm.MONTHLY_WEEKDAY: N_("%(which)s"),
    Rhythm.MONTHLY_LAST_WEEKDAY: N_("最後の%(weekday)s"),
    Rhythm.MONTHLY_DAY: N_("%(day)s日"),
    Rhythm.YEARLY_WEEKDAY: N_("%(month)sの%(which)s"),
    Rhythm.YEARLY_DAY: N_("%(month)s%(day)s日"),
}


def _rule(course: Course) -> rrule:
    rhythm, first = course.rhythm, course.first
    on = _DAYS[first.weekday()]
    start = {"dtstart": _midnight(first), "interval": course.every}
    if rhythm is Rhythm.WEEKLY:
        return rrule(WEEKLY, byweekday=on, **start)
    if rhythm is Rhythm.MONTHLY_WEEKDAY:
        return rrule(MONTHLY, byweekday=on(_week_of(first)), **start)
    if rhythm is Rhythm.MONTHLY_LAST_WEEKDAY:
        return rrule(MONTHLY, byweekday=on(-1), **start)
    if rhythm is Rhythm.MONTHLY_DAY:
        return rrule(MONTHLY, bymonthday=first.day, **start)
    if rhythm is Rhythm.YEARLY_WEEKDAY:
        # with BYMONTH the week is counted within that month (RFC 5545 §3.3.10)
        return rrule(YEARLY, bymonth=first.month, byweekday=on(_week_of(first)), **start)
    return rrule(YEARLY, bymonth=first.month, bymonthday=first.day, **start)


def _week_of(day: dt.date) -> int:
    return (day.day - 1) // 7 + 1


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
