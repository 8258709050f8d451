"""Whom a tour might call on, worked out from what was read: promises, and proposals by cadence."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.contacts.naming import Named as Named  # noqa: PLC0414 - a type this room offers
from crm.kernel.clock import local_day
from crm.notes.burden import Burden
from crm.visiting.lines import Cadences as Cadences  # noqa: PLC0414 - as above

LEFT_FOR = dt.timedelta(days=30)
"""How far ahead a predecessor's promises are shown: there is time to take them over."""


class Promise(NamedTuple):
    """A note that promises a visit, with one of those it is about.

    `last_at` is when that one was last met by anybody; `author_stays` while whoever promised is
    still posted where they promised it.
    """

    note_id: UUID
    unit_id: UUID
    happened_at: dt.datetime
    next_on: dt.date
    who: Named
    last_at: dt.datetime | None
    author_stays: bool = True


class Regular(NamedTuple):
    """A liaison, or somebody with a cadence: where they are and when anybody last met them."""

    who: Named
    areas: frozenset[UUID]
    last_at: dt.datetime | None
    is_liaison: bool = True


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to make: promised for a day, or long without a contact both sides spoke in.

    `is_aimed` is whoever the unit is to see on the strengthening day that runs.
    """

    who: Named
    promised_on: dt.date | None
    last_on: dt.date | None
    is_liaison: bool
    areas: frozenset[UUID] = frozenset()
    is_aimed: bool = False


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit with what to know before it."""

    visit: Visit
    posts: str
    burden: Burden


class Aimed(NamedTuple):
    """Somebody a unit is to see on a strengthening day, since when, and when anybody last met them.

    `area_id` is an organization's own.
    """

    who: Named
    unit_id: UUID
    since: dt.date
    last_at: dt.datetime | None
    area_id: UUID | None = None


class Promised(NamedTuple):
    """The promises a unit has to keep: its own, and those of somebody no longer posted there."""

    own: Sequence[Visit]
    left: Sequence[Visit]


class Proposed(NamedTuple):
    """Visits that are due by their cadence, and those left out because somebody is at peace."""

    due: Sequence[Visit]
    resting: Sequence[Visit]


def promised_visits(
    promises: Iterable[Promise],
    regulars: Collection[Regular],
    own_units: frozenset[UUID],
    *,
    day: dt.date,
) -> Promised:
    """Return what a unit's staff promised, by its day; also what others promised its liaisons.

    The own ones once their day has come, those a predecessor left a month before.
    """
    known = {one.who.holder: one for one in regulars}
    mine = [
        promise
        for promise in _still_open(promises)
        if promise.unit_id in own_units or promise.who.holder in known
    ]
    own = [one for one in mine if one.author_stays and one.next_on <= day]
    left = [one for one in mine if not one.author_stays and one.next_on <= day + LEFT_FOR]
    return Promised(_by_promise(own, known), _by_promise(left, known))


def aimed_visits(
    aims: Iterable[Aimed],
    regulars: Collection[Regular],
    own_units: Collection[UUID],
    *,
    promised: Collection[Holder],
) -> list[Visit]:
    """Return whom a unit's boxes are still to see on the strengthening day that runs.

    Nobody met since it began, and nobody who was promised a visit besides.
    """
    known = {one.who.holder: one for one in regulars}
    return [
        Visit(
            aim.who,
            None,
            _day_of(aim.last_at),
            is_liaison=(regular := known.get(aim.who.holder)) is not None and regular.is_liaison,
            areas=regular.areas if regular else frozenset([aim.area_id] if aim.area_id else []),
            is_aimed=True,
        )
        for aim in sorted(aims, key=lambda aim: (aim.who.kana, aim.who.name))
        if aim.unit_id in own_units and aim.who.holder not in promised
        if aim.last_at is None or local_day(aim.last_at) < aim.since
    ]


def proposed_visits(
    regulars: Iterable[Regular],
    cadences: Cadences,
    *,
    spoken_for: Collection[Holder],
    resting: Collection[Holder],
    day: dt.date,
) -> Proposed:
    """Return whom nobody has met for as long as their cadence says, the longest first.

    Only a contact in which both sides spoke counts as met, whoever of the station it was. Whoever
    is to be seen anyhow (`spoken_for`) is not proposed besides, and whoever is left in peace not at
    all.
    """
    due = [
        Visit(one.who, None, _day_of(one.last_at), one.is_liaison, one.areas)
        for one in regulars
        if one.who.holder not in spoken_for
        if _is_due(one.last_at, cadences.days_for(one.who.holder, one.areas), day)
    ]
    due.sort(key=lambda visit: visit.last_on or dt.date.min)
    return Proposed(
        [visit for visit in due if visit.who.holder not in resting],
        [visit for visit in due if visit.who.holder in resting],
    )


def _is_due(last_at: dt.datetime | None, days: int | None, day: dt.date) -> bool:
    if days is None:
        return False
    return last_at is None or local_day(last_at) < day - dt.timedelta(days=days)


def _by_promise(promises: Iterable[Promise], known: Mapping[Holder, Regular]) -> list[Visit]:
    visits = [_promised(one, known.get(one.who.holder)) for one in promises]
    return sorted(visits, key=lambda visit: visit.promised_on or dt.date.min)


def _promised(promise: Promise, known: Regular | None) -> Visit:
    return Visit(
        promise.who,
        promise.next_on,
        _day_of(promise.last_at),
        is_liaison=known is not None and known.is_liaison,
        areas=known.areas if known else frozenset(),
    )


def _still_open(promises: Iterable[Promise]) -> list[Promise]:
    """Return each holder's newest plan, unless they were met since it was made."""
    newest: dict[Holder, Promise] = {}
    for promise in sorted(promises, key=lambda one: (one.happened_at, one.note_id)):
        newest[promise.who.holder] = promise
    return [
        plan for plan in newest.values() if plan.last_at is None or plan.last_at <= plan.happened_at
    ]


def _day_of(moment: dt.datetime | None) -> dt.date | None:
    return local_day(moment) if moment else None
