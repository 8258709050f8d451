"""Time as the product knows it: UTC inside, Japan Standard Time outside, tours over midnight."""

import datetime as dt
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")

TOUR_STARTS = dt.time(8, 30)


def utc_now() -> dt.datetime:
    """Return the present moment; only the edges (request, job runner, CLI) call it."""
    return dt.datetime.now(dt.UTC)


def local_day(now: dt.datetime) -> dt.date:
    """Return the calendar day in Japan at `now`."""
    return now.astimezone(JST).date()


def tour_day(now: dt.datetime) -> dt.date:
    """Return the day the running tour (当務) began: at 2 a.m. it is still yesterday's tour."""
    local = now.astimezone(JST)
    before_relief = local.timetz().replace(tzinfo=None) < TOUR_STARTS
    return local.date() - dt.timedelta(days=1) if before_relief else local.date()


def start_of_day(day: dt.date) -> dt.datetime:
    """Return the first moment of `day` in Japan, as aware UTC."""
    return dt.datetime.combine(day, dt.time(), JST).astimezone(dt.UTC)


def end_of_day(day: dt.date) -> dt.datetime:
    """Return the first moment after `day` in Japan, as aware UTC."""
    return start_of_day(day + dt.timedelta(days=1))
