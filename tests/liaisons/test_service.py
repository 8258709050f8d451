"""Asking, answering, serving and stopping: the invariants of the liaison network."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import select

from crm.consents.models import ConsentFacts, ConsentScope
from crm.consents.queries import current_consent, grants_in_force
from crm.contacts.models import Appointment, AppointmentEnded, Holder, PostType
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.liaisons import answers, service
from crm.liaisons.asking import DEFAULT_RULE
from crm.liaisons.models import AnswerFacts, AskingFacts, EndReason, LiaisonState, LiaisonTerm
from crm.liaisons.queries import (
    active_term_of,
    active_terms,
    areas_of_terms,
    history_of,
    state_of,
    states_of,
)
from crm.liaisons.settings import decide_asking
from crm.liaisons.standing import HappeningKind
from tests.liaisons.course import ORAL, accept, accepted, asked, days, declined, withdrawn
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World

LATER = NOW + dt.timedelta(minutes=5)
STATION = ConsentScope.WITHIN_STATION


@pytest.fixture
def person(world: World) -> Holder:
    return Holder(person_id=world.person("桒原 健太", "クワバラ ケンタ").id)


@pytest.fixture
def group(world: World) -> Holder:
    return Holder(organization_id=world.organization("みなと町自治会").id)


def state(world: World, holder: Holder, day: dt.date = TODAY) -> LiaisonState:
    with world.reading("officer") as db:
        return state_of(db, holder, day)


def chair_of(world: World, group: Holder, name: str = "石田 守") -> UUID:
    """Put somebody who is the chair of an organization."""
    chair = world.person(name, "イシダ マモル")
    with world.reading("officer") as db:
        post_type_id = db.exec(select(PostType.id)).first()
    world.put(
        Appointment(
            agency_id=world.agency_id,
            station_id=world.units["若葉署"],
            person_id=chair.id,
            organization_id=group.organization_id,
            post_type_id=post_type_id,
            title="会長",
        )
    )
    return chair.id


def actions(world: World) -> list[str]:
    with world.database.system("a test's look at the trail") as connection:
        return list(
            connection.execute(sa.select(AuditEntry.action).order_by(AuditEntry.id)).scalars()
        )


def test_an_acceptance_makes_an_active_liaison(world: World, person: Holder) -> None:
    areas = [world.areas["磯部自治会"], world.areas["みなと町自治会"]]
    term = accepted(world, person, scopes={STATION: ""}, area_ids=areas, remark="夜は不在")
    with world.reading("officer") as db:
        assert state_of(db, person, TODAY) is LiaisonState.ACTIVE
        assert grants_in_force(db, [person], TODAY) == {person: frozenset({STATION})}
        assert areas_of_terms(db, [term.id]) == {
            term.id: [(areas[0], "磯部自治会"), (areas[1], "みなと町自治会")]
        }
        (active,) = active_terms(db, TODAY)
    assert (active.holder, active.asked_on, active.remark) == (person, TODAY, "夜は不在")
    assert actions(world) == ["liaison.asked", "consent.recorded", "liaison.accepted"]


def test_an_organization_is_a_liaison_like_a_person(world: World, group: Holder) -> None:
    chair = chair_of(world, group)
    accepted(world, group, contact_person_id=chair, signatory="石田 守", capacity="会長")
    with world.reading("officer") as db:
        (active,) = active_terms(db, TODAY)
        consent = current_consent(db, group, TODAY)
    assert (active.holder, active.contact_person_id) == (group, chair)
    assert consent is not None
    assert (consent.signatory, consent.capacity) == ("石田 守", "会長")


def test_nobody_becomes_a_liaison_unasked(world: World, person: Holder) -> None:
    with world.writing("chief") as db, pytest.raises(Refused) as refusal:
        accept(db, world, person, TODAY)
    assert refusal.value.field == "answer"
    assert state(world, person) is LiaisonState.NONE


def test_a_term_begins_no_earlier_than_its_acceptance(world: World, person: Holder) -> None:
    asked(world, person, TODAY - days(9))
    with world.writing("chief") as db, pytest.raises(Refused) as refusal:
        accept(db, world, person, TODAY, starts_on=TODAY - days(1))
    assert refusal.value.field == "starts_on"


def test_a_term_may_begin_later(world: World, person: Holder) -> None:
    accepted(world, person, starts_on=TODAY + days(10))
    assert state(world, person) is LiaisonState.ACCEPTED
    assert state(world, person, TODAY + days(10)) is LiaisonState.ACTIVE


@pytest.mark.parametrize("field", ["area_ids", "contact_person_id"])
def test_areas_and_contacts_come_from_the_station(world: World, group: Holder, field: str) -> None:
    elsewhere = world.areas["港南自治会"]
    value = [elsewhere] if field == "area_ids" else elsewhere
    asked(world, group)
    with world.writing("chief") as db, pytest.raises(Refused) as refusal:
        accept(db, world, group, TODAY, **{field: value})
    assert refusal.value.field == field


def test_a_refused_consent_keeps_the_acceptance_out(world: World, person: Holder) -> None:
    asked(world, person)
    with pytest.raises(Refused), world.writing("chief") as db:
        accept(db, world, person, TODAY, scopes={ConsentScope.MUNICIPALITY: ""})
    assert state(world, person) is LiaisonState.ASKED


def test_a_decline_is_a_full_answer(world: World, person: Holder) -> None:
    declined(world, person)
    assert state(world, person) is LiaisonState.DECLINED
    assert actions(world) == ["liaison.asked", "liaison.declined"]


def test_a_no_is_left_alone(world: World, person: Holder) -> None:
    declined(world, person, TODAY - days(364))
    with world.writing("chief") as db:
        with pytest.raises(Refused) as again:
            service.ask(db, world.actors["chief"], person, AskingFacts(TODAY, ORAL), now=NOW)
        confirmed = AskingFacts(TODAY, ORAL, chief_confirms=True)
        with pytest.raises(Refused) as unexplained:
            service.ask(db, world.actors["chief"], person, confirmed, now=NOW)
    assert (again.value.field, unexplained.value.field) == ("chief_confirms", "again_reason")
    assert "2025-11-21にお断りになっています" in str(again.value)


def test_after_a_year_anybody_may_be_asked_again(world: World, person: Holder) -> None:
    declined(world, person, TODAY - days(365))
    asked(world, person)
    assert state(world, person) is LiaisonState.ASKED


def test_a_chief_may_confirm_asking_again_which_is_on_record(world: World, person: Holder) -> None:
    declined(world, person, TODAY - days(30))
    with world.writing("chief") as db:
        facts = AskingFacts(TODAY, ORAL, chief_confirms=True, again_reason="町内からの要望")
        asking = service.ask(db, world.actors["chief"], person, facts, now=NOW)
        assert asking.again_reason == "町内からの要望"
    with world.database.system("a test's look at the trail") as connection:
        details = connection.execute(
            sa.select(AuditEntry.detail)
            .where(AuditEntry.action == "liaison.asked")
            .order_by(AuditEntry.id)
        ).scalars()
        assert list(details) == [{"chief_confirmed": False}, {"chief_confirmed": True}]


def test_who_wishes_never_to_be_asked_is_not_until_they_say_so(
    world: World, person: Holder
) -> None:
    declined(world, person, TODAY - days(500), asks_no_more=True)
    chief = world.actors["chief"]
    facts = AskingFacts(TODAY, ORAL, chief_confirms=True, again_reason="町内からの要望")
    with world.writing("chief") as db:
        with pytest.raises(Refused) as refusal:
            service.ask(db, chief, person, facts, now=NOW)
        answers.record_willingness(db, chief, person, AnswerFacts(TODAY, ORAL), now=NOW)
        service.ask(db, chief, person, facts, now=LATER)
    assert refusal.value.field == "asked_on"
    assert state(world, person) is LiaisonState.ASKED


def test_who_thinks_it_over_is_still_being_asked(world: World, person: Holder) -> None:
    asked(world, person)
    chief, thinking = world.actors["chief"], AnswerFacts(TODAY, ORAL, not_before=TODAY + days(9))
    with world.writing("chief") as db:
        answers.record_thinking(db, chief, person, thinking, now=NOW)
    assert state(world, person) is LiaisonState.ASKED
    with world.writing("chief") as db:
        accept(db, world, person, TODAY)
    assert state(world, person) is LiaisonState.ACTIVE


def test_a_station_decides_how_long_a_no_is_left_alone(world: World, person: Holder) -> None:
    chief, asking = world.actors["chief"], AskingFacts(TODAY, ORAL)
    declined(world, person, TODAY - days(365))
    with world.writing("chief") as db:
        longer = replace(DEFAULT_RULE, cool_off_days=400)
        first = decide_asking(db, chief, longer, day=TODAY, seen=None, now=NOW)
        with pytest.raises(Refused):
            service.ask(db, chief, person, asking, now=NOW)
        usual = replace(DEFAULT_RULE, opening="お願いに伺いました。")
        decided = decide_asking(db, chief, usual, day=TODAY, seen=first.id, now=LATER)
        asked_for = service.ask(db, chief, person, asking, now=NOW)
        with pytest.raises(Conflict):
            decide_asking(db, chief, usual, day=TODAY, seen=first.id, now=LATER)
    assert (asked_for.rule_id, asked_for.form_version) == (decided.id, TODAY.isoformat())


def test_somebody_of_the_station_may_have_asked(world: World, person: Holder) -> None:
    officer, stranger = (world.actors[who].staff_id for who in ("officer", "stranger"))
    facts = AskingFacts(TODAY, ORAL, asked_by=stranger)
    with world.writing("chief") as db:
        with pytest.raises(Refused) as refusal:
            service.ask(db, world.actors["chief"], person, facts, now=NOW)
        own = replace(facts, asked_by=officer)
        asking = service.ask(db, world.actors["chief"], person, own, now=NOW)
    assert (refusal.value.field, asking.asked_by) == ("asked_by", officer)


def test_nobody_is_asked_twice_at_once(world: World, person: Holder) -> None:
    asked(world, person)
    with pytest.raises(Refused) as refusal:
        asked(world, person)
    assert refusal.value.field == "asked_on"


def test_a_liaison_is_not_asked_again(world: World, person: Holder) -> None:
    accepted(world, person)
    with pytest.raises(Refused):
        asked(world, person)


def test_withdrawal_ends_term_and_consent_at_once(world: World, person: Holder) -> None:
    term = accepted(world, person, TODAY - days(100), scopes={STATION: ""})
    withdrawn(world, person)
    with world.reading("officer") as db:
        assert active_terms(db, TODAY) == []
        assert [active.id for active in active_terms(db, TODAY - days(1))] == [term.id]
        assert grants_in_force(db, [person], TODAY) == {person: frozenset()}
        assert grants_in_force(db, [person], TODAY - days(1)) == {person: frozenset({STATION})}
        told = [(it.on, it.kind) for it in history_of(db, person)]
    assert state(world, person) is LiaisonState.ENDED
    assert told == [
        (TODAY - days(100), HappeningKind.ASKED),
        (TODAY - days(100), HappeningKind.ACCEPTED),
        (TODAY - days(100), HappeningKind.BEGAN),
        (TODAY, HappeningKind.WITHDRAWN),
    ]
    assert actions(world)[-2:] == ["consent.recorded", "liaison.withdrawn"]


@pytest.mark.parametrize("starts_in", [0, 10])
def test_a_term_withdrawn_before_its_second_day_was_never_served(
    world: World, person: Holder, starts_in: int
) -> None:
    accepted(world, person, starts_on=TODAY + days(starts_in))
    withdrawn(world, person)
    with world.reading("officer") as db:
        assert [active_terms(db, TODAY + days(n)) for n in (0, 10, 400)] == [[], [], []]


def test_a_late_withdrawal_still_cuts_newer_consent(world: World, person: Holder) -> None:
    accepted(world, person, TODAY - days(100))
    with world.writing("chief") as db:
        seen = current_consent(db, person, TODAY)
        assert seen is not None
        wide = ConsentFacts(TODAY - days(2), ORAL, {STATION: ""})
        service.change_consent(db, world.actors["chief"], person, wide, seen=seen.id, now=NOW)
    withdrawn(world, person, TODAY - days(5))
    with world.reading("officer") as db:
        assert grants_in_force(db, [person], TODAY) == {person: frozenset()}
        assert active_terms(db, TODAY - days(5)) == []


def test_only_an_acceptance_can_be_withdrawn(world: World, person: Holder) -> None:
    asked(world, person)
    with pytest.raises(Refused) as refusal:
        withdrawn(world, person)
    assert refusal.value.field == "decided_on"


def test_an_old_form_cannot_bring_back_consent(world: World, person: Holder) -> None:
    accepted(world, person, TODAY - days(1), scopes={STATION: ""})
    with world.reading("chief") as db:
        opened = current_consent(db, person, TODAY)
    assert opened is not None
    withdrawn(world, person)
    late = ConsentFacts(TODAY, ORAL, {STATION: ""})
    with world.writing("chief") as db, pytest.raises(Conflict):
        service.change_consent(db, world.actors["chief"], person, late, seen=opened.id, now=NOW)


def test_a_term_ends_for_other_reasons_on_its_last_day(world: World, person: Holder) -> None:
    accepted(world, person, TODAY - days(50))
    end(world, person, TODAY - days(5))
    assert state(world, person, TODAY - days(5)) is LiaisonState.ACTIVE
    assert state(world, person, TODAY - days(4)) is LiaisonState.ENDED
    assert actions(world)[-1] == "term.ended"


def end(world: World, holder: Holder, day: dt.date, **more: object) -> LiaisonTerm:
    facts = {"reason": EndReason.MOVED, "day": day, "now": NOW, **more}
    with world.writing("chief") as db:
        return service.end_term(db, world.actors["chief"], holder, **facts)


def test_an_own_wish_is_a_withdrawal(world: World, person: Holder) -> None:
    accepted(world, person)
    with pytest.raises(Refused) as refusal:
        end(world, person, TODAY, reason=EndReason.OWN_WISH)
    assert refusal.value.field == "reason"


def test_a_stale_end_is_a_conflict(world: World, person: Holder) -> None:
    term = accepted(world, person)
    with pytest.raises(Conflict):
        end(world, person, TODAY, revision=term.revision + 1)


def test_without_a_term_there_is_nothing_to_end(world: World, person: Holder) -> None:
    with pytest.raises(Refused):
        end(world, person, TODAY)


def test_somebody_who_moved_may_serve_again_without_two_terms_meeting(
    world: World, person: Holder
) -> None:
    accepted(world, person, TODAY - days(50))
    end(world, person, TODAY - days(5))
    with pytest.raises(Refused) as refusal:
        accepted(world, person, TODAY - days(5))
    assert refusal.value.field == "starts_on"


def test_the_end_of_a_post_marks_the_contact_and_appoints_nobody(
    world: World, group: Holder
) -> None:
    former, successor = chair_of(world, group), chair_of(world, group, "西 徹")
    accepted(world, group, contact_person_id=former)
    change = AppointmentEnded(former, group.organization_id, TODAY)
    with world.writing("officer") as db:
        service.review_contact(db, change, world.actors["officer"], NOW)
    with world.reading("officer") as db:
        (term,) = active_terms(db, TODAY)
        assert state_of(db, Holder(person_id=successor), TODAY) is LiaisonState.NONE
    assert (term.contact_person_id, term.contact_needs_review) == (former, True)
    with world.writing("chief") as db:
        service.confirm_contact(db, world.actors["chief"], group, successor, now=NOW)
    with world.reading("officer") as db:
        (term,) = active_terms(db, TODAY)
    assert (term.contact_person_id, term.contact_needs_review) == (successor, False)


@pytest.mark.parametrize("whose", ["another post", "no organization"])
def test_the_end_of_another_post_marks_nothing(world: World, group: Holder, whose: str) -> None:
    chair = chair_of(world, group)
    accepted(world, group, contact_person_id=chair)
    organization = world.organization("防犯協会").id if whose == "another post" else None
    with world.writing("officer") as db:
        change = AppointmentEnded(chair, organization, TODAY)
        service.review_contact(db, change, world.actors["officer"], NOW)
    with world.reading("officer") as db:
        (term,) = active_terms(db, TODAY)
    assert term.contact_needs_review is False


def test_only_a_post_holder_speaks_for_an_organization(
    world: World, group: Holder, person: Holder
) -> None:
    accepted(world, group)
    assert person.person_id is not None
    with world.writing("chief") as db, pytest.raises(Refused) as refusal:
        service.confirm_contact(db, world.actors["chief"], group, person.person_id, now=NOW)
    assert refusal.value.field == "contact_person_id"


@pytest.mark.parametrize("who", ["officer", "seian", "hq", "administrator"])
def test_only_the_network_office_and_chiefs_ask(world: World, person: Holder, who: str) -> None:
    with pytest.raises(Forbidden):
        asked(world, person, who=who)


def test_another_station_cannot_ask(world: World, person: Holder) -> None:
    with pytest.raises(NotFound):
        asked(world, person, who="stranger_chief")


@pytest.mark.parametrize("shift", [1, -11])
def test_a_day_to_come_or_before_the_last_record_is_refused(
    world: World, person: Holder, shift: int
) -> None:
    asked(world, person, TODAY - days(10))
    facts = AnswerFacts(TODAY + days(shift), ORAL)
    with world.writing("chief") as db, pytest.raises(Refused) as refusal:
        answers.record_decline(db, world.actors["chief"], person, facts, now=NOW)
    assert refusal.value.field == "decided_on"


def test_states_of_many_take_the_same_statements_as_of_one(
    world: World, person: Holder, group: Holder
) -> None:
    accepted(world, person)
    declined(world, group)
    third = Holder(person_id=world.person("西 徹", "ニシ トオル").id)
    assert person.person_id
    assert third.person_id
    with world.reading("officer") as db:
        with counted(world.database) as one:
            states_of(db, [person.person_id], [], TODAY)
        with counted(world.database) as three:
            found = states_of(
                db, [person.person_id, third.person_id], [group.organization_id], TODAY
            )
    assert found == {
        person: LiaisonState.ACTIVE,
        third: LiaisonState.NONE,
        group: LiaisonState.DECLINED,
    }
    assert (len(one), len(three)) == (1, 1)


def test_the_active_term_is_the_one_of_the_day(world: World, person: Holder) -> None:
    term = accepted(world, person)
    with world.reading("officer") as db:
        today = active_term_of(db, person, TODAY)
        assert today is not None
        assert today.id == term.id
        assert active_term_of(db, person, TODAY - days(1)) is None
