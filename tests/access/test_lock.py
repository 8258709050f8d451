"""A locked screen shows nothing, and gives what was being typed to its author alone."""

import datetime as dt
import json
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlmodel import select

from crm.access.models import Draft, SignInSession
from crm.kernel.clock import utc_now
from tests.support.pages import Browser, open_browser
from tests.support.world import PASSWORD, World

TYPED = [["heard", "夜の見回りを増やしてほしいとのこと。"]]


@pytest.fixture
def officer(browser: Browser) -> Browser:
    browser.sign_in("officer")
    return browser


@pytest.fixture
def colleague(world: World) -> Iterator[Browser]:
    with open_browser(world.database) as opened:
        yield opened


def lock(browser: Browser, page: str = "/people", typed: object = None) -> None:
    form = {"page": page, "target": page, "draft": json.dumps(typed) if typed else ""}
    answer = browser.post("/lock", form, follow=False)
    assert answer.status_code == 303
    browser.get(answer.headers["location"])


def leave_alone(world: World, minutes: int) -> None:
    """Let every open sign-in be unused for `minutes`."""
    rows = sa.inspect(SignInSession).local_table
    with world.database.system("a test lets time pass") as connection:
        past = utc_now() - dt.timedelta(minutes=minutes)
        connection.execute(sa.update(rows).values(last_seen_at=past))


def cookie(browser: Browser) -> str:
    return browser.client.cookies["sid"]


def test_a_locked_screen_shows_nothing_but_the_lock(officer: Browser, world: World) -> None:
    world.person("髙橋 茂", "タカハシ シゲル")
    lock(officer)
    answer = officer.get("/people")
    assert (answer.url.path, "髙橋" in answer.text, "佐藤 彩" in answer.text) == (
        "/lock",
        False,
        True,
    )


def test_htmx_is_told_that_the_screen_is_locked(officer: Browser) -> None:
    lock(officer)
    answer = officer.get("/people", htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (423, "/lock?next=%2F")


@pytest.mark.parametrize("path", ["/people", "/today", "/account/sessions", "/drafts", "/roster"])
def test_every_page_waits_behind_the_lock(officer: Browser, path: str) -> None:
    lock(officer)
    answer = officer.client.get(path, follow_redirects=False)
    assert answer.headers["location"] == f"/lock?next={path.replace('/', '%2F')}"


def test_the_lock_leaves_nothing_behind_a_back_button(officer: Browser) -> None:
    answer = officer.post("/lock", {"page": "/people"}, follow=False)
    assert (answer.headers["Clear-Site-Data"], answer.headers["Cache-Control"]) == (
        '"cache"',
        "no-store",
    )


def test_the_password_opens_the_lock_under_another_cookie(officer: Browser) -> None:
    lock(officer)
    locked = cookie(officer)
    answer = officer.post("/lock/opening", {"password": PASSWORD, "next": "/people"})
    assert answer.url.path == "/people"
    assert cookie(officer) != locked
    officer.client.cookies.set("sid", locked)
    assert officer.get("/people").url.path == "/sign-in"


def test_a_wrong_password_leaves_it_locked_and_is_slowed_down(officer: Browser) -> None:
    lock(officer)
    guesses = [
        officer.post("/lock/opening", {"password": f"推測{turn}"}).status_code for turn in range(6)
    ]
    assert guesses == [422, 422, 422, 422, 422, 429]
    assert officer.get("/people").url.path == "/lock"


def test_only_the_accounts_own_password_opens_it(officer: Browser, world: World) -> None:
    lock(officer)
    with world.database.system("a test changes the password elsewhere") as connection:
        connection.exec_driver_sql("UPDATE account SET password_hash = 'x' WHERE login = 'officer'")
    assert officer.post("/lock/opening", {"password": PASSWORD}).status_code == 422


@pytest.mark.parametrize(("minutes", "path"), [(4, "/people"), (6, "/lock")])
def test_a_shared_terminal_locks_after_five_minutes(
    officer: Browser, world: World, minutes: int, path: str
) -> None:
    leave_alone(world, minutes)
    assert officer.get("/people").url.path == path


def test_looking_at_the_lock_does_not_open_it(officer: Browser, world: World) -> None:
    leave_alone(world, 6)
    officer.get("/lock")
    officer.get("/lock")
    assert officer.get("/people").url.path == "/lock"


def test_a_terminal_lent_to_one_officer_locks_later(officer: Browser, world: World) -> None:
    rows = sa.inspect(SignInSession).local_table
    with world.database.system("a test lends the terminal") as connection:
        connection.execute(sa.update(rows).values(device="personal"))
    leave_alone(world, 14)
    assert officer.get("/people").url.path == "/people"
    leave_alone(world, 16)
    assert officer.get("/people").url.path == "/lock"


def test_presence_keeps_a_long_note_from_locking(officer: Browser, world: World) -> None:
    leave_alone(world, 4)
    assert officer.post("/presence").status_code == 204
    with world.reading("officer") as db:
        seen = db.exec(select(SignInSession.last_seen_at)).one()
    assert utc_now() - seen < dt.timedelta(seconds=30)


def test_what_was_typed_comes_back_to_its_page_once(officer: Browser, world: World) -> None:
    lock(officer, "/organizations/new", TYPED)
    answer = officer.post(
        "/lock/opening", {"password": PASSWORD, "next": "/organizations/new"}, follow=False
    )
    path, _, draft_id = answer.headers["location"].partition("#draft=")
    officer.get(path)
    given = officer.post(f"/drafts/{draft_id}/taking")
    assert (path, given.json()) == (
        "/organizations/new",
        {"target": "/organizations/new", "fields": TYPED},
    )
    assert officer.post(f"/drafts/{draft_id}/taking").status_code == 404
    with world.reading("officer") as db:
        assert db.exec(select(Draft)).all() == []


def test_a_draft_is_unreadable_in_the_database(officer: Browser, world: World) -> None:
    lock(officer, "/organizations/new", TYPED)
    with world.reading("officer") as db:
        content = db.exec(select(Draft.content)).one()
    assert "見回り".encode() not in content


def test_a_draft_keeps_no_password(officer: Browser, world: World) -> None:
    lock(officer, "/account/password", [["password", "himitsu"], ["new_password", "atarashii"]])
    with world.reading("officer") as db:
        assert db.exec(select(Draft)).all() == []


def test_nobody_else_sees_a_draft(officer: Browser, colleague: Browser, world: World) -> None:
    lock(officer, "/organizations/new", TYPED)
    with world.reading("officer") as db:
        draft_id = db.exec(select(Draft.id)).one()
    colleague.sign_in("chief")
    answers = [
        colleague.get("/drafts").text,
        colleague.post(f"/drafts/{draft_id}/taking").text,
        colleague.post(f"/drafts/{draft_id}/removal").text,
    ]
    assert [TYPED[0][1] in text for text in answers] == [False, False, False]
    with world.reading("officer") as db:
        assert len(db.exec(select(Draft)).all()) == 1


def test_a_form_sent_too_late_waits_behind_the_lock_and_can_be_sent_again(
    officer: Browser, world: World
) -> None:
    officer.get("/organizations/new")
    form = {"kind": "other", "name": "みなと商店会"}
    officer.client.headers["Referer"] = "http://127.0.0.1:8000/organizations/new"
    leave_alone(world, 6)
    answer = officer.post("/organizations", form)
    assert answer.url.path == "/lock"
    answer = officer.post("/lock/opening", {"password": PASSWORD, "next": "/organizations/new"})
    assert (answer.url.path, "みなと商店会" in answer.text) == ("/drafts", True)
    resent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    assert (resent["name"], resent["kind"]) == ("みなと商店会", "other")
    answer = officer.post("/organizations", {**resent})
    assert (answer.status_code, "みなと商店会" in answer.text) == (200, True)
    assert "みなと商店会" not in officer.get("/drafts").text


def test_whoever_left_a_draft_finds_it_at_the_next_sign_in(officer: Browser) -> None:
    lock(officer, "/organizations/new", TYPED)
    officer.post("/sign-out")
    answer = officer.post("/sign-in", {"login": "officer", "password": PASSWORD})
    assert (answer.url.path, TYPED[0][1] in answer.text) == ("/drafts", True)


def test_a_locked_screen_can_be_left_to_a_colleague(officer: Browser) -> None:
    lock(officer, "/organizations/new", TYPED)
    officer.post("/sign-out")
    answer = officer.post("/sign-in", {"login": "chief", "password": PASSWORD})
    assert (answer.url.path, TYPED[0][1] in answer.text) == ("/today", False)


@pytest.mark.parametrize("next_page", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_unlocking_leads_nowhere_else(officer: Browser, next_page: str) -> None:
    lock(officer)
    answer = officer.post("/lock/opening", {"password": PASSWORD, "next": next_page}, follow=False)
    assert answer.headers["location"] == "/"
