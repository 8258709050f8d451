"""The model against the rules: for everybody in small worlds, every row of every table."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlmodel import SQLModel

from crm.access.queries import actor_of_account, open_session
from crm.kernel.actor import Actor
from crm.kernel.db import Database
from crm.kernel.scope import SYSTEM, ScopedSession, ScopeError, rules
from tests.proof.databases import databases
from tests.proof.proofs import Outcome, proof
from tests.proof.reference import Kind, Who, judgment
from tests.proof.worlds import (
    DAY,
    NOW,
    SmallWorld,
    aimed,
    columns_of,
    name_of,
    small_world,
)

Tables = list[type[SQLModel]]
PRODUCT = "crm_app"
PUT = {SYSTEM: "a proof's world"}


@dataclass(slots=True)
class Count:
    """How much was decided, and what was decided otherwise than by the specification."""

    decisions: int = 0
    wrong: int = 0
    first: str = ""

    def judge(self, said: object, ought: object, about: str) -> None:
        self.decisions += 1
        if said != ought:
            self.differ(about)

    def differ(self, about: str, number: int = 1) -> None:
        self.wrong += number
        self.first = self.first or about


@proof(
    "G2",
    "reference model ≡ the session's filter and its judgment of writes: on SQLite; on PostgreSQL as"
    " the product's own role, behind row-level security, and as its owner without",
    quick=6_000,
    full=1_000_000,
)
def decisions_are_as_specified(size: int) -> Outcome:
    """Judge small worlds on each database there is in turn, until `size` decisions were made."""
    count, worlds = Count(), 0
    with databases() as opened:
        ways = [way for database in opened for way in ways_in(database)]
        while count.decisions < size:
            judge_world(*ways[worlds % len(ways)], small_world(worlds), count)
            worlds += 1
    names = ", ".join(" as ".join((one.engine.dialect.name, *role)) for one, role in ways)
    return Outcome(count.decisions, count.wrong, count.first or f"{worlds} worlds on {names}")


def ways_in(database: Database) -> list[tuple[Database, tuple[str, ...]]]:
    """Return the roles a database is asked as: PostgreSQL as the product's own, and its owner."""
    if database.engine.dialect.name == "postgresql":
        return [(database, (PRODUCT,)), (database, ())]
    return [(database, ())]


def judge_world(database: Database, role: tuple[str, ...], world: SmallWorld, count: Count) -> None:
    """Compare everything everybody may do in one world."""
    with put(database, world) as connection:
        become(connection, *role)
        for who, actor in resolved(connection, world, count):
            compare_reads(connection, world, who, actor, list(world.rows), count)
            compare_writes(connection, world, who, actor, list(world.rows), count)
        compare_nobody(connection, world, list(world.rows), count)


def become(connection: sa.Connection, role: str = "") -> None:
    """Go on as a role that owns nothing and passes no policy, until the transaction ends."""
    if role:
        connection.exec_driver_sql(f"SET LOCAL ROLE {role}")


@contextmanager
def put(database: Database, world: SmallWorld) -> Iterator[sa.Connection]:
    """Lay a world into a database for as long as the block lasts; nothing of it is kept."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # outside a transaction, or SQLite does not listen
            for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
                connection.connection.driver_connection.execute(f"PRAGMA {pragma}")  # type: ignore[union-attr]  # sqlite3's own
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for kind, rows in world.rows.items():
            connection.execute(sa.delete(columns_of(kind)), execution_options=PUT)
            connection.execute(sa.insert(columns_of(kind)), rows, execution_options=PUT)
        try:
            yield connection
        finally:
            connection.rollback()


def resolved(
    connection: sa.Connection, world: SmallWorld, count: Count
) -> Iterator[tuple[Who, Actor]]:
    """Yield everybody who may act, as the specification and as the product know them."""
    acting = {who.account: who for who in world.actors}
    db = ScopedSession(connection, None)
    for account, who in world.posted.items():
        known = acting.get(account)
        actor = _actor_of(db, account, world, known)
        if actor is None or known is None:
            count.judge(actor is None, who is None, f"who account {account} is")
            continue
        count.judge(facts_of(actor), known, f"who account {account} is")
        yield known, actor


def _actor_of(db: ScopedSession, account: Any, world: SmallWorld, who: Who | None) -> Actor | None:
    if who is None or who.session is None:
        return actor_of_account(db, account, DAY)
    [row] = [row for row in world.of("sign_in_session") if row["key"] == who.session]
    found = open_session(db, row["cookie_hash"], now=NOW, day=DAY)
    return found.actor if found else None


def facts_of(actor: Actor) -> Who:
    """Return what the product takes an actor for, in the words of the model."""
    return Who(
        account=actor.account_id,
        staff=actor.staff_id,
        agency=actor.agency_id,
        is_police=actor.is_police,
        unit=actor.unit_id,
        station=actor.station_id,
        roles=frozenset(str(role) for role in actor.roles),
        in_network_office=actor.network_office,
        session=actor.session_key,
        opened=actor.opened_id,
    )


def compare_reads(
    connection: sa.Connection,
    world: SmallWorld,
    who: Who,
    actor: Actor,
    kinds: Tables,
    count: Count,
) -> None:
    """Compare, table by table, the keys a session gives an actor with those the model allows."""
    db = ScopedSession(connection, actor)
    for kind in kinds:
        keys = [column.name for column in columns_of(kind).primary_key]
        specified = judgment(name_of(kind))
        rows = world.rows[kind]
        allowed = {tuple(row[key] for key in keys) for row in rows if specified.reads(who, row)}
        found = {tuple(row) for row in db.rows(sa.select(*(getattr(kind, key) for key in keys)))}
        count.decisions += len(rows)
        if different := allowed ^ found:
            count.differ(f"{sorted(who.roles)} reading {name_of(kind)}", len(different))


def compare_writes(
    connection: sa.Connection,
    world: SmallWorld,
    who: Who,
    actor: Actor,
    kinds: Tables,
    count: Count,
) -> None:
    """Compare which rows an actor may add, change, move and delete, forged ones among them."""
    db = ScopedSession(connection, actor)
    for kind in kinds:
        specified = judgment(name_of(kind))
        free = _free_column(kind, specified)
        about = f"{sorted(who.roles)} writing {name_of(kind)}"
        for row in (*world.rows[kind], *world.forged.get(kind, ()), *aimed(world, kind, who)):
            _compare_row(
                db, kind(**row), (free, *specified.owner), specified, (who, row), about, count
            )


def compare_nobody(
    connection: sa.Connection, world: SmallWorld, kinds: Tables, count: Count
) -> None:
    """Compare what is read and added before anybody has signed in."""
    db = ScopedSession(connection, None)
    for kind in kinds:
        specified, about = judgment(name_of(kind)), f"nobody and {name_of(kind)}"
        keys = [getattr(kind, column.name) for column in columns_of(kind).primary_key]
        if rules()[kind].read is not None:
            count.judge(db.rows(sa.select(*keys)), [], about)
        for row in world.rows[kind][:1]:
            count.judge(_may(db, kind(**row)), specified.by_nobody, about)


def _compare_row(
    db: ScopedSession,
    row: SQLModel,
    columns: tuple[str | None, ...],
    specified: Kind,
    question: tuple[Who, dict[str, Any]],
    about: str,
    count: Count,
) -> None:
    adds = specified.writes(*question)
    changes = adds and not specified.is_record
    count.judge(_may(db, row), adds, about)
    orm.make_transient_to_detached(row)
    count.judge(_may(db, row, deletes=True), changes, f"{about}: a deletion")
    for number, name in enumerate(columns):
        if name is None:
            continue
        value = getattr(row, name)
        orm.attributes.flag_modified(row, name)
        # the first is a column that says nothing of whose the row is; the owner never changes
        ought = changes and number == 0
        count.judge(_may(db, row), ought, f"{about}: {name} changed")
        orm.attributes.set_committed_value(row, name, value)


def _may(db: ScopedSession, row: SQLModel, *, deletes: bool = False) -> bool:
    """Return what the session's own judge says before anything is written."""
    db.add(row)
    if deletes:
        db.delete(row)
    try:
        db.dispatch.before_flush(db, None, None)
    except ScopeError:
        return False
    finally:
        db.expunge(row)
    return True


def _free_column(kind: type[SQLModel], specified: Kind) -> str | None:
    """Return a column whose change says nothing of whose the row is."""
    fixed = {*rules()[kind].fixed, *specified.owner}
    columns = columns_of(kind).columns
    return next(
        (one.name for one in columns if not (one.primary_key or one.name in fixed)),
        None,
    )
