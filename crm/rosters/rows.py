"""What a roster says, line by line, put together from nothing but what was agreed to."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.kernel.audit import Subject
from crm.kernel.i18n import N_
from crm.kernel.kana import kana_sort_key
from crm.liaisons.queries import ActiveTerm
from crm.rosters.models import RosterOrdering, RosterProfile
from crm.rosters.selection import EVERYBODY, Selection


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One liaison as a roster shows it; text that was not agreed to is empty here already.

    Where there are several (numbers, areas, posts), each stands on a line of its own.
    """

    number: int
    holder: Holder
    name: str
    kana: str
    post: str
    areas: str
    phone: str
    concurrent: str
    boxes: str
    asked_on: dt.date | None
    remark: str
    speaker_id: UUID | None = None
    address: str = ""
    index: str = ""
    """What it is filed under: a row of あかさたな, or an area."""

    @property
    def subjects(self) -> list[Subject]:
        """Everybody the row names: the liaison, and who speaks for an organization."""
        speaker = [("person", self.speaker_id)] if self.speaker_id else []
        return [self.holder.subject, *speaker]

    @property
    def is_person(self) -> bool:
        """Whether the liaison is a person, not an organization."""
        return self.holder.person_id is not None


class LeftOut(NamedTuple):
    """How many a rule keeps off a roster, wholly or in part; `rule` says it as a msgid."""

    rule: str
    people: int


@dataclass(frozen=True, slots=True)
class Roster:
    """The liaisons of a station on a day, or some of them, as one kind of reader may know them.

    `left_out` counts the liaisons of that day who did not agree to the recipient, `narrowed` what
    the other rules did. `chosen` names the selection. What is provided to another agency names it
    in `recipient` and the terms it is bound to in `terms`.
    """

    profile: RosterProfile
    day: dt.date
    rows: tuple[RosterRow, ...]
    left_out: int
    selection: Selection = EVERYBODY
    ordering: RosterOrdering = RosterOrdering.KANA
    chosen: str = ""
    narrowed: tuple[LeftOut, ...] = ()
    recipient: str = ""
    terms: tuple[str, ...] = ()

    @property
    def persons(self) -> int:
        """How many people it names as liaisons."""
        return sum(row.is_person for row in self.rows)

    @property
    def organizations(self) -> int:
        """How many organizations it names as liaisons."""
        return len(self.rows) - self.persons

    @property
    def people_named(self) -> list[UUID]:
        """Return every person it names, as a liaison or as who speaks for one; each once."""
        return self._named("person")

    @property
    def organizations_named(self) -> list[UUID]:
        """Return every organization it names."""
        return self._named("organization")

    def _named(self, kind: str) -> list[UUID]:
        named = (subject for row in self.rows for subject in row.subjects)
        return list(dict.fromkeys(key for each, key in named if each == kind))


class Name(NamedTuple):
    """What a holder is called, and where that stands in 五十音 order and in its index."""

    text: str
    kana: str
    order: tuple[str, str, str]
    filed: str = ""


class Post(NamedTuple):
    """A post as one line, and over two: where and what it is, or what it is and whose."""

    organization_id: UUID | None
    label: str
    lines: str
    speaker: str


_NO_POST = Post(None, "", "", "")


class Places(NamedTuple):
    """The areas a term is about, the boxes responsible for them, and where the first is filed."""

    areas: str
    boxes: str
    order: tuple[str, str] = ("", "")


NOWHERE = N_("区域なし")


@dataclass(frozen=True, slots=True)
class Facts:
    """All that may be printed about the holders on a roster, and nothing else."""

    names: Mapping[Holder, Name]
    places: Mapping[UUID, Places]
    posts: Mapping[UUID, Sequence[Post]]
    phones: Mapping[Holder, str]
    named: Collection[Holder]
    shows_remarks: bool
    ordering: RosterOrdering = RosterOrdering.KANA

    def rows(self, listed: Mapping[Holder, Sequence[ActiveTerm]]) -> Iterator[RosterRow]:
        """Yield what the roster says of everybody `listed`, in its order, numbered from one."""
        placed = {holder: self._first_place(terms) for holder, terms in listed.items()}
        order = sorted(listed, key=lambda holder: self._place(holder, placed[holder]))
        for number, holder in enumerate(order, 1):
            row = self.row(number, holder, listed[holder])
            by_area = self.ordering is RosterOrdering.AREA
            yield replace(row, index=placed[holder][1] if by_area else self.names[holder].filed)

    def _place(self, holder: Holder, place: tuple[str, str]) -> tuple[str, ...]:
        """Return where `holder` stands: in 五十音 order, or by area, then organization."""
        if self.ordering is RosterOrdering.KANA:
            return self.names[holder].order
        posts = self.posts.get(holder.person_id, ()) if holder.person_id else ()
        body = posts[0].lines.split("\n")[0] if posts else self.names[holder].text
        return (*place, body, *self.names[holder].order)

    def _first_place(self, terms: Sequence[ActiveTerm]) -> tuple[str, str]:
        """Return where the first area of `terms` is filed; whoever has none stands at the end."""
        places = [self.places[term.id].order for term in terms if term.id in self.places]
        return places[0] if places else (kana_sort_key(""), NOWHERE)

    def row(self, number: int, holder: Holder, terms: Sequence[ActiveTerm]) -> RosterRow:
        """Return what the roster says of `holder`, who is a liaison under `terms`."""
        speaker_id, speaker = self._speaker(holder, terms)
        first, concurrent = (speaker, "") if speaker_id else self._posts(holder)
        places = [self.places[term.id] for term in terms if term.id in self.places]
        remarks = (term.remark for term in terms if self.shows_remarks)
        return RosterRow(
            number=number,
            holder=holder,
            name=self.names[holder].text,
            kana=self.names[holder].kana,
            post=first,
            areas=joined(place.areas for place in places),
            phone=self.phones.get(holder, ""),
            concurrent=concurrent,
            boxes=joined(place.boxes for place in places),
            asked_on=min(term.asked_on for term in terms),
            remark=joined(remarks),
            speaker_id=speaker_id,
        )

    def _posts(self, holder: Holder) -> tuple[str, str]:
        """Return a person's first post and all others; an organization has none."""
        if holder.person_id is None:
            return "", ""
        first, *others = self.posts.get(holder.person_id, ()) or [_NO_POST]
        others = [post for post in others if post.label != first.label]
        return first.lines, joined(post.label for post in others)

    def _speaker(self, holder: Holder, terms: Sequence[ActiveTerm]) -> tuple[UUID | None, str]:
        """Return who speaks for an organization and how the roster puts it; nobody for a person."""
        speakers = (
            (term.contact_person_id, post.speaker)
            for term in terms
            if term.contact_person_id and Holder(term.contact_person_id) in self.named
            for post in self.posts.get(term.contact_person_id, ())
            if post.organization_id == holder.organization_id
        )
        return next(speakers, (None, ""))


def joined(texts: Iterable[str | None]) -> str:
    """Return the lines of `texts` below one another, each once."""
    return "\n".join(dict.fromkeys(line for text in texts if text for line in text.split("\n")))
