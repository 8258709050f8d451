"""What a working day leaves in a town: drafts, decisions, files, openings, and rows of every table.

What pages read back in one piece is left by the product's own verbs; every other table gets a row
for each who works here. A table that stays empty would not be in the matrix: it fails.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from crm.access.drafts import keep_draft
from crm.access.queries import actor_of_account
from crm.approvals.models import ApprovalKind
from crm.approvals.route import ANY_CHIEF
from crm.approvals.service import Matter, approve, draft
from crm.circulations.service import circulate, units_to_show
from crm.exports.models import Export
from crm.exports.service import Making, Taking, craft_of
from crm.formats.workbook import read_workbook
from crm.intake.models import ListKind
from crm.intake.service import Handed, take_in
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.db import Database
from crm.kernel.errors import DomainError, Forbidden
from crm.kernel.settings import Settings
from crm.oversight.models import LeakSource
from crm.rosters.issuing import ask_for_roster
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.service import RosterOrder
from tests.proof.reference import Who, specified
from tests.proof.worlds import SAMPLES, columns_of, name_of, python_type, tables

REASON = "a proof's sample"
WORD = "会"
EMPTY = {
    *("agency_setting", "errand", "sign_in_attempt", "openid_request", "factor_challenge"),
    *("audit_entry", "audit_subject", "audit_leaf", "checkpoint", "countersigned"),
    *("witness_signature", "recovery_code", "registration", "export_fetch"),
}
"""Tables that hold nobody's words, or that fill while the proofs walk about."""
LEAVE_OUT = {
    *("confirmed_by", "confirmed_at", "withdrawn_by", "withdrawn_at", "revoked_at", "undone_by"),
    *("undone_at", "job_id", "organization_id", "applied_by", "applied_at", "cancel_asked_at"),
    *("approved_by", "approved_at", "done_at", "finished_at", "lease_until"),
    *("lifted_at", "lifted_by"),
}
"""What has not happened yet, where it may be left out."""
SAID: dict[tuple[str, str], Any] = {
    ("job", "name"): "exports.make",
    ("job", "error"): "",
    ("job", "error_facts"): {},
    ("job_file", "media_type"): "text/csv",
    ("leak_case", "source_kind"): LeakSource.ACCOUNT,
    ("approval_route", "steps"): [ANY_CHIEF.as_json()],
    ("visit_cadence", "area_id"): None,
    ("visit_cadence", "every_days"): 90,
}
"""What a column holds where its type alone does not say it."""
Row = dict[str, Any]


@dataclass(slots=True)
class Life:
    """Everybody who works in a town, and what is known of what they left there."""

    database: Database
    everybody: dict[str, Who | None]
    settings: Settings
    now: dt.datetime
    passwords: list[str] = field(default_factory=list)
    """Of the workbooks that bear one: without them nobody could read what they hold."""

    @property
    def day(self) -> dt.date:
        """The day it is."""
        return local_day(self.now)

    def at_work(self) -> Iterator[Actor]:
        """Yield everybody who works with people, as the product knows them."""
        known = {who.account: who for who in self.everybody.values() if who is not None}
        for account, who in known.items():
            if who.works_with_people:
                with self.database.reading(None) as db:
                    actor = actor_of_account(db, account, self.day)
                assert actor is not None
                yield actor

    def decide(self) -> None:
        """Draft something in every office, have it decided where one may, and show it round."""
        drafts: list[UUID] = []
        for actor in self.at_work():
            subject = ("person", self._someone(actor))
            what = Matter(ApprovalKind.ROSTER_ISSUE, subject, title=WORD, path="/roster")
            for asked in drafts:
                with suppress(DomainError), self.database.writing(actor) as db:
                    approve(db, actor, asked, comment=WORD, now=self.now)
            with suppress(DomainError), self.database.writing(actor) as db:
                drafts.append(draft(db, actor, what, reason=WORD, now=self.now).id)
            with suppress(DomainError), self.database.writing(actor) as db:
                units = [unit for unit, _ in units_to_show(db, actor, self.day)]
                show = partial(circulate, db, actor, subject, title=WORD, path="/", remark=WORD)
                show(unit_ids=units, now=self.now)

    def take_out(self) -> None:
        """Have rosters of every office: under a password, plain, and one that is not made yet."""
        for actor in self.at_work():
            with suppress(DomainError):
                self._make(actor, self._ask(actor, RosterFormat.XLSX))
                self._make(actor, self._ask(actor, RosterFormat.CSV, plain_reason=WORD))
                self._ask(actor, RosterFormat.XLSX)

    def _ask(self, actor: Actor, form: RosterFormat, plain_reason: str = "") -> Export:
        order = RosterOrder(WORD, RosterProfile.STATION, None, form, may_replace=True)
        with self.database.writing(actor) as db:
            taking = Taking("署内", plain_reason=plain_reason)
            export = ask_for_roster(db, actor, order, taking, now=self.now)
            db.expunge(export)
            return export

    def _make(self, actor: Actor, export: Export) -> None:
        reads, writes = (
            partial(way, actor) for way in (self.database.reading, self.database.writing)
        )
        making = Making(export, actor, self.now, reads, writes)
        craft_of(export.kind).make(making)
        self.passwords.append(making.password)

    def type_something(self, actor: Actor, typed: str) -> UUID:
        """Leave a form open with a word in it, and return the key of what is kept."""
        with self.database.writing(actor) as db:
            keep = partial(keep_draft, db, actor, self.settings, page="/people/new")
            fields = [("family_name", typed)]
            kept = keep(target="/people", fields=fields, is_sent=False, now=self.now)
            assert kept is not None
            return kept.id

    def upload(self, actor: Actor, listed: str) -> UUID | None:
        """Leave a list taken in half, with a word in it; None where somebody may take in none."""
        book = read_workbook(f"氏名,電話番号\n{listed},087-833-0110\n".encode())
        take = {"kind": ListKind.PEOPLE, "day": self.day, "now": self.now}
        with suppress(Forbidden), self.database.writing(actor) as db:
            return take_in(db, actor, Handed("一覧.csv", b""), book, **take).id
        return None

    def _someone(self, actor: Actor) -> UUID:
        people = SQLModel.metadata.tables["person"]
        own = sa.select(people.c.id).where(people.c.station_id == actor.station_id)
        with self.database.system(REASON) as connection:
            return connection.execute(own.order_by(people.c.id)).scalars().first() or uuid7()


def fill_the_rest(life: Life, besides: Collection[str] = ()) -> None:
    """Put a row of every table that is empty still for each who works here."""
    kinds = {name_of(kind): kind for kind in tables()}
    known = {who.account: who for who in life.everybody.values() if who is not None}
    with life.database.system(REASON) as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        for table in SQLModel.metadata.sorted_tables:
            if table.name in {*EMPTY, *besides} or table.name not in specified():
                continue
            if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar():
                continue
            filler = _Filler(connection, columns_of(kinds[table.name]), life.now)
            for who in known.values():
                filler.put(who)
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")


@dataclass(slots=True)
class _Filler:
    """Rows of one table, each somebody's own."""

    connection: sa.Connection
    table: sa.Table
    now: dt.datetime
    random: Random = field(default_factory=lambda: Random(11))  # noqa: S311 - no secret
    made: int = 0

    def put(self, who: Who) -> None:
        """Insert a row that is `who`'s in every respect, if there can be one."""
        row = {column.name: self._value(column, who) for column in self.table.columns}
        if all(row[one.name] is not None or one.nullable for one in self.table.columns):
            # of what is there but once, one is enough
            self.connection.execute(sa.insert(self.table).prefix_with("OR IGNORE").values(row))

    def _value(self, column: sa.Column[Any], who: Who) -> Any:
        self.made += 1
        name, own = column.name, _own(who)
        if (self.table.name, name) in SAID:
            return SAID[self.table.name, name]
        if name in own:
            return own[name]
        if column.nullable and name in LEAVE_OUT:
            return None
        for foreign in column.foreign_keys:
            return self._key_of(foreign.column, who)
        if name == "person_id" or (name in ("subject_id", "record_id") and not column.primary_key):
            return self._key_of(SQLModel.metadata.tables["person"].c.id, who)
        return self._plain(column)

    def _key_of(self, target: sa.Column[Any], who: Who) -> Any:
        """Return the key of a row that is somebody's own, or else of any."""
        named = {"account": who.account, "staff": who.staff, "unit": who.unit}
        if target.table.name in named:
            return named[target.table.name]
        own = [
            target.table.c[name] == value
            for name, value in (("station_id", who.station), ("account_id", who.account))
            if name in target.table.c and value is not None
        ]
        found = self.connection.execute(sa.select(target).where(*own).order_by(target).limit(9))
        return self.random.choice(found.scalars().all() or [None])

    def _plain(self, column: sa.Column[Any]) -> Any:
        if (choices := getattr(column.type, "enum_class", None)) is not None:
            offered = list(choices)
            return offered[0] if column.name == "state" else self.random.choice(offered)
        python = python_type(column)
        later = dt.timedelta(hours=1 if "expires" in column.name or "until" in column.name else -1)
        known: dict[type[Any], Any] = {
            bool: False,
            str: f"{WORD}{self.made}",
            dt.date: local_day(self.now),
            dt.datetime: self.now + later,
            UUID: uuid7(),
            bytes: f"{column.table.name}{self.made}".encode(),
        }
        return known[python] if python in known else SAMPLES.get(python, self.made)


def _own(who: Who) -> Row:
    """Return what stands in the columns that say whose a row is."""
    return {
        "agency_id": who.agency,
        "station_id": who.station,
        "account_id": who.account,
        "by_account_id": who.account,
        "session_key": who.session,
        "source": str(who.account),
    }
