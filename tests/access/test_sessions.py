"""What stands between a sign-in and the pages; one's sign-ins, devices and password."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from crm.access import service
from crm.access.models import KnownDevice, SignInLevel, SignInSession
from crm.kernel.clock import utc_now
from crm.kernel.db import Database
from crm.kernel.settings import Settings
from tests.support.pages import Browser, open_browser
from tests.support.world import PASSWORD, World

NEW = "kawara-no-ishi-wo-hirou"


@pytest.fixture
def elsewhere(world: World) -> Iterator[Browser]:
    with open_browser(world.database) as opened:
        yield opened


@pytest.fixture
def strict(world: World) -> Iterator[Browser]:
    """A browser where second factors are required."""
    with open_browser(world.database, Settings()) as opened:
        yield opened


def change(database: Database, statement: str) -> None:
    with database.system("a test changes an account") as connection:
        connection.exec_driver_sql(statement)


def where_to(browser: Browser, path: str) -> str:
    return browser.client.get(path, follow_redirects=False).headers.get("location", path)


def enroll(world: World, login: str) -> None:
    change(world.database, f"UPDATE account SET has_second_factor = true WHERE login = '{login}'")


def test_an_account_with_a_second_factor_waits_for_it(browser: Browser, world: World) -> None:
    enroll(world, "officer")
    browser.post("/sign-in", {"login": "officer", "password": PASSWORD}, follow=False)
    paths = ("/today", "/people", "/account/sessions", "/account/password", "/lock")
    assert {where_to(browser, path).split("?")[0] for path in paths} == {"/sign-in/second-factor"}


@pytest.mark.parametrize("login", ["hq", "administrator", "auditor"])
def test_roles_that_cross_units_ask_for_a_second_factor(strict: Browser, login: str) -> None:
    strict.post("/sign-in", {"login": login, "password": PASSWORD}, follow=False)
    paths = ("/coverage", "/administration", "/audit", "/today")
    assert {where_to(strict, path).split("?")[0] for path in paths} == {"/account/factors"}


def test_an_officer_works_with_a_password(strict: Browser) -> None:
    strict.post("/sign-in", {"login": "officer", "password": PASSWORD}, follow=False)
    assert strict.get("/today").status_code == 200


def test_a_raised_session_has_another_cookie_and_keeps_what_it_searched(
    strict: Browser, world: World
) -> None:
    strict.post("/sign-in", {"login": "auditor", "password": PASSWORD}, follow=False)
    old = strict.client.cookies["sid"]
    with world.writing("auditor") as db:
        key = db.exec(select(SignInSession.key)).one()
        new = service.raise_level(db, key, SignInLevel.SECOND_FACTOR, now=utc_now())
    assert where_to(strict, "/audit") == "/sign-in"
    strict.client.cookies.set("sid", new)
    assert (old == new, strict.get("/audit").status_code) == (False, 200)


def test_an_ended_session_is_not_raised(browser: Browser, world: World) -> None:
    browser.sign_in("officer")
    browser.post("/sign-out")
    with world.reading("officer") as db:
        key = db.exec(select(SignInSession.key)).one()
    with pytest.raises(service.Forbidden), world.writing("officer") as db:
        service.raise_level(db, key, SignInLevel.SECOND_FACTOR, now=utc_now())


def test_a_password_somebody_else_made_is_changed_first(browser: Browser, world: World) -> None:
    change(world.database, "UPDATE account SET must_change_password = true WHERE login = 'officer'")
    answer = browser.post("/sign-in", {"login": "officer", "password": PASSWORD})
    assert answer.url.path == "/account/password"
    answer = browser.post("/account/password", {"password": PASSWORD, "new_password": NEW})
    assert (answer.url.path, browser.get("/today").status_code) == ("/account/sessions", 200)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"password": "まちがい", "new_password": NEW}, "今のパスワードが違います。"),
        ({"password": PASSWORD, "new_password": "mijikai"}, "12文字以上"),
        ({"password": PASSWORD, "new_password": "keisatsu2026!"}, "推測されます"),
        ({"password": PASSWORD, "new_password": PASSWORD}, "別のもの"),
        ({"password": PASSWORD}, "新しいパスワードを入力してください。"),
    ],
)
def test_a_password_is_not_changed(browser: Browser, form: dict[str, object], said: str) -> None:
    browser.sign_in("officer")
    browser.get("/account/password")
    answer = browser.post("/account/password", form)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert NEW not in answer.text
    browser.enter("officer")


def test_changing_the_password_ends_the_other_sign_ins(
    browser: Browser, elsewhere: Browser
) -> None:
    elsewhere.sign_in("officer")
    browser.sign_in("officer")
    browser.get("/account/password")
    browser.post("/account/password", {"password": PASSWORD, "new_password": NEW})
    assert (where_to(elsewhere, "/today"), where_to(browser, "/today")) == ("/sign-in", "/today")


def test_own_sign_ins_are_listed_and_ended(browser: Browser, elsewhere: Browser) -> None:
    elsewhere.sign_in("officer")
    browser.sign_in("officer")
    page = browser.get("/account/sessions").text
    assert (page.count("この端末</span>"), page.count(">終了する</button>")) == (1, 1)
    browser.post("/account/sessions/ending")
    assert (where_to(elsewhere, "/today"), where_to(browser, "/today")) == ("/sign-in", "/today")


def test_nobody_ends_another_accounts_sign_in(
    browser: Browser, elsewhere: Browser, world: World
) -> None:
    elsewhere.sign_in("chief")
    with world.reading("chief") as db:
        key = db.exec(select(SignInSession.key)).one()
    browser.sign_in("officer")
    browser.get("/account/sessions")
    browser.post(f"/account/sessions/{key}/ending")
    assert where_to(elsewhere, "/today") == "/today"


def test_an_administrator_ends_the_sign_ins_of_an_account(
    browser: Browser, elsewhere: Browser, world: World
) -> None:
    elsewhere.sign_in("officer")
    browser.sign_in("administrator")
    account_id = world.actors["officer"].account_id
    page = browser.get(f"/administration/accounts/{account_id}/sessions").text
    assert page.count('<th scope="row">') == 1
    browser.post(f"/administration/accounts/{account_id}/sessions/ending")
    assert where_to(elsewhere, "/today") == "/sign-in"


@pytest.mark.parametrize("login", ["officer", "city_administrator"])
def test_nobody_else_ends_them(
    browser: Browser, elsewhere: Browser, world: World, login: str
) -> None:
    elsewhere.sign_in("chief")
    browser.sign_in(login)
    browser.get("/account/sessions")
    account_id = world.actors["chief"].account_id
    answer = browser.post(f"/administration/accounts/{account_id}/sessions/ending")
    assert (answer.status_code, where_to(elsewhere, "/today")) == (404, "/today")


def device_of(world: World) -> tuple[str, int]:
    with world.reading("administrator") as db:
        device = db.exec(select(KnownDevice).where(KnownDevice.last_account_id.is_not(None))).all()
        found = next(
            row for row in device if row.last_account_id == world.actors["officer"].account_id
        )
        return str(found.id), found.revision


def test_a_device_is_lent_to_one_officer_and_open_sign_ins_follow(
    browser: Browser, elsewhere: Browser, world: World
) -> None:
    elsewhere.sign_in("officer")
    assert 'data-lock-after="300"' in elsewhere.get("/today").text
    browser.sign_in("administrator")
    device_id, revision = device_of(world)
    assert device_id in browser.get("/administration/devices").text
    form = {"name": "貸与3号", "kind": "personal", "revision": revision}
    assert browser.get(f"/administration/devices/{device_id}").status_code == 200
    answer = browser.post(f"/administration/devices/{device_id}", form)
    assert "貸与3号" in answer.text
    assert 'data-lock-after="900"' in elsewhere.get("/today").text
    assert browser.post(f"/administration/devices/{device_id}", form).status_code == 409


def test_a_device_stays_what_it_is_at_the_next_sign_in(elsewhere: Browser, world: World) -> None:
    elsewhere.sign_in("officer")
    change(world.database, "UPDATE known_device SET kind = 'personal'")
    elsewhere.post("/sign-out")
    elsewhere.sign_in("officer")
    assert 'data-lock-after="900"' in elsewhere.get("/today").text


def test_a_lost_device_is_signed_out_and_known_no_more(
    browser: Browser, elsewhere: Browser, world: World
) -> None:
    elsewhere.sign_in("officer")
    browser.sign_in("administrator")
    device_id, revision = device_of(world)
    browser.get(f"/administration/devices/{device_id}")
    browser.post(f"/administration/devices/{device_id}/revoking", {"revision": revision})
    assert where_to(elsewhere, "/today") == "/sign-in"
    assert browser.get(f"/administration/devices/{device_id}").status_code == 404


@pytest.mark.parametrize("login", ["officer", "city_administrator"])
def test_devices_are_the_own_agencys_administrators(
    browser: Browser, elsewhere: Browser, world: World, login: str
) -> None:
    elsewhere.sign_in("officer")
    device_id, _ = device_of(world)
    browser.sign_in(login)
    assert browser.get(f"/administration/devices/{device_id}").status_code == 404
