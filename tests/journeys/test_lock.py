"""A shared terminal in Chromium: locked with half a note typed, looked at by a colleague (G16)."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crm.access.passwords import hash_password
from crm.kernel.db import Database
from crm.kernel.migrate import migrate
from crm.kernel.settings import Settings
from crm.samples.loader import load_sample
from tests.journeys.conftest import PASSWORD
from tests.support.chromium import Walker, served, walking

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

WORDS = "夜の見回りを増やしてほしいとのこと。"
STORED = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, await indexedDB.databases(), await caches.keys(),
])"""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Database]:
    database = Database(Settings(database_url=f"sqlite:///{tmp_path / 'crm.db'}"))
    migrate(database)
    today = dt.datetime.now(dt.UTC).date()
    load_sample(database, "small", seed=3, today=today, password_hash=hash_password(PASSWORD))
    yield database
    database.close()


def test_a_locked_terminal_shows_nothing_and_gives_the_draft_to_its_author(
    town: Database, chromium: Browser
) -> None:
    with served(town) as address, walking(chromium, address) as walker:
        walker.sign_in("officer", PASSWORD)
        name = open_a_person(walker)
        note = walker.page.url
        walker.page.locator("textarea").first.fill(WORDS)
        walker.page.get_by_role("button", name="画面をロックする").click()
        walker.page.wait_for_url("**/lock?*")
        walker.page.get_by_label("パスワード").wait_for()
        assert seen(walker, name) == []
        walker.page.go_back()
        walker.page.wait_for_url("**/lock?*")
        assert seen(walker, name) == []
        walker.page.reload()
        assert seen(walker, name) == []
        walker.page.goto(note)
        assert seen(walker, name) == []
        assert walker.page.evaluate(STORED) == "[{},{},[],[]]"
        let_a_colleague_look(walker, note)
        walker.sign_in("officer", PASSWORD)
        walker.page.get_by_role("link", name="入力していた画面を開く").click()
        expect(walker.page.locator("textarea").first).to_have_value(WORDS)
        assert walker.page.url == note


def open_a_person(walker: Walker) -> str:
    """Open the form for a note about the first person listed, and return the person's name."""
    walker.go("/people")
    first = walker.page.locator("main a[href^='/people/']:not([href$='new'])").first
    path, name = str(first.get_attribute("href")), first.inner_text().split("\n")[0]
    walker.go(f"{path}/notes/new")
    return name


def let_a_colleague_look(walker: Walker, note: str) -> None:
    """Sign in as the chief on the same terminal: nothing of what was typed is there."""
    walker.page.get_by_role("button", name="サインアウトして、別の職員が使う").click()
    walker.page.wait_for_url("**/sign-in")
    walker.sign_in("chief", PASSWORD)
    assert "/drafts" not in walker.page.url
    walker.page.goto(note)
    assert WORDS not in walker.page.content()
    assert walker.page.locator("textarea").first.input_value() == ""
    walker.go("/drafts")
    assert WORDS not in walker.page.content()
    walker.page.locator("form[action='/sign-out'] button").first.evaluate("each => each.click()")
    walker.page.wait_for_url("**/sign-in")


def seen(walker: Walker, name: str) -> list[str]:
    """Return what of the person and the note stands on the page."""
    content = walker.page.content()
    return [word for word in (name, WORDS) if word in content]
