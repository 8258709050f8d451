import datetime as dt

import pytest
from sqlmodel import select

from crm.agencies.models import Unit, UnitKind, UnitPlacement
from crm.contacts.models import Holder
from crm.handovers.deciding import decide
from crm.handovers.models import SuccessionDecision
from crm.handovers.succession_queries import successions_since
from crm.handovers.successions import Succession
from crm.kernel.clock import local_day, utc_now
from crm.liaisons.models import LiaisonCandidate, LiaisonState, LiaisonTerm
from crm.requests.models import CommunityRequest, RequestStep
from tests.handovers.test_handovers import AREA, BOX, ONE_DAY, head
from tests.intake.lists import CHAIRS
from tests.intake.test_pages import csv_of, digest_on
from tests.requests.acts import received
from tests.support.pages import Browser, counted
from tests.support.world import START, World
from tests.today.acts import put_liaison

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def today() -> dt.date:
    return local_day(utc_now())


def april(world: World, number: int = 0) -> tuple[Holder, Holder]:
    """Let a chair who is a liaison, of an association that is one too, be followed by another."""
    body = Holder(organization_id=world.organization(f"{AREA}{number}", area=AREA).id)
    old = Holder(person_id=world.person(f"浜 {number}", "はま はじめ").id)
    new = Holder(person_id=world.person(f"桒原 {number}", "くわばら けんた").id)
    head(world, body, old, valid_from=START, valid_to=today() - 2 * ONE_DAY)
    head(world, body, new, valid_from=today() - ONE_DAY)
    put_liaison(world, old, AREA)
    put_liaison(world, body, AREA)
    return old, new


def changes(world: World) -> list[Succession]:
    with world.reading("chief") as db:
        return list(successions_since(db, today() - 30 * ONE_DAY, today()))


def test_april_from_the_list_of_chairs_to_each_ones_answer(browser: Browser, world: World) -> None:
    body = Holder(organization_id=world.organization(AREA, area=AREA).id)
    old = Holder(person_id=world.person("浜 一", "はま はじめ").id)
    head(world, body, old, valid_from=START)
    put_liaison(world, old, AREA)
    browser.sign_in("chief").get("/intake/new")
    listed = {"kind": "chairs", "day": (today() - ONE_DAY).isoformat()}
    asked = browser.post("/intake", listed, files={"file": ("会長.csv", csv_of(CHAIRS[:2]))})
    path = str(asked.url.path)

    applied = browser.post(f"{path}/application", {"digest": digest_on(asked.text)})

    assert "/handovers/successions" in applied.text
    (one,) = changes(world)
    assert (one.name, one.former and one.former.name) == ("鈴木 一郎", "浜 一")
    assert one.former
    assert one.former.ended_on == today() - 2 * ONE_DAY
    assert (one.asks_successor, one.asks_predecessor) == (True, True)
    for decision in ("ask", "stay"):
        browser.post(f"/handovers/successions/{one.appointment_id}", {"decision": decision})
    assert not changes(world)[0].is_open
    browser.get("/candidates")
    undone = browser.post(f"{path}/undo")
    assert (undone.status_code, "そのまま残しました" in undone.text) == (200, True)
    assert len(changes(world)) == 1


def test_nothing_is_assumed_until_somebody_decides(world: World) -> None:
    old, new = april(world)

    (one,) = changes(world)

    assert (one.person_id, one.former and one.former.person_id) == (new.person_id, old.person_id)
    assert (one.asks_successor, one.asks_predecessor) == (True, True)
    assert (one.state, one.is_organization_liaison) == (LiaisonState.NONE, True)


def test_april_goes_person_by_person(browser: Browser, world: World) -> None:
    old, new = april(world)
    (one,) = changes(world)
    browser.sign_in("chief")
    path = f"/handovers/successions/{one.appointment_id}"
    assert "連絡員を依頼しますか" in browser.get("/handovers/successions").text

    browser.post(path, {"decision": "later"})
    assert changes(world)[0].asks_successor
    browser.post(path, {"decision": "ask"})
    browser.post(path, {"decision": "end"})

    assert not changes(world)[0].is_open
    with world.reading("chief") as db:
        candidate = db.exec(select(LiaisonCandidate)).one()
        assert (candidate.person_id, candidate.noticed_on) == (new.person_id, today())
        terms = db.exec(select(LiaisonTerm)).all()
        ends = {term.person_id: term.valid_to for term in terms}
    assert ends == {old.person_id: today(), None: None}
    again = browser.post(path, {"decision": "end"})
    assert again.status_code == 409


def test_left_alone_stays_left_and_a_term_may_stay(browser: Browser, world: World) -> None:
    april(world)
    (one,) = changes(world)
    browser.sign_in("chief")
    for decision in ("leave", "stay"):
        browser.post(f"/handovers/successions/{one.appointment_id}", {"decision": decision})

    (after,) = changes(world)
    assert not after.is_open
    with world.reading("chief") as db:
        assert db.exec(select(LiaisonCandidate.id)).all() == []
        assert db.exec(select(LiaisonTerm.valid_to)).all() == [None, None]


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("stranger_chief", 404)])
def test_others_decide_nothing(browser: Browser, world: World, who: str, status: int) -> None:
    april(world)
    (one,) = changes(world)
    browser.sign_in(who).get("/handovers/successions")
    path = f"/handovers/successions/{one.appointment_id}"
    assert browser.post(path, {"decision": "ask"}).status_code == status
    with world.reading("chief") as db:
        assert db.exec(select(LiaisonCandidate.id)).all() == []


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_however_many_changes(
    browser: Browser, world: World, count: int
) -> None:
    for number in range(count):
        april(world, number)
        closed_box(world, f"旧交番{number}")
    browser.sign_in("chief").get("/handovers")
    found = []
    for path in ("/handovers/successions", "/handovers/closed"):
        with counted(world.database) as statements:
            browser.get(path)
        found.append(len(statements))
    assert found == [5, 4]


def closed_box(world: World, name: str = "旧みなと交番") -> Unit:
    unit = Unit(agency_id=world.agency_id, kind=UnitKind.KOBAN)
    placement = UnitPlacement(
        agency_id=world.agency_id,
        unit_id=unit.id,
        parent_id=world.units["若葉署地域課"],
        station_id=world.units["若葉署"],
        name=name,
        valid_from=START,
        valid_to=today() - 5 * ONE_DAY,
    )
    world.put(unit, placement)
    return unit


def test_what_a_closed_box_left_is_handed_over_with_a_step(browser: Browser, world: World) -> None:
    box = closed_box(world)
    now = utc_now()
    request = received(
        world, now=now, heard_on=today(), heard_unit_id=box.id, words="街灯が消えている。"
    )
    browser.sign_in("chief")
    assert "街灯が消えている。" in browser.get("/handovers/closed").text
    path = f"/handovers/closed/{box.id}"

    assert browser.post(path, {"to_unit_id": str(box.id)}).status_code == 422
    assert browser.post(path, {}).status_code == 422
    assert browser.post(path, {"to_unit_id": str(world.units[BOX])}).status_code == 200

    with world.reading("officer") as db:
        kept = db.exec(select(CommunityRequest)).one()
        assert kept.heard_unit_id == world.units[BOX]
        texts = db.exec(select(RequestStep.text).where(RequestStep.request_id == request.id)).all()
    assert "旧みなと交番の終了に伴う引継ぎ" in texts
    assert "残っている意見・要望はありません。" in browser.get("/handovers/closed").text
    standing = f"/handovers/closed/{world.units[BOX]}"
    form = {"to_unit_id": str(world.units["みなと駐在所"])}
    assert browser.post(standing, form).status_code == 404
    assert browser.sign_in("officer").post(path, form).status_code == 403


def test_decision_needs_no_page(world: World) -> None:
    april(world)
    (one,) = changes(world)
    with world.writing("station_chief") as db:
        actor = world.actors["station_chief"]
        decide(db, actor, one.appointment_id, SuccessionDecision.LEAVE, now=utc_now())
    assert not changes(world)[0].asks_successor
