"""One timeline of contacts, askings and posts: pure, newest first, month by month."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, Protocol

from crm.consents.models import CONSENT_METHOD_LABELS, ConsentMethod
from crm.kernel.clock import local_day, start_of_day
from crm.kernel.i18n import N_, translate
from crm.liaisons.models import END_REASON_LABELS, EndReason
from crm.notes.queries import NoteLine
from crm.sharing.lines import ReceivedNote

TITLES = {
    "noted": N_("連絡員の候補として記録"),
    "asked": N_("連絡員を依頼"),
    "accepted": N_("連絡員を承諾"),
    "thinking": N_("考慮中"),
    "declined": N_("連絡員を辞退"),
    "withdrawn": N_("取りやめの申出"),
    "willing": N_("依頼してよいとの申出"),
    "began": N_("連絡員として活動開始"),
    "ended": N_("連絡員としての活動を終了"),
}
POST_BEGAN = N_("就任")
POST_ENDED = N_("退任")
CAME = N_("会議に出席")


class Happening(Protocol):
    """One step between asking somebody and parting, as `liaisons` tells it."""

    @property
    def on(self) -> dt.date:
        """The day."""

    @property
    def kind(self) -> str:
        """Which step, a key of TITLES."""

    @property
    def by(self) -> str:
        """Who of the staff."""

    @property
    def method(self) -> ConsentMethod | None:
        """How it was said."""

    @property
    def end_reason(self) -> EndReason | None:
        """Why a term ended."""


class Gathering(Protocol):
    """A meeting somebody came to."""

    @property
    def starts_at(self) -> dt.datetime:
        """When it began."""

    @property
    def title(self) -> str:
        """What it was called."""


class Tenure(NamedTuple):
    """A post somebody holds or held, in words."""

    label: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Event:
    """What the ledger itself knows happened on a day; `title` is a msgid."""

    on: dt.date
    title: str
    text: str = ""
    by: str = ""
    icon: str = "handshake"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: an own note, what another office told, or an event; never two of them."""

    at: dt.datetime
    note: NoteLine | None = None
    told: ReceivedNote | None = None
    event: Event | None = None

    @property
    def day(self) -> dt.date:
        """The day in Japan."""
        return local_day(self.at)


class Stretch(NamedTuple):
    """The newest entries of one kind, and whether there are older ones."""

    entries: Sequence[Entry]
    has_more: bool = False

    @property
    def known_since(self) -> dt.datetime | None:
        """Return the moment before which something is missing; None where nothing is."""
        return self.entries[-1].at if self.has_more else None


@dataclass(frozen=True, slots=True)
class Month:
    """The entries of one month, and its first day."""

    first: dt.date
    entries: Sequence[Entry]


def by_month(
    own: Stretch, received: Stretch, events: Iterable[Event], *, today: dt.date
) -> list[Month]:
    """Return one timeline, newest first: own notes, what other offices told, what happened.

    Events of days to come are left out. While there are more notes to show, so is whatever is
    older than the last one shown, because it stands among those.
    """
    happened = [Entry(start_of_day(event.on), event=event) for event in events if event.on <= today]
    since = max(filter(None, (own.known_since, received.known_since)), default=None)
    entries = [
        entry
        for entry in (*own.entries, *received.entries, *happened)
        if since is None or entry.at >= since
    ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    months = groupby(entries, key=lambda entry: entry.day.replace(day=1))
    return [Month(first, list(of_month)) for first, of_month in months]


def steps_of(happenings: Iterable[Happening]) -> list[Event]:
    """Return the steps of asking and answering, the last of a day first."""
    events = []
    for step in happenings:
        how = CONSENT_METHOD_LABELS[step.method] if step.method else ""
        why = END_REASON_LABELS[step.end_reason] if step.end_reason else ""
        said = translate(how or why)
        events.append(Event(step.on, TITLES[step.kind], said, step.by))
    return events[::-1]


def meetings_attended(meetings: Iterable[Gathering]) -> Iterator[Event]:
    """Yield the meetings somebody came to, or sent somebody to."""
    for meeting in meetings:
        on = local_day(meeting.starts_at)
        yield Event(on, CAME, meeting.title, icon="calendar")


def changes_of_posts(tenures: Iterable[Tenure]) -> Iterator[Event]:
    """Yield when posts were taken up and left; a day nobody knows is not told."""
    for tenure in tenures:
        if tenure.valid_to:
            yield Event(tenure.valid_to, POST_ENDED, tenure.label, icon="people")
        if tenure.valid_from:
            yield Event(tenure.valid_from, POST_BEGAN, tenure.label, icon="people")
