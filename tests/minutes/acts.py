"""What tests of agendas and minutes do again and again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from crm.meetings.models import Meeting
from crm.minutes import agenda, matters, queries, service, version_queries
from crm.minutes.agenda import ItemFacts
from crm.minutes.lines import Carried, Section, Whole
from crm.minutes.matters import Becomes, Spot
from crm.minutes.models import AgendaKind, MeetingMatter
from crm.requests.models import CommunityRequest
from tests.support.world import NOW, World


def prepared(
    world: World, meeting: Meeting, *topics: str, who: str = "officer", now: dt.datetime = NOW
) -> Whole:
    """Give a meeting the customary agenda with `topics`."""
    actor = world.actors[who]
    with world.writing(who) as db:
        agenda.prepare(db, actor, meeting.id, now=now)
        for topic in topics:
            facts = ItemFacts(title=topic, kind=AgendaKind.TOPIC)
            agenda.add_item(db, actor, meeting.id, facts, now=now)
    return whole_of(world, meeting)


def written(
    world: World,
    meeting: Meeting,
    texts: str | Mapping[UUID | None, str],
    *,
    revision: int | None = None,
    reason: str = "",
    who: str = "officer",
    now: dt.datetime = NOW,
) -> Whole:
    """Write the minutes of a meeting, one text under no line of the agenda or several."""
    parts = {None: texts} if isinstance(texts, str) else texts
    sections = [Section(key, "", text) for key, text in parts.items()]
    known = whole_of(world, meeting).revision if revision is None else revision
    with world.writing(who) as db:
        service.write_minutes(
            db, world.actors[who], meeting.id, sections, revision=known, reason=reason, now=now
        )
    return whole_of(world, meeting)


def taken_up(
    world: World,
    meeting: Meeting,
    number: int,
    becomes: Becomes,
    *,
    who: str = "officer",
    now: dt.datetime = NOW,
) -> MeetingMatter | CommunityRequest:
    """Make a line of what was said under no line of the agenda what it is."""
    spot = Spot(None, number, whole_of(world, meeting).revision)
    with world.writing(who) as db:
        return matters.take_up(db, world.actors[who], meeting.id, spot, becomes, now=now)


def whole_of(world: World, meeting: Meeting, *, who: str = "officer") -> Whole:
    """Return everything a meeting was about."""
    with world.reading(who) as db:
        return queries.whole_of(db, meeting.id)


def texts_of(world: World, meeting: Meeting, number: int) -> Sequence[Section]:
    """Return what a version says, by its place among the versions."""
    version = whole_of(world, meeting).versions[number]
    with world.reading("officer") as db:
        return version_queries.sections_of(db, version.id)


def carried(world: World, meeting: Meeting, *, who: str = "officer") -> Carried:
    """Return what a meeting begins with."""
    with world.reading(who) as db:
        return queries.carried_to(db, meeting)
