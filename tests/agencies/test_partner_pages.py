"""What a city hall finds on its pages, and what it does not: the network is the police's."""

import re

import pytest

from crm.contacts.models import Holder
from tests.sharing.acts import agreed, consented, liaison, noted
from tests.support.pages import Browser
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
OF_POLICE = re.compile("当務|連絡員|交番|警ら|巡回連絡|来署|署内|受持区|依頼")


def menu(page: str) -> list[str]:
    """The words of the main menu."""
    side = page[page.index('class="side-nav"') : page.index('class="page"')]
    return [word.strip() for word in re.findall(r"<span[^>]*>([^<]+)</span>", side)]


def words(page: str) -> str:
    """What can be read in the main part of a page."""
    return re.sub(r"<[^>]+>", "", page[page.index("<main") : page.index("</main>")])


def test_day_of_a_city_employee_starts_with_what_was_promised(browser: Browser) -> None:
    shown = browser.sign_in("city").get("/").text

    assert "<h1>本日の予定</h1>" in shown
    assert menu(shown)[:4] == ["本日の予定", "連絡先", "関係機関・団体", "提供を受けた連絡先"]
    assert OF_POLICE.findall(words(shown)) == []
    assert 'href="/coverage"' not in shown


def test_menu_of_the_police_keeps_the_network(browser: Browser) -> None:
    shown = browser.sign_in("officer").get("/").text

    assert menu(shown)[:5] == [
        "本日の当務",
        "連絡員・協力者",
        "関係機関・団体",
        "意見・要望",
        "会議",
    ]
    assert "連絡員一覧表" in menu(shown)


@pytest.mark.parametrize("who", ["city", "city_chief", "city_administrator"])
@pytest.mark.parametrize("path", ["/roster", "/coverage"])
def test_pages_of_the_network_are_not_found_at_a_city(
    browser: Browser, who: str, path: str
) -> None:
    assert browser.sign_in(who).get(path).status_code == 404


@pytest.mark.parametrize(
    "act", ["approach", "answer", "withdrawal", "ending", "contact", "willingness"]
)
def test_nobody_is_asked_to_serve_at_a_city(browser: Browser, world: World, act: str) -> None:
    person = world.person("港 花子", "ミナト ハナコ", station="架空市役所")
    browser.sign_in("city_chief").get("/today")

    answer = browser.post(f"/people/{person.id}/{act}", {"decided_on": "2026-11-20"})

    assert answer.status_code == 404


def test_city_keeps_consents_of_its_own(browser: Browser, world: World) -> None:
    person = world.person("港 花子", "ミナト ハナコ", station="架空市役所")
    page = f"/people/{person.id}/liaison"
    shown = browser.sign_in("city_chief").get(page).text
    assert OF_POLICE.findall(words(shown)) == []
    assert "庁内各課での共有" in shown
    assert "架空県警察への提供" in shown

    saved = browser.post(
        f"/people/{person.id}/consents",
        {
            "decided_on": "2026-11-20",
            "method": "oral",
            "scopes": "within_station",
            "provisions": f"{world.agency_id}:name",
            "seen": "",
        },
    ).text

    assert "同意の変更を記録しました。" in saved
    assert "架空県警察（氏名）" in saved


def test_member_reads_consents_and_leaves_them_to_the_chief(browser: Browser, world: World) -> None:
    person = world.person("港 花子", "ミナト ハナコ", station="架空市役所")
    browser.sign_in("city")

    shown = browser.get(f"/people/{person.id}/liaison").text
    answer = browser.post(f"/people/{person.id}/consents", {"decided_on": "2026-11-20"})

    assert "同意の記録は、課長が行います。" in shown
    assert answer.status_code == 403


def test_person_at_a_city_is_spoken_of_in_its_words(browser: Browser, world: World) -> None:
    holder = Holder(person_id=world.person("港 花子", "ミナト", station="架空市役所").id)
    consented(world, holder, who="city_chief", agency_id=world.agency_id)
    noted(world, holder, who="city")

    shown = browser.sign_in("city").get(f"/people/{holder.person_id}").text

    assert "訪問・面談" in shown
    assert "<span>他の機関への提供</span>" in shown
    assert "誰に何が見えるか" in shown
    assert OF_POLICE.findall(words(shown)) == []


def test_note_at_a_city_offers_its_occasions(browser: Browser, world: World) -> None:
    person = world.person("港 花子", "ミナト ハナコ", station="架空市役所")

    shown = browser.sign_in("city").get(f"/people/{person.id}/notes/new").text

    offered = re.findall(r'name="occasion" value="(\w+)"', shown)
    assert offered == ["patrol_visit", "meeting", "at_station", "other"]
    assert "来庁" in shown
    assert OF_POLICE.findall(words(shown)) == []


def test_person_of_the_police_is_unknown_at_the_city(browser: Browser, world: World) -> None:
    agreed(world)
    holder = liaison(world)

    answer = browser.sign_in("city").get(f"/people/{holder.person_id}")

    assert answer.status_code == 404
    assert "桒原" not in answer.text
