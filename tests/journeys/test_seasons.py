"""What a station's year brings: a strengthening day from plan to result, and April's handover."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from crm.contacts.models import Holder
from crm.kernel.clock import local_day, tour_day, utc_now
from crm.strengthening.models import StrengtheningDay
from tests.handovers.test_successions import april
from tests.support.chromium import PHONE, Walker, served, walking
from tests.support.world import PASSWORD, World
from tests.today.acts import put_liaison

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
BOX, AREA, ELSEWHERE = "若葉駅前交番", "みなと町自治会", "さくら台自治会"
HEARD = "見回りを続けておられる。"
KNOW = "会長は夜勤明けの午前を避ける。"


def test_strengthening_day_from_plan_to_result(world: World, chromium: Browser) -> None:
    for name, area in (("桒原 健太", AREA), ("浜 一", ELSEWHERE)):
        person = world.person(name, "くわばら けんた", care_note="電話は夕方")
        put_liaison(world, Holder(person_id=person.id), area)
    with served(world.database) as address:
        for chief in _at_the_desk(chromium, address, "chief"):
            _plans(chief)
        tour = tour_day(utc_now())
        with world.database.system("a tour that began before midnight") as connection:
            connection.execute(sa.update(StrengtheningDay).values(first_on=tour))
        for officer in _at_the_desk(chromium, address, "officer"):
            _goes(officer)
        for chief in _at_the_desk(chromium, address, "chief"):
            _reads_the_month(chief, f"{tour:%Y-%m}")


def test_april_hands_over_words_and_asks_of_each(world: World, chromium: Browser) -> None:
    april(world)
    box = world.units[BOX]
    with served(world.database) as address:
        for officer in _at_the_desk(chromium, address, "officer"):
            officer.go(f"/handovers/{box}")
            officer.page.get_by_text("書き直す").click()
            officer.page.locator("#f-text").fill(KNOW)
            officer.page.get_by_role("button", name="登録する").click()
        for chief in _at_the_desk(chromium, address, "chief"):
            _asks_of_each(chief)
            chief.go(f"/handovers/{box}")
            expect(chief.page.get_by_role("main")).to_contain_text(KNOW)
            chief.page.get_by_role("button", name="読んだことを記録する").click()
            expect(chief.page.get_by_role("region", name="読んだことの確認")).to_contain_text(
                "中村 誠"
            )


def _at_the_desk(chromium: Browser, address: str, who: str) -> Iterator[Walker]:
    with walking(chromium, address, viewport=PHONE) as walker:
        walker.sign_in(who, PASSWORD)
        yield walker


def _plans(walker: Walker) -> None:
    page = walker.page
    walker.go("/strengthening-days")
    page.get_by_role("link", name="強化日を設ける").click()
    page.locator("#f-first_on").fill(local_day(utc_now()).isoformat())
    page.get_by_text("区域を選ぶ").click()
    page.get_by_label(AREA).check()
    assert [walker.axe(), walker.too_wide()] == [[], []]
    page.get_by_role("button", name="訪問先を選ぶ").click()
    expect(page.get_by_role("main")).to_contain_text("電話は夕方")
    expect(page.get_by_role("main")).not_to_contain_text("浜 一")
    page.get_by_role("button", name="この訪問先に決める").click()
    expect(page.get_by_role("main")).to_contain_text(AREA)


def _goes(walker: Walker) -> None:
    """Say on the day's page that it is the day, and record in three taps and a sentence."""
    page = walker.page
    walker.go("/today")
    card = page.get_by_role("region", name="今日は訪問強化日です")
    expect(card).to_contain_text(AREA)
    assert [walker.axe(), walker.too_wide()] == [[], []]
    card.get_by_role("link", name="活動を記録する").click()
    page.locator("#f-heard").fill(HEARD)
    page.get_by_role("button", name="登録する").click()
    walker.go("/today")
    expect(card).not_to_contain_text("桒原 健太")


def _reads_the_month(walker: Walker, month: str) -> None:
    page = walker.page
    walker.go(f"/strengthening-days/report?month={month}")
    row = page.get_by_role("row", name=BOX)
    expect(row.get_by_role("cell")).to_have_text(["1", "1", "0", "0", "0", "0", "0"])


def _asks_of_each(walker: Walker) -> None:
    page = walker.page
    walker.go("/handovers/successions")
    expect(page.get_by_role("main")).to_contain_text("確認が必要 1件")
    page.get_by_role("button", name="依頼する", exact=True).click()
    page.get_by_role("button", name="続ける").click()
    expect(page.get_by_role("main")).not_to_contain_text("確認が必要")
    walker.go("/candidates")
    expect(page.get_by_role("main")).to_contain_text("桒原 0")
