"""Guesses are counted and judged at once; no stranger's guesses keep an owner out."""

import datetime as dt
import threading

from crm.access.throttle import Count, TooManyAttempts, count_attempt, counts_for, take_back
from crm.kernel.db import Database
from tests.support.pages import Browser
from tests.support.world import NOW, PASSWORD, World

DAY = dt.timedelta(days=1)
FEW = [Count("a", 5, 300, DAY, of_login=True)]


def heard(database: Database, counts: list[Count], now: dt.datetime) -> bool:
    try:
        with database.writing(None) as db:
            count_attempt(db, counts, now)
    except TooManyAttempts:
        return False
    return True


def test_waits_grow_from_the_last_free_attempt_on(database: Database) -> None:
    now, waits = NOW, []
    for _ in range(13):
        asked = now
        while not heard(database, FEW, now):
            now += dt.timedelta(seconds=1)
        waits.append(int((now - asked).total_seconds()))
    assert waits == [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256]


def test_an_attempt_that_was_not_heard_does_not_lengthen_the_wait(database: Database) -> None:
    for _ in range(5):
        heard(database, FEW, NOW)
    for _ in range(20):
        heard(database, FEW, NOW)
    assert heard(database, FEW, NOW + dt.timedelta(seconds=2))


def test_failures_of_long_ago_are_forgotten(database: Database) -> None:
    for _ in range(5):
        heard(database, FEW, NOW)
    later = NOW + DAY + dt.timedelta(seconds=1)
    assert [heard(database, FEW, later) for _ in range(6)] == [True] * 5 + [False]


def test_parallel_attempts_cannot_pass_the_count(database: Database) -> None:
    start, got = threading.Barrier(8), []

    def guess() -> None:
        start.wait()
        got.extend(heard(database, FEW, NOW) for _ in range(4))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got.count(True) == 5


def test_a_right_password_takes_its_own_attempt_of_the_address_back(database: Database) -> None:
    counts = counts_for("officer", "10.0.0.1", None)
    for _ in range(100):
        assert heard(database, counts, NOW)
        with database.writing(None) as db:
            take_back(db, counts, NOW)


def test_whoever_signed_in_here_before_enters_while_strangers_guess(
    browser: Browser, world: World
) -> None:
    browser.sign_in("officer")
    browser.post("/sign-out")
    address = iter(f"10.0.0.{number}" for number in range(99))
    for _ in range(25):
        heard(world.database, counts_for("officer", next(address), None), this_moment())
    answer = browser.post("/sign-in", {"login": "officer", "password": PASSWORD})
    assert answer.url.path == "/today"


def test_a_stolen_device_cookie_buys_no_endless_guesses(browser: Browser) -> None:
    browser.sign_in("officer")
    browser.post("/sign-out")
    guess = {"login": "officer", "password": "まちがい"}
    answers = [browser.post("/sign-in", guess).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_known_device_speaks_only_for_those_who_signed_in_there(
    browser: Browser, world: World
) -> None:
    browser.sign_in("officer")
    browser.post("/sign-out")
    for _ in range(25):
        heard(world.database, [counts_for("chief", "10.9.9.9", None)[1]], this_moment())
    answer = browser.post("/sign-in", {"login": "chief", "password": PASSWORD})
    assert answer.status_code == 429


def this_moment() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
