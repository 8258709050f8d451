"""One conditional UPDATE decides whose a job is, on both databases."""

import datetime as dt
import threading
from uuid import UUID

from crm.jobs import leases
from crm.jobs.leases import ENDED_WITHOUT_WORD, KEPT, Claim
from crm.jobs.models import JobState
from crm.jobs.queries import DueJob, due_jobs, own_jobs
from crm.jobs.service import FILE_KEPT
from crm.kernel.clock import utc_now
from tests.support.jobs_acts import ask, results_of, row_of, runner_of
from tests.support.world import World

LEASE = dt.timedelta(seconds=10)
LATER = dt.timedelta(seconds=11)


def take(world: World, job_id: UUID, now: dt.datetime, max_attempts: int = 3) -> Claim | None:
    with world.database.writing(None) as db:
        return leases.claim(db, job_id, now=now, lease=LEASE, max_attempts=max_attempts)


def held(claim: Claim | None) -> Claim:
    assert claim is not None
    return claim


def test_claim_takes_a_waiting_job_once(world: World) -> None:
    job_id, now = ask(world), utc_now()

    first, second = take(world, job_id, now), take(world, job_id, now)

    assert held(first).attempts == 1
    assert second is None
    assert row_of(world, job_id).state is JobState.RUNNING


def test_claim_raced_by_many_goes_to_one(world: World) -> None:
    job_ids = [ask(world) for _ in range(10)]
    now = utc_now()
    won: list[UUID] = []

    def race() -> None:
        won.extend(job_id for job_id in job_ids if take(world, job_id, now))

    runners = [threading.Thread(target=race) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()

    assert sorted(won) == sorted(job_ids)


def test_claim_before_its_time_is_refused(world: World) -> None:
    job_id = ask(world)

    assert take(world, job_id, utc_now() - dt.timedelta(minutes=1)) is None


def test_claim_after_the_lease_ended_raises_the_fence(world: World) -> None:
    job_id, now = ask(world), utc_now()
    old = held(take(world, job_id, now))

    new = held(take(world, job_id, now + LATER))

    assert (old.attempts, new.attempts) == (1, 2)
    with world.database.writing(None) as db:
        assert not leases.renew(db, old, now + LATER + LEASE)
        assert leases.advance(db, old, 1, 2) is None
        assert not leases.finish(db, old, now + LATER)
        assert not leases.fail(db, old, now + LATER, "x", {})
        assert not leases.give_back(db, old, now)
        assert leases.advance(db, new, 1, 2) is False


def test_renewed_lease_is_not_taken_over(world: World) -> None:
    job_id, now = ask(world), utc_now()
    mine = held(take(world, job_id, now))
    with world.database.writing(None) as db:
        assert leases.renew(db, mine, now + LATER + LEASE)

    assert take(world, job_id, now + LATER) is None


def test_due_jobs_are_those_waiting_and_those_left_behind(world: World) -> None:
    waiting, left, running = ask(world), ask(world), ask(world)
    now = utc_now()
    take(world, left, now)
    take(world, running, now + LATER)

    with world.database.reading(None) as db:
        due = due_jobs(db, now + LATER, max_attempts=3, limit=8)

    assert due == [DueJob(waiting, 0), DueJob(left, 1)]


def test_sweep_ends_a_job_whose_runners_all_died(world: World) -> None:
    job_id, now = ask(world), utc_now()
    take(world, job_id, now, max_attempts=1)

    with world.database.writing(None) as db:
        leases.sweep(db, now + LATER, max_attempts=1)

    row = row_of(world, job_id)
    assert (row.state, row.error) == (JobState.FAILED, ENDED_WITHOUT_WORD)


def test_purge_deletes_files_after_a_day_and_jobs_after_a_month(world: World) -> None:
    job_id = ask(world)
    assert runner_of(world.database).take(job_id)
    finished = row_of(world, job_id).finished_at or utc_now()

    with world.database.writing(None) as db:
        leases.purge(db, finished + FILE_KEPT - dt.timedelta(seconds=1))
    kept = results_of(world)
    with world.database.writing(None) as db:
        leases.purge(db, finished + FILE_KEPT)
    past_day = results_of(world)
    with world.database.writing(None) as db:
        leases.purge(db, finished + KEPT + dt.timedelta(seconds=1))
    with world.reading("officer") as db:
        left = own_jobs(db, 1).total

    assert (kept, past_day, left) == ((1, 1), (1, 0), 0)
