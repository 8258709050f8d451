"""Plain values screens show of candidates."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.candidates.models import NOT_YET_ASKED, OPEN, StepKind
from crm.contacts.models import Holder
from crm.kernel.kana import furigana
from crm.liaisons.models import CANDIDATE_STATE_LABELS, CandidateState, LiaisonCandidate

TONES = {CandidateState.ACCEPTED: "active", **dict.fromkeys(OPEN, "waiting")}
"""How a state is drawn; a no looks like any other end."""


class CandidateLine(NamedTuple):
    """A candidate as lists show one; `holder` is a person or an organization."""

    id: UUID
    holder: Holder
    name: str
    kana: str
    post: str
    noticed_on: dt.date
    unit_id: UUID
    state: CandidateState
    state_on: dt.date
    not_before: dt.date | None
    has_news: bool

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)

    @property
    def label(self) -> str:
        """What its state is called (a msgid)."""
        return CANDIDATE_STATE_LABELS[self.state]

    @property
    def tone(self) -> str:
        """How its state is drawn."""
        return TONES.get(self.state, "ended")


class StepLine(NamedTuple):
    """One step of a proposal."""

    kind: StepKind
    happened_on: dt.date
    staff_name: str
    unit_name: str
    not_before: dt.date | None
    text: str


@dataclass(frozen=True, slots=True)
class WholeCandidate:
    """A candidate with the names around it and every step, the oldest first."""

    candidate: LiaisonCandidate
    name: str
    kana: str
    area_name: str
    proposer: str
    steps: Sequence[StepLine]

    @property
    def holder(self) -> Holder:
        """Who is proposed."""
        return Holder(self.candidate.person_id, self.candidate.organization_id)

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)

    @property
    def label(self) -> str:
        """What its state is called (a msgid)."""
        return CANDIDATE_STATE_LABELS[self.candidate.state]

    @property
    def tone(self) -> str:
        """How its state is drawn."""
        return TONES.get(self.candidate.state, "ended")

    @property
    def awaits_reception(self) -> bool:
        """Whether the network office has yet to take it."""
        return self.candidate.state is CandidateState.PROPOSED

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way."""
        return self.candidate.state in OPEN

    @property
    def may_be_written_to(self) -> bool:
        """Whether a letter of asking can be made: once received, until there is an answer."""
        return self.is_open and not self.awaits_reception

    @property
    def awaits_asking(self) -> bool:
        """Whether nobody was asked yet."""
        return self.candidate.state in NOT_YET_ASKED


class Totals(NamedTuple):
    """How many proposals of a span stand where: totals of the office, never of anybody in it."""

    open: int = 0
    asked: int = 0
    accepted: int = 0
    declined: int = 0
