"""The verbs of an agenda: make it, add, change and move its lines; papers; what came before."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from crm.bulletins.files import Sheet
from crm.bulletins.models import Handling
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Conflict, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.meetings.models import Meeting, MeetingState
from crm.meetings.queries import meeting_of
from crm.minutes import queries
from crm.minutes.models import (
    CUSTOMARY,
    TOPICS,
    AgendaItem,
    AgendaKind,
    MeetingPaper,
    MeetingSequel,
)


class Direction(StrEnum):
    """Where a line of an agenda is moved."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What a line of an agenda says."""

    title: str
    kind: AgendaKind = AgendaKind.STEP
    speaker: str = ""
    minutes_planned: int | None = None


def prepare(db: ScopedSession, actor: Actor, meeting_id: UUID, *, now: dt.datetime) -> None:
    """Give a meeting the customary proceedings; one that has an agenda keeps it."""
    meeting = _meeting(db, meeting_id)
    if queries.agenda_to_change(db, meeting_id):
        return
    for position, title in enumerate(CUSTOMARY):
        db.add(_item(meeting, actor, ItemFacts(title=title), position, now))
    db.flush()
    _audit(db, actor, "agenda.prepared", meeting, now)


def add_item(
    db: ScopedSession, actor: Actor, meeting_id: UUID, facts: ItemFacts, *, now: dt.datetime
) -> AgendaItem:
    """Add a line: a topic below the topics there are, another before the last line, 閉会."""
    meeting = _meeting(db, meeting_id)
    items = list(queries.agenda_to_change(db, meeting_id))
    added = _item(meeting, actor, facts, 0, now)
    items.insert(_place_of(facts.kind, items), added)
    db.add(added)
    _put_in_order(items)
    db.flush()
    _audit(db, actor, "agenda.changed", meeting, now)
    return added


def change_item(
    db: ScopedSession,
    actor: Actor,
    agenda_item_id: UUID,
    facts: ItemFacts,
    *,
    revision: int,
    now: dt.datetime,
) -> AgendaItem:
    """Say a line anew; Conflict where somebody else did meanwhile."""
    item, meeting = _found(db, agenda_item_id)
    if item.revision != revision:
        raise Conflict
    item.title, item.kind = facts.title, facts.kind
    item.speaker, item.minutes_planned = facts.speaker, facts.minutes_planned
    item.revision += 1
    item.updated_at, item.updated_by = now, actor.account_id
    _audit(db, actor, "agenda.changed", meeting, now)
    return item


def move_item(
    db: ScopedSession,
    actor: Actor,
    agenda_item_id: UUID,
    direction: Direction,
    *,
    now: dt.datetime,
) -> UUID:
    """Move a line by one place and return its meeting; at the end of the list it stays."""
    item, meeting = _found(db, agenda_item_id)
    items = list(queries.agenda_to_change(db, meeting.id))
    place = items.index(item)
    other = place + (1 if direction is Direction.DOWN else -1)
    if 0 <= other < len(items):
        items[place], items[other] = items[other], items[place]
        _put_in_order(items)
        _audit(db, actor, "agenda.changed", meeting, now)
    return meeting.id


def remove_item(db: ScopedSession, actor: Actor, agenda_item_id: UUID, *, now: dt.datetime) -> UUID:
    """Take a line off and return its meeting; papers and what the minutes say of it stay."""
    item, meeting = _found(db, agenda_item_id)
    for paper in queries.papers_under(db, agenda_item_id):
        paper.agenda_item_id = None
    db.flush()
    db.delete(item)
    db.flush()
    _audit(db, actor, "agenda.changed", meeting, now)
    return meeting.id


def add_paper(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    sheet: Sheet | None,
    *,
    handling: Handling,
    agenda_item_id: UUID | None,
    now: dt.datetime,
) -> MeetingPaper:
    """Keep a paper with a meeting, or with one line of its agenda; Refused without a file."""
    meeting = _meeting(db, meeting_id)
    if sheet is None:
        raise Refused(N_("ファイルを選んでください。"), field="file")
    if agenda_item_id and queries.item_of(db, agenda_item_id).meeting_id != meeting.id:
        raise NotFound
    paper = MeetingPaper(
        agency_id=meeting.agency_id,
        station_id=meeting.station_id,
        meeting_id=meeting.id,
        agenda_item_id=agenda_item_id,
        handling=handling,
        name=sheet.name,
        media_type=sheet.media_type,
        sha256=sheet.sha256,
        content=sheet.content,
        added_at=now,
    )
    db.add(paper)
    db.flush()
    _audit(db, actor, "meeting.paper_added", meeting, now, sha256=sheet.sha256)
    return paper


def remove_paper(db: ScopedSession, actor: Actor, paper_id: UUID, *, now: dt.datetime) -> UUID:
    """Delete a paper and return its meeting."""
    paper = queries.paper_of(db, paper_id)
    meeting = meeting_of(db, paper.meeting_id, to_change=True)
    db.delete(paper)
    db.flush()
    _audit(db, actor, "meeting.paper_removed", meeting, now, sha256=paper.sha256)
    return meeting.id


def go_on_from(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    previous_id: UUID | None,
    *,
    now: dt.datetime,
) -> None:
    """Say from which meeting this one goes on, or from none; Refused for one that is not before."""
    meeting = _meeting(db, meeting_id)
    if previous_id and meeting_of(db, previous_id).starts_at >= meeting.starts_at:
        raise Refused(N_("この会議より前の会議を選んでください。"), field="previous_id")
    sequel = queries.sequel_of(db, meeting_id)
    if previous_id is None:
        if sequel:
            db.delete(sequel)
    elif sequel:
        sequel.previous_id = previous_id
    else:
        owner = {"agency_id": meeting.agency_id, "station_id": meeting.station_id}
        db.add(MeetingSequel(**owner, meeting_id=meeting_id, previous_id=previous_id))
    db.flush()
    _audit(db, actor, "agenda.changed", meeting, now)


def _meeting(db: ScopedSession, meeting_id: UUID) -> Meeting:
    """Return a meeting whose agenda nobody else changes until this transaction ends."""
    meeting = meeting_of(db, meeting_id, to_change=True)
    if meeting.state is MeetingState.CANCELED:
        raise Refused(N_("中止した会議の次第は変更できません。"))
    return meeting


def _found(db: ScopedSession, agenda_item_id: UUID) -> tuple[AgendaItem, Meeting]:
    item = queries.item_of(db, agenda_item_id)
    return item, _meeting(db, item.meeting_id)


def _item(
    meeting: Meeting, actor: Actor, facts: ItemFacts, position: int, now: dt.datetime
) -> AgendaItem:
    return AgendaItem(
        agency_id=meeting.agency_id,
        station_id=meeting.station_id,
        meeting_id=meeting.id,
        position=position,
        kind=facts.kind,
        title=facts.title,
        speaker=facts.speaker,
        minutes_planned=facts.minutes_planned,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        updated_by=actor.account_id,
    )


def _place_of(kind: AgendaKind, items: list[AgendaItem]) -> int:
    """Return where a new line goes."""
    if kind is AgendaKind.STEP:
        ends = bool(items) and items[-1].title == CUSTOMARY[-1]
        return len(items) - 1 if ends else len(items)
    headed = [
        place
        for place, item in enumerate(items)
        if item.kind is AgendaKind.TOPIC or item.title == TOPICS
    ]
    return headed[-1] + 1 if headed else len(items)


def _put_in_order(items: list[AgendaItem]) -> None:
    for position, item in enumerate(items):
        item.position = position


def _audit(
    db: ScopedSession,
    actor: Actor,
    action: str,
    meeting: Meeting,
    now: dt.datetime,
    **detail: Any,  # noqa: ANN401 - small JSON facts
) -> None:
    audit.record(db, actor, action, now=now, subject=("meeting", meeting.id), **detail)
