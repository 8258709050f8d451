import datetime as dt
import logging

import pytest
from icalendar import Calendar
from sqlmodel import col, select

from crm.access.accounts import close_account, reopen_account
from crm.access.feeds import renew_feed
from crm.access.models import Account, CalendarFeed
from crm.access.service import hash_of
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import utc_now
from crm.meetings import service
from crm.meetings.models import CancelReason
from tests.meetings.acts import planned
from tests.support.pages import Browser, counted
from tests.support.world import NOW, World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DAY = dt.timedelta(days=1)


def addressed(world: World, who: str = "officer") -> str:
    with world.writing(who) as db:
        return renew_feed(db, world.actors[who], NOW)


def events(browser: Browser, token: str) -> list[dict[str, str]]:
    """Return what a calendar that has never signed in reads."""
    browser.client.cookies.clear()
    answer = browser.get(f"/calendar/{token}.ics")
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/calendar; charset=utf-8",
    )
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return [
        {name: str(one[name]) for name in ("UID", "SEQUENCE", "SUMMARY", "STATUS")} for one in found
    ]


def test_address_is_shown_once_and_opens_without_a_sign_in(browser: Browser, world: World) -> None:
    meeting = planned(world, now=utc_now())
    browser.sign_in("officer").get("/meetings/calendar")

    shown = browser.post("/meetings/calendar")
    token = shown.text.partition("/calendar/")[2].partition(".ics")[0]
    assert token not in browser.get("/meetings/calendar").text

    assert events(browser, token) == [
        {
            "UID": f"{meeting.id}@tsunagari",
            "SEQUENCE": "1",
            "SUMMARY": "地域安全の会（若葉駅前交番）",
            "STATUS": "CONFIRMED",
        }
    ]


def test_feed_holds_nothing_that_anybody_typed(browser: Browser, world: World) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    planned(
        world, person, title="桒原さん宅の会", place="桒原宅", held_with="定例会", now=utc_now()
    )

    text = browser.get(f"/calendar/{addressed(world)}").text

    assert ("BEGIN:VEVENT" in text, "桒原" in text, "定例会" in text) == (True, False, False)


def test_sequence_rises_and_canceled_meetings_stay(browser: Browser, world: World) -> None:
    meeting = planned(world, now=utc_now())
    token = addressed(world)
    before = events(browser, token)
    with world.writing("officer") as db:
        service.cancel(db, world.actors["officer"], meeting.id, CancelReason.SNOW, now=NOW)

    [after] = events(browser, token)

    assert (before[0]["UID"], after["STATUS"]) == (after["UID"], "CANCELLED")
    assert int(after["SEQUENCE"]) > int(before[0]["SEQUENCE"])


def test_renewed_address_ends_the_one_before(browser: Browser, world: World) -> None:
    old = addressed(world)
    new = addressed(world)

    answers = [browser.get(f"/calendar/{token}.ics").status_code for token in (old, new, "x")]

    assert answers == [404, 200, 404]


def test_address_can_be_ended(browser: Browser, world: World) -> None:
    token = addressed(world)
    browser.sign_in("officer").get("/meetings/calendar")

    shown = browser.post("/meetings/calendar/end")

    assert "まだ発行していません。" in shown.text
    assert browser.get(f"/calendar/{token}").status_code == 404


def test_closed_account_loses_its_address_for_good(browser: Browser, world: World) -> None:
    token = addressed(world)
    administrator, officer = world.actors["administrator"], world.actors["officer"].account_id
    for verb in (close_account, reopen_account):
        with world.writing("administrator") as db:
            revision = db.get_one(Account, officer).revision
            verb(db, administrator, officer, revision=revision, now=NOW)

    assert browser.get(f"/calendar/{token}").status_code == 404


def test_feed_is_of_the_own_station(browser: Browser, world: World) -> None:
    planned(world, now=utc_now())

    assert events(browser, addressed(world, "stranger")) == []


@pytest.mark.parametrize("who", ["hq", "auditor"])
def test_whoever_reads_no_people_has_no_address(browser: Browser, who: str) -> None:
    browser.sign_in(who)

    assert browser.get("/meetings/calendar").status_code == 403
    assert browser.post("/meetings/calendar").status_code == 403


def test_secret_is_neither_stored_nor_logged_nor_on_record(
    browser: Browser, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    token = addressed(world)
    with caplog.at_level(logging.DEBUG, logger="crm"):
        browser.get(f"/calendar/{token}")
        browser.get(f"/calendar/{token}x")

    with world.reading("officer") as db:
        stored = db.exec(select(CalendarFeed)).one().token_hash
    with world.reading("auditor") as db:
        trail = str(db.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all())
    assert stored == hash_of(token)
    assert (token in caplog.text, token in trail, "feed.renewed" in trail) == (False, False, True)


@pytest.mark.parametrize("count", [1, 20])
def test_feed_costs_the_same_however_many_meetings(
    browser: Browser, world: World, count: int
) -> None:
    for _ in range(count):
        planned(world, now=utc_now())
    token = addressed(world)
    browser.get(f"/calendar/{token}")

    with counted(world.database) as statements:
        answer = browser.get(f"/calendar/{token}")

    assert (answer.text.count("BEGIN:VEVENT"), len(statements)) == (count, 2)


def test_one_meeting_is_taken_out_with_its_title_and_place_on_record(
    browser: Browser, world: World
) -> None:
    meeting = planned(world)

    answer = browser.sign_in("officer").get(f"/meetings/{meeting.id}/calendar")

    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (str(event["SUMMARY"]), str(event["LOCATION"]), str(event["UID"])) == (
        "みなと町地区 地域安全の会",
        "みなと公民館",
        f"{meeting.id}@tsunagari",
    )
    with world.reading("auditor") as db:
        taken = select(AuditEntry).where(AuditEntry.action == "meeting.exported")
        assert db.exec(taken).one().subject_id == meeting.id
    browser.sign_in("stranger_chief")
    assert browser.get(f"/meetings/{meeting.id}/calendar").status_code == 404
