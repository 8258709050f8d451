"""What a tour is made of, worked out from what was read: pure, so that any day can be tried."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from crm.bulletins.models import InformationKind
from crm.contacts.models import Holder
from crm.meetings.lines import ComingMeeting
from crm.minutes.queries import DueAction
from crm.notes.queries import UnitBook
from crm.requests.lines import subject_of
from crm.requests.models import RequestOutcome
from crm.shifts.lines import MessageLine
from crm.today.visits import Named, Regular, VisitLine


class Owed(NamedTuple):
    """A request that awaits its answer, with one of those who asked, if anybody is known.

    `unit_id` sees to it, `heard_unit_id` heard it and tells back; `state` is a msgid.
    """

    request_id: UUID
    unit_id: UUID
    heard_unit_id: UUID
    heard_on: dt.date
    due_on: dt.date | None
    words: str
    state: str
    who: Named | None


@dataclass(frozen=True, slots=True)
class OpenReply:
    """Something heard that awaits an answer; `is_own` when the actor's unit heard or has it."""

    request_id: UUID
    heard: str
    heard_on: dt.date
    due_on: dt.date | None
    state: str
    from_whom: Sequence[Named]
    unit: str
    is_own: bool

    @property
    def subject(self) -> str:
        """The first sentence of what was heard: enough to know which matter it is."""
        return subject_of(self.heard)

    def is_overdue(self, day: dt.date) -> bool:
        """Whether its day has passed."""
        return self.due_on is not None and self.due_on < day


class BeatArea(NamedTuple):
    """An area of a unit; `revision` tells when its shape may have changed."""

    unit_id: UUID
    area_id: UUID
    name: str
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Beat:
    """The areas of the nearest unit at or above the actor's that has any."""

    unit_name: str
    areas: Mapping[UUID, str]
    is_whole_station: bool
    known: frozenset[tuple[UUID, int]] = frozenset()
    """The areas with their revisions."""


@dataclass(frozen=True, slots=True)
class BeatCounts:
    """How the beat stands: liaisons, persons and organizations apart, and areas without any."""

    persons: int
    organizations: int
    areas_without: Sequence[str]


class Item(NamedTuple):
    """A sheet issued lately that may be handed out."""

    id: UUID
    kind: InformationKind
    issue_number: str
    title: str
    valid_from: dt.date


class News(NamedTuple):
    """Word of a request: another office gave it to the own unit, or told its result.

    `outcome` is None where it was given.
    """

    at: dt.datetime
    request_id: UUID
    subject: str
    by: str
    outcome: RequestOutcome | None


class RunningDay(NamedTuple):
    """A box's part in the strengthening day that runs; without `areas` it takes part whole."""

    day_id: UUID
    first_on: dt.date
    last_on: dt.date
    purpose: str
    unit_id: UUID
    unit_name: str
    areas: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Tour:
    """本日の当務; `openings` are the emergency openings that await a review.

    `candidates` counts whom the reader proposed and of whom there is news.
    `due` is cut where it is long: `due_in_all` says how long it is. `resting` are due and left in
    peace; `messages` are what the last shifts left and the reader has yet to take note of; `left`
    is what a predecessor promised. `askers` are who awaits an answer, `places` the areas of
    liaisons and of whoever has a cadence; `meetings` are those of the week. `running` are the boxes
    that go out on a strengthening day, the own unit's or the whole station's, `aimed` whom the own
    unit is still to see on it. `copies` counts those of rosters that are out, for chiefs.
    `actions` is what meetings left to the unit or the reader to do.
    """

    day: dt.date
    beat: Beat
    counts: BeatCounts
    replies: Sequence[OpenReply]
    due: Sequence[VisitLine]
    due_in_all: int
    resting: Sequence[VisitLine]
    promised: Sequence[VisitLine]
    left: Sequence[VisitLine]
    messages: Sequence[MessageLine]
    items: Sequence[Item]
    news: Sequence[News]
    openings: int
    candidates: int
    askers: Mapping[Holder, VisitLine]
    places: Mapping[Holder, frozenset[UUID]]
    meetings: Sequence[ComingMeeting] = ()
    running: Sequence[RunningDay] = ()
    aimed: Sequence[VisitLine] = ()
    copies: int = 0
    actions: Sequence[DueAction] = ()

    @property
    def visits(self) -> list[VisitLine]:
        """Every visit the page names, in its order."""
        return [*self.aimed, *self.due, *self.resting, *self.promised, *self.left]

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
        mine = [area for area in areas if area.unit_id in below]
        if mine:
            last = position == len(upward) - 1
            return Beat(
                units.name(unit, day),
                {area.area_id: area.name for area in mine},
                is_whole_station=last,
                known=frozenset((area.area_id, area.revision) for area in mine),
            )
    return Beat(units.name(upward[-1], day) if upward else "", {}, is_whole_station=True)


def count_beat(beat: Beat, liaisons: Iterable[Regular]) -> BeatCounts:
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
    owed: Iterable[Owed],
    own_units: frozenset[UUID],
    units: UnitBook,
    *,
    of_station: bool,
) -> list[OpenReply]:
    """Return what awaits an answer, the own unit's first, the longest waiting first.

    Own is what the unit heard, for it tells back, and what it sees to. Others' of the station are
    added for a chief (`of_station`).
    """
    by_request = groupby(sorted(owed, key=_by_day), key=lambda one: one.request_id)
    replies = [_reply(list(of_one), own_units, units) for _, of_one in by_request]
    shown = [reply for reply in replies if reply.is_own or of_station]
    return sorted(shown, key=lambda reply: not reply.is_own)


def _reply(owed: Sequence[Owed], own_units: frozenset[UUID], units: UnitBook) -> OpenReply:
    first = owed[0]
    named = [one.who for one in owed if one.who]
    # an organization alone: where people asked, they are the ones to answer
    people = [who for who in named if who.holder.person_id] or named
    return OpenReply(
        request_id=first.request_id,
        heard=first.words,
        heard_on=first.heard_on,
        due_on=first.due_on,
        state=first.state,
        from_whom=list({who.holder: who for who in people}.values()),
        unit=units.name(first.unit_id, first.heard_on),
        is_own=bool(own_units & {first.unit_id, first.heard_unit_id}),
    )


def _by_day(owed: Owed) -> tuple[dt.date, UUID, str]:
    return (owed.heard_on, owed.request_id, owed.who.kana if owed.who else "")
