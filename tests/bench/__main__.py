"""`python -m tests.bench`: load the sample, measure the product beside its floor, write it down."""

import os
import subprocess
import sys
import time
from pathlib import Path

import click
import psycopg

from crm import features
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.kernel.settings import Settings
from tests.bench import beside, files, files_report, lists, pages, report, trail
from tests.support.postgres import PRODUCT_ROLE, as_product, cluster

ROOT = Path(__file__).parents[2]


DATABASES = ("both", "sqlite", "postgresql")
PARTS = ("pages", "files")


@click.command()
@click.option("--size", default="prefecture", show_default=True, help="the sample to measure on")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(min=1))
@click.option("--database", "wanted", type=click.Choice(DATABASES), default="both")
@click.option("--only", type=click.Choice(PARTS), help="measure this part alone")
@click.option("--state", type=Path, default=ROOT / "var" / "bench", help="keeps the SQLite sample")
@click.option("--out", type=Path, default=ROOT / "docs" / "benchmarks")
def bench(size: str, rounds: int, wanted: str, only: str | None, state: Path, out: Path) -> None:
    """Measure pages on each database, then files."""
    features.require_rules()
    day = str(local_day(utc_now()))
    if only != "files":
        report.write(_pages(size, rounds, wanted, state), out, day=day)
        click.echo((out / "README.md").read_text(encoding="utf-8"))
    if only != "pages":
        files_report.write(files.measure(rounds), beside.measure(), out, day=day)
        click.echo((out / "files.md").read_text(encoding="utf-8"))


def _pages(size: str, rounds: int, wanted: str, state: Path) -> list[report.Installation]:
    state.mkdir(parents=True, exist_ok=True)
    found = []
    if wanted != "postgresql":
        found.append(_installation("SQLite", f"sqlite:///{state}/{size}.db", size, rounds, state))
    if wanted != "sqlite":
        with cluster(durable=True) as url:
            _make_database(url)
            found.append(_installation("PostgreSQL", url.format("bench"), size, rounds, state))
    return found


def _installation(
    name: str, owner: str, size: str, rounds: int, state: Path
) -> report.Installation:
    """Measure one database; on PostgreSQL the product is narrowed by it, and its floor is not."""
    url = owner if owner.startswith("sqlite") else as_product(owner)
    settings = Settings(
        database_url=url,
        owner_url="" if url == owner else owner,
        demo=True,
        second_factor="offered",
    )
    load_s = _load(settings, size)
    database = Database(settings)
    wanted = pages.errands(database)
    recordings = pages.record_all(database, settings, wanted)
    kept = state / "recordings"
    pages.write(recordings, kept)
    click.echo(f"{name}: " + ", ".join(f"{each.name} {each.statements}" for each in recordings))
    with pages.servers(settings, kept) as (product, floor):
        measured = pages.measure(product, floor, wanted, recordings, rounds)
        resident = product.resident_mb / pages.WORKERS
    list_ = lists.measure(name, database, owner, rounds)
    size_mb = _size(settings, database)
    asked = trail.measure(database, rounds)
    database.close()
    start_s = pages.start_seconds(settings)
    return report.Installation(
        name, size, load_s, size_mb, start_s, resident, measured, list_, asked
    )


def _load(settings: Settings, size: str) -> float:
    """Load the sample where it is not yet, and return the seconds that took (kept beside it)."""
    path = settings.sqlite_path
    told = path.with_suffix(".seconds") if path else None
    if told and told.exists():
        return float(told.read_text(encoding="utf-8"))
    environ = {
        **os.environ,
        "CRM_DATABASE_URL": settings.database_url,
        "CRM_OWNER_URL": settings.owner_url,
    }
    crm = [sys.executable, "-c", "from crm.cli import main; main()"]
    subprocess.run([*crm, "migrate"], env=environ, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    if settings.owner_url:
        _ask(settings.owner_url, PRODUCT_ROLE)
    started = time.perf_counter()
    load = ("sample-data", "--size", size, "--password", pages.PASSWORD)
    subprocess.run([*crm, *load], env=environ, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - as above
    seconds = time.perf_counter() - started
    if told:
        told.write_text(f"{seconds}", encoding="utf-8")
    return seconds


def _size(settings: Settings, database: Database) -> float:
    if settings.sqlite_path:
        return settings.sqlite_path.stat().st_size / 1_000_000
    with database.system("benchmark") as connection:
        size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar()
    return float(size or 0) / 1_000_000


def _make_database(url: str) -> None:
    _ask(url.format("postgres"), "CREATE DATABASE bench")


def _ask(url: str, statement: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


if __name__ == "__main__":
    bench()
