"""The auditor's pages, the leak worksheet, the weekly check and the dossier, in a plain browser."""

import datetime as dt
import io
from uuid import UUID

import openpyxl
import pytest
from sqlmodel import select

from crm.contacts.models import Holder, Person
from crm.kernel.audit import AuditEntry, AuditSubject
from crm.kernel.clock import local_day, start_of_day, utc_now
from crm.oversight.dossier_queries import everything_about
from crm.oversight.leak_queries import Leak, worksheet_of
from crm.oversight.models import LeakCase, LeakSource, ReadingCheck
from crm.oversight.service import WEEK, week_of
from tests.bodies.acts import established, seated
from tests.meetings.acts import planned
from tests.support.pages import Browser, counted, open_browser
from tests.support.world import World

NAME, KANA, PHONE = "髙橋 翔平", "タカハシ ショウヘイ", "087-833-0110"


@pytest.fixture
def person(world: World) -> Person:
    return world.person(NAME, KANA, phone=PHONE)


def seen_by(world: World, login: str, *paths: str) -> None:
    with open_browser(world.database) as browser:
        browser.sign_in(login)
        for path in paths:
            assert browser.get(path).status_code == 200


def auditor(world: World, browser: Browser) -> Browser:
    del world
    browser.sign_in("auditor")
    browser.get("/oversight")
    return browser


def test_a_typed_name_leads_to_who_saw_the_person(
    world: World, browser: Browser, person: Person
) -> None:
    seen_by(world, "officer", "/people", f"/people/{person.id}")
    page = auditor(world, browser).post("/oversight/people", {"name": NAME, "station": "若葉署"})
    assert page.url.path == f"/oversight/people/{person.id}"
    assert page.text.count("佐藤 彩") == 2
    assert "連絡員・協力者の一覧を閲覧" in page.text
    assert not [said for said in (*NAME.split(), PHONE) if said in page.text]


@pytest.mark.parametrize(
    "sent",
    [
        {"name": NAME, "station": "港南署"},
        {"name": "髙橋", "station": "若葉署"},
        {"name": NAME, "station": "架空市役所"},
    ],
)
def test_a_name_leads_nowhere_but_at_its_own_station(
    world: World, browser: Browser, person: Person, sent: dict[str, object]
) -> None:
    page = auditor(world, browser).post("/oversight/people", sent)
    assert (page.status_code, str(person.id) in page.text) == (422, False)


@pytest.mark.parametrize("who", ["officer", "chief", "hq", "administrator", "city_chief"])
def test_the_auditors_pages_are_nobody_elses(
    world: World, browser: Browser, person: Person, who: str
) -> None:
    account = world.actors["officer"].account_id
    paths = ("", "/unusual", "/outflow", "/leaks", f"/people/{person.id}", f"/accounts/{account}")
    browser.sign_in(who)
    assert {browser.get(f"/oversight{path}").status_code for path in paths} == {404}


def test_an_account_shows_what_it_did(world: World, browser: Browser, person: Person) -> None:
    seen_by(world, "officer", f"/people/{person.id}")
    account = world.actors["officer"].account_id
    page = auditor(world, browser).get(f"/oversight/accounts/{account}")
    assert "連絡員・協力者を閲覧" in page.text
    assert str(person.id)[-12:] in page.text


def test_another_agencys_account_shows_nothing(world: World, browser: Browser) -> None:
    seen_by(world, "city", "/people")
    account = world.actors["city"].account_id
    page = auditor(world, browser).get(f"/oversight/accounts/{account}")
    assert ("高橋 優" in page.text, "一覧を閲覧" in page.text) == (False, False)


def leaked(browser: Browser, **changed: object) -> str:
    today = str(local_day(utc_now()))
    sent = {"kind": "account", "source": "officer", "since": today, "until": today, **changed}
    browser.get("/oversight/leaks")
    return str(browser.post("/oversight/leaks", sent).url.path)


def test_a_stolen_account_becomes_a_worksheet_with_a_number(
    world: World, browser: Browser, person: Person
) -> None:
    other = world.person("安藤 花", "アンドウ ハナ")
    seen_by(world, "officer", "/people", f"/people/{person.id}")
    path = leaked(auditor(world, browser), is_malicious="on")
    page = browser.get(path).text
    with world.reading("auditor") as db:
        case = db.exec(select(LeakCase)).one()
        db.expunge_all()
    assert (case.number, case.persons, case.organizations) == ("漏えい等-令和8-0001", 2, 0)
    assert "個人情報保護委員会への報告" in page
    file = browser.get(f"{path}/worksheet.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    rows = {row[0].value: row for row in sheet.iter_rows() if row[1].value == "個人"}
    assert set(rows) == {str(person.id), str(other.id)}
    assert rows[str(other.id)][2].value == "氏名、役職、電話番号"
    assert "住所" in str(rows[str(person.id)][2].value)


@pytest.mark.parametrize(
    "wrong",
    [{"source": "nobody"}, {"kind": "file", "source": "若葉-1"}, {"until": "2020-01-01"}],
)
def test_a_leak_of_nothing_known_is_refused(
    world: World, browser: Browser, wrong: dict[str, object]
) -> None:
    assert leaked(auditor(world, browser), **wrong) == "/oversight/leaks"
    with world.reading("auditor") as db:
        assert db.exec(select(LeakCase)).all() == []


def put_view(world: World, who: str, person: Person, at: dt.datetime) -> UUID:
    actor = world.actors[who]
    entry = AuditEntry(
        at=at,
        action="person.viewed",
        account_id=actor.account_id,
        agency_id=actor.agency_id,
        unit_id=actor.unit_id,
        actor_name=actor.name,
        unit_name=actor.unit_name,
        subject_type="person",
        subject_id=person.id,
    )
    world.put(entry)
    return entry.id


def test_a_chief_checks_the_own_stations_readings_of_last_week(
    world: World, browser: Browser, person: Person
) -> None:
    week = week_of(local_day(utc_now()))
    within = start_of_day(week) + dt.timedelta(days=2)
    entry = put_view(world, "officer", person, within)
    others = [
        put_view(world, "stranger", person, within),
        put_view(world, "chief", person, within),
        put_view(world, "officer", person, within + WEEK),
    ]
    page = browser.sign_in("chief").get("/readings").text
    assert (str(entry) in page, [key for key in others if str(key) in page]) == (True, [])
    browser.post("/readings", {"doubtful": str(entry), "entries": str(entry)})
    browser.post("/readings", {"entries": [str(entry), str(others[0])]})
    assert "確認済を記録しました" not in browser.post("/readings", {"entries": str(entry)}).text
    with world.reading("chief") as db:
        check = db.exec(select(ReadingCheck)).one()
        assert (check.entry_id, check.week, check.is_in_order) == (entry, week, True)


def test_a_dossier_says_what_is_held_and_who_saw_it(
    world: World, browser: Browser, person: Person
) -> None:
    seen_by(world, "officer", "/people")
    seated(world, established(world), Holder(person_id=person.id))
    planned(world, person, title="防犯講話")
    page = browser.sign_in("chief").get(f"/people/{person.id}/dossier")
    said = [NAME, PHONE, "佐藤 彩", "連絡員・協力者の一覧を閲覧", "監査記録3件"]
    said += ["みなと交番連絡協議会", "防犯講話"]
    assert [each for each in said if each not in page.text] == []
    paper = browser.post(f"/people/{person.id}/dossier")
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize("who", ["officer", "stranger_chief", "hq", "auditor", "city_chief"])
def test_a_dossier_is_for_the_own_chiefs(
    world: World, browser: Browser, person: Person, who: str
) -> None:
    del world
    browser.sign_in(who)
    assert browser.get(f"/people/{person.id}/dossier").status_code == 404


def test_whom_an_entry_names_is_the_auditors_to_read(
    world: World, browser: Browser, person: Person
) -> None:
    browser.sign_in("officer").get("/people")
    found = {}
    for who in ("auditor", "officer", "chief", "administrator", "city_administrator"):
        with world.reading(who) as db:
            found[who] = [one.subject_id for one in db.exec(select(AuditSubject)).all()]
    assert found == {
        "auditor": [person.id],
        "officer": [],
        "chief": [],
        "administrator": [],
        "city_administrator": [],
    }


@pytest.mark.parametrize("count", [1, 3])
def test_worksheet_and_dossier_cost_the_same_however_much_was_seen(
    world: World, person: Person, count: int
) -> None:
    people = [world.person(f"安藤 {number}", "アンドウ") for number in range(count)]
    seen_by(world, "officer", *(f"/people/{one.id}" for one in [person, *people] * count))
    now = utc_now()
    account = str(world.actors["officer"].account_id)
    leak = Leak(LeakSource.ACCOUNT, account, now - WEEK, now + WEEK)

    with world.reading("auditor") as db, counted(world.database) as for_leak:
        found = worksheet_of(db, leak)
    with world.reading("chief") as db, counted(world.database) as for_dossier:
        held = everything_about(db, world.actors["chief"], person.id)

    assert (len(for_leak), len(for_dossier)) == (2, 13)
    assert (found.persons, held.sightings_in_all) == (count + 1, count)
