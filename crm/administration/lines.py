"""What the pages of the administration show: plain lines, no rows of the database."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from crm.agencies.models import OWNERS, UnitKind
from crm.agencies.queries import UnitLine
from crm.areas.models import AreaKind
from crm.kernel.actor import Role

KINDS_IN_ORDER = tuple(UnitKind)


class TreeLine(NamedTuple):
    """A unit of the tree on a day, with how deep it stands below its group's head."""

    id: UUID
    kind: UnitKind
    name: str
    depth: int
    network_office: bool
    staff: int
    areas: int


class TreeGroup(NamedTuple):
    """Headquarters, a station or an office with all below it, as one piece of the page."""

    head: TreeLine
    lines: Sequence[TreeLine]

    @property
    def staff(self) -> int:
        """How many members of staff serve in it."""
        return sum(line.staff for line in (self.head, *self.lines))


class UnitFacts(NamedTuple):
    """A unit on a day; where it does not stand then, as it was called last."""

    id: UUID
    kind: UnitKind
    name: str
    kana: str
    revision: int
    network_office: bool
    stands: bool
    parent_id: UUID | None
    station_id: UUID | None


class Placed(NamedTuple):
    """What a unit was called and below which it stood, from one day to another."""

    name: str
    parent: str
    valid_from: dt.date
    valid_to: dt.date | None


class AreaCharge(NamedTuple):
    """An area with the units responsible for it on a day."""

    id: UUID
    kind: AreaKind
    name: str
    holders: str


class Post(NamedTuple):
    """An assignment with the name its unit bore when it began."""

    id: UUID
    staff_id: UUID
    unit_id: UUID
    unit_name: str
    role: Role
    valid_from: dt.date
    valid_to: dt.date | None


class StaffLine(NamedTuple):
    """A member of staff in a list."""

    id: UUID
    name: str
    kana: str
    staff_no: str
    posts: Sequence[Post]


class StaffFacts(NamedTuple):
    """A member of staff, as recorded."""

    id: UUID
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    staff_no: str
    revision: int

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.family_name} {self.given_name}".strip()


class AccountLine(NamedTuple):
    """An account, whose it is and whether it is in use."""

    id: UUID
    login: str
    is_active: bool
    is_sample: bool
    revision: int
    staff_id: UUID
    name: str
    posts: Sequence[Post] = ()
    last_used: dt.datetime | None = None
    password_expires_at: dt.datetime | None = None
    """Until when a password an administrator made opens it; None for the holder's own."""


def groups_of(
    units: Sequence[UnitLine], staff: Mapping[UUID, int], areas: Mapping[UUID, int]
) -> list[TreeGroup]:
    """Return the tree in reading order: headquarters, then each station or office with its units.

    `units` come in kana order; among those of one parent the kind decides first.
    """
    below: dict[UUID | None, list[UnitLine]] = {}
    known = {unit.id for unit in units}
    for unit in sorted(units, key=lambda each: KINDS_IN_ORDER.index(each.kind)):
        below.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    groups: list[TreeGroup] = []

    def walk(unit: UnitLine, depth: int, lines: list[TreeLine]) -> None:
        lines.append(
            TreeLine(
                unit.id,
                unit.kind,
                unit.name,
                depth,
                unit.network_office,
                staff.get(unit.id, 0),
                areas.get(unit.id, 0),
            )
        )
        for child in below.get(unit.id, ()):
            if child.kind in OWNERS:
                start(child)
            else:
                walk(child, depth + 1, lines)

    def start(unit: UnitLine) -> None:
        lines: list[TreeLine] = []
        place = len(groups)
        walk(unit, -1, lines)
        groups.insert(place, TreeGroup(lines[0], lines[1:]))

    for root in below.get(None, ()):
        start(root)
    return groups


def paths_of(units: Sequence[UnitLine]) -> dict[UUID, str]:
    """Return what each unit is called together with its station: 「若葉警察署　駅前交番」."""
    names = {unit.id: unit.name for unit in units}
    return {
        unit.id: unit.name
        if unit.station_id in {None, unit.id}
        else f"{names.get(unit.station_id, '')}　{unit.name}"
        for unit in units
    }


def unit_options(units: Sequence[UnitLine]) -> list[tuple[UUID, str]]:
    """Return units to choose from, in the order of the tree, each with its station's name."""
    paths = paths_of(units)
    return [
        (line.id, paths[line.id])
        for group in groups_of(units, {}, {})
        for line in (group.head, *group.lines)
    ]
