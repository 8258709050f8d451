"""The pages around planning: what to hold it with, in a series, again, and a month at a glance."""

import datetime as dt
import re

import pytest
from sqlmodel import col, select

from crm.contacts.models import Holder, Person
from crm.kernel.clock import JST, utc_now
from crm.meetings.models import Meeting, MeetingParty, MeetingState, Reply
from crm.meetings.service import invite, note_replies
from tests.bodies.acts import established, seated
from tests.coverage.records import put_liaison
from tests.meetings.acts import planned, whole
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DAY = dt.timedelta(days=1)
SERIES = {
    "kind": "regular_meeting",
    "title": "連合自治会 定例会",
    "starts_at": "2026-12-08T19:00",
    "style": "in_person",
    "place": "みなと公民館",
    "rhythm": "monthly_weekday",
    "months": "3",
}


@pytest.fixture
def kuwahara(world: World) -> Person:
    person = world.person("桒原 健太", "くわばら けんた")
    put_liaison(world, person, "みなと町自治会")
    return person


def coming(world: World, *people: Person, **changes: object) -> Meeting:
    return planned(world, *people, now=utc_now(), **{"starts_at": utc_now() + DAY, **changes})


def test_what_comes_anyway_is_proposed_before_a_day_is_asked_for(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    meeting = coming(world, kuwahara, title="防犯講話", place="第二公民館")
    browser.sign_in("officer")

    shown = browser.get(f"/meetings/joint?area={world.areas['みなと町自治会']}")
    assert ("1件のうち 1件が来られる予定" in shown.text, "桒原 健太" in shown.text) == (True, True)
    form = browser.get(f"/meetings/new?within={meeting.id}")
    assert ('value="防犯講話"' in form.text, 'value="第二公民館"' in form.text) == (True, True)
    assert f"{meeting.starts_at.astimezone(JST):%Y-%m-%dT%H:%M}" in form.text


def test_meeting_finds_what_it_can_be_held_with(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    own = coming(world, kuwahara)
    other = coming(world, kuwahara, title="防犯講話")
    browser.sign_in("officer")

    shown = browser.get(f"/meetings/joint?meeting={own.id}")

    assert f"/meetings/{own.id}/edit?within={other.id}" in shown.text
    assert f"within={own.id}" not in shown.text
    assert 'value="防犯講話"' in browser.get(f"/meetings/{own.id}/edit?within={other.id}").text


@pytest.mark.parametrize("count", [1, 15])
def test_finder_costs_the_same_however_many_come(
    browser: Browser, world: World, count: int
) -> None:
    for number in range(count):
        person = world.person(f"連絡 {number}郎", "れんらく たろう")
        put_liaison(world, person, "みなと町自治会")
        coming(world, person)
    browser.sign_in("officer").get("/meetings/joint")

    with counted(world.database) as statements:
        browser.get("/meetings/joint")

    assert len(statements) == 8


def test_series_is_planned_in_one_form(browser: Browser) -> None:
    browser.sign_in("officer").get("/meetings/series/new")

    early = browser.post("/meetings/series", {**SERIES, "rhythm": "monthly_last_weekday"})
    assert (early.status_code, early.text.count("最後の曜日ではありません")) == (422, 2)
    shown = browser.post("/meetings/series", {**SERIES, "months": "12"})

    assert "毎月 第2火曜日" in shown.text
    assert shown.text.count("みなと公民館") > 2
    path = str(shown.url.path)
    assert "毎月 第2火曜日" in browser.get("/meetings/series").text
    many = browser.post(f"{path}/meetings", {"months": "30", "revision": 1})
    assert many.status_code == 422
    again = browser.post(f"{path}/meetings", {"months": "12", "revision": 1})
    assert "会議を0件登録しました。" in again.text


def test_remaining_meetings_are_changed_or_given_up_in_one_form(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    browser.sign_in("officer").get("/meetings/series/new")
    path = str(browser.post("/meetings/series", SERIES).url.path)
    with world.writing("officer") as db:
        meeting = db.exec(select(Meeting).order_by(col(Meeting.starts_at).desc())).first()
        assert meeting is not None
        actor, holder = world.actors["officer"], Holder(person_id=kuwahara.id)
        invite(db, actor, meeting.id, [holder], channel=None, now=utc_now())
        [party] = db.exec(select(MeetingParty)).all()
        note_replies(db, actor, meeting.id, {party.id: Reply.COMES}, now=utc_now())

    shown = browser.get(f"{path}/remaining?since=2027-01-01")
    form = {**seen_in(shown.text), "since": "2027-01-01", "kind": "drill", "title": "合同訓練"}
    wrong = browser.post(f"{path}/remaining", {**form, "starts_at": "夜", "place": "体育館"})
    hours = {"starts_at": "18:30", "ends_at": "20:00", "place": "体育館"}
    changed = browser.post(f"{path}/remaining", {**form, **hours})
    stale = browser.post(f"{path}/remaining", {**form, **hours, "title": "別の題"})
    again = {**seen_in(stale.text), "since": "2027-01-01"}
    without = browser.post(f"{path}/end", again)
    ended = browser.post(f"{path}/end", {**again, "canceled_because": "series_ended"})

    assert "すでに出欠の回答があります：1件" in shown.text
    assert (wrong.status_code, wrong.text.count("「始まる時刻」は時刻で入力してください。")) == (
        422,
        2,
    )
    assert 'value="体育館"' in wrong.text
    assert "2件の会議を変更しました。" in changed.text
    assert (stale.status_code, "別の題" in stale.text) == (409, True)
    assert (without.status_code, "定期開催を終えました。" in ended.text) == (422, True)
    assert browser.sign_in("stranger_chief").get(f"{path}/remaining").status_code == 404


def seen_in(text: str) -> dict[str, str]:
    """Return what a form hides of what it was made of."""
    return dict(re.findall(r'name="(revision|mark)" value="(\w+)"', text))


def test_series_is_the_stations_alone(browser: Browser) -> None:
    browser.sign_in("officer").get("/meetings/series/new")
    path = str(browser.post("/meetings/series", SERIES).url.path)

    assert browser.sign_in("stranger_chief").get(path).status_code == 404


def test_same_meeting_again_asks_the_same_people(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    first = coming(world, kuwahara, title="防犯講話")
    browser.sign_in("officer")
    shown = browser.get(f"/meetings/{first.id}/again")
    assert ('value="防犯講話"' in shown.text, 'name="starts_at"' in shown.text) == (True, True)
    form = {"kind": "talk", "title": "防犯講話", "style": "in_person", "place": "第二公民館"}

    wrong = browser.post(f"/meetings/{first.id}/again", {**form, "same_parties": "on"})
    assert (wrong.status_code, "「始まり」を入力してください。" in wrong.text) == (422, True)
    later = {**form, "starts_at": "2030-05-01T19:00"}
    shown = browser.post(f"/meetings/{first.id}/again", {**later, "same_parties": "on"})

    assert ("桒原 健太" in shown.text, "未返信" in shown.text) == (True, True)
    alone = browser.post(f"/meetings/{first.id}/again", later)
    assert "まだ誰にも案内していません。" in alone.text


@pytest.mark.usefixtures("kuwahara")
def test_invitation_offers_the_members_of_the_body_first(browser: Browser, world: World) -> None:
    abe = world.person("阿部 久", "あべ ひさし")
    body = established(world)
    seated(world, body, Holder(person_id=abe.id))
    seated(world, body, None, words="市くらし安全課長")
    meeting = coming(world, body_id=body.id)
    browser.sign_in("officer")

    first = browser.get(f"/meetings/{meeting.id}/invitations").text
    every = browser.get(f"/meetings/{meeting.id}/invitations?area=").text

    assert [name in first for name in ("阿部 久", "桒原 健太", "くらし安全課長")] == [
        True,
        False,
        False,
    ]
    assert ("阿部 久" in every, "桒原 健太" in every) == (False, True)


def test_list_and_month_are_narrowed(browser: Browser, world: World) -> None:
    body = established(world)
    at = utc_now() + 40 * DAY
    coming(world, title="防犯講話", kind="talk", starts_at=at)
    coming(world, title="協議会の会議", body_id=body.id, starts_at=at)
    browser.sign_in("officer")
    month = f"first={at.astimezone(JST):%Y-%m}"

    for page in ("/meetings?", f"/meetings/month?{month}&"):
        shown = [
            tuple(title in browser.get(page + asked).text for title in ("防犯講話", "協議会の会議"))
            for asked in ("", "kind=talk", f"council={body.id}", "kind=nothing", "standing=planned")
        ]
        assert shown == [(True, True), (True, False), (False, True), (True, True), (True, True)]
    assert "防犯講話" not in browser.get("/meetings/month?first=1999-13&standing=held").text


@pytest.mark.parametrize("count", [1, 20])
def test_month_costs_the_same_however_many_meetings(
    browser: Browser, world: World, count: int
) -> None:
    for _ in range(count):
        planned(world, now=utc_now())
    browser.sign_in("officer").get("/meetings/month")

    with counted(world.database) as statements:
        browser.get("/meetings/month")

    assert len(statements) == 3


def test_one_meeting_of_a_series_is_canceled_alone(browser: Browser, world: World) -> None:
    browser.sign_in("officer").get("/meetings/series/new")
    browser.post(
        "/meetings/series", {**SERIES, "starts_at": "2030-12-10T19:00", "rhythm": "weekly"}
    )
    with world.reading("officer") as db:
        [meeting] = db.exec(select(Meeting)).all()
        db.expunge_all()

    shown = browser.post(f"/meetings/{meeting.id}/cancellation", {"canceled_because": "snow"})

    assert ("毎週 火曜日" in shown.text, "降雪" in shown.text) == (True, True)
    assert whole(world, meeting).meeting.state is MeetingState.CANCELED
