"""Debian's Chromium on a really served product: journeys, screenshots, axe, CSP violations."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from crm.app import create_app
from crm.jobs.runner import Pace
from crm.kernel.db import Database
from crm.kernel.settings import Settings

AXE = (Path(__file__).parent.parent / "assets" / "axe.min.js").read_text(encoding="utf-8")
MISSING = "Chromium was not found. Install it (Debian: apt-get install chromium) or set CHROMIUM."
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser named by CHROMIUM, or the one on the path; none is downloaded."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        raise RuntimeError(MISSING)
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
        context.set_default_timeout(30_000)

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

    def axe(self) -> list[str]:
        """Return what axe-core finds on the page against WCAG 2.2 AA, one line each."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG_22_AA
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
