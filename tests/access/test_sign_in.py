import datetime as dt

import pytest
from sqlmodel import col, select

from crm.access.models import SignInSession
from crm.kernel.audit import AuditEntry
from crm.kernel.settings import Settings
from tests.support.pages import ORIGIN, Browser, open_browser
from tests.support.world import PASSWORD, World


def actions(world: World) -> list[tuple[str, str]]:
    with world.reading("auditor") as db:
        entries = db.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
        return [(entry.action, entry.outcome) for entry in entries]


def test_signing_in_with_the_right_password_opens_the_first_page(browser: Browser) -> None:
    answer = browser.post("/sign-in", {"login": "auditor", "password": PASSWORD})
    assert (answer.status_code, answer.url.path) == (200, "/openings")


def test_signing_in_with_a_wrong_password_says_so_and_keeps_the_name(browser: Browser) -> None:
    answer = browser.post("/sign-in", {"login": "officer", "password": "まちがい"})
    assert answer.status_code == 422
    assert "ログイン名またはパスワードが違います。" in answer.text
    assert 'value="officer"' in answer.text
    assert "まちがい" not in answer.text


@pytest.mark.parametrize(
    "typed", [f" {PASSWORD}", f"{PASSWORD} ", f"{PASSWORD}\u202e", f"\0{PASSWORD}"]
)
def test_a_password_with_anything_more_is_a_wrong_one(browser: Browser, typed: str) -> None:
    answer = browser.post("/sign-in", {"login": "officer", "password": typed})
    assert answer.status_code == 422


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(browser: Browser) -> None:
    known = browser.post("/sign-in", {"login": "officer", "password": "まちがい"}).text
    unknown = browser.post("/sign-in", {"login": "nobody1", "password": "まちがい"}).text
    assert unknown.replace("nobody1", "officer") == known


def test_a_chosen_cookie_is_never_adopted(browser: Browser) -> None:
    chosen = {"Cookie": "sid=chosen-by-an-attacker"}
    body = {"login": "auditor", "password": PASSWORD}
    answer = browser.client.post("/sign-in", data=body, headers={"Origin": ORIGIN, **chosen})
    assert answer.history[0].headers["set-cookie"].startswith("sid=")
    assert "chosen-by-an-attacker" not in answer.history[0].headers["set-cookie"]
    browser.client.cookies.clear()
    answer = browser.client.get("/audit", headers=chosen, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_signing_in_again_changes_the_cookie(browser: Browser) -> None:
    browser.enter("auditor")
    first = browser.client.cookies.get("sid")
    browser.enter("auditor")
    assert browser.client.cookies.get("sid") != first


def test_the_table_does_not_hold_what_opens_a_session(browser: Browser, world: World) -> None:
    browser.enter("auditor")
    with world.reading("auditor") as db:
        rows = db.exec(select(SignInSession)).all()
    assert browser.client.cookies["sid"] not in repr(rows)
    assert len(rows) == 1


def test_a_signed_out_cookie_opens_nothing(browser: Browser) -> None:
    browser.enter("auditor")
    cookie = browser.client.cookies["sid"]
    browser.post("/sign-out")
    browser.client.cookies.clear()
    answer = browser.client.get(
        "/audit", headers={"Cookie": f"sid={cookie}"}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("expires_at", dt.timedelta(seconds=1)),
    ],
    ids=["older than a tour"],
)
def test_a_session_past_its_time_opens_nothing(
    browser: Browser, world: World, column: str, value: dt.timedelta
) -> None:
    browser.enter("auditor")
    with world.writing("auditor") as db:
        row = db.exec(select(SignInSession)).one()
    moment = dt.datetime.now(dt.UTC) - value
    with world.database.system("a test sets the clock back") as connection:
        table = SignInSession.__table__
        connection.execute(table.update().where(table.c.key == row.key).values({column: moment}))
    assert browser.get("/audit").url.path == "/sign-in"


def test_guessing_is_slowed_down_but_never_locks_the_account(browser: Browser) -> None:
    answers = [
        browser.post("/sign-in", {"login": "officer", "password": f"推測{turn}"}).status_code
        for turn in range(6)
    ]
    assert answers == [422, 422, 422, 422, 422, 429]


def test_signing_in_out_and_failing_are_on_record(browser: Browser, world: World) -> None:
    browser.post("/sign-in", {"login": "auditor", "password": "まちがい"})
    browser.enter("auditor")
    browser.post("/sign-out")
    assert actions(world) == [
        ("session.refused", "refused"),
        ("session.started", "done"),
        ("openings.listed", "done"),
        ("session.ended", "done"),
    ]


def test_a_form_without_the_sessions_token_changes_nothing(browser: Browser) -> None:
    browser.enter("auditor")
    browser.token = "somebody-elses"
    assert browser.post("/sign-out").status_code == 403
    assert browser.get("/audit").url.path == "/audit"


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example", "null"])
def test_a_form_from_elsewhere_is_refused(browser: Browser, origin: str | None) -> None:
    browser.enter("auditor")
    headers = {} if origin is None else {"Origin": origin}
    body = {"_csrf_token": browser.token}
    answer = browser.client.post("/sign-out", data=body, headers=headers, follow_redirects=False)
    assert answer.status_code == 403
    assert browser.get("/audit").url.path == "/audit"


def test_the_language_is_remembered_for_the_account(browser: Browser) -> None:
    browser.enter("auditor")
    browser.post("/locale", {"locale": "en"})
    assert '<html lang="en">' in browser.get("/audit").text
    browser.post("/sign-out")
    browser.client.cookies.clear()
    browser.enter("auditor")
    assert '<html lang="en">' in browser.get("/audit").text


def test_sample_accounts_do_not_work_outside_the_demo(browser: Browser, world: World) -> None:
    with world.database.system("a test marks the account") as connection:
        connection.exec_driver_sql("UPDATE account SET is_sample = true WHERE login = 'auditor'")
    answer = browser.post("/sign-in", {"login": "auditor", "password": PASSWORD})
    assert answer.status_code == 422


def test_pages_of_other_roles_do_not_exist_for_an_administrator(browser: Browser) -> None:
    browser.enter("administrator")
    assert browser.get("/audit").status_code == 404


def test_a_refused_page_is_on_record(browser: Browser, world: World) -> None:
    browser.enter("administrator")
    browser.get("/audit")
    assert ("access.denied", "404") in actions(world)


def test_htmx_without_a_session_is_sent_to_the_sign_in_page(browser: Browser) -> None:
    answer = browser.get("/audit", htmx=True)
    assert answer.headers["HX-Redirect"] == "/sign-in"


def test_over_https_the_cookie_is_the_hosts_own_and_signing_out_drops_it(world: World) -> None:
    settings = Settings(base_url=ORIGIN.replace("http://", "https://"), second_factor="offered")
    origin = {"Origin": settings.origin}
    with open_browser(world.database, settings) as browser:
        browser.client.base_url = settings.origin
        body = {"login": "auditor", "password": PASSWORD}
        opened = browser.client.post(
            "/sign-in", data=body, headers=origin, follow_redirects=False
        ).headers["set-cookie"]
        browser.get("/audit")
        body = {"_csrf_token": browser.token}
        gone = browser.client.post(
            "/sign-out", data=body, headers=origin, follow_redirects=False
        ).headers["set-cookie"]
    assert opened.startswith("__Host-sid=")
    assert gone.startswith('__Host-sid="";')
    assert ("Secure" in opened, "Secure" in gone, "Max-Age=0" in gone) == (True, True, True)
