"""Take the pictures of README and docs from the sample station: `make pictures`."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from crm import features
from crm.access.passwords import hash_password
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.kernel.migrate import migrate
from crm.kernel.settings import Settings
from crm.samples.loader import load_sample
from tests.support.chromium import PHONE, Walker, chromium, served, walking
from tests.support.papers import AGENDA_OF_S4, PAPERS, station_of, workbook
from tests.support.sheets import Printed

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
WINDOW = {"width": 1280, "height": 860}
PASSWORD = "mihon-no-pasuwaado"


def main() -> None:
    """Fill an empty database with the small sample and walk through it with a camera."""
    features.require_rules()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Settings(database_url=f"sqlite:///{folder}/pictures.db"))
        migrate(database)
        load_sample(
            database,
            "small",
            seed=3,
            today=local_day(utc_now()),
            password_hash=hash_password(PASSWORD),
        )
        database.gather_statistics()
        with served(database) as address, chromium() as browser:
            take_all(browser, address)
        take_papers(database, Path(folder))


def take_all(browser: Browser, address: str) -> None:
    """Take every picture, in both languages, at both sizes."""
    with walking(browser, address, viewport=PHONE) as officer:
        officer.sign_in("officer", PASSWORD)
        take(officer, "/today", "today-phone-ja")
        officer.page.get_by_role("link", name="活動を記録する").nth(1).click()
        take(officer, None, "note-phone-ja")
        speak(officer, "en")
        take(officer, "/today", "today-phone-en")
    with walking(browser, address, viewport=WINDOW) as officer:
        officer.sign_in("officer", PASSWORD)
        speak(officer, "ja")
        take(officer, "/today", "today-desk-ja")
        links = officer.page.locator("main a[href^='/people/']").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        person = next(link for link in links if link.count("/") == 2)
        take(officer, person, "person-desk-ja")
    take_both_sides(browser, address)
    take_trust(browser, address)
    with walking(browser, address, viewport=WINDOW) as hq:
        hq.sign_in("hq", PASSWORD)
        take(hq, "/coverage", "coverage-desk-ja")
        speak(hq, "en")
        take(hq, "/coverage", "coverage-desk-en")
    with walking(browser, address, viewport=WINDOW) as chief:
        chief.sign_in("chief", PASSWORD)
        take(chief, "/roster", "roster-desk-ja")
        take_meeting(chief)


def take_both_sides(browser: Browser, address: str) -> None:
    """Photograph one person as the city hall knows them, and as the police do."""
    with walking(browser, address, viewport=WINDOW) as city:
        city.sign_in("city", PASSWORD)
        city.go("/shared")
        rows = city.page.get_by_role("main").get_by_role("row")
        rows.filter(has_text="結び付け済み").first.get_by_role("link").click()
        name = city.page.get_by_role("heading", level=1).inner_text()
        own = city.page.get_by_role("region", name="自分の台帳との結び付け").get_by_role("link")
        take(city, own.get_attribute("href"), "two-agencies-city", whole=True)
    with walking(browser, address, viewport=WINDOW) as officer:
        officer.sign_in("officer", PASSWORD)
        speak(officer, "ja")
        officer.go("/search")
        main = officer.page.get_by_role("main")
        main.get_by_role("searchbox").fill(name)
        main.get_by_role("button", name="検索").click()
        found = main.get_by_role("link", name=name).first
        take(officer, found.get_attribute("href"), "two-agencies-officer", whole=True)
        seen = officer.page.get_by_role("region", name="誰に何が見えるか")
        seen.screenshot(path=PICTURES / "who-sees-what-ja.png")


def take_trust(browser: Browser, address: str) -> None:
    """Photograph a decision with its stamps, the lock, and what an auditor asks of the trail."""
    with walking(browser, address, viewport=WINDOW) as chief:
        chief.sign_in("chief", PASSWORD)
        speak(chief, "ja")
        chief.go("/roster?profile=meeting")
        chief.page.get_by_label("目的の内容").fill("第３回地域安全の会")
        chief.page.get_by_role("button", name="PDFで作成する").click()
        chief.page.get_by_text("起案番号").wait_for()
    with walking(browser, address, viewport=WINDOW) as decider:
        decider.sign_in("station-chief", PASSWORD)
        speak(decider, "ja")
        decider.go("/approvals")
        decider.page.get_by_role("main").get_by_role("link", name="一覧表").first.click()
        decider.page.get_by_role("button", name="承認する").click()
        decider.page.get_by_text("決裁済").first.wait_for()
        take(decider, None, "decision-desk-ja")
        with decider.page.expect_navigation():
            decider.page.get_by_role("button", name="画面をロックする").first.click()
        take(decider, None, "lock-desk-ja")
    with walking(browser, address, viewport=WINDOW) as auditor:
        auditor.sign_in("auditor", PASSWORD)
        speak(auditor, "ja")
        take(auditor, "/oversight", "oversight-desk-ja")


def take(walker: Walker, path: str | None, name: str, *, whole: bool = False) -> None:
    """Photograph what the window shows of a page, or the `whole` of it."""
    if path is not None:
        walker.go(path)
    walker.page.wait_for_load_state("networkidle")
    walker.page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)


def speak(walker: Walker, language: str) -> None:
    """Switch the account's language by its own form, which needs no script."""
    form = walker.page.locator("form.language").first
    with walker.page.expect_navigation():
        form.locator(f"button[value={language}]").evaluate("button => button.click()")


def take_meeting(walker: Walker) -> None:
    """Photograph a meeting that comes."""
    walker.go("/meetings")
    links = walker.page.locator("main a[href^='/meetings/']").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    # the address of one meeting is its key, 36 characters
    meeting = next(link for link in links if len(link) == len("/meetings/") + 36)
    take(walker, meeting, "meeting-desk-ja")


def take_papers(database: Database, folder: Path) -> None:
    """Photograph the first page of every document, and what is added to the roster."""
    station = station_of(database, utc_now())
    for name, paper in {**PAPERS, "agenda-2024": AGENDA_OF_S4}.items():
        content = paper.make(station)
        photograph(content, folder, f"paper-{name}")
        if name == "roster":
            photograph(content, folder, "paper-changes", page=Printed(content).count)
    photograph(as_printed_by_office(workbook(station), folder), folder, "paper-workbook")


def photograph(content: bytes, folder: Path, name: str, *, page: int = 1) -> None:
    """Photograph a page of a PDF."""
    program = shutil.which("pdftoppm")
    if program is None:
        raise SystemExit("pdftoppm is missing (Debian: apt-get install poppler-utils)")
    paper = folder / f"{name}.pdf"
    paper.write_bytes(content)
    which = ("-f", page, "-l", page, "-singlefile")
    command = [program, "-png", "-gray", "-r", "80", *which, paper, PICTURES / name]
    subprocess.run([str(part) for part in command], check=True)  # noqa: S603 - a fixed program


def as_printed_by_office(workbook: bytes, folder: Path) -> bytes:
    """Return a workbook as LibreOffice prints it."""
    program = shutil.which("soffice")
    if program is None:
        raise SystemExit("soffice is missing (Debian: apt-get install libreoffice-calc-nogui)")
    book = folder / "roster.xlsx"
    book.write_bytes(workbook)
    command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(folder), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603 - as above
    return book.with_suffix(".pdf").read_bytes()


if __name__ == "__main__":
    main()
