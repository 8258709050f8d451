"""Plain values screens show of requests."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.kernel.kana import furigana
from crm.requests.models import (
    AnswerMethod,
    CommunityRequest,
    RequestOutcome,
    RequestState,
    SiteKind,
    StepKind,
    Topic,
    number_of,
    state_label,
)

LONGEST_SUBJECT = 40


def subject_of(words: str) -> str:
    """Return the first sentence of what was heard: enough to know which matter it is."""
    sentence, stop, _ = words.partition("\n")[0].partition("。")
    if len(sentence) > LONGEST_SUBJECT:
        return f"{sentence[:LONGEST_SUBJECT]}…"
    return f"{sentence}{stop}"


@dataclass(frozen=True, slots=True)
class RequestMark:
    """What a request is called and how it stands."""

    id: UUID
    year: int
    serial: int
    words: str
    state: RequestState
    outcome: RequestOutcome | None
    answered_on: dt.date | None

    @property
    def number(self) -> str:
        """What it is called."""
        return number_of(self.year, self.serial)

    @property
    def subject(self) -> str:
        """The first sentence of what was heard."""
        return subject_of(self.words)

    @property
    def label(self) -> str:
        """What its state is called (a msgid)."""
        return state_label(self.state, self.outcome, is_answered=self.answered_on is not None)

    @property
    def is_open(self) -> bool:
        """Whether it awaits an answer."""
        return self.state is not RequestState.CLOSED


@dataclass(frozen=True, slots=True)
class RequestLine(RequestMark):
    """A request as lists show it."""

    topic: Topic
    heard_on: dt.date
    due_on: dt.date | None
    unit_id: UUID
    heard_unit_id: UUID
    area_name: str | None

    def is_overdue(self, day: dt.date) -> bool:
        """Whether its day has passed and it still awaits an answer."""
        return self.is_open and self.due_on is not None and self.due_on < day


class StepLine(NamedTuple):
    """One step of a request."""

    kind: StepKind
    at: dt.datetime
    staff_name: str
    unit_name: str
    to_unit_name: str
    due_on: dt.date | None
    text: str


class Asker(NamedTuple):
    """Somebody who asked."""

    holder: Holder
    name: str
    kana: str

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)


@dataclass(frozen=True, slots=True)
class WholeRequest:
    """A request with the names around it, who asked, and every step, the oldest first."""

    request: CommunityRequest
    area_name: str
    heard_by: str
    answered_by: str
    askers: Sequence[Asker]
    steps: Sequence[StepLine]

    @property
    def label(self) -> str:
        """What its state is called (a msgid)."""
        one = self.request
        return state_label(one.state, one.outcome, is_answered=one.answered_on is not None)

    @property
    def is_open(self) -> bool:
        """Whether it awaits an answer."""
        return self.request.state is not RequestState.CLOSED

    @property
    def answer_method(self) -> AnswerMethod | None:
        """How the answer went back."""
        return self.request.answered_how


class ProgressLine(NamedTuple):
    """How far the other side had come, when."""

    at: dt.datetime
    label: str
    text: str
    told_by: str


class GivenSite(NamedTuple):
    """A place as its copy shows it, with the facts of its picture; `until` is its last day."""

    kind: SiteKind
    longitude: float | None
    latitude: float | None
    description: str
    width: int | None
    height: int | None
    sha256: str
    until: dt.date | None

    def is_given_on(self, day: dt.date) -> bool:
        """Whether its recipient may read it on `day`."""
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Referral:
    """Something another office was asked to see to, and how far it has come, the newest first.

    `own_id` is the request the reader's office made of it, if it received it. `site` is what goes
    with it of the place.
    """

    id: UUID
    reference: UUID
    request_id: UUID
    giver_name: str
    recipient_name: str
    number: str
    topic: Topic
    area_name: str
    place: str
    words: str
    told_by: str
    published_at: dt.datetime
    own_id: UUID | None
    progress: Sequence[ProgressLine]
    site: GivenSite | None = None

    @property
    def subject(self) -> str:
        """The first sentence of what it says."""
        return subject_of(self.words)

    @property
    def latest(self) -> ProgressLine | None:
        """The newest there is to know."""
        return self.progress[0] if self.progress else None
