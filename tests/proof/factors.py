"""G13: a second factor is good once, and only for whom, where and what it was asked for."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from crm.access.models import SignInLevel
from crm.access.throttle import TooManyAttempts
from crm.factors import service, showing
from crm.factors.models import ChallengePurpose
from crm.kernel.errors import Refused
from tests.factors.acts import (
    MASTER,
    STEP,
    ask,
    code_at,
    enroll,
    show_key,
    show_level,
    signed_in,
    with_key,
)
from tests.proof.databases import databases
from tests.proof.proofs import Outcome, proof
from tests.support.authenticator import PRESENT, Authenticator
from tests.support.world import NOW, World, build_world

RACERS = 4
APART = dt.timedelta(minutes=10)
LONGEST = dt.timedelta(minutes=6)
"""Further than any guess has to wait."""
LIES: dict[str, dict[str, Any]] = {
    "origin": {"said": {"origin": "https://tsunagari.example.evil"}},
    "plain origin": {"said": {"origin": "http://tsunagari.example"}},
    "host": {"host": "evil.example"},
    "challenge": {"said": {"challenge": "AAAA"}},
    "kind": {"said": {"type": "webauthn.create"}},
    "unverified": {"flags": PRESENT},
    "absent": {"flags": 0},
    "count": {"count": 1},
}


@dataclass(frozen=True, slots=True)
class Bench:
    """An officer with an application, a paper and a key, at one moment after another."""

    world: World
    key: Authenticator
    papers: list[str]

    def tries(self, act: Callable[[], object]) -> int:
        """Return 1 when `act` got in, 0 when it was refused or has to wait."""
        try:
            act()
        except (Refused, TooManyAttempts):
            return 0
        return 1

    def race(self, act: Callable[[], object]) -> int:
        """Return how many of several that do the same at one moment got in."""
        start = threading.Barrier(RACERS)

        def run(_: int) -> int:
            start.wait()
            return self.tries(act)

        with ThreadPoolExecutor(RACERS) as pool:
            return sum(pool.map(run, range(RACERS)))

    def code(self, now: dt.datetime, shown_at: dt.datetime) -> str:
        """Show the code of one moment at another."""
        actor, code = self.world.actors["officer"], code_at(shown_at)
        return showing.show_code(self.world.database, actor, MASTER, code, now=now)

    def paper(self, code: str, now: dt.datetime) -> str:
        """Show a code from the paper."""
        actor = self.world.actors["officer"]
        return showing.show_recovery_code(self.world.database, actor, code, now=now)

    def shut_out(self, now: dt.datetime) -> int:
        """Return 1 unless the officer gets in with a new code, after all that was refused."""
        return 1 - self.tries(lambda: self.code(now, now))

    def answer(self, now: dt.datetime, **lies: Any) -> str:
        """Let the key answer a new question."""
        return self.key.get(ask(self.world, "officer", ChallengePurpose.SIGN_IN, now), **lies)


def _raced_code(bench: Bench, now: dt.datetime) -> int:
    return abs(bench.race(lambda: bench.code(now, now)) - 1)


def _replayed_code(bench: Bench, now: dt.datetime) -> int:
    first = bench.tries(lambda: bench.code(now, now))
    again = sum(
        bench.tries(lambda at=at: bench.code(at, now))  # type: ignore[misc]  # the default binds this turn's moment
        for at in (now, now + STEP)
    )
    older = bench.tries(lambda: bench.code(now, now - STEP))
    return (1 - first) + again + older


def _raced_paper(bench: Bench, now: dt.datetime) -> int:
    if not bench.papers:
        with bench.world.writing("officer") as db:
            bench.papers.extend(service.make_codes(db, bench.world.actors["officer"], now))
    code = bench.papers.pop()
    won = bench.race(lambda: bench.paper(code, now))
    return abs(won - 1) + bench.tries(lambda: bench.paper(code, now + LONGEST))


def _raced_answer(bench: Bench, now: dt.datetime) -> int:
    answer = bench.answer(now)
    return abs(bench.race(lambda: show_key(bench.world, "officer", answer, now)) - 1)


def _lied(lie: str) -> Callable[[Bench, dt.datetime], int]:
    def trial(bench: Bench, now: dt.datetime) -> int:
        told = bench.answer(now, **LIES[lie])
        got_in = bench.tries(lambda: show_key(bench.world, "officer", told, now))
        honest = bench.answer(now)
        return got_in + 1 - bench.tries(lambda: show_key(bench.world, "officer", honest, now))

    return trial


TRIALS = (_raced_code, _replayed_code, _raced_paper, _raced_answer, *map(_lied, LIES))


@proof(
    "G13",
    f"a code, a paper code and a passkey's answer let in once, raced by {RACERS}; a passkey that"
    f" names another {', '.join(LIES)} never",
    quick=24,
    full=5_000,
)
def a_factor_is_good_once(size: int) -> Outcome:
    tried = wrong = 0
    with databases() as found:
        for database in found:
            bench = _bench(build_world(database))
            trials = cycle(TRIALS)
            for turn in range(1, -(-size // len(found)) + 1):
                now = NOW + turn * APART
                wrong += next(trials)(bench, now) + bench.shut_out(now + LONGEST)
                tried += 1
    return Outcome(tried, wrong, f"{len(TRIALS)} kinds of trial")


def _bench(world: World) -> Bench:
    signed_in(world, "officer")
    enroll(world, "officer")
    show_level(world, "officer", SignInLevel.SECOND_FACTOR)
    key = with_key(world, "officer")
    # the paper is made anew on the way, which asks for a strong sign-in
    show_level(world, "officer", SignInLevel.SECOND_FACTOR)
    return Bench(world, key, [])
