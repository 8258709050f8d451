"""Forms sent as nobody meant them: without a token, from elsewhere, with columns nobody offered."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import SQLModel

from crm.web.security import csrf_token
from tests.proof.proofs import Outcome, proof
from tests.proof.sample import Sample, sample
from tests.proof.walks import Walk, Way, send, some_form, some_walk, walking, ways
from tests.proof.worlds import columns_of, tables

FORBIDDEN, NOTHING_THERE = 403, 404
BEFORE_SIGN_IN = {"access.sign_in_post"}
"""Ways nobody has a token for yet; where a form comes from is asked all the same."""
UNSETTLED = {"audit_entry", "audit_subject", "sign_in_session", "sign_in_attempt", "known_device"}
"""Tables in which every request leaves a trace: that somebody came, and was refused."""
WORKING = ("officer", "chief", "station-chief", "city-chief", "admin", "hq", "fire")


@proof(
    "G14",
    "no form without its token, with another sign-in's or from another origin changes anything",
    quick=60,
    full=4_000,
)
def foreign_forms_change_nothing(size: int) -> Outcome:
    """Send every unsafe route each kind of foreign form, as whoever works here."""
    random, wrong = Random(3), []  # noqa: S311 - no secret, the same every time
    with sample() as town, walking(town) as client:
        unsafe = [way for way in ways(client.app) if way.method not in ("GET", "HEAD")]
        kinds = tuple(_foreign(client))
        before = fingerprint(town)
        for number in range(size):
            way, kind = unsafe[number % len(unsafe)], kinds[number // len(unsafe) % len(kinds)]
            walk = some_walk(town, way, random.choice(WORKING), random)
            walk.body |= kind.body
            answer = send(client, town, walk, **kind.headers)
            if not _is_refused(client, town, walk, answer, kind):
                wrong.append(f"{way.name} {kind.name}: {answer.status_code}")
        if fingerprint(town) != before:
            wrong.append("something changed")
    return Outcome(size, len(wrong), "; ".join(wrong[:5]) or f"{len(unsafe)} unsafe routes")


def _is_refused(
    client: TestClient[Litestar], town: Sample, walk: Walk, answer: httpx.Response, kind: "Foreign"
) -> bool:
    if answer.status_code == FORBIDDEN:
        return True
    if answer.status_code == NOTHING_THERE:
        # a way this installation does not offer is not there for its own forms either
        walk.body.pop("_csrf_token", None)
        return send(client, town, walk).status_code == NOTHING_THERE
    return walk.way.name in BEFORE_SIGN_IN and bool(kind.body)


@dataclass(frozen=True, slots=True)
class Foreign:
    """What makes a form foreign."""

    name: str
    body: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def _foreign(client: TestClient[Litestar]) -> Iterator[Foreign]:
    yield Foreign("without a token", {"_csrf_token": ""})
    yield Foreign("with another's token", {"_csrf_token": csrf_token("cookie-auditor-s")})
    yield Foreign("from elsewhere", headers={"Origin": "https://elsewhere.example"})
    yield Foreign("across sites", headers={"Sec-Fetch-Site": "cross-site"})
    yield Foreign("from nowhere", headers={"Origin": "null"})
    del client


def fingerprint(town: Sample) -> str:
    """Return one number for everything the town holds, but for the traces of asking."""
    digest = hashlib.sha256()
    with town.database.system("a proof's reading") as connection:
        for name in sorted(SQLModel.metadata.tables):
            if name not in UNSETTLED:
                rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()
                digest.update(repr(sorted(map(repr, rows))).encode())
    return digest.hexdigest()


TEXT = "ZZINJECTEDZZ"
KEY = UUID("deadbeef-dead-4bad-8bad-deadbeefdead")
NUMBER = 987_654_321
DAY = dt.date(1987, 6, 5)


@proof(
    "G6",
    "no form takes a column it did not offer: every column of every table injected",
    quick=8,
    full=2_000,
)
def nothing_unlisted_is_taken(size: int) -> Outcome:
    """Fill in the forms of the pages as they stand, every other column beside, and send them."""
    random, wrong, taken, sent = Random(4), list[str](), 0, 0  # noqa: S311 - no secret
    with sample() as town, walking(town) as client:
        pages = [way for way in ways(client.app) if way.method == "GET"]
        while sent < size:
            who = random.choice(WORKING)
            walk = some_walk(town, random.choice(pages), who, random)
            for offered in _forms_of(send(client, town, walk)):
                answer = _send_more(client, town, who, offered, random)
                sent += 1
                if found := _injected(town):
                    wrong.append(f"{who} {offered.action}: {found}")
                if answer.history:
                    taken += 1
                    town.restore()
    return Outcome(sent, len(wrong), "; ".join(wrong[:5]) or f"{taken:,} of them were accepted")


@dataclass(slots=True)
class Offered:
    """A form as a page offers it."""

    action: str
    controls: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Offered] = []
        self.open: Offered | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember forms, and what can be filled in."""
        facts = {name: value or "" for name, value in attrs}
        if tag == "form" and facts.get("method", "").lower() == "post":
            self.open = Offered(facts.get("action", ""))
            self.found.append(self.open)
        elif self.open is not None:
            self._control(tag, facts)

    def _control(self, tag: str, facts: dict[str, str]) -> None:
        assert self.open is not None
        name = facts.get("name", self.select if tag == "option" else "")
        if tag == "select":
            self.select = name
        if name and tag in ("input", "select", "textarea", "option", "button"):
            kept = self.open.controls.get(name, "")
            self.open.controls[name] = kept or facts.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        self.open = None if tag == "form" else self.open
        self.select = "" if tag == "select" else self.select


def _forms_of(answer: httpx.Response) -> list[Offered]:
    if "html" not in answer.headers.get("content-type", ""):
        return []
    reader = _Reader()
    reader.feed(answer.text)
    return [one for one in reader.found if one.action.startswith("/")]


def _send_more(
    client: TestClient[Litestar], town: Sample, who: str, offered: Offered, random: Random
) -> httpx.Response:
    """Send a form filled in, and beside it every column it does not offer."""
    filled = some_form(town, random, town.everybody[who])
    body = {name: value or filled.get(name, "会") for name, value in offered.controls.items()}
    extra = {name: value for name, value in _columns().items() if name not in offered.controls}
    walk = Walk(Way("", "POST", offered.action, ()), who, offered.action, {**extra, **body})
    walk.body.pop("_csrf_token", None)
    return send(client, town, walk)


def _columns() -> dict[str, str]:
    """Return every column of every table with something that would be found again."""
    found = {}
    for kind in tables():
        for column in columns_of(kind).columns:
            found[column.name] = _sentinel(column)
    return found


def _sentinel(column: sa.Column[Any]) -> str:
    name = type(column.type).__name__
    if name == "Key":
        return str(KEY)
    if isinstance(column.type, sa.Integer):
        return str(NUMBER)
    if isinstance(column.type, sa.Date) or name == "Moment":
        return DAY.isoformat()
    return TEXT


def _injected(town: Sample) -> list[str]:
    """Return the columns in which something injected stands now."""
    found = []
    with town.database.system("a proof's reading") as connection:
        for kind in tables():
            table = columns_of(kind)
            if table.name in UNSETTLED:
                continue
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if _is_ours(value)]
    return sorted(set(found))


def _is_ours(value: object) -> bool:
    if isinstance(value, bytes):
        return value == KEY.bytes
    return str(value).startswith(DAY.isoformat()) or value == NUMBER or TEXT in str(value)
