import re

import pytest

from crm.kernel.clock import utc_now
from tests.shifts.acts import left
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def moved_to_the_koban(browser: Browser, world: World) -> None:
    """Leave something in the name of the officer's koban by somebody else of it."""
    message = left(world, "窓口の鍵を直した。", now=utc_now())
    with world.database.system("a test's shift") as connection:
        connection.exec_driver_sql(
            "UPDATE shift_message SET written_by = ?, writer_name = ? WHERE id = ?",
            (world.actors["chief"].staff_id.bytes, "中村 誠", message.bytes),
        )
    browser.sign_in("officer")


def test_words_are_left_and_taken_back(browser: Browser) -> None:
    browser.sign_in("officer").get("/shifts")

    shown = browser.post("/shifts", {"text": "下校時間が変わった。\n二行目"})
    (taking,) = re.findall(r'action="(/shifts/[^"]+/withdrawal)"', shown.text)
    after = browser.post(taking)

    assert "申し送りました。" in shown.text
    assert "下校時間が変わった。" in shown.text
    assert "下校時間が変わった。" not in after.text


@pytest.mark.parametrize("text", ["", "あ" * 401])
def test_nothing_or_too_much_is_refused_and_kept(browser: Browser, text: str) -> None:
    browser.sign_in("officer").get("/shifts")

    answer = browser.post("/shifts", {"text": text})

    assert (answer.status_code, 'id="f-text-error"' in answer.text) == (422, True)
    assert f"{text}</textarea>" in answer.text


def test_next_shift_takes_note_on_the_day_page(browser: Browser, world: World) -> None:
    moved_to_the_koban(browser, world)
    today = browser.get("/today")
    (noting,) = re.findall(r'action="(/shifts/[^"]+/confirmation)"', today.text)

    browser.client.headers["Referer"] = f"{browser.origin}/today"
    after = browser.post(noting)
    del browser.client.headers["Referer"]

    assert "窓口の鍵を直した。" in today.text
    assert ("本日の当務" in after.text, "窓口の鍵を直した。" in after.text) == (True, False)
    assert "佐藤 彩（" in browser.get("/shifts").text


@pytest.mark.parametrize("who", ["hq", "auditor"])
def test_shifts_are_for_stations(browser: Browser, who: str) -> None:
    assert browser.sign_in(who).get("/shifts").status_code == 403


def test_another_unit_sees_and_finds_nothing(browser: Browser, world: World) -> None:
    message = left(world, "窓口の鍵を直した。", now=utc_now())
    browser.sign_in("stranger")

    assert "窓口の鍵" not in browser.get("/shifts").text
    assert browser.post(f"/shifts/{message}/confirmation").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_however_much_was_left(
    browser: Browser, world: World, count: int
) -> None:
    for number in range(count):
        left(world, f"申し送り {number}", now=utc_now())
    browser.sign_in("officer").get("/shifts")

    with counted(world.database) as statements:
        browser.get("/shifts")

    assert len(statements) == 3
