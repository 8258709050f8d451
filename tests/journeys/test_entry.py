"""An officer on a phone records in seconds: taps counted, keys, a draft, and out of reach."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crm.contacts.models import Person
from crm.kernel.db import Database
from crm.kernel.settings import Settings
from tests.conftest import Inhabited
from tests.outbox.acts import count
from tests.support.chromium import PHONE, Walker, served, walking
from tests.support.world import PASSWORD, World

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

WORDS = "街灯が消えている。"


@pytest.fixture
def town(tmp_path: Path, sqlite_world: Inhabited) -> Iterator[World]:
    path = tmp_path / "crm.db"
    shutil.copy(sqlite_world.name, path)
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    yield sqlite_world.world.on(database)
    database.close()


class Thumb:
    """Counts what a thumb does on a phone."""

    def __init__(self, walker: Walker) -> None:
        self.page = walker.page
        self.taps = 0

    def tap(self, role: str, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]  # a role of ours
        self.taps += 1

    def write(self, words: str) -> None:
        """Type where the page has put the cursor already: no tap."""
        expect(self.page.locator("textarea[name=heard]")).to_be_focused()
        self.page.keyboard.type(words)


def test_recording_takes_seconds_with_and_without_a_network(town: World, chromium: Browser) -> None:
    person = town.person("桒原 健太", "くわばら けんた")
    with (
        served(town.database) as address,
        walking(chromium, address, viewport=PHONE) as walker,
    ):
        walker.sign_in("officer", PASSWORD)
        assert _from_a_person(walker, person) == 2
        assert _from_anywhere(walker) == 3
        assert _absent(walker) == 3
        assert count(town, "activity_note") == 3
        _a_crash_loses_nothing(walker, person)
        _keys(walker)
        _out_of_reach(walker, town, person)


def _from_a_person(walker: Walker, person: Person) -> int:
    walker.go(f"/people/{person.id}")
    thumb = Thumb(walker)
    thumb.tap("link", "活動を記録する")
    thumb.write(WORDS)
    thumb.tap("button", "登録する")
    expect(walker.page.get_by_text("活動を記録しました。")).to_be_visible()
    return thumb.taps


def _from_anywhere(walker: Walker) -> int:
    walker.go("/today")
    thumb = Thumb(walker)
    thumb.tap("link", "相手を選んで記録する")
    thumb.tap("link", re.compile("桒原 健太.*記録する|記録する.*桒原 健太"))
    thumb.write(WORDS)
    thumb.tap("button", "登録する")
    expect(walker.page.get_by_text("活動を記録しました。")).to_be_visible()
    return thumb.taps


def _absent(walker: Walker) -> int:
    walker.go("/today")
    thumb = Thumb(walker)
    thumb.tap("link", "相手を選んで記録する")
    thumb.tap("link", re.compile("桒原 健太.*記録する|記録する.*桒原 健太"))
    thumb.tap("button", "不在だった")
    expect(walker.page.get_by_text("活動を記録しました。")).to_be_visible()
    return thumb.taps


def _a_crash_loses_nothing(walker: Walker, person: Person) -> None:
    walker.go(f"/people/{person.id}/notes/new")
    with walker.page.expect_response("**/drafts"):
        walker.page.locator("textarea[name=heard]").fill("書きかけの一文")
    walker.page.reload()
    expect(walker.page.locator("textarea[name=heard]")).to_have_value("書きかけの一文")
    walker.page.get_by_role("button", name="破棄する").click()
    expect(walker.page.locator("textarea[name=heard]")).to_have_value("")


def _keys(walker: Walker) -> None:
    walker.go("/people")
    walker.page.keyboard.press("?")
    expect(walker.page.get_by_role("dialog")).to_contain_text("キーボードの操作")
    assert walker.axe() == []
    walker.page.keyboard.press("Escape")
    expect(walker.page.get_by_role("dialog")).to_be_hidden()
    walker.page.keyboard.press("g")
    walker.page.keyboard.press("o")
    walker.page.wait_for_url("**/organizations")
    walker.page.keyboard.press("n")
    walker.page.wait_for_url("**/notes/new")
    walker.page.keyboard.press("Control+k")
    walker.page.keyboard.type("today")
    assert walker.axe() == []
    walker.page.keyboard.press("Enter")
    walker.page.wait_for_url("**/today")


def _out_of_reach(walker: Walker, town: World, person: Person) -> None:
    with town.database.system("a test's device") as connection:
        for table in ("known_device", "sign_in_session"):
            connection.exec_driver_sql(f"UPDATE {table} SET keeps_entries = true")
    walker.go(f"/people/{person.id}/notes/new")
    walker.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    walker.go(f"/people/{person.id}/notes/new")
    walker.page.wait_for_function("navigator.serviceWorker.controller")
    walker.page.wait_for_load_state("networkidle")
    walker.page.context.set_offline(True)
    walker.page.locator("textarea[name=heard]").fill(WORDS)
    walker.page.get_by_role("button", name="登録する").click()
    expect(walker.page.get_by_text("この端末に保存しました。")).to_be_visible()
    assert walker.axe() == []
    _shell(walker)
    assert count(town, "activity_note") == 3
    # as soon as there is a network the page goes on to the day by itself
    with walker.page.expect_response("**/outbox"):
        walker.page.context.set_offline(False)
    walker.page.wait_for_url("**/today")
    walker.page.wait_for_load_state()
    walker.go("/outbox")
    expect(walker.page.get_by_text("この端末に未送信の記録はありません。")).to_be_visible()
    walker.go("/outbox")
    walker.page.get_by_role("link", name="相手を選んで登録してください。").click()
    assert [walker.axe(), walker.too_wide()] == [[], []]
    walker.page.get_by_text("桒原 健太").click()
    walker.page.get_by_role("button", name="登録する").click()
    expect(walker.page.get_by_text("活動を記録しました。")).to_be_visible()
    assert count(town, "activity_note") == 5
    _locked_out_of_reach(walker, town, person)


def _locked_out_of_reach(walker: Walker, town: World, person: Person) -> None:
    """Half an entry on a terminal that locks without a network waits for its author, unread."""
    walker.go(f"/people/{person.id}/notes/new")
    walker.page.wait_for_load_state("networkidle")
    walker.page.context.set_offline(True)
    walker.page.locator("textarea[name=heard]").fill("被疑者のことかもしれない")
    expect(walker.page.get_by_text("このまま登録することもできます。")).to_be_visible()
    walker.page.get_by_role("button", name="画面をロックする").click()
    expect(walker.page.get_by_text("暗号化してこの端末に預かりました。")).to_be_visible()
    content = walker.page.content()
    assert [name for name in ("桒原", "佐藤", "被疑者のこと") if name in content] == []
    walker.page.context.set_offline(False)
    walker.page.wait_for_url("**/lock?*")
    walker.page.get_by_label("パスワード").fill(PASSWORD)
    walker.page.keyboard.press("Enter")
    walker.page.wait_for_url("**/notes/new")
    # it is sent as soon as there is a network, before the lock arrived or after it was lifted
    walker.go("/outbox")
    expect(walker.page.get_by_text("この端末に未送信の記録はありません。")).to_be_visible()
    walker.go("/outbox")
    expect(walker.page.get_by_text("書きかけのまま画面がロックされた記録です。")).to_be_visible()
    assert count(town, "activity_note") == 5


def _shell(walker: Walker) -> None:
    """Where no page can be had the shell stands in: nobody's name, and room for a note."""
    walker.page.goto(f"{walker.address}/today")
    expect(walker.page.get_by_role("heading", name="電波が届いていません")).to_be_visible()
    assert [walker.axe(), walker.too_wide()] == [[], []]
    content = walker.page.content()
    assert [name for name in ("桒原", "佐藤", WORDS) if name in content] == []
    walker.page.get_by_label("相手").first.fill("くわばら")
    walker.page.get_by_label("聞いたこと").fill("祭りの相談。")
    walker.page.get_by_role("button", name="この端末に預ける").click()
    expect(walker.page.get_by_text("この端末に2件の記録を預かっています。")).to_be_visible()
