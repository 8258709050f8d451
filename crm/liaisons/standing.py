"""Where somebody stands on a day, worked out from what was asked, answered and served."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from crm.consents.models import ConsentMethod
from crm.kernel.i18n import N_
from crm.liaisons.models import NOES, Decision, EndReason, LiaisonState


class Candidacy(NamedTuple):
    """Somebody was proposed as suitable; `over_on` is the day that came to nothing unasked."""

    id: UUID
    on: dt.date
    by: str
    reason: str
    over_on: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Whether somebody was a candidate by it on `day`."""
        return self.on <= day and (self.over_on is None or day < self.over_on)


class Asking(NamedTuple):
    """Somebody was asked."""

    on: dt.date
    recorded_at: dt.datetime
    id: UUID
    by: str
    method: ConsentMethod
    again_reason: str = ""


class Answer(NamedTuple):
    """Somebody answered, or gave notice of stopping."""

    on: dt.date
    recorded_at: dt.datetime
    id: UUID
    by: str
    method: ConsentMethod
    decision: Decision
    not_before: dt.date | None = None
    asks_no_more: bool = False


class Term(NamedTuple):
    """A stretch of being a liaison; one that ends before it began was never served."""

    id: UUID
    acceptance_id: UUID
    valid_from: dt.date
    valid_to: dt.date | None
    contact_person_id: UUID | None
    contact_name: str
    contact_needs_review: bool
    end_reason: EndReason | None
    remark: str
    revision: int

    def holds_on(self, day: dt.date) -> bool:
        """Whether its holder is a liaison under it on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def is_over_on(self, day: dt.date) -> bool:
        """Whether it had ended before `day`."""
        return self.valid_to is not None and self.valid_to < day


class HappeningKind(StrEnum):
    """What can happen between asking somebody and parting."""

    NOTED = "noted"
    ASKED = "asked"
    ACCEPTED = "accepted"
    THINKING = "thinking"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    WILLING = "willing"
    BEGAN = "began"
    ENDED = "ended"


HAPPENING_LABELS = {
    HappeningKind.NOTED: N_("候補として記録"),
    HappeningKind.ASKED: N_("依頼"),
    HappeningKind.ACCEPTED: N_("承諾"),
    HappeningKind.THINKING: N_("考慮中"),
    HappeningKind.DECLINED: N_("辞退"),
    HappeningKind.WITHDRAWN: N_("取りやめの申出"),
    HappeningKind.WILLING: N_("依頼してよいとの申出"),
    HappeningKind.BEGAN: N_("活動開始"),
    HappeningKind.ENDED: N_("終了"),
}


class Happening(NamedTuple):
    """One thing that happened, ready to be told."""

    on: dt.date
    kind: HappeningKind
    by: str = ""
    method: ConsentMethod | None = None
    end_reason: EndReason | None = None
    remark: str = ""
    not_before: dt.date | None = None
    asks_no_more: bool = False


class Course(NamedTuple):
    """All that was asked of and answered by one holder, each part in time order."""

    candidacies: tuple[Candidacy, ...] = ()
    askings: tuple[Asking, ...] = ()
    answers: tuple[Answer, ...] = ()
    terms: tuple[Term, ...] = ()

    def state_on(self, day: dt.date) -> LiaisonState:
        """Return where the holder stood on `day`; what was decided later plays no part."""
        if self.term_on(day):
            return LiaisonState.ACTIVE
        last = self.last_word(day)
        if any(
            noted.holds_on(day) and (last is None or noted.on > last.on)
            for noted in self.candidacies
        ):
            return LiaisonState.CANDIDATE
        if last is None:
            return LiaisonState.NONE
        if isinstance(last, Asking):
            return LiaisonState.ASKED
        return self._after(last, day)

    def term_on(self, day: dt.date) -> Term | None:
        """Return the term that holds on `day`."""
        return next((term for term in self.terms if term.holds_on(day)), None)

    def open_term(self, day: dt.date) -> Term | None:
        """Return the term that holds on `day` or is to begin."""
        return next((term for term in self.terms if not term.is_over_on(day)), None)

    def end_reason_on(self, day: dt.date) -> EndReason | None:
        """Return why the last term that was over by `day` had ended."""
        over = [term for term in self.terms if term.is_over_on(day)]
        return over[-1].end_reason if over else None

    def last_word(self, day: dt.date) -> Asking | Answer | None:
        """Return the last asking or answer up to `day`."""
        said = [word for word in self._words() if word.on <= day]
        return said[-1] if said else None

    def last_no(self) -> Answer | None:
        """Return the last answer, if it was a no: declined, or notice of stopping."""
        answers = [word for word in self._words() if isinstance(word, Answer)]
        last = next(
            (word for word in answers[::-1] if word.decision is not Decision.THINKING), None
        )
        return last if last and last.decision in NOES else None

    def wants_no_asking(self) -> bool:
        """Whether they said never to be asked again, and nothing else since."""
        said = self.last_no()
        return said is not None and said.asks_no_more

    def left_alone_on(self, day: dt.date, cool_off_days: int) -> bool:
        """Whether their no is still to be left alone on `day`: less than so many days old."""
        said = self.last_no()
        return said is not None and (day - said.on).days < cool_off_days

    def last_day(self) -> dt.date | None:
        """Return the last day on record: of a word, a candidacy or the end of a term."""
        days = [word.on for word in (*self.candidacies, *self._words())]
        days += [term.valid_to for term in self.terms if term.valid_to]
        return max(days, default=None)

    def happenings(self) -> list[Happening]:
        """Return what happened in time order; a withdrawal is told as such, not as an end."""
        kind = HappeningKind
        told = [
            Happening(noted.on, kind.NOTED, noted.by, remark=noted.reason)
            for noted in self.candidacies
        ]
        told += [_told(word) for word in self._words()]
        for term in self.terms:
            if term.valid_to is None or term.valid_from <= term.valid_to:
                told.append(Happening(term.valid_from, kind.BEGAN, remark=term.remark))
            if term.valid_to and term.end_reason is not EndReason.OWN_WISH:
                told.append(Happening(term.valid_to, kind.ENDED, end_reason=term.end_reason))
        return sorted(told, key=lambda happening: happening.on)

    def _words(self) -> list[Asking | Answer]:
        """Return askings and answers in time order; at the same moment an asking comes first."""
        said: list[Asking | Answer] = [*self.askings, *self.answers]
        return sorted(said, key=lambda word: (word.on, word.recorded_at))

    def _after(self, answer: Answer, day: dt.date) -> LiaisonState:
        if answer.decision is Decision.THINKING:
            return LiaisonState.ASKED
        if answer.decision is Decision.DECLINED:
            return LiaisonState.DECLINED
        if answer.decision is Decision.WILLING:
            return LiaisonState.ENDED if self.terms else LiaisonState.NONE
        if answer.decision is Decision.WITHDRAWN:
            return LiaisonState.ENDED
        over = any(term.acceptance_id == answer.id and term.is_over_on(day) for term in self.terms)
        return LiaisonState.ENDED if over else LiaisonState.ACCEPTED


def _told(word: Asking | Answer) -> Happening:
    if isinstance(word, Asking):
        asked = HappeningKind.ASKED
        return Happening(word.on, asked, word.by, word.method, remark=word.again_reason)
    return Happening(
        word.on,
        HappeningKind(word.decision),
        word.by,
        word.method,
        not_before=word.not_before,
        asks_no_more=word.asks_no_more,
    )
