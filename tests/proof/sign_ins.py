"""G10, G11, G12: whoever has an old cookie, a chosen cookie or only guesses gets in nowhere."""

import asyncio
import datetime as dt
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import anyio.to_thread
import httpx
from litestar import Litestar
from sqlmodel import select

from crm.access import accounts, attempts, service
from crm.access.models import DeviceKind, SignInLevel, SignInSession
from crm.access.queries import account_of
from crm.access.throttle import TooManyAttempts
from crm.app import create_app
from crm.kernel.clock import utc_now
from crm.kernel.db import Database
from crm.kernel.settings import Settings
from crm.web.security import csrf_token
from tests.proof.databases import databases, sqlite
from tests.proof.proofs import Outcome, proof
from tests.support.pages import ORIGIN, open_browser
from tests.support.world import PASSWORD, World, build_world

OFFERED = Settings(second_factor="offered")
IN_FLIGHT = 200
AFTERWARDS = 20
THREADS = 3
GUESSERS = 8
LASTS = dict.fromkeys(DeviceKind, dt.timedelta(hours=26))
HEARD_OF_A_NAME, HEARD_OF_AN_ADDRESS = 20, 60
BIG = 1_000


@contextmanager
def tried_on(size: int) -> Iterator[list[Database]]:
    """Give a file alone for a small run, and PostgreSQL beside it for a large one."""
    if size < BIG:
        with sqlite() as database:
            yield [database]
        return
    with databases() as found:
        yield found


@proof(
    "G11",
    "a cookie opens nothing once signing out, a new password or closing the account was answered,"
    f" raced with {IN_FLIGHT} requests in flight",
    quick=3,
    full=1_000,
)
def an_ended_session_stays_ended(size: int) -> Outcome:
    tried = wrong = 0
    # a thread of its own: where a browser was driven before, the main one has a loop running
    with tried_on(size) as found, ThreadPoolExecutor(1) as apart:
        for database in found:
            race = Race(create_app(OFFERED, database), build_world(database))
            for turn in range(-(-size // len(found))):
                wrong += apart.submit(asyncio.run, race.run(turn)).result()
                tried += 1
    return Outcome(tried, wrong, f"{IN_FLIGHT + 2 * AFTERWARDS} requests each")


@dataclass(frozen=True, slots=True)
class Race:
    """Requests in flight against the end of the session they came with."""

    app: Litestar
    world: World

    async def run(self, turn: int) -> int:
        """Return how many requests got in that were sent after the end was answered."""
        # as the server does: one unit of work per thread, as many as there are connections
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        cookie = _signed_in(self.world)
        transport = httpx.ASGITransport(self.app)  # type: ignore[arg-type]  # two spellings of one protocol
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            flying = [
                asyncio.create_task(_ask(client, cookie, writes=number % 2 == 0))
                for number in range(IN_FLIGHT)
            ]
            await asyncio.sleep(0.002 * (turn % 20))
            await self._end(client, cookie, turn)
            after = await _ask_all(client, cookie)
            await asyncio.gather(*flying)
            late = await _ask_all(client, cookie)
        return sum([*after, *late])

    async def _end(self, client: httpx.AsyncClient, cookie: str, turn: int) -> None:
        if turn % 3 == 0:
            await _post(client, "/sign-out", cookie)
            return
        change = _close_and_reopen if turn % 3 == 1 else _renew
        await asyncio.to_thread(change, self.world)


@proof(
    "G10",
    "a cookie somebody chose is never adopted, and the cookie is another one after signing in,"
    " a lock, a level and signing out",
    quick=2,
    full=1_000,
)
def a_chosen_cookie_opens_nothing(size: int) -> Outcome:
    wrong = 0
    with sqlite() as database:
        world = build_world(database)
        for _ in range(size):
            wrong += _fixed(world)
    return Outcome(size, wrong)


@proof(
    "G12",
    f"of guesses at one moment by {GUESSERS} threads at most {HEARD_OF_A_NAME} at a name and"
    f" {HEARD_OF_AN_ADDRESS} from an address reach the hash, and its owner still enters",
    quick=240,
    full=20_000,
)
def guesses_are_not_heard(size: int) -> Outcome:
    wrong, heard = 0, list[int]()
    with tried_on(size) as found:
        for database in found:
            world = build_world(database)
            device = _device_of_officer(world)
            guesses = size // 2 // len(found)
            heard += [_heard(database, each, guesses) for each in (_at_one_name, _at_one_address)]
            limits = (HEARD_OF_A_NAME, HEARD_OF_AN_ADDRESS)
            wrong += sum(max(0, got - limit) for got, limit in zip(heard[-2:], limits, strict=True))
            wrong += not _is_heard(database, _facts("officer", "10.0.0.1", device))
    return Outcome(size, wrong, f"reached the hash: {sum(heard)}")


def _at_one_name(number: int) -> service.SignInFacts:
    return _facts("officer", f"10.{number % 250}.{number // 250}.9")


def _at_one_address(number: int) -> service.SignInFacts:
    return _facts(f"nobody-{number}", "192.0.2.7")


_MOMENT = utc_now()


def _facts(login: str, address: str, device: str = "") -> service.SignInFacts:
    return service.SignInFacts(login, address, _MOMENT, device_cookie=device)


def _heard(database: Database, guess: Callable[[int], service.SignInFacts], guesses: int) -> int:
    start = threading.Barrier(GUESSERS)

    def some(first: int) -> int:
        start.wait()
        return sum(_is_heard(database, guess(number)) for number in range(first, guesses, GUESSERS))

    with ThreadPoolExecutor(GUESSERS) as pool:
        return sum(pool.map(some, range(GUESSERS)))


def _is_heard(database: Database, facts: service.SignInFacts) -> bool:
    try:
        attempts.begin_attempt(database, facts)
    except TooManyAttempts:
        return False
    return True


def _device_of_officer(world: World) -> str:
    """Let the officer sign in once, and return the cookie the device is known by."""
    facts = _facts("officer", "10.0.0.1")
    attempt = attempts.begin_attempt(world.database, facts)
    return attempts.finish_sign_in(world.database, attempt, matches=True, lasts=LASTS).device_cookie


def _fixed(world: World) -> int:
    """Return how many of the cookies one person had, and the one chosen, still open something."""
    chosen = secrets.token_urlsafe(32)
    had = [chosen]
    with open_browser(world.database) as browser:
        browser.client.post(
            "/sign-in",
            data={"login": "officer", "password": PASSWORD},
            headers={"Origin": ORIGIN, "Cookie": f"sid={chosen}"},
        )
        browser.get("/account/sessions")
        had.append(browser.client.cookies["sid"])
        browser.post("/lock", {"page": "/"})
        browser.post("/lock/opening", {"password": PASSWORD, "next": "/account/sessions"})
        had.append(browser.client.cookies["sid"])
        had.append(_raised(world, had[-1]))
        browser.client.cookies.clear()
        browser.client.cookies.set("sid", had[-1])
        browser.get("/account/sessions")
        browser.post("/sign-out")
        opened = 0
        for cookie in had:
            browser.client.cookies.clear()
            browser.client.cookies.set("sid", cookie)
            opened += browser.get("/account/sessions").url.path != "/sign-in"
    return opened + len(had) - len(set(had))


def _raised(world: World, cookie: str) -> str:
    with world.writing("officer") as db:
        rows = select(SignInSession.key).where(SignInSession.cookie_hash == service.hash_of(cookie))
        return service.raise_level(
            db, db.exec(rows).one(), SignInLevel.SECOND_FACTOR, now=utc_now()
        )


def _signed_in(world: World) -> str:
    facts = service.SignInFacts("officer", "10.0.0.1", utc_now())
    with world.database.writing(None) as db:
        return service.start_session(
            db,
            world.actors["officer"],
            facts,
            level=SignInLevel.PASSWORD,
            device=None,
            lasts=LASTS,
        )


async def _ask(client: httpx.AsyncClient, cookie: str, *, writes: bool) -> bool:
    """Return whether a request with the cookie got in."""
    if writes:
        answer = await _post(client, "/presence", cookie)
        return answer.status_code == 204
    headers = {"Cookie": f"sid={cookie}"}
    answer = await client.get("/", headers=headers)
    return answer.headers["location"] != "/sign-in"


async def _ask_all(client: httpx.AsyncClient, cookie: str) -> list[bool]:
    asked = [_ask(client, cookie, writes=number % 2 == 0) for number in range(AFTERWARDS)]
    return list(await asyncio.gather(*asked))


async def _post(client: httpx.AsyncClient, path: str, cookie: str) -> httpx.Response:
    headers = {"Cookie": f"sid={cookie}", "Origin": ORIGIN}
    return await client.post(path, data={"_csrf_token": csrf_token(cookie)}, headers=headers)


def _close_and_reopen(world: World) -> None:
    account_id, now = world.actors["officer"].account_id, utc_now()
    for change in (accounts.close_account, accounts.reopen_account):
        with world.writing("administrator") as db:
            revision = account_of(db, account_id).revision
            change(db, world.actors["administrator"], account_id, revision=revision, now=now)


def _renew(world: World) -> None:
    account_id = world.actors["officer"].account_id
    with world.writing("administrator") as db:
        found = account_of(db, account_id)
        accounts.renew_password(
            db,
            world.actors["administrator"],
            account_id,
            new=accounts.FirstPassword(found.password_hash, utc_now() + dt.timedelta(hours=72)),
            revision=found.revision,
            now=utc_now(),
            is_strict=True,
        )
    with world.writing("officer") as db:
        # the next round begins as if its holder had changed it
        account_of(db, account_id).must_change_password = False
