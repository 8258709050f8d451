"""併催: which coming gatherings already bring together those who are wanted (S1 3(3))."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.kernel.clock import JST, local_day
from crm.meetings.recurring import course_of
from crm.meetings.rhythm import days_of

MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Gathering:
    """A coming meeting, or the next day of a series nobody has planned a meeting for yet."""

    title: str
    starts_at: dt.datetime
    place: str
    host_id: UUID | None
    body_id: UUID | None
    meeting_id: UUID | None = None
    series_id: UUID | None = None

    @property
    def day(self) -> dt.date:
        """The day it is on."""
        return local_day(self.starts_at)


class Seated(NamedTuple):
    """Somebody's seat on a body, and when it is held."""

    holder: Holder
    valid_from: dt.date
    valid_to: dt.date | None

    def holds_on(self, day: dt.date) -> bool:
        """Whether they sit there on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Expecting:
    """Who is expected where: invited and not declining, a body's members, the host's own people."""

    invited: Mapping[UUID, Collection[Holder]]
    seats: Mapping[UUID, Sequence[Seated]]
    at_host: Mapping[UUID, Collection[Holder]]

    def at(self, gathering: Gathering) -> set[Holder]:
        """Return who is expected at a gathering already."""
        found: set[Holder] = set()
        if gathering.meeting_id is not None:
            found |= set(self.invited.get(gathering.meeting_id, ()))
        if gathering.body_id is not None:
            seats = self.seats.get(gathering.body_id, ())
            found |= {seat.holder for seat in seats if seat.holds_on(gathering.day)}
        if gathering.host_id is not None:
            found |= set(self.at_host.get(gathering.host_id, ()))
        return found


class Joint(NamedTuple):
    """A gathering, and those of the wanted who come there anyway."""

    gathering: Gathering
    who: Sequence[Any]


def joint_with(
    gatherings: Iterable[Gathering], expecting: Expecting, wanted: Mapping[Holder, Any]
) -> list[Joint]:
    """Return the gatherings that bring some of the wanted together, those with most of them first.

    `wanted` holds what is shown of each, in the order it is to be shown.
    """
    found = []
    for gathering in gatherings:
        there = expecting.at(gathering)
        if who := [line for holder, line in wanted.items() if holder in there]:
            found.append(Joint(gathering, who))
    found.sort(key=lambda one: (-len(one.who), one.gathering.starts_at))
    return found[:MOST_SHOWN]


def next_of_series(rows: Iterable[Any], today: dt.date, until: dt.date) -> Iterator[Gathering]:
    """Yield the next day of each series that has no meeting yet, if it is before `until`.

    `rows` are of a series and of the last day it has a meeting for.
    """
    for row in rows:
        course = course_of(row)
        since = max(today, row.last_day + dt.timedelta(days=1)) if row.last_day else today
        ends = min(until, row.ended_on) if row.ended_on else until
        for day in days_of(course, since, ends)[:1]:
            hour = row.first_at.astimezone(JST).timetz()
            yield Gathering(
                row.title,
                dt.datetime.combine(day, hour),
                row.place,
                row.host_organization_id,
                row.body_id,
                series_id=row.series_id,
            )
