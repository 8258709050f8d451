import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import select

from crm.access.models import SignInLevel, SignInSession
from crm.factors.models import OpenIdLink, OpenIdRequest
from crm.kernel.audit import AuditEntry
from crm.kernel.settings import Settings
from tests.factors.acts import enroll, signed_in
from tests.support.openid_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OpenIdProvider,
    openid_provider,
)
from tests.support.pages import ORIGIN, Browser, open_browser
from tests.support.world import NOW, World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""SQLite alone: what the databases judge is tested on both beside this file."""


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    """One provider for all: its start takes seconds."""
    with openid_provider(f"{ORIGIN}/sign-in/openid/return") as opened:
        yield opened


@pytest.fixture
def office(world: World, provider: OpenIdProvider) -> Iterator[Browser]:
    """The product beside the provider; the officer's subject is 1047, accepted by the officer."""
    provider.methods = ("password",)
    put_link(world, provider.issuer, accepted=True)
    settings = Settings(
        second_factor="offered",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
    )
    with open_browser(world.database, settings) as browser:
        yield browser


def put_link(world: World, issuer: str, *, accepted: bool) -> None:
    officer = world.actors["officer"]
    world.put(
        OpenIdLink(
            agency_id=officer.agency_id,
            account_id=officer.account_id,
            issuer=issuer,
            subject="1047",
            accepted_at=NOW if accepted else None,
        )
    )


def come_back(browser: Browser, provider: OpenIdProvider) -> str:
    """Be sent away, sign in there, and return the address the provider sends the browser to."""
    sent = set_out(browser)
    assert sent.status_code == 303
    return provider.visit(sent.headers["location"]).removeprefix(ORIGIN)


def set_out(browser: Browser, site: str = "same-origin") -> httpx.Response:
    """Follow the link of the sign-in page, or one of another `site`."""
    headers = {"Sec-Fetch-Site": site} if site else {}
    return browser.client.get("/sign-in/openid", headers=headers, follow_redirects=False)


def levels(world: World) -> list[SignInLevel]:
    with world.reading("officer") as db:
        return list(db.exec(select(SignInSession.level)).all())


def test_whoever_the_provider_names_is_signed_in(
    office: Browser, provider: OpenIdProvider, world: World
) -> None:
    answer = office.get(come_back(office, provider))
    assert (answer.status_code, answer.url.path) == (200, "/today")
    assert levels(world) == [SignInLevel.PASSWORD]


def test_the_browser_is_sent_away_with_pkce_state_and_nonce(office: Browser) -> None:
    address = set_out(office).headers["location"]
    asked = {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}
    secret = {name: len(asked.pop(name)) for name in ("state", "nonce", "code_challenge")}
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{ORIGIN}/sign-in/openid/return",
        "scope": "openid",
        "code_challenge_method": "S256",
        "max_age": "28800",
    }
    assert secret == {"state": 43, "nonce": 43, "code_challenge": 43}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_no_link_but_our_own_starts_a_sign_in(office: Browser, world: World, site: str) -> None:
    answer = set_out(office, site)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    with world.database.system("a test counts") as connection:
        asked = sa.func.count(sa.inspect(OpenIdRequest).local_table.c.key)
        assert connection.scalar(sa.select(asked)) == 0


def test_the_sign_in_the_browser_had_ends(
    office: Browser, provider: OpenIdProvider, world: World
) -> None:
    office.sign_in("chief")
    office.get(come_back(office, provider))
    table = sa.inspect(SignInSession).local_table
    with world.database.system("a test reads two accounts' sessions") as connection:
        rows = connection.execute(sa.select(table.c.revoked_at).order_by(table.c.created_at))
        assert [row.revoked_at is not None for row in rows] == [True, False]


def test_a_second_factor_shown_there_counts_here(
    office: Browser, provider: OpenIdProvider, world: World
) -> None:
    provider.methods = ("password", "otp")
    office.get(come_back(office, provider))
    assert levels(world) == [SignInLevel.SECOND_FACTOR]


def test_without_a_second_factor_there_the_own_one_is_asked_for(
    office: Browser, provider: OpenIdProvider, world: World
) -> None:
    signed_in(world, "officer")
    enroll(world, "officer")
    answer = office.get(come_back(office, provider))
    assert answer.url.path == "/sign-in/second-factor"


def test_a_link_its_owner_has_not_accepted_signs_nobody_in(
    office: Browser, provider: OpenIdProvider, world: World
) -> None:
    change(world, OpenIdLink, accepted_at=None)
    assert refused(office, come_back(office, provider))


def test_nobody_is_guessed_by_a_name(
    office: Browser, provider: OpenIdProvider, world: World
) -> None:
    change(world, OpenIdLink, subject="officer")
    assert refused(office, come_back(office, provider))


@pytest.mark.parametrize(
    "parameter", ["state", "code", "iss"], ids=["state", "code", "another issuer"]
)
@pytest.mark.parametrize("value", ["", "anothers"], ids=["missing", "wrong"])
def test_an_answer_that_does_not_fit_is_refused(
    office: Browser, provider: OpenIdProvider, parameter: str, value: str
) -> None:
    url = httpx.URL(come_back(office, provider))
    assert refused(office, str(url.copy_set_param(parameter, value)))


@pytest.mark.parametrize("column", ["nonce", "verifier"])
@pytest.mark.parametrize("value", ["", "a" * 50], ids=["missing", "wrong"])
def test_an_answer_to_another_nonce_or_challenge_is_refused(
    office: Browser, provider: OpenIdProvider, world: World, column: str, value: str
) -> None:
    address = come_back(office, provider)
    change(world, OpenIdRequest, **{column: value})
    assert refused(office, address)


def test_an_answer_is_heard_once(office: Browser, provider: OpenIdProvider) -> None:
    address = come_back(office, provider)
    cookie = office.client.cookies["openid"]
    office.get(address)
    office.client.cookies.clear()
    office.client.cookies.set("openid", cookie)
    assert refused(office, address)


def test_an_answer_in_another_browser_is_refused(office: Browser, provider: OpenIdProvider) -> None:
    address = come_back(office, provider)
    office.client.cookies.clear()
    assert refused(office, address)


def test_an_answer_that_comes_too_late_is_refused(
    office: Browser, provider: OpenIdProvider, world: World
) -> None:
    address = come_back(office, provider)
    change(world, OpenIdRequest, expires_at=dt.datetime.now(dt.UTC))
    assert refused(office, address)


def test_a_refusal_is_on_record(office: Browser, world: World) -> None:
    assert refused(office, "/sign-in/openid/return?code=x&state=y")
    with world.reading("auditor") as db:
        found = db.exec(select(AuditEntry.action, AuditEntry.outcome, AuditEntry.detail)).all()
    assert found == [("session.refused", "refused", {"method": "openid"})]


def test_a_provider_that_does_not_answer_is_said_so_and_logged(
    office: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    settings = office.client.app.state.settings
    office.client.app.state.settings = settings.model_copy(
        update={"oidc_issuer": "http://localhost:9/"}
    )
    answer = set_out(office)
    office.client.app.state.settings = settings
    assert (answer.status_code, "認証サーバーが応答しません。" in answer.text) == (503, True)
    said = [record.getMessage() for record in caplog.records if record.name == "crm"]
    assert said == ["OpenID provider: ConnectError('[Errno 111] Connection refused')"]


def test_an_administrator_links_and_the_owner_accepts(
    office: Browser, provider: OpenIdProvider, world: World
) -> None:
    with world.database.system("a test begins without a link") as connection:
        connection.execute(sa.delete(sa.inspect(OpenIdLink).local_table))
    path = f"/administration/accounts/{world.actors['officer'].account_id}/openid"
    office.sign_in("administrator").get(path)
    assert "本人の承認待ち" in office.post(path, {"subject": "1047"}).text
    office.post("/sign-out")
    assert refused(office, come_back(office, provider))
    office.sign_in("officer").get("/account/factors")
    office.post("/account/factors/openid/acceptance")
    office.post("/sign-out")
    assert office.get(come_back(office, provider)).url.path == "/today"


def test_nobody_but_an_administrator_links(office: Browser, world: World) -> None:
    path = f"/administration/accounts/{world.actors['officer'].account_id}/openid"
    office.sign_in("chief").get("/account/factors")
    answers = [
        office.get(path),
        office.post(path, {"subject": "1"}),
        office.post(f"{path}/removal"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def refused(browser: Browser, address: str) -> bool:
    answer = browser.get(address)
    assert (answer.status_code, "sid" in browser.client.cookies) == (403, False)
    return True


def change(world: World, table: type[Any], **values: object) -> None:
    with world.database.system("a test changes what is stored") as connection:
        connection.execute(sa.update(sa.inspect(table).local_table).values(**values))
