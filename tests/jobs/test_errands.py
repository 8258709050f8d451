"""What the product does by itself: by one runner at a time, and again after whatever went wrong."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient
from sqlmodel import select

from crm.app import create_app
from crm.jobs.errands import DAY, LONGEST_WAIT, Duty, ErrandFunction, ErrandRunner
from crm.jobs.models import Errand
from crm.kernel.clock import utc_now
from crm.kernel.db import Database
from crm.kernel.settings import Settings
from tests.support.jobs_acts import ask, eventually, kill, process, results_of, url_of
from tests.support.jobs_sample import ERRAND, PACE
from tests.support.world import World

MINUTE = dt.timedelta(minutes=1)
START = dt.datetime(2026, 5, 1, 3, tzinfo=dt.UTC)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now


class Done:
    """An errand that counts how often it was carried out, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.at: list[dt.datetime] = []
        self.failures = failures

    def __call__(self, database: Database, now: dt.datetime) -> None:
        del database
        self.at.append(now)
        if len(self.at) <= self.failures:
            raise RuntimeError("a fault")


def duty(
    function: ErrandFunction, *, at: dt.time | None = None, every: dt.timedelta = MINUTE
) -> Duty:
    return Duty("sample.counted", function, every if at is None else DAY, at, timeout_s=30)


def runner_of(database: Database, clock: Clock, *duties: Duty) -> ErrandRunner:
    return ErrandRunner(database, PACE, clock, {each.name: each for each in duties})


def row_of(database: Database, name: str = "sample.counted") -> Errand:
    statement = select(Errand).where(Errand.name == name).execution_options(system="a test")
    with database.reading(None) as db:
        row = db.exec(statement).one()
        db.expunge(row)
        return row


def test_errand_is_carried_out_once_a_period(database: Database) -> None:
    clock, done = Clock(), Done()
    runner = runner_of(database, clock, duty(done))

    taken = [runner.take_next(), runner.take_next()]
    clock.now += MINUTE
    taken += [runner.take_next(), runner.take_next()]

    assert taken == [True, False, True, False]
    assert done.at == [START, START + MINUTE]


def test_two_crews_carry_it_out_once_a_period(database: Database) -> None:
    clock, done = Clock(), Done()
    for _ in range(3):
        crews = [
            threading.Thread(target=runner_of(database, clock, duty(done)).take_next)
            for _ in range(4)
        ]
        for crew in crews:
            crew.start()
        for crew in crews:
            crew.join()
        clock.now += MINUTE

    assert done.at == [START, START + MINUTE, START + 2 * MINUTE]


def test_errand_in_hand_is_not_taken_by_another(database: Database) -> None:
    clock, done = Clock(), Done()
    second = runner_of(database, clock, duty(done))
    seen: list[bool] = []
    first = runner_of(database, clock, duty(lambda *_: seen.append(second.take_next())))

    first.take_next()

    assert (seen, done.at) == ([False], [])


def test_errand_left_behind_is_taken_up_when_its_lease_ends(database: Database) -> None:
    clock, done = Clock(), Done()

    def die(*_: object) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        runner_of(database, clock, duty(die)).take_next()
    heir = runner_of(database, clock, duty(done))
    before = heir.take_next()
    clock.now += PACE.lease + dt.timedelta(microseconds=1)

    assert (before, heir.take_next()) == (False, True)
    assert done.at == [clock.now]


def test_stale_runner_leaves_its_heir_s_turn_alone(database: Database) -> None:
    clock = Clock()

    def outlive_the_lease(*_: object) -> None:
        clock.now += 2 * PACE.lease
        row = runner_of(database, clock, duty(Done(failures=1)))
        assert row.take_next()

    runner_of(database, clock, duty(outlive_the_lease)).take_next()

    row = row_of(database)
    assert (row.turns, row.failures) == (2, 1)


def test_failing_errand_is_logged_and_tried_again_later(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    clock, done = Clock(), Done(failures=2)
    runner = runner_of(database, clock, duty(done))
    waits = []
    for _ in range(3):
        clock.now = max(clock.now, row_of(database).due_at if done.at else START)
        assert runner.take_next()
        waits.append(row_of(database).due_at - clock.now)

    assert waits == [
        dt.timedelta(seconds=PACE.backoff_s),
        dt.timedelta(seconds=2 * PACE.backoff_s),
        MINUTE,
    ]
    assert [record.getMessage() for record in caplog.records] == ["errand sample.counted broke"] * 2
    assert row_of(database).failures == 0


def test_errand_that_failed_often_never_waits_long(database: Database) -> None:
    clock = Clock()
    runner = runner_of(database, clock, duty(Done(failures=2), every=DAY))
    runner.take_next()
    with database.system("a test") as connection:
        rows = sa.inspect(Errand).local_table
        connection.execute(sa.update(rows).values(failures=5_000, due_at=clock.now))

    runner.take_next()

    assert row_of(database).due_at - clock.now == LONGEST_WAIT


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # 00:05 in Japan is 15:05 UTC of the day before
        ("2026-05-01T03:00", "2026-05-01T15:05"),
        ("2026-05-01T15:04", "2026-05-01T15:05"),
        ("2026-05-01T15:05", "2026-05-02T15:05"),
    ],
)
def test_daily_errand_is_due_at_its_time_in_japan(now: str, due: str) -> None:
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
    daily = duty(Done(), at=dt.time(0, 5))

    found = {daily.first_due(moment), daily.due_after(moment)}

    assert found == {dt.datetime.fromisoformat(due).replace(tzinfo=dt.UTC)}


def test_errand_missed_while_nothing_ran_is_made_up_for_once(database: Database) -> None:
    clock, done = Clock(), Done()
    runner = runner_of(database, clock, duty(done, at=dt.time(0, 5)))
    runner.take_next()
    clock.now += 3 * DAY

    assert [runner.take_next(), runner.take_next()] == [True, False]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_killed_process_costs_its_lease_only(database: Database) -> None:
    with process("errand", url_of(database)) as first:
        eventually(lambda: _is_claimed(database))
        kill(first)
    killed_at = utc_now()
    done = Done()
    heir = ErrandRunner(database, PACE, utc_now, {ERRAND: Duty(ERRAND, done, DAY, None, 30)})

    eventually(heir.take_next)

    assert done.at[0] - killed_at <= PACE.lease + dt.timedelta(seconds=10)
    assert row_of(database, ERRAND).turns == 2


def _is_claimed(database: Database) -> bool:
    statement = select(Errand).where(Errand.name == ERRAND).execution_options(system="a test")
    with database.reading(None) as db:
        row = db.exec(statement).first()
        return row is not None and row.lease_until is not None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_server_sees_to_errands_and_a_failing_one_stops_no_job(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = Done(failures=1)
    failing = Duty("sample.failing", Done(failures=1_000), dt.timedelta(0), None, 30)
    known = {each.name: each for each in (duty(done, every=dt.timedelta(0)), failing)}
    monkeypatch.setattr("crm.jobs.errands._duties", known)

    with TestClient(create_app(Settings(), world.database, pace=PACE)):
        ask(world)
        eventually(lambda: results_of(world) == (1, 1) and len(done.at) > 2)

    assert "errand sample.failing broke" in {record.getMessage() for record in caplog.records}
