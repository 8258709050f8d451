"""Carrying jobs out: one at a time in `carry_out`, and the loop that does so inside the server."""

import asyncio
import contextlib
import datetime as dt
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import OperationalError

from crm.access.queries import actor_of_account
from crm.jobs import leases
from crm.jobs.errands import ErrandRunner
from crm.jobs.heartbeat import kept
from crm.jobs.leases import Claim
from crm.jobs.pace import Pace as Pace  # noqa: PLC0414 - whoever starts a runner says its pace
from crm.jobs.queries import due_jobs
from crm.jobs.service import NO_LONGER_HERE, LostLease, Task, Work, refusal_facts, task_of
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import ERRAND_THREADS, JOB_THREADS, Database
from crm.kernel.errors import DomainError, Forbidden
from crm.kernel.i18n import N_

log = logging.getLogger("crm.jobs")

GAVE_UP = N_(
    "何度か試みましたが、作成できませんでした。もう一度作成し、同じ結果になるときは"
    "システム管理者に連絡してください。"
)
UNKNOWN_TASK = N_("この種類の書類は作成できなくなりました。もう一度画面から作成してください。")
LOOKED_AT = 8
MAX_SENTENCE = 200


@dataclass(slots=True)
class Runner:
    """Whoever carries out the jobs of one database in this process."""

    database: Database
    pace: Pace = field(default_factory=Pace)
    clock: Callable[[], dt.datetime] = utc_now
    stopping: threading.Event = field(default_factory=threading.Event)

    def take_next(self) -> bool:
        """Carry out the oldest due job; False when there was none to take."""
        now = self.clock()
        with self.database.reading(None) as db:
            due = due_jobs(db, now, max_attempts=self.pace.max_attempts, limit=LOOKED_AT)
        return any(self.take(each.id) for each in due)

    def take(self, job_id: UUID) -> bool:
        """Carry out one job if it is due and nobody else's; False when it is not."""
        with self.database.writing(None) as db:
            held = leases.claim(
                db,
                job_id,
                now=self.clock(),
                lease=self.pace.lease,
                max_attempts=self.pace.max_attempts,
            )
        if held:
            self.carry_out(held)
        return held is not None

    def carry_out(self, held: Claim) -> None:
        """Do what a claimed job asks for, and leave its row in the state that tells how it went."""
        task = task_of(held.name)
        if task is None:
            self._refuse(held, Forbidden(UNKNOWN_TASK))
            return
        try:
            with kept(
                lambda: self._renew(held),
                every_s=self.pace.heartbeat_s,
                timeout_s=task.timeout_s,
            ):
                self._work(held, task)
        except LostLease:
            self._let_go(held, self.clock())
        except DomainError as refusal:
            self._refuse(held, refusal)
        except Exception:
            log.exception("job %s (%s) broke at attempt %s", held.id, held.name, held.attempts)
            self._try_later(held)

    def sweep(self) -> None:
        """End what no runner will, and delete what is past its day."""
        now = self.clock()
        with self.database.writing(None) as db:
            leases.sweep(db, now, max_attempts=self.pace.max_attempts)
            leases.purge(db, now)

    def _work(self, held: Claim, task: Task) -> None:
        now = self.clock()
        with self.database.reading(None) as db:
            actor = actor_of_account(db, held.account_id, local_day(now))
        if actor is None:
            raise Forbidden(NO_LONGER_HERE)
        work = Work(actor, held.args, now, self.database, held, self.clock, self.stopping)
        task.function(work)
        if not work.is_finished:
            with work.finishing():
                pass

    def _renew(self, held: Claim) -> bool:
        with self.database.writing(None) as db:
            return leases.renew(db, held, self.clock() + self.pace.lease)

    def _refuse(self, held: Claim, refusal: DomainError) -> None:
        sentence = refusal.message if len(refusal.message) <= MAX_SENTENCE else GAVE_UP
        with self.database.writing(None) as db:
            leases.fail(db, held, self.clock(), sentence, refusal_facts(refusal))

    def _try_later(self, held: Claim) -> None:
        now = self.clock()
        if held.attempts >= self.pace.max_attempts:
            with self.database.writing(None) as db:
                leases.fail(db, held, now, GAVE_UP, {})
            return
        wait = dt.timedelta(seconds=self.pace.backoff_s * 2 ** (held.attempts - 1))
        self._let_go(held, now + wait)

    def _let_go(self, held: Claim, run_at: dt.datetime) -> None:
        """Leave a job to the next runner unless it was called off; another's stays as it is."""
        with self.database.writing(None) as db:
            if not leases.give_back(db, held, run_at):
                leases.stop_where_asked(db, held, self.clock())


class Crew:
    """Threads that carry out one database's jobs and errands: the web server's, or a worker's.

    They wake when the bell is rung and look again by themselves every `poll_s`, so that a bell
    nobody heard costs a moment and no job. Errands have threads beside those of the jobs: neither
    keeps the other waiting.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._errands = ErrandRunner(runner.database, runner.pace, runner.clock)
        self._bell = asyncio.Event()
        self._end = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._is_away = False
        # threads of its own, so that long jobs never keep a request waiting
        self._limiter = CapacityLimiter(JOB_THREADS + ERRAND_THREADS + 1)

    @classmethod
    @asynccontextmanager
    async def at_work(cls, runner: Runner) -> AsyncIterator["Crew"]:
        """Carry out jobs while the block runs; its end waits for the work in hand to let go."""
        crew = cls(runner)
        lanes = [asyncio.create_task(crew._lane()) for _ in range(JOB_THREADS)]
        lanes += [asyncio.create_task(crew._errand_lane()) for _ in range(ERRAND_THREADS)]
        lanes.append(asyncio.create_task(crew._sweeper()))
        try:
            yield crew
        finally:
            runner.stopping.set()
            crew._bell.set()
            crew._end.set()
            await asyncio.gather(*lanes)

    def ring(self, job_ids: Sequence[UUID]) -> None:
        """Wake whoever waits for work; any thread may call it, at any time."""
        del job_ids
        with contextlib.suppress(RuntimeError):
            # the loop may have ended: the row waits for the next runner
            self._loop.call_soon_threadsafe(self._bell.set)

    async def _lane(self) -> None:
        while not self._runner.stopping.is_set():
            if not await self._in_thread(self._runner.take_next):
                await _rest(self._bell, self._runner.pace.poll_s)
                self._bell.clear()

    async def _errand_lane(self) -> None:
        while not self._runner.stopping.is_set():
            if not await self._in_thread(self._errands.take_next):
                await _rest(self._end, self._runner.pace.poll_s)

    async def _sweeper(self) -> None:
        while not self._runner.stopping.is_set():
            await self._in_thread(self._runner.sweep)
            await _rest(self._end, self._runner.pace.sweep_s)

    async def _in_thread(self, step: Callable[[], bool | None]) -> bool | None:
        try:
            answer = await to_thread.run_sync(step, limiter=self._limiter)
        except OperationalError:
            # a database that is away comes back; a lane that ended would not
            if not self._is_away:
                log.exception("the database does not answer the job runner, who goes on asking")
            self._is_away = True
            return None
        except Exception:
            log.exception("the job runner stumbled")
            return None
        if self._is_away:
            log.warning("the database answers the job runner again")
        self._is_away = False
        return answer


async def _rest(bell: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(bell.wait(), seconds)
