import datetime as dt
import hashlib
import re
from urllib.parse import unquote

import httpx
import pytest
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from crm.consents.models import ConsentScope
from crm.contacts.models import Person
from crm.jobs.runner import Runner
from crm.kernel.audit import AuditEntry, fingerprint
from crm.kernel.clock import local_day, utc_now
from crm.rosters.files import suffix
from crm.rosters.models import RosterFormat, RosterIssue, RosterProfile
from tests.rosters.network import file_text, put_consent, put_term, unprotected
from tests.support.pages import Browser, counted
from tests.support.world import World

PURPOSE = "第３回地域安全の会"
FETCH = r'action="(/exports/[^"/]+/file)"'
LEFT_OUT = "同意の範囲外のため載せていない連絡員 1"


def liaisons(world: World, count: int = 1) -> list[Person]:
    people = [
        world.person(f"髙橋 {number}", "タカハシ", phone=f"054-000-{1000 + number}")
        for number in range(1, count + 1)
    ]
    for person in people:
        put_term(world, person, "磯部自治会", remark="電話は夕方")
        put_consent(world, person)
    return people


def today() -> dt.date:
    return local_day(utc_now())


def form(**changed: str) -> dict[str, object]:
    known = {"profile": "station", "as_of": str(today()), "purpose": PURPOSE, "format": "xlsx"}
    reason = (
        {"plain_reason": "統計に使うため"}
        if changed.get("format", "").startswith(("csv", "vcard"))
        else {}
    )
    return {**known, **reason, **changed}


def recorded(world: World) -> list[tuple[str, str, RosterProfile, RosterFormat, str]]:
    with world.reading("chief") as db:
        rows = db.exec(select(RosterIssue).order_by(col(RosterIssue.number))).all()
        return [(row.number, row.purpose, row.profile, row.format, row.sha256) for row in rows]


def actions(world: World) -> list[tuple[str, str]]:
    with world.reading("auditor") as db:
        entries = db.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
        return [(entry.action, entry.outcome) for entry in entries if "session" not in entry.action]


def made(browser: Browser, world: World, answer: httpx.Response) -> httpx.Response:
    """Return the file from the page of its export, made beside the request where it takes long."""
    if not re.search(FETCH, answer.text):
        Runner(world.database).take_next()
        answer = browser.get(answer.url.path)
    found = re.search(FETCH, answer.text)
    assert found, answer.text
    return browser.post(found.group(1))


def opened(file: bytes, page: httpx.Response) -> bytes:
    """Return a file as whoever was told its password reads it."""
    told = re.search(r'<code id="password">([^<]+)</code>', page.text)
    return unprotected(file, told.group(1)) if told else file


def is_file(answer: httpx.Response) -> bool:
    return "content-disposition" in answer.headers


def test_chief_sees_the_roster_and_how_to_make_it(browser: Browser, world: World) -> None:
    liaisons(world)
    silent = world.person("沈黙 守", "チンモク マモル")
    put_term(world, silent)

    answer = browser.sign_in("chief").get("/roster")

    assert answer.status_code == 200
    for shown in ("髙橋 1", "054-000-1001", "電話は夕方", "みなと駐在所", LEFT_OUT, "発行簿"):
        assert shown in answer.text, shown
    assert 'action="/roster/issues"' in answer.text
    assert "沈黙" not in answer.text


def test_officer_sees_the_roster_but_no_way_to_make_it(browser: Browser, world: World) -> None:
    liaisons(world)
    put_term(world, world.person("沈黙 守", "チンモク マモル"))

    answer = browser.sign_in("officer").get("/roster")

    assert (answer.status_code, "髙橋 1" in answer.text) == (200, True)
    for hidden in ("/roster/issues", "載せていない連絡員", "発行簿", "沈黙"):
        assert hidden not in answer.text, hidden


def test_meeting_roster_shows_no_telephone(browser: Browser, world: World) -> None:
    liaisons(world)
    answer = browser.sign_in("chief").get("/roster?profile=meeting")
    assert "髙橋 1" in answer.text
    assert ("054-000-1001" in answer.text, "電話は夕方" in answer.text) == (False, False)


def test_htmx_gets_the_roster_alone(browser: Browser, world: World) -> None:
    liaisons(world)
    answer = browser.sign_in("chief").get("/roster?profile=meeting", htmx=True)
    assert (answer.status_code, "髙橋 1" in answer.text) == (200, True)
    assert "<html" not in answer.text


@pytest.mark.parametrize("login", ["hq", "administrator", "auditor"])
def test_who_reads_no_personal_data_sees_no_roster(
    browser: Browser, world: World, login: str
) -> None:
    liaisons(world)
    answer = browser.sign_in(login).get("/roster")
    assert (answer.status_code, "髙橋" in answer.text) == (403, False)


def test_another_station_sees_its_own_roster_only(browser: Browser, world: World) -> None:
    liaisons(world)
    answer = browser.sign_in("stranger_chief").get("/roster")
    assert (answer.status_code, "髙橋" in answer.text) == (200, False)
    assert "この日の一覧表に載せる連絡員がいません。" in answer.text


def test_long_roster_is_shown_fifty_at_a_time(browser: Browser, world: World) -> None:
    liaisons(world, 51)
    browser.sign_in("chief")

    first, last, beyond = (browser.get(f"/roster?number={number}") for number in (1, 2, 99))

    numbers = [re.findall(r"054-000-10\d\d", answer.text) for answer in (first, last, beyond)]
    assert [len(each) for each in numbers] == [50, 1, 1]
    assert "個人 51名" in last.text


@pytest.mark.parametrize("day", ["2999-01-01", "きのう"])
def test_a_day_that_cannot_be_shown_is_said_at_its_field(
    browser: Browser, world: World, day: str
) -> None:
    liaisons(world)
    answer = browser.sign_in("chief").get(f"/roster?as_of={day}")
    assert (answer.status_code, "髙橋" in answer.text) == (422, False)
    assert 'id="f-as_of-error"' in answer.text
    assert f'value="{day}"' in answer.text


def test_viewing_is_on_record_without_names(browser: Browser, world: World) -> None:
    people = liaisons(world, 2)
    browser.sign_in("officer").get("/roster")
    with world.reading("auditor") as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "roster.viewed")).one()
        db.expunge_all()
    assert entry.detail == {
        "profile": "station",
        "as_of": str(today()),
        "page": 1,
        "persons": 2,
        "organizations": 0,
        "named": 2,
        "named_sha256": fingerprint(person.id for person in people),
    }


@pytest.mark.parametrize("form_of_file", list(RosterFormat))
def test_made_roster_is_answered_as_the_file_on_record(
    browser: Browser, world: World, form_of_file: RosterFormat
) -> None:
    liaisons(world)
    browser.sign_in("chief").get("/roster")

    page = browser.post("/roster/issues", form(format=form_of_file))
    answer = made(browser, world, page)

    assert answer.status_code == 200
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    number = recorded(world)[0][0]
    name = unquote(disposition.split("filename*=UTF-8''")[1])
    assert name == f"地域安全連絡員一覧表_{number}.{suffix(form_of_file)}"
    assert answer.headers["cache-control"] == "no-store"
    # the fingerprint is the document's, before its password
    digest = hashlib.sha256(opened(answer.content, page)).hexdigest()
    assert recorded(world) == [(number, PURPOSE, RosterProfile.STATION, form_of_file, digest)]
    said = file_text(opened(answer.content, page), form_of_file)
    assert (number in said, PURPOSE in said) == (True, True)


def test_made_roster_stands_in_the_register(browser: Browser, world: World) -> None:
    liaisons(world)
    browser.sign_in("chief").get("/roster")
    browser.post("/roster/issues", form())
    answer = browser.get("/roster/issues")
    assert re.search(r">令和\d+-0001</a>", answer.text)
    for shown in (PURPOSE, "Excel", "中村 誠"):
        assert shown in answer.text, shown


@pytest.mark.parametrize("login", ["officer", "seian", "hq", "administrator"])
def test_who_may_not_issue_gets_no_file(browser: Browser, world: World, login: str) -> None:
    liaisons(world)
    browser.sign_in(login).get("/roster")
    answer = browser.post("/roster/issues", form())
    assert (answer.status_code, is_file(answer), recorded(world)) == (403, False, [])
    assert actions(world)[-1] == ("access.denied", "403")


def test_missing_purpose_is_asked_for_and_the_rest_is_kept(browser: Browser, world: World) -> None:
    liaisons(world)
    earlier = str(today() - dt.timedelta(days=1))
    browser.sign_in("chief").get("/roster")

    answer = browser.post("/roster/issues", form(purpose=" ", profile="meeting", as_of=earlier))

    assert (answer.status_code, is_file(answer), recorded(world)) == (422, False, [])
    assert "作成目的を入力してください。（例：第３回地域安全の会）" in answer.text
    assert 'id="f-purpose-error"' in answer.text
    assert f'name="as_of" value="{earlier}"' in answer.text
    assert 'name="profile" value="meeting">' in answer.text


def test_purpose_that_is_too_long_is_kept_as_typed(browser: Browser, world: World) -> None:
    liaisons(world)
    browser.sign_in("chief").get("/roster")
    answer = browser.post("/roster/issues", form(purpose="会" * 41))
    assert (answer.status_code, recorded(world)) == (422, [])
    assert "「作成目的」は40字以内で入力してください。" in answer.text
    assert f'value="{"会" * 41}"' in answer.text


def test_a_day_to_come_makes_no_file(browser: Browser, world: World) -> None:
    liaisons(world)
    browser.sign_in("chief").get("/roster")
    tomorrow = str(today() + dt.timedelta(days=1))
    answer = browser.post("/roster/issues", form(as_of=tomorrow))
    assert (answer.status_code, is_file(answer), recorded(world)) == (422, False, [])
    assert 'id="f-as_of-error"' in answer.text


def test_an_empty_roster_makes_no_file(browser: Browser, world: World) -> None:
    put_term(world, world.person("沈黙 守", "チンモク マモル"))
    browser.sign_in("chief").get("/roster")
    answer = browser.post("/roster/issues", form())
    assert (answer.status_code, is_file(answer), recorded(world)) == (422, False, [])
    assert "載せる連絡員がいないため、一覧表を作成できません。" in answer.text


def test_a_form_without_its_token_makes_no_file(browser: Browser, world: World) -> None:
    liaisons(world)
    browser.sign_in("chief").get("/roster")
    browser.token = ""
    answer = browser.post("/roster/issues", form())
    assert (answer.status_code, is_file(answer), recorded(world)) == (403, False, [])


def test_withdrawn_consent_is_gone_from_the_very_next_page(browser: Browser, world: World) -> None:
    person = world.person("髙橋 京子", "タカハシ キョウコ", phone="054-000-1001")
    put_term(world, person)
    put_consent(world, person)
    browser.sign_in("chief")
    shown = [("054-000-1001" in browser.get("/roster").text)]

    put_consent(world, person, {ConsentScope.WITHIN_STATION}, on=today())
    shown.append("054-000-1001" in browser.get("/roster").text)
    put_consent(world, person, (), on=today())

    assert shown == [True, False]
    assert "髙橋 京子" not in browser.get("/roster").text


@pytest.mark.parametrize("count", [1, 3])
def test_statements_of_the_page_do_not_grow(browser: Browser, world: World, count: int) -> None:
    liaisons(world, count)
    browser.sign_in("chief").get("/roster")
    with counted(world.database) as statements:
        browser.get("/roster")
    # the session, four of the roster, the last issue; then the audit row, whom it names
    assert len(statements) == 8


def test_paper_asked_for_twice_is_made_once(browser: Browser, world: World) -> None:
    liaisons(world)
    browser.sign_in("chief").get("/roster")
    sent = form(format="pdf", request_key=str(uuid7()))

    pages = [browser.post("/roster/issues", sent) for _ in range(2)]

    assert pages[0].url.path == pages[1].url.path
    assert is_file(made(browser, world, pages[1]))
    assert len(recorded(world)) == 1


def test_paper_is_not_made_when_somebody_takes_an_agreement_back(
    browser: Browser, world: World
) -> None:
    person = world.person("髙橋 京子", "タカハシ キョウコ")
    put_term(world, person)
    put_consent(world, person)
    browser.sign_in("chief").get("/roster")
    put_consent(world, person, scopes=())

    answer = browser.post("/roster/issues", form(format="pdf"))

    assert (answer.status_code, recorded(world)) == (422, [])
    assert "載せる連絡員がいないため、一覧表を作成できません。" in answer.text


def test_characters_shift_jis_lacks_are_asked_about(browser: Browser, world: World) -> None:
    person = world.person("𠮷田 守", "ヨシダ マモル")
    put_term(world, person)
    put_consent(world, person)
    browser.sign_in("chief").get("/roster")

    asked = browser.post("/roster/issues", form(format="csv_cp932"))
    agreed = browser.post("/roster/issues", form(format="csv_cp932", may_replace="on"))

    assert (asked.status_code, PURPOSE in asked.text) == (422, True)
    assert "Shift_JISでは書けない文字があります：𠮷。" in asked.text
    assert 'id="f-may_replace-error"' in asked.text
    assert "〓田 守" in made(browser, world, agreed).content.decode("cp932")


def test_characters_no_font_has_are_listed_before_paper_is_made(
    browser: Browser, world: World
) -> None:
    person = world.person("𫝆田 守", "ヨシダ マモル")
    put_term(world, person, remark="高\U000e01ef橋方")
    put_consent(world, person)
    browser.sign_in("chief")

    shown = browser.get("/roster").text
    asked = browser.post("/roster/issues", form(format="pdf"))
    agreed = browser.post("/roster/issues", form(format="pdf", may_replace="on"))

    listed = shown[shown.index("印刷できない文字") : shown.index("roster-title")]
    for said in ("𫝆", "U+2B746", f"/people/{person.id}", "異体字の指定は印刷に現れません。"):
        assert said in listed
    assert (asked.status_code, PURPOSE in asked.text) == (422, True)
    assert "印刷できない文字があります：𫝆（U+2B746）。" in asked.text
    assert asked.text.count('id="f-may_replace"') == 1
    paper = made(browser, world, agreed)
    assert "〓田守" in file_text(paper.content, RosterFormat.PDF).replace(" ", "")
    # what was refused was never registered
    assert len(recorded(world)) == 1


def test_paper_is_looked_through_again_when_it_is_made(browser: Browser, world: World) -> None:
    (person,) = liaisons(world)
    browser.sign_in("chief").get("/roster")
    asked = browser.post("/roster/issues", form(format="pdf"))
    with world.writing("chief") as db:
        db.exec(select(Person).where(Person.id == person.id)).one().family_name = "𫝆田"

    Runner(world.database).take_next()

    told = browser.get(asked.url.path).text
    assert "印刷できない文字があります：𫝆（U+2B746）。" in told
    assert recorded(world) == []
