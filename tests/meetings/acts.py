"""What tests of meetings do again and again."""

import datetime as dt

from uuid_utils.compat import uuid7

from crm.contacts.models import Holder, Person
from crm.meetings import queries, service
from crm.meetings.lines import WholeMeeting
from crm.meetings.models import Channel, Meeting, MeetingKind
from crm.meetings.service import MeetingFacts
from tests.support.world import NOW, World


def planned(
    world: World,
    *people: Person,
    who: str = "officer",
    now: dt.datetime = NOW,
    channel: Channel | None = Channel.VISIT,
    **changes: object,
) -> Meeting:
    """Return a meeting that begins at `now`; by a visit anybody may be invited."""
    facts = {
        "kind": MeetingKind.REGIONAL_SAFETY,
        "title": "みなと町地区 地域安全の会",
        "starts_at": now,
        "place": "みなと公民館",
        **changes,
    }
    actor = world.actors[who]
    with world.writing(who) as db:
        said = MeetingFacts(**facts)  # type: ignore[arg-type]  # facts of a test
        meeting = service.plan(db, actor, said, client_key=uuid7(), now=now)
        if people:
            holders = [Holder(person_id=person.id) for person in people]
            service.invite(db, actor, meeting.id, holders, channel=channel, now=now)
        return meeting


def whole(world: World, meeting: Meeting, *, who: str = "officer") -> WholeMeeting:
    """Return a meeting as its page shows it."""
    with world.reading(who) as db:
        found = queries.whole_meeting(db, meeting.id)
        db.expunge_all()
        return found
