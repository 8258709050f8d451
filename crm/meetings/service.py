"""The verbs of a meeting: plan, change, invite, note replies and who came, hold, cancel."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from crm.bodies import queries as bodies
from crm.contacts.models import Holder
from crm.contacts.queries import names_of, require_known
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.audit import Subject
from crm.kernel.clock import local_day
from crm.kernel.columns import Stamped
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.meetings import queries
from crm.meetings.models import (
    WAS_THERE,
    CancelReason,
    Channel,
    Meeting,
    MeetingKind,
    MeetingParty,
    MeetingState,
    Presence,
    Reply,
    Style,
)
from crm.meetings.ways import require_agreed

NOTHING: Mapping[UUID, None] = MappingProxyType({})
"""What was seen by whoever says what is so without a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFacts:
    """What a meeting is, where and when; `held_with` names the gathering it is part of."""

    kind: MeetingKind
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None = None
    place: str = ""
    style: Style = Style.IN_PERSON
    held_with: str = ""
    host_organization_id: UUID | None = None
    body_id: UUID | None = None


def plan(
    db: ScopedSession, actor: Actor, facts: MeetingFacts, *, client_key: UUID, now: dt.datetime
) -> Meeting:
    """Put a meeting on the calendar; the same form again gives the first."""
    if actor.station_id is None or not actor.reads_people:
        raise Forbidden
    check(db, facts)
    if first := queries.meeting_sent_as(db, actor.station_id, client_key):
        return first
    meeting = Meeting(**made_by(actor, now), client_key=client_key, **asdict(facts))
    db.add(meeting)
    db.flush()
    _audit(db, actor, "meeting.planned", meeting, now)
    return meeting


def plan_again(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    facts: MeetingFacts,
    *,
    with_parties: bool,
    client_key: UUID,
    now: dt.datetime,
) -> Meeting:
    """Plan a meeting like an earlier one; `with_parties` puts the same people on its list.

    How they are invited is not carried over: nobody has been yet.
    """
    queries.meeting_of(db, meeting_id)
    meeting = plan(db, actor, facts, client_key=client_key, now=now)
    holders = queries.holders_to_invite_again(db, meeting_id) if with_parties else ()
    if holders:
        invite(db, actor, meeting.id, holders, channel=None, now=now)
    return meeting


def change(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    facts: MeetingFacts,
    *,
    revision: int,
    now: dt.datetime,
) -> Meeting:
    """Say anew what, where and when; Conflict where somebody else did meanwhile.

    One of a series stands apart from then on: it is not changed with the others.
    """
    meeting = queries.meeting_of(db, meeting_id, to_change=True)
    if meeting.revision != revision:
        raise Conflict
    check(db, facts)
    changed = {
        column: value
        for column, value in asdict(facts).items()
        if getattr(meeting, column) != value
    }
    for column, value in changed.items():
        setattr(meeting, column, value)
    if changed and meeting.series_id:
        meeting.is_apart = True
    touch(meeting, actor, now)
    _audit(db, actor, "meeting.changed", meeting, now)
    return meeting


def invite(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    holders: Collection[Holder],
    *,
    channel: Channel | None,
    now: dt.datetime,
) -> int:
    """Add people and organizations to a meeting and return how many are new.

    Whoever is on the list already stays as they are. Added to a meeting that was held, they came
    without being invited. Refused where a person has not agreed to be reached by `channel`.
    """
    meeting = queries.meeting_of(db, meeting_id, to_change=True)
    if meeting.state is MeetingState.CANCELED:
        raise Refused(N_("中止した会議には案内できません。"), field="parties")
    known = queries.holders_invited(db, meeting_id)
    new = [holder for holder in dict.fromkeys(holders) if holder not in known]
    if not holders:
        raise Refused(N_("案内する方を一人または一団体以上選んでください。"), field="parties")
    require_known(db, new)
    came_uninvited = meeting.state is MeetingState.HELD
    if not came_uninvited:
        require_agreed(db, new, channel, local_day(now))
    for holder in new:
        party = MeetingParty(
            agency_id=meeting.agency_id,
            station_id=meeting.station_id,
            meeting_id=meeting.id,
            person_id=holder.person_id,
            organization_id=holder.organization_id,
            channel=None if came_uninvited else channel,
            invited_on=None if came_uninvited else local_day(now),
            presence=Presence.PRESENT if came_uninvited else None,
        )
        db.add(party)
    touch(meeting, actor, now)
    _audit(db, actor, "meeting.invited", meeting, now, named=[one.subject for one in new])
    return len(new)


def note_replies(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    replies: Mapping[UUID, Reply | None],
    *,
    seen: Mapping[UUID, Reply | None] = NOTHING,
    now: dt.datetime,
) -> None:
    """Enter what was answered; None takes an answer back.

    What is the same as was `seen` says nothing; Conflict where another answer was entered since.
    """
    meeting = queries.meeting_of(db, meeting_id, to_change=True)
    changed = _answered(queries.parties_to_change(db, meeting_id), "reply", replies, seen)
    touch(meeting, actor, now)
    named = [_holder_of(party).subject for party in changed]
    _audit(db, actor, "meeting.replies_noted", meeting, now, named=named)


def note_presence(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    presence: Mapping[UUID, Presence | None],
    *,
    visitors: int,
    seen: Mapping[UUID, Presence | None] = NOTHING,
    visitors_seen: int | None = None,
    now: dt.datetime,
) -> Meeting:
    """Enter who came; the meeting has been held from then on.

    What is the same as was `seen` says nothing; Conflict where another answer was entered since.
    """
    meeting = queries.meeting_of(db, meeting_id, to_change=True)
    if meeting.state is MeetingState.CANCELED:
        raise Refused(N_("中止した会議の出欠は記録できません。"))
    if meeting.starts_at > now:
        raise Refused(N_("出欠は、会議が始まってから記録してください。"))
    if visitors != visitors_seen:
        if visitors_seen is not None and meeting.visitors not in (visitors, visitors_seen):
            raise Conflict
        meeting.visitors = visitors
    changed = _answered(queries.parties_to_change(db, meeting_id), "presence", presence, seen)
    meeting.state = MeetingState.HELD
    touch(meeting, actor, now)
    named = [_holder_of(party).subject for party in changed]
    _audit(db, actor, "meeting.held", meeting, now, named=named)
    return meeting


def cancel(
    db: ScopedSession,
    actor: Actor,
    meeting_id: UUID,
    because: CancelReason,
    *,
    now: dt.datetime,
) -> Meeting:
    """Say that it did not take place, and why; Refused where somebody is on record as present."""
    meeting = queries.meeting_of(db, meeting_id, to_change=True)
    came = [p for p in queries.parties_to_change(db, meeting_id) if p.presence in WAS_THERE]
    if came:
        raise Refused(
            N_("出席が記録されているので、中止にできません。出欠を直してください。"),
            field="canceled_because",
        )
    meeting.state, meeting.canceled_because = MeetingState.CANCELED, because
    touch(meeting, actor, now)
    _audit(db, actor, "meeting.canceled", meeting, now)
    return meeting


def revive(db: ScopedSession, actor: Actor, meeting_id: UUID, *, now: dt.datetime) -> Meeting:
    """Take a cancellation back: it is planned again."""
    meeting = queries.meeting_of(db, meeting_id, to_change=True)
    if meeting.state is not MeetingState.CANCELED:
        raise Refused(N_("中止した会議ではありません。"))
    meeting.state, meeting.canceled_because = MeetingState.PLANNED, None
    touch(meeting, actor, now)
    _audit(db, actor, "meeting.revived", meeting, now)
    return meeting


def check(db: ScopedSession, facts: MeetingFacts) -> None:
    """Raise Refused, at its field, for a meeting that cannot be so."""
    host = facts.host_organization_id
    if host is not None and not names_of(db, (), [host]):
        raise Refused(N_("併催する団体を選び直してください。"), field="host_organization_id")
    if facts.body_id is not None and not bodies.is_body(db, facts.body_id):
        raise Refused(N_("会議体を選び直してください。"), field="body_id")
    if facts.ends_at is not None and facts.ends_at < facts.starts_at:
        raise Refused(N_("終わりの日時は、始まりより後にしてください。"), field="ends_at")
    if facts.style is Style.IN_PERSON and not facts.place.strip():
        raise Refused(N_("場所を入力してください。"), field="place")


def made_by(actor: Actor, now: dt.datetime) -> dict[str, Any]:
    """Return the columns that say whose a new meeting is and who made it."""
    return {
        "agency_id": actor.agency_id,
        "station_id": actor.station_id,
        "unit_id": actor.unit_id,
        "created_at": now,
        "created_by": actor.account_id,
        "updated_at": now,
        "updated_by": actor.account_id,
    }


def touch(row: Stamped, actor: Actor, now: dt.datetime) -> None:
    """Note who changed a row last, and let it be the next revision."""
    row.revision += 1
    row.updated_at, row.updated_by = now, actor.account_id


def _answered(
    parties: Iterable[MeetingParty],
    column: str,
    said: Mapping[UUID, StrEnum | None],
    seen: Mapping[UUID, StrEnum | None],
) -> list[MeetingParty]:
    """Write what was said anew, and return whose it was; Conflict where it was not so as seen."""
    changed = [
        party
        for party in parties
        if party.id in said
        and said[party.id] is not getattr(party, column)
        and (party.id not in seen or said[party.id] is not seen[party.id])
    ]
    if any(getattr(party, column) is not seen[party.id] for party in changed if party.id in seen):
        raise Conflict
    for party in changed:
        setattr(party, column, said[party.id])
    return changed


def _holder_of(party: MeetingParty) -> Holder:
    return Holder(party.person_id, party.organization_id)


def _audit(
    db: ScopedSession,
    actor: Actor,
    action: str,
    meeting: Meeting,
    now: dt.datetime,
    *,
    named: Collection[Subject] = (),
) -> None:
    audit.record(db, actor, action, now=now, subject=("meeting", meeting.id), named=named)
