"""What was said in a quarter and what came of it: counts alone, none so small that it names."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crm.requests.models import RequestOutcome, RequestState, Topic

SMALLEST = 3
"""A row about fewer is added to the others: a voice heard once is known to its neighbors."""


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
