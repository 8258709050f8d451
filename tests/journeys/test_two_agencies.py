"""One person known to two agencies: what each sees, until the person stops it."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from crm.contacts.models import Holder
from tests.sharing.acts import agreed, liaison
from tests.support.chromium import DESK, PHONE, Walker, served, walking
from tests.support.world import PASSWORD, World

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
NAME = "桒原 健太"
PHONE_NUMBER = "087-833-0110"
CITY_NUMBER = "087-839-2011"
HEARD = "公園の防犯灯が消えているとのこと。"
TOLD = "公園の防犯灯を来週取り替えます。"


class Meeting(NamedTuple):
    """A served product, with one person as the police and as the city know them."""

    address: str
    of_police: Holder
    of_city: Holder


@pytest.fixture
def meeting(world: World) -> Iterator[Meeting]:
    """Both agencies agreed to share; the person, known to both, has agreed to nothing so far."""
    agreed(world)
    agreed(world, who="city_chief", to="若葉署")
    of_police = liaison(world, NAME, fields=(), phone=PHONE_NUMBER)
    known = world.person(NAME, "クワバラ ケンタ", station="架空市役所", phone=CITY_NUMBER)
    of_city = Holder(person_id=known.id)
    with served(world.database) as address:
        yield Meeting(address, of_police, of_city)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_one_person_known_to_two_agencies(
    meeting: Meeting, chromium: Browser, viewport: dict[str, int]
) -> None:
    def sits_down(who: str) -> Iterator[Walker]:
        with walking(chromium, meeting.address, viewport=viewport) as walker:
            walker.sign_in(who, PASSWORD)
            yield walker

    for chief in sits_down("chief"):
        consent_names_the_city(chief, meeting)
    for employee in sits_down("city"):
        find_the_liaison(employee)
        link_to_own_contact(employee, meeting)
    for chief in sits_down("city_chief"):
        consent_names_the_police(chief, meeting)
    for employee in sits_down("city"):
        write_and_tell(employee, meeting)
    for officer in sits_down("officer"):
        read_what_the_city_told(officer, meeting)
    for chief in sits_down("chief"):
        withdraw(chief, meeting)
    for employee in sits_down("city"):
        nothing_is_left(employee, meeting)


def consent_names_the_city(walker: Walker, meeting: Meeting) -> None:
    page = walker.page
    walker.go(f"/people/{meeting.of_police.person_id}/liaison?act=consents")
    of_city = page.get_by_role("group", name="架空市役所への提供")
    assert of_city.locator("input:checked").count() == 0
    for field in ("氏名", "役職", "担当区域", "活動の記録"):
        of_city.get_by_label(field, exact=True).check()
    send_the_act(page, "同意の変更を記録しました。")
    expect(page.get_by_role("main")).to_contain_text(
        "架空市役所（氏名、役職、担当区域、活動の記録）"
    )


def find_the_liaison(walker: Walker) -> None:
    page = walker.page
    expect(page.get_by_role("heading", level=1)).to_have_text("本日の予定")
    walker.go("/shared")
    page.get_by_role("main").get_by_role("link", name=NAME).click()
    main = page.get_by_role("main")
    expect(value_of(main, "電話番号")).to_have_text("非公開")
    expect(value_of(main, "担当区域")).to_have_text("みなと町自治会")
    assert PHONE_NUMBER not in page.content()
    assert walker.axe() == []


def link_to_own_contact(walker: Walker, meeting: Meeting) -> None:
    page = walker.page
    page.get_by_role("radio").check()
    page.get_by_role("button", name="結び付ける").click()
    walker.go(f"/people/{meeting.of_city.person_id}")
    card = page.get_by_role("region", name="提供を受けた連絡先")
    expect(card).to_contain_text("架空県警察 若葉署")
    assert walker.axe() == []
    assert walker.overflows() <= 0


def consent_names_the_police(walker: Walker, meeting: Meeting) -> None:
    page = walker.page
    walker.go(f"/people/{meeting.of_city.person_id}")
    page.get_by_role("link", name="同意の記録").click()
    of_police = page.get_by_role("group", name="架空県警察への提供")
    for field in ("氏名", "活動の記録"):
        of_police.get_by_label(field, exact=True).check()
    assert walker.axe() == []
    send_the_act(page, "同意の変更を記録しました。")
    expect(page.get_by_role("main")).to_contain_text("架空県警察（氏名、活動の記録）")


def write_and_tell(walker: Walker, meeting: Meeting) -> None:
    page = walker.page
    walker.go(f"/people/{meeting.of_city.person_id}")
    page.get_by_role("link", name="活動を記録する").click()
    page.get_by_label("聞いたこと").fill(HEARD)
    page.get_by_role("button", name="登録する").click()
    expect(page.locator("#timeline")).to_contain_text(HEARD)
    page.locator("#timeline").get_by_role("link", name="訪問・面談").click()
    page.get_by_role("link", name="他の機関に伝える").click()
    page.get_by_role("radio").check()
    page.get_by_label("提供する文章").fill(TOLD)
    page.get_by_role("button", name="提供する").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("訪問・面談")


def read_what_the_city_told(walker: Walker, meeting: Meeting) -> None:
    page = walker.page
    walker.go(f"/people/{meeting.of_police.person_id}")
    entry = page.locator("#timeline .entry").filter(has_text=TOLD)
    expect(entry).to_contain_text("架空市役所")
    expect(entry).to_contain_text("提供を受けた記録")
    assert entry.get_by_role("link").count() == 0
    assert HEARD not in page.content()
    assert CITY_NUMBER not in page.content()
    sees = page.get_by_role("region", name="誰に何が見えるか").get_by_role("listitem")
    expect(sees.filter(has_text="架空市役所")).to_contain_text("氏名、役職、担当区域、活動の記録")
    assert walker.axe() == []
    assert walker.overflows() <= 0


def withdraw(walker: Walker, meeting: Meeting) -> None:
    walker.go(f"/people/{meeting.of_police.person_id}/liaison?act=withdrawal")
    send_the_act(walker.page, "取りやめの申出を記録し、活動と同意を終了しました。")
    walker.go(f"/people/{meeting.of_police.person_id}")
    sees = walker.page.get_by_role("region", name="誰に何が見えるか")
    assert "架空市役所" not in sees.inner_text()


def nothing_is_left(walker: Walker, meeting: Meeting) -> None:
    page = walker.page
    walker.go("/shared")
    expect(page.get_by_role("main")).to_contain_text("提供を受けた連絡先はありません。")
    walker.go(f"/people/{meeting.of_city.person_id}")
    expect(page.locator("#timeline")).to_contain_text(HEARD)
    card = page.get_by_role("region", name="提供を受けた連絡先")
    expect(card).to_contain_text("提供は終わりました。")
    for given in ("髙橋", "たかはし", "自治会"):
        expect(card).not_to_contain_text(given)


def send_the_act(page: Page, notice: str) -> None:
    form = page.locator("#act form")
    form.locator("input[name=method][value=oral]").check()
    form.get_by_role("button").last.click()
    expect(page.locator("#notice")).to_have_text(notice)
    page.wait_for_load_state("networkidle")


def value_of(main: Locator, label: str) -> Locator:
    """What stands beside a label."""
    return main.locator("dt", has_text=label).first.locator("xpath=following-sibling::dd[1]")
