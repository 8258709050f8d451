"""Somebody proposed on a phone by another section, until their yes is seen without a call."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.chromium import PHONE, Walker, served, walking
from tests.support.world import PASSWORD, World

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
WHY = "交差点で毎朝、子どもの横断を見守っておられる。"


def test_whoever_proposes_somebody_sees_their_yes(world: World, chromium: Browser) -> None:
    with served(world.database) as address:

        def sits_down(who: str) -> Iterator[Walker]:
            with walking(chromium, address, viewport=PHONE) as walker:
                walker.sign_in(who, PASSWORD)
                yield walker

        for officer in sits_down("seian"):
            proposes(officer)
        for chief in sits_down("chief"):
            receives_and_asks(chief)
            records_the_yes(chief)
        for officer in sits_down("seian"):
            sees_it(officer)


def proposes(walker: Walker) -> None:
    page = walker.page
    walker.go("/candidates/new")
    page.locator("#f-family_name").fill("高橋")
    page.locator("#f-given_name").fill("京子")
    page.locator("#f-reason").fill(WHY)
    page.get_by_role("button", name="紹介する").click()
    expect(page.get_by_role("main")).to_contain_text("未受理")


def receives_and_asks(walker: Walker) -> None:
    page = walker.page
    walker.go("/candidates")
    page.get_by_role("link", name="高橋 京子").click()
    expect(page.get_by_role("main")).to_contain_text(WHY)
    page.get_by_role("button", name="受理する").click()
    page.get_by_role("link", name="依頼を記録する").click()
    expect(page.get_by_role("main")).to_contain_text("いつでもおやめいただけます。")
    page.locator("input[name=method][value=oral]").check()
    page.get_by_role("button", name="依頼を記録する").click()
    expect(page.get_by_role("main")).to_contain_text("依頼中")


def records_the_yes(walker: Walker) -> None:
    page = walker.page
    page.locator("input[name=answer][value=accepted]").check()
    page.locator("input[name=method][value=oral]").check()
    page.locator("input[name=scopes][value=within_station]").check()
    page.get_by_role("button", name="回答を記録する").click()
    expect(page.get_by_role("main")).to_contain_text("活動中")


def sees_it(walker: Walker) -> None:
    page = walker.page
    walker.go("/today")
    page.get_by_role("link", name="紹介した候補に新しい経過が1件あります").click()
    expect(page.get_by_role("main")).to_contain_text("承諾")
    page.get_by_role("button", name="確認済にする").click()
    walker.go("/today")
    expect(page.get_by_role("main")).not_to_contain_text("新しい経過")
