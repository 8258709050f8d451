"""What a long document costs whoever opens a page meanwhile: the same page alone and beside it.

python -m tests.bench.beside DATABASE_URL PORT    serves the product in one process, with a job more
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import sqlalchemy as sa
import uvicorn
from sqlmodel import col

from crm.access.models import Account
from crm.access.passwords import hash_password
from crm.access.queries import actor_of_account
from crm.app import create_app
from crm.jobs.models import Job, JobState
from crm.jobs.pace import Pace
from crm.jobs.service import Made, Work, enqueue, job
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.kernel.migrate import migrate
from crm.kernel.settings import Settings
from crm.rosters.files import write_file
from crm.rosters.models import RosterFormat
from crm.samples.loader import load_sample
from tests.bench.client import ask_in_turn, get
from tests.bench.files import draft
from tests.bench.pages import CHIEF, PASSWORD, Browser, Spread
from tests.bench.process import Server, free_port

ROSTER = "bench.roster"
PAGE = "/people"
PAUSE_S = 0.02
"""Between two pages: somebody reads."""
LEAST = 40
DOCUMENTS = ((RosterFormat.PDF, 1_000), (RosterFormat.PDF, 10_000), (RosterFormat.XLSX, 10_000))


@dataclass(frozen=True, slots=True)
class Beside:
    """A list of 50 asked for over and over, alone and while a document is made by the same server.

    Times are in milliseconds, a ratio is that beside the document to that alone. `worker_mb` is
    the memory of the process that answers, without what it started: alone and at most beside.
    """

    document: str
    rows: int
    alone_ms: Spread
    beside_ms: Spread
    ratio: float
    worker_alone_mb: float
    worker_beside_mb: float


@job(ROSTER, timeout_s=150)
def make_roster(work: Work) -> None:
    """Make a roster of people who do not exist, as a roster's own job does."""
    content = write_file(draft(work.args["rows"], RosterFormat(work.args["form"])))
    with work.finishing(Made("file", "application/octet-stream", content)):
        pass


def measure() -> list[Beside]:
    """Ask for the page alone, then beside each document in turn."""
    with _station() as (database, settings), _served(settings) as server:
        host = f"127.0.0.1:{server.port}"
        with httpx.Client(
            base_url=f"http://{host}", headers={"Origin": f"http://{host}"}
        ) as client:
            call = get(PAGE, host, Browser.signed_in(client, CHIEF).cookie)
        return [
            _beside(server, database, form, rows, lambda: _ms(server, call))
            for form, rows in DOCUMENTS
        ]


def _ms(server: Server, call: object) -> float:
    time.sleep(PAUSE_S)
    return ask_in_turn(server.port, [call])[0] * 1000  # type: ignore[list-item]  # a call of ours


def _beside(
    server: Server, database: Database, form: RosterFormat, rows: int, ask: Callable[[], float]
) -> Beside:
    alone = [ask() for _ in range(LEAST)][LEAST // 4 :]
    before = server.own_mb
    job_id = _asked(database, form, rows)
    beside, most = [], before
    while not _is_over(database, job_id):
        beside.append(ask())
        most = max(most, server.own_mb)
    without, with_it = Spread.of(alone), Spread.of(beside)
    return Beside(
        f"roster {form.value.upper()}",
        rows,
        without,
        with_it,
        with_it.median / without.median,
        before,
        most,
    )


def _asked(database: Database, form: RosterFormat, rows: int) -> UUID:
    now = utc_now()
    with database.system("benchmark") as connection:
        key = connection.scalar(sa.select(col(Account.id)).where(col(Account.login) == CHIEF))
    with database.reading(None) as db:
        actor = actor_of_account(db, UUID(str(key)), local_day(now))
    if actor is None:
        raise RuntimeError(f"nobody is {CHIEF}")
    with database.writing(actor) as db:
        args = {"form": form.value, "rows": rows}
        return enqueue(db, actor, ROSTER, args, title="roster", now=now).id


def _is_over(database: Database, job_id: UUID) -> bool:
    with database.system("benchmark") as connection:
        state = connection.scalar(sa.select(col(Job.state)).where(col(Job.id) == job_id))
    if state is JobState.FAILED:
        raise RuntimeError("the document could not be made")
    return state is JobState.DONE


@contextmanager
def _station() -> Iterator[tuple[Database, Settings]]:
    """A small sample in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'beside.db'}"
        settings = Settings(database_url=url, demo=True, second_factor="offered")
        database = Database(settings)
        migrate(database)
        hashed = hash_password(PASSWORD)
        load_sample(database, "small", seed=3, today=local_day(utc_now()), password_hash=hashed)
        database.gather_statistics()
        yield database, settings
        database.close()


@contextmanager
def _served(settings: Settings) -> Iterator[Server]:
    port = free_port()
    server = Server(["-m", "tests.bench.beside", settings.database_url, str(port)], {}, port)
    try:
        yield server
    finally:
        server.stop()


def _serve(url: str, port: str) -> None:
    settings = Settings(database_url=url, port=int(port), demo=True, second_factor="offered")
    uvicorn.run(create_app(settings, pace=Pace(poll_s=0.1)), port=settings.port, log_level="error")


if __name__ == "__main__":
    _serve(*sys.argv[1:])
