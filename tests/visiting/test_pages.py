import datetime as dt
import re

import pytest

from crm.contacts.models import Holder, Person
from crm.kernel.clock import local_day, utc_now
from crm.visiting.models import Every
from tests.notes.acts import facts, logged
from tests.support.pages import Browser, counted
from tests.support.world import World
from tests.visiting.acts import decided, left_in_peace

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DAY = dt.timedelta(days=1)


@pytest.fixture
def hama(world: World) -> Person:
    return world.person("浜 一", "はま はじめ", care_note="電話は夕方")


def today() -> dt.date:
    return local_day(utc_now())


def test_quiet_period_is_entered_shown_before_the_call_and_lifted(
    browser: Browser, hama: Person
) -> None:
    page = f"/people/{hama.id}/visiting"
    assert f'href="{page}"' in browser.sign_in("officer").get(f"/people/{hama.id}").text
    browser.get(page)
    days = {"valid_from": f"{today()}", "valid_to": f"{today() + DAY}"}

    entered = browser.post(
        f"/people/{hama.id}/quiet-periods", {**days, "reason": "busy_season", "remark": "稲刈り"}
    )
    person = browser.get(f"/people/{hama.id}").text
    (lifting,) = re.findall(r'action="(/quiet-periods/[^"]+)"', browser.get(page).text)
    lifted = browser.post(lifting)

    assert "訪問を控える期間を登録しました。" in entered.text
    assert person.index("稲刈り") < person.index("電話は夕方")
    assert "に終了" in lifted.text
    assert "稲刈り" not in browser.get(f"/people/{hama.id}").text


def test_refused_days_are_said_at_the_field_and_nothing_is_lost(
    browser: Browser, hama: Person
) -> None:
    browser.sign_in("officer").get(f"/people/{hama.id}/visiting")
    wrong = {"valid_from": f"{today()}", "valid_to": f"{today() - DAY}", "remark": "稲刈り"}

    missing = browser.post(f"/people/{hama.id}/quiet-periods", wrong)
    backward = browser.post(f"/people/{hama.id}/quiet-periods", {**wrong, "reason": "busy_season"})

    assert (missing.status_code, backward.status_code) == (422, 422)
    assert "「理由」を選んでください。" in missing.text
    assert 'id="f-valid_to-error"' in backward.text
    assert 'value="稲刈り"' in backward.text


def test_chief_decides_how_often_and_an_officer_reads_it(browser: Browser, hama: Person) -> None:
    page = f"/people/{hama.id}/visiting"
    shown = browser.sign_in("chief").get(page)
    saved = browser.post(f"/people/{hama.id}/cadence", {"every": "never"})
    stale = browser.post(f"/people/{hama.id}/cadence", {"every": "30"})
    browser.sign_in("officer")

    assert "既定のとおり" in shown.text
    assert "訪問の目安を変更しました。" in saved.text
    assert stale.status_code == 409
    assert "他の職員が先に更新しました。" in stale.text
    assert "変更は課長又は署長が行います。" in browser.get(page).text
    assert browser.post(f"/people/{hama.id}/cadence", {"every": "30"}).status_code == 403


def test_chief_decides_for_an_area(browser: Browser, world: World) -> None:
    area = world.areas["みなと町自治会"]
    chosen = browser.sign_in("chief").get(f"/visiting/areas?area_id={area}")
    saved = browser.post("/visiting/areas", {"area_id": f"{area}", "every": "60"})
    wrong = browser.post("/visiting/areas", {"area_id": f"{area}"})

    assert f'value="{area}"' in chosen.text
    assert "2か月ごと" in saved.text
    assert (wrong.status_code, f'value="{area}"' in wrong.text) == (422, True)


@pytest.mark.parametrize("who", ["officer", "hq"])
def test_areas_are_for_chiefs(browser: Browser, who: str) -> None:
    assert browser.sign_in(who).get("/visiting/areas").status_code == 403


@pytest.mark.parametrize("who", ["stranger", "city", "hq"])
def test_others_find_nobody(browser: Browser, world: World, hama: Person, who: str) -> None:
    left_in_peace(world, Holder(person_id=hama.id), today(), today(), now=utc_now())
    browser.sign_in(who)

    assert browser.get(f"/people/{hama.id}/visiting").status_code == 404
    form = {"valid_from": f"{today()}", "valid_to": f"{today()}", "reason": "away"}
    assert browser.post(f"/people/{hama.id}/quiet-periods", form).status_code in (403, 404)


def test_organization_has_a_page_of_its_own(browser: Browser, world: World) -> None:
    school = world.organization("若葉小学校")
    decided(world, Holder(organization_id=school.id), Every.YEAR, now=utc_now())
    browser.sign_in("seian")

    assert "1年ごと" in browser.get(f"/organizations/{school.id}/visiting").text
    assert f'href="/organizations/{school.id}/visiting"' in (
        browser.get(f"/organizations/{school.id}").text
    )


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_however_much_there_is(
    browser: Browser, world: World, hama: Person, count: int
) -> None:
    now = utc_now()
    for number in range(count):
        start = today() + number * DAY
        left_in_peace(world, Holder(person_id=hama.id), start, start, now=now)
        logged(world, facts(hama, happened_at=now, next_on=today() + number * DAY), "seian", now)
    browser.sign_in("officer").get("/today")

    with counted(world.database) as own:
        browser.get(f"/people/{hama.id}/visiting")
    with counted(world.database) as person:
        shown = browser.get(f"/people/{hama.id}")

    assert (len(own), len(person)) == (5, 8)
    assert "若葉署生活安全課が訪問を予定" in shown.text
