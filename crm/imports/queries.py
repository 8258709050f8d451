"""What an import compares a file with: the records already there, as far as the actor may see."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import BOXES, Unit, UnitJurisdiction, UnitKind, UnitPlacement
from crm.areas.models import Area, AreaKind
from crm.contacts.models import Organization, Registration, Telephone
from crm.kernel.columns import Dated
from crm.kernel.scope import ScopedSession


class PlacedUnit(NamedTuple):
    """A unit with its name and place, and the first and last day it is on record."""

    unit: Unit
    name: str
    station_id: UUID | None
    first_day: dt.date
    last_day: dt.date | None = None


class Standing(NamedTuple):
    """Who is responsible for an area, from when until when."""

    unit_id: UUID
    first_day: dt.date
    last_day: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Whether it holds on `day`."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


def units_from(db: ScopedSession, day: dt.date) -> Sequence[PlacedUnit]:
    """Return every unit that stands on `day` or is placed for a later one, as first placed then."""
    rows = db.rows(
        sa.select(Unit, UnitPlacement)
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(Unit.id))
        .where(_not_over(UnitPlacement, day))
        .order_by(col(UnitPlacement.valid_from).desc())
    )
    first_days = dict[UUID, dt.date](
        tuple(row)
        for row in db.rows(
            sa.select(
                col(UnitPlacement.unit_id), sa.func.min(col(UnitPlacement.valid_from))
            ).group_by(col(UnitPlacement.unit_id))
        )
    )
    # Latest first: the first row of a unit tells its last day, the last row where it stands then.
    last_days: dict[UUID, dt.date | None] = {}
    earliest: dict[UUID, PlacedUnit] = {}
    for unit, placed in rows:
        days = (first_days[unit.id], last_days.setdefault(unit.id, placed.valid_to))
        earliest[unit.id] = PlacedUnit(unit, placed.name, placed.station_id, *days)
    return list(earliest.values())


def areas_from(db: ScopedSession, day: dt.date, kind: AreaKind | None = None) -> Sequence[Area]:
    """Return the areas, of one kind or all, that hold on `day` or from a later one."""
    statement = select(Area).where(_not_over(Area, day)).order_by(col(Area.id))
    if kind is not None:
        statement = statement.where(col(Area.kind) == kind)
    return db.exec(statement).all()


def standing_jurisdictions(db: ScopedSession, day: dt.date) -> Mapping[UUID, Sequence[Standing]]:
    """Return, by area, who is responsible on `day` or from a later one."""
    found: defaultdict[UUID, list[Standing]] = defaultdict(list)
    for row in db.exec(select(UnitJurisdiction).where(_not_over(UnitJurisdiction, day))).all():
        found[row.area_id].append(Standing(row.unit_id, row.valid_from, row.valid_to))
    return found


def imported_organizations(db: ScopedSession) -> Mapping[str, Organization]:
    """Return the station's organizations that came from files, by their external key."""
    rows = db.exec(select(Organization).where(col(Organization.external_key) != "")).all()
    return {row.external_key: row for row in rows}


def numbers_of_imported(db: ScopedSession) -> Mapping[UUID, Sequence[Telephone]]:
    """Return the telephone numbers of the station's imported organizations, by organization."""
    found: defaultdict[UUID, list[Telephone]] = defaultdict(list)
    rows = db.exec(
        select(Telephone)
        .join(Organization, col(Organization.id) == col(Telephone.organization_id))
        .where(col(Organization.external_key) != "")
        .order_by(col(Telephone.position))
    ).all()
    for row in rows:
        if row.organization_id is not None:
            found[row.organization_id].append(row)
    return found


def registrations_of(db: ScopedSession, scheme: str, day: dt.date) -> Sequence[Registration]:
    """Return the station's registrations under a scheme that are not over on `day`."""
    return db.exec(
        select(Registration).where(col(Registration.scheme) == scheme, _not_over(Registration, day))
    ).all()


def boxes_with_place(db: ScopedSession, day: dt.date) -> Sequence[tuple[str, float, float]]:
    """Return the name, longitude and latitude of every box that stands on `day`, by name."""
    found = [
        (placed.name, placed.unit.longitude, placed.unit.latitude)
        for placed in units_from(db, day)
        if placed.unit.kind in BOXES and placed.first_day <= day
    ]
    return sorted(
        (name, longitude, latitude)
        for name, longitude, latitude in found
        if longitude is not None and latitude is not None
    )


def is_box_or_station(placed: PlacedUnit) -> bool:
    """Whether a unit can be responsible for an area."""
    return placed.unit.kind in {*BOXES, UnitKind.STATION}


def _not_over(table: type[Dated], day: dt.date) -> sa.ColumnElement[bool]:
    return sa.or_(col(table.valid_to).is_(None), col(table.valid_to) >= day)
