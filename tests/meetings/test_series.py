import datetime as dt
from dataclasses import replace

import pytest
from uuid_utils.compat import uuid7

from crm.kernel.clock import JST, local_day, start_of_day
from crm.kernel.errors import Conflict, NotFound, Refused
from crm.meetings import queries, recurring, remaining, series_queries, service
from crm.meetings.calendar_queries import dated_meeting
from crm.meetings.lines import WholeSeries
from crm.meetings.models import (
    CancelReason,
    Meeting,
    MeetingKind,
    MeetingSeries,
    MeetingState,
    Rhythm,
)
from crm.meetings.remaining import Seen
from crm.meetings.rhythm import Course
from crm.meetings.service import MeetingFacts
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World

FIRST_AT = dt.datetime(2026, 12, 8, 19, 0, tzinfo=JST)
"""The second Tuesday of December."""
FACTS = MeetingFacts(
    kind=MeetingKind.REGULAR_MEETING,
    title="連合自治会 定例会",
    starts_at=FIRST_AT,
    ends_at=FIRST_AT + dt.timedelta(minutes=90),
    place="みなと公民館",
)
COURSE = Course(Rhythm.MONTHLY_WEEKDAY, 1, FIRST_AT.date())


def begun(world: World, course: Course = COURSE, months: int = 3) -> MeetingSeries:
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        return recurring.begin_series(
            db, actor, FACTS, course, months=months, client_key=uuid7(), now=NOW
        )


def test_series_does_not_begin_in_another_year_by_a_slip(world: World) -> None:
    long_ago = replace(FACTS, starts_at=FIRST_AT.replace(year=2020), ends_at=None)
    course = Course(Rhythm.WEEKLY, 1, long_ago.starts_at.date())
    with world.writing("officer") as db, pytest.raises(Refused) as refused:
        recurring.begin_series(
            db, world.actors["officer"], long_ago, course, months=6, client_key=uuid7(), now=NOW
        )
    assert refused.value.field == "starts_at"


def whole(world: World, series: MeetingSeries, who: str = "officer") -> WholeSeries:
    with world.reading(who) as db:
        found = series_queries.whole_series(db, series.id)
        db.expunge_all()
        return found


def days(found: WholeSeries) -> list[str]:
    return [f"{local_day(one.starts_at):%m-%d}" for one in reversed(found.meetings)]


def moved(world: World, meeting_id: object, by: dt.timedelta) -> None:
    with world.writing("officer") as db:
        meeting = db.get(Meeting, meeting_id)
        assert meeting is not None
        facts = MeetingFacts(
            kind=meeting.kind,
            title=meeting.title,
            starts_at=meeting.starts_at + by,
            place=meeting.place,
        )
        actor = world.actors["officer"]
        service.change(db, actor, meeting.id, facts, revision=meeting.revision, now=NOW)


def test_series_plans_its_meetings_some_months_ahead(world: World) -> None:
    found = whole(world, begun(world))

    assert days(found) == ["12-08", "01-12", "02-09"]
    last = found.meetings[0]
    assert (last.title, last.starts_at.astimezone(JST).hour) == ("連合自治会 定例会", 19)


def test_same_form_sent_twice_begins_one_series(world: World) -> None:
    key, made = uuid7(), []
    for _ in range(2):
        with world.writing("officer") as db:
            actor = world.actors["officer"]
            series = recurring.begin_series(
                db, actor, FACTS, COURSE, months=3, client_key=key, now=NOW
            )
            made.append(series.id)

    assert made[0] == made[1]
    assert len(whole(world, series).meetings) == 3


def test_moved_or_canceled_meeting_leaves_the_rest_and_is_not_made_again(world: World) -> None:
    series = begun(world)
    first, second, third = reversed(whole(world, series).meetings)
    moved(world, second.id, dt.timedelta(days=7))
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        service.cancel(db, actor, third.id, CancelReason.SNOW, now=NOW)

    with world.writing("officer") as db:
        made = recurring.extend_series(db, actor, series.id, months=5, revision=1, now=NOW)

    found = whole(world, series)
    assert (made, days(found)) == (2, ["12-08", "01-19", "02-09", "03-09", "04-13"])
    assert [one.state for one in reversed(found.meetings)][2] is MeetingState.CANCELED
    assert first.starts_at == found.meetings[-1].starts_at


def seen(world: World, series: MeetingSeries, since: dt.date) -> Seen:
    with world.reading("officer") as db:
        lines = series_queries.remaining_of(db, series.id, start_of_day(since))
        revision = series_queries.series_of(db, series.id).revision
        return Seen(since, revision, remaining.mark_of(one.meeting for one in lines))


def said_anew(world: World, series: MeetingSeries, what: Seen, **changes: object) -> int:
    facts = replace(remaining.facts_of(series), **changes)  # type: ignore[arg-type]  # facts of a test
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        return remaining.change_remaining(db, actor, series.id, facts, seen=what, now=NOW)


def given_up(world: World, series: MeetingSeries, what: Seen) -> int:
    with world.writing("officer") as db:
        actor, because = world.actors["officer"], CancelReason.INFECTION
        return remaining.give_up_remaining(db, actor, series.id, because, seen=what, now=NOW)


JANUARY = dt.date(2027, 1, 12)


def test_series_given_up_cancels_what_was_planned_and_plans_no_more(world: World) -> None:
    series = begun(world)
    assert given_up(world, series, seen(world, series, dt.date(2027, 1, 13))) == 1

    with world.writing("officer") as db:
        actor = world.actors["officer"]
        made = recurring.extend_series(db, actor, series.id, months=12, revision=2, now=NOW)

    found = whole(world, series)
    states = [one.state for one in reversed(found.meetings)]
    assert (made, found.series.ended_on) == (0, JANUARY)
    assert states == [MeetingState.PLANNED, MeetingState.PLANNED, MeetingState.CANCELED]


def test_remaining_meetings_are_changed_from_a_day_on_but_those_that_stand_apart(
    world: World,
) -> None:
    series = begun(world, months=6)
    first, second, third, fourth, *rest = reversed(whole(world, series).meetings)
    moved(world, third.id, dt.timedelta(days=7))
    actor = world.actors["officer"]
    with world.writing("officer") as db:
        service.cancel(db, actor, fourth.id, CancelReason.SNOW, now=NOW)
        known = [dated_meeting(db, one.id) for one in (first, second, third, fourth)]

    count = said_anew(
        world,
        series,
        seen(world, series, JANUARY),
        title="合同定例会",
        place="第二公民館",
        starts_at=dt.time(18, 30),
        ends_at=dt.time(20, 0),
    )

    with world.reading("officer") as db:
        now = [dated_meeting(db, one.id) for one in (first, second, third, fourth)]
    assert count == 1 + len(rest)
    assert [now[place] for place in (0, 2, 3)] == [known[place] for place in (0, 2, 3)]
    changed = now[1]
    assert (changed.id, changed.revision) == (known[1].id, known[1].revision + 1)
    assert (changed.title, changed.place) == ("合同定例会", "第二公民館")
    assert changed.starts_at == dt.datetime(2027, 1, 12, 18, 30, tzinfo=JST)
    assert changed.ends_at == changed.starts_at + dt.timedelta(minutes=90)


def test_only_what_differs_is_changed_and_later_meetings_are_made_so(world: World) -> None:
    series = begun(world)
    said_anew(world, series, seen(world, series, JANUARY), place="第二公民館")
    told = whole(world, series).series

    said_anew(world, told, seen(world, told, TODAY), title="合同定例会")
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        recurring.extend_series(db, actor, series.id, months=4, revision=3, now=NOW)

    found = [(one.title, one.place) for one in reversed(whole(world, series).meetings)]
    assert found == [
        ("合同定例会", "みなと公民館"),
        *[("合同定例会", "第二公民館")] * 3,
    ]


def test_of_two_officers_the_second_sees_first_what_changed(world: World) -> None:
    series = begun(world)
    before = seen(world, series, JANUARY)
    moved(world, whole(world, series).meetings[0].id, dt.timedelta(days=1))

    with pytest.raises(Conflict):
        said_anew(world, series, before, place="第二公民館")
    with pytest.raises(Conflict):
        given_up(world, series, replace(before, revision=0))
    assert {one.place for one in whole(world, series).meetings} == {"みなと公民館"}


def test_rhythm_that_leaves_months_out_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        begun(world, Course(Rhythm.MONTHLY_LAST_WEEKDAY, 1, FIRST_AT.date()))

    assert refused.value.field == "rhythm"


def test_series_is_the_stations_alone(world: World) -> None:
    with pytest.raises(NotFound):
        whole(world, begun(world), who="stranger_chief")


def test_meeting_before_in_its_series_passes_over_the_canceled(world: World) -> None:
    series = begun(world)
    first, second, third = reversed(whole(world, series).meetings)
    actor = world.actors["officer"]
    with world.writing("officer") as db:
        service.cancel(db, actor, second.id, CancelReason.RAIN, now=NOW)

    with world.reading("officer") as db:
        found = [
            queries.previous_in_series(db, queries.meeting_of(db, one.id)) for one in (first, third)
        ]
        before = [one.id if one else None for one in found]

    assert before == [None, first.id]


@pytest.mark.parametrize("months", [1, 12])
def test_series_costs_the_same_however_many_meetings(world: World, months: int) -> None:
    series = begun(world, months=months)

    with world.reading("officer") as db, counted(world.database) as statements:
        found = series_queries.whole_series(db, series.id)
        listed = series_queries.all_series(db, TODAY)

    assert (len(found.meetings), listed[0].planned, len(statements)) == (months, months, 3)
