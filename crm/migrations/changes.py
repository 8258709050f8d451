"""What several migrations do: a column's choices, new or stated anew, and rows only added.

No migration rebuilds a table (`batch_alter_table`): with rows in it, whatever refers to it would
refuse, and its triggers would be lost.
"""

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


def drop_columns(table: str, *columns: str) -> None:
    """Drop plain columns without rebuilding the table, which would lose its triggers on SQLite."""
    for column in columns:
        op.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {column}"))


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


def _said(column: str, values: list[str]) -> str:
    said = ", ".join(f"'{value}'" for value in values)
    return f"CHECK ({column} IN ({said}))"
