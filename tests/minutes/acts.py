"""What tests of agendas and minutes do again and again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from crm.kernel.clock import JST
from crm.meetings.models import Meeting, MeetingKind
from crm.minutes import agenda, matters, queries, service, version_queries
from crm.minutes.agenda import ItemFacts
from crm.minutes.lines import Carried, Section, Whole
from crm.minutes.matters import Becomes, Spot
from crm.minutes.models import AgendaKind, MeetingMatter
from crm.requests.models import CommunityRequest
from tests.meetings.acts import planned
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


S4 = (
    ("開会", "", AgendaKind.STEP),
    ("挨拶", "上野 真一 推進本部長", AgendaKind.STEP),
    ("出席者紹介", "", AgendaKind.STEP),
    ("両警察署より挨拶", "", AgendaKind.STEP),
    ("議長選出", "", AgendaKind.STEP),
    ("議題", "", AgendaKind.STEP),
    ("令和5年度 行動計画報告について", "", AgendaKind.TOPIC),
    ("令和6年度 行動計画表（案）について", "", AgendaKind.TOPIC),
    ("犯罪情勢について", "", AgendaKind.TOPIC),
    ("その他", "", AgendaKind.STEP),
    ("閉会", "", AgendaKind.STEP),
)
"""The 次第 of 防犯対策推進本部会議, 令和6年5月23日 (S4), line by line."""


def entered_s4(world: World, who: str = "officer") -> Meeting:
    """Enter the meeting of S4 with its proceedings, as they stand in the original."""
    meeting = planned(
        world,
        who=who,
        kind=MeetingKind.PROMOTION_HEADQUARTERS,
        title="令和6年度 松戸市警防ネットワーク 防犯対策推進本部会議",
        starts_at=dt.datetime(2024, 5, 23, 15, tzinfo=JST),
        place="松戸市役所 新館7階大会議室",
    )
    with world.writing(who) as db:
        for title, speaker, kind in S4:
            facts = ItemFacts(title=title, speaker=speaker, kind=kind)
            added = agenda.add_item(db, world.actors[who], meeting.id, facts, now=NOW)
            # as the original stands: whoever retypes it adds line below line
            added.position = S4.index((title, speaker, kind))
    return meeting
