"""Reading the tree of units, jurisdictions and staff, as of a day."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import (
    OWNERS,
    Agency,
    AgencySetting,
    SettingKey,
    Staff,
    StaffAssignment,
    Unit,
    UnitJurisdiction,
    UnitKind,
    UnitPlacement,
)
from crm.kernel.actor import Actor, AgencyKind
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound, Refused
from crm.kernel.scope import AnySelect, ScopedSession


class UnitLine(NamedTuple):
    """A unit as it was called and placed on a day."""

    id: UUID
    kind: UnitKind
    name: str
    parent_id: UUID | None
    station_id: UUID | None
    network_office: bool


class StaffLine(NamedTuple):
    """A colleague with the unit held on a day."""

    id: UUID
    family_name: str
    given_name: str
    unit_id: UUID
    unit_name: str

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.family_name} {self.given_name}".strip()


class Office(NamedTuple):
    """An office of another agency that can receive: its key and what it is called."""

    agency_id: UUID
    agency_name: str
    agency_kind: AgencyKind
    station_id: UUID
    name: str
    kind: UnitKind

    @property
    def label(self) -> str:
        """The agency and its office, said once where they are called the same."""
        return office_label(self.agency_name, self.name)


def agency_named(name: str) -> sa.Select[UUID]:
    """Return the statement that finds an agency by name, before anybody can act for it."""
    return sa.select(col(Agency.id)).where(col(Agency.name) == name)


def units_on(
    db: ScopedSession, day: dt.date, *, station_id: UUID | None = None
) -> Sequence[UnitLine]:
    """Return the units standing on `day`, of one station or the whole agency, in reading order."""
    statement = (
        sa.select(
            col(Unit.id),
            col(Unit.kind),
            col(UnitPlacement.name),
            col(UnitPlacement.parent_id),
            col(UnitPlacement.station_id),
            col(Unit.network_office),
        )
        .join(UnitPlacement, col(UnitPlacement.unit_id) == Unit.id)
        .where(holds(UnitPlacement, day))
        .order_by(col(UnitPlacement.kana_sort), col(UnitPlacement.name))
    )
    if station_id is not None:
        statement = statement.where(col(UnitPlacement.station_id) == station_id)
    return [UnitLine(*row) for row in db.rows(statement)]


def unit_by_path(db: ScopedSession, path: str, day: dt.date) -> UUID:
    """Return the unit a path such as 「焼津警察署/地域課」 names; Refused if none or several."""
    found = unit_called(units_on(db, day), path)
    if found is None:
        raise Refused(
            "所属「%(path)s」を一つに決められません。署名/課名のように書いてください。", path=path
        )
    return found.id


def unit_called(units: Sequence[UnitLine], path: str) -> UnitLine | None:
    """Return the one of `units` a path such as 「焼津警察署/地域課」 names, if it is one."""
    names = path.split("/")
    found = [
        unit for unit in units if unit.name == names[-1] and _is_below(unit, names[:-1], units)
    ]
    return found[0] if len(found) == 1 else None


def station_staff(db: ScopedSession, station_id: UUID, day: dt.date) -> Sequence[StaffLine]:
    """Return the staff assigned to a station's units on `day`, for naming who took part."""
    return staff_lines(db.rows(station_staff_rows(), {"station": station_id, "day": day}))


@cache
def station_staff_rows() -> AnySelect:
    """Select every assignment to the units of a `station` on a `day`, for `staff_lines`."""
    return (
        sa.select(
            col(Staff.id),
            col(Staff.family_name),
            col(Staff.given_name),
            col(UnitPlacement.unit_id),
            col(UnitPlacement.name),
            col(Staff.family_kana),
            col(StaffAssignment.valid_from),
            col(StaffAssignment.id).label("assignment_id"),
        )
        .join(StaffAssignment, col(StaffAssignment.staff_id) == Staff.id)
        .join(UnitPlacement, col(UnitPlacement.unit_id) == StaffAssignment.unit_id)
        .where(
            col(UnitPlacement.station_id) == sa.bindparam("station"),
            holds(StaffAssignment),
            holds(UnitPlacement),
        )
    )


def staff_lines(rows: Iterable[Any]) -> Sequence[StaffLine]:
    """Return everybody of `station_staff_rows` once, with the unit they have been at longest."""
    longest_last = sorted(rows, key=_by_beginning, reverse=True)
    first = {row.id: row for row in longest_last}
    return [StaffLine(*row[:5]) for row in sorted(first.values(), key=_by_unit_and_name)]


def placement_on(db: ScopedSession, unit_id: UUID, day: dt.date) -> UnitPlacement:
    """Return where a unit stands on `day`; NotFound when it does not."""
    found = db.exec(
        select(UnitPlacement).where(UnitPlacement.unit_id == unit_id, holds(UnitPlacement, day))
    ).first()
    if found is None:
        raise NotFound
    return found


def placements_below(db: ScopedSession, unit_id: UUID, day: dt.date) -> Sequence[UnitPlacement]:
    """Return the placements of everything below a unit on `day`, nearest first."""
    standing = db.exec(select(UnitPlacement).where(holds(UnitPlacement, day))).all()
    found: list[UnitPlacement] = []
    parents = {unit_id}
    while parents:
        children = [line for line in standing if line.parent_id in parents]
        found.extend(children)
        parents = {line.unit_id for line in children}
    return found


def jurisdictions_of(db: ScopedSession, area_id: UUID, day: dt.date) -> Sequence[UnitJurisdiction]:
    """Return who is responsible for an area on `day`."""
    return db.exec(
        select(UnitJurisdiction).where(
            UnitJurisdiction.area_id == area_id, holds(UnitJurisdiction, day)
        )
    ).all()


def areas_of_unit(db: ScopedSession, unit_id: UUID, day: dt.date) -> Sequence[UUID]:
    """Return the areas a unit is responsible for on `day`."""
    return db.exec(
        select(UnitJurisdiction.area_id).where(
            UnitJurisdiction.unit_id == unit_id, holds(UnitJurisdiction, day)
        )
    ).all()


def _by_unit_and_name(row: Any) -> tuple[str, str, str]:  # noqa: ANN401 - a row of staff
    return row.name, row.family_kana, row.family_name


def _by_beginning(row: Any) -> tuple[dt.date, UUID]:  # noqa: ANN401 - a row of staff
    return row.valid_from, row.assignment_id


def settings_of(db: ScopedSession, key: SettingKey) -> Sequence[AgencySetting]:
    """Return everything the own agency decided about one setting, the earliest first."""
    return db.exec(
        select(AgencySetting)
        .where(AgencySetting.key == key)
        .order_by(col(AgencySetting.valid_from))
    ).all()


def _is_below(unit: UnitLine, names: list[str], units: Sequence[UnitLine]) -> bool:
    by_id = {line.id: line for line in units}
    parent = by_id.get(unit.parent_id) if unit.parent_id else None
    for name in reversed(names):
        while parent is not None and parent.name != name:
            parent = by_id.get(parent.parent_id) if parent.parent_id else None
        if parent is None:
            return False
    return True


def other_offices(db: ScopedSession, actor: Actor, day: dt.date) -> Sequence[Office]:
    """Return the stations and offices of other agencies standing on `day`: names and keys alone.

    Units are otherwise read inside their agency; what an office is called is no secret, and
    somebody has to be named as the recipient.
    """
    rows = db.rows(
        sa.select(
            col(Agency.id),
            col(Agency.name),
            col(Agency.kind),
            col(Unit.id),
            col(UnitPlacement.name),
            col(Unit.kind),
        )
        .join(Unit, col(Unit.agency_id) == col(Agency.id))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(Unit.id))
        .where(
            col(Agency.id) != actor.agency_id,
            col(Unit.kind).in_(OWNERS),
            holds(UnitPlacement, day),
        )
        .order_by(col(Agency.kind), col(Agency.name), col(UnitPlacement.name))
        .execution_options(system="the names of other agencies' offices")
    )
    return [Office(*row) for row in rows]


def office_label(agency_name: str, office_name: str) -> str:
    """Return what an office is called outside its agency."""
    return agency_name if office_name in {"", agency_name} else f"{agency_name} {office_name}"
