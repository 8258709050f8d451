"""Debian's Chromium on a really served product: journeys, screenshots, axe, CSP violations."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from crm.app import create_app
from crm.jobs.runner import Pace
from crm.kernel.db import Database
from crm.kernel.settings import Settings

AXE = (Path(__file__).parent.parent / "assets" / "axe.min.js").read_text(encoding="utf-8")
MISSING = "Chromium was not found. Install it (Debian: apt-get install chromium) or set CHROMIUM."
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450}
"""The desk at 200 %; an A4 page between its margins (642 px) is as wide."""
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PATIENCE_MS = 30_000
"""How long a page may take on a machine that has other things to do: none is measured here."""
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(each => {
  const style = getComputedStyle(each);
  const hides = /hidden|clip/.test(style.overflowX) && each.scrollWidth > each.clientWidth + 1;
  // what is clipped away or a pixel wide is there for screen readers
  return hides && !each.closest('.visually-hidden') && each.getBoundingClientRect().width > 2;
}).map(each => each.outerHTML.slice(0, 160))"""
FURNITURE = """() => [
  ...document.querySelectorAll('nav a, nav button, .header, .skip-link, .button'),
].filter(each => each.getClientRects().length)
  .map(each => each.outerHTML.slice(0, 160))"""
# the choice of language marks the one in use; Japanese has marks of where lines may break
SKELETON = """() => [...document.querySelectorAll('body :not(wbr, .keep)')]
  .filter(each => !each.closest('.language'))
  .map(each => [
    each.localName,
    ...[...each.attributes].map(one => one.name + (one.value.trim() ? '=' : '')),
    each.textContent.trim() ? '#' : '',
  ].join(' ')).join('\\n')"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser named by CHROMIUM, or the one on the path; none is downloaded."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        raise RuntimeError(MISSING)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@contextmanager
def served(database: Database, *, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve the product on a free port of this machine and yield its address, by that name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = Settings(
        port=port, base_url=f"http://{host}:{port}", demo=True, second_factor="offered"
    )
    config = uvicorn.Config(
        create_app(settings, database, pace=Pace()),
        host="127.0.0.1",
        port=port,
        log_level="error",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield settings.origin
    finally:
        server.should_exit = True
        thread.join()


class Walker:
    """A person at a browser; every page it opens is checked for violations of the CSP."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        context.set_default_timeout(PATIENCE_MS)

    def _hear(self, message: Any) -> None:
        # a refused form (422) and a stranger's page (404) are answers, not faults
        expected = "Failed to load resource" in message.text and "status of 5" not in message.text
        if message.type == "error" and not expected:
            self.complaints.append(message.text)

    def sign_in(self, login: str, password: str) -> None:
        """Sign in as somebody."""
        self.page.goto(f"{self.address}/sign-in")
        self.page.get_by_label("ログイン名").fill(login)
        self.page.get_by_label("パスワード").fill(password)
        self.page.get_by_role("button", name="サインインする").click()
        self.page.wait_for_url(lambda url: not url.endswith("/sign-in"))

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(f"{self.address}{path}")

    def see(self, viewport: dict[str, int], media: Literal["screen", "print"] = "screen") -> None:
        """Look at the open page in another size, once it has settled there."""
        self.page.emulate_media(media=media)
        self.page.set_viewport_size(viewport)  # type: ignore[arg-type]
        self.page.evaluate(TWO_FRAMES)

    def axe(self, rules: Sequence[str] = ()) -> list[str]:
        """Return what axe-core finds on the page, one line each: WCAG 2.2 AA, or `rules` alone."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        only = ("rule", list(rules)) if rules else ("tag", WCAG_22_AA)
        found = self.page.evaluate(
            "([type, values]) =>"
            " axe.run(document, {runOnly: {type, values}, resultTypes: ['violations']})",
            only,
        )
        return [
            f"{violation['id']}: {node['html'][:160]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def overflows(self) -> int:
        """Return how many pixels the page is wider than its window."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def too_wide(self) -> list[str]:
        """Return what makes the page scroll sideways, or hides some of what it says."""
        wide = self.overflows()
        return [*([f"{wide} px too wide"] if wide > 0 else []), *self.cut_off()]

    def cut_off(self) -> list[str]:
        """Return what is wider than the box that hides the rest of it."""
        return list(self.page.evaluate(CUT_OFF))

    def furniture(self) -> list[str]:
        """Return what is there to move about with; none of it belongs on paper."""
        return list(self.page.evaluate(FURNITURE))

    def skeleton(self) -> str:
        """Return the page without its words: equal in two languages, it is the same page."""
        return str(self.page.evaluate(SKELETON))

    def at_the_end(self) -> None:
        """Fail when a script or the content security policy complained on the way."""
        assert self.complaints == []


@contextmanager
def walking(
    browser: Browser,
    address: str,
    *,
    viewport: dict[str, int] | None = None,
    scripts: bool = True,
    locale: str = "ja-JP",
) -> Iterator[Walker]:
    """Give a fresh browser window with its own cookies."""
    context = browser.new_context(
        viewport=viewport or DESK,  # type: ignore[arg-type]
        java_script_enabled=scripts,
        locale=locale,
        timezone_id="Asia/Tokyo",
        accept_downloads=True,
        reduced_motion="reduce",
    )
    walker = Walker(context, address)
    yield walker
    walker.at_the_end()
    context.close()
