"""What a tour is made of, worked out from what was read: pure, so that any day can be tried."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.kernel.clock import local_day
from crm.kernel.kana import furigana
from crm.notes.queries import Contacts, UnitBook

LONGEST_SUBJECT = 40


class Named(NamedTuple):
    """Somebody to visit or to answer."""

    holder: Holder
    name: str
    kana: str
    care_note: str

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)


class OpenMatter(NamedTuple):
    """A note that awaits an answer or promises a visit, with one of those it is about.

    `last_at` is when that one was last met by anybody.
    """

    note_id: UUID
    unit_id: UUID
    happened_at: dt.datetime
    heard: str
    owes_reply: bool
    next_on: dt.date | None
    who: Named
    last_at: dt.datetime | None


class Liaison(NamedTuple):
    """A liaison with the areas of the term and when anybody last met them."""

    who: Named
    areas: frozenset[UUID]
    last_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class OpenReply:
    """Something heard that awaits an answer; `is_own` when the actor's unit heard it."""

    note_id: UUID
    heard: str
    heard_on: dt.date
    from_whom: Sequence[Named]
    unit: str
    is_own: bool

    @property
    def subject(self) -> str:
        """The first sentence of what was heard: enough to know which matter it is."""
        sentence, stop, _ = self.heard.partition("\n")[0].partition("。")
        if len(sentence) > LONGEST_SUBJECT:
            return f"{sentence[:LONGEST_SUBJECT]}…"
        return f"{sentence}{stop}"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to make: promised for a day, or long without a contact both sides spoke in."""

    who: Named
    promised_on: dt.date | None
    last_on: dt.date | None
    is_liaison: bool


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit with what to know before it."""

    visit: Visit
    posts: str
    contacts: Contacts | None


class BeatArea(NamedTuple):
    """An area of a unit."""

    unit_id: UUID
    area_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Beat:
    """The areas of the nearest unit at or above the actor's that has any."""

    unit_name: str
    areas: Mapping[UUID, str]
    is_whole_station: bool


@dataclass(frozen=True, slots=True)
class BeatCounts:
    """How the beat stands: liaisons, persons and organizations apart, and areas without any."""

    persons: int
    organizations: int
    areas_without: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tour:
    """本日の当務."""

    day: dt.date
    beat: Beat
    counts: BeatCounts
    replies: Sequence[OpenReply]
    visits: Sequence[VisitLine]
    visits_in_all: int

    @property
    def named(self) -> list[Named]:
        """Everybody the page names: to answer and to visit."""
        answers = [who for reply in self.replies for who in reply.from_whom]
        return [*answers, *(line.visit.who for line in self.visits)]


def beat_of(unit_id: UUID, areas: Sequence[BeatArea], units: UnitBook, day: dt.date) -> Beat:
    """Return the beat of a unit; a section without areas of its own answers for the station."""
    upward = units.above(unit_id, day)
    for position, unit in enumerate(upward):
        below = units.below(unit, day)
        mine = {area.area_id: area.name for area in areas if area.unit_id in below}
        if mine:
            last = position == len(upward) - 1
            return Beat(units.name(unit, day), mine, is_whole_station=last)
    return Beat(units.name(upward[-1], day) if upward else "", {}, is_whole_station=True)


def count_beat(beat: Beat, liaisons: Iterable[Liaison]) -> BeatCounts:
    """Count liaisons of a beat; everybody counts once, however many areas they stand for."""
    persons = organizations = 0
    covered: set[UUID] = set()
    for liaison in liaisons:
        persons += liaison.who.holder.person_id is not None
        organizations += liaison.who.holder.organization_id is not None
        covered |= liaison.areas
    without = [name for area_id, name in beat.areas.items() if area_id not in covered]
    return BeatCounts(persons, organizations, without)


def replies_owed(
    matters: Iterable[OpenMatter],
    own_units: frozenset[UUID],
    units: UnitBook,
    *,
    of_station: bool,
) -> list[OpenReply]:
    """Return what awaits an answer, the own unit's first, the longest waiting first.

    Others' of the station are added for a chief (`of_station`).
    """
    owed = [matter for matter in matters if matter.owes_reply]
    by_note = groupby(sorted(owed, key=_by_time), key=lambda matter: matter.note_id)
    replies = [_reply(list(of_note), own_units, units) for _, of_note in by_note]
    shown = [reply for reply in replies if reply.is_own or of_station]
    return sorted(shown, key=lambda reply: not reply.is_own)


def visits_to_make(
    matters: Iterable[OpenMatter],
    liaisons: Sequence[Liaison],
    own_units: frozenset[UUID],
    *,
    day: dt.date,
    revisit_days: int,
) -> list[Visit]:
    """Return promised visits by their day, then liaisons nobody has met for long, longest first.

    Only a contact in which both sides spoke counts as met, whoever of the station it was.
    """
    known = {liaison.who.holder for liaison in liaisons}
    promised = [
        Visit(
            matter.who,
            matter.next_on,
            _day_of(matter.last_at),
            is_liaison=matter.who.holder in known,
        )
        for matter in _promises(matters)
        if matter.next_on and matter.next_on <= day
        if matter.unit_id in own_units or matter.who.holder in known
    ]
    already = {visit.who.holder for visit in promised}
    limit = day - dt.timedelta(days=revisit_days)
    due = [
        Visit(liaison.who, None, _day_of(liaison.last_at), is_liaison=True)
        for liaison in liaisons
        if liaison.who.holder not in already
        if liaison.last_at is None or local_day(liaison.last_at) < limit
    ]
    due.sort(key=lambda visit: visit.last_on or dt.date.min)
    return [*sorted(promised, key=lambda visit: visit.promised_on or day), *due]


def _promises(matters: Iterable[OpenMatter]) -> list[OpenMatter]:
    """Return each holder's newest plan, unless they were met since it was made."""
    newest: dict[Holder, OpenMatter] = {}
    for matter in sorted(matters, key=_by_time):
        if matter.next_on is not None:
            newest[matter.who.holder] = matter
    return [
        plan for plan in newest.values() if plan.last_at is None or plan.last_at <= plan.happened_at
    ]


def _reply(matters: Sequence[OpenMatter], own_units: frozenset[UUID], units: UnitBook) -> OpenReply:
    first = matters[0]
    day = local_day(first.happened_at)
    return OpenReply(
        note_id=first.note_id,
        heard=first.heard,
        heard_on=day,
        from_whom=list({matter.who.holder: matter.who for matter in matters}.values()),
        unit=units.name(first.unit_id, day),
        is_own=first.unit_id in own_units,
    )


def _by_time(matter: OpenMatter) -> tuple[dt.datetime, UUID]:
    return (matter.happened_at, matter.note_id)


def _day_of(moment: dt.datetime | None) -> dt.date | None:
    return local_day(moment) if moment else None
