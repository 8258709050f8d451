"""What several migrations do: a column's choices, new or stated anew, and rows only added.

No migration rebuilds a table (`batch_alter_table`): with rows in it, whatever refers to it would
refuse, and its triggers would be lost.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op


def restate_choices(table: str, column: str, kind: str, old: list[str], new: list[str]) -> None:
    """Let `column` hold the values of `new` instead of `old`; `kind` is the enum's name, small."""
    name = f"ck_{table}_{kind}"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, sa.column(column).in_(new))
        return
    _respell(table, _said(column, old), _said(column, new))


def allow_none(table: str, key: str) -> None:
    """Let the key in a column be missing from now on."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, key, nullable=True)
    else:
        _respell(table, f"\t{key} BLOB NOT NULL", f"\t{key} BLOB")


def require_value(table: str, key: str) -> None:
    """Let the key in a column be missing no longer; no row may be left without one."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, key, nullable=False)
    else:
        _respell(table, f"\t{key} BLOB", f"\t{key} BLOB NOT NULL")


def only_add(*tables: str) -> None:
    """Refuse to every program that rows of `tables` are changed or deleted (see 0002)."""
    for table in tables:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE "
                    f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                )
            )
            continue
        for change in ("UPDATE", "DELETE"):
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} rows are only added'); END"
                )
            )


def only_add_but_in_a_disposal(*tables: str) -> None:
    """Refuse it as `only_add` does, but while a disposal two people agreed on is running (0016)."""
    for table in tables:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE "
                    f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_but_disposal()"
                )
            )
            continue
        for change in ("UPDATE", "DELETE"):
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    f"WHEN NOT {DISPOSING} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} rows are only added'); END"
                )
            )


def drop_only_added(*tables: str) -> None:
    """Take down what refuses that rows of `tables` are changed or deleted."""
    for table in tables:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(sa.text(f"DROP TRIGGER {table}_only_added ON {table}"))
            continue
        for change in ("update", "delete"):
            op.execute(sa.text(f"DROP TRIGGER {table}_no_{change}"))


def drop_columns(table: str, *columns: str) -> None:
    """Drop plain columns without rebuilding the table, which would lose its triggers on SQLite."""
    for column in columns:
        op.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {column}"))


def add_key(table: str, column: str, target: str) -> None:
    """Add a key that may be missing and refers to a row of `target`.

    Said in SQL: what SQLite adds with a reference must be said with the column.
    """
    kind = "uuid" if op.get_bind().dialect.name == "postgresql" else "BLOB"
    name = f"fk_{table}_{column}"
    op.execute(
        sa.text(
            f"ALTER TABLE {table} ADD COLUMN {column} {kind}"
            f" CONSTRAINT {name} REFERENCES {target} (id)"
        )
    )


def add_choice(table: str, column: str, kind: str, values: list[str], default: str) -> None:
    """Add a column that holds one of `values`; the table is not rebuilt, for others refer to it.

    The check is the column's own, so that dropping the column drops it too.
    """
    name = f"ck_{table}_{kind}"
    op.execute(
        sa.text(
            f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(40) DEFAULT '{default}' NOT NULL "
            f"CONSTRAINT {name} {_said(column, values)}"
        )
    )


def _respell(table: str, old: str, new: str) -> None:
    """Change what SQLite knows of a table where nothing on disk changes.

    It keeps a table's CHECKs and its NOT NULLs in the table's own text, which its documentation
    lets one replace ("Making Other Kinds Of Table Schema Changes"): indexes, triggers and whatever
    refers to the table stay, where a rebuilt table would lose them.
    """
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?"
        " AND instr(sql, ?) > 0",
        (old, new, table, old),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
    if changed.rowcount != 1:
        raise RuntimeError(f"{table} does not say {old!r}")


def fence(table: str, *, public: bool = False, open_to_all: bool = False) -> None:
    """Let PostgreSQL itself narrow `table` to who asks, as its columns say (crm/kernel/fence.py).

    A `public` table is read by everybody and written by the system; one that is `open_to_all` is
    read and added to by whoever said who they are. Without an owner's column, and neither of the
    two, a table is the system's alone.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    columns = {column["name"]: column for column in sa.inspect(op.get_bind()).get_columns(table)}
    own = _SAID if open_to_all else _owned(columns)
    seen = "true" if public else own
    added = f"{_SAID} AND {'true' if table in ADDED_BY_NOBODY else own}"
    for statement in (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY seen ON {table} FOR SELECT USING ({_SYSTEM} OR ({seen}))",
        f"CREATE POLICY added ON {table} FOR INSERT WITH CHECK ({_SYSTEM} OR ({added}))",
        f"CREATE POLICY changed ON {table} FOR UPDATE USING ({_SYSTEM} OR ({own}))",
        f"CREATE POLICY removed ON {table} FOR DELETE USING ({_SYSTEM} OR ({own}))",
    ):
        op.execute(sa.text(statement))


def unfence(table: str) -> None:
    """Take down what `fence` put up."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for name in ("seen", "added", "changed", "removed"):
        op.execute(sa.text(f"DROP POLICY {name} ON {table}"))
    op.execute(sa.text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
    op.execute(sa.text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))


DISPOSING = "EXISTS (SELECT 1 FROM disposal WHERE state = 'running')"

ADDED_BY_NOBODY = {"audit_entry", "known_device", "sign_in_session"}
"""What a sign-in adds before anybody is known."""

# a subquery is worked out once for a statement, a function in a policy once for each row
_REACH = "(SELECT current_setting('crm.reach', true))"
_SYSTEM = f"{_REACH} = 'system'"
_SAID = f"{_REACH} <> ''"


def _owned(columns: Mapping[str, Any]) -> str:
    """Return the condition that a row is the asker's own, by the columns that say whose it is."""
    if "giver_agency_id" in columns:
        sides = (
            f"({side}_station_id = {_key('station')}"
            f" OR ({_REACH} = 'agency' AND {side}_agency_id = {_key('agency')}))"
            for side in ("giver", "recipient")
        )
        return " OR ".join(sides)
    if "agency_id" in columns:
        agency = f"agency_id = {_key('agency')}"
        if columns["agency_id"]["nullable"]:
            agency = f"({agency} OR agency_id IS NULL)"
        if "station_id" not in columns or columns["station_id"]["nullable"]:
            return agency
        return f"{agency} AND ({_REACH} = 'agency' OR station_id = {_key('station')})"
    if "account_id" in columns:
        return f"account_id = {_key('account')}"
    return "false"


def _key(name: str) -> str:
    return f"(SELECT nullif(current_setting('crm.{name}', true), '')::uuid)"


def _said(column: str, values: list[str]) -> str:
    said = ", ".join(f"'{value}'" for value in values)
    return f"CHECK ({column} IN ({said}))"
