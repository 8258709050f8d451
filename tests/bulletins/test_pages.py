from uuid import UUID

import pytest
from sqlmodel import select

from crm.bulletins.models import Handling, InformationFile, InformationItem, InformationKind
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day, utc_now
from tests.bulletins.acts import PDF, SHEET, corrected, issued, withdrawn
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Pages are the same on every database; queries and verbs are tested on both."""

FILE = {"file": ("C:\\資料\\速報.pdf", PDF)}


def form(**values: object) -> dict[str, object]:
    given = {
        "kind": "koban_flash",
        "issue_number": "第12号",
        "title": "ひったくりに注意",
        "topic": "街頭犯罪",
        "handling": "liaisons",
        "valid_from": local_day(utc_now()).isoformat(),
    }
    return given | values


def here(world: World, who: str = "officer", **changes: object) -> InformationItem:
    """Issue an item in force by the real clock, as pages show things by it."""
    return issued(world, who, now=utc_now(), valid_from=local_day(utc_now()), **changes)  # type: ignore[arg-type]  # as issued


def kept(world: World, who: str = "officer") -> list[InformationItem]:
    with world.reading(who) as db:
        items = list(db.exec(select(InformationItem)).all())
        db.expunge_all()
        return items


def test_an_item_is_registered_with_its_file(browser: Browser, world: World) -> None:
    browser.sign_in("officer").get("/information/new")

    shown = browser.post("/information", form(valid_to="令和81年1月5日"), files=FILE)

    (item,) = kept(world)
    assert (shown.status_code, shown.url.path) == (200, f"/information/{item.id}")
    assert (item.kind, item.handling) == (InformationKind.KOBAN_FLASH, Handling.LIAISONS)
    assert str(item.valid_to) == "2099-01-05"
    for words in ("地域安全情報を登録しました。", "ひったくりに注意", "連絡員提供可", "速報.pdf"):
        assert words in shown.text
    with world.reading("officer") as db:
        assert db.exec(select(InformationFile.content)).all() == [PDF]


def test_the_class_has_no_answer_until_somebody_gives_one(browser: Browser) -> None:
    shown = browser.sign_in("officer").get("/information/new")

    assert shown.text.count(" checked") == 0
    for label in ("署内限り", "関係機関限り", "連絡員提供可", "住民周知可"):
        assert label in shown.text


def test_the_city_speaks_of_its_own_house(browser: Browser) -> None:
    shown = browser.sign_in("city").get("/information/new")

    assert "庁内限り" in shown.text
    assert "署内限り" not in shown.text
    assert "交番速報" not in shown.text


@pytest.mark.parametrize("htmx", [False, True])
def test_an_empty_form_is_refused_and_nothing_typed_is_lost(
    browser: Browser, world: World, *, htmx: bool
) -> None:
    browser.sign_in("officer").get("/information/new")

    shown = browser.post("/information", form(title="", handling=""), files=FILE, htmx=htmx)

    assert shown.status_code == 422
    assert shown.text.count("件名を入力してください。（例：ひったくりに注意）") == 2
    assert shown.text.count("取扱区分を選んでください。") == 2
    assert 'value="第12号"' in shown.text
    assert kept(world) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<html>", "PDF、PNG、JPEGのいずれかのファイルを選んでください。"),
        (PDF + b" " * 10_000_000, "ファイルは10メガバイト以下にしてください。"),
    ],
    ids=["another kind", "too large"],
)
def test_a_file_that_cannot_be_kept_is_refused_at_its_field(
    browser: Browser, world: World, content: bytes, sentence: str
) -> None:
    browser.sign_in("officer").get("/information/new")

    shown = browser.post("/information", form(), files={"file": ("速報.pdf", content)})

    assert shown.status_code == 422
    assert shown.text.count(sentence) == 2
    assert 'id="f-file-error"' in shown.text
    assert kept(world) == []


def test_days_that_cannot_be_are_refused(browser: Browser, world: World) -> None:
    browser.sign_in("officer").get("/information/new")

    shown = browser.post("/information", form(valid_to="2000-01-05"))

    assert shown.status_code == 422
    assert "有効期限は、開始日以後の日付を入力してください。" in shown.text
    assert kept(world) == []


@pytest.mark.parametrize("who", ["administrator", "auditor"])
def test_information_is_not_for_who_works_with_nobody(
    browser: Browser, world: World, who: str
) -> None:
    item = here(world, "hq", sheet=SHEET)
    browser.sign_in(who)

    assert browser.get("/information").status_code == 403
    assert browser.get("/information/new").status_code == 403
    assert browser.post("/information", form()).status_code == 403
    for path in ("", "/edit", "/file"):
        assert browser.get(f"/information/{item.id}{path}").status_code == 404


def test_the_list_shows_what_is_in_force_and_what_ended(browser: Browser, world: World) -> None:
    here(world, title="有効な速報")
    withdrawn(world, here(world, title="撤回した速報"))
    browser.sign_in("officer")

    in_force, ended = browser.get("/information"), browser.get("/information?shown=ended")

    assert ("有効な速報" in in_force.text, "撤回した速報" in in_force.text) == (True, False)
    assert ("有効な速報" in ended.text, "撤回した速報" in ended.text) == (False, True)


def test_the_list_is_narrowed_by_kind_and_words(browser: Browser, world: World) -> None:
    here(world, title="ひったくりに注意")
    here(world, title="見守りのお願い", kind=InformationKind.LEAFLET)
    browser.sign_in("officer")

    by_kind = browser.get("/information?kind=leaflet", htmx=True)
    by_words = browser.get("/information?words=ヒッタクリ")
    nothing = browser.get("/information?words=空き巣&kind=rumor")

    assert ("ひったくり" in by_kind.text, "見守り" in by_kind.text) == (False, True)
    assert "<html" not in by_kind.text
    assert ("ひったくりに" in by_words.text, "見守り" in by_words.text) == (True, False)
    assert "該当する情報はありません。" in nothing.text


def test_headquarters_issues_for_every_station(browser: Browser) -> None:
    browser.sign_in("hq").get("/information/new")
    browser.post("/information", form(title="県内で詐欺が多発"))

    for who in ("officer", "stranger"):
        shown = browser.sign_in(who).get("/information")
        assert "県内で詐欺が多発" in shown.text
        assert "本部地域課" in shown.text
    assert "県内で詐欺が多発" not in browser.sign_in("city").get("/information").text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(browser: Browser, world: World, count: int) -> None:
    for _ in range(count):
        here(world, sheet=SHEET)
    browser.sign_in("officer")

    with counted(world.database) as statements:
        browser.get("/information")

    assert len(statements) == 3


def test_an_item_is_shown_to_its_station_and_headquarters_to_all(
    browser: Browser, world: World
) -> None:
    own, all_stations = here(world, sheet=SHEET), here(world, "hq")
    browser.sign_in("seian")

    with counted(world.database) as statements:
        shown = browser.get(f"/information/{own.id}")
    from_above = browser.get(f"/information/{all_stations.id}")

    assert len(statements) <= 8
    for words in ("0件の活動で渡しました。", "訂正する", "他機関に提供する", "撤回する"):
        assert words in shown.text
    assert "全ての署" in from_above.text
    for words in ("訂正する", "他機関に提供する", "撤回する"):
        assert words not in from_above.text


def test_an_item_of_another_station_is_not_found(browser: Browser, world: World) -> None:
    item = here(world, sheet=SHEET)
    browser.sign_in("stranger_chief")

    for path in ("", "/edit", "/file", "/provision"):
        shown = browser.get(f"/information/{item.id}{path}")
        assert (shown.status_code, "ひったくり" in shown.text) == (404, False)
    for path in ("", "/withdrawal"):
        sent = browser.post(f"/information/{item.id}{path}", form(revision="1"))
        assert sent.status_code == 404


def test_a_file_leaves_as_an_attachment_and_on_record(browser: Browser, world: World) -> None:
    item = here(world, sheet=SHEET)
    browser.sign_in("seian")

    answer = browser.get(f"/information/{item.id}/file")

    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''%E4%BA%A4%E7%95%AA%E9%80%9F%E5%A0%B1.pdf"
    )
    with world.reading("auditor") as db:
        action = AuditEntry.action == "information.downloaded"
        entry = db.exec(select(AuditEntry).where(action)).one()
        assert (entry.subject_id, entry.detail) == (item.id, {"sha256": SHEET.sha256})


def test_an_item_without_a_file_has_none_to_give(browser: Browser, world: World) -> None:
    item = here(world)

    assert browser.sign_in("officer").get(f"/information/{item.id}/file").status_code == 404


def test_a_correction_comes_back_to_the_item(browser: Browser, world: World) -> None:
    item = here(world)
    shown = browser.sign_in("seian").get(f"/information/{item.id}/edit")
    assert 'value="ひったくりに注意"' in shown.text
    assert 'value="liaisons" checked' in shown.text

    answer = browser.post(f"/information/{item.id}", form(title="自転車盗に注意", revision="1"))

    assert (answer.status_code, answer.url.path) == (200, f"/information/{item.id}")
    assert "自転車盗に注意" in answer.text


@pytest.mark.parametrize("htmx", [False, True])
def test_an_empty_correction_is_refused(browser: Browser, world: World, *, htmx: bool) -> None:
    item = here(world)
    browser.sign_in("officer").get(f"/information/{item.id}/edit")

    shown = browser.post(f"/information/{item.id}", form(title="", revision="1"), htmx=htmx)

    assert shown.status_code == 422
    assert shown.text.count("件名を入力してください。（例：ひったくりに注意）") == 2


def test_widening_what_everybody_has_is_refused_at_its_field(
    browser: Browser, world: World
) -> None:
    item = here(world, "hq")
    browser.sign_in("hq").get(f"/information/{item.id}/edit")

    shown = browser.post(f"/information/{item.id}", form(handling="public", revision="1"))

    assert shown.status_code == 422
    assert 'id="f-handling-error"' in shown.text
    assert [kept.handling for kept in kept(world, "hq")] == [Handling.LIAISONS]


def test_a_stale_correction_comes_back_beside_what_the_item_says(
    browser: Browser, world: World
) -> None:
    item = here(world)
    browser.sign_in("officer").get(f"/information/{item.id}/edit")
    corrected(world, item, title="自転車盗に注意")

    shown = browser.post(f"/information/{item.id}", form(title="空き巣に注意", revision="1"))

    assert shown.status_code == 409
    assert "自転車盗に注意" in shown.text
    assert 'value="空き巣に注意"' in shown.text
    assert 'name="revision" value="2"' in shown.text


def test_a_station_does_not_open_the_form_for_headquarters_items(
    browser: Browser, world: World
) -> None:
    item = here(world, "hq")
    browser.sign_in("chief").get("/information")

    assert browser.get(f"/information/{item.id}/edit").status_code == 403
    assert browser.post(f"/information/{item.id}", form(revision="1")).status_code == 403
    answer = browser.post(f"/information/{item.id}/withdrawal", {"revision": "1"})
    assert answer.status_code == 403


def test_a_withdrawal_says_so_and_is_made_once(browser: Browser, world: World) -> None:
    item = here(world)
    browser.sign_in("officer").get(f"/information/{item.id}")

    shown = browser.post(f"/information/{item.id}/withdrawal", {"revision": "1"})
    again = browser.post(f"/information/{item.id}/withdrawal", {"revision": "2"})
    stale = browser.post(f"/information/{item.id}/withdrawal", {"revision": "1"})
    nothing = browser.post(f"/information/{item.id}/withdrawal", {})

    assert "撤回しました。" in shown.text
    assert "訂正する" not in shown.text
    assert (again.status_code, stale.status_code, nothing.status_code) == (422, 409, 422)
    assert "この情報は撤回されています。" in again.text


def test_unknown_items_are_not_found(browser: Browser) -> None:
    assert browser.sign_in("officer").get(f"/information/{UUID(int=1)}").status_code == 404
