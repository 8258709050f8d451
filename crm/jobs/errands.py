"""Errands: what the product does by itself from time to time, nobody having asked.

One row for each, claimed by one conditional UPDATE with a lease, as jobs are: of all runners of
all processes one carries it out. An errand leaves its effects in transactions of its own and may
be cut off at any moment, so that each must bear to be begun again.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import col

from crm.jobs.heartbeat import kept
from crm.jobs.models import Errand
from crm.jobs.pace import Pace
from crm.jobs.queries import RUNNER, due_errands, is_errand_due, product_at_offices
from crm.kernel.actor import Actor
from crm.kernel.clock import JST, local_day
from crm.kernel.db import Database
from crm.kernel.scope import ScopedSession

log = logging.getLogger("crm.jobs")

DAY = dt.timedelta(days=1)
LONGEST_WAIT = dt.timedelta(minutes=1)
"""How long a failing errand waits at most before it is tried again."""

ErrandFunction = Callable[[Database, dt.datetime], None]


@dataclass(frozen=True, slots=True)
class Duty:
    """What an errand's name stands for, and when it is due again."""

    name: str
    function: ErrandFunction
    every: dt.timedelta
    at: dt.time | None
    timeout_s: float

    def first_due(self, now: dt.datetime) -> dt.datetime:
        """Return when a new errand is due: at once, or at its time of the day."""
        return now if self.at is None else self.due_after(now)

    def due_after(self, now: dt.datetime) -> dt.datetime:
        """Return when the errand is due once it was carried out at `now`."""
        if self.at is None:
            return now + self.every
        today = dt.datetime.combine(now.astimezone(JST).date(), self.at, JST)
        return (today if today > now else today + self.every).astimezone(dt.UTC)


_duties: dict[str, Duty] = {}


def errand(
    name: str,
    *,
    every: dt.timedelta = DAY,
    at: dt.time | None = None,
    timeout_s: float = 600,
) -> Callable[[ErrandFunction], ErrandFunction]:
    """Have the function below carried out `every` so often; with `at`, at that time in Japan.

    It opens its own units of work. One that takes longer than `timeout_s` counts as stuck: another
    runner may begin it anew beside it.
    """

    def learn(function: ErrandFunction) -> ErrandFunction:
        if name in _duties:
            raise LookupError(f"two errands are called {name}")
        _duties[name] = Duty(name, function, every, at, timeout_s)
        return function

    return learn


def duties() -> Mapping[str, Duty]:
    """Return every errand this release knows, by name."""
    return _duties


def for_each_office(
    database: Database, now: dt.datetime, act: Callable[[Database, Actor, dt.datetime], None]
) -> None:
    """Let the product `act` for one station and office after the other, inside its rules.

    One that fails keeps none of the others from its turn; the errand then fails as a whole, to be
    carried out again.
    """
    with database.reading(None) as db:
        offices = product_at_offices(db, local_day(now))
    failed = []
    for office in offices:
        try:
            act(database, office, now)
        except Exception:
            log.exception("an errand broke at office %s", office.unit_id)
            failed.append(office.unit_id)
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(offices)} offices failed")


class Turn(NamedTuple):
    """The right to carry an errand out until its lease ends; `turns` is its fencing number."""

    name: str
    turns: int
    failures: int


@dataclass(slots=True)
class ErrandRunner:
    """Whoever carries out the errands of one database in this process."""

    database: Database
    pace: Pace
    clock: Callable[[], dt.datetime]
    known: Mapping[str, Duty] = field(default_factory=duties)
    _entered: bool = False

    def take_next(self) -> bool:
        """Carry out the errand that has been due longest; False when there was none to take."""
        if not self._entered:
            self._enter()
        with self.database.reading(None) as db:
            due = due_errands(db, self.known, self.clock())
        return any(self.take(self.known[name]) for name in due)

    def take(self, duty: Duty) -> bool:
        """Carry out one errand if it is due and nobody else does; False when it is not."""
        with self.database.writing(None) as db:
            turn = _claim(db, duty.name, self.clock(), self.pace.lease)
        if turn:
            self._carry_out(duty, turn)
        return turn is not None

    def _enter(self) -> None:
        """Give every errand that is new to the database its row."""
        now = self.clock()
        with self.database.writing(None) as db:
            for duty in self.known.values():
                _enter(db, duty, now)
        self._entered = True

    def _carry_out(self, duty: Duty, turn: Turn) -> None:
        now = self.clock()
        try:
            with kept(
                lambda: self._renew(turn),
                every_s=self.pace.heartbeat_s,
                timeout_s=duty.timeout_s,
            ):
                duty.function(self.database, now)
        except Exception:
            log.exception("errand %s broke", duty.name)
            wait = dt.timedelta(seconds=self.pace.backoff_s * 2 ** min(turn.failures, 20))
            due_at = self.clock() + min(wait, LONGEST_WAIT)
            self._change(turn, due_at=due_at, failures=turn.failures + 1, lease_until=None)
            return
        due_at = duty.due_after(self.clock())
        self._change(turn, due_at=due_at, failures=0, lease_until=None)

    def _renew(self, turn: Turn) -> bool:
        return self._change(turn, lease_until=self.clock() + self.pace.lease)

    def _change(self, turn: Turn, **values: Any) -> bool:  # noqa: ANN401 - columns of the errand
        """Change the row of an errand in hand; False when it is another runner's by now."""
        with self.database.writing(None) as db:
            changed = db.exec(
                sa.update(Errand)
                .where(col(Errand.name) == turn.name, col(Errand.turns) == turn.turns)
                .values(**values)
                .execution_options(synchronize_session=False, **RUNNER)
            )
        return bool(changed.rowcount)


def _claim(db: ScopedSession, name: str, now: dt.datetime, lease: dt.timedelta) -> Turn | None:
    row = db.exec(
        sa.update(Errand)
        .where(col(Errand.name) == name, is_errand_due(now))
        .values(turns=Errand.turns + 1, lease_until=now + lease)
        .returning(col(Errand.name), col(Errand.turns), col(Errand.failures))
        .execution_options(synchronize_session=False, **RUNNER)
    ).first()
    return Turn(*row) if row else None


def _enter(db: ScopedSession, duty: Duty, now: dt.datetime) -> None:
    insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    db.exec(
        insert(Errand)
        .values(name=duty.name, due_at=duty.first_due(now), turns=0, failures=0)
        .on_conflict_do_nothing()
        .execution_options(**RUNNER)
    )
