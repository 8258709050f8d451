"""What was said in a quarter and what came of it: counts alone, none so small that it names."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crm.requests.models import RequestOutcome, RequestState, Topic

SMALLEST = 3
"""A row about fewer is added to the others: a voice heard once is known to its neighbors."""
MONTHS = {1: (4, 6), 2: (7, 9), 3: (10, 12), 4: (1, 3)}


class Quarter(NamedTuple):
    """A quarter of a fiscal year, which begins in April."""

    year: int
    number: int

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year + (self.number == 4), MONTHS[self.number][0], 1)  # noqa: PLR2004 - the last of four

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return Quarter(*self.after()).first - dt.timedelta(days=1)

    def after(self) -> tuple[int, int]:
        """Return the quarter after it."""
        return (self.year + 1, 1) if self.number == 4 else (self.year, self.number + 1)  # noqa: PLR2004 - as above

    def before(self) -> "Quarter":
        """Return the quarter before it."""
        return (
            Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)
        )


def quarter_of(day: dt.date) -> Quarter:
    """Return the quarter a day is in."""
    number = (day.month - 4) % 12 // 3 + 1
    return Quarter(day.year - (day.month < 4), number)  # noqa: PLR2004 - April


class Voice(NamedTuple):
    """One request as it is counted; `place` is its area, else the unit that heard it."""

    topic: Topic
    place: str
    state: RequestState
    outcome: RequestOutcome | None


class Counted(NamedTuple):
    """How many were heard, what came of them, and how many still await an answer."""

    label: str
    heard: int
    done: int
    not_feasible: int
    passed_on: int
    open: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The page of a quarter: by topic and by area, each with those too few in one row."""

    total: Counted
    topics: Sequence[Counted]
    places: Sequence[Counted]


def summarize(
    voices: Sequence[Voice], topic_label: Callable[[Topic], str], *, rest: str
) -> Summary:
    """Count voices; what is too little to stand alone is added up in a row called `rest`."""
    return Summary(
        _count("", voices),
        _table(voices, lambda voice: topic_label(voice.topic), rest),
        _table(voices, lambda voice: voice.place, rest),
    )


def _table(voices: Iterable[Voice], of: Callable[[Voice], str], rest: str) -> list[Counted]:
    groups: dict[str, list[Voice]] = defaultdict(list)
    for voice in voices:
        groups[of(voice)].append(voice)
    few = [label for label, group in groups.items() if len(group) < SMALLEST or not label]
    together = [voice for label in few for voice in groups.pop(label)]
    rows = [_count(label, group) for label, group in groups.items()]
    rows.sort(key=lambda row: (-row.heard, row.label))
    return [*rows, _count(rest, together)] if together else rows


def _count(label: str, voices: Sequence[Voice]) -> Counted:
    outcomes = Counter(voice.outcome for voice in voices)
    return Counted(
        label,
        len(voices),
        outcomes[RequestOutcome.DONE],
        outcomes[RequestOutcome.NOT_FEASIBLE],
        outcomes[RequestOutcome.PASSED_ON],
        sum(voice.state is not RequestState.CLOSED for voice in voices),
    )
