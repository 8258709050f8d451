"""The verbs of what a meeting settled: a line becomes a decision, an action or a request."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from crm.agencies.queries import station_staff
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.meetings.models import Meeting
from crm.meetings.queries import meeting_of
from crm.minutes import queries
from crm.minutes.models import MatterKind, MeetingGuests, MeetingMatter
from crm.requests.models import CommunityRequest, Source
from crm.requests.queries import units_to_assign
from crm.requests.service import RequestFacts, receive


class Becomes(StrEnum):
    """What a line of minutes may become."""

    DECISION = "decision"
    ACTION = "action"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line stands: under which line of the agenda, which one of its lines, in which text.

    `revision` is the version somebody tapped on.
    """

    agenda_item_id: UUID | None
    number: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFacts:
    """What is to be done, by whom and until when."""

    words: str
    unit_id: UUID | None = None
    staff_id: UUID | None = None
    owner_words: str = ""
    due_on: dt.date | None = None


def take_up(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    spot: Spot,
    becomes: Becomes,
    *,
    now: dt.datetime,
) -> MeetingMatter | CommunityRequest:
    """Make a line of the minutes what it is: one tap. Tapped twice, it is the first one.

    Conflict where the minutes say something else by now, NotFound where there is no such line.
    """
    meeting = meeting_of(db, meeting_id, to_change=True)
    words = _line(db, meeting, spot)
    if becomes is Becomes.REQUEST:
        return _ask(db, actor, meeting, words, now)
    kind = MatterKind(becomes)
    if first := queries.matter_made_of(db, meeting_id, kind, words):
        return first
    matter = MeetingMatter(
        agency_id=meeting.agency_id,
        station_id=meeting.station_id,
        meeting_id=meeting.id,
        agenda_item_id=spot.agenda_item_id,
        kind=kind,
        words=words,
        unit_id=meeting.unit_id if kind is MatterKind.ACTION else None,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        updated_by=actor.account_id,
    )
    db.add(matter)
    db.flush()
    _audit(db, actor, f"{kind}.recorded", meeting.id, now)
    return matter


def charge(
    db: ScopedSession,
    actor: Actor,
    matter_id: UUID,
    facts: ActionFacts,
    *,
    revision: int,
    now: dt.datetime,
) -> MeetingMatter:
    """Say who does an action until when; Conflict where somebody else did meanwhile.

    Refused without anybody, for a unit or a colleague of another station, or for a day before the
    meeting.
    """
    matter = _open_action(db, matter_id, revision)
    meeting = meeting_of(db, matter.meeting_id)
    _require_owner(db, meeting, facts, local_day(now))
    if facts.due_on and facts.due_on < local_day(meeting.starts_at):
        raise Refused(N_("期限は、会議の日以後の日付を入力してください。"), field="due_on")
    matter.words, matter.owner_words = facts.words, facts.owner_words
    matter.unit_id, matter.staff_id = facts.unit_id, facts.staff_id
    matter.due_on = facts.due_on
    _touch(matter, actor, now)
    _audit(db, actor, "action.charged", meeting.id, now)
    return matter


def finish(
    db: ScopedSession,
    actor: Actor,
    matter_id: UUID,
    *,
    done_on: dt.date,
    done_words: str,
    revision: int,
    now: dt.datetime,
) -> MeetingMatter:
    """Put on record that an action was done, when and what.

    Refused for a day to come, and for one before both the meeting and its being put down.
    """
    matter = _open_action(db, matter_id, revision)
    if done_on > local_day(now):
        raise Refused(N_("「実施した日」は今日までの日付を入力してください。"), field="done_on")
    meeting = meeting_of(db, matter.meeting_id)
    if done_on < local_day(min(meeting.starts_at, matter.created_at)):
        raise Refused(N_("「実施した日」は会議の日以後の日付を入力してください。"), field="done_on")
    matter.done_on, matter.done_words = done_on, done_words
    _touch(matter, actor, now)
    _audit(db, actor, "action.finished", matter.meeting_id, now)
    return matter


def drop(db: ScopedSession, actor: Actor, matter_id: UUID, *, now: dt.datetime) -> UUID:
    """Take back that a line became a decision or an action; return the meeting.

    Refused for an action that was done.
    """
    matter = queries.matter_of(db, matter_id, to_change=True)
    if matter.done_on is not None:
        raise Refused(N_("実施を記録した対応事項は取り消せません。"))
    db.delete(matter)
    db.flush()
    _audit(db, actor, f"{matter.kind}.dropped", matter.meeting_id, now)
    return matter.meeting_id


def add_guests(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    office_name: str,
    people: int,
    *,
    now: dt.datetime,
) -> None:
    """Put on record how many came from another agency's office; said again, it is said anew.

    `visitors` of the meeting are never fewer than come from offices.
    """
    meeting = meeting_of(db, meeting_id, to_change=True)
    there = queries.guests_of(db, meeting_id)
    known = next((one for one in there if one.office_name == office_name), None)
    if known:
        known.people = people
    else:
        owner = {"agency_id": meeting.agency_id, "station_id": meeting.station_id}
        db.add(
            MeetingGuests(**owner, meeting_id=meeting.id, office_name=office_name, people=people)
        )
    others = sum(one.people for one in there if one is not known)
    if meeting.visitors < others + people:
        meeting.visitors = others + people
        meeting.revision += 1
        meeting.updated_at, meeting.updated_by = now, actor.account_id
    db.flush()
    _audit(db, actor, "meeting.guests_noted", meeting_id, now)


def remove_guests(db: ScopedSession, actor: Actor, guests_id: UUID, *, now: dt.datetime) -> UUID:
    """Take an office off the list and return the meeting."""
    guests = queries.guests_named(db, guests_id)
    db.delete(guests)
    db.flush()
    _audit(db, actor, "meeting.guests_noted", guests.meeting_id, now)
    return guests.meeting_id


def _line(db: ScopedSession, meeting: Meeting, spot: Spot) -> str:
    whole = queries.whole_of(db, meeting.id)
    if whole.revision != spot.revision:
        raise Conflict
    for section in whole.sections:
        if section.agenda_item_id == spot.agenda_item_id:
            lines = section.lines
            if 0 <= spot.number < len(lines):
                return lines[spot.number]
    raise NotFound


def _ask(
    db: ScopedSession, actor: Actor, meeting: Meeting, words: str, now: dt.datetime
) -> CommunityRequest:
    facts = RequestFacts(
        words=words,
        heard_on=min(local_day(meeting.starts_at), local_day(now)),
        client_key=uuid5(meeting.id, words),
        source=Source.MEETING,
        source_words=meeting.title,
        heard_unit_id=meeting.unit_id,
        meeting_id=meeting.id,
    )
    return receive(db, actor, facts, now=now)


def _open_action(db: ScopedSession, matter_id: UUID, revision: int) -> MeetingMatter:
    matter = queries.matter_of(db, matter_id, to_change=True)
    if matter.kind is not MatterKind.ACTION:
        raise NotFound
    if matter.revision != revision or matter.done_on is not None:
        raise Conflict
    return matter


def _require_owner(db: ScopedSession, meeting: Meeting, facts: ActionFacts, day: dt.date) -> None:
    if not (facts.unit_id or facts.staff_id or facts.owner_words.strip()):
        raise Refused(N_("担当の課、職員、又は機関等を入力してください。"), field="unit_id")
    if facts.unit_id and facts.unit_id not in dict(units_to_assign(db, meeting.station_id, day)):
        raise Refused(N_("担当の課を選び直してください。"), field="unit_id")
    if facts.staff_id:
        staff = station_staff(db, meeting.station_id, day)
        if facts.staff_id not in {one.id for one in staff}:
            raise Refused(N_("担当の職員を選び直してください。"), field="staff_id")


def _touch(matter: MeetingMatter, actor: Actor, now: dt.datetime) -> None:
    matter.revision += 1
    matter.updated_at, matter.updated_by = now, actor.account_id


def _audit(
    db: ScopedSession, actor: Actor, action: str, meeting_id: UUID, now: dt.datetime
) -> None:
    audit.record(db, actor, action, now=now, subject=("meeting", meeting_id))
