import datetime as dt

import pytest
import sqlalchemy as sa
from sqlmodel import select

from crm.contacts.models import Holder
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day, tour_day, utc_now
from crm.strengthening.models import StrengtheningDay
from tests.meetings.acts import planned
from tests.notes.acts import facts, logged
from tests.strengthening.acts import chosen as aimed_at
from tests.strengthening.acts import planned as strengthening_day
from tests.support.pages import Browser, counted
from tests.support.world import World
from tests.today.acts import put_liaison

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def fill(world: World, count: int = 1) -> None:
    now = utc_now()
    for number in range(count):
        person = world.person(f"桒原 {number}", "くわばら けんた", care_note="電話は夕方")
        put_liaison(world, Holder(person_id=person.id), "みなと町自治会")
        logged(world, facts(person, needs_reply=True, happened_at=now), "officer", now)
        other = world.person(f"髙橋 {number}", "たかはし しげる")
        put_liaison(world, Holder(person_id=other.id), "みなと町自治会")


@pytest.mark.parametrize("htmx", [False, True])
def test_tour_puts_answers_before_visits_and_care_before_the_button(
    browser: Browser, world: World, *, htmx: bool
) -> None:
    fill(world)
    put_liaison(
        world,
        Holder(person_id=world.person("浜 一", "はま はじめ", care_note="訪問は午後").id),
        "みなと町自治会",
    )
    browser.sign_in("officer")

    shown = browser.get("/today", htmx=htmx)

    assert shown.status_code == 200
    assert shown.text.index("回答未了") < shown.text.index("訪問の提案")
    row = shown.text[shown.text.index("浜 一") :]
    assert row.index("訪問は午後") < row.index("活動を記録する")
    assert "さくら台自治会" in shown.text


def test_empty_tour_says_what_fills_it(browser: Browser) -> None:
    shown = browser.sign_in("officer").get("/today")

    assert "今日提案する訪問はありません。" in shown.text
    assert "回答未了" not in shown.text


def test_note_is_two_taps_from_the_tour(browser: Browser, world: World) -> None:
    person = world.person("浜 一", "はま はじめ")
    put_liaison(world, Holder(person_id=person.id), "みなと町自治会")
    browser.sign_in("officer")

    assert f'href="/people/{person.id}/notes/new"' in browser.get("/today").text
    form = browser.get(f"/people/{person.id}/notes/new")
    # the second tap: everything but the sentence is answered already
    assert f'action="/people/{person.id}/notes"' in form.text


def test_tour_is_put_on_record_without_names(browser: Browser, world: World) -> None:
    fill(world)
    browser.sign_in("officer").client.get("/today")

    with world.reading("auditor") as db:
        entries = db.exec(select(AuditEntry.detail).where(AuditEntry.action == "tour.viewed")).all()
    assert (entries[-1]["replies"], entries[-1]["visits"], entries[-1]["named"]) == (1, 1, 2)


@pytest.mark.parametrize("who", ["hq", "administrator", "auditor"])
def test_tour_is_for_stations(browser: Browser, world: World, who: str) -> None:
    fill(world)
    shown = browser.sign_in(who).get("/today")

    assert shown.status_code == 403
    assert "桒原" not in shown.text


def test_stranger_sees_nothing_of_ours(browser: Browser, world: World) -> None:
    fill(world)
    shown = browser.sign_in("stranger_chief").get("/today")

    assert shown.status_code == 200
    assert "桒原" not in shown.text
    assert "街灯" not in shown.text


@pytest.mark.parametrize("count", [1, 3])
def test_tour_costs_seven_statements(browser: Browser, world: World, count: int) -> None:
    fill(world, count)
    browser.sign_in("officer").get("/today")

    with counted(world.database) as statements:
        browser.get("/today")

    # the last is whom the audit row names, all at once
    assert len(statements) == 7


def test_long_ago_is_said_with_its_year(browser: Browser, world: World) -> None:
    person = world.person("浜 一", "はま はじめ")
    put_liaison(world, Holder(person_id=person.id), "みなと町自治会")
    then = utc_now() - dt.timedelta(days=200)
    logged(world, facts(person, happened_at=then), "officer", then)

    assert "最後に会った日は令和" in browser.sign_in("officer").get("/today").text


def test_day_of_a_strengthening_day_says_where_and_leads_to_the_sheet(
    browser: Browser, world: World
) -> None:
    now = utc_now()
    day = strengthening_day(world, areas=["みなと町自治会"], first_on=local_day(now), now=now)
    person = world.person("浜 一", "はま はじめ", care_note="訪問は午後")
    aimed_at(world, day, Holder(person_id=person.id), now=now)
    with world.database.system("a tour that began before midnight") as connection:
        connection.execute(sa.update(StrengtheningDay).values(first_on=tour_day(now)))

    shown = browser.sign_in("officer").get("/today").text

    card = shown[shown.index("今日は訪問強化日です") :].partition("訪問の提案")[0]
    sheet = f'href="/strengthening-days/{day.id}/units/{world.units["若葉駅前交番"]}"'
    for words in ("みなと町自治会", "残り1件", "浜 一", "訪問は午後", sheet):
        assert words in card
    whole = browser.sign_in("station_chief").get("/today").text
    assert (sheet in whole, "訪問は午後" in whole) == (True, False)


def test_meetings_of_the_week_are_on_the_tour_until_they_are_over(
    browser: Browser, world: World
) -> None:
    now = utc_now()
    planned(world, now=now, title="来週の会", starts_at=now + dt.timedelta(days=5))
    planned(world, now=now, title="来月の会", starts_at=now + dt.timedelta(days=30))

    shown = browser.sign_in("officer").get("/today").text

    assert ("来週の会" in shown, "来月の会" in shown) == (True, False)
