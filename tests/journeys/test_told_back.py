"""A thing heard, from its entry to the answer told back, across two agencies."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.chromium import PHONE, Walker, served, walking
from tests.support.world import PASSWORD, World

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
HEARD = "みなと公園の防犯灯が消えているとのこと。"
ASKED = "みなと公園の防犯灯が消えています。確認をお願いします。"
DONE = "電球を交換しました。"
TOLD = "市が電球を交換したと伝えた。"


def test_a_thing_heard_gets_its_answer_across_two_agencies(world: World, chromium: Browser) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    with served(world.database) as address:

        def sits_down(who: str) -> Iterator[Walker]:
            with walking(chromium, address, viewport=PHONE) as walker:
                walker.sign_in(who, PASSWORD)
                yield walker

        for officer in sits_down("officer"):
            hears(officer, f"/people/{person.id}/notes/new")
        for chief in sits_down("chief"):
            asks_the_city(chief)
        for employee in sits_down("city"):
            sees_to_it(employee)
        for officer in sits_down("officer"):
            tells_back(officer, person.name)


def hears(walker: Walker, form: str) -> None:
    page = walker.page
    walker.go(form)
    page.locator("#f-heard").fill(HEARD)
    page.get_by_label("回答が必要").check()
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("main")).to_contain_text("回答未了")


def asks_the_city(walker: Walker) -> None:
    page = walker.page
    walker.go("/requests")
    page.get_by_role("link", name=HEARD).click()
    page.get_by_role("link", name="他の機関・本部に依頼する").click()
    page.locator("#f-recipient_station_id").select_option(label="架空市役所")
    page.locator("#f-words").fill(ASKED)
    page.get_by_role("button", name="依頼する").click()
    expect(page.get_by_role("main")).to_contain_text("未受理")


def sees_to_it(walker: Walker) -> None:
    page = walker.page
    walker.go("/requests/received")
    expect(page.get_by_role("main")).to_contain_text(ASKED)
    expect(page.get_by_role("main")).not_to_contain_text("桒原")
    page.get_by_role("button", name="受理する").click()
    page.get_by_role("link", name="結果を記録する").click()
    page.locator("input[name=outcome][value=done]").check()
    page.locator("#f-outcome_text").fill(DONE)
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("main")).to_contain_text("措置済")


def waiting(page: Page) -> Locator:
    """The card of the day page with what awaits an answer."""
    return page.get_by_role("region", name="回答未了")


def tells_back(walker: Walker, name: str) -> None:
    page = walker.page
    walker.go("/today")
    waiting(page).get_by_role("link", name=HEARD).click()
    expect(page.get_by_role("main")).to_contain_text(DONE)
    page.get_by_role("link", name="回答を記録する").click()
    page.locator("input[name=outcome][value=passed_on]").check()
    page.locator("#f-outcome_text").fill(DONE)
    page.locator("#f-passed_to").fill("架空市役所")
    page.locator("#f-answer").fill(TOLD)
    page.locator("input[name=answered_how][value=visit]").check()
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("main")).to_contain_text("回答済")
    walker.go("/today")
    expect(page.get_by_role("main")).not_to_contain_text(HEARD)
    walker.go("/people")
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("main")).to_contain_text(TOLD)
