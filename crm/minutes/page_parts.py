"""The page of a meeting's minutes, which several acts come back to."""

from typing import Any
from uuid import UUID

from litestar import Response
from uuid_utils.compat import uuid7

from crm.approvals.models import APPROVAL_STATE_LABELS
from crm.contacts.queries import require_reader
from crm.exports.asking import recipient_choices
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission
from crm.meetings.models import MeetingState
from crm.meetings.queries import meeting_of
from crm.minutes import queries
from crm.minutes.decisions import needs_decision, standing_of
from crm.minutes.lacking import minutes_lacks
from crm.minutes.models import MINUTES_STATE_LABELS, MinutesState
from crm.web.pages import page
from crm.web.visit import Visit


def show_page(
    visit: Visit, meeting_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    """Return the page of a meeting's minutes."""
    require_reader(visit.actor)
    meeting = meeting_of(visit.db, meeting_id)
    whole = queries.whole_of(visit.db, meeting_id)
    visit.seen("minutes.viewed", ("meeting", meeting_id))
    today = local_day(visit.now)
    is_open = whole.newest is not None and not whole.is_confirmed
    return page(
        visit,
        "minutes/show.html",
        status=status,
        sub=sub,
        meeting=meeting,
        whole=whole,
        lacking=minutes_lacks(meeting, whole),
        standing=standing_of(visit.db, meeting_id, whole),
        needs_decision=is_open and needs_decision(visit.db, visit.actor, today),
        may_change=meeting.state is not MeetingState.CANCELED,
        today=today,
        state_labels=MINUTES_STATE_LABELS,
        approval_labels=APPROVAL_STATE_LABELS,
        aside=MinutesState.ASIDE,
        recipients=recipient_choices(),
        request_key=uuid7(),
    )
