"""Proposing somebody, and what the proposer sees of it without a telephone call."""

import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.candidates import queries, service
from crm.candidates.models import StepKind
from crm.candidates.queries import Shown
from crm.candidates.service import Proposal
from crm.contacts.models import Holder, Person
from crm.contacts.service import PersonFacts
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.liaisons import answers
from crm.liaisons.models import AnswerFacts, CandidateState, LiaisonCandidate, LiaisonState
from crm.liaisons.queries import state_of
from tests.liaisons.course import ORAL, accept, asked, days, declined
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World

WHY = Proposal(reason="通学路の見守りを続けておられる。")


@pytest.fixture
def person(world: World) -> Holder:
    return Holder(person_id=world.person("桒原 健太", "クワバラ ケンタ").id)


def proposed(world: World, holder: Holder, who: str = "seian", proposal: Proposal = WHY) -> UUID:
    with world.writing(who) as db:
        return service.propose(db, world.actors[who], holder, proposal, now=NOW).id


def seen(world: World, candidate_id: UUID) -> tuple[CandidateState, list[StepKind], bool]:
    """Return what whoever proposed somebody sees: state, steps, whether there is news."""
    with world.reading("seian") as db:
        whole = queries.whole_candidate(db, candidate_id)
        steps = [step.kind for step in whole.steps]
        return whole.candidate.state, steps, whole.candidate.has_news


def state(world: World, holder: Holder, day: dt.date = TODAY) -> LiaisonState:
    with world.reading("officer") as db:
        return state_of(db, holder, day)


def test_any_section_proposes_somebody_and_sees_the_whole_way(world: World, person: Holder) -> None:
    candidate_id = proposed(world, person)
    assert state(world, person) is LiaisonState.CANDIDATE
    assert state(world, person, TODAY - days(1)) is LiaisonState.NONE
    assert seen(world, candidate_id) == (CandidateState.PROPOSED, [], False)

    with world.writing("chief") as db:
        service.receive(db, world.actors["chief"], candidate_id, now=NOW)
    asked(world, person)
    with world.writing("chief") as db:
        facts = AnswerFacts(TODAY, ORAL, not_before=TODAY + days(9))
        answers.record_thinking(db, world.actors["chief"], person, facts, now=NOW)
    with world.writing("chief") as db:
        accept(db, world, person, TODAY)

    steps = [StepKind.RECEIVED, StepKind.ASKED, StepKind.THINKING, StepKind.ACCEPTED]
    assert seen(world, candidate_id) == (CandidateState.ACCEPTED, steps, True)
    assert state(world, person) is LiaisonState.ACTIVE


def test_news_is_news_until_it_was_seen(world: World, person: Holder) -> None:
    candidate_id = proposed(world, person)
    declined(world, person)
    assert seen(world, candidate_id) == (
        CandidateState.DECLINED,
        [StepKind.ASKED, StepKind.DECLINED],
        True,
    )
    with world.writing("seian") as db:
        assert service.mark_seen(db, world.actors["seian"]) == 1
        assert service.mark_seen(db, world.actors["seian"]) == 0


def test_what_the_network_office_proposes_is_received(world: World, person: Holder) -> None:
    candidate_id = proposed(world, person, "chief")
    assert seen(world, candidate_id) == (CandidateState.RECEIVED, [], False)


def test_the_same_form_twice_makes_one(world: World) -> None:
    proposal = Proposal(reason="世話役", client_key=uuid7())
    facts = PersonFacts(family_name="高橋", given_name="京子")
    for _ in range(2):
        with world.writing("seian") as db:
            service.propose_newcomer(
                db, world.actors["seian"], facts, proposal, area_code="087", now=NOW
            )
    with world.reading("seian") as db:
        assert len(db.exec(select(LiaisonCandidate.id)).all()) == 1
        assert len(db.exec(select(Person.id)).all()) == 1


def test_what_is_refused_enters_nobody_into_the_book(world: World) -> None:
    elsewhere = Proposal(reason="世話役", area_id=world.areas["港南自治会"])
    with world.writing("seian") as db, pytest.raises(Refused) as refusal:
        service.propose_newcomer(
            db,
            world.actors["seian"],
            PersonFacts(family_name="高橋"),
            elsewhere,
            area_code="087",
            now=NOW,
        )
    with world.reading("seian") as db:
        assert db.exec(select(Person.id)).all() == []
    assert refusal.value.field == "area_id"


def test_nobody_is_proposed_twice_nor_while_a_no_is_left_alone(
    world: World, person: Holder
) -> None:
    proposed(world, person)
    with pytest.raises(Refused):
        proposed(world, person)
    other = Holder(person_id=world.person("西 徹", "ニシ トオル").id)
    declined(world, other, TODAY - days(364))
    with pytest.raises(Refused):
        proposed(world, other)
    third = Holder(person_id=world.person("東 学", "ヒガシ マナブ").id)
    declined(world, third, TODAY - days(900), asks_no_more=True)
    with pytest.raises(Refused):
        proposed(world, third)


def test_passed_over_is_an_end_with_a_word_to_the_proposer(world: World, person: Holder) -> None:
    candidate_id = proposed(world, person)
    with world.writing("chief") as db:
        service.pass_over(db, world.actors["chief"], candidate_id, "同じ区域の方", now=NOW)
    assert seen(world, candidate_id) == (
        CandidateState.PASSED_OVER,
        [StepKind.PASSED_OVER],
        True,
    )
    assert state(world, person) is LiaisonState.NONE
    with world.writing("chief") as db, pytest.raises(Conflict):
        service.receive(db, world.actors["chief"], candidate_id, now=NOW)
    proposed(world, person, "officer")
    assert state(world, person) is LiaisonState.CANDIDATE


def test_only_the_proposer_takes_a_proposal_back_and_only_before_an_asking(
    world: World, person: Holder
) -> None:
    candidate_id = proposed(world, person)
    with world.writing("officer") as db, pytest.raises(Forbidden):
        service.withdraw(db, world.actors["officer"], candidate_id, now=NOW)
    with world.writing("seian") as db:
        service.withdraw(db, world.actors["seian"], candidate_id, now=NOW)
    assert state(world, person) is LiaisonState.NONE
    again = proposed(world, person)
    asked(world, person)
    with world.writing("seian") as db, pytest.raises(Conflict):
        service.withdraw(db, world.actors["seian"], again, now=NOW)


@pytest.mark.parametrize("verb", [service.receive, service.withdraw])
def test_another_stations_staff_know_of_nothing(world: World, person: Holder, verb: object) -> None:
    candidate_id = proposed(world, person)
    with world.writing("stranger_chief") as db, pytest.raises(NotFound):
        verb(db, world.actors["stranger_chief"], candidate_id, now=NOW)


@pytest.mark.parametrize("who", ["officer", "seian", "hq"])
def test_only_the_network_office_and_chiefs_receive(world: World, person: Holder, who: str) -> None:
    candidate_id = proposed(world, person)
    with world.writing(who) as db, pytest.raises(Forbidden):
        service.receive(db, world.actors[who], candidate_id, now=NOW)


def test_totals_are_of_the_office(world: World) -> None:
    names = ("西 徹", "東 学", "南 守", "北 隆")
    holders = [Holder(person_id=world.person(name, "カナ カナ").id) for name in names]
    for holder, who in zip(holders, ("seian", "officer", "chief", "seian"), strict=True):
        proposed(world, holder, who)
    asked(world, holders[1])
    declined(world, holders[2])
    with world.reading("officer") as db:
        assert queries.totals_since(db, TODAY) == (2, 1, 0, 1)
        assert queries.totals_since(db, TODAY + days(1)) == (0, 0, 0, 0)


def test_lists_take_the_same_statements_for_one_and_three(world: World, person: Holder) -> None:
    proposed(world, person)
    found = []
    for names in ((), ("西 徹", "東 学")):
        for name in names:
            proposed(world, Holder(person_id=world.person(name, "カナ カナ").id))
        with world.reading("seian") as db, counted(world.database) as statements:
            staff_id = world.actors["seian"].staff_id
            page = queries.candidates_shown(db, Shown.MINE, staff_id=staff_id)
        found.append((page.total, len(statements)))
    assert found == [(1, 2), (3, 2)]
