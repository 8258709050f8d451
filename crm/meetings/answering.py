"""Lists that several people answer at a time, row by row: what was said, and of what was seen."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar
from uuid import UUID

from crm.kernel.i18n import N_, translate
from crm.meetings.lines import PartyLine
from crm.meetings.page_parts import as_key

A = TypeVar("A", bound=StrEnum)
NOT_SAID = "none"
"""What a row of a list sends where nothing is on record."""
SAID = "row-"
"""Begins the name of a row's answer."""
SEEN = "seen-"
"""Begins the name of what stood at a row when the form was shown."""
OVERTAKEN = N_("%(name)s：他の職員が先に「%(stands)s」と記録しました。")


class Answer(NamedTuple):
    """What a form shows at one place: what is typed there, and what is on record."""

    chosen: str
    stands: str
    is_overtaken: bool


class AnsweredRow(NamedTuple):
    """A party of a list, and the answer at its row."""

    party: PartyLine
    answer: Answer


def answers_of(sent: Mapping[str, str], begins: str, kind: type[A]) -> dict[UUID, A | None]:
    """Return what the rows sent under names that begin so, by party; other values are left out."""
    found: dict[UUID, A | None] = {}
    for name, said in sent.items():
        key = as_key(name.removeprefix(begins)) if name.startswith(begins) else None
        if key and said == NOT_SAID:
            found[key] = None
        elif key and said in set(kind):
            found[key] = kind(said)
    return found


def answer_shown(stands: object, said: str | None, seen: str | None) -> Answer:
    """Return what is shown: what was changed as it was typed, and else what is on record.

    It is overtaken where somebody put something else on record since it was seen.
    """
    known = str(stands)
    seen = known if seen is None else seen
    if said is None or said == seen:
        return Answer(known, known, is_overtaken=False)
    return Answer(said, known, is_overtaken=known not in (said, seen))


def rows_shown(
    parties: Sequence[PartyLine], column: str, sent: Mapping[str, str]
) -> list[AnsweredRow]:
    """Return the rows of a form; `sent` is empty where it was not sent yet."""
    return [
        AnsweredRow(
            party,
            answer_shown(
                getattr(party, column) or NOT_SAID,
                sent.get(f"{SAID}{party.id}"),
                sent.get(f"{SEEN}{party.id}"),
            ),
        )
        for party in parties
    ]


def sentences(rows: Sequence[AnsweredRow], chips: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return what is said at each row that was overtaken, by the name of its answer."""
    words = dict(chips)
    return {
        f"{SAID}{party.id}": translate(
            OVERTAKEN, name=party.name, stands=translate(words[answer.stands])
        )
        for party, answer in rows
        if answer.is_overtaken
    }
