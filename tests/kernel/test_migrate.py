import pytest
import sqlalchemy as sa

from crm.kernel.db import Database
from crm.kernel.migrate import differences, is_current, migrate, step_back

APPEND_ONLY = (
    "audit_entry",
    "consent_record",
    "consent_grant",
    "approach",
    "acceptance_record",
    "note_correction",
    "note_reply",
    "roster_issue",
)


def test_migrations_make_what_the_models_say(database: Database) -> None:
    assert differences(database) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    assert is_current(database)


def test_every_migration_can_be_undone_and_done_again(database: Database) -> None:
    step_back(database, "base")
    assert not is_current(database)
    migrate(database)
    assert (is_current(database), differences(database)) == (True, [])


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_records_cannot_be_rewritten_by_any_program(
    database: Database, table: str, change: str
) -> None:
    with database.system("a test") as connection:
        names = sa.inspect(connection).get_columns(table)
        assert names
    if database.engine.dialect.name == "sqlite":
        # SQLite's trigger speaks per row, so there must be one
        with database.system("a test") as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            columns = ", ".join(column["name"] for column in names)
            values = ", ".join(_value(column) for column in names)
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            with pytest.raises(sa.exc.IntegrityError, match="only added"):
                connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({values})")
                connection.exec_driver_sql(change.format(table))
            connection.rollback()
        return
    with pytest.raises(sa.exc.DBAPIError, match="only added"), database.system("a test") as pg:
        pg.exec_driver_sql(change.format(table))


def _value(column: dict[str, object]) -> str:
    if column["name"] == "detail":
        return "'{}'"
    return "'1'"
