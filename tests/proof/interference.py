"""Two towns that differ only in what a partner may not see give the partner the same answers."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from unittest.mock import patch

import httpx
import sqlalchemy as sa

from crm.kernel.clock import utc_now
from tests.proof.proofs import Outcome, proof
from tests.proof.reference import Who, judgment, specified
from tests.proof.sample import OF_EVERYBODY, Sample, sample, twin_of
from tests.proof.walks import Walk, Way, send, some_walk, walking, ways
from tests.proof.worlds import columns_of, tables

PARTNERS = ("city", "city-chief", "school-board", "fire")
CHANGING = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[\w-]{22,}")
"""Keys and tokens made anew for each answer."""
DRAWN_ANEW = {"factors.totp_new"}
"""A picture of a secret made for each answer: no two are alike."""
CLOCKS = ("crm.access.desk.utc_now", "crm.access.pages.utc_now")
"""Where a request learns what time it is; signing in has no visit yet, and asks for itself."""
WAIT_FOR_NOBODY = ("date", "set-cookie", "content-length")


@proof(
    "G4",
    "two towns that differ only in what a partner may not see answer it alike: pages, lists,"
    " searches, counts, duplicates, errors, lengths",
    quick=24,
    full=10_000,
)
def partners_cannot_tell(size: int) -> Outcome:
    """Ask both towns the same, with one clock, and compare the answers byte by byte."""
    random, wrong = Random(5), list[str]()  # noqa: S311 - no secret, the same every time
    with ExitStack() as stack:
        town = stack.enter_context(sample())
        towns = [town, stack.enter_context(twin_of(town))]
        changed = _change_hidden(towns[1])
        clients = [stack.enter_context(walking(town)) for town in towns]
        stack.enter_context(_one_clock())
        there = [way for way in ways(clients[0].app) if way.name not in DRAWN_ANEW]
        for _ in range(size):
            walk = _some_question(towns[0], there, random)
            answers = [
                send(client, town, walk) for client, town in zip(clients, towns, strict=True)
            ]
            if _told(answers[0]) != _told(answers[1]):
                wrong.append(f"{walk.who} {walk.way.method} {walk.path}")
            if any(answer.history for answer in answers):
                for one in towns:
                    one.restore()
    return Outcome(size, len(wrong), "; ".join(wrong[:5]) or f"{changed:,} hidden rows differ")


def _some_question(town: Sample, there: list[Way], random: Random) -> Walk:
    """Ask for anything; a fourth of the time search for, or register, somebody who is hidden."""
    who = random.choice(PARTNERS)
    if random.random() < 0.75:
        return some_walk(town, random.choice(there), who, random)
    hidden = random.choice(list(town.rows["person"].values()))
    phone = random.choice(list(town.rows["telephone"].values()))
    name = random.choice([way for way in there if way.path in ("/search", "/people", "/shared")])
    walk = some_walk(town, name, who, random)
    walk.body |= {"q": random.choice((hidden["family_name"][:2], phone["last4"]))}
    walk.body |= {"family_name": hidden["family_name"][:2], "phones": phone["raw"].split("QZ")[0]}
    return walk


@contextmanager
def _one_clock() -> Iterator[None]:
    now = utc_now()
    with ExitStack() as stack:
        for clock in CLOCKS:
            stack.enter_context(patch(clock, lambda: now))
        yield


def _told(answer: httpx.Response) -> list[object]:
    """Return all that an answer and the way to it tell, without what is new each time."""
    said: list[object] = []
    for one in (*answer.history, answer):
        headers = [
            (name, CHANGING.sub(b"*", value.encode()))
            for name, value in one.headers.items()
            if name not in WAIT_FOR_NOBODY
        ]
        body = CHANGING.sub(b"*", one.content)
        said.append((one.status_code, headers, len(body), body))
    return said


def _change_hidden(town: Sample) -> int:
    """Change whatever no partner reads: other words, other numbers, other days, or gone."""
    random, changed = Random(6), 0  # noqa: S311 - no secret, the same every time
    partners = [who for name in PARTNERS if (who := town.everybody[name]) is not None]
    with town.database.system("a proof's other town") as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for kind in tables():
            table = columns_of(kind)
            if table.name in OF_EVERYBODY | STRUCTURE or "id" not in table.c:
                continue
            hidden = [
                key
                for key, row in town.rows[table.name].items()
                if table.name in specified() and not _is_met(partners, table.name, row)
            ]
            for key in hidden:
                _change(connection, table, key, random)
            changed += len(hidden)
    town.database.engine.dispose()
    town.kept.write_bytes(town.database_path.read_bytes())
    return changed


def _is_met(partners: list[Who], table: str, row: object) -> bool:
    return any(judgment(table).reads(who, row) for who in partners)  # type: ignore[arg-type]  # a row of the town


def _change(connection: sa.Connection, table: sa.Table, key: object, random: Random) -> None:
    if table.name in LEAVES and random.random() < 0.3:
        connection.execute(sa.delete(table).where(table.c.id == key))
        return
    words = {
        column.name: "別" * random.randint(1, 9)
        for column in table.columns
        if isinstance(column.type, sa.String)
        and not isinstance(column.type, sa.Enum)
        and column.name in CHANGED
    }
    if words:
        connection.execute(sa.update(table).where(table.c.id == key).values(words))


STRUCTURE = {"staff", "staff_assignment", "unit_jurisdiction"}
"""What offices and colleagues there are: giving an agency its name is no secret."""
LEAVES = {
    "telephone",
    "request_step",
    "request_party",
    "note_correction",
    "note_person",
    "registration",
}
"""Tables nothing else refers to: of these, rows are missing as well."""
CHANGED = {
    *("family_name", "given_name", "family_kana", "given_kana", "name", "kana", "search_key"),
    *("address", "care_note", "raw", "last4", "title", "heard", "told", "text", "remark"),
    *("words", "place", "outcome_text", "answer", "answered_to"),
    *("reason", "purpose", "signatory", "capacity", "kana_sort", "phone", "areas", "post"),
}
