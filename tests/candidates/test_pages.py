"""The pages of candidates: proposed on a phone, received, asked, answered; who is turned away."""

import io
import re
from uuid import UUID

import pypdf
import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.approvals.models import ApprovalKind
from crm.candidates import service
from crm.candidates.service import Proposal
from crm.contacts.models import Holder, Person
from crm.jobs.models import JobFile
from crm.jobs.runner import Runner
from crm.kernel.clock import local_day, utc_now
from crm.liaisons.asking import DEFAULT_RULE
from crm.liaisons.models import CandidateState, LiaisonCandidate
from tests.liaisons.course import asked, declined
from tests.support.approvals import decided
from tests.support.pages import Browser, counted
from tests.support.world import NOW, TODAY, World

FORM = {
    "family_name": "高橋",
    "given_name": "京子",
    "family_kana": "たかはし",
    "phones": "087-833-0110",
    "reason": "通学路の見守りを続けておられる。",
    "known_by": "交通安全教室",
}


@pytest.fixture
def person(world: World) -> Holder:
    return Holder(person_id=world.person("桒原 健太", "クワバラ ケンタ").id)


def candidates(world: World) -> list[LiaisonCandidate]:
    with world.reading("officer") as db:
        found = list(db.exec(select(LiaisonCandidate)).all())
        db.expunge_all()
    return found


def proposed(world: World, holder: Holder, who: str = "seian") -> UUID:
    with world.writing(who) as db:
        return service.propose(db, world.actors[who], holder, Proposal(reason="世話役"), now=NOW).id


def test_an_officer_proposes_somebody_new_and_follows_what_becomes_of_it(
    world: World, browser: Browser
) -> None:
    browser.sign_in("seian").get("/candidates/new")
    shown = browser.post("/candidates", FORM)
    assert "紹介しました。" in shown.text
    assert "未受理" in shown.text
    (candidate,) = candidates(world)
    browser.post("/sign-out")

    chief = browser.sign_in("chief")
    assert "高橋 京子" in chief.get("/candidates").text
    shown = chief.post(f"/candidates/{candidate.id}/reception")
    assert "受理しました。" in shown.text
    assert f"/people/{candidate.person_id}/liaison?act=approach" in shown.text
    today = local_day(utc_now()).isoformat()
    chief.post(f"/people/{candidate.person_id}/approach", {"asked_on": today, "method": "written"})
    sent = {"answer": "declined", "decided_on": today, "method": "phone"}
    chief.post(f"/people/{candidate.person_id}/answer", sent)
    browser.post("/sign-out")

    mine = browser.sign_in("seian").get("/candidates").text
    assert "新しい経過があります。" in mine
    assert "辞退" in mine
    assert "新しい経過があります。" not in browser.post("/candidates/news").text
    page = browser.get(f"/candidates/{candidate.id}").text
    order = [page.index(word) for word in ("辞退</", "依頼</", "受理</", "紹介</span>")]
    assert order == sorted(order)


def test_somebody_on_record_is_not_entered_twice(world: World, browser: Browser) -> None:
    known = world.person("髙橋 京子", "タカハシ キョウコ")
    seian = browser.sign_in("seian")
    seian.get("/candidates/new")
    asked_who = seian.post("/candidates", FORM)
    assert asked_who.status_code == 422
    assert f'value="{known.id}"' in asked_who.text
    assert "通学路の見守り" in asked_who.text
    seian.post("/candidates", {**FORM, "who": str(known.id)})
    assert [one.person_id for one in candidates(world)] == [known.id]
    with world.reading("seian") as db:
        assert len(db.exec(select(Person.id)).all()) == 1


def test_another_of_the_same_name_is_entered(world: World, browser: Browser) -> None:
    world.person("髙橋 京子", "タカハシ キョウコ")
    browser.sign_in("seian").get("/candidates/new")
    browser.post("/candidates", {**FORM, "who": "new"})
    with world.reading("seian") as db:
        assert len(db.exec(select(Person.id)).all()) == 2


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"family_name": "高橋"}, "reason"),
        ({"reason": "世話役"}, "family_name"),
        ({**FORM, "family_kana": "高橋"}, "family_kana"),
        ({**FORM, "area_id": "01a1fe99-c193-77a9-98f1-432bac9c0fb7"}, "area_id"),
    ],
)
def test_a_refused_form_says_where_and_keeps_what_was_typed(
    world: World, browser: Browser, sent: dict[str, str], field: str
) -> None:
    browser.sign_in("seian").get("/candidates/new")
    refused = browser.post("/candidates", sent)
    assert refused.status_code == 422
    assert f'id="f-{field}-error"' in refused.text
    assert all(value in refused.text for name, value in sent.items() if name == "reason")
    assert candidates(world) == []
    with world.reading("seian") as db:
        assert db.exec(select(Person.id)).all() == []


def test_a_no_is_shown_to_whoever_would_ask_again(
    world: World, browser: Browser, person: Holder
) -> None:
    declined(world, person, local_day(utc_now()), now=utc_now())
    browser.sign_in("seian").get("/candidates/new")
    refused = browser.post("/candidates", {"who": str(person.person_id), "reason": "世話役"})
    assert refused.status_code == 422
    assert "お断りになってから365日を過ぎるまでは" in refused.text
    browser.post("/sign-out")
    form = browser.sign_in("chief").get(f"/people/{person.person_id}/liaison?act=approach").text
    assert "にお断りになっています。" in form
    assert "記録：中村 誠" in form


def test_who_wishes_never_to_be_asked_offers_no_asking(
    world: World, browser: Browser, person: Holder
) -> None:
    declined(world, person, TODAY, asks_no_more=True)
    page = f"/people/{person.person_id}"
    chief = browser.sign_in("chief")
    shown = chief.get(f"{page}/liaison?act=approach").text
    assert f'action="{page}/approach"' not in shown
    today = local_day(utc_now()).isoformat()
    sent = {"asked_on": today, "method": "oral", "chief_confirms": "on", "again_reason": "要望"}
    assert chief.post(f"{page}/approach", sent).status_code == 422
    chief.post(f"{page}/willingness", {"decided_on": today, "method": "phone"})
    assert f'action="{page}/approach"' in chief.get(f"{page}/liaison?act=approach").text


def test_where_asking_needs_a_decision_the_page_says_so(
    world: World, browser: Browser, person: Holder
) -> None:
    decided(world, ApprovalKind.LIAISON_REQUEST)
    candidate_id = proposed(world, person, "chief")
    assert "起案する" in browser.sign_in("chief").get(f"/candidates/{candidate_id}").text


def test_the_letter_is_one_page_in_the_stations_words(
    world: World, browser: Browser, person: Holder
) -> None:
    candidate_id = proposed(world, person, "chief")
    chief = browser.sign_in("chief")
    chief.get(f"/candidates/{candidate_id}")
    form = {"request_key": str(uuid7())}
    chief.post(f"/candidates/{candidate_id}/letter", form)
    chief.post(f"/candidates/{candidate_id}/letter", form)
    assert Runner(world.database).take_next()

    with world.reading("chief") as db:
        (file,) = db.exec(select(JobFile)).all()
        paper = pypdf.PdfReader(io.BytesIO(file.content))
    (text,) = ("".join(page.extract_text().split()) for page in paper.pages)
    expected = ("桒原健太様", "若葉署長", "地域安全連絡員のお願い", "押印は要りません")
    assert [words for words in expected if words not in text] == []
    points = ["".join(point.split()) for point in DEFAULT_RULE.words]
    assert [point for point in points if point not in text] == []


def test_no_letter_before_it_is_received_or_decided(
    world: World, browser: Browser, person: Holder
) -> None:
    candidate_id = proposed(world, person)
    chief, form = browser.sign_in("chief"), {"request_key": str(uuid7())}
    chief.get(f"/candidates/{candidate_id}")
    assert chief.post(f"/candidates/{candidate_id}/letter", form).status_code == 409
    chief.post(f"/candidates/{candidate_id}/reception")
    decided(world, ApprovalKind.LIAISON_REQUEST)
    assert chief.post(f"/candidates/{candidate_id}/letter", form).status_code == 403
    assert "依頼状を作成する" not in chief.get(f"/candidates/{candidate_id}").text


def test_a_chief_words_the_asking_and_everybody_reads_it(browser: Browser) -> None:
    chief = browser.sign_in("chief")
    form = chief.get("/candidates/rules").text
    texts = dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n([^<]*)</textarea>', form))
    today = local_day(utc_now()).isoformat()
    sent = {**texts, "opening": "お願いに伺いました。", "cool_off_days": "730", "day": today}
    left_out = chief.post("/candidates/rules", {**sent, "may_end": ""})
    assert (left_out.status_code, "お願いに伺いました。" in left_out.text) == (422, True)
    assert "依頼の定めを記録しました。" in chief.post("/candidates/rules", sent).text
    assert chief.post("/candidates/rules", sent).status_code == 409
    browser.post("/sign-out")
    officer = browser.sign_in("officer")
    assert "730日間は依頼しません。" in officer.get("/candidates/rules").text
    assert officer.post("/candidates/rules", sent).status_code == 403


def test_pages_take_eight_statements_at_most(
    world: World, browser: Browser, person: Holder
) -> None:
    candidate_id = proposed(world, person, "chief")
    for name in ("西 徹", "東 学", "南 守"):
        proposed(world, Holder(person_id=world.person(name, "カナ カナ").id))
    chief = browser.sign_in("chief")
    found = {}
    pages = (
        "/candidates",
        "/candidates?shown=mine",
        "/candidates/new",
        f"/candidates/new?person={person.person_id}",
        f"/candidates/{candidate_id}",
        "/candidates/rules",
        f"/people/{person.person_id}/liaison?act=approach",
    )
    for page in pages:
        with counted(world.database) as statements:
            assert chief.get(page).status_code == 200
        found[page] = len(statements)
    assert [page for page, count in found.items() if count > 8] == []


def test_others_find_nothing(world: World, browser: Browser, person: Holder) -> None:
    candidate_id = proposed(world, person)
    asked(world, person)
    stranger = browser.sign_in("stranger_chief")
    stranger.get("/candidates")
    assert stranger.get(f"/candidates/{candidate_id}").status_code == 404
    assert stranger.post(f"/candidates/{candidate_id}/reception").status_code == 404
    browser.post("/sign-out")
    for who in ("hq", "administrator", "auditor"):
        turned = browser.sign_in(who).get("/candidates")
        assert (turned.status_code, "桒原" in turned.text) == (403, False)
        browser.post("/sign-out")
    assert [one.state for one in candidates(world)] == [CandidateState.ASKED]
