"""Every page that shows a person leaves exactly one audit entry, and it names that person (G34).

The small sample station is walked with every account; names are looked for in what came back.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest

from crm.access.passwords import hash_password
from crm.app import create_app, route_names
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.kernel.migrate import migrate
from crm.kernel.settings import Settings
from crm.samples.loader import load_sample
from tests.journeys.test_every_page import ELSEWHERE, VIEWERS, fill, keys_of
from tests.support.pages import Browser, open_browser
from tests.support.world import PASSWORD

SAMPLE = Settings(demo=True, second_factor="offered")
SMALL = 10
"""Fewer people than this would make the walk prove nothing."""


class Walked(NamedTuple):
    """A sample station, and everybody's name."""

    database: Database
    names: Mapping[UUID, str]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    path = tmp_path_factory.mktemp("walked") / "crm.db"
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    migrate(database)
    hashed = hash_password(PASSWORD)
    load_sample(database, "small", seed=5, today=local_day(utc_now()), password_hash=hashed)
    yield Walked(database, _canaries(path))
    database.close()


@pytest.mark.parametrize("login", sorted({*VIEWERS.values()}))
def test_every_page_that_shows_people_names_them_once(walked: Walked, login: str) -> None:
    shown = 0
    silent: list[str] = []
    with open_browser(walked.database, SAMPLE) as browser:
        browser.sign_in(login)
        for path in _paths(login, keys_of(walked.database, login)):
            before = _last_entry(walked.database)
            text = browser.get(path).text
            people = {key for key, name in walked.names.items() if name in text}
            shown += len(people)
            silent += _silent(walked.database, path, people, before)
    assert not silent, "\n".join(silent)
    assert shown > SMALL or login not in {"officer", "chief"}


def test_a_search_names_whom_it_found(walked: Walked) -> None:
    with open_browser(walked.database, SAMPLE) as browser:
        browser.sign_in("officer").get("/search")
        before = _last_entry(walked.database)
        text = _searched(browser)
    people = {key for key, name in walked.names.items() if name in text}
    assert people
    assert _silent(walked.database, "/search", people, before) == []


def _searched(browser: Browser) -> str:
    return browser.post("/search", {"q": "カナリア"}).text


def _paths(login: str, keys: dict[str, str]) -> Iterator[str]:
    routes = route_names(create_app(Settings()), method="GET")
    for name, path in routes.items():
        # a page about what the sample has none of (a browser's own page) names nobody
        known = keys.keys() >= set(re.findall(r"{(\w+):uuid}", path))
        if known and VIEWERS.get(name) == login and name not in ELSEWHERE:
            yield fill(path, keys)


def _canaries(path: Path) -> dict[UUID, str]:
    """Give everybody a name that stands nowhere else, and return it."""
    with sqlite3.connect(path) as connection:
        keys = [row[0] for row in connection.execute("SELECT id FROM person ORDER BY id")]
        for number, key in enumerate(keys):
            connection.execute(
                "UPDATE person SET family_name = ?, search_key = 'カナリア' WHERE id = ?",
                (f"鳥{number:05d}姓", key),
            )
    connection.close()
    return {UUID(bytes=key): f"鳥{number:05d}姓" for number, key in enumerate(keys)}


def _last_entry(database: Database) -> bytes:
    with sqlite3.connect(database.engine.url.database or "") as connection:
        found: bytes = connection.execute("SELECT max(rowid) FROM audit_entry").fetchone()[0]
    connection.close()
    return found


def _silent(database: Database, path: str, people: set[UUID], before: bytes) -> list[str]:
    """Return whom a page showed without saying so in exactly one entry, and who was not there.

    A copy renewed before it is shown, because names were changed behind its back, is no reading.
    """
    with sqlite3.connect(database.engine.url.database or "") as connection:
        rows = connection.execute(
            "SELECT id, subject_type, subject_id FROM audit_entry"
            " WHERE rowid > ? AND action <> 'copy.changed'",
            (before,),
        ).fetchall()
        others = connection.execute(
            "SELECT s.entry_id, s.subject_type, s.subject_id FROM audit_subject s"
            " JOIN audit_entry e ON e.id = s.entry_id WHERE e.rowid > ?"
            " AND e.action <> 'copy.changed'",
            (before,),
        ).fetchall()
    connection.close()
    named = [(entry, UUID(bytes=key)) for entry, kind, key in [*rows, *others] if kind == "person"]
    times = {key: len([one for one in named if one[1] == key]) for key in people}
    wrong = [f"{path}: {key} in {count} entries" for key, count in times.items() if count != 1]
    invented = {key for _, key in named} - people
    return wrong + [f"{path}: {key} is not on the page" for key in invented]
