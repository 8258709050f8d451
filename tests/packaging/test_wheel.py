"""The product as it is installed: complete, and nothing of the checkout in sight."""

import hashlib
import re
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.packaging.conftest import ROOT, run

# built and installed once, however many workers there are
pytestmark = pytest.mark.xdist_group("wheel")
PASSWORD = "hashi-no-shita-de-matsu"
PAGES = ("/today", "/people", "/organizations", "/coverage", "/roster", "/notes/new")


def test_wheel_holds_every_file_of_the_product(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {
            name: hashlib.sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
            if ".dist-info/" not in name
        }
    assert packed == {**files_of("crm"), **files_of("templates", under="crm/templates")}


def files_of(folder: str, *, under: str = "") -> dict[str, str]:
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {
        f"{under or folder}/{path.relative_to(ROOT / folder).as_posix()}": hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in found
        if "__pycache__" not in path.parts
    }


class Product(NamedTuple):
    """The installed product, serving."""

    url: str
    environ: dict[str, str]


@pytest.fixture(scope="module")
def product(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The installed product over a small sample, serving from a folder of its own."""
    home = tmp_path_factory.mktemp("state")
    crm = installed / "bin" / "crm"
    environ = {
        "CRM_DATABASE_URL": f"sqlite:///{home}/crm.db",
        "CRM_DEMO": "true",
        "CRM_WORKERS": "2",
        "CRM_SECOND_FACTOR": "offered",
    }
    where = run(installed / "bin" / "python", "-c", "import crm; print(crm.__file__)", cwd=home)
    assert where.startswith(str(installed))
    run(crm, "migrate", cwd=home, **environ)
    run(crm, "sample-data", "--size", "small", "--password", PASSWORD, cwd=home, **environ)
    run(crm, "check", cwd=home, **environ)
    with serving(crm, home, environ) as url:
        yield Product(url, environ)


@contextmanager
def serving(crm: Path, home: Path, environ: dict[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - the product's own command
        [str(crm), "serve"],
        cwd=home,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "CRM_PORT": str(port), **environ},
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{url}/sign-in")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_installed_product_shows_the_pages_in_both_languages(product: Product) -> None:
    with signed_in(product.url, "chief") as browser:
        japanese = [browser.get(path) for path in PAGES]
        token = token_of(japanese[0].text)
        browser.post("/locale", data={"_csrf_token": token, "locale": "en", "back": "/today"})
        english = [browser.get(path) for path in PAGES]
    assert [answer.status_code for answer in (*japanese, *english)] == [200] * 2 * len(PAGES)
    assert ['lang="ja"' in answer.text for answer in japanese] == [True] * len(PAGES)
    assert ['lang="en"' in answer.text for answer in english] == [True] * len(PAGES)


def test_installed_product_serves_what_its_pages_ask_for(product: Product) -> None:
    with signed_in(product.url, "chief") as browser:
        asked = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', browser.get("/today").text))
        answers = {path: browser.get(path).status_code for path in asked}
    assert len(asked) > 3
    assert set(answers.values()) == {200}


def test_installed_product_makes_paper(product: Product, installed: Path, tmp_path: Path) -> None:
    output = tmp_path / "roster.pdf"
    order = ("--as", "chief", "--purpose", "会議", "--output", output)
    run(installed / "bin" / "crm", "roster", *order, cwd=tmp_path, **product.environ)
    assert output.read_bytes()[:5] == b"%PDF-"


@contextmanager
def signed_in(address: str, login: str) -> Iterator[httpx.Client]:
    headers = {"Origin": address, "Accept-Language": "ja"}
    with httpx.Client(base_url=address, headers=headers, follow_redirects=True) as browser:
        sent = {"login": login, "password": PASSWORD}
        assert browser.post("/sign-in", data=sent).status_code == 200
        yield browser


def token_of(text: str) -> str:
    found = re.search(r'name="_csrf_token" value="([^"]+)"', text)
    assert found
    return found.group(1)
