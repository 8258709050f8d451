"""A sample town in which every text somebody keeps holds a canary, and everybody is signed in."""

import atexit
import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from crm.access import service
from crm.access.models import DeviceKind, SignInLevel
from crm.access.queries import actor_of_account
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.kernel.settings import Settings
from crm.samples.loader import load_sample
from tests.proof.databases import sqlite
from tests.proof.decisions import facts_of
from tests.proof.life import EMPTY, SAID, Life, fill_the_rest
from tests.proof.reference import Row, Who, judgment, specified
from tests.proof.worlds import columns_of, tables

CANARY = re.compile(rb"QZ(\d{6})ZQ")
SIZE, SEED = "small", 3
REASON = "a proof's sample"
PLAIN = {
    *("kana_sort", "kana_row", "search_key", "e164", "last4", "extension", "external_key"),
    *("form_version", "sha256", "media_type", "act", "subject_type", "occasion", "kind"),
    *("handling", "content", "key", "scheme", "login", "locale", "password_hash", "client_key"),
    *("recipient_name", "giver_name", "digest", "path", "route", "format", "encoding"),
    *(
        "page",
        "target",
        "code_hash",
        "cookie_hash",
        "token_hash",
        "issuer",
        "record_type",
        "after",
        "number",
    ),
    *("kept", "error", "source"),
}
"""Columns that hold no words of anybody: what is sorted, compared or looked up by, and what an
office is called, which the trail says of whatever it was given."""
OF_EVERYBODY = {
    *("agency", "area", "post_type", "unit", "unit_placement", "account", "agency_setting"),
    *("audit_entry", "alembic_version", "sign_in_session"),
}
"""Tables whose words anybody may meet (what an office is called), or that hold none of people."""


@dataclass(slots=True)
class Sample:
    """The town: where each canary stands, who everybody is and the cookie of each."""

    database: Database
    kept: Path
    settings: Settings
    canaries: dict[int, tuple[str, UUID]] = field(default_factory=dict)
    rows: dict[str, dict[UUID, Row]] = field(default_factory=dict)
    everybody: dict[str, Who | None] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[UUID, str] = field(default_factory=dict)
    """The secret part of each calendar's address, by the key of its row."""
    passwords: list[str] = field(default_factory=list)
    """Of the workbooks that wait to be fetched."""

    @property
    def database_path(self) -> Path:
        """Where the town's database is."""
        return Path(self.database.engine.url.database or "")

    def restore(self) -> None:
        """Make the town what it was before somebody changed it."""
        path = self.database_path
        self.database.engine.dispose()
        for old in path.parent.glob(path.name + "-*"):
            old.unlink()
        shutil.copy(self.kept, path)

    def forbidden(self, who: Who | None, canary: int) -> bool:
        """Whether the model forbids `who` what stands where a canary stands."""
        table, key = self.canaries[canary]
        row = self.rows[table][key]
        if who is None or not judgment(table).reads(who, row):
            return True
        return is_over(who, row)

    def relation(self, who: Who | None, table: str, key: UUID) -> str:
        """Return what a record is to somebody, in the words of the design."""
        row = self.rows.get(table, {}).get(key)
        if row is None:
            return "nothing there"
        return _relation(who, row)


def is_over(who: Who, row: Row) -> bool:
    """Whether a copy somebody received is past its last day: shown to nobody (G28)."""
    ends = row.get("valid_until")
    received = row.get("recipient_station_id") == who.station
    return received and ends is not None and ends < local_day(utc_now())


def _relation(who: Who | None, row: Row) -> str:  # noqa: PLR0911 - one for each relation
    if who is None:
        return "nobody signed in"
    if "recipient_station_id" in row and "giver_station_id" in row:
        if row["recipient_station_id"] == who.station:
            return "share expired" if is_over(who, row) else "shared with me"
        return "shared by me" if row["giver_station_id"] == who.station else "shared with others"
    if row.get("account_id") == who.account:
        return "one's own"
    if row.get("agency_id") != who.agency:
        return "foreign agency"
    if row.get("unit_id") == who.unit:
        return "own unit"
    if row.get("station_id") is None:
        return "of the agency"
    return "sibling unit" if row["station_id"] == who.station else "other station"


@contextmanager
def sample() -> Iterator[Sample]:
    """Give the town as it began; it is built once for all proofs of a run."""
    if not _BUILT:
        _BUILT.append(_STACK.enter_context(_built()))
    yield _BUILT[0]
    _BUILT[0].restore()


_BUILT: list[Sample] = []
_STACK = ExitStack()
atexit.register(_STACK.close)


@contextmanager
def twin_of(town: Sample) -> Iterator[Sample]:
    """Give a town that is the same to the last letter, on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="crm-proof-", dir=town.kept.parent.parent) as folder:
        copied = Path(folder) / "crm.db"
        shutil.copy(town.kept, copied)
        shutil.copy(town.kept, f"{copied}.kept")
        database = Database(Settings(database_url=f"sqlite:///{copied}"))
        yield replace(town, database=database, kept=Path(f"{copied}.kept"))
        database.close()


@contextmanager
def _built() -> Iterator[Sample]:
    """Give a town of one's own, with a way back to how it began."""
    with sqlite() as database:
        path = database.engine.url.database or ""
        load_sample(database, SIZE, seed=SEED, today=local_day(utc_now()), password_hash="nobody's")
        town = Sample(database, Path(f"{path}.kept"), settings_of(path))
        _let_expire(town)
        _sign_in(town)
        _live(town)
        _remember(town)
        with database.system(REASON) as connection:
            connection.exec_driver_sql("SELECT 1")
        database.engine.dispose()
        shutil.copy(path, town.kept)
        yield town


def settings_of(path: str) -> Settings:
    """Return how a town is served; its secret lies beside its database."""
    return Settings(second_factor="offered", key_file=f"{path}.key")


def _let_expire(town: Sample) -> None:
    """Let every third copy be past its last day, as between two sweeps."""
    yesterday = local_day(utc_now()) - dt.timedelta(days=1)
    with town.database.system(REASON) as connection:
        for name in ("published_contact", "published_note"):
            table = SQLModel.metadata.tables[name]
            keys = connection.execute(sa.select(table.c.id).order_by(table.c.id)).scalars().all()
            for key in keys[::3]:
                ended = sa.update(table).where(table.c.id == key).values(valid_until=yesterday)
                connection.execute(ended)


def _live(town: Sample) -> None:
    """Let everybody work for a day, and put canaries behind whatever is written."""
    life = Life(town.database, town.everybody, town.settings, utc_now(), town.passwords)
    life.decide()
    for actor in life.at_work():
        number = len(town.canaries)
        town.canaries[number] = ("draft", life.type_something(actor, canary(number)))
        if batch := life.upload(actor, canary(number + 1)):
            town.canaries[number + 1] = ("intake_batch", batch)
    fill_the_rest(life, TAKEN_OUT)
    _sing(town, specified() - OF_EVERYBODY - TAKEN_OUT)
    # what is made of what stands there holds its canaries
    life.take_out()
    fill_the_rest(life)
    _sing(town, TAKEN_OUT)


TAKEN_OUT = {
    *("export", "export_subject", "export_file", "export_content", "export_fetch"),
    *("roster_issue", "roster_document", "roster_copy", "roster_copy_act"),
}
"""Tables of what left the house."""


def canary(number: int) -> str:
    """Return the canary of that number."""
    return f"QZ{number:06}ZQ"


def _sing(town: Sample, names: Collection[str]) -> None:
    """Put a canary behind every word of every row of some tables."""
    number = len(town.canaries)
    with town.database.system(REASON) as connection:
        _unguard(connection)
        phones = SQLModel.metadata.tables["telephone"]
        # a canary stands where there may be no word as well
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        # what was never understood is shown as written, canary and all
        connection.execute(sa.update(phones).values(e164=None))
        for name in sorted(names):
            table = SQLModel.metadata.tables[name]
            if "id" not in table.c:
                continue
            words = [column for column in table.columns if _holds_words(column)]
            for key in connection.execute(sa.select(table.c.id)).scalars().all():
                sung = {}
                for column in words:
                    town.canaries[number] = (name, key)
                    sung[column.name] = column + canary(number)
                    number += 1
                if sung:
                    connection.execute(sa.update(table).where(table.c.id == key).values(sung))
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")


def _unguard(connection: sa.Connection) -> None:
    """Drop the triggers that keep records from being rewritten: the sample sings in them too."""
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (trigger,) in found.all():
        connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')


def _holds_words(column: sa.Column[Any]) -> bool:
    kind = column.type
    if isinstance(kind, sa.types.TypeDecorator):
        kind = kind.impl_instance
    return (
        isinstance(kind, sa.String)
        and not isinstance(kind, sa.Enum)
        and column.name not in PLAIN
        and (column.table.name, column.name) not in SAID
        and not column.primary_key
        and not column.foreign_keys
    )


def _sign_in(town: Sample) -> None:
    """Sign everybody in, headquarters with one person open, and end one sign-in again."""
    now = utc_now()
    accounts = SQLModel.metadata.tables["account"]
    sessions = SQLModel.metadata.tables["sign_in_session"]
    with town.database.system(REASON) as connection:
        known = connection.execute(sa.select(accounts.c.id, accounts.c.login)).all()
        person = connection.execute(_of_police()).scalars().first()
        for account, login in known:
            for name, more in _sessions(login, person, now).items():
                cookie = f"cookie-{name}"
                town.cookies[name] = cookie
                row = {
                    "key": f"key-{name}",
                    "cookie_hash": service.hash_of(cookie),
                    "account_id": account,
                    "created_at": now,
                    "last_seen_at": now,
                    "expires_at": now + dt.timedelta(hours=9),
                    "notice": "",
                    "device": DeviceKind.SHARED,
                    "level": SignInLevel.SECOND_FACTOR,
                }
                connection.execute(sa.insert(sessions).values(row | more))
            _put_feed(town, connection, account, now)
    with town.database.reading(None) as db:
        for account, login in known:
            actor = actor_of_account(db, account, local_day(now))
            town.everybody[login] = facts_of(actor) if actor else None
    _known_as(town, person)


def _put_feed(town: Sample, connection: sa.Connection, account: UUID, now: dt.datetime) -> None:
    """Let a calendar fetch the meetings of an account, by a secret that is known here."""
    accounts, feeds = (SQLModel.metadata.tables[name] for name in ("account", "calendar_feed"))
    agency = sa.select(accounts.c.agency_id).where(accounts.c.id == account).scalar_subquery()
    key = uuid7()
    town.tokens[key] = f"token-{account}"
    token_hash = service.hash_of(town.tokens[key])
    row = {"id": key, "account_id": account, "token_hash": token_hash, "renewed_at": now}
    connection.execute(sa.insert(feeds).values(agency_id=agency, **row))


def _of_police() -> sa.Select[UUID]:
    """Select the people of police stations, whom headquarters may open."""
    people, agencies = SQLModel.metadata.tables["person"], SQLModel.metadata.tables["agency"]
    police = sa.select(agencies.c.id).where(agencies.c.kind == "prefectural_police")
    return sa.select(people.c.id).where(people.c.agency_id.in_(police)).order_by(people.c.id)


def _sessions(login: str, person: UUID | None, now: dt.datetime) -> Mapping[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {login: {}}
    if login == "hq":
        later, over = now + dt.timedelta(minutes=30), now - dt.timedelta(seconds=1)
        found["hq-opened"] = {"opened_person_id": person, "opened_until": later}
        found["hq-over"] = {"opened_person_id": person, "opened_until": over}
    if login == "chief":
        found["chief-signed-out"] = {"revoked_at": now}
    return found


def _known_as(town: Sample, person: UUID | None) -> None:
    """Say who the sign-ins besides the first are: as before, but for what is open or has ended."""
    hq = town.everybody["hq"]
    assert hq is not None
    facts = {name: getattr(hq, name) for name in Who.__slots__}
    town.everybody["hq-opened"] = Who(**(facts | {"opened": person}))
    town.everybody["hq-over"] = hq
    town.everybody["chief-signed-out"] = None
    town.everybody["nobody"] = None
    town.cookies["nobody"] = ""
    for name, who in town.everybody.items():
        if who is not None:
            known = {field: getattr(who, field) for field in Who.__slots__}
            town.everybody[name] = Who(**(known | {"session": f"key-{name}"}))


def _remember(town: Sample) -> None:
    """Keep every row outside the database, for the model to judge."""
    with town.database.system(REASON) as connection:
        for kind in tables():
            table = columns_of(kind)
            [key, *more] = table.primary_key.columns
            if not more:
                found = connection.execute(sa.select(table)).mappings().all()
                town.rows[table.name] = {row[key.name]: dict(row) for row in found}
            if not connection.execute(sa.select(table).limit(1)).first():
                assert table.name in EMPTY, f"the sample holds nothing of {table.name}"


def some_key(town: Sample, table: str, random: Random, who: Who | None = None) -> UUID:
    """Return the key of some row of a table, often one of somebody's, now and then nobody's."""
    rows = town.rows.get(table, {})
    if not rows or random.random() < NOBODYS:
        return uuid7()
    if who is not None and random.random() < OFTEN:
        rows = {key: row for key, row in rows.items() if judgment(table).reads(who, row)} or rows
    return random.choice(list(rows))


NOBODYS, OFTEN = 0.05, 0.6
