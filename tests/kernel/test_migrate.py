import pytest
import sqlalchemy as sa

from crm.kernel.db import Database
from crm.kernel.migrate import SCRIPTS, differences, is_current, migrate, step_back

pytestmark = pytest.mark.as_owner

APPEND_ONLY = (
    "audit_entry",
    "consent_record",
    "consent_grant",
    "approach",
    "acceptance_record",
    "note_correction",
    "request_step",
    "candidate_step",
    "asking_rule",
    "published_progress",
    "roster_issue",
    "disclosure",
    "disclosure_end",
    "provision_record",
    "export",
    "export_subject",
    "export_file",
    "export_fetch",
    "person_opening",
    "opening_review",
    "leak_case",
    "reading_check",
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


def test_no_migration_rebuilds_a_table_others_refer_to() -> None:
    rebuilding = [
        path.name
        for path in (SCRIPTS / "versions").glob("*.py")
        if "batch_alter_table" in path.read_text(encoding="utf-8")
    ]
    assert rebuilding == []


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_records_cannot_be_rewritten_by_any_program(
    database: Database, table: str, change: str
) -> None:
    with database.system("a test") as connection:
        if database.engine.dialect.name == "sqlite":
            # its triggers speak per row, so there must be one
            put_a_row(connection, table)
        with pytest.raises(sa.exc.DBAPIError, match="only added"):
            connection.exec_driver_sql(change.format(table))
        connection.rollback()


def put_a_row(connection: sa.Connection, table: str) -> None:
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    for pragma in ("ignore_check_constraints", "defer_foreign_keys"):
        connection.exec_driver_sql(f"PRAGMA {pragma}=ON")
    values = ", ".join("'{}'" if name == "detail" else "'1'" for name in columns)
    connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})")
