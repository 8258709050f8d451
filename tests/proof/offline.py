"""Entries written without a network reach the server exactly once, whatever fails on the way.

Three tabs of Chromium keep and send entries over a served product while requests are cut, replies
are lost after the server has stored, tabs are closed, clocks are set and the server is killed.
"""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from random import Random
from threading import Timer
from urllib.request import urlopen
from uuid import UUID

import uvicorn
from playwright.sync_api import BrowserContext, Page, Route

from crm.app import create_app
from crm.kernel.db import Database
from crm.kernel.settings import Settings
from tests.proof.databases import sqlite
from tests.proof.proofs import Outcome, proof
from tests.support.chromium import chromium
from tests.support.world import PASSWORD, build_world

TABS = 3
KILL_EVERY = 24
DAY_MS = 86_400_000
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["crm.app"])
"""Where servers begin: what they need is loaded once, so that one killed is soon replaced."""

WRITE = """async ([person, number, ahead]) => {
  const begun = document.querySelector('script[src*="/js/outbox.js"]').src;
  const base = begun.replace('outbox.js', 'outbox/');
  const parts = ['seal', 'store', 'sender'].map((part) => import(`${base}${part}.js`));
  const [{ seal }, store, sender] = await Promise.all(parts);
  window.outbox = { store, sender };
  window.clock ??= Date.now;
  Date.now = () => window.clock() + ahead;
  const owner = document.body.dataset.outbox, key = await store.known('key'), ids = [];
  for (let at = 0; at < number; at += 1) {
    const id = crypto.randomUUID(), at_page = Date.now() - 1000;
    const said = { outcome: 'met', occasion: 'patrol', heard: `聞いたこと ${id}`, client_key: id };
    const times = { written_at: Date.now(), opened_at: at_page, served_at: at_page - ahead };
    const words = { about: ['person', person], fields: Object.entries(said), ...times };
    await store.keep(await seal(key, owner, id, words));
    ids.push(id);
  }
  return ids;
}"""
"""Writes entries as the form does, on a device whose clock may be ahead."""
FLUSH = "() => outbox.sender.flush(document.body.dataset.outbox).catch(() => null)"
BESIDE = """async () => {
  const waiting = await outbox.store.entries();
  if (waiting.length) await outbox.sender.send(waiting).catch(() => null);
}"""
"""Sends whatever waits without asking whether another tab does so already."""
WAITING = "() => outbox.store.count()"
BEGUN = "document.body.dataset.outbox && navigator.locks.query().then(({ held }) => !held.length)"


@proof(
    "E5",
    "an entry written without a network is stored exactly once: requests cut, replies lost after"
    " storing, three tabs at once, tabs closed, the server killed, the clock a day off",
    quick=30,
    full=1_000,
)
def entries_are_stored_once(size: int) -> Outcome:
    """Write, fail, try again; then count the notes of every entry there ever was."""
    # a thread of its own: the tests' browser may be open in this one
    with ThreadPoolExecutor(1) as pool, sqlite() as database:
        return pool.submit(_rounds, database, size).result()


def _rounds(database: Database, size: int) -> Outcome:
    world = build_world(database)
    person = world.person("桒原 健太", "くわばら けんた")
    with Server.of(database) as server, chromium() as browser:
        device = _Device(
            browser.new_context(locale="ja-JP", service_workers="block"), server, str(person.id)
        )
        device.open(database)
        random, failures = Random(7), Counter[str]()  # noqa: S311 - no secret, the same every time
        for number in range(size):
            failure = KILLED if number % KILL_EVERY == KILL_EVERY // 2 else random.choice(FAILURES)
            failures[failure.__name__] += 1
            failure(device, random)
            device.recover()
        left = device.tabs[0].evaluate(WAITING)
    wrong = _judge(database, device.written) + left
    said = ", ".join(f"{name.strip('_')} {times}" for name, times in sorted(failures.items()))
    return Outcome(len(device.written), wrong, f"{size:,} rounds: {said}")


def _judge(database: Database, written: list[str]) -> int:
    """Count the entries that are not one note with one receipt, and the notes of no entry."""
    with database.system("a proof's count") as connection:
        notes = Counter(
            str(UUID(bytes=key))
            for (key,) in connection.exec_driver_sql("SELECT client_key FROM activity_note")
        )
        stored = {
            str(UUID(bytes=key))
            for (key,) in connection.exec_driver_sql(
                "SELECT entry_key FROM sent_entry WHERE fate = 'stored'"
            )
        }
    wrong = [key for key in {*written, *notes} if notes[key] != 1 or key not in stored]
    return len(wrong) + len(set(notes) - set(written))


@dataclass(slots=True)
class Server:
    """The product served by a process of its own, which can be killed."""

    settings: Settings
    process: ForkServerProcess | None = None

    @classmethod
    @contextmanager
    def of(cls, database: Database) -> Iterator["Server"]:
        """Serve a database on a free port."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        url = database.engine.url.render_as_string(hide_password=False)
        server = cls(
            Settings(database_url=url, port=port, second_factor="offered", shared_idle_minutes=30)
        )
        server.start()
        try:
            yield server
        finally:
            server.kill()

    @property
    def address(self) -> str:
        """Where the product is."""
        return self.settings.origin

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self.process = PROCESSES.Process(target=_serve, args=(self.settings,), daemon=True)
        self.process.start()
        for _ in range(1_200):
            with suppress(OSError), urlopen(f"{self.address}/sw.js", timeout=5):  # noqa: S310 - our own
                return
            time.sleep(0.05)
        raise RuntimeError("the server did not start")

    def kill(self) -> None:
        """End the process in the middle of whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


def _serve(settings: Settings) -> None:
    uvicorn.run(create_app(settings), port=settings.port, log_level="critical")


@dataclass(slots=True)
class _Device:
    """Three tabs on one device, and what was written on it."""

    context: BrowserContext
    server: Server
    person: str
    tabs: list[Page] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def open(self, database: Database) -> None:
        """Sign in, let the device keep entries, and open the tabs."""
        self.context.set_default_timeout(30_000)
        # a screen whose clock leaps a day ahead locks, as it should; here it goes on
        self.context.route(
            "**/js/lock.js", lambda route: route.fulfill(body="", content_type="text/javascript")
        )
        page = self.context.new_page()
        page.goto(f"{self.server.address}/sign-in")
        page.get_by_label("ログイン名").fill("officer")
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="サインインする").click()
        page.wait_for_url(lambda url: not url.endswith("/sign-in"))
        with database.system("a proof's device") as connection:
            for table in ("known_device", "sign_in_session"):
                connection.exec_driver_sql(f"UPDATE {table} SET keeps_entries = true")
        page.close()
        self.tabs = [self.context.new_page() for _ in range(TABS)]
        for tab in self.tabs:
            self.visit(tab)

    def visit(self, tab: Page) -> None:
        """Open the page of the outbox, and wait until its scripts have met the server."""
        tab.goto(f"{self.server.address}/outbox")
        tab.wait_for_function(BEGUN)
        tab.evaluate(WRITE, [self.person, 0, 0])

    def write(self, random: Random, *, tab: int = 0, ahead: int = 0) -> None:
        """Write one to three entries in a tab."""
        number = random.choice((1, 1, 2, 3))
        self.written += self.tabs[tab].evaluate(WRITE, [self.person, number, ahead])

    def flush(self, tab: int = 0) -> None:
        """Send what waits, as a tab does by itself."""
        self.tabs[tab].evaluate(FLUSH)

    @contextmanager
    def meeting(self, path: str, answer: Callable[[Route], None]) -> Iterator[None]:
        """Let something happen to the next request for a path."""
        address = f"{self.server.address}{path}"
        self.context.route(address, answer, times=1)
        yield
        self.context.unroute(address)

    def recover(self) -> None:
        """Try again with everything whole, until nothing waits."""
        for _ in range(20):
            self.flush()
            if self.tabs[0].evaluate(WAITING) == 0:
                return
            time.sleep(0.05)


def _nothing(device: _Device, random: Random) -> None:
    device.write(random)
    device.flush()


def _out_of_reach(device: _Device, random: Random) -> None:
    device.context.set_offline(True)
    device.write(random)
    device.flush()
    device.context.set_offline(False)


def _cut_before_asking(device: _Device, random: Random) -> None:
    device.write(random)
    with device.meeting("/outbox/state", lambda route: route.abort()):
        device.flush()


def _cut_before_arriving(device: _Device, random: Random) -> None:
    device.write(random)
    with device.meeting("/outbox", lambda route: route.abort()):
        device.flush()


def _reply_lost(device: _Device, random: Random) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    device.write(random)
    with device.meeting("/outbox", lose):
        device.flush()


def _reply_replaced(device: _Device, random: Random) -> None:
    def replace(route: Route) -> None:
        route.fetch()
        route.fulfill(status=random.choice((502, 503, 504)), body="<h1>Bad Gateway</h1>")

    device.write(random)
    with device.meeting("/outbox", replace):
        device.flush()


def _reply_cut_short(device: _Device, random: Random) -> None:
    def shorten(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(status=200, body=answer.body()[: random.randrange(1, 40)])

    device.write(random)
    with device.meeting("/outbox", shorten):
        device.flush()


def _three_tabs(device: _Device, random: Random) -> None:
    for tab in range(TABS):
        device.write(random, tab=tab)
    for tab in device.tabs:
        tab.evaluate(f"() => void ({FLUSH})()")


def _two_senders(device: _Device, random: Random) -> None:
    device.write(random)
    for tab in device.tabs[1:]:
        tab.evaluate(f"() => void ({BESIDE})()")
    device.flush()


def _tab_closed(device: _Device, random: Random) -> None:
    device.write(random)
    device.tabs[0].evaluate(f"() => void ({FLUSH})()")
    device.tabs[0].wait_for_timeout(random.random() * 30)
    device.tabs.pop(0).close()
    device.tabs.append(device.context.new_page())
    device.visit(device.tabs[-1])


def _clock_set(device: _Device, random: Random) -> None:
    device.write(random, ahead=random.choice((-1, 1)) * DAY_MS)
    device.flush()
    device.write(random, ahead=0)


def _server_killed(device: _Device, random: Random) -> None:
    def kill(route: Route) -> None:
        Timer(random.random() * 0.03, device.server.kill).start()
        route.continue_()

    device.write(random)
    with device.meeting("/outbox", kill):
        device.flush()
    while device.server.process is not None:
        time.sleep(0.01)
    device.server.start()


KILLED = _server_killed
FAILURES = (
    *(_nothing, _out_of_reach, _cut_before_asking, _cut_before_arriving),
    *(_reply_lost, _reply_lost, _reply_replaced, _reply_cut_short),
    *(_three_tabs, _two_senders, _tab_closed, _clock_set),
)
