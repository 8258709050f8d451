"""Walking the pages without a browser: signing in, following forms, counting statements."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import event

from crm.access import attempts
from crm.access.desk import device_cookie_name, session_cookie_name
from crm.access.models import DeviceKind
from crm.access.service import SignInFacts
from crm.app import create_app
from crm.kernel.clock import utc_now
from crm.kernel.db import Database
from crm.kernel.settings import Settings
from crm.web.security import csrf_token
from tests.support.world import PASSWORD

ORIGIN = Settings().origin
ADDRESS = "testclient"
"""Where the in-process client says it calls from."""
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Browser:
    """A plain browser: keeps its cookie, sends Origin, carries the page's CSRF token."""

    def __init__(self, client: TestClient[Litestar]) -> None:
        self.client = client
        self.token = ""
        self.origin = str(client.base_url).rstrip("/")

    def get(self, path: str, *, htmx: bool = False) -> httpx.Response:
        """Open a page (redirects are followed)."""
        headers = {"Accept-Language": "ja", **(HTMX if htmx else {})}
        return self._remember(self.client.get(path, headers=headers))

    def post(
        self,
        path: str,
        data: dict[str, object] | None = None,
        *,
        htmx: bool = False,
        follow: bool = True,
        files: dict[str, tuple[str, bytes]] | None = None,
    ) -> httpx.Response:
        """Send a form as the last page's form would, with `files` as multipart."""
        headers = {"Origin": self.origin, "Accept-Language": "ja", **(HTMX if htmx else {})}
        body = {"_csrf_token": self.token, **(data or {})}
        answer = self.client.post(
            path, data=body, files=files, headers=headers, follow_redirects=follow
        )
        return self._remember(answer)

    def sign_in(self, login: str) -> "Browser":
        """Be signed in as an account of the world, whose password is not tried.

        Hashing it and showing the first page would be half the time of all the pages' tests.
        """
        state = self.client.app.state
        settings: Settings = state.settings
        jar, host = self.client.cookies, self.client.base_url.host
        # as the standard library's jar files the cookies of a name without a dot
        domain = host if "." in host else f"{host}.local"
        facts = SignInFacts(
            login,
            ADDRESS,
            utc_now(),
            demo=settings.demo,
            device_cookie=jar.get(device_cookie_name(settings), ""),
            cookie=jar.get(session_cookie_name(settings), ""),
        )
        lasts = {
            DeviceKind.SHARED: dt.timedelta(hours=settings.shared_absolute_hours),
            DeviceKind.PERSONAL: dt.timedelta(hours=settings.absolute_hours),
        }
        attempt = attempts.begin_attempt(state.database, facts)
        opened = attempts.finish_sign_in(state.database, attempt, matches=True, lasts=lasts)
        jar.set(session_cookie_name(settings), opened.cookie, domain=domain, path="/")
        if opened.device_cookie:
            jar.set(device_cookie_name(settings), opened.device_cookie, domain=domain, path="/")
        self.token = csrf_token(opened.cookie)
        return self

    def enter(self, login: str, password: str = PASSWORD) -> "Browser":
        """Sign in through the page, as people do."""
        answer = self.post("/sign-in", {"login": login, "password": password})
        assert answer.status_code == 200, answer.text[:500]
        return self

    def _remember(self, answer: httpx.Response) -> httpx.Response:
        found = re.search(r'name="_csrf_token" value="([^"]+)"', answer.text)
        if found:
            self.token = found.group(1)
        return answer


@contextmanager
def open_browser(database: Database, settings: Settings | None = None) -> Iterator[Browser]:
    """Serve the product in-process on an open database and give a browser on it.

    An application is used again by the next browser: its routes and templates take half a second.
    """
    wanted = settings or Settings(second_factor="offered")
    idle = _IDLE.setdefault(wanted.model_dump_json(), [])
    app = idle.pop() if idle else create_app(wanted, database)
    app.state.database = database
    with TestClient(app, base_url=ORIGIN) as client:
        yield Browser(client)
    idle.append(app)


_IDLE: dict[str, list[Litestar]] = {}


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Collect every SQL statement the block sends (transaction control aside)."""
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
