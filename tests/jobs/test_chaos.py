"""The runner, the worker and Redis are killed in the middle; there is exactly one result."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from litestar.testing import TestClient

from crm.app import create_app
from crm.jobs.models import JobState
from crm.kernel.settings import Settings
from tests.jobs.conftest import Redis
from tests.support.jobs_acts import (
    ask,
    eventually,
    free_port,
    kill,
    process,
    results_of,
    row_of,
    url_of,
    wait_for,
)
from tests.support.jobs_sample import PACE
from tests.support.world import World

LONG = 30
"""Steps of a job that is surely under way when it is killed (1.5 s)."""
ONCE = (1, 1)
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""Where workers are at home; their statements are the embedded runner's."""
DEAF_S = "300"
"""A worker that looks by itself so seldom that only the bell can have woken it."""


@contextmanager
def asking(world: World, redis_server: Redis) -> Iterator[None]:
    """Be the web server: what is committed here is told to Redis."""
    settings = Settings(redis_url=redis_server.url)
    with TestClient(create_app(settings, world.database, pace=PACE)):
        yield


def is_under_way(world: World, job_id: object) -> bool:
    return row_of(world, job_id).done > 0  # type: ignore[arg-type]


def test_server_killed_in_the_middle_leaves_one_result(world: World) -> None:
    job_id = ask(world, steps=LONG)
    with process("serve", url_of(world.database), str(free_port())) as first:
        eventually(lambda: is_under_way(world, job_id))
        kill(first)
    assert results_of(world) == (0, 0)

    with process("serve", url_of(world.database), str(free_port())):
        wait_for(world, job_id, JobState.DONE)

    assert results_of(world) == ONCE
    assert row_of(world, job_id).attempts == 2


@on_postgresql
def test_worker_killed_in_the_middle_leaves_one_result(world: World, redis_server: Redis) -> None:
    address = url_of(world.database)
    with asking(world, redis_server), process("worker", address, redis_server.url, "0.1") as first:
        job_id = ask(world, steps=LONG)
        eventually(lambda: is_under_way(world, job_id))
        with process("worker", address, redis_server.url, "0.1"):
            kill(first)
            killed_at = time.monotonic()
            eventually(lambda: row_of(world, job_id).attempts == 2)
            taken_over_s = time.monotonic() - killed_at
            wait_for(world, job_id, JobState.DONE)

    assert results_of(world) == ONCE
    # the lease (1 s) at most, and a look; generous, for the machine may be busy
    assert taken_over_s < 30


@on_postgresql
def test_worker_wakes_by_the_bell(world: World, redis_server: Redis) -> None:
    worker = process("worker", url_of(world.database), redis_server.url, DEAF_S)
    with asking(world, redis_server), worker:
        first = ask(world)
        wait_for(world, first, JobState.DONE)
        second = ask(world)
        wait_for(world, second, JobState.DONE)

    assert results_of(world) == (2, 2)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_message_is_the_job_s_id_and_nothing_else(world: World, redis_server: Redis) -> None:
    with asking(world, redis_server):
        job_id = ask(world)
        eventually(lambda: len(redis_server.said()) == 1)

    key, message = next(iter(redis_server.said().items()))
    assert key == f"arq:job:{job_id}"
    told = json.loads(message)
    del told["et"]  # when it was told
    assert told == {"t": None, "f": "job_asked", "a": [str(job_id)], "k": {}}


@on_postgresql
@pytest.mark.parametrize("when", ["before asking", "after asking", "while it runs"])
def test_redis_killed_leaves_one_result(world: World, redis_server: Redis, when: str) -> None:
    if when == "before asking":
        redis_server.kill()
    with asking(world, redis_server):
        job_id = ask(world, steps=LONG)
        if when == "after asking":
            redis_server.kill()
        with process("worker", url_of(world.database), redis_server.url, "0.1"):
            if when == "while it runs":
                eventually(lambda: is_under_way(world, job_id))
                redis_server.kill()
            wait_for(world, job_id, JobState.DONE)

    assert results_of(world) == ONCE
    assert row_of(world, job_id).attempts == 1


@on_postgresql
def test_worker_hears_a_redis_that_came_back(world: World, redis_server: Redis) -> None:
    worker = process("worker", url_of(world.database), redis_server.url, DEAF_S)
    with asking(world, redis_server), worker:
        wait_for(world, ask(world), JobState.DONE)
        redis_server.kill()
        unheard = ask(world)
        redis_server.start()
        # the next bell wakes the worker for both
        eventually(lambda: _asked_and_done(world), within_s=60)
        wait_for(world, unheard, JobState.DONE)


def _asked_and_done(world: World) -> bool:
    job_id = ask(world)
    time.sleep(0.5)
    return row_of(world, job_id).state is JobState.DONE


@on_postgresql
def test_two_workers_share_many_jobs_without_doing_one_twice(
    world: World, redis_server: Redis
) -> None:
    address = url_of(world.database)
    jobs = [ask(world) for _ in range(30)]
    with (
        process("worker", address, redis_server.url, "0.1"),
        process("worker", address, redis_server.url, "0.1"),
    ):
        for job_id in jobs:
            wait_for(world, job_id, JobState.DONE)

    assert results_of(world) == (30, 30)
    assert {row_of(world, job_id).attempts for job_id in jobs} == {1}
