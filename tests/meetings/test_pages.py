import datetime as dt
import re

import pytest

from crm.consents.models import ConsentScope
from crm.contacts.models import Person
from crm.kernel.clock import JST, utc_now
from crm.meetings.models import Meeting, MeetingState
from tests.bodies.acts import established
from tests.coverage.records import put_liaison
from tests.meetings.acts import planned, whole
from tests.rosters.network import put_consent
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def kuwahara(world: World) -> Person:
    person = world.person("桒原 健太", "くわばら けんた")
    put_liaison(world, person, "みなと町自治会")
    return person


def begun(world: World, *people: Person, **changes: object) -> Meeting:
    """Return a meeting that began just now: pages live today."""
    return planned(world, *people, now=utc_now(), **changes)


def form(**changes: str) -> dict[str, str]:
    tomorrow = utc_now().astimezone(JST) + dt.timedelta(days=1)
    given = {
        "kind": "regional_safety",
        "title": "みなと町地区 地域安全の会",
        "starts_at": f"{tomorrow:%Y-%m-%dT%H:%M}",
        "style": "in_person",
        "place": "みなと公民館",
        "held_with": "連合自治会 定例会",
    }
    return given | changes


@pytest.mark.parametrize("path", ["", "/edit", "/invitations", "/replies", "/attendance"])
def test_meeting_is_the_stations_alone(browser: Browser, world: World, path: str) -> None:
    meeting = begun(world)

    browser.sign_in("stranger_chief")
    assert browser.get(f"/meetings/{meeting.id}{path}").status_code == 404
    browser.sign_in("officer")
    shown = browser.get(f"/meetings/{meeting.id}{path}")
    assert (shown.status_code, "地域安全の会" in shown.text) == (200, True)


@pytest.mark.parametrize("who", ["hq", "auditor"])
def test_meetings_are_not_for_whoever_reads_no_people(browser: Browser, who: str) -> None:
    assert browser.sign_in(who).get("/meetings").status_code == 403


def test_meeting_goes_from_plan_to_attendance(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    browser.sign_in("officer").get("/meetings/new")
    shown = browser.post("/meetings", form())
    assert "併催" in shown.text
    assert "みなと町地区 地域安全の会" in browser.get("/meetings").text
    path = str(shown.url.path)
    put_consent(world, kuwahara)

    assert "桒原 健太" in browser.get(f"{path}/invitations").text
    shown = browser.post(
        f"{path}/invitations", {"parties": f"person:{kuwahara.id}", "channel": "post"}
    )
    assert ("桒原 健太" in shown.text, "未返信" in shown.text) == (True, True)

    early = browser.post(f"{path}/attendance", {"visitors": "2"})
    assert (early.status_code, "会議が始まってから" in early.text) == (422, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "「名称」を入力してください。"),
        ({"place": ""}, "場所を入力してください。"),
        ({"starts_at": "明日"}, "「始まり」は日時で入力してください。"),
        ({"ends_at": "2001-01-01T10:00"}, "終わりの日時は、始まりより後にしてください。"),
    ],
)
def test_refused_plan_is_shown_again_with_all_that_was_typed(
    browser: Browser, changes: dict[str, str], sentence: str
) -> None:
    browser.sign_in("officer").get("/meetings/new")

    shown = browser.post("/meetings", form(**changes))

    assert (shown.status_code, shown.text.count(sentence)) == (422, 2)
    assert "連合自治会 定例会" in shown.text


def test_attendance_is_a_tap_a_row(browser: Browser, world: World, kuwahara: Person) -> None:
    meeting = begun(world, kuwahara)
    [party] = whole(world, meeting).parties
    browser.sign_in("officer").get(f"/meetings/{meeting.id}/attendance")

    wrong = browser.post(
        f"/meetings/{meeting.id}/attendance", {f"row-{party.id}": "proxy", "visitors": "多数"}
    )
    assert (wrong.status_code, 'value="proxy" checked' in wrong.text) == (422, True)
    browser.post(f"/meetings/{meeting.id}/attendance", {f"row-{party.id}": "proxy", "visitors": 4})

    after = whole(world, meeting)
    assert (after.came, after.meeting.visitors, after.meeting.state) == (1, 4, MeetingState.HELD)


def hidden(page: str) -> dict[str, str]:
    """Return what a list says it was when it was shown."""
    return dict(re.findall(r'name="((?:seen-|visitors_seen)[^"]*)" value="([^"]*)"', page))


@pytest.mark.parametrize(
    ("path", "first", "other"),
    [("replies", "comes", "declines"), ("attendance", "present", "absent")],
)
def test_list_in_two_tabs_loses_nobodys_answer(
    browser: Browser, world: World, kuwahara: Person, path: str, first: str, other: str
) -> None:
    abe = world.person("阿部 久", "あべ ひさし")
    meeting = begun(world, kuwahara, abe)
    rows = {party.name: f"row-{party.id}" for party in whole(world, meeting).parties}
    mine, theirs = rows["阿部 久"], rows["桒原 健太"]
    where = f"/meetings/{meeting.id}/{path}"
    shown = hidden(browser.sign_in("officer").get(where).text)
    other_tab = {**shown, "visitors": "0", mine: "none", theirs: "none"}

    browser.post(where, {**other_tab, mine: first, "visitors": "4"})
    assert browser.post(where, {**other_tab, theirs: first}).status_code == 200
    stale = browser.post(where, {**other_tab, mine: other})

    column = "reply" if path == "replies" else "presence"
    after = whole(world, meeting)
    assert [getattr(party, column) for party in after.parties] == [first, first]
    assert after.meeting.visitors == (0 if path == "replies" else 4)
    assert (stale.status_code, stale.text.count("阿部 久：他の職員が先に「出席")) == (409, 2)
    assert f'name="{mine}" value="{other}" checked' in stale.text
    assert f'name="{theirs}" value="{first}" checked' in stale.text

    again = browser.post(where, {**hidden(stale.text), "visitors": "4", mine: other, theirs: first})
    assert again.status_code == 200
    after = whole(world, meeting)
    assert [getattr(party, column) for party in after.parties] == [other, first]


def test_number_of_visitors_is_not_lost_to_another_tab(browser: Browser, world: World) -> None:
    meeting = begun(world)
    where = f"/meetings/{meeting.id}/attendance"
    shown = hidden(browser.sign_in("officer").get(where).text)

    browser.post(where, {**shown, "visitors": "4"})
    stale = browser.post(where, {**shown, "visitors": "7"})

    assert (stale.status_code, stale.text.count("他の職員が先に「4」と記録しました。")) == (409, 2)
    assert hidden(stale.text) == {"visitors_seen": "4"}
    assert re.search(r'name="visitors"[^>]* value="7"', stale.text)


@pytest.mark.usefixtures("kuwahara")
def test_nobody_chosen_is_refused_at_the_list(browser: Browser, world: World) -> None:
    meeting = begun(world)
    browser.sign_in("officer").get(f"/meetings/{meeting.id}/invitations")

    shown = browser.post(f"/meetings/{meeting.id}/invitations", {"channel": "fax"})

    assert (shown.status_code, shown.text.count("一人または一団体以上選んでください。")) == (422, 2)


def test_way_not_agreed_to_is_refused_and_nothing_ticked_is_lost(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    put_consent(world, kuwahara, {ConsentScope.BY_PHONE})
    body = established(world)
    path = f"/meetings/{begun(world, body_id=body.id).id}/invitations?area="
    offered = browser.sign_in("officer").get(path).text
    ticked = f'value="person:{kuwahara.id}" checked'

    refused = browser.post(path, {"parties": f"person:{kuwahara.id}", "channel": "post"})

    assert offered.count("連絡の方法：訪問・電話") == 1
    assert f'action="{path}"' in offered
    sentence = "同意のない方が1人います。その方を外すか、「訪問」を選んでください。"
    assert (refused.status_code, refused.text.count(sentence)) == (422, 2)
    assert (ticked in refused.text, 'value="post" checked' in refused.text) == (True, True)
    assert 'id="f-channel-error"' in refused.text


@pytest.mark.parametrize("key", ["person:nobody", "staff:01a1feae-472a-727e-bf2f-58e57705f703"])
def test_whom_no_page_offers_is_not_invited(browser: Browser, world: World, key: str) -> None:
    meeting = begun(world)
    browser.sign_in("officer").get(f"/meetings/{meeting.id}/invitations")

    shown = browser.post(f"/meetings/{meeting.id}/invitations", {"parties": key})

    assert shown.status_code == 422


def test_cancellation_asks_why(browser: Browser, world: World) -> None:
    meeting = begun(world)
    browser.sign_in("officer").get(f"/meetings/{meeting.id}")

    without = browser.post(f"/meetings/{meeting.id}/cancellation", {})
    assert (without.status_code, "中止の理由を選んでください。" in without.text) == (422, True)
    shown = browser.post(f"/meetings/{meeting.id}/cancellation", {"canceled_because": "snow"})
    assert "降雪" in shown.text
    assert "予定に戻す" in shown.text


@pytest.mark.parametrize("invited", [1, 30])
@pytest.mark.parametrize("path", ["", "/invitations", "/replies", "/attendance"])
def test_pages_cost_the_same_however_many_are_invited(
    browser: Browser, world: World, path: str, invited: int
) -> None:
    people = [world.person(f"連絡 {number}郎", "れんらく たろう") for number in range(2 * invited)]
    for person in people:
        put_liaison(world, person, "みなと町自治会")
    meeting = begun(world, *people[:invited])
    browser.sign_in("officer").get(f"/meetings/{meeting.id}{path}")

    with counted(world.database) as statements:
        browser.get(f"/meetings/{meeting.id}{path}")

    assert len(statements) == {"": 7, "/invitations": 8, "/replies": 6, "/attendance": 6}[path]
