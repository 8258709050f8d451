import re
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from crm.exports.lines import Standing
from crm.exports.queries import export_line
from crm.kernel.clock import utc_now
from tests.exports.acts import asked, made, put_liaisons
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FORM = {"profile": "station", "purpose_kind": "office", "recipient_kind": "within"}


def sent(**changed: str) -> dict[str, object]:
    return {**FORM, "request_key": str(uuid7()), "format": "xlsx", **changed}


def standing(world: World, export_id: UUID, who: str = "chief") -> Standing:
    with world.reading(who) as db:
        return export_line(db, export_id).standing(utc_now())


def test_two_taps_take_a_roster_out(world: World, browser: Browser) -> None:
    put_liaisons(world)
    browser.sign_in("chief").get("/roster")

    page = browser.post("/roster/issues", sent())
    found = re.search(r'action="(/exports/([^"/]+)/file)"', page.text)
    assert found, page.text
    file = browser.post(found.group(1))

    assert file.headers["content-disposition"].startswith("attachment; ")
    assert file.content.startswith(b"\xd0\xcf\x11\xe0")  # an encrypted workbook is an OLE file
    assert standing(world, UUID(found.group(2))) is Standing.FETCHED


def test_password_is_shown_on_one_answer_only(world: World, browser: Browser) -> None:
    put_liaisons(world)
    browser.sign_in("chief").get("/roster")
    form = sent()

    first = browser.post("/roster/issues", form)
    again = browser.post("/roster/issues", form)
    path = re.search(r'action="(/exports/[^"/]+)/file"', first.text)

    assert path
    shown = ['id="password"' in page.text for page in (first, again, browser.get(path.group(1)))]
    assert shown == [True, False, False]


def test_a_file_fetched_before_is_gone_and_says_so(world: World, browser: Browser) -> None:
    put_liaisons(world)
    export = asked(world)
    made(world, export, now=utc_now())
    browser.sign_in("chief").get(f"/exports/{export.id}")

    answers = [browser.post(f"/exports/{export.id}/file") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 409]
    assert "受取り済みです。" in answers[1].text


@pytest.mark.parametrize(
    ("login", "status"),
    [("chief", 200), ("station_chief", 200), ("auditor", 200)]
    + [(login, 404) for login in ("officer", "stranger_chief", "hq", "administrator", "city")],
)
def test_only_requester_chiefs_and_auditors_see_an_export(
    world: World, browser: Browser, login: str, status: int
) -> None:
    put_liaisons(world)
    export = asked(world)
    made(world, export, now=utc_now())
    answer = browser.sign_in(login).get(f"/exports/{export.id}")
    assert (answer.status_code, export.number in answer.text) == (status, status == 200)


def test_chiefs_read_names_and_auditors_references(world: World, browser: Browser) -> None:
    put_liaisons(world)
    export = asked(world)
    made(world, export, now=utc_now())

    chief = browser.sign_in("station_chief").get(f"/exports/{export.id}").text
    browser.client.cookies.clear()
    browser.token = ""
    auditor = browser.sign_in("auditor").get(f"/exports/{export.id}").text

    assert ("髙橋 1" in chief, "髙橋 1" in auditor) == (True, False)
    assert re.search("人物 [0-9a-f]{12}", auditor)


@pytest.mark.parametrize("login", ["station_chief", "auditor"])
def test_one_search_finds_who_took_a_sheet_out(world: World, browser: Browser, login: str) -> None:
    put_liaisons(world)
    asked(world)
    export = asked(world)
    browser.sign_in(login)

    found = browser.get(f"/exports?number={export.number}").text
    none = browser.get("/exports?number=若葉-2026-9999").text

    assert found.count(f"/exports/{export.id}") == 1
    for told in ("中村 誠", "若葉署地域課", "第３回地域安全の会", "署内", "1名"):
        assert told in found, told
    assert "この番号の書出しはありません。" in none


def test_above_a_hundred_the_page_says_what_it_waits_for(world: World, browser: Browser) -> None:
    put_liaisons(world, 101)
    browser.sign_in("chief").get("/roster")
    page = browser.post("/roster/issues", sent())
    assert "決裁待ち" in page.text
    assert re.search(r'action="/exports/[^"/]+/file"', page.text) is None


@pytest.mark.parametrize("format_", ["csv", "csv_cp932"])
def test_a_file_without_a_password_asks_why(world: World, browser: Browser, format_: str) -> None:
    put_liaisons(world)
    browser.sign_in("chief").get("/roster")
    answer = browser.post("/roster/issues", sent(format=format_))
    assert answer.status_code == 422
    assert "パスワードを付けない理由を入力してください。" in answer.text


def test_other_recipients_are_named(world: World, browser: Browser) -> None:
    put_liaisons(world)
    browser.sign_in("chief").get("/roster")
    answer = browser.post("/roster/issues", sent(recipient_kind="other"))
    assert (answer.status_code, 'id="f-recipient-error"' in answer.text) == (422, True)


def test_statements_do_not_grow_with_the_register(world: World, browser: Browser) -> None:
    put_liaisons(world, 3)
    export = asked(world)
    made(world, export, now=utc_now())
    browser.sign_in("station_chief").get("/exports")
    with counted(world.database) as listed:
        browser.get("/exports")
    with counted(world.database) as shown:
        browser.get(f"/exports/{export.id}")
    assert (len(listed) <= 8, len(shown) <= 10) == (True, True), (len(listed), len(shown))
