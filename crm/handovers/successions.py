"""A head of an organization follows on another: who is to be asked, and what is to be decided."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.handovers.models import OF_PREDECESSOR, OF_SUCCESSOR, SuccessionDecision
from crm.liaisons.models import LiaisonState

QUESTION_OPEN = frozenset(
    {LiaisonState.NONE, LiaisonState.CANDIDATE, LiaisonState.DECLINED, LiaisonState.ENDED}
)
"""Where somebody stands who may be asked; for the others the question has its answer."""


class Former(NamedTuple):
    """Who held the post before, until when, and whether they are a liaison themselves."""

    person_id: UUID
    name: str
    ended_on: dt.date
    is_liaison: bool


class Decided(NamedTuple):
    """What was decided, by whom and when."""

    decision: SuccessionDecision
    name: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Succession:
    """A change of head; `needs_review` where the organization is a liaison and its contact went."""

    appointment_id: UUID
    organization_id: UUID
    organization: str
    post: str
    person_id: UUID
    name: str
    kana: str
    began_on: dt.date
    former: Former | None
    state: LiaisonState
    is_organization_liaison: bool
    needs_review: bool
    decided: Sequence[Decided] = ()

    @property
    def successor(self) -> Decided | None:
        """The latest word on asking the new head."""
        return self._latest(OF_SUCCESSOR)

    @property
    def predecessor(self) -> Decided | None:
        """The latest word on the term of the one before."""
        return self._latest(OF_PREDECESSOR)

    @property
    def asks_successor(self) -> bool:
        """Whether it is yet to be decided if the new head is asked."""
        word = self.successor
        later = word is not None and word.decision is SuccessionDecision.LATER
        return self.state in QUESTION_OPEN and (word is None or later)

    @property
    def asks_predecessor(self) -> bool:
        """Whether it is yet to be decided if the one before stays a liaison."""
        return bool(self.former and self.former.is_liaison and self.predecessor is None)

    @property
    def is_open(self) -> bool:
        """Whether anything is left to decide or to confirm."""
        return self.asks_successor or self.asks_predecessor or self.needs_review

    def _latest(self, kinds: Sequence[SuccessionDecision]) -> Decided | None:
        words = [word for word in self.decided if word.decision in kinds]
        return max(words, key=lambda word: word.at, default=None)
