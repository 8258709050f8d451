"""What other agencies told stands on the page of a person, and who can see what of them."""

import datetime as dt
import re

import pytest

from crm.contacts.models import Holder
from crm.kernel.clock import local_day, utc_now
from crm.kernel.wareki import wareki
from crm.sharing.service import link_contact, publish_note
from tests.sharing.acts import F, agreed, consented, copies, disclosed, liaison, noted
from tests.support.pages import Browser, counted
from tests.support.world import NOW, World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
GIVEN = (F.NAME, F.POST, F.AREAS, F.NOTES)
TOLD = "防犯灯を取り替えました。"


@pytest.fixture
def of_police(world: World) -> Holder:
    """A liaison the city may know by name, post and areas, and be told about."""
    agreed(world)
    return liaison(world, fields=GIVEN)


@pytest.fixture
def of_city(world: World, of_police: Holder) -> Holder:
    """The same person as the city knows them, recognized, and agreed to being spoken of."""
    known = world.person("桒原 健太", "クワバラ ケンタ", station="架空市役所", phone="087-839-2011")
    holder = Holder(person_id=known.id)
    (copy,) = copies(world, of_police)
    with world.writing("city") as db:
        link_contact(db, world.actors["city"], copy.reference, holder, now=NOW)
    agreed(world, who="city_chief", to="若葉署")
    consented(world, holder, (F.NAME, F.NOTES), who="city_chief", agency_id=world.agency_id)
    return holder


def tell(world: World, of_city: Holder, *, times: int = 1) -> None:
    """Let the city tell the police of contacts it had."""
    for number in range(times):
        note = noted(world, of_city, "city", heard=f"市だけの記録{number}")
        station = world.units["若葉署"]
        with world.writing("city") as db:
            publish_note(
                db, world.actors["city"], note, of_city, station, f"{TOLD}{number}", now=NOW
            )


def viewers(page: str) -> list[str]:
    """The lines of 誰に何が見えるか as they are read."""
    card = page[page.index('aria-label="誰に何が見えるか"') :]
    lines = re.findall(r"<li.*?</li>", card[: card.index("</section>")], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


def test_who_can_see_what_is_said_in_a_line_each(
    browser: Browser, world: World, of_police: Holder
) -> None:
    until = local_day(utc_now()) + dt.timedelta(days=30)
    disclosed(world, of_police, expires_on=until, now=utc_now())

    shown = browser.sign_in("chief").get(f"/people/{of_police.person_id}").text

    assert viewers(shown) == [
        ("若葉署 登録されている全ての項目と活動記録 担当の所属として。一覧表への掲載に同意なし"),
        (
            "警察本部 件数のみ。緊急閲覧では、理由を記録して氏名・連絡先・役職を30分 "
            "氏名の提供への同意がないため"
        ),
        (
            "架空市役所 氏名、役職、担当区域、活動の記録 "
            "取決め「連絡員名簿の提供」と令和8年11月20日の同意による"
        ),
        (
            "架空市役所 氏名、電話番号 個別の提供：他の行政機関等の事務に必要な場合"
            f"（69条2項3号）。避難訓練の名簿作成 {wareki(until)}まで"
        ),
    ]
    assert f'href="/people/{of_police.person_id}/disclosures/new"' in shown


def test_disclosing_once_is_left_to_chiefs(browser: Browser, of_police: Holder) -> None:
    shown = browser.sign_in("officer").get(f"/people/{of_police.person_id}").text

    assert "誰に何が見えるか" in shown
    assert "/disclosures/new" not in shown
    assert "/agreements/" not in shown


def test_what_the_city_told_stands_on_the_timeline_under_its_name(
    browser: Browser, world: World, of_police: Holder, of_city: Holder
) -> None:
    tell(world, of_city)

    shown = browser.sign_in("officer").get(f"/people/{of_police.person_id}").text

    entry = shown[shown.index('id="told-') : shown.index(f"{TOLD}0")]
    assert "架空市役所" in entry
    assert "提供を受けた記録" in entry
    assert "href" not in entry
    assert "市だけの記録" not in shown
    assert "087-839-2011" not in shown


def test_linked_person_shows_what_was_given_and_nothing_else(
    browser: Browser, of_city: Holder
) -> None:
    shown = browser.sign_in("city").get(f"/people/{of_city.person_id}").text

    card = shown[shown.index('aria-label="提供を受けた連絡先"') :]
    assert "架空県警察 若葉署" in card
    assert "087-833-0110" not in shown
    assert viewers(shown)[0] == (
        "架空市役所 登録されている全ての項目と活動記録 担当の所属として。一覧表への掲載に同意なし"
    )
    assert len(viewers(shown)) == 2


@pytest.mark.parametrize("times", [1, 3])
def test_shared_person_costs_no_more_than_any_other(
    browser: Browser, world: World, of_police: Holder, of_city: Holder, times: int
) -> None:
    tell(world, of_city, times=times)
    browser.sign_in("officer").get(f"/people/{of_police.person_id}")

    with counted(world.database) as statements:
        browser.get(f"/people/{of_police.person_id}")

    assert len(statements) == 8


@pytest.mark.parametrize("count", [1, 3])
def test_organization_costs_the_same_however_many_numbers_it_has(
    browser: Browser, world: World, count: int
) -> None:
    numbers = "、".join(f"087-833-011{number}" for number in range(count))
    body = world.organization("みなと町自治会", "ミナトチョウジチカイ", phone=numbers)
    browser.sign_in("officer").get(f"/organizations/{body.id}")

    with counted(world.database) as statements:
        shown = browser.get(f"/organizations/{body.id}").text

    assert len(statements) == 8
    assert shown.count('<a href="tel:') == count
