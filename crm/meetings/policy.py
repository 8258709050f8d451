"""A station reads and keeps its own meetings."""

from crm.access.policy import register_own_station
from crm.meetings.models import Meeting, MeetingParty, MeetingSeries

register_own_station(Meeting, MeetingParty, MeetingSeries)
