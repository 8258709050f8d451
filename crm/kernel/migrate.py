"""Bring a database to the product's own shape, and say whether it has it."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from crm.kernel.db import Database

SCRIPTS = Path(__file__).parent.parent / "migrations"


def migrate(database: Database, revision: str = "head") -> None:
    """Apply every migration up to `revision`; done already, it does nothing."""
    with database.system("migrations") as connection:
        command.upgrade(_config(connection), revision)


def step_back(database: Database, revision: str) -> None:
    """Undo migrations down to `revision`."""
    with database.system("migrations") as connection:
        command.downgrade(_config(connection), revision)


def is_current(database: Database) -> bool:
    """Whether the database has every migration this release knows."""
    with database.system("migrations") as connection:
        here = MigrationContext.configure(connection).get_current_revision()
        return here == ScriptDirectory.from_config(_config(connection)).get_current_head()


def differences(database: Database) -> list[object]:
    """Return how the database differs from the models; empty when migrations tell the truth."""
    with database.system("migrations") as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))


def write_revision(database: Database, number: str, message: str) -> None:
    """Write the migration from the database's shape to the models', to be read by hand."""
    with database.system("migrations") as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=number)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
