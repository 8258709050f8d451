"""A long trail's two questions: what an account saw in a year, and who saw a person (G35, G37)."""

import datetime as dt
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from uuid_utils.compat import uuid7

from crm.access.queries import actor_by_login
from crm.contacts.models import Person
from crm.kernel.actor import Actor
from crm.kernel.audit import AuditEntry, AuditSubject
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.oversight.dossier import dossier_of
from crm.oversight.dossier_queries import everything_about
from crm.oversight.leak_queries import Leak, worksheet_of
from crm.oversight.models import LeakSource
from tests.bench.pages import CHIEF, OFFICER, Spread

AUDITOR = "auditor"
ENTRIES = 60_000
OWN_SHARE = 4
"""One entry in so many is the account's that was lost: 15,000, sixty a day of 250 days."""
LISTED, LISTS = 20, 3
"""One entry in three is a list, and names so many people beside."""
AT_ONCE = 5_000
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Asked:
    """How long one question takes, on how many entries and names."""

    name: str
    entries: int
    named: int
    found: int
    seconds: Spread


def measure(database: Database, rounds: int) -> list[Asked]:
    """Lengthen the trail to a year of work, and ask."""
    officer, chief, auditor = (_actor(database, who) for who in (OFFICER, CHIEF, AUDITOR))
    people = _people(database, officer)
    now = utc_now()
    entries, named = _length(database)
    if entries < ENTRIES:
        _lengthen(database, officer, people, now)
        entries, named = _length(database)
    leak = Leak(LeakSource.ACCOUNT, str(officer.account_id), now - YEAR, now)

    def worksheet() -> int:
        with database.reading(auditor) as db:
            return len(worksheet_of(db, leak).exposures)

    def dossier() -> int:
        with database.reading(chief) as db:
            held = everything_about(db, chief, people[0])
            dossier_of(held)
            return held.sightings_in_all

    questions = {"worksheet of a leak, one account's year": worksheet, "dossier": dossier}
    return [
        Asked(name, entries, named, question(), Spread.of([_took(question) for _ in range(rounds)]))
        for name, question in questions.items()
    ]


def _length(database: Database) -> tuple[int, int]:
    """Return how many entries the trail holds, and how many names beside."""
    with database.system("benchmark") as connection:
        keys = (col(AuditEntry.id), col(AuditSubject.entry_id))
        counts = [connection.scalar(sa.select(sa.func.count(key))) or 0 for key in keys]
    return counts[0], counts[1]


def _actor(database: Database, login: str) -> Actor:
    with database.reading(None) as db:
        actor = actor_by_login(db, login, local_day(utc_now()))
    if actor is None:
        raise RuntimeError(f"the sample has no {login}")
    return actor


def _people(database: Database, officer: Actor) -> list[UUID]:
    with database.reading(officer) as db:
        return [row.id for row in db.rows(sa.select(col(Person.id)).order_by(col(Person.id)))]


def _lengthen(database: Database, officer: Actor, people: list[UUID], now: dt.datetime) -> None:
    """Write the trail as the product does: an entry for each page, a row for each name on it."""
    chance = random.Random(1)  # noqa: S311 - figures, not secrets
    others = [uuid7() for _ in range(OWN_SHARE - 1)]
    for start in range(0, ENTRIES, AT_ONCE):
        entries, named = [], []
        for number in range(start, start + AT_ONCE):
            entry = _entry(number, officer, others, now - YEAR * (1 - number / ENTRIES), chance)
            shown = chance.sample(people, LISTED if number % LISTS == 0 else 1)
            entry["subject_id"] = None if number % LISTS == 0 else shown[0]
            entries.append(entry)
            named += [_naming(entry, key) for key in shown if number % LISTS == 0]
        with database.system("benchmark") as connection:
            connection.execute(sa.insert(AuditEntry), entries)
            connection.execute(sa.insert(AuditSubject), named)


def _entry(
    number: int, officer: Actor, others: list[UUID], at: dt.datetime, chance: random.Random
) -> dict[str, Any]:
    is_own = number % OWN_SHARE == 0
    is_list = number % LISTS == 0
    fields = chance.choice((["name", "telephones"], ["name", "posts", "notes"]))
    return {
        "id": uuid7(),
        "at": at,
        "action": "people.listed" if is_list else "person.viewed",
        "account_id": officer.account_id if is_own else chance.choice(others),
        "agency_id": officer.agency_id,
        "unit_id": officer.unit_id,
        "roles": "officer",
        "actor_name": officer.name if is_own else "",
        "unit_name": officer.unit_name,
        "address": "192.0.2.7",
        "outcome": "done",
        "subject_type": "" if is_list else "person",
        "detail": {} if is_list else {"fields": fields},
    }


def _naming(entry: dict[str, Any], key: UUID) -> dict[str, Any]:
    return {
        "entry_id": entry["id"],
        "subject_id": key,
        "subject_type": "person",
        "agency_id": entry["agency_id"],
    }


def _took(question: Callable[[], int]) -> float:
    started = time.perf_counter()
    question()
    return time.perf_counter() - started
