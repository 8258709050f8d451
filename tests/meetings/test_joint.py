import datetime as dt

import pytest
from uuid_utils.compat import uuid7

from crm.contacts.models import Holder, Organization, Person
from crm.contacts.post_queries import post_types
from crm.contacts.service import PostFacts, appoint
from crm.kernel.clock import JST, local_day
from crm.meetings import recurring, service
from crm.meetings.joint import joint_with
from crm.meetings.joint_queries import what_comes
from crm.meetings.models import MeetingKind, Reply, Rhythm
from crm.meetings.queries import invitees
from crm.meetings.rhythm import Course
from crm.meetings.service import MeetingFacts
from tests.bodies.acts import established, seated
from tests.coverage.records import put_liaison
from tests.meetings.acts import planned, whole
from tests.support.pages import counted
from tests.support.world import NOW, START, TODAY, World

DAY = dt.timedelta(days=1)


@pytest.fixture
def kuwahara(world: World) -> Person:
    person = world.person("桒原 健太", "くわばら けんた")
    put_liaison(world, person, "みなと町自治会")
    return person


@pytest.fixture
def abe(world: World) -> Person:
    person = world.person("阿部 久", "あべ ひさし")
    put_liaison(world, person, "さくら台自治会")
    return person


def proposed(world: World, area: str | None = None) -> list[tuple[str, list[str]]]:
    """Return what is proposed for the liaisons of an area or of all, and who comes there."""
    area_id = world.areas[area] if area else None
    with world.reading("officer") as db:
        coming = what_comes(db, NOW)
        wanted = {one.holder: one for one in invitees(db, TODAY, area_id=area_id)}
    found = joint_with(coming.gatherings, coming.expecting, wanted)
    return [(one.gathering.title, [who.name for who in one.who]) for one in found]


def holds(world: World, person: Person, organization: Organization, post: str) -> None:
    with world.writing("officer") as db:
        [kind] = [one.id for one in post_types(db) if one.name == post]
        facts = PostFacts(post_type_id=kind, organization_id=organization.id, valid_from=START)
        appoint(db, world.actors["officer"], person.id, facts, now=NOW)


def test_coming_meeting_brings_whom_it_invited_unless_they_decline(
    world: World, kuwahara: Person, abe: Person
) -> None:
    meeting = planned(world, kuwahara, abe, title="防犯講話", starts_at=NOW + DAY)
    planned(world, kuwahara, title="昨日の会", starts_at=NOW - DAY)
    first, _ = whole(world, meeting).parties
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        service.note_replies(db, actor, meeting.id, {first.id: Reply.DECLINES}, now=NOW)

    assert proposed(world) == [("防犯講話", ["桒原 健太"])]
    assert proposed(world, "さくら台自治会") == []


def test_meeting_of_a_body_brings_its_members_of_that_day(
    world: World, kuwahara: Person, abe: Person
) -> None:
    body = established(world)
    seated(world, body, Holder(person_id=kuwahara.id))
    seated(world, body, Holder(person_id=abe.id), valid_to=TODAY)
    planned(world, title="協議会", starts_at=NOW + 7 * DAY, body_id=body.id)

    assert proposed(world) == [("協議会", ["桒原 健太"])]


def test_regular_meeting_of_an_association_brings_its_people_and_those_of_its_branches(
    world: World, kuwahara: Person, abe: Person
) -> None:
    federation = world.organization("連合自治会", "れんごうじちかい")
    branch = world.organization("みなと町自治会", "みなとちょうじちかい")
    with world.writing("officer") as db:
        db.get_one(Organization, branch.id).parent_id = federation.id
    put_liaison(world, branch, "みなと町自治会")
    holds(world, kuwahara, branch, "自治会長")
    holds(world, abe, branch, "自治会副会長")
    planned(
        world,
        title="連合自治会 定例会",
        starts_at=NOW + DAY,
        kind=MeetingKind.REGULAR_MEETING,
        host_organization_id=federation.id,
    )

    assert proposed(world) == [("連合自治会 定例会", ["桒原 健太", "みなと町自治会"])]


def test_series_is_proposed_for_its_next_day_without_a_meeting(
    world: World, kuwahara: Person
) -> None:
    body = established(world)
    seated(world, body, Holder(person_id=kuwahara.id))
    first = (NOW - 60 * DAY).astimezone(JST)
    facts = MeetingFacts(
        kind=MeetingKind.KOBAN_COUNCIL,
        title="協議会",
        starts_at=first,
        place="交番",
        body_id=body.id,
    )
    course = Course(Rhythm.WEEKLY, 1, first.date())
    with world.writing("officer") as db:
        actor = world.actors["officer"]
        begun = NOW - 60 * DAY
        recurring.begin_series(db, actor, facts, course, months=1, client_key=uuid7(), now=begun)

    with world.reading("officer") as db:
        [found] = what_comes(db, NOW).gatherings

    assert local_day(NOW) <= found.day < local_day(NOW) + 7 * DAY
    assert (found.day.weekday(), found.meeting_id) == (first.weekday(), None)
    assert proposed(world) == [("協議会", ["桒原 健太"])]


def test_gathering_with_most_of_them_comes_first(
    world: World, kuwahara: Person, abe: Person
) -> None:
    planned(world, kuwahara, title="一人の会", starts_at=NOW + DAY)
    planned(world, kuwahara, abe, title="二人の会", starts_at=NOW + 2 * DAY)

    assert [title for title, _ in proposed(world)] == ["二人の会", "一人の会"]


@pytest.mark.parametrize("count", [1, 10])
def test_finding_costs_one_statement_however_much_comes(
    world: World, kuwahara: Person, count: int
) -> None:
    for number in range(count):
        planned(world, kuwahara, title=f"会{number}", starts_at=NOW + number * DAY)

    with world.reading("officer") as db, counted(world.database) as statements:
        found = what_comes(db, NOW)

    assert (len(found.gatherings), len(statements)) == (count, 1)
