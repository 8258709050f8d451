from collections.abc import Sequence
from uuid import UUID

import pytest

from crm.approvals.models import ApprovalKind
from crm.approvals.service import DecisionNeeded
from crm.kernel.errors import Conflict, NotFound, Refused
from crm.meetings.models import Meeting
from crm.minutes import service
from crm.minutes.decisions import confirmation_decision, draft_confirmation
from crm.minutes.lines import Section, sections_for
from crm.minutes.models import MinutesState
from tests.approvals.acts import approved
from tests.meetings.acts import planned
from tests.minutes.acts import prepared, texts_of, whole_of, written
from tests.support.approvals import decided
from tests.support.world import NOW, TODAY, World


def confirmed(world: World, meeting: Meeting, *, who: str = "officer") -> None:
    revision = whole_of(world, meeting).revision
    with world.writing(who) as db:
        actor = world.actors[who]
        service.confirm_minutes(db, actor, meeting.id, revision=revision, now=NOW)


def too_late(world: World, meeting: Meeting, sections: Sequence[Section], *, revision: int) -> None:
    """Write as a page does: the refusal is shown, and the transaction ends well."""
    with world.writing("seian") as db, pytest.raises(Conflict):
        service.write_minutes(
            db, world.actors["seian"], meeting.id, sections, revision=revision, now=NOW
        )


def test_each_saving_is_a_version_and_the_same_words_are_none(world: World) -> None:
    meeting = planned(world)

    written(world, meeting, "一行目")
    written(world, meeting, "一行目\n二行目")
    whole = written(world, meeting, "一行目\n二行目")

    assert [(one.serial, one.state) for one in whole.versions] == [
        (1, MinutesState.DRAFT),
        (2, MinutesState.DRAFT),
    ]
    assert [one.text for one in texts_of(world, meeting, 0)] == ["一行目"]


def test_of_two_who_write_at_once_both_texts_are_kept(world: World) -> None:
    meeting = planned(world)
    written(world, meeting, "初め")
    written(world, meeting, "佐藤の文章")
    late = [Section(None, "", "山口の文章")]

    too_late(world, meeting, late, revision=1)

    whole = whole_of(world, meeting)
    assert [one.state for one in whole.versions][-1] is MinutesState.ASIDE
    assert [one.text for one in texts_of(world, meeting, -1)] == ["山口の文章"]
    assert whole.revision == 2


def test_late_text_sent_again_is_kept_once(world: World) -> None:
    meeting = planned(world)
    written(world, meeting, "初め")
    late = [Section(None, "", "遅れた文章")]

    for _ in range(2):
        too_late(world, meeting, late, revision=0)

    assert len(whole_of(world, meeting).versions) == 2


def test_confirmed_minutes_change_only_with_a_reason(world: World) -> None:
    meeting = planned(world)
    written(world, meeting, "防犯灯を直す")
    confirmed(world, meeting)

    with pytest.raises(Refused) as refused:
        written(world, meeting, "防犯灯を二基直す")
    whole = written(world, meeting, "防犯灯を二基直す", reason="数の誤り")

    assert refused.value.field == "reason"
    assert [(one.state, one.reason) for one in whole.versions] == [
        (MinutesState.DRAFT, ""),
        (MinutesState.CONFIRMED, ""),
        (MinutesState.CONFIRMED, "数の誤り"),
    ]
    assert whole.is_confirmed


def test_only_what_was_seen_is_confirmed(world: World) -> None:
    meeting = planned(world)
    with pytest.raises(Refused):
        confirmed(world, meeting)
    written(world, meeting, "一行目")
    written(world, meeting, "二行目")

    with world.writing("officer") as db, pytest.raises(Conflict):
        service.confirm_minutes(db, world.actors["officer"], meeting.id, revision=1, now=NOW)


def test_where_minutes_are_decided_they_wait_for_it(world: World) -> None:
    decided(world, ApprovalKind.MINUTES)
    meeting = planned(world)
    written(world, meeting, "一行目")
    with pytest.raises(DecisionNeeded):
        confirmed(world, meeting)
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        draft = draft_confirmation(db, actor, meeting.id, reason="確定のため", now=NOW)
        key: UUID = draft.id
    approved(world, key, "chief")

    confirmed(world, meeting)

    with world.reading("officer") as db:
        needs, decision = confirmation_decision(db, actor, meeting.id, TODAY)
    assert whole_of(world, meeting).is_confirmed
    assert (needs, decision is not None and decision.covers) == (True, True)


def test_decision_about_other_words_confirms_nothing(world: World) -> None:
    decided(world, ApprovalKind.MINUTES)
    meeting = planned(world)
    written(world, meeting, "一行目")
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        key = draft_confirmation(db, actor, meeting.id, reason="確定のため", now=NOW).id
    approved(world, key, "chief")
    written(world, meeting, "書き換えた")

    with pytest.raises(DecisionNeeded):
        confirmed(world, meeting)


def test_what_was_said_of_a_line_taken_off_stays(world: World) -> None:
    meeting = planned(world)
    items = prepared(world, meeting, "街路灯について").items
    gone = items[5]
    said = [Section(gone.id, gone.title, "三基が消えている"), Section(None, "", "以上")]

    parts = sections_for([item for item in items if item != gone], said)

    assert [one.text for one in parts if one.text] == ["三基が消えている", "以上"]
    assert parts[-2].title == "街路灯について"


def test_minutes_are_the_stations_alone(world: World) -> None:
    meeting = planned(world)
    written(world, meeting, "一行目")

    with pytest.raises(NotFound):
        written(world, meeting, "よその文章", who="stranger_chief", revision=1)
    assert whole_of(world, meeting, who="stranger_chief").versions == []
