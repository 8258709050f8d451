"""The staff of a sample: who served where on which day, and the accounts for trying it out."""

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from crm.access.models import Account
from crm.agencies.models import Staff, StaffAssignment, UnitKind
from crm.kernel.actor import Role
from crm.samples.names import Name, any_name
from crm.samples.offices import Station
from crm.samples.rows import Rows
from crm.samples.sizes import Size

_MOVED_EACH_SPRING = 0.24
_SECTION_OFFICERS = 3


class Tester(NamedTuple):
    """A member of staff made for trying the sample: `where` is a section, "box" or "station"."""

    where: str
    role: Role
    name: str
    kana: str
    login: str


class Login(NamedTuple):
    """An account anybody may try the sample with."""

    role: Role
    name: str
    unit: str
    login: str


@dataclass(slots=True)
class Stint:
    """A member of staff at a unit from one day to another."""

    staff_id: UUID
    role: Role
    begins: dt.date
    ends: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        """Whether the stint holds on `day`."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass(slots=True)
class Crew:
    """Everybody who served at the units of one station."""

    stints: dict[UUID, list[Stint]] = field(default_factory=lambda: defaultdict(list))
    accounts: dict[UUID, UUID] = field(default_factory=dict)
    samples: dict[UUID, UUID] = field(default_factory=dict)

    def at(self, unit_id: UUID, day: dt.date) -> list[UUID]:
        """Return who was assigned to a unit on a day."""
        return [stint.staff_id for stint in self.stints[unit_id] if stint.covers(day)]

    def chief_of(self, unit_id: UUID, day: dt.date) -> UUID:
        """Return who headed a section on a day."""
        return next(
            stint.staff_id
            for stint in self.stints[unit_id]
            if stint.role is Role.SECTION_CHIEF and stint.covers(day)
        )


def put_crew(rows: Rows, station: Station, size: Size) -> Crew:
    """Put a station's staff over the years into `rows`, with a move each spring."""
    crew = Crew()
    begins = station.calendar.begins - dt.timedelta(days=60)
    for unit_id in station.sections.values():
        _join(rows, crew, unit_id, Role.SECTION_CHIEF, begins)
        for _ in range(_SECTION_OFFICERS):
            _join(rows, crew, unit_id, Role.OFFICER, begins)
    for box in station.boxes:
        serving = size.residents if box.kind is UnitKind.CHUZAISHO else size.officers
        for _ in range(serving):
            _join(rows, crew, box.id, Role.OFFICER, begins)
    for spring in _springs(station):
        _rotate(rows, crew, spring)
    _follow_merger(crew, station)
    return crew


def put_assignments(rows: Rows, crew: Crew) -> None:
    """Put every stint as a dated assignment into `rows`, once all moves are known."""
    for unit_id, stints in crew.stints.items():
        for stint in stints:
            rows.put(
                StaffAssignment,
                stint.begins,
                staff_id=stint.staff_id,
                unit_id=unit_id,
                role=stint.role,
                valid_from=stint.begins,
                valid_to=stint.ends,
            )


def man_beats(crew: Crew, station: Station) -> None:
    """Give each beat one officer of its box but the last, which stays vacant."""
    day = station.calendar.merged + dt.timedelta(days=14)
    beats = [(box, beat) for box in station.boxes for beat in box.beats]
    for box, beat in beats[:-1]:
        taken = {stint.staff_id for other in box.beats for stint in crew.stints[other]}
        free = [
            stint
            for stint in crew.stints[box.id]
            if stint.ends is None and stint.staff_id not in taken
        ]
        begins = max(day, free[0].begins + dt.timedelta(days=14))
        crew.stints[beat].append(Stint(free[0].staff_id, Role.OFFICER, begins))


def put_sample_account(
    rows: Rows, crew: Crew, unit_id: UUID, who: Tester, day: dt.date, password_hash: str
) -> None:
    """Put a member of staff whose account anybody may try into `rows`."""
    family, _, given = who.name.partition(" ")
    staff_id = _put_staff(rows, Name(family, given, *who.kana.split()), day)
    if who.role is Role.SECTION_CHIEF:
        _relieve_chief(crew, unit_id, day)
    crew.stints[unit_id].insert(0, Stint(staff_id, who.role, day))
    crew.samples[unit_id] = staff_id
    crew.accounts[staff_id] = rows.put(
        Account,
        day,
        staff_id=staff_id,
        login=who.login,
        password_hash=password_hash,
        is_sample=True,
    )


def _join(rows: Rows, crew: Crew, unit_id: UUID, role: Role, day: dt.date) -> None:
    staff_id = _put_staff(rows, any_name(rows.rng), day)
    crew.stints[unit_id].append(Stint(staff_id, role, day))


def _put_staff(rows: Rows, name: Name, day: dt.date) -> UUID:
    return rows.put(
        Staff,
        day,
        family_name=name.family,
        given_name=name.given,
        family_kana=name.family_kana,
        given_kana=name.given_kana,
    )


def _springs(station: Station) -> list[dt.date]:
    """Return the first of April of each year since the sample begins."""
    first, last = station.calendar.begins, station.calendar.today
    days = (dt.date(year, 4, 1) for year in range(first.year, last.year + 1))
    return [day for day in days if first < day <= last]


def _rotate(rows: Rows, crew: Crew, spring: dt.date) -> None:
    """End some stints on the last of March; officers change places, chiefs are followed by new."""
    leaving: list[tuple[UUID, Stint]] = []
    for unit_id, stints in crew.stints.items():
        present = [stint for stint in stints if stint.ends is None]
        leaving += [(unit_id, stint) for stint in present if rows.rng.random() < _MOVED_EACH_SPRING]
    officers = [stint.staff_id for _, stint in leaving if stint.role is Role.OFFICER]
    for unit_id, stint in leaving:
        stint.ends = spring - dt.timedelta(days=1)
        if stint.role is Role.OFFICER and rows.rng.random() < 0.5:  # noqa: PLR2004 - half move within
            crew.stints[unit_id].append(Stint(_take(rows.rng, officers), Role.OFFICER, spring))
        else:
            _join(rows, crew, unit_id, stint.role, spring)


def _relieve_chief(crew: Crew, unit_id: UUID, day: dt.date) -> None:
    stints = [
        stint
        for stint in crew.stints[unit_id]
        if stint.role is not Role.SECTION_CHIEF or stint.begins < day
    ]
    for stint in stints:
        if stint.role is Role.SECTION_CHIEF and stint.covers(day):
            stint.ends = day - dt.timedelta(days=1)
    crew.stints[unit_id] = stints


def _take(rng: random.Random, staff: list[UUID]) -> UUID:
    return staff.pop(rng.randrange(len(staff)))


def _follow_merger(crew: Crew, station: Station) -> None:
    """Move the staff of the closed box to the one that took over its areas."""
    merged, successor = station.calendar.merged, station.boxes[0]
    for box in [box for box in station.boxes if box.closed]:
        moving = [stint for stint in crew.stints[box.id] if stint.covers(merged)]
        crew.stints[box.id] = [stint for stint in crew.stints[box.id] if stint.begins < merged]
        for stint in moving:
            crew.stints[successor.id].append(Stint(stint.staff_id, stint.role, merged, stint.ends))
            stint.ends = merged - dt.timedelta(days=1)
