"""A town taken in through the commands an operator types, and Chromium to walk in it."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Browser
from shapely import Point

from crm.cli import main
from crm.kernel.db import Database
from tests.imports.cities import (
    EAST,
    FACILITY_HEADER,
    SAFE_HOUSE_HEADER,
    SCHOOL,
    WEST,
    csv_bytes,
    geojson,
)
from tests.support.chromium import chromium as start_chromium
from tests.support.chromium import served
from tests.support.open_data import REAL

PASSWORD = "hashi-no-shita-de-matsu"


class Place(NamedTuple):
    """What a journey needs to know of the town it walks in."""

    files: Path
    station: str
    koban: str
    association: str


MADE_UP = ("浜署", "浜交番", "西自治会")
YAIZU = ("焼津警察署", "大富交番", "大富第19自治会")


class Town(NamedTuple):
    """A served product holding a town, with an officer, a chief and somebody at headquarters."""

    database: Database
    address: str
    place: Place


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The real town where its open data are at hand, else a made-up one in the same files."""
    if REAL is not None:
        return Place(REAL / "yaizu", *YAIZU)
    folder = tmp_path_factory.mktemp("town")
    (folder / "区域.geojson").write_bytes(
        geojson([({"name": "西自治会"}, WEST), ({"name": "東自治会"}, EAST)])
    )
    (folder / "小学校区.geojson").write_bytes(geojson([({"name": "港小学校"}, WEST)]))
    (folder / "学校.csv").write_bytes(csv_bytes(FACILITY_HEADER, SCHOOL))
    (folder / "守る家.csv").write_bytes(csv_bytes(SAFE_HOUSE_HEADER, "1,港,138.005,34.005"))
    (folder / "警察署.geojson").write_bytes(
        geojson(
            [
                ({"種別": kind, "名称": name, "住所": ""}, Point(138.005, 34.005))
                for kind, name in (("警察署", "浜署"), ("交番", "浜交番"))
            ]
        )
    )
    return Place(folder, *MADE_UP)


@pytest.fixture
def town(database: Database, place: Place, tmp_path: Path) -> Iterator[Town]:
    """Found an agency, take the town in, staff it, and serve the product."""
    url = database.engine.url.render_as_string(hide_password=False)
    settle(url, place, tmp_path)
    with served(database) as address:
        yield Town(database, address, place)


def settle(url: str, place: Place, tmp_path: Path) -> None:
    """Do what an operator does on the first day, command by command."""
    draft = tmp_path / "所管区案.csv"
    crm(url, "create-admin", "--agency", "架空県警察", "--login", "admin", "--name", "管 理")
    crm(url, "import", place.files, "--as", "admin")
    crm(url, "import", "--as", "admin", "--propose-jurisdictions", draft)
    crm(url, "import", draft, "--as", "admin")
    staff = (
        ("chief", "中村 誠", f"{place.station}/地域課", "section_chief"),
        ("officer", "佐藤 彩", f"{place.station}/{place.koban}", "officer"),
        ("hq", "本田 由紀", "警察本部", "hq_viewer"),
    )
    for login, name, unit, role in staff:
        crm(
            url,
            "create-account",
            "--as",
            "admin",
            "--login",
            login,
            "--name",
            name,
            "--unit",
            unit,
            "--role",
            role,
            "--own-password",
        )
    crm(url, "import", place.files, "--as", "chief")


def crm(url: str, command: str, *arguments: object) -> Result:
    """Run a `crm` command on the database; it must succeed."""
    secret = ["--password-stdin"] if command.startswith("create-") else []
    result = CliRunner(env={"CRM_DATABASE_URL": url}).invoke(
        main, [command, *map(str, arguments), *secret], input=f"{PASSWORD}\n"
    )
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def today() -> dt.date:
    return dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=9))).date()
