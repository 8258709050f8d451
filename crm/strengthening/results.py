"""Plan and result of strengthening days, counted box by box: never by officer, never as a rate."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.contacts.naming import Named
from crm.kernel.clock import local_day
from crm.kernel.i18n import N_
from crm.notes.models import TWO_WAY, Outcome
from crm.strengthening.models import TargetReason


class Result(StrEnum):
    """What the notes of the days say of somebody who was to be seen."""

    MET = "met"
    ABSENT = "absent"
    NOT_GONE = "not_gone"


RESULT_LABELS = {
    Result.MET: N_("面談・電話"),
    Result.ABSENT: N_("不在"),
    Result.NOT_GONE: N_("未訪問"),
}


class DayLine(NamedTuple):
    """A strengthening day as lists show it."""

    id: UUID
    first_on: dt.date
    last_on: dt.date
    purpose: str
    cancelled_on: dt.date | None
    revision: int

    def is_over(self, today: dt.date) -> bool:
        """Whether its last day has passed."""
        return self.last_on < today


class UnitLine(NamedTuple):
    """A box that takes part, with its hours."""

    id: UUID
    day_id: UUID
    unit_id: UUID
    unit_name: str
    hours_secured: int | None
    hours_diverted: int | None
    diverted_to: str
    revision: int


class AreaLine(NamedTuple):
    """An area a box's part in a day is limited to."""

    day_id: UUID
    unit_id: UUID
    area_id: UUID
    area_name: str


class Aim(NamedTuple):
    """Somebody a box is to see on a day."""

    day_id: UUID
    unit_id: UUID
    holder: Holder
    reason: TargetReason


class Touch(NamedTuple):
    """Somebody a unit's note of one of the days is about."""

    unit_id: UUID
    holder: Holder
    happened_at: dt.datetime
    outcome: Outcome


class Target(NamedTuple):
    """Somebody a box is to see, with what to know before and what came of it."""

    who: Named
    reason: TargetReason
    areas: str
    address: str
    posts: str
    last_on: dt.date | None
    result: Result


@dataclass(frozen=True, slots=True)
class UnitCount:
    """What a box planned and what came of it; `beyond` were met who were not on the list."""

    unit: UnitLine
    planned: int
    met: int
    absent: int
    not_gone: int
    beyond: int


def results_of(day: DayLine, aims: Iterable[Aim], touches: Iterable[Touch]) -> dict[Holder, Result]:
    """Return what came of each who was to be seen, whoever of the station went."""
    said: dict[Holder, set[Outcome]] = defaultdict(set)
    for touch in touches:
        if _is_within(day, touch):
            said[touch.holder].add(touch.outcome)
    return {aim.holder: _result(said.get(aim.holder, set())) for aim in aims}


def counts_of(
    day: DayLine, units: Sequence[UnitLine], aims: Sequence[Aim], touches: Sequence[Touch]
) -> list[UnitCount]:
    """Count plan and result of each box."""
    results = results_of(day, aims, touches)
    planned = set(results)
    counts = []
    for unit in units:
        own = [results[aim.holder] for aim in aims if aim.unit_id == unit.unit_id]
        beyond = {
            touch.holder
            for touch in touches
            if touch.unit_id == unit.unit_id
            and touch.outcome in TWO_WAY
            and touch.holder not in planned
            and _is_within(day, touch)
        }
        met, absent, not_gone = (own.count(result) for result in Result)
        counts.append(UnitCount(unit, len(own), met, absent, not_gone, len(beyond)))
    return counts


class Totals(NamedTuple):
    """Counts of several boxes or days added up."""

    planned: int
    met: int
    absent: int
    not_gone: int
    beyond: int
    hours_secured: int
    hours_diverted: int


def total_of(counts: Iterable[UnitCount]) -> Totals:
    """Add counts up."""
    every = list(counts)
    return Totals(
        planned=sum(one.planned for one in every),
        met=sum(one.met for one in every),
        absent=sum(one.absent for one in every),
        not_gone=sum(one.not_gone for one in every),
        beyond=sum(one.beyond for one in every),
        hours_secured=sum(one.unit.hours_secured or 0 for one in every),
        hours_diverted=sum(one.unit.hours_diverted or 0 for one in every),
    )


def together_by_unit(counts: Iterable[UnitCount]) -> Mapping[str, Totals]:
    """Return the counts of several days added up by box."""
    found: dict[str, list[UnitCount]] = defaultdict(list)
    for one in counts:
        found[one.unit.unit_name].append(one)
    return {name: total_of(own) for name, own in found.items()}


def _result(said: set[Outcome]) -> Result:
    if said & set(TWO_WAY):
        return Result.MET
    return Result.ABSENT if said else Result.NOT_GONE


def _is_within(day: DayLine, touch: Touch) -> bool:
    return day.first_on <= local_day(touch.happened_at) <= day.last_on
