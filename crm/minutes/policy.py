"""A station reads and keeps what its meetings were about; versions of minutes are only added."""

from crm.access.policy import register_own_station
from crm.minutes.models import (
    AgendaItem,
    MeetingGuests,
    MeetingMatter,
    MeetingPaper,
    MeetingSequel,
    MinutesSection,
    MinutesVersion,
)

register_own_station(AgendaItem, MeetingPaper, MeetingSequel, MeetingGuests, MeetingMatter)
register_own_station(MinutesVersion, MinutesSection, append_only=True)
