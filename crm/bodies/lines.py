"""Plain values screens show of bodies and their members."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.bodies.models import Body, BodyKind, BodyRole
from crm.contacts.models import Holder
from crm.kernel.kana import furigana


class BodyLine(NamedTuple):
    """A body as the list shows it, with how many sit on it."""

    id: UUID
    kind: BodyKind
    name: str
    kana: str
    legal_basis: str
    ended_on: dt.date | None
    members: int

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)


class MemberLine(NamedTuple):
    """A seat and whose it is; `holder` is None where only words are kept."""

    id: UUID
    holder: Holder | None
    name: str
    kana: str
    role: BodyRole
    valid_from: dt.date
    valid_to: dt.date | None
    revision: int

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)

    def holds_on(self, day: dt.date) -> bool:
        """Whether the seat is held on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Seat(NamedTuple):
    """A body somebody sits on, or sat on, as their own page tells it."""

    body_id: UUID
    name: str
    role: BodyRole
    valid_from: dt.date
    valid_to: dt.date | None

    def holds_on(self, day: dt.date) -> bool:
        """Whether they sit there on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class WholeBody:
    """A body with the name of its secretariat and everybody who ever sat on it."""

    body: Body
    unit_name: str
    members: Sequence[MemberLine]

    @property
    def secretariat(self) -> str:
        """Who sees to its business."""
        return self.unit_name or self.body.secretariat_words

    def on(self, day: dt.date) -> list[MemberLine]:
        """Return who sits there on `day`."""
        return [member for member in self.members if member.holds_on(day)]

    def besides(self, day: dt.date) -> list[MemberLine]:
        """Return who sat there before `day` or will after it, the latest first."""
        others = [member for member in self.members if not member.holds_on(day)]
        return sorted(others, key=lambda member: member.valid_from, reverse=True)
