"""What becomes of a job: done once, refused in a sentence, tried again, called off."""

import asyncio
import datetime as dt
import shutil
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient
from sqlmodel import SQLModel, select

from crm.access.models import Account
from crm.access.queries import actor_of_account
from crm.agencies.models import StaffAssignment
from crm.app import create_app
from crm.contacts.models import Person
from crm.jobs import leases
from crm.jobs.leases import Claim
from crm.jobs.models import JobState
from crm.jobs.runner import GAVE_UP, UNKNOWN_TASK, Crew, Pace, Runner
from crm.jobs.service import (
    NO_LONGER_HERE,
    RIGHTS_CHANGED,
    LostLease,
    Made,
    Work,
    call_off,
    enqueue,
)
from crm.kernel.actor import Role
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.kernel.errors import Conflict, NotFound
from crm.kernel.settings import Settings
from tests.support.jobs_acts import (
    ask,
    results_of,
    row_of,
    runner_of,
    wait_for,
)
from tests.support.jobs_sample import PACE, REFUSAL
from tests.support.world import World

LEASE = dt.timedelta(seconds=10)


@pytest.fixture
def runner(world: World) -> Runner:
    return runner_of(world.database)


def claimed(world: World, job_id: UUID, now: dt.datetime | None = None) -> Claim:
    with world.database.writing(None) as db:
        held = leases.claim(db, job_id, now=now or utc_now(), lease=LEASE, max_attempts=3)
    assert held is not None
    return held


def work_on(world: World, runner: Runner, held: Claim) -> Work:
    """Give the work a job's function would be given."""
    now = utc_now()
    with world.database.reading(None) as db:
        actor = actor_of_account(db, held.account_id, local_day(now))
    assert actor is not None
    return Work(actor, held.args, now, world.database, held, utc_now, runner.stopping)


def change(world: World, table: type[SQLModel], key: UUID, **values: object) -> None:
    with world.database.system("a test's world") as connection:
        rows = sa.inspect(table).local_table
        connection.execute(sa.update(rows).where(rows.c.id == key).values(**values))


def end_assignment(world: World, who: str) -> None:
    with world.database.system("a test's world") as connection:
        rows = sa.inspect(StaffAssignment).local_table
        connection.execute(
            sa.update(rows)
            .where(rows.c.staff_id == world.actors[who].staff_id)
            .values(valid_to=dt.date(2024, 4, 2))
        )


def test_job_is_done_with_its_effect_and_its_file(world: World, runner: Runner) -> None:
    job_id = ask(world, steps=3)

    assert runner.take_next()

    row = row_of(world, job_id)
    assert (row.state, row.attempts, row.lease_until) == (JobState.DONE, 1, None)
    assert results_of(world) == (1, 1)
    assert not runner.take_next()


def test_job_that_leaves_nothing_is_done_all_the_same(world: World, runner: Runner) -> None:
    job_id = ask(world, name="sample.wordless")

    runner.take(job_id)

    assert row_of(world, job_id).state is JobState.DONE
    assert results_of(world) == (0, 0)


def test_refusal_fails_at_once_with_its_sentence(world: World, runner: Runner) -> None:
    job_id = ask(world, name="sample.refused", count=9)

    runner.take(job_id)

    row = row_of(world, job_id)
    assert (row.state, row.error, row.error_facts) == (JobState.FAILED, REFUSAL, {"count": 9})
    assert row.attempts == 1


def test_fault_is_tried_again_later_and_then_given_up(
    world: World, runner: Runner, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = ask(world, name="sample.broken", fault="a fault")
    states = []
    for _ in range(PACE.max_attempts):
        runner.take(job_id)
        row = row_of(world, job_id)
        states.append((row.state, row.attempts))
        change(world, type(row), job_id, run_at=utc_now())

    assert states == [(JobState.QUEUED, 1), (JobState.QUEUED, 2), (JobState.FAILED, 3)]
    assert row_of(world, job_id).error == GAVE_UP
    assert len(caplog.records) == PACE.max_attempts


def test_fault_waits_before_it_is_tried_again(world: World, runner: Runner) -> None:
    job_id = ask(world, name="sample.broken", fault="a fault")
    before = utc_now()

    runner.take(job_id)

    wait = row_of(world, job_id).run_at - before
    assert wait >= dt.timedelta(seconds=PACE.backoff_s)


def test_job_of_another_release_is_refused(world: World, runner: Runner) -> None:
    job_id = ask(world)
    change(world, type(row_of(world, job_id)), job_id, name="sample.forgotten")

    runner.take(job_id)

    assert row_of(world, job_id).error == UNKNOWN_TASK


def test_stale_owner_finishing_writes_nothing(world: World, runner: Runner) -> None:
    job_id = ask(world)
    stale = work_on(world, runner, claimed(world, job_id))
    claimed(world, job_id, utc_now() + LEASE + LEASE)

    with pytest.raises(LostLease), stale.finishing(Made("見本.txt", "text/plain", b"stale")):
        pytest.fail("the block of a stale owner never runs")

    assert results_of(world) == (0, 0)
    assert row_of(world, job_id).state is JobState.RUNNING


def test_finishing_that_breaks_leaves_nothing(world: World, runner: Runner) -> None:
    job_id = ask(world)
    work = work_on(world, runner, claimed(world, job_id))

    with pytest.raises(ZeroDivisionError), work.finishing(Made("見本.txt", "text/plain", b"x")):
        raise ZeroDivisionError

    assert results_of(world) == (0, 0)
    assert row_of(world, job_id).state is JobState.RUNNING


def test_cancelled_before_it_begins_never_runs(world: World, runner: Runner) -> None:
    job_id = ask(world)
    with world.writing("officer") as db:
        call_off(db, world.actors["officer"], job_id, now=utc_now())

    assert not runner.take(job_id)
    assert row_of(world, job_id).state is JobState.CANCELLED


def test_cancelled_while_it_runs_stops_at_the_next_report(world: World, runner: Runner) -> None:
    job_id = ask(world, steps=100)
    held = claimed(world, job_id)
    with world.writing("officer") as db:
        call_off(db, world.actors["officer"], job_id, now=utc_now())

    runner.carry_out(held)

    assert row_of(world, job_id).state is JobState.CANCELLED
    assert results_of(world) == (0, 0)


def test_cancelled_just_before_finishing_makes_nothing(world: World, runner: Runner) -> None:
    job_id = ask(world)
    work = work_on(world, runner, claimed(world, job_id))
    with world.writing("officer") as db:
        call_off(db, world.actors["officer"], job_id, now=utc_now())

    with pytest.raises(LostLease), work.finishing():
        pytest.fail("what was called off is not finished")


def test_cancelled_after_its_runner_died_is_swept_up(world: World) -> None:
    job_id = ask(world)
    claimed(world, job_id)
    with world.writing("officer") as db:
        call_off(db, world.actors["officer"], job_id, now=utc_now())

    with world.database.writing(None) as db:
        leases.sweep(db, utc_now() + LEASE + LEASE, max_attempts=3)

    assert row_of(world, job_id).state is JobState.CANCELLED


def test_cancelling_what_is_over_or_another_s_is_refused(world: World, runner: Runner) -> None:
    job_id = ask(world)
    runner.take(job_id)

    with world.writing("officer") as db, pytest.raises(Conflict):
        call_off(db, world.actors["officer"], job_id, now=utc_now())
    with world.writing("chief") as db, pytest.raises(NotFound):
        call_off(db, world.actors["chief"], job_id, now=utc_now())


@pytest.mark.parametrize("loss", ["account", "assignment"])
def test_rights_lost_since_asking_make_no_file(world: World, runner: Runner, loss: str) -> None:
    job_id = ask(world)
    if loss == "account":
        change(world, Account, world.actors["officer"].account_id, is_active=False)
    else:
        end_assignment(world, "officer")

    runner.take(job_id)

    assert row_of(world, job_id).error == NO_LONGER_HERE
    assert results_of(world) == (0, 0)


def test_rights_changed_on_the_way_make_no_file(world: World, runner: Runner) -> None:
    work = work_on(world, runner, claimed(world, ask(world)))
    with world.database.system("a test's world") as connection:
        rows = sa.inspect(StaffAssignment).local_table
        connection.execute(
            sa.update(rows)
            .where(rows.c.staff_id == world.actors["officer"].staff_id)
            .values(role=Role.HQ_VIEWER)
        )

    with pytest.raises(Conflict, match=RIGHTS_CHANGED), work.finishing():
        pytest.fail("the rights are not those the work began with")


def test_work_reads_with_the_rights_of_its_requester(world: World, runner: Runner) -> None:
    own = world.person("若葉 花子", "わかば はなこ")
    world.person("港 太郎", "みなと たろう", station="港南署")
    work = work_on(world, runner, claimed(world, ask(world)))

    with work.reading() as db:
        assert db.exec(select(Person.id)).all() == [own.id]


def test_stopping_server_gives_the_job_back(world: World, runner: Runner) -> None:
    job_id = ask(world, steps=100)
    held = claimed(world, job_id)
    runner.stopping.set()

    runner.carry_out(held)

    row = row_of(world, job_id)
    assert (row.state, row.attempts) == (JobState.QUEUED, 1)


def test_long_step_keeps_its_lease(world: World) -> None:
    quick = Runner(world.database, Pace(lease_s=0.3))
    job_id = ask(world, steps=20)

    assert quick.take(job_id)

    assert row_of(world, job_id).state is JobState.DONE


def test_asking_twice_with_one_key_is_one_job(world: World) -> None:
    key, actor, made = uuid4(), world.actors["officer"], []
    for _ in range(2):
        with world.writing("officer") as db:
            made.append(
                enqueue(
                    db,
                    actor,
                    "sample.slow",
                    {"steps": 1},
                    title="見本",
                    now=utc_now(),
                    request_key=key,
                ).id
            )

    assert made[0] == made[1]


def test_job_asked_for_in_a_transaction_that_breaks_is_none(world: World) -> None:
    rung: list[UUID] = []
    world.database.bell = rung.extend

    with pytest.raises(ZeroDivisionError):
        ask_and_break(world)

    assert rung == []
    assert not runner_of(world.database).take_next()


def ask_and_break(world: World) -> None:
    with world.writing("officer") as db:
        enqueue(db, world.actors["officer"], "sample.slow", {}, title="見本", now=utc_now())
        raise ZeroDivisionError


def test_server_carries_a_job_out_as_soon_as_it_is_committed(world: World) -> None:
    sleepy = Pace(poll_s=60)
    with TestClient(create_app(Settings(), world.database, pace=sleepy)):
        # the first look is over: only the bell can wake the runner now
        wait_for(world, ask(world), JobState.DONE)
        wait_for(world, ask(world), JobState.DONE)

    assert results_of(world) == (2, 2)


def test_database_that_is_away_is_told_of_once(
    tmp_path: Path, sqlite_template: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "away" / "crm.db"
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    path.parent.rmdir()

    async def while_it_is_away_and_back() -> None:
        async with Crew.at_work(Runner(database, PACE)):
            await asyncio.sleep(PACE.sweep_s * 3)
            path.parent.mkdir()
            shutil.copy(sqlite_template, path)
            await asyncio.sleep(PACE.sweep_s * 3)

    asyncio.run(while_it_is_away_and_back())

    database.close()
    assert [record.message for record in caplog.records] == [
        "the database does not answer the job runner, who goes on asking",
        "the database answers the job runner again",
    ]
