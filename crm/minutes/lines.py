"""Plain values screens and paper show of agendas, minutes and what is carried over."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from crm.bulletins.models import Handling
from crm.minutes.models import AgendaKind, MatterKind, MinutesState
from crm.requests.lines import RequestMark


class ItemLine(NamedTuple):
    """A line of the 次第, in its place."""

    id: UUID
    position: int
    kind: AgendaKind
    title: str
    speaker: str
    minutes_planned: int | None


class PaperLine(NamedTuple):
    """A paper of a meeting, without its content."""

    id: UUID
    agenda_item_id: UUID | None
    name: str
    handling: Handling
    size: int


class GuestsLine(NamedTuple):
    """How many came from another agency's office."""

    id: UUID
    office_name: str
    people: int


class MatterLine(NamedTuple):
    """A decision or an action, with who sees to it."""

    id: UUID
    meeting_id: UUID
    agenda_item_id: UUID | None
    kind: MatterKind
    words: str
    unit_name: str | None
    family_name: str | None
    given_name: str | None
    owner_words: str
    due_on: dt.date | None
    done_on: dt.date | None
    done_words: str
    meeting_title: str

    @property
    def owner(self) -> str:
        """Who sees to it, in words."""
        staff = f"{self.family_name or ''} {self.given_name or ''}".strip()
        return "　".join(filter(None, (self.unit_name, staff, self.owner_words)))

    @property
    def is_open(self) -> bool:
        """Whether it is an action nobody has done yet."""
        return self.kind is MatterKind.ACTION and self.done_on is None

    def is_overdue(self, day: dt.date) -> bool:
        """Whether its day has passed and nobody has done it."""
        return self.is_open and self.due_on is not None and self.due_on < day


@dataclass(frozen=True, slots=True)
class AskedLine(RequestMark):
    """A request that was made of a line of the minutes."""

    meeting_id: UUID
    meeting_title: str


@dataclass(frozen=True, slots=True)
class Carried:
    """What earlier meetings left open: it heads the agenda."""

    actions: Sequence[MatterLine] = ()
    requests: Sequence[AskedLine] = ()

    def __len__(self) -> int:
        """How many matters there are; none makes the whole false."""
        return len(self.actions) + len(self.requests)


class VersionLine(NamedTuple):
    """A version of minutes: which, what it is, whose and when."""

    id: UUID
    serial: int
    state: MinutesState
    reason: str
    written_by: UUID
    writer_name: str
    unit_name: str
    written_at: dt.datetime


class Section(NamedTuple):
    """What is said under one line of the agenda; None under none."""

    agenda_item_id: UUID | None
    title: str
    text: str

    @property
    def key(self) -> str:
        """What a form calls it."""
        return str(self.agenda_item_id or "")

    @property
    def lines(self) -> Sequence[str]:
        """The lines that say something, each of which may become something."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything a meeting was about; `sections` are what its minutes say."""

    items: Sequence[ItemLine]
    papers: Sequence[PaperLine]
    guests: Sequence[GuestsLine]
    matters: Sequence[MatterLine]
    requests: Sequence[AskedLine]
    versions: Sequence[VersionLine]
    sections: Sequence[Section]
    previous_id: UUID | None

    @property
    def newest(self) -> VersionLine | None:
        """The version that is the minutes; None before anybody wrote any."""
        kept = [one for one in self.versions if one.state is not MinutesState.ASIDE]
        return kept[-1] if kept else None

    @property
    def revision(self) -> int:
        """What a form says it knows; 0 before anybody wrote."""
        return self.newest.serial if self.newest else 0

    @property
    def is_confirmed(self) -> bool:
        """Whether the minutes were confirmed."""
        return self.newest is not None and self.newest.state is MinutesState.CONFIRMED

    @property
    def was_confirmed(self) -> bool:
        """Whether any version was confirmed; from then on a change asks for its reason."""
        return any(one.state is MinutesState.CONFIRMED for one in self.versions)

    @property
    def decisions(self) -> Sequence[MatterLine]:
        """What was decided."""
        return [one for one in self.matters if one.kind is MatterKind.DECISION]

    @property
    def actions(self) -> Sequence[MatterLine]:
        """What somebody is to do."""
        return [one for one in self.matters if one.kind is MatterKind.ACTION]

    @property
    def became(self) -> Mapping[str, frozenset[str]]:
        """What lines became already, by their words: of each the kinds."""
        found: dict[str, set[str]] = {}
        for one in self.matters:
            found.setdefault(one.words, set()).add(one.kind)
        for asked in self.requests:
            found.setdefault(asked.words, set()).add("request")
        return {words: frozenset(kinds) for words, kinds in found.items()}

    def version(self, version_id: UUID) -> VersionLine | None:
        """Return a version that is, or was, the minutes; None for any other."""
        kept = (one for one in self.versions if one.state is not MinutesState.ASIDE)
        return next((one for one in kept if one.id == version_id), None)

    def as_left(self, serial: int, sections: Sequence[Section]) -> "Whole":
        """Return the whole with the minutes as a version left them, saying `sections`."""
        versions = [one for one in self.versions if one.serial <= serial]
        return replace(self, versions=versions, sections=sections)

    def papers_of(self, agenda_item_id: UUID | None) -> Sequence[PaperLine]:
        """Return the papers of one line of the agenda, or of the meeting as a whole."""
        return [one for one in self.papers if one.agenda_item_id == agenda_item_id]


def sections_for(items: Sequence[ItemLine], said: Sequence[Section]) -> Sequence[Section]:
    """Return the parts minutes are written in: the agenda's lines, what is off it, the rest."""
    texts = {section.agenda_item_id: section for section in said}
    listed = [
        Section(item.id, item.title, texts[item.id].text if item.id in texts else "")
        for item in items
    ]
    known = {None, *(item.id for item in items)}
    gone = [one for one in said if one.agenda_item_id not in known and one.text]
    rest = texts[None].text if None in texts else ""
    return [*listed, *gone, Section(None, "", rest)]


def pairs_of(
    stands: Sequence[Section], typed: Sequence[Section]
) -> Sequence[tuple[Section, Section]]:
    """Return each part as it was typed beside the same part as it stands."""
    there = {one.agenda_item_id: one for one in stands}
    return [
        (there.get(one.agenda_item_id, Section(one.agenda_item_id, "", "")), one) for one in typed
    ]
