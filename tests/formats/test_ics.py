import datetime as dt
from dataclasses import replace

from icalendar import Calendar

from crm.formats.ics import CalendarEvent, calendar_of

EVENT = CalendarEvent(
    uid="7@tsunagari",
    sequence=3,
    summary="地域安全の会（若葉駅前交番）",
    starts_at=dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC),
    ends_at=dt.datetime(2026, 11, 20, 11, 30, tzinfo=dt.UTC),
    changed_at=dt.datetime(2026, 11, 1, 0, 0, tzinfo=dt.UTC),
    url="https://tsunagari.example.lg.jp/meetings/7",
)


def read(*events: CalendarEvent) -> Calendar:
    return Calendar.from_ical(calendar_of("会議", events))


def test_event_is_in_the_time_of_japan_whose_rules_are_in_the_calendar() -> None:
    calendar = read(EVENT)

    [event] = calendar.walk("VEVENT")
    [zone] = calendar.walk("VTIMEZONE")
    begins = event["DTSTART"]
    assert (str(begins.dt), begins.params["TZID"]) == ("2026-11-20 19:00:00+09:00", "Asia/Tokyo")
    assert str(event["DTEND"].dt) == "2026-11-20 20:30:00+09:00"
    assert zone["TZID"] == "Asia/Tokyo"
    [standard] = zone.walk("STANDARD")
    assert standard["TZOFFSETTO"].td == dt.timedelta(hours=9)


def test_event_says_which_it_is_and_which_version() -> None:
    [event] = read(EVENT).walk("VEVENT")

    said = {name: str(event[name]) for name in ("UID", "SEQUENCE", "SUMMARY", "URL", "STATUS")}
    assert said == {
        "UID": "7@tsunagari",
        "SEQUENCE": "3",
        "SUMMARY": "地域安全の会（若葉駅前交番）",
        "URL": "https://tsunagari.example.lg.jp/meetings/7",
        "STATUS": "CONFIRMED",
    }
    assert event["DTSTAMP"].dt == dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    assert "LOCATION" not in event


def test_canceled_event_says_so() -> None:
    [event] = read(replace(EVENT, is_canceled=True)).walk("VEVENT")

    assert str(event["STATUS"]) == "CANCELLED"


def test_words_of_any_kind_come_back_as_they_were() -> None:
    words = "港、会館;２階\nBEGIN:VEVENT, \\"

    [event] = read(replace(EVENT, location=words)).walk("VEVENT")

    assert str(event["LOCATION"]) == words


def test_long_line_is_folded_at_75_octets() -> None:
    content = calendar_of("会議", [replace(EVENT, summary="会" * 120)])

    assert max(len(line) for line in content.split(b"\r\n")) <= 75
