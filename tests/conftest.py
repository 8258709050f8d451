"""Databases for every test: SQLite and PostgreSQL, migrated once and copied for each test."""

import copy
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from sqlalchemy.engine import make_url

from crm import features
from crm.kernel.db import Database
from crm.kernel.i18n import use_locale
from crm.kernel.migrate import migrate
from crm.kernel.settings import Settings
from tests.support.folders import in_memory
from tests.support.pages import Browser, open_browser
from tests.support.postgres import PRODUCT_ROLE, as_product, cluster
from tests.support.world import World, build_world

features.require_rules()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what one worker has to do in a row: it would end long after the other."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


class Inhabited(NamedTuple):
    """A database to copy: its path or name, and the world that was built in it."""

    name: str
    world: World


@pytest.fixture(autouse=True)
def _japanese() -> None:
    use_locale("ja")


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder for databases."""
    made = Path(tempfile.mkdtemp(prefix="crm-tests-", dir=in_memory()))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(folder: Path) -> Path:
    """An empty, migrated database."""
    path = folder / "template.db"
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    migrate(database)
    _close_whole(database)
    return path


@pytest.fixture(scope="session")
def sqlite_world(folder: Path, sqlite_template: Path) -> Inhabited:
    """The same with the tests' world in it."""
    path = folder / "world.db"
    shutil.copy(sqlite_template, path)
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    world = build_world(database)
    _close_whole(database)
    return Inhabited(str(path), world)


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
    """The name of an empty, migrated database."""
    name = f"crm_template_{secrets.token_hex(4)}"
    _admin(postgres_url, f'CREATE DATABASE "{name}"')
    database = Database(Settings(database_url=postgres_url.format(name)))
    migrate(database)
    database.close()
    _admin(postgres_url, PRODUCT_ROLE)
    yield name
    _admin(postgres_url, f'DROP DATABASE "{name}"')


@pytest.fixture(scope="session")
def postgres_world(postgres_url: str, postgres_template: str) -> Iterator[Inhabited]:
    """The same with the tests' world in it."""
    name = f"{postgres_template}_world"
    _copy(postgres_url, postgres_template, name)
    database = Database(Settings(database_url=postgres_url.format(name)))
    world = build_world(database)
    database.close()
    yield Inhabited(name, world)
    _admin(postgres_url, f'DROP DATABASE "{name}"')


@pytest.fixture(scope="session")
def sqlite_engine(folder: Path) -> Iterator[Database]:
    """The one file a process opens, filled anew for each test.

    Its engine keeps the statements it has compiled: compiling them for each test took longer than
    carrying them out.
    """
    opened = Database(Settings(database_url=f"sqlite:///{folder / 'crm.db'}"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_engines(postgres_url: str) -> Iterator[dict[str, Database]]:
    """The one database a process opens on the server, likewise: as its owner and as the product."""
    name = f"crm_{secrets.token_hex(6)}"
    opened = {
        role: Database(Settings(database_url=url.format(name)))
        for role, url in {"owner": postgres_url, "product": as_product(postgres_url)}.items()
    }
    yield opened
    for each in opened.values():
        each.close()
    _admin(postgres_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh migrated database, once of each kind; with the world in it where a test asks for it.

    Copying a database with the world takes a third of the time of building the world in each.
    """
    inhabited = "world" in request.fixturenames
    if request.param == "sqlite":
        opened = copy.copy(request.getfixturevalue("sqlite_engine"))
        path = opened.settings.sqlite_path
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()
        template = request.getfixturevalue("sqlite_world" if inhabited else "sqlite_template")
        shutil.copy(template.name if inhabited else template, path)
    else:
        owner = request.node.get_closest_marker("as_owner")
        engines = request.getfixturevalue("postgres_engines")
        opened = copy.copy(engines["owner" if owner else "product"])
        template = request.getfixturevalue("postgres_world" if inhabited else "postgres_template")
        url: str = request.getfixturevalue("postgres_url")
        name = opened.engine.url.database
        _admin(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _copy(url, template.name if inhabited else template, name)
    yield opened
    opened.close()


@pytest.fixture
def world(request: pytest.FixtureRequest, database: Database) -> World:
    """Two stations, their units, areas and staff, and nothing else."""
    kind = "sqlite" if database.engine.dialect.name == "sqlite" else "postgres"
    template: Inhabited = request.getfixturevalue(f"{kind}_world")
    return template.world.on(database)


@pytest.fixture
def browser(world: World) -> Iterator[Browser]:
    """A plain browser on the product over the world's database, not signed in."""
    with open_browser(world.database) as opened:
        yield opened


def _close_whole(database: Database) -> None:
    """Close a database of one file so that copying the file copies everything."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _copy(url: str, source: str, name: str) -> None:
    # by the files: half the time of writing a small database into the log first
    _admin(url, f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')


def _admin(url: str, statement: str) -> None:
    where = make_url(url.format("postgres")).set(drivername="postgresql")
    with psycopg.connect(
        where.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(statement)
