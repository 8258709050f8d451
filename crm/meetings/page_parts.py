"""What the pages of meetings share."""

from uuid import UUID

from crm.contacts.queries import require_reader
from crm.meetings import queries
from crm.meetings.lines import WholeMeeting
from crm.web.visit import Visit


def seen(visit: Visit, meeting_id: UUID) -> WholeMeeting:
    """Return a meeting with everybody invited, and put on record that they were shown."""
    require_reader(visit.actor)
    whole = queries.whole_meeting(visit.db, meeting_id)
    named = [party.holder.subject for party in whole.parties]
    visit.seen("meeting.viewed", ("meeting", meeting_id), named=named, fields=["name", "posts"])
    return whole
