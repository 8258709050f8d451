"""Databases for every test: SQLite and PostgreSQL, migrated once and copied for each test."""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from crm import features
from crm.kernel.db import Database
from crm.kernel.i18n import use_locale
from crm.kernel.migrate import migrate
from crm.kernel.settings import Settings
from tests.support.pages import Browser, open_browser
from tests.support.postgres import cluster
from tests.support.world import World, build_world

features.require_rules()


@pytest.fixture(autouse=True)
def _japanese() -> None:
    use_locale("ja")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The server's URL with {} in place of the database name."""
    if given := os.environ.get("CRM_TEST_DATABASE_URL"):
        yield (
            make_url(given)
            .set(database="{}")
            .render_as_string(hide_password=False)
            .replace("%7B%7D", "{}")
        )
        return
    with cluster() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    name = f"crm_template_{secrets.token_hex(4)}"
    _admin(postgres_url, f'CREATE DATABASE "{name}"')
    database = Database(Settings(database_url=postgres_url.format(name)))
    migrate(database)
    database.close()
    yield name
    _admin(postgres_url, f'DROP DATABASE "{name}"')


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh migrated database, once of each kind."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "crm.db"
        shutil.copy(template, path)
        opened = Database(Settings(database_url=f"sqlite:///{path}"))
        yield opened
        opened.close()
        return
    url: str = request.getfixturevalue("postgres_url")
    source: str = request.getfixturevalue("postgres_template")
    name = f"crm_{secrets.token_hex(6)}"
    _admin(url, f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    opened = Database(Settings(database_url=url.format(name)))
    yield opened
    opened.close()
    _admin(url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def world(database: Database) -> World:
    """Two stations, their units, areas and staff, and nothing else."""
    return build_world(database)


@pytest.fixture
def browser(world: World) -> Iterator[Browser]:
    """A plain browser on the product over the world's database, not signed in."""
    with open_browser(world.database) as opened:
        yield opened


def _admin(url: str, statement: str) -> None:
    where = make_url(url.format("postgres")).set(drivername="postgresql")
    with psycopg.connect(
        where.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(statement)
