"""The decision (決裁) about confirming minutes, at stations that have one."""

import datetime as dt
from collections.abc import Collection, Mapping
from uuid import UUID

from crm.approvals.lines import ApprovalLine
from crm.approvals.models import Approval, ApprovalKind
from crm.approvals.queries import approval_for, is_required
from crm.approvals.service import Matter, draft
from crm.approvals.subjects import Facts, Teller, tells
from crm.kernel.actor import Actor
from crm.kernel.audit import Subject
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.meetings.models import Meeting
from crm.meetings.queries import meeting_of
from crm.minutes import queries

TITLE = N_("議事録の確定")


def confirmation_matter(meeting: Meeting) -> Matter:
    """Return the confirming of a meeting's minutes as what is to be decided."""
    return Matter(
        ApprovalKind.MINUTES,
        ("meeting", meeting.id),
        title=TITLE,
        path=f"/meetings/{meeting.id}/minutes",
    )


def draft_confirmation(
    db: ScopedSession, actor: Actor, meeting_id: UUID, *, reason: str, now: dt.datetime
) -> Approval:
    """Ask for the decision that the minutes be confirmed as they stand."""
    matter = confirmation_matter(meeting_of(db, meeting_id))
    return draft(db, actor, matter, reason=reason, now=now)


def confirmation_decision(
    db: ScopedSession, actor: Actor, meeting_id: UUID, day: dt.date
) -> tuple[bool, ApprovalLine | None]:
    """Return whether confirming needs a decision, and the draft about it if there is one."""
    if not is_required(db, actor, ApprovalKind.MINUTES, day):
        return False, None
    return True, approval_for(db, ApprovalKind.MINUTES, ("meeting", meeting_id))


def _facts(db: ScopedSession, kind: ApprovalKind, subject: Subject) -> Facts:
    """Tell which words a decision covers: the same when confirmed, others when written anew."""
    del kind
    said = queries.whole_of(db, subject[1]).sections
    return {"says": [[one.key, one.text] for one in said]}


def _names(db: ScopedSession, subjects: Collection[Subject]) -> Mapping[Subject, str]:
    """Return what meetings are called, of those the reader may know."""
    keys: list[UUID] = [key for _, key in subjects]
    return {("meeting", key): title for key, title in queries.titles_of(db, keys).items()}


tells("meeting", Teller(_facts, _names))
