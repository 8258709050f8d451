import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from crm.contacts.models import Holder, Person
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.meetings import queries, service
from crm.meetings.models import (
    CancelReason,
    Channel,
    MeetingKind,
    MeetingState,
    Presence,
    Reply,
    Style,
)
from crm.meetings.queries import Shown
from crm.meetings.service import MeetingFacts
from crm.meetings.ways import ASKED
from tests.coverage.records import put_liaison
from tests.meetings.acts import planned, whole
from tests.rosters.network import EVERYTHING, put_consent
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World

DAY = dt.timedelta(days=1)
FACTS = MeetingFacts(
    kind=MeetingKind.KOBAN_COUNCIL, title="協議会", starts_at=NOW + DAY, place="交番"
)


@pytest.fixture
def kuwahara(world: World) -> Person:
    return world.person("桒原 健太", "くわばら けんた")


@pytest.fixture
def abe(world: World) -> Person:
    return world.person("阿部 久", "あべ ひさし")


def test_same_form_sent_twice_plans_one_meeting(world: World) -> None:
    key = uuid7()
    made = []
    for _ in range(2):
        with world.writing("officer") as db:
            meeting = service.plan(db, world.actors["officer"], FACTS, client_key=key, now=NOW)
            made.append(meeting.id)

    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": NOW}, "ends_at"),
        ({"place": ""}, "place"),
    ],
)
def test_impossible_meeting_is_refused_at_its_field(
    world: World, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        planned(world, **{"starts_at": NOW + DAY, **changes})  # type: ignore[arg-type]  # facts of a test

    assert refused.value.field == field


@pytest.mark.parametrize("whose", ["another station's", "nobody's"])
def test_meeting_is_held_with_an_organization_on_file_only(world: World, whose: str) -> None:
    stranger = world.organization("港南自治会", station="港南署")
    host = stranger.id if whose == "another station's" else uuid7()

    with pytest.raises(Refused) as refused:
        planned(world, host_organization_id=host)

    assert refused.value.field == "host_organization_id"


def test_meeting_in_writing_needs_no_place(world: World) -> None:
    assert planned(world, style=Style.IN_WRITING, place="").place == ""


def test_headquarters_plans_nothing_in_a_station(world: World) -> None:
    with world.writing("hq") as db, pytest.raises(Forbidden):
        service.plan(db, world.actors["hq"], FACTS, client_key=uuid7(), now=NOW)


def test_whoever_is_on_the_list_already_stays_as_they_are(
    world: World, kuwahara: Person, abe: Person
) -> None:
    meeting = planned(world, kuwahara)
    put_consent(world, abe)
    both = [Holder(person_id=kuwahara.id), Holder(person_id=abe.id)]

    with world.writing("officer") as db:
        new = service.invite(
            db, world.actors["officer"], meeting.id, both, channel=Channel.POST, now=NOW
        )

    shown = [(party.name, party.channel) for party in whole(world, meeting).parties]
    assert (new, shown) == (1, [("阿部 久", Channel.POST), ("桒原 健太", Channel.VISIT)])


@pytest.mark.parametrize("channel", [each for each in Channel if each is not Channel.VISIT])
def test_person_is_invited_only_by_a_way_they_agreed_to(
    world: World, kuwahara: Person, abe: Person, channel: Channel
) -> None:
    put_consent(world, kuwahara)
    put_consent(world, abe, EVERYTHING - {ASKED[channel]})
    body = world.organization("みなと町自治会")
    meeting, actor = planned(world), world.actors["officer"]
    holders = [Holder(abe.id), Holder(kuwahara.id), Holder(organization_id=body.id)]

    with world.writing("officer") as db, pytest.raises(Refused) as refused:
        service.invite(db, actor, meeting.id, holders, channel=channel, now=NOW)
    with world.writing("officer") as db:
        service.invite(db, actor, meeting.id, holders[1:], channel=channel, now=NOW)

    assert (refused.value.field, refused.value.facts) == ("channel", {"number": 1})
    assert len(whole(world, meeting).parties) == 2


def test_person_of_another_station_cannot_be_invited(world: World) -> None:
    stranger = world.person("遠山 景", "とおやま けい", station="港南署")
    meeting = planned(world)

    with world.writing("officer") as db, pytest.raises(NotFound):
        service.invite(
            db,
            world.actors["officer"],
            meeting.id,
            [Holder(person_id=stranger.id)],
            channel=None,
            now=NOW,
        )


def test_replies_and_who_came_are_kept_by_name_and_counted_as_a_whole(
    world: World, kuwahara: Person, abe: Person
) -> None:
    meeting = planned(world, kuwahara, abe)
    first, second = (party.id for party in whole(world, meeting).parties)
    actor = world.actors["officer"]

    with world.writing("officer") as db:
        service.note_replies(db, actor, meeting.id, {first: Reply.DECLINES}, now=NOW)
    with world.writing("officer") as db:
        came = {first: Presence.EXCUSED, second: Presence.PROXY}
        service.note_presence(db, actor, meeting.id, came, visitors=3, now=NOW)

    after = whole(world, meeting)
    assert [(party.reply, party.presence) for party in after.parties] == [
        (Reply.DECLINES, Presence.EXCUSED),
        (None, Presence.PROXY),
    ]
    assert (after.came, after.unanswered, after.meeting.visitors) == (1, 1, 3)
    assert after.meeting.state is MeetingState.HELD


def test_answer_entered_since_stays_unless_it_was_seen(
    world: World, kuwahara: Person, abe: Person
) -> None:
    meeting = planned(world, kuwahara, abe)
    first, second = (party.id for party in whole(world, meeting).parties)
    actor = world.actors["officer"]
    seen = {first: None, second: None}

    def entered(said: dict[UUID, Presence | None], visitors: int) -> None:
        with world.writing("officer") as db:
            service.note_presence(
                db, actor, meeting.id, said, visitors=visitors, seen=seen, visitors_seen=0, now=NOW
            )

    entered({first: Presence.PRESENT, second: None}, 3)
    entered({first: None, second: Presence.PROXY}, 0)
    with pytest.raises(Conflict):
        entered({first: Presence.ABSENT, second: Presence.ABSENT}, 3)
    with pytest.raises(Conflict):
        entered({first: None, second: None}, 4)
    entered({first: Presence.PRESENT, second: None}, 3)

    after = whole(world, meeting)
    assert [party.presence for party in after.parties] == [Presence.PRESENT, Presence.PROXY]
    assert after.meeting.visitors == 3


def test_added_to_a_meeting_that_was_held_they_came_uninvited(
    world: World, kuwahara: Person
) -> None:
    meeting = planned(world)
    actor = world.actors["officer"]
    with world.writing("officer") as db:
        service.note_presence(db, actor, meeting.id, {}, visitors=0, now=NOW)

    with world.writing("officer") as db:
        holders = [Holder(person_id=kuwahara.id)]
        service.invite(db, actor, meeting.id, holders, channel=Channel.PHONE, now=NOW)

    [party] = whole(world, meeting).parties
    assert (party.presence, party.invited_on, party.channel) == (Presence.PRESENT, None, None)


def test_nobody_is_present_before_it_begins(world: World, kuwahara: Person) -> None:
    meeting = planned(world, kuwahara, starts_at=NOW + DAY)

    with world.writing("officer") as db, pytest.raises(Refused):
        service.note_presence(db, world.actors["officer"], meeting.id, {}, visitors=0, now=NOW)


def test_canceled_meeting_says_why_and_can_be_planned_again(world: World) -> None:
    meeting = planned(world)
    actor = world.actors["officer"]

    with world.writing("officer") as db:
        service.cancel(db, actor, meeting.id, CancelReason.SNOW, now=NOW)
    canceled = whole(world, meeting).meeting
    with world.writing("officer") as db:
        service.revive(db, actor, meeting.id, now=NOW)

    after = whole(world, meeting).meeting
    assert (canceled.state, canceled.canceled_because) == (
        MeetingState.CANCELED,
        CancelReason.SNOW,
    )
    assert (after.state, after.canceled_because) == (MeetingState.PLANNED, None)


def test_meeting_somebody_came_to_is_not_canceled(world: World, kuwahara: Person) -> None:
    meeting = planned(world, kuwahara)
    [party] = whole(world, meeting).parties
    actor = world.actors["officer"]
    with world.writing("officer") as db:
        came = {party.id: Presence.PRESENT}
        service.note_presence(db, actor, meeting.id, came, visitors=0, now=NOW)

    with world.writing("officer") as db, pytest.raises(Refused) as refused:
        service.cancel(db, actor, meeting.id, CancelReason.RAIN, now=NOW)

    assert refused.value.field == "canceled_because"


def test_stale_change_is_a_conflict(world: World) -> None:
    meeting = planned(world)

    with world.writing("officer") as db, pytest.raises(Conflict):
        service.change(
            db,
            world.actors["officer"],
            meeting.id,
            FACTS,
            revision=meeting.revision - 1,
            now=NOW,
        )


def test_meeting_is_the_stations_alone(world: World) -> None:
    meeting = planned(world)

    with pytest.raises(NotFound):
        whole(world, meeting, who="stranger_chief")


def test_lists_tell_what_comes_from_what_was(world: World, kuwahara: Person) -> None:
    planned(world, title="昨日", starts_at=NOW - DAY)
    planned(world, kuwahara, title="明日", starts_at=NOW + DAY)
    planned(world, title="明後日", starts_at=NOW + 2 * DAY)

    with world.reading("officer") as db:
        coming = queries.meetings_page(db, Shown.COMING, since=NOW, number=1)
        past = queries.meetings_page(db, Shown.PAST, since=NOW, number=1)

    assert [(one.title, one.invited) for one in coming.items] == [("明日", 1), ("明後日", 0)]
    assert [one.title for one in past.items] == ["昨日"]


@pytest.mark.parametrize("liaisons", [1, 20])
def test_whoever_serves_can_be_invited_once_at_the_same_cost(world: World, liaisons: int) -> None:
    for number in range(liaisons):
        person = world.person(f"連絡 {number}郎", "れんらく たろう")
        put_liaison(world, person, "みなと町自治会")
    with world.reading("officer") as db, counted(world.database) as statements:
        found = queries.invitees(db, TODAY)

    assert (len(found), len(statements)) == (liaisons, 2)


def test_who_was_named_is_on_record(world: World, kuwahara: Person) -> None:
    meeting = planned(world, kuwahara)

    with world.reading("auditor") as db:
        entry = db.exec(
            select(AuditEntry).where(
                AuditEntry.action == "meeting.invited", col(AuditEntry.subject_id) == meeting.id
            )
        ).one()
        assert entry.detail["named"] == 1
