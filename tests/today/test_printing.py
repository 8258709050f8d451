import datetime as dt
import io
import re

import pypdf
import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.contacts.models import Holder, Person
from crm.exports.models import Export, ExportSubject
from crm.jobs.asking import PaperOrder
from crm.kernel.clock import tour_day, utc_now
from crm.today.printing import ask_for_paper
from tests.exports.acts import fetched, made
from tests.notes.acts import facts, logged
from tests.support.pages import Browser, counted
from tests.support.world import NOW, TODAY, World
from tests.today.acts import put_liaison
from tests.visiting.acts import left_in_peace

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DAY = dt.timedelta(days=1)
HERE, THERE = "みなと町自治会", "さくら台自治会"


def liaison(world: World, name: str, area: str = HERE, **more: object) -> Person:
    person = world.person(name, "はま はじめ", phone="054-000-0300", **more)  # type: ignore[arg-type]  # each test states its own
    put_liaison(world, Holder(person_id=person.id), area)
    return person


def asked(world: World, *people: Person) -> Export:
    chosen = [Holder(person_id=person.id) for person in people]
    more = {"revisit_days": 90, "kept_hours": 24, "order": PaperOrder(), "now": NOW}
    with world.writing("officer") as db:
        export = ask_for_paper(db, world.actors["officer"], chosen, **more)  # type: ignore[arg-type]  # facts of one sheet
        db.expunge(export)
        return export


def test_sheet_says_what_is_needed_on_patrol_and_nothing_else(world: World) -> None:
    person = liaison(world, "浜 一", address="若葉市みなと町5-4", care_note="電話は夕方")
    other = liaison(world, "磯部 太郎", THERE)
    heard = facts(person, heard="街灯が暗い。", happened_at=NOW - DAY, next_on=TODAY)
    logged(world, heard, "officer")
    left_in_peace(world, Holder(person_id=person.id), TODAY, TODAY + DAY)

    export = asked(world, person)
    made(world, export, who="officer")
    sheet = fetched(world, export, who="officer")

    pages = pypdf.PdfReader(io.BytesIO(sheet.content)).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    told = (
        *("浜一", "はまはじめ", HERE, "若葉市みなと町5-4", "054-000-0300", "電話は夕方"),
        *("約束：11/20", "訪問を控える期間", "取扱注意・署内限り", "佐藤彩", export.number),
        *("令和8年11月20日13時30分", "裁断"),
    )
    assert [each for each in told if each not in text] == []
    assert [each for each in ("街灯", other.family_name) if each in text] == []
    with world.reading("officer") as db:
        assert db.exec(select(ExportSubject.person_id)).all() == [person.id]


def test_whoever_was_met_meanwhile_is_not_on_the_sheet(world: World) -> None:
    first, second = liaison(world, "浜 一"), liaison(world, "磯部 太郎", THERE)
    export = asked(world, first, second)
    logged(world, facts(first))
    made(world, export, who="officer")

    with world.reading("officer") as db:
        assert db.exec(select(ExportSubject.person_id)).all() == [second.id]


def test_officer_prints_whom_they_tick(browser: Browser, world: World) -> None:
    first, second = liaison(world, "浜 一"), liaison(world, "磯部 太郎", THERE)
    promised = world.person("山 三", "やま さん")
    now, then = utc_now(), utc_now() - 2 * DAY
    logged(world, facts(promised, happened_at=then, next_on=tour_day(now)), "officer", then)
    shown = browser.sign_in("officer").get("/today/route").text
    answer = browser.post("/today/papers", {"stops": [f"person:{second.id}"]})

    assert shown.count('name="stops"') == 3
    # whoever was promised a visit is ticked already
    assert re.findall(r'value="person:([^"]+)" checked', shown) == [str(promised.id)]
    assert "訪問先一覧" in answer.text
    with world.reading("officer") as db:
        (export,) = db.exec(select(Export)).all()
        assert (export.purpose, export.recipient) == ("訪問・連絡", "署内")
        assert export.args["people"] == [str(second.id)]
        assert first.id != second.id


@pytest.mark.parametrize("stops", [[], ["person:nobody"], ["unit:1"], [f"person:{uuid7()}"]])
def test_nobody_to_print_is_refused_at_the_field(
    browser: Browser, world: World, stops: list[str]
) -> None:
    liaison(world, "浜 一")
    browser.sign_in("officer").get("/today/route")

    answer = browser.post("/today/papers", {"stops": stops})

    assert answer.status_code == 422
    assert 'href="#f-stops"' in answer.text
    with world.reading("officer") as db:
        assert db.exec(select(Export)).all() == []


def test_somebody_of_another_station_is_never_printed(browser: Browser, world: World) -> None:
    person = liaison(world, "浜 一")
    browser.sign_in("stranger").get("/today")

    assert "浜 一" not in browser.get("/today/route").text
    assert browser.post("/today/papers", {"stops": [f"person:{person.id}"]}).status_code == 422


@pytest.mark.parametrize("who", ["hq", "auditor"])
def test_route_is_for_stations(browser: Browser, who: str) -> None:
    assert browser.sign_in(who).get("/today/route").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_route_costs_eight_statements(browser: Browser, world: World, count: int) -> None:
    now = utc_now()
    for number in range(count):
        person = liaison(world, f"連絡員 {number}")
        logged(world, facts(person, needs_reply=True, happened_at=now), "officer", now)
    browser.sign_in("officer").get("/today/route")

    with counted(world.database) as statements:
        shown = browser.get("/today/route")

    # the map was drawn before
    assert len(statements) == 7
    assert '<text x="' in shown.text
