"""The first walk, end to end: a town is taken in, a liaison accepts, an officer logs a note,
headquarters sees coverage, the chief takes the roster to a meeting."""

import io
import re

import openpyxl
import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PASSWORD, Town
from tests.rosters.network import unprotected
from tests.support.chromium import DESK, PHONE, Walker, walking

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
HEARD = "通学路の街路灯が二つ消えているとのこと。"
CHAIR = {
    "family_name": "髙橋",
    "given_name": "茂",
    "family_kana": "たかはし",
    "given_kana": "しげる",
    "phones": "054-626-1139",
    "care_note": "電話は夕方。",
}


@pytest.fixture(
    params=[(PHONE, True), (DESK, True), (PHONE, False), (DESK, False)],
    ids=["phone", "desk", "phone without scripts", "desk without scripts"],
)
def way(request: pytest.FixtureRequest) -> tuple[dict[str, int], bool]:
    chosen: tuple[dict[str, int], bool] = request.param
    return chosen


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_walk(town: Town, chromium: Browser, way: tuple[dict[str, int], bool]) -> None:
    walk_the_town(town, chromium, viewport=way[0], scripts=way[1])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_walk_on_postgresql(town: Town, chromium: Browser) -> None:
    walk_the_town(town, chromium, viewport=PHONE, scripts=True)


def walk_the_town(
    town: Town, chromium: Browser, *, viewport: dict[str, int], scripts: bool
) -> None:
    with walking(chromium, town.address, viewport=viewport, scripts=scripts) as chief:
        chief.sign_in("chief", PASSWORD)
        register_a_chair(chief, town)
        ask_and_accept(chief, town)
    with walking(chromium, town.address, viewport=viewport, scripts=scripts) as officer:
        officer.sign_in("officer", PASSWORD)
        log_a_note(officer)
    with walking(chromium, town.address, viewport=viewport, scripts=scripts) as hq:
        hq.sign_in("hq", PASSWORD)
        look_at_coverage(hq, town)
    with walking(chromium, town.address, viewport=viewport, scripts=scripts) as chief:
        chief.sign_in("chief", PASSWORD)
        take_the_roster(chief, town)


def register_a_chair(walker: Walker, town: Town) -> None:
    page = walker.page
    walker.go("/people/new")
    for field, typed in CHAIR.items():
        page.locator(f"#f-{field}").fill(typed)
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("髙橋")
    page.get_by_role("link", name="役職を追加").click()
    page.locator("#f-post_type_id").select_option(label="自治会長")
    page.locator("#f-organization_id").select_option(label=town.place.association)
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("main")).to_contain_text(f"{town.place.association} 自治会長")


def ask_and_accept(walker: Walker, town: Town) -> None:
    page = walker.page
    page.get_by_role("link", name="依頼・同意").first.click()
    expect(page.get_by_role("main")).to_contain_text("お引き受けいただくかどうかはご自由です。")
    page.locator("input[name=method][value=oral]").check()
    page.get_by_role("button", name="依頼を記録する").click()
    expect(page.get_by_role("main")).to_contain_text("依頼中")
    assert page.locator("input[name=scopes]:checked").count() == 0
    page.locator("input[name=answer][value=accepted]").check()
    page.locator("input[name=method][value=oral]").check()
    for scope in ("within_station", "other_liaisons", "by_phone"):
        page.locator(f"input[name=scopes][value={scope}]").check()
    area = page.get_by_label(town.place.association, exact=True)
    if not area.is_visible():
        page.locator("details").filter(has=area).locator("summary").click()
    area.check()
    page.get_by_role("button", name="回答を記録する").click()
    expect(page.get_by_role("main")).to_contain_text("活動中")


def log_a_note(walker: Walker) -> None:
    page = walker.page
    expect(page.get_by_role("heading", level=1)).to_have_text("本日の当務")
    taps = Taps(page)
    taps.tap(
        page.get_by_role("listitem")
        .filter(has_text="髙橋")
        .get_by_role("link", name="活動を記録する")
    )
    expect(page.locator("#f-heard")).to_be_focused()
    page.keyboard.type(HEARD)  # no tap: the field already waits for the sentence
    save = page.get_by_role("button", name="登録する")
    if walker.page.viewport_size == PHONE:
        assert_within_the_window(page, save)
    taps.tap(save)
    expect(page.get_by_role("main")).to_contain_text(HEARD)
    assert taps.count <= 3
    find(walker, "タカハシ")
    find(walker, "高橋")
    find(walker, "1139")


class Taps:
    """Counts what a thumb does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def tap(self, target: object) -> None:
        target.click()  # type: ignore[attr-defined]
        self.count += 1


def assert_within_the_window(page: Page, target: object) -> None:
    area = target.bounding_box()  # type: ignore[attr-defined]
    assert page.evaluate("window.scrollY") == 0
    assert area["y"] + area["height"] <= PHONE["height"]


def find(walker: Walker, term: str) -> None:
    page = walker.page
    walker.go("/search")
    page.locator("main").get_by_role("searchbox").fill(term)
    page.locator("main").get_by_role("button", name="検索").click()
    expect(page.get_by_role("main").get_by_role("link", name="髙橋 茂").first).to_be_visible()
    assert term not in page.url


def look_at_coverage(walker: Walker, town: Town) -> None:
    page = walker.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("構築状況")
    page.get_by_role("link", name=town.place.station).first.click()
    main = page.get_by_role("main")
    expect(main).to_contain_text(town.place.koban)
    expect(main.locator("svg[class*=map]").first).to_be_visible()
    assert "髙橋" not in page.content()


LOOKS = 120
"""How often a page without scripts is opened anew before a file counts as never made."""


def take_the_roster(walker: Walker, town: Town) -> None:
    walker.go("/roster")
    sheet = openpyxl.load_workbook(io.BytesIO(taken(walker, "Excelで作成する")))
    cells = [str(cell.value) for row in sheet.active.iter_rows() for cell in row if cell.value]
    assert "髙橋 茂" in cells
    assert "054-626-1139" in cells
    text = "".join(
        sheet.extract_text()
        for sheet in pypdf.PdfReader(io.BytesIO(taken(walker, "PDFで作成する"))).pages
    )
    flat = re.sub(r"\s", "", text)
    for part in (
        "地域安全連絡員一覧表",
        "髙橋茂",
        "たかはししげる",
        town.place.association,
        "第３回地域安全の会",
    ):
        assert part in flat


def taken(walker: Walker, button: str) -> bytes:
    """Make a file with two taps: everything but the purpose's own words stands there already."""
    page = walker.page
    page.get_by_label("目的の内容").fill("第３回地域安全の会")
    page.get_by_role("button", name=button).click()
    fetch = page.get_by_role("button", name="ファイルを受け取る")
    for _ in range(LOOKS):
        if fetch.is_visible():
            break
        # made beside the request: its page follows by itself, or is opened anew
        page.wait_for_timeout(500)
        page.reload()
    password = page.locator("#password")
    told = password.inner_text() if password.count() else ""
    with page.expect_download() as waiting:
        fetch.click()
    content = waiting.value.path().read_bytes()
    walker.go("/roster")
    return unprotected(content, told) if told else content
