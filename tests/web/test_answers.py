import pytest
from litestar import Litestar, Response, Router, get
from litestar.di import Provide
from litestar.testing import TestClient
from sqlmodel import select

from crm.access.desk import CurrentDesk, provide_desk
from crm.app import create_app
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound
from crm.kernel.settings import Settings
from crm.web.security import SECURITY_HEADERS
from tests.support.pages import HTMX, ORIGIN, Browser
from tests.support.world import World


def headers_of(answer: object) -> dict[str, str]:
    return {name: answer.headers[name] for name in SECURITY_HEADERS}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/sign-in", "/nothing-here", "/static/x/missing.css", "/audit"])
def test_every_answer_carries_the_security_headers(browser: Browser, path: str) -> None:
    answer = browser.client.get(path, follow_redirects=False)
    assert headers_of(answer) == dict(SECURITY_HEADERS)


def test_an_unknown_address_is_a_whole_page(browser: Browser) -> None:
    answer = browser.get("/nothing-here")
    assert answer.status_code == 404
    assert "ページまたは記録が見つかりません" in answer.text
    assert answer.text.startswith("<!doctype html>")


def test_an_unknown_address_is_a_fragment_to_htmx(browser: Browser) -> None:
    answer = browser.get("/nothing-here", htmx=True)
    assert answer.status_code == 404
    assert 'role="alert"' in answer.text
    assert "<html" not in answer.text


def test_an_error_page_speaks_the_browsers_language(browser: Browser) -> None:
    answer = browser.client.get("/nothing-here", headers={"Accept-Language": "en-US,en;q=0.9"})
    assert '<html lang="en">' in answer.text


def test_a_wrong_method_says_so_calmly(browser: Browser) -> None:
    answer = browser.post("/audit")
    assert answer.status_code == 405
    assert answer.text.startswith("<!doctype html>")


def test_a_body_too_large_is_refused_and_on_record_once_a_minute(
    browser: Browser, world: World
) -> None:
    answers = [
        browser.post("/sign-in", {"login": "x" * 1_100_000, "password": "y"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [413, 413]
    assert refusals(world) == [("413", {"path": "/sign-in"})]


def test_a_form_from_elsewhere_is_on_record_once_a_minute(browser: Browser, world: World) -> None:
    for _ in range(3):
        browser.client.post("/sign-out", headers={"Origin": "https://evil.example"})
    assert refusals(world) == [("403", {"path": "/sign-out"})]


def refusals(world: World) -> list[tuple[str, dict[str, str]]]:
    with world.reading("auditor") as db:
        found = select(AuditEntry.outcome, AuditEntry.detail)
        return [
            (outcome, detail)
            for outcome, detail in db.exec(found.where(AuditEntry.action == "access.denied")).all()
        ]


def test_static_files_are_kept_for_a_year_and_stay_inside(browser: Browser) -> None:
    answer = browser.client.get("/static/any/css/base.css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert browser.client.get("/static/any/..%2f..%2fapp.py").status_code == 404


def test_pages_are_never_cached(browser: Browser) -> None:
    browser.sign_in("auditor")
    answer = browser.get("/audit")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "HX-Request, HX-Request-Type"


def test_another_host_name_is_refused(browser: Browser) -> None:
    answer = browser.client.get("/sign-in", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400


@get("/refusals/{kind:str}", sync_to_thread=True)
def refuse(desk: CurrentDesk, kind: str) -> Response[str]:
    """Raise what a handler may raise."""
    with desk.reads():
        raise {
            "forbidden": Forbidden,
            "missing": NotFound,
            "stale": Conflict,
            "fault": ZeroDivisionError,
        }[kind]


@pytest.fixture
def refusing(world: World) -> TestClient[Litestar]:
    app = create_app(Settings(second_factor="offered"), world.database)
    app.register(Router("/", route_handlers=[refuse], dependencies={"desk": Provide(provide_desk)}))
    return TestClient(app, base_url=ORIGIN)


@pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("kind", "status", "title"),
    [
        ("forbidden", 403, "この操作はできません"),
        ("missing", 404, "ページまたは記録が見つかりません"),
        ("stale", 409, "他の職員が先に更新しました"),
        ("fault", 500, "処理できませんでした"),
    ],
)
@pytest.mark.parametrize("fragment", [False, True], ids=["whole", "fragment"])
def test_refusals_are_pages_and_fragments(
    refusing: TestClient[Litestar], kind: str, status: int, title: str, *, fragment: bool
) -> None:
    with refusing as client:
        browser = Browser(client).sign_in("auditor")
        answer = browser.client.get(f"/refusals/{kind}", headers=HTMX if fragment else {})
    assert answer.status_code == status
    assert title in answer.text
    assert ("<html" in answer.text) is not fragment
    assert "ZeroDivisionError" not in answer.text


def test_an_error_after_signing_in_speaks_the_accounts_language(browser: Browser) -> None:
    browser.sign_in("administrator")
    browser.post("/locale", {"locale": "en"})
    browser.client.cookies.delete("lang")
    answer = browser.get("/audit")
    assert answer.status_code == 404
    assert '<html lang="en">' in answer.text


def test_the_cookie_of_the_language_is_kept_to_this_host(world: World) -> None:
    settings = Settings(base_url="https://tsunagari.example.lg.jp")
    client = TestClient(create_app(settings, world.database), base_url=settings.origin)
    with client:
        browser = Browser(client)
        browser.post("/locale", {"locale": "en"}, follow=False)
        assert [cookie.name for cookie in client.cookies.jar] == ["__Host-lang"]
        assert '<html lang="en">' in client.get("/sign-in").text
        client.cookies.clear()
        client.cookies.set("lang", "en")
        assert '<html lang="ja">' in client.get("/sign-in").text
