"""Asking for the sample's jobs, looking at their rows, and killing who carries them out."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.jobs.models import Job, JobFile, JobState
from crm.jobs.runner import Pace, Runner
from crm.jobs.service import enqueue
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import utc_now
from crm.kernel.db import Database
from tests.support.jobs_sample import EFFECT, PACE
from tests.support.world import World

ROOT = Path(__file__).parents[2]


def ask(world: World, who: str = "officer", name: str = "sample.slow", **args: Any) -> UUID:
    """Ask for a job as one of the world's actors; the bell rings as in a request."""
    with world.writing(who) as db:
        given = args or {"steps": 1}
        asked = enqueue(db, world.actors[who], name, given, title="見本", now=utc_now())
        return asked.id


def row_of(world: World, job_id: UUID) -> Job:
    """Return a job as it stands."""
    statement = select(Job).where(Job.id == job_id).execution_options(system="a test")
    with world.database.reading(None) as db:
        row = db.exec(statement).one()
        db.expunge(row)
        return row


def results_of(world: World) -> tuple[int, int]:
    """Return how many effects and how many files there are."""
    effects = select(sa.func.count(col(AuditEntry.id))).where(AuditEntry.action == EFFECT)
    files = select(sa.func.count(col(JobFile.id)))
    with world.database.reading(None) as db:
        return (
            db.exec(effects.execution_options(system="a test")).one(),
            db.exec(files.execution_options(system="a test")).one(),
        )


def eventually(condition: Callable[[], bool], *, within_s: float = 60) -> None:
    """Wait until something is so."""
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "it never came about"
        time.sleep(0.02)


def wait_for(world: World, job_id: UUID, state: JobState) -> None:
    """Wait until a job is in a state."""
    eventually(lambda: row_of(world, job_id).state is state)


def runner_of(database: Database, pace: Pace = PACE) -> Runner:
    """Return a runner in the tests' own process."""
    return Runner(database, pace)


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the sample as a process of its own, and see that it ends."""
    command = [sys.executable, "-m", "tests.support.jobs_sample", *arguments]
    running = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own module
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def kill(running: subprocess.Popen[bytes]) -> None:
    """Take a process's life without a word of warning (kill -9)."""
    os.kill(running.pid, signal.SIGKILL)
    running.wait()


def url_of(database: Database) -> str:
    """Return the address another process opens a database under."""
    return database.engine.url.render_as_string(hide_password=False)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
