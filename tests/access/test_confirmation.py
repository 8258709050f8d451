"""Showing again who one is: what asks for it, and the cookie that changes with it."""

import pytest
from sqlmodel import select

from crm.access import passwords
from crm.access.models import Account, SignInSession
from crm.kernel.audit import AuditEntry
from crm.kernel.db import Database
from tests.support.pages import Browser
from tests.support.world import PASSWORD, World

LONG_AGO = "2026-01-01 00:00:00+00:00"
NEW = "kawara-no-ishi-wo-hirou"


def change(database: Database, statement: str) -> None:
    with database.system("a test sets what is stored") as connection:
        connection.exec_driver_sql(statement)


def let_time_pass(world: World) -> None:
    change(world.database, f"UPDATE sign_in_session SET shown_at = '{LONG_AGO}'")


def open_sign_ins(world: World, who: str) -> int:
    with world.reading(who) as db:
        return sum(row.revoked_at is None for row in db.exec(select(SignInSession)).all())


@pytest.mark.parametrize("path", ["/account/factors/totp", "/account/factors/passkey"])
def test_taking_on_a_factor_asks_for_the_password_again(
    browser: Browser, world: World, path: str
) -> None:
    browser.sign_in("officer")
    assert browser.get(path).url.path == path
    let_time_pass(world)
    asked = browser.get(path)
    assert (asked.url.path, asked.url.params["next"]) == ("/account/confirmation", path)
    before = browser.client.cookies["sid"]
    answer = browser.post("/account/confirmation", {"password": PASSWORD, "next": path})
    assert answer.url.path == path
    assert browser.client.cookies["sid"] != before


@pytest.mark.parametrize(
    "path",
    [
        "/account/factors/recovery-codes",
        "/account/factors/openid/acceptance",
        "/account/factors/openid/removal",
        "/account/factors/totp",
    ],
)
def test_changing_factors_asks_for_the_password_again(
    browser: Browser, world: World, path: str
) -> None:
    browser.sign_in("officer").get("/account/factors")
    let_time_pass(world)
    answer = browser.post(path, {"name": "公用携帯"}, follow=False)
    assert answer.headers["location"].startswith("/account/confirmation?")


def test_ending_sign_ins_asks_for_the_password_again(browser: Browser, world: World) -> None:
    browser.sign_in("officer")
    browser.client.cookies.clear()
    browser.sign_in("officer").get("/account/sessions")
    let_time_pass(world)
    browser.post("/account/sessions/ending")
    assert open_sign_ins(world, "officer") == 2
    browser.post("/account/confirmation", {"password": PASSWORD, "next": "/account/sessions"})
    browser.post("/account/sessions/ending")
    assert open_sign_ins(world, "officer") == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [("まちがい", "パスワードが違います。"), ("", "パスワードを入力してください。")],
)
def test_a_wrong_password_confirms_nothing(
    browser: Browser, world: World, typed: str, said: str
) -> None:
    browser.sign_in("officer").get("/account/factors")
    let_time_pass(world)
    answer = browser.post("/account/confirmation", {"password": typed, "next": "/account/factors"})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert browser.get("/account/factors/totp").url.path == "/account/confirmation"


def test_the_way_back_stays_in_the_house(browser: Browser) -> None:
    browser.sign_in("officer").get("/account/confirmation")
    form = {"password": PASSWORD, "next": "//evil.example/"}
    answer = browser.post("/account/confirmation", form, follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_changed_password_changes_the_cookie(browser: Browser) -> None:
    browser.sign_in("officer").get("/account/password")
    before = browser.client.cookies["sid"]
    browser.post("/account/password", {"password": PASSWORD, "new_password": NEW})
    after = browser.client.cookies["sid"]
    assert browser.get("/account/sessions").url.path == "/account/sessions"
    browser.client.cookies.clear()
    browser.client.cookies.set("sid", before)
    assert (after != before, browser.get("/account/sessions").url.path) == (True, "/sign-in")


def first_password(browser: Browser, world: World) -> str:
    """Let the administrator give the officer a password; return what the account's page says."""
    account = world.actors["officer"].account_id
    path = f"/administration/accounts/{account}"
    browser.sign_in("administrator").get(path)
    answer = browser.post(f"{path}/password", {"revision": 1})
    return answer.text.partition("<code>")[2].partition("</code>")[0]


def test_a_first_password_opens_until_its_time(browser: Browser, world: World) -> None:
    password = first_password(browser, world)
    answer = browser.post("/sign-in", {"login": "officer", "password": password})
    assert answer.url.path == "/account/password"
    answer = browser.post("/account/password", {"password": password, "new_password": NEW})
    assert answer.url.path == "/account/sessions"
    assert browser.enter("officer", NEW).get("/today").status_code == 200


def test_a_first_password_past_its_time_opens_nothing(browser: Browser, world: World) -> None:
    password = first_password(browser, world)
    change(
        world.database,
        f"UPDATE account SET password_expires_at = '{LONG_AGO}' WHERE login = 'officer'",
    )
    told = browser.get(f"/administration/accounts/{world.actors['officer'].account_id}").text
    assert "発行したパスワードの有効期限（令和8年1月1日 09:00）が過ぎています。" in told
    browser.post("/sign-out")
    answer = browser.post("/sign-in", {"login": "officer", "password": password})
    assert (answer.status_code, "有効期限が過ぎています。" in answer.text) == (422, True)
    wrong = browser.post("/sign-in", {"login": "officer", "password": "まちがい"})
    assert "有効期限" not in wrong.text


def test_a_password_of_a_lower_cost_is_stored_anew(browser: Browser, world: World) -> None:
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    change(world.database, f"UPDATE account SET password_hash = '{weak}' WHERE login = 'officer'")
    browser.enter("officer")
    with world.reading("administrator") as db:
        stored = db.exec(select(Account.password_hash).where(Account.login == "officer")).one()
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    browser.enter("officer")


def test_being_told_to_wait_is_on_record_once_a_minute(browser: Browser, world: World) -> None:
    for turn in range(8):
        browser.post("/sign-in", {"login": "officer", "password": f"推測{turn}"})
    with world.reading("auditor") as db:
        found = db.exec(
            select(AuditEntry.outcome, AuditEntry.account_id).where(
                AuditEntry.action == "session.throttled"
            )
        ).all()
    assert found == [("429", world.actors["officer"].account_id)]


def test_a_name_typed_into_a_filter_stands_in_no_address(browser: Browser, world: World) -> None:
    del world
    browser.sign_in("auditor").get("/audit")
    answer = browser.post("/audit/selection", {"name": "監査"})
    assert answer.url.path == "/audit"
    assert "監査" not in str(answer.url.params)
    assert 'value="監査"' in answer.text
    browser.sign_in("auditor")
    assert browser.get(str(answer.url)).status_code == 404


@pytest.mark.parametrize(("kind", "hours"), [("shared", 12), ("personal", 26)])
def test_a_sign_in_lasts_as_its_device_allows(
    browser: Browser, world: World, kind: str, hours: int
) -> None:
    browser.sign_in("officer")
    change(world.database, f"UPDATE known_device SET kind = '{kind}'")
    browser.sign_in("officer")
    with world.reading("officer") as db:
        rows = db.exec(select(SignInSession)).all()
        (lasts,) = [row.expires_at - row.created_at for row in rows if row.revoked_at is None]
    assert lasts.total_seconds() == hours * 3600
