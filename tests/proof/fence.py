"""G8: row-level security alone, with the product's rules out of the way, and the rules alone.

PostgreSQL's policies are coarse: the own agency, the own station, what was published to it. That
rule is said here once more, naively, and compared with what the database gives, takes, changes and
deletes as the role the product works as.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, ProgrammingError

from crm.kernel.actor import Actor
from crm.kernel.db import Database
from crm.kernel.fence import tell
from tests.proof.databases import databases
from tests.proof.decisions import PRODUCT, PUT, Count, become, judge_world, put, resolved
from tests.proof.proofs import Outcome, proof
from tests.proof.worlds import SmallWorld, columns_of, small_world

PUBLIC = {"agency", "post_type"}
OPEN = {"area", "audit_leaf", "checkpoint", "countersigned", "witness_signature"}
ONLY_ADDED = {"audit_entry", "audit_leaf", "checkpoint"}
BY_NOBODY = {"audit_entry", "known_device", "sign_in_session"}
Row = dict[str, Any]


@proof(
    "G8",
    "row-level security alone ≡ the coarse model (reads, inserts, updates, deletes of every table),"
    " and the rules alone ≡ the reference model",
    quick=2_000,
    full=400_000,
)
def either_fence_holds_alone(size: int) -> Outcome:
    """Judge worlds on PostgreSQL by one fence and the other until `size` decisions were made."""
    by_policies, by_rules, worlds = Count(), Count(), 0
    with databases() as opened:
        servers = [one for one in opened if one.engine.dialect.name == "postgresql"]
        while servers and by_policies.decisions + by_rules.decisions < size:
            world = small_world(10_000 + worlds)
            _judge_policies(servers[0], world, by_policies)
            judge_world(servers[0], (), world, by_rules)
            worlds += 1
    told = (
        f"{by_policies.decisions:,} by policies, {by_rules.decisions:,} by rules"
        if servers
        else "no PostgreSQL here"
    )
    wrong = by_policies.wrong + by_rules.wrong
    first = by_policies.first or by_rules.first
    return Outcome(by_policies.decisions + by_rules.decisions, wrong, first or told)


def _judge_policies(database: Database, world: SmallWorld, count: Count) -> None:
    with put(database, world) as connection:
        actors = [actor for _, actor in resolved(connection, world, Count())]
        for kind, rows in world.forged.items():
            _lay_beside(connection, columns_of(kind), rows)
        become(connection, PRODUCT)
        for actor in (*actors, None):
            tell(connection, actor)
            for kind, rows in world.rows.items():
                asked = _Asked(connection, columns_of(kind), actor, count)
                for what in STATEMENTS:
                    asked.compare(what, rows)
                for row in world.forged.get(kind, ()):
                    asked.insert(row)


STATEMENTS = {
    "read": "SELECT {keys} FROM {table}",
    "changed": "UPDATE {table} SET {key} = {key} RETURNING {keys}",
    "deleted": "DELETE FROM {table} RETURNING {keys}",
}


COPIED = "INSERT INTO {table} SELECT * FROM forged_{table} WHERE {found}"


def _lay_beside(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> None:
    """Keep rows nobody ought to have written where the product's role can copy them from."""
    beside = f"forged_{table.name}"
    connection.exec_driver_sql(f"CREATE TEMP TABLE {beside} (LIKE {table.name}) ON COMMIT DROP")
    connection.exec_driver_sql(f"GRANT SELECT ON {beside} TO {PRODUCT}")
    temporary = sa.Table(beside, sa.MetaData(), *(sa.Column(one.name, one.type) for one in table.c))
    connection.execute(sa.insert(temporary), rows, execution_options=PUT)


class _Asked:
    """One table as somebody asks for it in SQL of their own."""

    def __init__(
        self, connection: sa.Connection, table: sa.Table, actor: Actor | None, count: Count
    ) -> None:
        self.connection, self.table, self.actor, self.count = connection, table, actor, count
        self.keys = tuple(column.name for column in table.primary_key.columns)

    def compare(self, what: str, rows: list[Row]) -> None:
        """Compare the rows a statement reaches with those the coarse model allows."""
        ought = {tuple(row[key] for key in self.keys) for row in rows if self._allows(what, row)}
        statement = STATEMENTS[what].format(
            table=self.table.name, key=self.keys[0], keys=", ".join(self.keys)
        )
        found = {tuple(row) for row in self._tried(statement) or ()}
        self.count.decisions += len(rows)
        if found != ought:
            self.count.differ(f"{self.table.name} {what} by {self._who}", len(found ^ ought))

    def insert(self, row: Row) -> None:
        """Compare whether a row nobody ought to have written is taken."""
        name = self.table.name
        found = " AND ".join(f"{key} = %s" for key in self.keys)
        statement = COPIED.format(table=name, found=found)
        taken = self._tried(statement, *(row[key] for key in self.keys)) is not None
        self.count.judge(taken, self._allows("added", row), f"{name} added by {self._who}")

    def _tried(self, statement: str, *values: object) -> list[Any] | None:
        """Return what a statement gives, undone at once; None where it is refused."""
        self.connection.exec_driver_sql("SAVEPOINT tried")
        try:
            answer = self.connection.exec_driver_sql(statement, values or None)
            return list(answer.all()) if answer.returns_rows else []
        except ProgrammingError:
            return None
        except IntegrityError:
            # policies are asked before what has to be unique
            return []
        finally:
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT tried")

    def _allows(self, what: str, row: Row) -> bool:
        """Whether the coarse rule lets the asker do `what` with a row."""
        name = self.table.name
        if name in OPEN or (what == "added" and name in BY_NOBODY):
            return what in ("read", "added") or name not in ONLY_ADDED
        if what == "read" and name in PUBLIC:
            return True
        if name in ONLY_ADDED and what in ("changed", "deleted"):
            return False
        return _is_own(self.table, row, self.actor)

    @property
    def _who(self) -> str:
        return "nobody" if self.actor is None else str(sorted(self.actor.roles))


def _is_own(table: sa.Table, row: Row, actor: Actor | None) -> bool:
    """Whether a row is the asker's: of the own agency and station, or published to or by it."""
    if "agency_id" in row and row["agency_id"] is None:
        return True
    if actor is None:
        return False
    if "giver_agency_id" in row:
        return any(_is_side(row, side, actor) for side in ("giver", "recipient"))
    if "agency_id" in row:
        narrower = "station_id" in row and not table.c.station_id.nullable
        everywhere = _is_of_the_agency(actor) or not narrower
        own = everywhere or row["station_id"] == actor.station_id
        return bool(own and row["agency_id"] == actor.agency_id)
    return "account_id" in row and bool(row["account_id"] == actor.account_id)


def _is_side(row: Row, side: str, actor: Actor) -> bool:
    if _is_of_the_agency(actor) and row[f"{side}_agency_id"] == actor.agency_id:
        return True
    return bool(row[f"{side}_station_id"] == actor.station_id)


def _is_of_the_agency(actor: Actor) -> bool:
    """Whether somebody's work is the whole agency's: at headquarters, or by their role."""
    beyond = {"hq_viewer", "system_administrator", "auditor"}
    return actor.station_id is None or bool(beyond & {str(role) for role in actor.roles})
