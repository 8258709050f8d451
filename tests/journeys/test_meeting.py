"""A meeting held with a federation's, from its plan to the next, which begins with what it left."""

import datetime as dt
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from crm.kernel.clock import JST, utc_now
from tests.coverage.records import put_liaison
from tests.support.chromium import DESK, Walker, served, walking
from tests.support.world import PASSWORD, World

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
SAID = "公園の防犯灯を調べる\n通学路の植込みを刈ってほしい"


def test_what_a_meeting_leaves_open_begins_the_next(world: World, chromium: Browser) -> None:
    put_liaison(world, world.person("桒原 健太", "くわばら けんた"), "みなと町自治会")
    with served(world.database) as address:
        for walker in sits_down(chromium, address):
            plans(walker, "地域安全の会（1回目）", utc_now())
            invites(walker)
            notes_who_came(walker)
            writes_minutes(walker)
            makes_an_action(walker)
            makes_a_request(walker)
            plans(walker, "地域安全の会（2回目）", utc_now() + dt.timedelta(days=30))
            begins_with_them(walker)


def sits_down(chromium: Browser, address: str) -> Iterator[Walker]:
    with walking(chromium, address, viewport=DESK) as walker:
        walker.sign_in("officer", PASSWORD)
        yield walker


def plans(walker: Walker, title: str, at: dt.datetime) -> None:
    page = walker.page
    walker.go("/meetings/new")
    page.locator("#f-title").fill(title)
    page.locator("#f-starts_at").fill(f"{at.astimezone(JST):%Y-%m-%dT%H:%M}")
    page.locator("#f-place").fill("みなと公民館")
    page.locator("#f-held_with").fill("連合自治会 定例会")
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("main")).to_contain_text("併催")


def invites(walker: Walker) -> None:
    page = walker.page
    page.get_by_role("link", name="案内する方を選ぶ").first.click()
    page.get_by_label("桒原 健太").check()
    page.get_by_role("button", name="名簿に加える").click()
    expect(page.get_by_role("main")).to_contain_text("桒原 健太")


def notes_who_came(walker: Walker) -> None:
    page = walker.page
    page.get_by_role("link", name="出欠を記録する").click()
    page.locator("input[value=present]").check()
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("main")).to_contain_text("開催済")


def writes_minutes(walker: Walker) -> None:
    page = walker.page
    page.get_by_role("link", name="議事録").click()
    page.get_by_role("link", name="議事録を書く").click()
    page.get_by_label("そのほかの記録").fill(SAID)
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("main")).to_contain_text("公園の防犯灯を調べる")


def makes_an_action(walker: Walker) -> None:
    page = walker.page
    page.get_by_role("form", name="公園の防犯灯を調べる").get_by_role("button", name="対応").click()
    page.locator("#f-due_on").fill(f"{utc_now().astimezone(JST):%Y-%m-%d}")
    page.get_by_role("button", name="担当と期限を記録する").click()
    expect(page.get_by_role("region", name="対応事項")).to_contain_text("若葉駅前交番")


def makes_a_request(walker: Walker) -> None:
    page = walker.page
    line = page.get_by_role("form", name="通学路の植込みを刈ってほしい")
    line.get_by_role("button", name="要望").click()
    expect(page.get_by_role("region", name="意見・要望")).to_contain_text("第1号")


def begins_with_them(walker: Walker) -> None:
    page = walker.page
    page.get_by_role("link", name="次第").click()
    page.locator("#f-previous_id").select_option(index=1)
    page.get_by_role("button", name="引き継ぐ").click()
    page.get_by_role("link", name="会議の概要").click()
    carried = page.get_by_role("region", name="前回から引き継いだ事項")
    expect(carried).to_contain_text("公園の防犯灯を調べる")
    expect(carried).to_contain_text("通学路の植込みを刈ってほしい")
    walker.go("/today")
    expect(page.get_by_role("main")).to_contain_text("会議の対応事項")
