import datetime as dt
import json
import re
from collections.abc import Iterator

import httpx
import pyotp
import pytest
from sqlmodel import select

from crm.access.models import Account
from crm.factors.models import RecoveryCode
from crm.kernel.settings import Settings
from tests.support.authenticator import Authenticator
from tests.support.pages import ORIGIN, Browser, counted, open_browser
from tests.support.world import PASSWORD, World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""SQLite alone: what the databases judge is tested on both beside this file."""

LOCALHOST = ORIGIN.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the installation's key is; the same for all, so that one application serves them."""
    return str(tmp_path_factory.mktemp("state") / "crm.key")


@pytest.fixture
def office(world: World, key_file: str) -> Iterator[Browser]:
    """The product where second factors are required."""
    settings = Settings(key_file=key_file)
    with open_browser(world.database, settings) as browser:
        yield browser


def field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, text[:2000]
    return found.group(1)


def secret_in(text: str) -> str:
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", text)
    assert found
    return found.group(1).replace(" ", "")


def code_of(secret: str, *, ahead: int = 0) -> str:
    now = dt.datetime.now(dt.UTC)
    return pyotp.TOTP(secret).at(now + dt.timedelta(seconds=30 * ahead))


def enroll(browser: Browser) -> tuple[str, httpx.Response]:
    """Take on an application through the pages; return its secret and the page that follows."""
    form = browser.get("/account/factors/totp").text
    secret = secret_in(form)
    sent = {"name": "公用携帯", "code": code_of(secret), "offered": field(form, "offered")}
    return secret, browser.post("/account/factors/totp", sent)


def test_an_administrator_without_a_factor_is_led_to_take_one_on(office: Browser) -> None:
    answer = office.sign_in("administrator").get("/administration")
    assert (answer.status_code, answer.url.path) == (200, "/account/factors")
    assert "この役割で使うには、二要素認証が必要です。" in answer.text


def test_the_first_factor_gives_the_paper_and_opens_the_pages(
    office: Browser, world: World
) -> None:
    office.sign_in("administrator")
    before = office.client.cookies["sid"]
    _, answer = enroll(office)
    codes = re.findall(r"<li><code>([a-z2-9-]{29})</code></li>", answer.text)
    assert (answer.status_code, len(set(codes))) == (200, 10)
    assert office.client.cookies["sid"] != before
    assert office.get("/administration").url.path == "/administration"
    with world.reading("administrator") as db:
        account = world.actors["administrator"].account_id
        assert db.exec(select(Account.has_second_factor).where(Account.id == account)).one()
        stored = db.exec(select(RecoveryCode.code_hash)).all()
    assert set(codes).isdisjoint(stored)


def test_the_next_sign_in_waits_for_the_code_and_comes_back(office: Browser) -> None:
    office.sign_in("officer")
    secret, _ = enroll(office)
    office.post("/sign-out")
    asked = office.post("/sign-in", {"login": "officer", "password": PASSWORD})
    assert asked.url.path == "/sign-in/second-factor"
    elsewhere = office.get("/people")
    assert (elsewhere.url.path, elsewhere.url.params["next"]) == (
        "/sign-in/second-factor",
        "/people",
    )
    way = field(elsewhere.text, "next")
    sent = {"code": code_of(secret, ahead=1), "next": way}
    answer = office.post("/sign-in/second-factor/code", sent)
    assert (answer.status_code, answer.url.path) == (200, "/people")


def test_a_wrong_code_says_so_and_shows_nothing_of_the_pages(office: Browser) -> None:
    office.sign_in("officer")
    enroll(office)
    office.post("/sign-out")
    office.post("/sign-in", {"login": "officer", "password": PASSWORD})
    answer = office.post("/sign-in/second-factor/code", {"code": "123456"})
    assert answer.status_code == 422
    assert "コードが違うか、すでに使われています。次のコードを入力してください。" in answer.text
    assert 'value="123456"' not in answer.text
    assert "side-nav" not in answer.text


def test_a_recovery_code_signs_in_and_is_told_of(office: Browser) -> None:
    office.sign_in("officer")
    _, shown = enroll(office)
    code = re.findall(r"<li><code>([a-z2-9-]{29})</code></li>", shown.text)[0]
    office.post("/sign-out")
    office.post("/sign-in", {"login": "officer", "password": PASSWORD})
    empty = office.post("/sign-in/second-factor/recovery", {"recovery": ""})
    assert (empty.status_code, "リカバリーコードを入力してください。" in empty.text) == (422, True)
    answer = office.post("/sign-in/second-factor/recovery", {"recovery": code})
    assert answer.url.path == "/today"
    assert "リカバリーコードを1つ使いました。" in answer.text
    assert "使っていないものは9個あります。" in office.get("/account/factors").text


def test_nobody_is_led_elsewhere_after_the_code(office: Browser) -> None:
    office.sign_in("officer")
    secret, _ = enroll(office)
    ways = ["https://evil.example/", "//evil.example/", "/\\evil.example", "evil"]
    shown = [office.client.get("/sign-in/second-factor", params={"next": way}) for way in ways]
    assert [field(page.text, "next") for page in shown] == ["/"] * len(ways)
    sent = {"code": code_of(secret, ahead=1), "next": ways[0]}
    answer = office.post("/sign-in/second-factor/code", sent, follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")


def test_a_session_that_showed_no_factor_cannot_add_or_remove_one(
    office: Browser, world: World, key_file: str
) -> None:
    office.sign_in("officer")
    old = office.client.cookies["sid"]
    with open_browser(world.database, Settings(key_file=key_file)) as other:
        enroll(other.sign_in("officer"))
    office.client.cookies.set("sid", old)
    answer = office.get("/account/factors/totp")
    assert answer.url.path == "/sign-in/second-factor"
    assert office.post("/account/factors/recovery-codes").url.path == "/sign-in/second-factor"


def test_a_secret_offered_to_another_sign_in_is_refused(office: Browser) -> None:
    form = office.sign_in("officer").get("/account/factors/totp").text
    secret, offered = secret_in(form), field(form, "offered")
    office.post("/sign-out")
    office.sign_in("chief").get("/account/factors")
    sent = {"name": "x", "code": code_of(secret), "offered": offered}
    assert office.post("/account/factors/totp", sent).status_code == 422


def test_a_wrong_first_code_keeps_the_picture(office: Browser) -> None:
    form = office.sign_in("officer").get("/account/factors/totp").text
    sent = {"name": "公用携帯", "code": "000000", "offered": field(form, "offered")}
    answer = office.post("/account/factors/totp", sent)
    assert (answer.status_code, secret_in(answer.text)) == (422, secret_in(form))
    assert answer.text.count("<svg") > 0


def test_a_factor_is_named_and_the_last_one_goes_only_with_the_password(
    office: Browser, world: World
) -> None:
    office.sign_in("officer")
    enroll(office)
    path = link_to(office.get("/account/factors").text)
    office.get(path)
    named = office.post(f"{path}/name", {"name": "新しい携帯"})
    assert "新しい携帯" in named.text
    silent = office.post(f"{path}/removal")
    wrong = office.post(f"{path}/removal", {"password": "まちがい"})
    assert [silent.status_code, wrong.status_code] == [422, 422]
    assert "パスワードが違います。" in wrong.text
    gone = office.post(f"{path}/removal", {"password": PASSWORD})
    assert "まだ登録していません。" in gone.text
    with world.reading("officer") as db:
        assert db.exec(select(RecoveryCode)).all() == []
        assert db.exec(select(Account.has_second_factor)).all() == [False]


def link_to(text: str) -> str:
    found = re.search(r'href="(/account/factors/(?:totp|passkey)/[0-9a-f-]{36})"', text)
    assert found
    return found.group(1)


def test_another_accounts_factor_does_not_exist(office: Browser) -> None:
    office.sign_in("officer")
    enroll(office)
    path = link_to(office.get("/account/factors").text)
    office.post("/sign-out")
    office.sign_in("chief")
    enroll(office)
    answers = [
        office.get(path),
        office.post(f"{path}/name", {"name": "x"}),
        office.post(f"{path}/removal", {"password": PASSWORD}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_passkeys_are_not_offered_where_no_browser_takes_them(office: Browser) -> None:
    office.sign_in("officer")
    said = "このアドレスでは使えません。"
    assert said in office.get("/account/factors").text
    assert said in office.get("/account/factors/passkey").text
    assert office.post("/account/factors/passkey/options").status_code == 404


@pytest.fixture
def local(world: World, key_file: str) -> Iterator[Browser]:
    """The product on this machine under the name browsers allow passkeys for."""
    settings = Settings(base_url=LOCALHOST, key_file=key_file)
    with open_browser(world.database, settings) as browser:
        browser.client.base_url = httpx.URL(LOCALHOST)
        browser.origin = LOCALHOST
        yield browser


def make_key(browser: Browser) -> tuple[Authenticator, httpx.Response]:
    key = Authenticator(LOCALHOST, "localhost")
    browser.get("/account/factors/passkey")
    options = browser.post("/account/factors/passkey/options").text
    sent = {"name": "青い鍵", "answer": key.create(options)}
    return key, browser.post("/account/factors/passkey", sent)


def test_a_passkey_is_taken_on_and_signs_in(local: Browser) -> None:
    local.sign_in("officer")
    key, made = make_key(local)
    assert "リカバリーコード" in made.text
    local.post("/sign-out")
    local.post("/sign-in", {"login": "officer", "password": PASSWORD})
    options = local.post("/sign-in/second-factor/options").text
    answer = local.post(
        "/sign-in/second-factor/passkey", {"answer": key.get(options), "next": "/people"}
    )
    assert answer.url.path == "/people"


def test_a_shared_terminal_takes_only_keys_people_carry(local: Browser) -> None:
    local.sign_in("officer").get("/account/factors/passkey")
    asked = json.loads(local.post("/account/factors/passkey/options").text)
    key = Authenticator(LOCALHOST, "localhost", attachment="platform")
    sent = {"name": "端末", "answer": key.create(json.dumps(asked))}
    answer = local.post("/account/factors/passkey", sent)
    assert asked["authenticatorSelection"]["authenticatorAttachment"] == "cross-platform"
    assert (answer.status_code, "共用端末には" in answer.text) == (422, True)


def test_the_same_key_is_not_taken_on_twice(local: Browser) -> None:
    local.sign_in("officer")
    key, _ = make_key(local)
    local.get("/account/factors/passkey")
    asked = local.post("/account/factors/passkey/options").text
    answer = local.post("/account/factors/passkey", {"name": "x", "answer": key.create(asked)})
    assert (answer.status_code, "この鍵は、すでに登録されています。" in answer.text) == (422, True)


def test_without_the_script_the_page_says_what_is_missing(local: Browser) -> None:
    local.sign_in("officer")
    form = local.get("/account/factors/passkey").text
    assert "JavaScript を使えるブラウザーが必要です。" in form
    answer = local.post("/account/factors/passkey", {"name": "青い鍵"})
    assert (answer.status_code, "鍵の応答がありません。" in answer.text) == (422, True)


def test_pages_of_factors_take_few_statements(office: Browser, world: World) -> None:
    office.sign_in("officer")
    enroll(office)
    with counted(world.database) as statements:
        office.get("/account/factors")
    assert len(statements) <= 8
