"""What the pages of meetings share."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from crm.bodies.queries import body_choices
from crm.contacts.queries import organization_choices, require_reader
from crm.kernel.clock import local_day
from crm.kernel.i18n import labels
from crm.kernel.scope import ScopedSession
from crm.meetings import queries
from crm.meetings.lines import WholeMeeting
from crm.meetings.models import (
    MEETING_KIND_LABELS,
    MEETING_STATE_LABELS,
    STYLE_LABELS,
    Meeting,
    MeetingKind,
    MeetingState,
)
from crm.meetings.queries import Sieve
from crm.web.visit import Visit

Ahead = Callable[[ScopedSession, Meeting], object]
A = TypeVar("A", bound=Ahead)

_ahead: list[Ahead] = []


def put_ahead(tell: A) -> A:
    """Let `tell` say what stands first on a meeting's page; minutes stand above meetings."""
    _ahead[:] = [tell]
    return tell


def ahead_of(visit: Visit, meeting: Meeting) -> object:
    """Return what stands first on a meeting's page; None where nobody has anything to say."""
    return _ahead[0](visit.db, meeting) if _ahead else None


def seen(visit: Visit, meeting_id: UUID) -> WholeMeeting:
    """Return a meeting with everybody invited, and put on record that they were shown."""
    require_reader(visit.actor)
    whole = queries.whole_meeting(visit.db, meeting_id)
    named = [party.holder.subject for party in whole.parties]
    visit.seen("meeting.viewed", ("meeting", meeting_id), named=named, fields=["name", "posts"])
    return whole


def meeting_choices(visit: Visit, *, body_id: UUID | None = None) -> dict[str, Any]:
    """Return what the fields of a meeting are chosen from; two statements.

    `body_id` can be chosen even where that body has ended.
    """
    bodies = body_choices(visit.db, local_day(visit.now), chosen=body_id)
    return {
        "kinds": labels(MEETING_KIND_LABELS),
        "styles": labels(STYLE_LABELS),
        "organizations": [(one.id, one.name) for one in organization_choices(visit.db)],
        "bodies": [(one.id, one.name) for one in bodies],
    }


def sieve_of(kind: str, body: str, state: str) -> Sieve:
    """Return what a list is narrowed by; what no page of ours offers narrows nothing."""
    return Sieve(
        kind=MeetingKind(kind) if kind in set(MeetingKind) else None,
        body_id=as_key(body),
        state=MeetingState(state) if state in set(MeetingState) else None,
    )


def sieve_shown(visit: Visit, sieve: Sieve) -> dict[str, Any]:
    """Return what the fields of a sieve show, and the part of an address that keeps it."""
    bodies = body_choices(visit.db, local_day(visit.now), chosen=sieve.body_id)
    said = {"kind": sieve.kind, "council": sieve.body_id, "standing": sieve.state}
    return {
        "sieve": sieve,
        "sieve_query": urlencode({name: value for name, value in said.items() if value}),
        "kind_choices": labels(MEETING_KIND_LABELS),
        "body_choices": [(one.id, one.name) for one in bodies],
        "state_choices": labels(MEETING_STATE_LABELS),
    }


def as_key(text: str) -> UUID | None:
    """Return the key an address names; None where it names none."""
    try:
        return UUID(text)
    except ValueError:
        return None
