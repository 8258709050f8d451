"""Calendars: events as other programs read them (RFC 5545)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from icalendar import Calendar, Event

from crm.kernel.clock import JST

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Tsunagari//Tsunagari//JA"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event; `sequence` rises with each change (RFC 5545 §3.8.7.4), `uid` never changes."""

    uid: str
    sequence: int
    summary: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    changed_at: dt.datetime
    url: str
    location: str = ""
    is_canceled: bool = False


def calendar_of(name: str, events: Iterable[CalendarEvent]) -> bytes:
    """Return a calendar of `events` in the time of Japan, whose rules it holds (VTIMEZONE)."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(_event(event))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _event(event: CalendarEvent) -> Event:
    made = Event()
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("dtstamp", event.changed_at.astimezone(dt.UTC))
    made.add("last-modified", event.changed_at.astimezone(dt.UTC))
    made.add("dtstart", event.starts_at.astimezone(JST))
    if event.ends_at is not None:
        made.add("dtend", event.ends_at.astimezone(JST))
    made.add("summary", event.summary)
    if event.location:
        made.add("location", event.location)
    made.add("url", event.url)
    made.add("status", "CANCELLED" if event.is_canceled else "CONFIRMED")
    return made
