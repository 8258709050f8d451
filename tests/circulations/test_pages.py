import re

import pytest

from crm.kernel.clock import utc_now
from tests.notes.acts import facts, logged
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Pages are the same on every database; queries and verbs are tested on both."""


@pytest.fixture
def note(world: World) -> str:
    now = utc_now()
    person = world.person("桒原 健太", "クワバラ ケンタ")
    return f"/notes/{logged(world, facts(person, happened_at=now), 'officer', now).id}"


def leave(browser: Browser) -> Browser:
    browser.client.cookies.clear()
    browser.token = ""
    return browser


def test_a_note_goes_round_and_is_confirmed_by_one_tap(
    browser: Browser, world: World, note: str
) -> None:
    linked = browser.sign_in("officer").get(note).text
    browser.get(f"{note}/circulation")
    sections = [str(world.units[name]) for name in ("若葉署地域課", "若葉署生活安全課")]
    sent = browser.post(f"{note}/circulation", {"unit_ids": sections, "remark": "街路灯の件"})
    waiting = leave(browser).sign_in("seian").get("/circulations").text
    (action,) = re.findall(r'action="(/circulations/[^"]+/confirmation)"', waiting)
    confirmed = browser.post(action)
    seen = leave(browser).sign_in("officer").get(f"{note}/circulation").text

    assert f'href="{note}/circulation"' in linked
    assert "供覧に付しました。" in sent.text
    assert "活動記録（" in waiting
    assert "桒原" not in waiting
    assert "確認を待っているものはありません。" in confirmed.text
    assert ("山口 進" in seen, seen.count("未確認")) == (True, 1)


def test_nobody_chosen_is_refused_at_the_field(browser: Browser, note: str) -> None:
    browser.sign_in("officer").get(f"{note}/circulation")

    answer = browser.post(f"{note}/circulation", {"remark": "街路灯の件"})

    assert answer.status_code == 422
    assert 'id="f-unit_ids-error"' in answer.text
    assert "街路灯の件" in answer.text


@pytest.mark.parametrize("who", ["stranger", "city", "hq"])
def test_others_find_no_note_to_show_around(browser: Browser, who: str, note: str) -> None:
    assert browser.sign_in(who).get(f"{note}/circulation").status_code == 404


def test_pages_stay_within_eight_statements(browser: Browser, world: World, note: str) -> None:
    browser.sign_in("officer")
    for path in (f"{note}/circulation", "/circulations", "/circulations?shown=sent"):
        with counted(world.database) as statements:
            assert browser.get(path).status_code == 200
        assert len(statements) <= 8, path
