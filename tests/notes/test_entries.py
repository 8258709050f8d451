"""Entries of more kinds: advice, an area, another agency beside, the station's own phrases."""

import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import col, select

from crm.agencies.models import Agency, Unit, UnitKind, UnitPlacement
from crm.contacts.models import Person
from crm.kernel.actor import AgencyKind
from crm.kernel.clock import local_day, utc_now
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.notes import queries
from crm.notes.form_queries import phrases_on
from crm.notes.models import (
    ActivityNote,
    GroupProblem,
    NoteCompanion,
    NoteCorrection,
    NotePerson,
    PhraseUse,
    StationPhrase,
)
from crm.notes.phrasing import MOST, end_phrase, offer_phrase
from crm.notes.report_queries import counts_of
from crm.notes.service import Beside
from crm.requests.models import CommunityRequest, Source
from tests.notes.acts import HOUR, corrected, facts, logged
from tests.notes.test_pages import form
from tests.support.pages import Browser, counted
from tests.support.world import NOW, START, TODAY, World

DAY = dt.timedelta(days=1)
ADVICE = {"problem": GroupProblem.SUCCESSOR.value, "advice": "小学校の保護者会へ声を掛ける。"}


def offered(
    world: World, text: str, use: PhraseUse = PhraseUse.HEARD, who: str = "chief"
) -> StationPhrase:
    with world.writing(who) as db:
        made = offer_phrase(db, world.actors[who], use, text, valid_from=TODAY, now=NOW)
        db.expunge(made)
        return made


def agency_beside(world: World, name: str) -> UUID:
    """Put another agency with one office."""
    agency = Agency(kind=AgencyKind.MUNICIPALITY, name=name)
    office = Unit(agency_id=agency.id, kind=UnitKind.OFFICE)
    placement = UnitPlacement(
        agency_id=agency.id, unit_id=office.id, station_id=office.id, name=name, valid_from=START
    )
    world.put(agency, office, placement)
    return office.id


def line_of(world: World, note: ActivityNote) -> queries.NoteLine:
    with world.reading("officer") as db:
        units = queries.unit_book(db, world.units["若葉署"])
        return queries.note_line(db, note.id, units)


def test_advice_alone_is_an_entry_and_is_counted_by_problem(world: World, kuwahara: Person) -> None:
    logged(world, facts(kuwahara, heard="", **ADVICE))
    logged(world, facts(kuwahara, heard="", **ADVICE))
    logged(world, facts(kuwahara))

    with world.reading("officer") as db:
        counts = counts_of(db, world.actors["officer"], TODAY - DAY, TODAY)

    assert counts.problems == [("successor", 2)]
    assert [number for _, number in counts.occasions] == [3]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"advice": "声を掛ける。", "problem": ""}, "problem"),
        ({"advice": "", "problem": "funds"}, "advice"),
        ({"advice": "声を掛ける。", "problem": "仲が悪い"}, "problem"),
    ],
)
def test_half_of_an_advice_is_refused_at_its_field(
    world: World, kuwahara: Person, said: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        logged(world, facts(kuwahara, **said))

    assert refusal.value.field == field


def test_station_adds_problems_in_its_own_words(world: World, kuwahara: Person) -> None:
    own = offered(world, "集会所がない", PhraseUse.PROBLEM)

    note = logged(world, facts(kuwahara, problem=own.text, advice="公民館を案内した。"))

    assert line_of(world, note).problem == "集会所がない"


def test_corrected_advice_keeps_what_it_said(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara, **ADVICE))

    corrected(world, note, problem="ties", advice="連合会へ相談するよう勧めた。")

    with world.reading("officer") as db:
        (old,) = db.exec(select(NoteCorrection)).all()
        assert (old.problem, old.advice) == tuple(ADVICE.values())
    assert line_of(world, note).problem == "ties"


def test_advice_that_differs_is_no_form_sent_twice(world: World, kuwahara: Person) -> None:
    first = facts(kuwahara, **ADVICE)
    logged(world, first)

    with pytest.raises(Conflict):
        logged(world, facts(kuwahara, client_key=first.client_key))


def test_entry_in_an_area_names_nobody(world: World) -> None:
    area_id = world.areas["磯部自治会"]

    note = logged(world, facts(area_id=area_id, needs_reply=True))

    assert line_of(world, note).area_name == "磯部自治会"
    with world.reading("officer") as db:
        assert db.exec(select(NotePerson)).all() == []
        (asked,) = db.exec(select(CommunityRequest)).all()
        assert (asked.area_id, asked.source) == (area_id, Source.ANONYMOUS)


def test_entry_in_an_area_nobody_drew_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        logged(world, facts(area_id=UUID(int=1)))


def test_another_agency_beside_is_named_and_moves_with_the_day(
    world: World, kuwahara: Person
) -> None:
    city = world.units["架空市役所"]
    sent = facts(kuwahara, companions=[Beside(city, "高橋 優")])

    note = logged(world, sent)
    corrected(world, note, happened_at=NOW - 3 * DAY)

    assert [tuple(one) for one in line_of(world, note).companions] == [
        (city, "架空市役所", "高橋 優")
    ]
    with world.reading("officer") as db:
        assert db.exec(select(NoteCompanion.visited_on)).all() == [TODAY - 3 * DAY]


@pytest.mark.parametrize("office", ["若葉署", "市民安全課"])
def test_companion_is_another_agencys_office(world: World, kuwahara: Person, office: str) -> None:
    with pytest.raises(Refused) as refusal:
        logged(world, facts(kuwahara, companions=[Beside(world.units[office])]))

    assert refusal.value.field == "companion_id"


def test_phrases_are_the_stations_own_and_of_their_days(world: World) -> None:
    kept = offered(world, "変わりない。")
    offered(world, "よその言葉", who="stranger_chief")
    with world.writing("chief") as db:
        end_phrase(db, world.actors["chief"], kept.id, day=TODAY + DAY, now=NOW)

    with world.reading("officer") as db:
        today, tomorrow = (phrases_on(db, TODAY + ahead * DAY) for ahead in (0, 1))

    assert today == {PhraseUse.HEARD: ["変わりない。"]}
    assert tomorrow == {}


def test_phrase_offered_twice_is_one(world: World) -> None:
    assert offered(world, "変わりない。").id == offered(world, "変わりない。").id


def test_phrase_is_for_chiefs_and_for_no_other_record(world: World) -> None:
    with pytest.raises(Forbidden):
        offered(world, "変わりない。", who="officer")
    with pytest.raises(Refused):
        offered(world, "被疑者について")


def test_phrases_stay_a_choice_at_a_glance(world: World) -> None:
    for number in range(MOST):
        offered(world, f"変わりない。{number}")

    with pytest.raises(Refused):
        offered(world, "もう一つ")


pages = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pages
def test_form_offers_phrases_and_whoever_was_beside_last(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    now = utc_now()
    with world.writing("chief") as db:
        offer_phrase(
            db,
            world.actors["chief"],
            PhraseUse.TOLD,
            "戸締まりをお願いした。",
            valid_from=local_day(now),
            now=now,
        )
    beside = frozenset({world.actors["chief"].staff_id})
    logged(world, facts(kuwahara, staff_ids=beside, happened_at=now), now=now)

    with counted(world.database) as statements:
        shown = browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    assert "戸締まりをお願いした。" in shown.text
    assert "同席：中村 誠" in shown.text
    assert len([one for one in statements if "station_phrase" in one]) == 1


@pages
def test_area_leads_from_the_choice_to_its_entry(browser: Browser, world: World) -> None:
    area = f"/areas/{world.areas['磯部自治会']}"
    browser.sign_in("officer")
    assert f'href="{area}/notes/new"' in browser.get("/notes/new").text
    browser.get(f"{area}/notes/new")

    shown = browser.post(f"{area}/notes", form(heard="集会所で体操の会を始めた。", **ADVICE))

    assert (shown.status_code, shown.url.path) == (200, area)
    for words in ("集会所で体操の会を始めた。", "助言・支援（後継者不足）", ADVICE["advice"]):
        assert words in shown.text


@pages
@pytest.mark.parametrize("entries", [1, 3])
def test_area_costs_the_same_however_many_entries(
    browser: Browser, world: World, entries: int
) -> None:
    area_id = world.areas["磯部自治会"]
    for number in range(entries):
        logged(world, facts(area_id=area_id, happened_at=NOW - number * HOUR))
    browser.sign_in("officer")

    with counted(world.database) as statements:
        browser.get(f"/areas/{area_id}")

    assert len(statements) == 6


@pages
@pytest.mark.parametrize("who", ["hq", "administrator", "auditor"])
@pytest.mark.parametrize("path", ["", "/notes/new"])
def test_areas_entries_are_not_for_others(
    browser: Browser, world: World, who: str, path: str
) -> None:
    answer = browser.sign_in(who).get(f"/areas/{world.areas['磯部自治会']}{path}")

    assert answer.status_code == 403


@pages
def test_refused_advice_keeps_all_that_was_typed(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    city = world.units["架空市役所"]
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    shown = browser.post(
        f"/people/{kuwahara.id}/notes",
        form(advice="声を掛ける。", companion_id=str(city), companion_names="高橋 優"),
    )

    assert shown.status_code == 422
    assert "どの課題への助言・支援かを選んでください。" in shown.text
    for kept in ("声を掛ける。", f'value="{city}" selected', 'value="高橋 優"'):
        assert kept in shown.text


@pages
def test_several_agencies_beside_are_one_visit_and_each_is_named_once(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    other = agency_beside(world, "架空市教育委員会")
    city = world.units["架空市役所"]
    browser.sign_in("officer").get(f"/people/{kuwahara.id}/notes/new")

    sent = form(companion_id=str(city), companion_names="高橋 優", companion_id_2=str(other))
    again = {"companion_id_3": str(city), "companion_names_3": "渡辺 恵"}
    shown = browser.post(f"/people/{kuwahara.id}/notes", sent | again)

    assert shown.status_code == 200
    with world.reading("officer") as db:
        rows = db.exec(select(NoteCompanion.office_name, NoteCompanion.names)).all()
    assert sorted(rows) == [("架空市役所", "高橋 優、渡辺 恵"), ("架空市教育委員会", "")]


@pages
def test_chief_keeps_the_phrases(browser: Browser, world: World) -> None:
    today = local_day(utc_now()).isoformat()
    said = {"use": "heard", "text": "変わりない。", "valid_from": today}
    browser.sign_in("officer")
    assert browser.post("/phrases", said).status_code == 403
    browser.sign_in("chief").get("/phrases")

    refused = browser.post("/phrases", said | {"text": ""})
    shown = browser.post("/phrases", said)

    assert (refused.status_code, shown.status_code) == (422, 200)
    assert "変わりない。" in shown.text
    with world.reading("chief") as db:
        (phrase_id,) = db.exec(select(StationPhrase.id)).all()
    ended = browser.post(f"/phrases/{phrase_id}/end", {})
    assert ended.text.count("変わりない。") == 1
    assert browser.post(f"/phrases/{UUID(int=1)}/end", {}).status_code == 404
    with world.reading("chief") as db:
        assert (
            db.exec(select(StationPhrase).where(col(StationPhrase.valid_to).is_(None))).all() == []
        )


@pages
def test_report_counts_and_names_nobody(browser: Browser, world: World, kuwahara: Person) -> None:
    now = utc_now()
    logged(world, facts(kuwahara, happened_at=now, **ADVICE), now=now)

    with counted(world.database) as statements:
        shown = browser.sign_in("officer").get("/notes/report")

    assert "後継者不足" in shown.text
    assert "桒原" not in shown.text
    assert len([one for one in statements if "count(" in one]) == 2
