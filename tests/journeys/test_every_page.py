"""Every page of the product, in both languages, at a desk, on a phone, at 200 % and on paper:
axe-core finds nothing, nothing runs over an edge, and the content security policy has nothing to
say. Each page is opened once for each language, for opening and axe-core are what takes time: what
no size and no word changes is asked once."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, expect

from crm.access.passwords import hash_password
from crm.app import create_app, route_names
from crm.kernel.db import Database
from crm.kernel.migrate import migrate
from crm.kernel.settings import Settings
from crm.samples.issued import issue_sample_roster
from crm.samples.loader import load_sample
from tests.intake.lists import LIAISONS
from tests.journeys.conftest import PASSWORD
from tests.support.chromium import DESK, PHONE, ZOOMED, Walker, served, walking
from tests.support.pages import open_browser

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

VIEWERS = {
    # first, for they ask for the password again five minutes after it was shown
    "factors.totp_new": "officer",
    "factors.passkey_new": "officer",
    "access.confirmation": "officer",
    "today.show": "officer",
    "today.route": "officer",
    "shifts.index": "officer",
    "notes.new": "officer",
    "notes.show": "officer",
    "notes.correct": "chief",
    "meetings.index": "officer",
    "meetings.new": "officer",
    "meetings.show": "officer",
    "meetings.edit": "officer",
    "meetings.invitations": "officer",
    "meetings.replies": "officer",
    "meetings.attendance": "officer",
    "meetings.printing": "officer",
    "meetings.joint": "officer",
    "meetings.month": "officer",
    "meetings.again": "officer",
    "meetings.all_series": "officer",
    "meetings.series": "officer",
    "meetings.remaining": "officer",
    "meetings.series_new": "officer",
    "meetings.calendar": "officer",
    "bodies.index": "officer",
    "bodies.new": "officer",
    "bodies.show": "officer",
    "bodies.edit": "officer",
    "bodies.member": "officer",
    "bodies.term": "officer",
    "minutes.agenda": "officer",
    "minutes.item": "officer",
    "minutes.show": "officer",
    "minutes.edit": "officer",
    "minutes.version": "officer",
    "minutes.matter": "officer",
    "minutes.circulation": "officer",
    "requests.index": "officer",
    "requests.new": "officer",
    "requests.show": "officer",
    "requests.assignment": "chief",
    "requests.outcome": "officer",
    "requests.answer": "officer",
    "requests.referral": "chief",
    "requests.received": "hq",
    "requests.site": "officer",
    "requests.sites": "officer",
    "requests.report": "officer",
    "notes.circulation": "officer",
    "outbox.index": "officer",
    "approvals.index": "chief",
    "approvals.show": "chief",
    "approvals.routes": "admin",
    "circulations.index": "officer",
    "notes.new_for_person": "officer",
    "notes.new_for_organization": "officer",
    "notes.new_in_area": "officer",
    "notes.area": "officer",
    "notes.report": "officer",
    "notes.phrases": "chief",
    "relationships.person": "officer",
    "relationships.organization": "officer",
    "visiting.person": "chief",
    "visiting.organization": "officer",
    "visiting.areas": "chief",
    "contacts.people": "officer",
    "contacts.person_new": "officer",
    "contacts.person_edit": "officer",
    "contacts.organizations": "officer",
    "contacts.organization_new": "officer",
    "contacts.organization_edit": "officer",
    "contacts.appointment_new": "officer",
    "contacts.appointment_end": "officer",
    "liaisons.person": "chief",
    "liaisons.organization": "chief",
    "candidates.index": "officer",
    "candidates.new": "officer",
    "candidates.show": "chief",
    "candidates.rules": "chief",
    "intake.batches": "chief",
    "intake.new": "chief",
    "intake.show": "chief",
    "bulletins.items": "officer",
    "bulletins.new": "officer",
    "bulletins.show": "officer",
    "bulletins.edit": "officer",
    "handovers.index": "officer",
    "handovers.show": "officer",
    "handovers.successions": "chief",
    "handovers.closed": "chief",
    "strengthening.index": "officer",
    "strengthening.new": "chief",
    "strengthening.show": "chief",
    "strengthening.targets": "chief",
    "strengthening.unit": "officer",
    "strengthening.report": "chief",
    "rosters.show": "chief",
    "rosters.selection": "chief",
    "rosters.issues": "chief",
    "rosters.issue_show": "chief",
    "jobs.index": "officer",
    "exports.index": "chief",
    "exports.show": "chief",
    "search.form": "officer",
    "sharing.agreements": "chief",
    "sharing.agreement": "chief",
    "sharing.agreement_new": "chief",
    "sharing.disclosure_new": "chief",
    "sharing.organization_disclosure_new": "chief",
    "sharing.received": "officer",
    "sharing.received_contact": "officer",
    "sharing.note_new": "chief",
    "sharing.information_received": "officer",
    "sharing.information_provision": "chief",
    "breakglass.index": "hq",
    "breakglass.new": "hq",
    "coverage.show": "hq",
    "coverage.station": "hq",
    "access.audit": "auditor",
    "oversight.index": "auditor",
    "oversight.person": "auditor",
    "oversight.account": "auditor",
    "oversight.outflow": "auditor",
    "oversight.unusual": "auditor",
    "oversight.leaks": "auditor",
    "oversight.readings": "chief",
    "oversight.dossier": "chief",
    "retention.index": "chief",
    "retention.periods": "admin",
    "retention.suspensions": "chief",
    "retention.suspension_new": "chief",
    "access.sessions": "officer",
    "access.password": "officer",
    "access.drafts": "officer",
    "access.account_sessions": "admin",
    "access.devices": "admin",
    "access.device": "admin",
    "seals.index": "auditor",
    "access.system": "admin",
    "factors.show": "officer",
    "factors.resets": "admin",
    "factors.reset_new": "admin",
    "administration.index": "admin",
    "administration.units": "admin",
    "administration.unit": "admin",
    "administration.unit_new": "admin",
    "administration.unit_name": "admin",
    "administration.unit_place": "admin",
    "administration.unit_ending": "admin",
    "administration.unit_areas": "admin",
    "administration.network_office": "admin",
    "administration.jurisdictions": "admin",
    "administration.areas": "admin",
    "administration.area": "admin",
    "administration.area_ending": "admin",
    "administration.staff": "admin",
    "administration.staff_member": "admin",
    "administration.staff_new": "admin",
    "administration.staff_edit": "admin",
    "administration.assignment_new": "admin",
    "administration.assignment_ending": "admin",
    "administration.accounts": "admin",
    "administration.account": "admin",
    "administration.account_new": "admin",
    "administration.settings": "admin",
    "administration.transfers": "admin",
}
"""Who opens which page. A page missing here fails the test below."""
PARTNER = "city-chief"
OF_A_PARTNER = (
    *("today.show", "notes.new", "notes.show", "notes.new_for_person", "notes.phrases"),
    *("requests.index", "requests.show", "requests.answer", "requests.received"),
    *("relationships.person", "relationships.organization", "liaisons.person"),
    *("contacts.people", "contacts.person_edit", "contacts.organizations"),
    *("intake.batches", "intake.new", "bulletins.items", "bulletins.new", "search.form"),
    *("sharing.agreements", "sharing.agreement", "sharing.agreement_new"),
    *("sharing.disclosure_new", "sharing.received", "sharing.received_contact"),
    *("sharing.information_received", "jobs.index", "access.sessions"),
)
"""What a partner agency has of these, in words of its own."""
WORDED = ("document-title", "html-has-lang", "html-lang-valid", "landmark-unique", "target-size")
"""The rules of axe-core whose findings hang on the words: all there is to ask of a page that is
the same in another language."""
SIZED = ("target-size", "scrollable-region-focusable", "link-name", "button-name", "label")
"""The rules whose findings hang on the size of the window: what is laid out closer, moved sideways,
or drawn without its words. The frame around every page is asked by all of them once for each
viewer."""
ELSEWHERE = {
    "oversight.leak": "walked in tests/oversight, where something leaked",
    "oversight.leak_file": "a file, not a page (tests/oversight)",
    "bulletins.file": "a file, not a page",
    "minutes.paper": "a file, not a page (tests/minutes)",
    "sharing.information_file": "a file, not a page",
    "access.lock": "tests/journeys/test_lock.py: it has no page behind it",
    "access.home": "sends everybody on",
    "access.sign_in": "walked below, signed out",
    "search.show": "walked below, after a search",
    "breakglass.show": "tests/breakglass: somebody has to be open",
    "breakglass.review": "tests/breakglass: somebody has to have opened",
    "factors.factor": "walked in tests/factors, where one is taken on",
    "factors.second_factor": "walked in tests/factors, half signed in",
    "factors.openid": "sends the browser to the provider (tests/factors)",
    "factors.openid_return": "where the provider sends it back to (tests/factors)",
    "factors.openid_link": "walked in tests/factors, beside a provider",
    "retention.suspension": "tests/retention: somebody has to have asked",
    "jobs.show": "tests/jobs: a job of one's own is needed",
    "jobs.events": "a stream, not a page (tests/jobs)",
    "outbox.show": "walked in tests/outbox, where something waits",
    "outbox.state": "facts for a script, not a page (tests/outbox)",
    "outbox.worker": "a script (tests/outbox)",
    "outbox.manifest": "facts for the browser (tests/outbox)",
    "outbox.offline": "walked in tests/outbox, signed out",
    "requests.photo": "a picture, not a page (tests/requests)",
    "requests.received_photo": "likewise",
    "meetings.feed": "a calendar, not a page (tests/meetings)",
    "meetings.event": "a calendar, not a page (tests/meetings)",
    "jobs.file": "a file, not a page (tests/jobs)",
}


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("station") / "crm.db"
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    migrate(database)
    today = dt.datetime.now(dt.UTC).date()
    load_sample(database, "small", seed=3, today=today, password_hash=hash_password(PASSWORD))
    issue_sample_roster(database, today)
    database.gather_statistics()
    with open_browser(database, Settings(demo=True, second_factor="offered")) as browser:
        browser.sign_in("chief").get("/intake/new")
        list_of_people = {"kind": "liaisons", "day": today.isoformat()}
        content = "\r\n".join(",".join(row) for row in LIAISONS).encode("cp932")
        browser.post("/intake", list_of_people, files={"file": ("名簿.csv", content)})
    yield database
    database.close()


@pytest.fixture(scope="module")
def address(station: Database) -> Iterator[str]:
    with served(station) as found:
        yield found


def keys_of(database: Database, login: str) -> dict[str, str]:
    """One key of each thing a page may be about, of the office the account belongs to."""
    with sqlite3.connect(Path(database.engine.url.database or "")) as connection:
        rows = {
            name: connection.execute(sql, {"login": login}).fetchone() for name, sql in KEYS.items()
        }
    connection.close()
    return {name: str(UUID(bytes=row[0])) for name, row in rows.items() if row and row[0]}


_OWN = (
    "(SELECT station_id FROM unit_placement p JOIN staff_assignment a ON a.unit_id = p.unit_id"
    " JOIN account c ON c.staff_id = a.staff_id WHERE c.login = CASE WHEN :login = 'city-chief'"
    " THEN :login ELSE 'chief' END)"
)
# whoever is linked has most to show: what others gave, and who sees what
_KNOWN = f"FROM contact_link WHERE station_id = {_OWN} AND"
KEYS = {
    "person_id": f"SELECT person_id {_KNOWN} person_id IS NOT NULL ORDER BY recognized DESC",
    "organization_id": f"SELECT id FROM organization WHERE station_id = {_OWN}",
    "appointment_id": f"SELECT id FROM appointment WHERE valid_to IS NULL AND station_id = {_OWN}",
    "note_id": (
        f"SELECT note_id FROM community_request WHERE state <> 'closed' AND station_id = {_OWN}"
    ),
    "request_id": (
        f"SELECT id FROM community_request WHERE state <> 'closed' AND station_id = {_OWN}"
    ),
    "candidate_id": (
        f"SELECT id FROM liaison_candidate WHERE state = 'received' AND station_id = {_OWN}"
    ),
    "body_id": f"SELECT id FROM body WHERE station_id = {_OWN}",
    "member_id": (
        f"SELECT id FROM body_member WHERE words = '' AND valid_to IS NULL AND station_id = {_OWN}"
    ),
    "series_id": f"SELECT id FROM meeting_series WHERE station_id = {_OWN}",
    "meeting_id": f"SELECT id FROM meeting WHERE state = 'planned' AND station_id = {_OWN}",
    "agenda_item_id": f"SELECT id FROM agenda_item WHERE station_id = {_OWN}",
    "version_id": f"SELECT id FROM minutes_version WHERE station_id = {_OWN}",
    "matter_id": f"SELECT id FROM meeting_matter WHERE kind = 'action' AND station_id = {_OWN}",
    "issue_id": f"SELECT id FROM roster_issue WHERE station_id = {_OWN}",
    "export_id": f"SELECT id FROM export WHERE station_id = {_OWN}",
    "approval_id": f"SELECT id FROM approval WHERE station_id = {_OWN}",
    "item_id": (
        "SELECT id FROM information_item WHERE withdrawn_on IS NULL"
        f" AND handling = 'public' AND station_id = {_OWN} ORDER BY valid_from DESC"
    ),
    "day_id": f"SELECT id FROM strengthening_day WHERE station_id = {_OWN} ORDER BY first_on DESC",
    "agreement_id": f"SELECT id FROM sharing_agreement WHERE station_id = {_OWN}",
    "contact_id": f"SELECT id FROM published_contact WHERE recipient_station_id = {_OWN}",
    "batch_id": f"SELECT id FROM intake_batch WHERE station_id = {_OWN}",
    "station_id": f"SELECT {_OWN}",
    "subject_id": f"SELECT person_id {_KNOWN} person_id IS NOT NULL",
    "unit_id": (
        "SELECT a.unit_id FROM staff_assignment a JOIN account c ON c.staff_id = a.staff_id"
        " WHERE c.login = 'officer'"
    ),
    "area_id": "SELECT id FROM area WHERE valid_to IS NULL",
    "staff_id": "SELECT staff_id FROM account WHERE login = 'officer'",
    "assignment_id": (
        "SELECT a.id FROM staff_assignment a JOIN account c ON c.staff_id = a.staff_id"
        " WHERE c.login = 'officer'"
    ),
    "device_id": "SELECT id FROM known_device",
    "account_id": "SELECT id FROM account WHERE login = 'officer'",
}


def pages(app: Litestar) -> dict[str, str]:
    return {
        name: path
        for name, path in route_names(app, method="GET").items()
        if name not in ELSEWHERE and not path.startswith("/static")
    }


def test_every_page_has_a_viewer(station: Database) -> None:
    assert set(pages(create_app(Settings(), station))) == set(VIEWERS)


@pytest.mark.parametrize("login", [*dict.fromkeys(VIEWERS.values()), PARTNER])
def test_pages_are_fit_for_everybody(
    station: Database, address: str, chromium: Browser, login: str
) -> None:
    known = pages(create_app(Settings(), station))
    names = [name for name, viewer in VIEWERS.items() if viewer == login] or OF_A_PARTNER
    paths = [fill(known[name], keys_of(station, login)) for name in names]
    findings: list[str] = []
    with walking(chromium, address, viewport=DESK) as walker:
        walker.sign_in(login, PASSWORD)
        speak(walker, "ja")
        bones = {}
        for path in paths:
            walker.go(path)
            bones[path] = walker.skeleton()
            sized = SIZED if path in paths[1:] else ()
            findings += [f"{path}: {what}" for what in judge_at_all_sizes(walker, sized)]
        speak(walker, "en")
        for path in paths:
            walker.go(path)
            rules = WORDED if walker.skeleton() == bones[path] else ()
            findings += [f"{path} in English: {what}" for what in judge_words(walker, rules)]
    assert findings == []


def fill(path: str, keys: dict[str, str]) -> str:
    for name, key in keys.items():
        path = path.replace(f"{{{name}:uuid}}", key)
    assert "{" not in path
    return path


def speak(walker: Walker, language: str) -> None:
    choice = walker.page.locator(f"form.language button[value={language}]").first
    with walker.page.expect_navigation():
        choice.evaluate("button => button.click()")
    assert walker.page.locator("html").get_attribute("lang") == language


def judge_at_all_sizes(walker: Walker, sized: tuple[str, ...] = ()) -> list[str]:
    """Return what is wrong with the open page at a desk, on a phone, at 200 % and on paper."""
    wrong = [f"at a desk: {what}" for what in judge(walker)]
    walker.see(PHONE)
    wrong += [f"on a phone: {what}" for what in [*walker.axe(sized), *walker.too_wide()]]
    walker.see(ZOOMED)
    wrong += [f"at 200 %: {what}" for what in walker.too_wide()]
    walker.see(ZOOMED, "print")
    wrong += [f"on paper: {what}" for what in [*walker.too_wide(), *walker.furniture()]]
    walker.see(DESK)
    return wrong


def judge_words(walker: Walker, rules: tuple[str, ...]) -> list[str]:
    """Return what is wrong with the words of the open page: asked of axe-core, or run over."""
    wrong = [f"at a desk: {what}" for what in judge(walker, rules)]
    walker.see(PHONE)
    wrong += [f"on a phone: {what}" for what in walker.too_wide()]
    walker.see(DESK)
    return wrong


def judge(walker: Walker, rules: tuple[str, ...] = ()) -> list[str]:
    """Return what is wrong with the open page at the size it has."""
    wrong = [*walker.axe(rules), *walker.too_wide()]
    if (titles := walker.page.locator("h1").count()) != 1:
        wrong.append(f"{titles} headings of the first level")
    if walker.page.locator(".error-page").count():
        wrong.append("an error page")
    return wrong


def test_pages_before_signing_in_and_after_a_search(address: str, chromium: Browser) -> None:
    with walking(chromium, address, viewport=DESK) as walker:
        walker.go("/sign-in")
        findings = judge_at_all_sizes(walker)
        walker.go("/nowhere")
        findings += walker.axe()
        walker.sign_in("officer", PASSWORD)
        speak(walker, "ja")  # whatever the account was left in
        walker.go("/search")
        walker.page.locator("main").get_by_role("searchbox").fill("会")
        walker.page.locator("main").get_by_role("button", name="検索").click()
        found = walker.page.get_by_role("main").get_by_role("link")
        expect(found.nth(1)).to_be_visible()
        findings += judge_at_all_sizes(walker)
    assert findings == []
