from collections.abc import Sequence
from uuid import UUID

import pytest

from crm.approvals.models import ApprovalKind, ApprovalState
from crm.approvals.service import DecisionNeeded
from crm.kernel.errors import Conflict, NotFound, Refused
from crm.meetings.models import Meeting
from crm.minutes import queries, service
from crm.minutes.decisions import Standing, draft_confirmation, standing_of
from crm.minutes.lines import Section, sections_for
from crm.minutes.models import MinutesState
from tests.approvals.acts import approved, line_of
from tests.meetings.acts import planned
from tests.minutes.acts import prepared, texts_of, whole_of, written
from tests.support.approvals import decided
from tests.support.world import NOW, World


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
    for text in (None, " "):
        if text:
            written(world, meeting, text)
        with pytest.raises(Refused):
            confirmed(world, meeting)
    written(world, meeting, "一行目")
    written(world, meeting, "二行目")

    with world.writing("officer") as db, pytest.raises(Conflict):
        service.confirm_minutes(db, world.actors["officer"], meeting.id, revision=1, now=NOW)


def drafted(world: World, meeting: Meeting) -> UUID:
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        return draft_confirmation(db, actor, meeting.id, reason="確定のため", now=NOW).id


def standing(world: World, meeting: Meeting) -> Standing:
    with world.reading("officer") as db:
        return standing_of(db, meeting.id, queries.whole_of(db, meeting.id))


def test_where_minutes_are_decided_they_wait_for_it(world: World) -> None:
    decided(world, ApprovalKind.MINUTES)
    meeting = planned(world)
    written(world, meeting, "一行目")
    with pytest.raises(DecisionNeeded):
        confirmed(world, meeting)
    key = drafted(world, meeting)
    waits = standing(world, meeting)
    approved(world, key, "chief")

    confirmed(world, meeting)

    given = standing(world, meeting).given
    assert whole_of(world, meeting).is_confirmed
    assert (waits.given, waits.waiting and waits.waiting.id) == (None, key)
    assert given
    assert (given.id, given.is_carried_out) == (key, True)


def test_decision_stays_with_the_version_it_was_given_for(world: World) -> None:
    decided(world, ApprovalKind.MINUTES)
    meeting = planned(world)
    written(world, meeting, "防犯灯を直す")
    first = drafted(world, meeting)
    approved(world, first, "chief")
    confirmed(world, meeting)
    written(world, meeting, "防犯灯を二基直す", reason="数の誤り")

    changed, outrun = whole_of(world, meeting), standing(world, meeting).outrun
    with pytest.raises(DecisionNeeded):
        confirmed(world, meeting)
    second = drafted(world, meeting)
    approved(world, second, "chief")
    confirmed(world, meeting)

    assert (changed.newest and changed.newest.state, changed.was_confirmed) == (
        MinutesState.DRAFT,
        True,
    )
    assert outrun
    assert (outrun.line.id, outrun.version) == (first, 2)
    now = standing(world, meeting)
    assert now.outrun is None
    assert now.given
    assert now.given.id == second
    assert [(one.line.id, one.version) for one in now.drafts] == [(second, 4), (first, 2)]


def test_own_draft_about_other_words_is_withdrawn_when_they_are_drafted_anew(world: World) -> None:
    decided(world, ApprovalKind.MINUTES)
    meeting = planned(world)
    written(world, meeting, "一行目")
    first = drafted(world, meeting)
    written(world, meeting, "書き換えた")

    outrun = standing(world, meeting).outrun
    second = drafted(world, meeting)

    assert outrun
    assert outrun.line.is_pending
    assert line_of(world, first).state is ApprovalState.WITHDRAWN
    assert [one.line.id for one in standing(world, meeting).drafts] == [second]


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
