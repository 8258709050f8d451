import re

import pytest

from crm.kernel.clock import local_day, utc_now
from crm.meetings.models import Meeting
from crm.minutes.matters import Becomes
from tests.meetings.acts import planned
from tests.minutes.acts import prepared, taken_up, whole_of, written
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Pages are the same on every database; queries and verbs are tested on both."""

PDF = b"%PDF-1.7 ... %%EOF"
SAID = "青パトを週二回にする\n公園の防犯灯を調べる\n植込みを刈ってほしい"


@pytest.fixture
def meeting(world: World) -> Meeting:
    return planned(world, now=utc_now())


@pytest.mark.parametrize("path", ["agenda", "minutes", "minutes/edit", "minutes/circulation"])
def test_pages_are_the_stations_alone(browser: Browser, meeting: Meeting, path: str) -> None:
    place = f"/meetings/{meeting.id}/{path}"

    assert browser.sign_in("stranger_chief").get(place).status_code == 404
    assert browser.sign_in("hq").get(place).status_code == 403
    assert browser.sign_in("officer").get(place).status_code == 200


def test_agenda_is_made_moved_and_added_to_by_buttons(
    browser: Browser, world: World, meeting: Meeting
) -> None:
    path = f"/meetings/{meeting.id}/agenda"
    browser.sign_in("officer").get(path)
    browser.post(path)
    shown = browser.post(f"{path}/items", {"title": "街路灯について", "kind": "topic"})
    item = whole_of(world, meeting).items[5]

    browser.post(f"/agenda-items/{item.id}/place", {"direction": "down"})
    browser.post(
        f"/agenda-items/{item.id}",
        {"title": "街路灯の点検", "kind": "topic", "minutes_planned": "10", "revision": "1"},
    )
    stale = browser.post(f"/agenda-items/{item.id}", {"title": "別の題", "revision": "1"})
    titles = [one.title for one in whole_of(world, meeting).items]
    browser.post(f"/agenda-items/{item.id}/removal")

    assert "街路灯について" in shown.text
    assert titles[5:] == ["その他", "街路灯の点検", "閉会"]
    assert (stale.status_code, "街路灯の点検" in stale.text, "別の題" in stale.text) == (
        409,
        True,
        True,
    )
    assert len(whole_of(world, meeting).items) == 7


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "「項目の名称」を入力してください。"),
        ({"minutes_planned": "長め"}, "「予定の時間（分）」は数字で入力してください。"),
    ],
)
def test_refused_line_is_shown_again(
    browser: Browser, meeting: Meeting, changes: dict[str, str], sentence: str
) -> None:
    path = f"/meetings/{meeting.id}/agenda"
    browser.sign_in("officer").get(path)

    shown = browser.post(f"{path}/items", {"title": "防犯", "speaker": "地域課長", **changes})

    assert (shown.status_code, shown.text.count(sentence)) == (422, 2)
    assert "地域課長" in shown.text


def test_paper_is_checked_kept_and_given_out_on_record(
    browser: Browser, world: World, meeting: Meeting
) -> None:
    path = f"/meetings/{meeting.id}"
    browser.sign_in("officer").get(f"{path}/agenda")
    sent = {"handling": "public"}

    without = browser.post(f"{path}/papers", sent)
    wrong = browser.post(f"{path}/papers", sent, files={"file": ("資料.pdf", b"MZ")})
    browser.post(f"{path}/papers", sent, files={"file": ("資料.exe", PDF)})
    [paper] = whole_of(world, meeting).papers
    file = browser.get(f"/meeting-papers/{paper.id}/file")

    assert [one.status_code for one in (without, wrong)] == [422, 422]
    assert "PDF、PNG、JPEGのいずれか" in wrong.text
    assert (paper.name, file.content) == ("資料.pdf", PDF)
    assert file.headers["content-disposition"].startswith("attachment")


def test_of_two_who_write_both_texts_stand_side_by_side(
    browser: Browser, world: World, meeting: Meeting
) -> None:
    path = f"/meetings/{meeting.id}/minutes"
    browser.sign_in("officer").get(f"{path}/edit")
    written(world, meeting, "佐藤の文章")

    shown = browser.post(f"{path}/edit", {"text-": "山口の文章", "revision": "0"})
    revision = re.findall(r'name="revision" value="(\d+)"', shown.text)
    after = browser.post(f"{path}/edit", {"text-": "二人の文章", "revision": revision[0]})

    assert (shown.status_code, "佐藤の文章" in shown.text, "山口の文章" in shown.text) == (
        409,
        True,
        True,
    )
    assert "重なった入力の控え" in after.text
    assert [one.serial for one in whole_of(world, meeting).versions] == [1, 2, 3]


def test_what_is_written_of_a_line_taken_off_meanwhile_is_kept(
    browser: Browser, world: World, meeting: Meeting
) -> None:
    item = prepared(world, meeting).items[1]
    path = f"/meetings/{meeting.id}/minutes"
    browser.sign_in("officer").get(f"{path}/edit")
    browser.post(f"/agenda-items/{item.id}/removal")

    shown = browser.post(f"{path}/edit", {f"text-{item.id}": "署長の挨拶", "revision": "0"})

    assert ("署長の挨拶" in shown.text, "次第から除いた項目" in shown.text) == (True, True)


def test_lines_become_something_and_the_next_meeting_begins_with_it(
    browser: Browser, world: World, meeting: Meeting
) -> None:
    path = f"/meetings/{meeting.id}"
    browser.sign_in("officer").get(f"{path}/minutes/edit")
    browser.post(f"{path}/minutes/edit", {"text-": SAID, "revision": "0"})
    for number, becomes in enumerate(Becomes):
        line = {"agenda_item_id": "", "number": number, "revision": "1", "becomes": becomes.value}
        browser.post(f"{path}/matters", line)
    [action], [request] = whole_of(world, meeting).actions, whole_of(world, meeting).requests
    charge = {
        "words": action.words,
        "unit_id": str(world.units["若葉駅前交番"]),
        "due_on": local_day(utc_now()).isoformat(),
        "revision": "1",
    }
    refused = browser.post(f"/meeting-matters/{action.id}", {**charge, "due_on": "そのうち"})
    browser.post(f"/meeting-matters/{action.id}", charge)
    today = browser.get("/today").text
    later = planned(world, now=utc_now(), title="次の会")
    early = browser.post(f"/meetings/{later.id}/previous", {"previous_id": str(later.id)})
    browser.post(f"/meetings/{later.id}/previous", {"previous_id": str(meeting.id)})

    assert (refused.status_code, "公園の防犯灯を調べる" in refused.text) == (422, True)
    assert "公園の防犯灯を調べる" in today
    assert early.status_code == 422
    for shown in (f"/meetings/{later.id}", f"/meetings/{later.id}/agenda"):
        page = browser.get(shown).text
        assert "前回から引き継いだ事項" in page
        assert ("公園の防犯灯を調べる" in page, "植込みを刈ってほしい" in page) == (True, True)
    assert f"{path}/minutes" in browser.get(f"/requests/{request.id}").text


def test_action_is_finished_on_its_page(browser: Browser, world: World, meeting: Meeting) -> None:
    written(world, meeting, SAID, now=utc_now())
    matter = taken_up(world, meeting, 1, Becomes.ACTION, now=utc_now())
    path = f"/meeting-matters/{matter.id}"
    browser.sign_in("officer").get(path)
    today = local_day(utc_now()).isoformat()

    without = browser.post(f"{path}/completion", {"done_on": today, "revision": "1"})
    done = {"done_on": today, "done_words": "二基を交換した", "revision": "1"}
    shown = browser.post(f"{path}/completion", done)

    assert (without.status_code, "何をしたかを入力してください。" in without.text) == (422, True)
    assert "二基を交換した" in shown.text
    assert "実施済" in browser.get(path).text


def test_minutes_are_confirmed_circulated_and_looked_back_at(
    browser: Browser, world: World, meeting: Meeting
) -> None:
    written(world, meeting, SAID, now=utc_now())
    path = f"/meetings/{meeting.id}/minutes"
    browser.sign_in("officer").get(path)

    shown = browser.post(f"{path}/confirmation", {"revision": "1"})
    nobody = browser.post(f"{path}/circulation", {"remark": "防犯灯の件"})
    unit = str(world.units["若葉署生活安全課"])
    browser.post(f"{path}/circulation", {"unit_ids": unit, "remark": "防犯灯の件"})
    versions = re.findall(r'href="(/minutes-versions/[^"]+)"', browser.get(path).text)

    assert "議事録を確定しました。" in shown.text
    assert (nobody.status_code, "防犯灯の件" in nobody.text) == (422, True)
    assert "若葉署生活安全課" in browser.get(f"{path}/circulation").text
    assert len(versions) == 2
    assert "青パトを週二回にする" in browser.get(versions[-1]).text


def test_offices_are_noted_as_numbers(browser: Browser, world: World, meeting: Meeting) -> None:
    path = f"/meetings/{meeting.id}"
    browser.sign_in("officer").get(f"{path}/minutes")

    wrong = browser.post(f"{path}/guests", {"office_name": "市民安全課", "people": "数名"})
    shown = browser.post(f"{path}/guests", {"office_name": "市民安全課", "people": "2"})
    [guests] = whole_of(world, meeting).guests
    browser.post(f"/meeting-guests/{guests.id}/removal")

    assert (wrong.status_code, "市民安全課" in wrong.text) == (422, True)
    assert ("市民安全課" in shown.text, "2名" in shown.text) == (True, True)
    assert whole_of(world, meeting).guests == []


@pytest.mark.parametrize("count", [1, 30])
def test_pages_cost_the_same_however_much_was_said(
    browser: Browser, world: World, meeting: Meeting, count: int
) -> None:
    prepared(world, meeting, *(f"議題{number}" for number in range(count)))
    written(world, meeting, "\n".join(f"{number}を調べる" for number in range(count)))
    for number in range(min(count, 4)):
        taken_up(world, meeting, number, Becomes.ACTION)
    later = planned(world, now=utc_now(), title="次の会")
    browser.sign_in("officer").get(f"/meetings/{later.id}/agenda")
    browser.post(f"/meetings/{later.id}/previous", {"previous_id": str(meeting.id)})
    item = whole_of(world, meeting).items[0]
    action = whole_of(world, meeting).actions[0]
    costs = {
        f"/meetings/{later.id}": 7,
        f"/meetings/{later.id}/agenda": 7,
        f"/meetings/{meeting.id}/minutes": 6,
        f"/meetings/{meeting.id}/minutes/edit": 4,
        f"/agenda-items/{item.id}": 3,
        f"/meeting-matters/{action.id}": 6,
    }

    found = {}
    for path in costs:
        with counted(world.database) as statements:
            browser.get(path)
        found[path] = len(statements)

    assert found == costs
