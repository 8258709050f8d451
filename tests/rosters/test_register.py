"""発行簿: what was issued once more to the byte, where its copies are, what became different."""

import datetime as dt
import io
import re
from uuid import UUID

import openpyxl
import pytest
from sqlmodel import col, select

from crm.consents.models import ConsentScope
from crm.contacts.models import Person
from crm.retention.models import Holding
from crm.rosters.comparing import Before
from crm.rosters.issue_queries import last_alike
from crm.rosters.models import RosterDocument, RosterFormat, RosterIssue, RosterProfile
from tests.retention.test_disposal import LONG_AGO, disposed, put_person
from tests.rosters.network import pdf_text, put_consent, put_term
from tests.rosters.test_pages import form, made, opened, today
from tests.support.pages import Browser
from tests.support.world import World

WHY = {"purpose_kind": "office"}
ON_ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def liaison(world: World, name: str = "髙橋 京子", kana: str = "タカハシ キョウコ") -> Person:
    person = world.person(name, kana, phone="054-000-1001")
    put_term(world, person, "磯部自治会")
    put_consent(world, person)
    return person


def issued(browser: Browser, world: World, **changed: str) -> tuple[bytes, UUID]:
    """Issue a roster; return its document and its key."""
    page = browser.post("/roster/issues", form(**changed))
    content = opened(made(browser, world, page).content, page)
    with world.reading("chief") as db:
        newest = select(RosterIssue.id).order_by(col(RosterIssue.number).desc()).limit(1)
        return content, db.exec(newest).one()


@pytest.mark.parametrize("form_of_file", [RosterFormat.PDF, RosterFormat.XLSX])
def test_reprint_is_the_same_to_the_byte(
    browser: Browser, world: World, form_of_file: RosterFormat
) -> None:
    person = liaison(world)
    browser.sign_in("chief").get("/roster")
    reason = {} if form_of_file is RosterFormat.PDF else {"plain_reason": "統計に使うため"}
    first, issue = issued(browser, world, format=form_of_file, **reason)
    put_consent(world, person, (), on=today())

    page = browser.post(f"/roster/issues/{issue}/reprint", {**WHY, **reason})
    again = made(browser, world, page)

    assert again.content == first
    assert "連絡員一覧表の再交付" in browser.get("/exports").text


@ON_ONE
def test_reprint_of_a_workbook_bears_another_password(browser: Browser, world: World) -> None:
    liaison(world)
    browser.sign_in("chief").get("/roster")
    first, issue = issued(browser, world)

    page = browser.post(f"/roster/issues/{issue}/reprint", WHY)
    again = made(browser, world, page)

    assert (again.content == first, opened(again.content, page) == first) == (False, True)


def test_document_goes_with_whoever_it_names(browser: Browser, world: World) -> None:
    gone = put_person(world, "古川 渡")
    put_consent(world, gone, on=dt.date(2015, 6, 2))
    liaison(world)
    browser.sign_in("chief").get("/roster")
    _, naming = issued(browser, world, as_of="2015-07-01")
    _, other = issued(browser, world)

    result = disposed(world, Holding.CONTACTS).result

    assert result["roster_document"] == 1
    answers = [browser.post(f"/roster/issues/{each}/reprint", WHY) for each in (naming, other)]
    assert [answer.status_code for answer in answers] == [409, 200]
    assert "保存期間を過ぎています" in browser.get(f"/roster/issues/{naming}").text


def test_document_goes_when_its_time_is_over(world: World) -> None:
    put_person(world, "古川 渡")
    owner = world.actors["chief"]
    owned = {"agency_id": world.agency_id, "station_id": world.units["若葉署"]}
    old = RosterIssue(
        **owned,
        number="平成27-0001",
        as_of=LONG_AGO.date(),
        profile=RosterProfile.STATION,
        format=RosterFormat.PDF,
        purpose="会議",
        persons=1,
        organizations=0,
        issued_at=LONG_AGO,
        issued_by=owner.staff_id,
        unit_id=owner.unit_id,
        sha256="0" * 64,
    )
    world.put(old, RosterDocument(**owned, issue_id=old.id, content=b"%PDF", rows=[]))

    assert disposed(world, Holding.CONTACTS).result["roster_document"] == 1

    with world.reading("chief") as db:
        before = last_alike(db, RosterProfile.STATION, "")
    assert before == Before("平成27-0001", None)


def test_register_lists_issues_and_narrows_them(browser: Browser, world: World) -> None:
    liaison(world)
    browser.sign_in("chief").get("/roster")
    issued(browser, world)
    issued(browser, world, profile="meeting", format="pdf")

    pages = [
        browser.get(f"/roster/issues?{asked}").text
        for asked in ("", "profile=meeting", "out=on", "year=1999")
    ]

    numbers = [re.findall(r">(令和\d+-\d{4})</a>", page) for page in pages]
    assert [[number[-4:] for number in each] for each in numbers] == [
        ["0002", "0001"],
        ["0002"],
        [],
        [],
    ]
    assert tuple(word for word in ("署内", "会議の出席者") if word in pages[0]) == (
        "署内",
        "会議の出席者",
    )


def test_changes_are_shown_printed_and_put_into_the_workbook(
    browser: Browser, world: World
) -> None:
    gone = liaison(world, "静谷 茂", "シズタニ シゲル")
    other = liaison(world)
    browser.sign_in("chief").get("/roster")
    issued(browser, world)
    put_consent(world, gone, (), on=today())
    without_calls = set(ConsentScope) - {ConsentScope.BY_PHONE}
    put_consent(world, other, without_calls, on=today())
    liaison(world, "青木 新", "アオキ シン")

    page = browser.get("/roster").text
    paper, _ = issued(browser, world, format="pdf", with_changes="on")

    counts = "新規1・終了1・変更1"
    assert (counts in page, "静谷" in page) == (True, False)
    text = pdf_text(paper)
    assert (f"から{counts}" in text, "変更表" in text, "静谷" in text) == (True, True, False)
    assert "電話番号：（記載なし）" in text
    assert "054-000-1001" not in text.partition("変更表")[2].partition("青木新")[0]


@ON_ONE
def test_changes_are_a_sheet_of_the_workbook(browser: Browser, world: World) -> None:
    liaison(world)
    browser.sign_in("chief").get("/roster")
    issued(browser, world)
    liaison(world, "青木 新", "アオキ シン")

    book, _ = issued(browser, world, with_changes="on")

    assert openpyxl.load_workbook(io.BytesIO(book)).sheetnames == [
        "地域安全連絡員一覧表",
        "変更表",
    ]


def test_copies_are_handed_out_returned_and_shredded(browser: Browser, world: World) -> None:
    liaison(world)
    browser.sign_in("chief").get("/roster")
    _, issue = issued(browser, world)
    page = f"/roster/issues/{issue}"
    handed = {"handed_to": "みなと町自治会長\r\nさくら台自治会長", "handed_on": str(today())}

    out = browser.post(f"{page}/copies", handed)
    first, second = re.findall(r'action="/roster/copies/([^/"]+)/shredding"', out.text)
    on = {"acted_on": str(today())}
    browser.post(f"/roster/copies/{first}/return", on)
    browser.post(f"/roster/copies/{first}/shredding", on)
    back = browser.post(f"/roster/copies/{first}/shredding", on)

    assert (back.status_code, "この部は、もう記録されています。" in back.text) == (422, True)
    shown = browser.get(page).text
    assert ("配布中 1／2部" in shown, second in shown, f"/{first}/" in shown) == (True, True, False)
    assert "配布中 1／2部" in browser.get("/roster/issues?out=on").text
    assert "配布中の一覧表が1部あります" in browser.get("/today").text


@ON_ONE
def test_days_that_cannot_be_are_refused_and_nothing_typed_is_lost(
    browser: Browser, world: World
) -> None:
    liaison(world)
    browser.sign_in("chief").get("/roster")
    _, issue = issued(browser, world)
    tomorrow = str(today() + dt.timedelta(days=1))

    handed = {"handed_to": "みなと町自治会長", "handed_on": tomorrow}
    answer = browser.post(f"/roster/issues/{issue}/copies", handed)

    assert (answer.status_code, 'id="f-handed_on-error"' in answer.text) == (422, True)
    assert ("みなと町自治会長</textarea>" in answer.text, tomorrow in answer.text) == (True, True)


@ON_ONE
def test_who_may_not_issue_sees_no_register(browser: Browser, world: World) -> None:
    liaison(world)
    browser.sign_in("chief").get("/roster")
    _, issue = issued(browser, world)
    paths = ("/roster/issues", f"/roster/issues/{issue}")
    for login in ("officer", "seian", "hq", "administrator", "auditor"):
        browser.sign_in(login)
        assert [browser.get(path).status_code for path in paths] == [403, 403], login


@ON_ONE
def test_another_station_finds_nothing(browser: Browser, world: World) -> None:
    liaison(world)
    browser.sign_in("chief").get("/roster")
    _, issue = issued(browser, world)
    browser.sign_in("stranger_chief")
    answers = [
        browser.get(f"/roster/issues/{issue}"),
        browser.post(f"/roster/issues/{issue}/reprint", WHY),
        browser.post(
            f"/roster/issues/{issue}/copies", {"handed_to": "会長", "handed_on": str(today())}
        ),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
