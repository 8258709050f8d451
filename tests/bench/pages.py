"""The pages of the main jobs: recorded once, then asked of the product and of the floor in turn."""

import re
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import httpx
import sqlalchemy as sa
from litestar.testing import TestClient
from uuid_utils.compat import uuid7

from crm.app import create_app
from crm.kernel.db import Database
from crm.kernel.settings import Settings
from crm.liaisons.models import LiaisonTerm
from crm.notes.models import NotePerson
from tests.bench.client import Call, ask_at_once, ask_in_turn, get, post
from tests.bench.process import Server, free_port
from tests.bench.recording import Recording, recorded, save

PASSWORD = "mihon-no-pasuwaado"
OFFICER, CHIEF, HEADQUARTERS = "officer", "chief", "hq"
CONNECTIONS = 16
WORKERS = 2
WARM_UP = 3
TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing users do over and over."""

    name: str
    login: str
    path: str
    fields: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over the rounds of one run: median, smallest and largest."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: list[float]) -> "Spread":
        """Sum up the rounds."""
        return cls(statistics.median(figures), min(figures), max(figures))


@dataclass(frozen=True, slots=True)
class Measured:
    """What one errand costs, and its floor in the same rounds."""

    name: str
    statements: int
    cpu_us: Spread
    floor_cpu_us: Spread
    cpu_ratio: Spread
    p50_ms: Spread
    p95_ms: Spread
    floor_p95_ms: Spread
    p95_ratio: Spread


def errands(database: Database) -> list[Errand]:
    """Choose whom and what to ask for: the liaison with the longest history, of the officer's.

    Notes are written about somebody else, of a day long past: thousands more of the last weeks
    would make the other pages longer than any station's.
    """
    with database.system("benchmark") as connection:
        station = connection.scalar(
            sa.text(
                "SELECT p.station_id FROM account a"
                " JOIN staff_assignment s ON s.staff_id = a.staff_id AND s.valid_to IS NULL"
                " JOIN unit_placement p ON p.unit_id = s.unit_id AND p.valid_to IS NULL"
                " WHERE a.login = 'officer'"
            ).columns(station_id=sa.inspect(LiaisonTerm).columns["station_id"].type)
        )
        in_touch = (
            sa.select(NotePerson.person_id)
            .where(NotePerson.station_id == station)
            .group_by(NotePerson.person_id)
            .order_by(sa.func.count().desc(), NotePerson.person_id)
        )
        busiest, other = connection.scalars(in_touch.limit(2))
    return [
        Errand("person page", OFFICER, f"/people/{busiest}"),
        Errand("list of 50", OFFICER, "/people"),
        Errand("search, common character", OFFICER, "/search", {"q": "田"}),
        Errand("search, no hit", OFFICER, "/search", {"q": "飛行船"}),
        Errand("today", OFFICER, "/today"),
        Errand("coverage, one station", CHIEF, "/coverage"),
        Errand("coverage, whole prefecture", HEADQUARTERS, "/coverage"),
        Errand("saving a note", OFFICER, f"/people/{other}/notes", note_about(other)),
    ]


def note_about(person_id: UUID) -> dict[str, str]:
    """Return what the form of a note sends."""
    return {
        "person_ids": str(person_id),
        "occasion": "patrol_visit",
        "outcome": "met",
        "happened_at": "2026-06-01T10:30",
        "heard": "街路灯が切れていて夜道が暗い、と話されていた。",
    }


@dataclass(slots=True)
class Browser:
    """A signed-in client: what it must send along."""

    client: httpx.Client
    cookie: str
    token: str

    @classmethod
    def signed_in(cls, client: httpx.Client, login: str) -> "Browser":
        """Sign in over any transport."""
        client.cookies.clear()
        answer = client.post(
            "/sign-in", data={"login": login, "password": PASSWORD}, follow_redirects=True
        )
        found = TOKEN.search(answer.text)
        if not found:
            raise RuntimeError(f"{login} could not sign in: {answer.status_code}")
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        return cls(client, cookie, found.group(1))

    def call(self, errand: Errand, host: str, origin: str) -> Call:
        """Make one errand's request; a search is stored first, and its answer is what counts."""
        if errand.fields is None:
            return get(errand.path, host, self.cookie)
        if errand.path == "/search":
            return get(self.stored_search(errand), host, self.cookie)
        sent = {**errand.fields, "_csrf_token": self.token, "client_key": str(uuid7())}
        return post(errand.path, host, origin, self.cookie, urlencode(sent).encode())

    def stored_search(self, errand: Errand) -> str:
        """Store a search and return the path of its answer."""
        sent = {**(errand.fields or {}), "_csrf_token": self.token}
        answer = self.client.post(errand.path, data=sent, follow_redirects=False)
        return str(answer.headers["location"])


def record_all(database: Database, settings: Settings, wanted: list[Errand]) -> list[Recording]:
    """Do each errand once inside this process and keep its statements."""
    found: list[Recording] = []
    headers = {"Origin": settings.origin}
    with TestClient(
        create_app(settings, database), settings.origin, raise_server_exceptions=True
    ) as client:
        client.headers.update(headers)
        for errand in wanted:
            browser = Browser.signed_in(client, errand.login)
            once = _once(browser, errand)
            once()
            with recorded(database, errand.name.replace(" ", "-").replace(",", "")) as recording:
                status = once()
            if status not in {200, 303}:
                raise RuntimeError(f"{errand.name} was answered {status}")
            found += recording
    return found


def _once(browser: Browser, errand: Errand) -> Callable[[], int]:
    if errand.fields is None:
        return lambda: browser.client.get(errand.path).status_code
    if errand.path == "/search":
        path = browser.stored_search(errand)
        return lambda: browser.client.get(path).status_code

    def send() -> int:
        sent = {**(errand.fields or {}), "_csrf_token": browser.token, "client_key": str(uuid7())}
        answer = browser.client.post(errand.path, data=sent, follow_redirects=False)
        return answer.status_code

    return send


@contextmanager
def servers(settings: Settings, recordings: Path) -> Iterator[tuple[Server, Server]]:
    """Serve the product and its floor beside it, both with two workers."""
    port = free_port()
    environ = {
        "CRM_DATABASE_URL": settings.database_url,
        "CRM_PORT": str(port),
        "CRM_DEMO": "true",
        "CRM_SECOND_FACTOR": "offered",
        "CRM_WORKERS": str(WORKERS),
    }
    product = Server(["-c", "from crm.cli import main; main(['serve'])"], environ, port)
    floor_port = free_port()
    floor = Server(
        [
            *("-m", "uvicorn", "tests.bench.floor:app", "--log-level", "error"),
            *("--port", str(floor_port), "--workers", str(WORKERS)),
        ],
        {
            "BENCH_RECORDINGS": str(recordings),
            "BENCH_DATABASE_URL": settings.owner_url or settings.database_url,
        },
        floor_port,
    )
    try:
        yield product, floor
    finally:
        product.stop()
        floor.stop()


def measure(
    product: Server, floor: Server, wanted: list[Errand], recordings: list[Recording], rounds: int
) -> list[Measured]:
    """Ask the product and its floor in turn, round by round."""
    host = f"127.0.0.1:{product.port}"
    origin = f"http://{host}"
    taken: dict[str, list[dict[str, float]]] = {errand.name: [] for errand in wanted}
    with httpx.Client(base_url=origin, headers={"Origin": origin}) as client:
        browsers = {
            login: Browser.signed_in(client, login) for login in {each.login for each in wanted}
        }
        for _ in range(rounds):
            for errand, recording in zip(wanted, recordings, strict=True):
                browser = browsers[errand.login]
                client.cookies.clear()
                client.cookies.update(dict([browser.cookie.split("=", 1)]))

                def ours(browser: Browser = browser, errand: Errand = errand) -> Call:
                    return browser.call(errand, host, origin)

                def theirs(recording: Recording = recording) -> Call:
                    return get(f"/{recording.name}", "floor")

                taken[errand.name].append(_round(product, ours, floor, theirs))
    return [
        _summed(errand.name, recording.statements, taken[errand.name])
        for errand, recording in zip(wanted, recordings, strict=True)
    ]


def _round(
    product: Server, ours: Callable[[], Call], floor: Server, theirs: Callable[[], Call]
) -> dict[str, float]:
    cpu, mine = _cost(product, ours)
    floor_cpu, its = _cost(floor, theirs)
    return {
        "cpu_us": cpu,
        "floor_cpu_us": floor_cpu,
        "cpu_ratio": cpu / floor_cpu,
        "p50_ms": mine[0],
        "p95_ms": mine[1],
        "floor_p95_ms": its[1],
        "p95_ratio": mine[1] / its[1],
    }


def _cost(server: Server, make: Callable[[], Call]) -> tuple[float, tuple[float, float]]:
    """Return the CPU of one request asked in turn, and p50 and p95 at sixteen connections."""
    seconds = ask_in_turn(server.port, [make() for _ in range(WARM_UP)])
    # a round takes about a second, however fast or slow the page is
    count = max(4, min(200, int(1 / max(seconds))))
    calls = [make() for _ in range(count)]
    before = server.cpu_s
    ask_in_turn(server.port, calls)
    cpu = (server.cpu_s - before) / count * 1_000_000
    each = max(1, count // 8)
    shares = [[make() for _ in range(each)] for _ in range(CONNECTIONS)]
    times = sorted(ask_at_once(server.port, shares))
    return cpu, (_at(times, 0.5), _at(times, 0.95))


def _at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))] * 1000


def _summed(name: str, statements: int, taken: list[dict[str, float]]) -> Measured:
    figures = {key: Spread.of([each[key] for each in taken]) for key in taken[0]}
    return Measured(name, statements, **figures)


def as_json(measured: list[Measured]) -> list[dict[str, object]]:
    """Return the figures as plain JSON."""
    return [asdict(each) for each in measured]


def write(recordings: list[Recording], path: Path) -> None:
    """Keep the recordings where the floor finds them."""
    save(recordings, path)


def start_seconds(settings: Settings) -> float:
    """Start the product cold three times; the median time to its first answer, in seconds."""
    times = []
    for _ in range(3):
        port = free_port()
        environ = {"CRM_DATABASE_URL": settings.database_url, "CRM_PORT": str(port)}
        server = Server(["-c", "from crm.cli import main; main(['serve'])"], environ, port)
        times.append(server.start_s)
        server.stop()
    return statistics.median(times)
