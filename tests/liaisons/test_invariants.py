"""Whatever is recorded in whatever order, what must hold of liaisons holds (domain-model 4.11)."""

import datetime as dt
import re
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import SQLModel, select

from crm import features
from crm.candidates import service as candidates
from crm.candidates.models import NOT_YET_ASKED
from crm.candidates.queries import open_candidates_about
from crm.consents.models import ConsentFacts, ConsentMethod, ConsentScope
from crm.consents.queries import current_consent, grants_in_force
from crm.contacts.models import Appointment, AppointmentEnded, Holder, PostType
from crm.kernel.actor import Actor
from crm.kernel.clock import start_of_day
from crm.kernel.errors import Refused
from crm.kernel.scope import ScopedSession
from crm.liaisons import answers, queries, service
from crm.liaisons.models import (
    AcceptanceFacts,
    AnswerFacts,
    AskingFacts,
    Decision,
    EndReason,
    LiaisonState,
)
from crm.liaisons.queries import course_of
from crm.liaisons.standing import Course
from tests.support.world import World

FIRST_DAY = dt.date(2025, 4, 1)
ONE_DAY = dt.timedelta(days=1)
METHODS = st.sampled_from(ConsentMethod)
SCOPES = st.sets(st.sampled_from(ConsentScope), max_size=4)
AGO = st.just(0) | st.integers(0, 40)
WHICH = st.integers(0, 1)
BEGINS = st.sampled_from([-2, 0, 1, 30])


class Liaisons(RuleBasedStateMachine):
    """A chief records acts about a person and an organization while the days go by."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        person = self.world.person("桒原 健太", "クワバラ ケンタ")
        chair = self.world.person("石田 守", "イシダ マモル")
        group = self.world.organization("みなと町自治会")
        self.world.put(_appointment(self.world, chair.id, group.id))
        self.holders = (Holder(person_id=person.id), Holder(organization_id=group.id))
        self.chair = chair.id
        self.today = FIRST_DAY
        self.courses = dict.fromkeys(self.holders, Course())
        # one transaction for a whole sequence of acts: nothing waits for the disk
        self.stack = ExitStack()
        self.db = self.stack.enter_context(self.world.writing("chief"))

    def teardown(self) -> None:
        self.stack.close()

    @rule(number=st.sampled_from([1, 5, 40, 200, 366]))
    def let_days_go_by(self, number: int) -> None:
        self.today += dt.timedelta(days=number)

    @rule(which=WHICH)
    def propose(self, which: int) -> None:
        self._record(which, self.today, candidates.propose, candidates.Proposal(reason="世話役"))

    @rule(which=WHICH)
    def pass_over(self, which: int) -> None:
        for one in open_candidates_about(self.db, self.holders[which]):
            if one.state in NOT_YET_ASKED:
                self._record(which, self.today, partial(_pass_over, one.id))

    @rule(which=WHICH, ago=AGO, method=METHODS, confirms=st.booleans())
    def ask(self, which: int, ago: int, method: ConsentMethod, *, confirms: bool) -> None:
        day = self._ago(ago)
        facts = AskingFacts(day, method, chief_confirms=confirms, again_reason="改めての依頼")
        self._record(which, day, service.ask, facts)

    @rule(which=WHICH, ago=AGO, method=METHODS, never=st.booleans())
    def decline(self, which: int, ago: int, method: ConsentMethod, *, never: bool) -> None:
        day = self._ago(ago)
        facts = AnswerFacts(day, method, asks_no_more=never)
        self._record(which, day, answers.record_decline, facts)

    @rule(which=WHICH, ago=AGO, method=METHODS)
    def think(self, which: int, ago: int, method: ConsentMethod) -> None:
        facts = AnswerFacts(self._ago(ago), method)
        self._record(which, facts.decided_on, answers.record_thinking, facts)

    @rule(which=WHICH, ago=AGO, method=METHODS)
    def be_willing(self, which: int, ago: int, method: ConsentMethod) -> None:
        facts = AnswerFacts(self._ago(ago), method)
        if self._record(which, facts.decided_on, answers.record_willingness, facts):
            course = self.courses[self.holders[which]]
            assert (course.last_no(), course.wants_no_asking()) == (None, False)

    @rule(which=WHICH, ago=AGO, scopes=SCOPES, begins=BEGINS)
    def accept(self, which: int, ago: int, scopes: set[ConsentScope], begins: int) -> None:
        day = self._ago(ago)
        facts = AcceptanceFacts(
            day,
            ConsentMethod.ORAL,
            day + dt.timedelta(days=begins),
            scopes=dict.fromkeys(scopes, "若葉市（氏名）"),
            contact_person_id=self.chair if which else None,
        )
        self._record(which, day, service.record_acceptance, facts)

    @rule(which=WHICH, scopes=SCOPES, begins=BEGINS)
    def ask_and_accept(self, which: int, scopes: set[ConsentScope], begins: int) -> None:
        self.ask(which, 0, ConsentMethod.ORAL, confirms=True)
        self.accept(which, 0, scopes, begins)

    @rule(which=WHICH, ago=AGO, scopes=SCOPES)
    def change_consent(self, which: int, ago: int, scopes: set[ConsentScope]) -> None:
        day, holder = self._ago(ago), self.holders[which]
        seen = current_consent(self.db, holder, self.today)
        facts = ConsentFacts(day, ConsentMethod.PHONE, dict.fromkeys(scopes, "若葉市（氏名）"))
        self._record(which, day, service.change_consent, facts, seen=seen.id if seen else None)

    @rule(which=WHICH, ago=AGO)
    def withdraw(self, which: int, ago: int) -> None:
        day, holder = self._ago(ago), self.holders[which]
        facts = {"decided_on": day, "method": ConsentMethod.PHONE}
        if self._record(which, day, service.withdraw, **facts):
            assert queries.open_term_of(self.db, holder) is None
            assert grants_in_force(self.db, [holder], self.today) == {holder: frozenset()}
            assert course_of(self.db, holder).state_on(self.today) is LiaisonState.ENDED

    @rule(which=WHICH, ago=AGO, reason=st.sampled_from(EndReason))
    def end(self, which: int, ago: int, reason: EndReason) -> None:
        day = self._ago(ago)
        # the last day itself is still served
        self._record(which, day + ONE_DAY, service.end_term, reason=reason, day=day)

    @rule()
    def end_the_chairs_post(self) -> None:
        group = self.holders[1]
        change = AppointmentEnded(self.chair, group.organization_id, self.today)
        before = queries.open_term_of(self.db, group)
        service.review_contact(self.db, change, self.world.actors["chief"], self._now())
        assert queries.open_term_of(self.db, group) is before
        assert before is None or before.contact_needs_review is (
            before.contact_person_id is not None
        )

    @invariant()
    def serving_stands_on_an_acceptance(self) -> None:
        for course in self.courses.values():
            for term in course.terms:
                answers = [it for it in course.answers if it.on <= term.valid_from]
                if term.valid_to is None:
                    assert course.answers[-1].id == term.acceptance_id
                assert term.acceptance_id in {
                    it.id for it in answers if it.decision is Decision.ACCEPTED
                }

    @invariant()
    def nobody_is_asked_who_wishes_not_to_be(self) -> None:
        for course in self.courses.values():
            if course.wants_no_asking():
                said = course.last_no()
                assert said is not None
                assert [it for it in course.askings if it.recorded_at > said.recorded_at] == []

    @invariant()
    def nobody_serves_twice_at_once(self) -> None:
        for course in self.courses.values():
            served = sorted(
                (term.valid_from, term.valid_to or dt.date.max)
                for term in course.terms
                if term.valid_to is None or term.valid_from <= term.valid_to
            )
            assert all(ended < begins for (_, ended), (begins, _) in pairwise(served))

    def _record(self, which: int, since: dt.date, verb: Any, *args: Any, **facts: Any) -> bool:
        """Do one act; answers about days before `since` stay as they were, refused or not."""
        holder = self.holders[which]
        before = self._answers(holder, since)
        try:
            chief = self.world.actors["chief"]
            verb(self.db, chief, holder, *args, now=self._now(), **facts)
            done = True
        except Refused:
            # the page that shows a refusal commits: it must have come before any change
            done = False
            assert [*self.db.new, *self.db.dirty] == []
            assert self.courses[holder] == course_of(self.db, holder)
        assert self._answers(holder, since) == before
        return done

    def _answers(self, holder: Holder, since: dt.date) -> list[Any]:
        """Say how `holder` stood, served and agreed before `since`."""
        course = self.courses[holder] = course_of(self.db, holder)
        eve = since - ONE_DAY
        return [
            *(course.state_on(since - dt.timedelta(days=back)) for back in (1, 7, 50, 300)),
            [term.id for term in queries.active_terms(self.db, eve) if term.holder == holder],
            grants_in_force(self.db, [holder], eve),
        ]

    def _ago(self, number: int) -> dt.date:
        return self.today - dt.timedelta(days=number)

    def _now(self) -> dt.datetime:
        return start_of_day(self.today) + dt.timedelta(hours=9)


def _pass_over(
    candidate_id: UUID, db: ScopedSession, actor: Actor, _: Holder, *, now: dt.datetime
) -> None:
    candidates.pass_over(db, actor, candidate_id, "見送り", now=now)


def _appointment(world: World, person_id: UUID, organization_id: UUID) -> Appointment:
    with world.reading("officer") as db:
        post_type_id = db.exec(select(PostType.id)).first()
    return Appointment(
        agency_id=world.agency_id,
        station_id=world.units["若葉署"],
        person_id=person_id,
        organization_id=organization_id,
        post_type_id=post_type_id,
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_must_hold_holds_after_any_sequence_of_acts(world: World) -> None:
    machine = type("LiaisonsOfThisWorld", (Liaisons,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


COMPLIANCE = re.compile(
    r"relay|circulat|complian|attend|absence|turnout|quota|target|score|rating|ranking|rate$"
)


def test_nothing_in_the_schema_measures_what_a_liaison_does_with_information() -> None:
    features.require_rules()
    names = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        # 供覧 goes round the sections, a draft goes to a page, a day of visits leads to somebody
        # (訪問先): what staff do, no liaison, and no figure anybody is to reach
        if not table.name.startswith(("circulation", "draft", "strengthening_target"))
        for column in table.columns
    ]
    assert [name for name in names if COMPLIANCE.search(name)] == []


def test_no_query_measures_it_either() -> None:
    names = [name for module in (queries, service) for name in vars(module)]
    assert [name for name in names if COMPLIANCE.search(name)] == []


@pytest.mark.parametrize("name", ["approach", "acceptance_record"])
def test_an_answer_has_no_room_for_a_reason(name: str) -> None:
    columns = set(SQLModel.metadata.tables[name].columns.keys())
    shared = {"id", "agency_id", "station_id", "person_id", "organization_id", "recorded_at"}
    own = {
        # why a chief has somebody asked again is the station's reason, never theirs
        "approach": {
            *("asked_on", "asked_by", "unit_id", "method", "form_version", "rule_id"),
            "again_reason",
        },
        "acceptance_record": {
            *("decision", "decided_on", "method", "recorded_by", "not_before", "asks_no_more"),
        },
    }
    assert columns == shared | own[name]
