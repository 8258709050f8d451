"""Plain values screens show of meetings."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.contacts.naming import said_of
from crm.kernel.clock import JST
from crm.kernel.kana import furigana
from crm.kernel.wareki import wareki
from crm.meetings.models import (
    STYLE_LABELS,
    WAS_THERE,
    Channel,
    Meeting,
    MeetingKind,
    MeetingSeries,
    MeetingState,
    Presence,
    Reply,
    Style,
)

NOON = 12


class MeetingLine(NamedTuple):
    """A meeting as lists show it, with how many are invited and came."""

    id: UUID
    kind: MeetingKind
    title: str
    starts_at: dt.datetime
    place: str
    style: Style
    state: MeetingState
    held_with: str
    invited: int
    came: int


class SeriesLine(NamedTuple):
    """A series, and how many of its meetings are planned."""

    series: MeetingSeries
    planned: int


class RemainingLine(NamedTuple):
    """A meeting of a series, and how many answered its invitation."""

    meeting: Meeting
    replies: int


@dataclass(frozen=True, slots=True)
class WholeSeries:
    """A series with the names around it and its meetings, the last first."""

    series: MeetingSeries
    host_name: str
    body_name: str
    meetings: Sequence[MeetingLine]


class Invitation(NamedTuple):
    """A meeting somebody was on the list of, as a dossier tells it."""

    starts_at: dt.datetime
    title: str
    reply: Reply | None
    presence: Presence | None


class DatedMeeting(NamedTuple):
    """A meeting as a calendar keeps it."""

    id: UUID
    kind: MeetingKind
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    place: str
    state: MeetingState
    unit_name: str
    revision: int
    updated_at: dt.datetime


class ComingMeeting(NamedTuple):
    """A meeting that is planned, as a day shows it."""

    id: UUID
    title: str
    starts_at: dt.datetime
    place: str


class PartyLine(NamedTuple):
    """Somebody invited, in the order a list is read out."""

    id: UUID
    holder: Holder
    name: str
    kana: str
    capacity: str
    invited_on: dt.date | None
    channel: Channel | None
    reply: Reply | None
    presence: Presence | None

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)

    @property
    def was_there(self) -> bool:
        """Whether they came, or somebody for them."""
        return self.presence in WAS_THERE


@dataclass(frozen=True, slots=True)
class WholeMeeting:
    """A meeting with the names around it and everybody invited."""

    meeting: Meeting
    unit_name: str
    host_name: str
    body_name: str
    series: MeetingSeries | None
    parties: Sequence[PartyLine]

    @property
    def came(self) -> int:
        """How many of the invited came."""
        return sum(party.was_there for party in self.parties)

    @property
    def unanswered(self) -> int:
        """How many have not answered the invitation."""
        return sum(party.reply is None for party in self.parties)


class Invitee(NamedTuple):
    """A liaison who can be invited: with the post a list names and the areas they stand for."""

    holder: Holder
    name: str
    kana: str
    capacity: str
    areas: str

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)

    @property
    def value(self) -> str:
        """How a form says it."""
        return said_of(self.holder)


def when_and_where(meeting: Meeting) -> list[list[str]]:
    """Return what stands at the head of every paper of a meeting, each with its label."""
    start = meeting.starts_at.astimezone(JST)
    until = meeting.ends_at.astimezone(JST) if meeting.ends_at else None
    ending = f"から{_clock(until)}まで" if until and until.date() == start.date() else ""
    style = "" if meeting.style is Style.IN_PERSON else STYLE_LABELS[meeting.style]
    facts = [
        ["日時", f"{wareki(start.date(), weekday=True)}　{_clock(start)}{ending}"],
        ["場所", "　".join(filter(None, (meeting.place, style)))],
        ["併催", meeting.held_with],
    ]
    return [fact for fact in facts if fact[1]]


def _clock(moment: dt.datetime) -> str:
    """Return 「午後3時00分」, as invitations and agendas are written."""
    half = "午前" if moment.hour < NOON else "午後"
    return f"{half}{moment.hour % NOON}時{moment.minute:02d}分"
