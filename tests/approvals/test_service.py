import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from uuid_utils.compat import uuid7

from crm.approvals import queries, service
from crm.approvals.models import ApprovalKind, ApprovalState, StepAct, StepHolder
from crm.approvals.route import Step
from crm.approvals.service import DecisionNeeded
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused, StrongSignInNeeded
from tests.approvals.acts import (
    REASON,
    approved,
    carried_out,
    drafted,
    is_approved,
    line_of,
    matter,
)
from tests.support.approvals import BOTH, CHIEF, STATION_CHIEF, decided
from tests.support.world import NOW, TODAY, World

ROSTER = ApprovalKind.ROSTER_ISSUE


def test_a_draft_passes_every_step_of_the_route_of_its_day(world: World) -> None:
    decided(world, ROSTER, BOTH)
    key = drafted(world, matter())

    states = [line_of(world, key).state]
    approved(world, key, "chief", comment="よい")
    states.append(line_of(world, key).state)
    approved(world, key, "station_chief")
    line = line_of(world, key)

    assert [*states, line.state] == [
        ApprovalState.DRAFTED,
        ApprovalState.CIRCULATING,
        ApprovalState.APPROVED,
    ]
    assert line.number == "令和8年度起案第1号"
    assert [(one.post, one.name, one.day) for one in line.stamps] == [
        ("起案者", "佐藤 彩", "R8.11.20"),
        ("課長", "中村 誠", "R8.11.20"),
        ("署長", "小林 剛", "R8.11.20"),
    ]
    assert [(one.act, one.comment) for one in line.steps] == [
        (StepAct.APPROVED, "よい"),
        (StepAct.APPROVED, ""),
    ]


def test_numbers_follow_each_other_at_each_station(world: World) -> None:
    keys = [drafted(world, matter()) for _ in range(2)]
    other = drafted(world, matter(), "stranger")

    assert [line_of(world, key).number for key in keys] == [
        "令和8年度起案第1号",
        "令和8年度起案第2号",
    ]
    assert line_of(world, other, "stranger").number == "令和8年度起案第1号"


def test_nobody_decides_their_own_draft(world: World) -> None:
    key = drafted(world, matter(), "chief")

    for on_behalf in (False, True):
        with pytest.raises(Forbidden, match="起案した本人"):
            approved(world, key, "chief", on_behalf=on_behalf)
    assert line_of(world, key).state is ApprovalState.DRAFTED


@pytest.mark.parametrize(
    ("who", "error"),
    [("seian", Forbidden), ("chief", Forbidden), ("stranger_chief", NotFound), ("hq", NotFound)],
)
def test_a_step_is_only_taken_by_who_holds_it(
    world: World, who: str, error: type[Exception]
) -> None:
    decided(world, ROSTER, (STATION_CHIEF,))
    key = drafted(world, matter())

    with pytest.raises(error):
        approved(world, key, who)


def test_rights_are_those_of_the_moment_somebody_decides(world: World) -> None:
    decided(world, ROSTER, (CHIEF,))
    key = drafted(world, matter())
    transferred = replace(world.actors["chief"], roles=world.actors["officer"].roles)

    with world.database.writing(transferred) as db, pytest.raises(Forbidden):
        service.approve(db, transferred, key, now=NOW)


def test_a_named_colleague_holds_a_step(world: World) -> None:
    named = Step(StepHolder.NAMED, "係長", staff_id=world.actors["seian"].staff_id)
    decided(world, ROSTER, (named,))
    key = drafted(world, matter())

    approved(world, key, "seian")

    assert line_of(world, key).state is ApprovalState.APPROVED


def test_a_chief_decides_on_behalf_and_the_holder_looks_at_it_afterwards(world: World) -> None:
    decided(world, ROSTER, (STATION_CHIEF,))
    key = drafted(world, matter())

    approved(world, key, "chief", on_behalf=True)
    before = line_of(world, key)
    with world.reading("station_chief") as db:
        waiting = [line.id for line in queries.decided_on_behalf(db)]
    with world.writing("station_chief") as db:
        service.review(db, world.actors["station_chief"], key, now=NOW)
    after = line_of(world, key)

    assert (before.state, before.unreviewed, waiting) == (ApprovalState.APPROVED, [0], [key])
    assert before.stamps[1].mark is StepAct.ON_BEHALF
    assert (after.unreviewed, after.stamps[1].reviewed_by) == ([], "小林 剛")
    with world.reading("station_chief") as db:
        assert queries.decided_on_behalf(db) == []


def test_only_who_was_stood_in_for_looks_at_it_and_once(world: World) -> None:
    decided(world, ROSTER, (STATION_CHIEF,))
    key = drafted(world, matter())
    approved(world, key, "chief", on_behalf=True)

    with world.writing("chief") as db, pytest.raises(Forbidden):
        service.review(db, world.actors["chief"], key, now=NOW)
    with world.writing("station_chief") as db:
        service.review(db, world.actors["station_chief"], key, now=NOW)
    with world.writing("station_chief") as db, pytest.raises(Forbidden):
        service.review(db, world.actors["station_chief"], key, now=NOW)


def test_an_officer_stands_in_for_nobody(world: World) -> None:
    decided(world, ROSTER, (STATION_CHIEF,))
    key = drafted(world, matter())

    with pytest.raises(Forbidden):
        approved(world, key, "seian", on_behalf=True)


def test_a_draft_sent_back_bears_its_reason_and_is_over(world: World) -> None:
    key = drafted(world, matter())

    with world.writing("chief") as db, pytest.raises(Refused):
        service.return_(db, world.actors["chief"], key, comment=" ", now=NOW)
    with world.writing("chief") as db:
        service.return_(db, world.actors["chief"], key, comment="人数を確かめる", now=NOW)

    line = line_of(world, key)
    assert (line.state, line.steps[-1].comment) == (ApprovalState.RETURNED, "人数を確かめる")
    with pytest.raises(Refused):
        approved(world, key, "station_chief")


def test_a_draft_is_taken_back_by_its_drafter_only_and_before_it_is_decided(world: World) -> None:
    what = matter()
    first, second = drafted(world, what), drafted(world, matter())
    approved(world, second, "chief")

    with world.writing("chief") as db, pytest.raises(Forbidden):
        service.withdraw(db, world.actors["chief"], first, now=NOW)
    with world.writing("officer") as db, pytest.raises(Refused):
        service.withdraw(db, world.actors["officer"], second, now=NOW)
    with world.writing("officer") as db:
        service.withdraw(db, world.actors["officer"], first, now=NOW)

    assert line_of(world, first).state is ApprovalState.WITHDRAWN
    with world.reading("officer") as db:
        assert queries.approval_for(db, what.kind, what.subject) is None


def test_the_same_is_not_drafted_twice_while_it_waits(world: World) -> None:
    what = matter()
    drafted(world, what)

    with pytest.raises(Refused, match="すでに起案"):
        drafted(world, what)
    assert drafted(world, replace(what, terms={"until": "2027-03-31"}))


def test_a_draft_has_a_reason(world: World) -> None:
    with world.writing("officer") as db, pytest.raises(Refused):
        service.draft(db, world.actors["officer"], matter(), reason="　", now=NOW)


def test_a_decision_covers_only_the_terms_asked_for(world: World) -> None:
    decided(world, ROSTER)
    what = matter(terms={"fields": ["name"]})
    approved(world, drafted(world, what), "chief")
    wider = replace(what, terms={"fields": ["name", "phone"]})

    assert (is_approved(world, what), is_approved(world, wider)) == (True, False)
    with pytest.raises(DecisionNeeded, match="から変わっている"):
        carried_out(world, wider)


def test_a_decision_is_used_once(world: World) -> None:
    decided(world, ROSTER)
    what = matter()
    approved(world, drafted(world, what), "chief")

    used = carried_out(world, what)

    assert used is not None
    assert not is_approved(world, what)
    with pytest.raises(DecisionNeeded, match="起案し、決裁を受けて"):
        carried_out(world, what)


def test_what_nobody_decided_is_not_carried_out(world: World) -> None:
    decided(world, ROSTER)
    what = matter()
    with pytest.raises(DecisionNeeded, match="起案し、決裁を受けて"):
        carried_out(world, what)
    drafted(world, what)
    with pytest.raises(DecisionNeeded, match="決裁を待っています（令和8年度起案第1号）"):
        carried_out(world, what)


def test_a_station_may_need_no_decision(world: World) -> None:
    assert carried_out(world, matter()) is None


def test_the_police_have_what_leaves_the_station_decided_and_asking_not(world: World) -> None:
    def needed(who: str) -> set[ApprovalKind]:
        elsewhere = replace(world.actors[who], station_id=uuid7())
        with world.database.reading(elsewhere) as db:
            return {
                kind for kind in ApprovalKind if queries.is_required(db, elsewhere, kind, TODAY)
            }

    assert needed("officer") == {ROSTER, ApprovalKind.PROVISION, ApprovalKind.EXPORT}
    assert needed("city") == {ApprovalKind.EXPORT}


def test_what_leaves_the_house_is_decided_with_a_second_factor(world: World) -> None:
    key = drafted(world, matter(ApprovalKind.EXPORT))
    weak = replace(world.actors["chief"], strong=False)

    with world.database.writing(weak) as db, pytest.raises(StrongSignInNeeded):
        service.approve(db, weak, key, now=NOW)


def paper(world: World, key: UUID, who: str, day: dt.date = TODAY) -> None:
    with world.writing(who) as db:
        service.enter_paper(
            db,
            world.actors[who],
            key,
            decided_on=day,
            decided_by="署長　小林 剛",
            document_number="若地発第12号",
            now=NOW,
        )


def test_a_paper_decision_is_entered_afterwards(world: World) -> None:
    decided(world, ROSTER, BOTH)
    key = drafted(world, matter())

    paper(world, key, "officer", dt.date(2026, 11, 18))

    line = line_of(world, key)
    assert (line.state, line.is_paper) == (ApprovalState.APPROVED, True)
    box = line.stamps[1]
    assert (box.name, box.day, box.document_number) == ("署長　小林 剛", "R8.11.18", "若地発第12号")
    assert (line.steps[-1].name, line.steps[-1].at) == ("佐藤 彩", NOW)


def test_a_paper_decision_lies_in_the_past_and_needs_another_for_exports(world: World) -> None:
    key, export = drafted(world, matter()), drafted(world, matter(ApprovalKind.EXPORT))

    with pytest.raises(Refused, match="決裁日"):
        paper(world, key, "officer", TODAY + dt.timedelta(days=1))
    with pytest.raises(Forbidden, match="起案者以外"):
        paper(world, export, "officer")
    with pytest.raises(Forbidden):
        paper(world, key, "seian")
    paper(world, export, "chief")
    assert line_of(world, export).state is ApprovalState.APPROVED


def test_two_who_decide_at_once_do_not_both_take_the_step(world: World) -> None:
    decided(world, ROSTER, BOTH)
    key = drafted(world, matter())
    approved(world, key, "chief", revision=1)

    with pytest.raises(Conflict):
        approved(world, key, "station_chief", revision=1)


def test_a_setting_made_later_leaves_drafts_on_their_way(world: World) -> None:
    key = drafted(world, matter())
    decided(world, ROSTER, BOTH)

    approved(world, key, "chief")

    assert line_of(world, key).state is ApprovalState.APPROVED


def test_steps_are_only_added(world: World) -> None:
    key = drafted(world, matter())
    approved(world, key, "chief")

    for change in ("UPDATE approval_step SET name = 'x'", "DELETE FROM approval_step"):
        with pytest.raises(DatabaseError), world.database.system("a test") as connection:
            connection.execute(sa.text(change))
    assert line_of(world, key).reason == REASON
