import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from crm.contacts.models import Person
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.requests import queries, service
from crm.requests.models import (
    CommunityRequest,
    RequestOutcome,
    RequestState,
    RequestStep,
    Topic,
)
from crm.requests.policy import topic_suggested
from crm.requests.queries import Shown
from crm.requests.service import Assignment, Decided, Told
from tests.requests.acts import DONE, TOLD, received, told_back
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World

DAY = dt.timedelta(days=1)


@pytest.fixture
def kuwahara(world: World) -> Person:
    return world.person("桒原 健太", "くわばら けんた")


def steps_of(world: World, request: CommunityRequest) -> list[tuple[str, str, str]]:
    with world.reading("officer") as db:
        whole = queries.whole_request(db, request.id)
        return [(step.kind.value, step.unit_name, step.text) for step in whole.steps]


def assigned(
    world: World, request: CommunityRequest, unit: str, *, who: str = "chief", **more: Any
) -> CommunityRequest:
    with world.writing(who) as db:
        return service.assign(
            db,
            world.actors[who],
            request.id,
            Assignment(unit_id=world.units[unit], topic=Topic.LIGHTING, **more),
            revision=request.revision,
            now=NOW,
        )


def test_requests_are_numbered_by_station_and_fiscal_year(world: World) -> None:
    old = dt.date(TODAY.year - 1, 3, 31)
    made = [
        received(world),
        received(world),
        received(world, heard_on=old),
        received(world, who="stranger"),
    ]

    assert [(one.year - TODAY.year, one.serial) for one in made] == [
        (0, 1),
        (0, 2),
        (-2, 1),
        (0, 1),
    ]


def test_form_sent_twice_is_one_request(world: World) -> None:
    key = uuid7()

    assert received(world, client_key=key).id == received(world, client_key=key).id


def test_request_goes_to_whoever_sees_to_it_and_back_to_who_said_it(
    world: World, kuwahara: Person
) -> None:
    request = received(world, kuwahara)
    request = assigned(world, request, "若葉署生活安全課", due_on=TODAY + DAY, text="至急")
    assert (request.state, request.unit_id) == (
        RequestState.CONSIDERING,
        world.units["若葉署生活安全課"],
    )
    with world.writing("seian") as db:
        actor = world.actors["seian"]
        request = service.decide(db, actor, request.id, DONE, revision=request.revision, now=NOW)
        assert request.state is RequestState.DECIDED

    request = told_back(world, request.id, decided=None, revision=request.revision)

    assert (request.state, request.answered_unit_id) == (
        RequestState.CLOSED,
        world.units["若葉駅前交番"],
    )
    koban, seian = world.actors["officer"].unit_name, world.actors["seian"].unit_name
    assert steps_of(world, request) == [
        ("received", koban, "みなと公園の街灯が消えている。"),
        ("assigned", world.actors["chief"].unit_name, "至急"),
        ("decided", seian, "市が電球を交換した。"),
        ("answered", koban, "交換されたと伝えた。"),
    ]


def test_one_form_closes_what_was_answered_at_once(world: World) -> None:
    request = told_back(world, received(world).id)

    assert (request.outcome, request.answer) == (RequestOutcome.DONE, "交換されたと伝えた。")


def test_reason_closes_what_cannot_be_answered(world: World) -> None:
    told = Told(no_answer_reason="氏名不詳のため")

    request = told_back(world, received(world).id, told)

    assert (request.state, request.answered_on) == (RequestState.CLOSED, None)
    assert steps_of(world, request)[-1][0] == "unanswered"


@pytest.mark.parametrize(
    ("decided", "told", "field"),
    [
        (None, TOLD, "outcome"),
        (replace(DONE, text=" "), TOLD, "outcome_text"),
        (replace(DONE, outcome=RequestOutcome.PASSED_ON), TOLD, "passed_to"),
        (DONE, Told(), "answer"),
        (DONE, replace(TOLD, to=""), "answered_to"),
        (DONE, replace(TOLD, how=None), "answered_how"),
        (DONE, replace(TOLD, on=None), "answered_on"),
        (DONE, replace(TOLD, on=TODAY + DAY), "answered_on"),
        (DONE, replace(TOLD, on=TODAY - DAY), "answered_on"),
        (DONE, replace(TOLD, no_answer_reason="不明"), "no_answer_reason"),
    ],
)
def test_closing_without_outcome_or_answer_is_refused(
    world: World, decided: Decided | None, told: Told, field: str
) -> None:
    request = received(world)

    with pytest.raises(Refused) as refusal:
        told_back(world, request.id, told, decided=decided)

    assert refusal.value.field == field


@pytest.mark.parametrize(
    "missing",
    [
        {"outcome": None},
        {"outcome_text": ""},
        {"answer": ""},
        {"answered_to": ""},
        {"answered_on": None},
        {"answered_by": None},
        {"answered_how": None},
        {"outcome": RequestOutcome.PASSED_ON},
    ],
)
def test_database_holds_to_an_outcome_and_an_answer(
    world: World, missing: dict[str, object]
) -> None:
    request = told_back(world, received(world).id)

    with (
        pytest.raises(sa.exc.IntegrityError),
        world.database.system("a program that knows no rules") as connection,
    ):
        connection.execute(
            sa.update(CommunityRequest)
            .where(col(CommunityRequest.id) == request.id)
            .values(missing)
        )


def test_closed_request_is_changed_no_more_until_it_is_taken_up_again(world: World) -> None:
    request = told_back(world, received(world).id)
    with pytest.raises(Conflict):
        told_back(world, request.id, revision=request.revision)

    with world.writing("officer") as db:
        again = service.reopen(db, world.actors["officer"], request.id, "また消えた。", now=NOW)

    assert (again.state, again.outcome, again.answer) == (RequestState.CONSIDERING, None, "")
    assert [kind for kind, *_ in steps_of(world, request)] == [
        *("received", "decided", "answered", "reopened")
    ]


def test_stale_form_is_a_conflict(world: World) -> None:
    request = received(world)
    assigned(world, request, "若葉署生活安全課")

    with pytest.raises(Conflict):
        told_back(world, request.id, revision=1)


def test_request_is_not_assigned_to_another_station(world: World) -> None:
    request = received(world)

    with pytest.raises(Refused) as refusal:
        assigned(world, request, "港南署")

    assert refusal.value.field == "unit_id"


@pytest.mark.parametrize("who", ["stranger_chief", "hq", "auditor"])
def test_request_of_another_station_is_not_found(world: World, who: str) -> None:
    request = received(world)

    with pytest.raises(NotFound):
        told_back(world, request.id, who=who)


def test_headquarters_receives_nothing(world: World) -> None:
    with pytest.raises(Forbidden):
        received(world, who="hq")


def test_every_step_is_on_the_trail_without_its_words(world: World) -> None:
    request = told_back(world, received(world).id)

    with world.reading("auditor") as db:
        entries = db.exec(
            select(AuditEntry.action, AuditEntry.detail).where(AuditEntry.subject_id == request.id)
        ).all()
    assert sorted(entries) == [
        ("request.answered", {}),
        ("request.decided", {}),
        ("request.received", {}),
    ]


def shown(world: World, who: str, which: Shown) -> list[int]:
    actor = world.actors[who]
    with world.reading(who) as db:
        units = queries.inbox_units(db, actor, TODAY)
        page = queries.requests_shown(
            db,
            which,
            staff_id=actor.staff_id,
            units=[key for key, _ in units.mine],
            day=TODAY,
        )
        return [line.serial for line in page.items]


def test_inbox_shows_what_is_due_first(world: World) -> None:
    late = received(world, heard_on=TODAY - 30 * DAY)
    received(world)
    there = assigned(world, received(world), "若葉署生活安全課", due_on=TODAY)
    told_back(world, received(world, who="seian").id, who="seian")
    numbers = [late.serial, there.serial]

    assert shown(world, "officer", Shown.UNIT) == [late.serial, there.serial, 2]
    assert shown(world, "seian", Shown.UNIT) == [there.serial]
    assert shown(world, "chief", Shown.UNIT) == [late.serial, there.serial, 2]
    assert shown(world, "seian", Shown.MINE) == []
    assert shown(world, "seian", Shown.STATION) == [*numbers, 2]
    assert shown(world, "seian", Shown.OVERDUE) == [late.serial]
    assert shown(world, "officer", Shown.CLOSED) == [4]
    assert shown(world, "stranger", Shown.STATION) == []


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_is_three_statements(world: World, count: int) -> None:
    for _ in range(count):
        received(world)

    with counted(world.database) as statements:
        assert len(shown(world, "officer", Shown.UNIT)) == count

    assert len(statements) == 3


def test_steps_are_only_added(world: World) -> None:
    request = received(world)

    with (
        pytest.raises(sa.exc.DBAPIError, match="only added"),
        world.database.system("a program that knows no rules") as connection,
    ):
        connection.execute(sa.delete(RequestStep).where(col(RequestStep.request_id) == request.id))


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("街灯が消えていて暗い。", Topic.LIGHTING),
        ("電話で還付金があると言われた。", Topic.FRAUD),
        ("通学路に車が多い。", Topic.CHILDREN),
        ("空き家の庭木が伸びている。", Topic.VACANT_HOUSE),
        ("もっとﾊﾟﾄﾛｰﾙしてほしい。", Topic.PATROL),
        ("特に変わりはない。", Topic.OTHER),
    ],
)
def test_topic_is_suggested_by_the_words(words: str, topic: Topic) -> None:
    assert topic_suggested(words) is topic
