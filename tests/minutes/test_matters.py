import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from crm.kernel.errors import Conflict, NotFound, Refused
from crm.meetings.models import Meeting, MeetingKind, Rhythm
from crm.meetings.recurring import begin_series
from crm.meetings.rhythm import Course
from crm.meetings.service import MeetingFacts
from crm.minutes import agenda, matters, queries
from crm.minutes.matters import ActionFacts, Becomes, Spot
from crm.minutes.models import MeetingMatter, MeetingSequel
from crm.requests.models import CommunityRequest, RequestOutcome, Source
from crm.requests.service import Decided, Told, tell_back
from tests.meetings.acts import planned, whole
from tests.minutes.acts import carried, taken_up, whole_of, written
from tests.support.world import NOW, TODAY, World

DAY = dt.timedelta(days=1)
SAID = "来月から青パトを週二回にする\n公園の防犯灯を調べる\n通学路の植込みを刈ってほしい"


@pytest.fixture
def meeting(world: World) -> Meeting:
    held = planned(world)
    written(world, held, SAID)
    return held


def sequel(world: World, before: Meeting, days: int) -> Meeting:
    """Return a meeting that goes on from another."""
    later = planned(world, starts_at=NOW + days * DAY)
    with world.writing("officer") as db:
        agenda.go_on_from(db, world.actors["officer"], later.id, before.id, now=NOW)
    return later


def charged(world: World, matter: MeetingMatter, **facts: object) -> None:
    said = {"words": matter.words, "unit_id": world.units["若葉駅前交番"], **facts}
    with world.writing("officer") as db:
        matters.charge(
            db,
            world.actors["officer"],
            matter.id,
            ActionFacts(**said),  # type: ignore[arg-type]  # facts of a test
            revision=queries.matter_of(db, matter.id).revision,
            now=NOW,
        )


def finished(world: World, matter_id: UUID, *, on: dt.date = TODAY) -> None:
    with world.writing("officer") as db:
        matters.finish(
            db,
            world.actors["officer"],
            matter_id,
            done_on=on,
            done_words="二基を交換した",
            revision=queries.matter_of(db, matter_id).revision,
            now=NOW,
        )


def test_lines_become_what_they_are_by_one_tap_and_only_once(
    world: World, meeting: Meeting
) -> None:
    for _ in range(2):
        taken_up(world, meeting, 0, Becomes.DECISION)
        taken_up(world, meeting, 1, Becomes.ACTION)
        taken_up(world, meeting, 2, Becomes.REQUEST)

    found = whole_of(world, meeting)
    assert [one.words for one in found.decisions] == ["来月から青パトを週二回にする"]
    assert [(one.words, one.owner) for one in found.actions] == [
        ("公園の防犯灯を調べる", "若葉駅前交番")
    ]
    assert [one.words for one in found.requests] == ["通学路の植込みを刈ってほしい"]
    assert found.became["公園の防犯灯を調べる"] == {"action"}


def test_request_knows_its_meeting(world: World, meeting: Meeting) -> None:
    taken_up(world, meeting, 2, Becomes.REQUEST)

    with world.reading("officer") as db:
        asked = db.exec(select(CommunityRequest)).one()
        assert (asked.meeting_id, asked.source, asked.source_words) == (
            meeting.id,
            Source.MEETING,
            meeting.title,
        )


@pytest.mark.parametrize(("number", "revision", "error"), [(9, 1, NotFound), (0, 0, Conflict)])
def test_line_that_is_not_there_any_more_becomes_nothing(
    world: World, meeting: Meeting, number: int, revision: int, error: type[Exception]
) -> None:
    spot = Spot(None, number, revision)

    actor = world.actors["officer"]

    with world.writing("officer") as db, pytest.raises(error):
        matters.take_up(db, actor, meeting.id, spot, Becomes.ACTION, now=NOW)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"unit_id": None}, "unit_id"),
        ({"unit_id": UUID(int=7)}, "unit_id"),
        ({"staff_id": UUID(int=7)}, "staff_id"),
        ({"due_on": TODAY - DAY}, "due_on"),
    ],
)
def test_action_nobody_can_do_is_refused_at_its_field(
    world: World, meeting: Meeting, facts: dict[str, object], field: str
) -> None:
    matter = taken_up(world, meeting, 1, Becomes.ACTION)
    assert isinstance(matter, MeetingMatter)

    with pytest.raises(Refused) as refused:
        charged(world, matter, **facts)

    assert refused.value.field == field


def test_action_may_be_seen_to_by_somebody_said_in_words(world: World, meeting: Meeting) -> None:
    matter = taken_up(world, meeting, 1, Becomes.ACTION)
    assert isinstance(matter, MeetingMatter)

    charged(world, matter, unit_id=None, owner_words="市道路課", due_on=TODAY + DAY)

    [action] = whole_of(world, meeting).actions
    assert (action.owner, action.due_on) == ("市道路課", TODAY + DAY)


def test_action_is_done_once_and_not_tomorrow(world: World, meeting: Meeting) -> None:
    matter = taken_up(world, meeting, 1, Becomes.ACTION)

    with pytest.raises(Refused) as refused:
        finished(world, matter.id, on=TODAY + DAY)
    with pytest.raises(Refused) as too_early:
        finished(world, matter.id, on=TODAY - 400 * DAY)
    finished(world, matter.id)
    with pytest.raises(Conflict):
        finished(world, matter.id)
    with world.writing("officer") as db, pytest.raises(Refused):
        matters.drop(db, world.actors["officer"], matter.id, now=NOW)

    assert (refused.value.field, too_early.value.field) == ("done_on", "done_on")
    assert whole_of(world, meeting).actions[0].done_words == "二基を交換した"


def test_what_was_tapped_by_mistake_is_taken_back(world: World, meeting: Meeting) -> None:
    matter = taken_up(world, meeting, 0, Becomes.DECISION)

    with world.writing("officer") as db:
        matters.drop(db, world.actors["officer"], matter.id, now=NOW)

    assert whole_of(world, meeting).decisions == []


def test_what_is_open_heads_every_meeting_until_it_is_done(world: World, meeting: Meeting) -> None:
    action = taken_up(world, meeting, 1, Becomes.ACTION)
    request = taken_up(world, meeting, 2, Becomes.REQUEST)
    second = sequel(world, meeting, 30)
    third = sequel(world, second, 60)

    before = carried(world, third)
    finished(world, action.id)
    with world.writing("officer") as db:
        tell_back(
            db,
            world.actors["officer"],
            request.id,
            Told(no_answer_reason="申出者が転居した"),
            decided=Decided(outcome=RequestOutcome.DONE, text="刈った"),
            revision=1,
            now=NOW,
        )

    assert [one.words for one in before.actions] == ["公園の防犯灯を調べる"]
    assert [one.subject for one in before.requests] == ["通学路の植込みを刈ってほしい"]
    assert len(carried(world, third)) == 0
    assert len(carried(world, meeting)) == 0


def test_what_a_series_left_open_heads_its_next_meetings(world: World) -> None:
    facts = MeetingFacts(
        kind=MeetingKind.KOBAN_COUNCIL, title="協議会", starts_at=NOW, place="交番"
    )
    course = Course(Rhythm.MONTHLY_DAY, 1, TODAY)
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        series = begin_series(db, actor, facts, course, months=3, client_key=uuid7(), now=NOW)
        made = db.exec(
            select(Meeting).where(Meeting.series_id == series.id).order_by(col(Meeting.starts_at))
        ).all()
    written(world, made[0], SAID)
    taken_up(world, made[0], 1, Becomes.ACTION)

    heads = [[one.words for one in carried(world, meeting).actions] for meeting in made]
    assert heads == [[], *[["公園の防犯灯を調べる"]] * (len(made) - 1)]


def test_meetings_that_go_on_from_each_other_end(world: World, meeting: Meeting) -> None:
    later = sequel(world, meeting, 30)
    owner = {"agency_id": meeting.agency_id, "station_id": meeting.station_id}
    world.put(MeetingSequel(**owner, meeting_id=meeting.id, previous_id=later.id))

    with world.reading("officer") as db:
        assert queries.earlier_meetings(db, meeting) == {later.id}


def test_offices_come_as_numbers_and_raise_the_visitors(world: World, meeting: Meeting) -> None:
    actor = world.actors["officer"]
    with world.writing("officer") as db:
        matters.add_guests(db, actor, meeting.id, "市民安全課", 3, now=NOW)
        matters.add_guests(db, actor, meeting.id, "市民安全課", 2, now=NOW)
        matters.add_guests(db, actor, meeting.id, "消防署", 1, now=NOW)

    found = whole_of(world, meeting).guests
    assert [(one.office_name, one.people) for one in found] == [("市民安全課", 2), ("消防署", 1)]
    assert whole(world, meeting).meeting.visitors == 3


def test_what_was_settled_is_the_stations_alone(world: World, meeting: Meeting) -> None:
    matter = taken_up(world, meeting, 0, Becomes.DECISION)

    with world.reading("stranger_chief") as db, pytest.raises(NotFound):
        queries.matter_of(db, matter.id)
