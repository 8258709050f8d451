"""What a change of the tree has to look at: who is left in a unit, and what comes later."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import StaffAssignment, Unit, UnitJurisdiction, UnitPlacement
from crm.kernel.columns import Dated, holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession

D = TypeVar("D", bound=Dated)


def unit_of(db: ScopedSession, unit_id: UUID) -> Unit:
    """Return a unit of the own agency; NotFound when there is none."""
    found = db.exec(select(Unit).where(Unit.id == unit_id)).first()
    if found is None:
        raise NotFound
    return found


def placement_if_standing(db: ScopedSession, unit_id: UUID, day: dt.date) -> UnitPlacement | None:
    """Return where a unit stands on `day`, if it does."""
    return db.exec(
        select(UnitPlacement).where(UnitPlacement.unit_id == unit_id, holds(UnitPlacement, day))
    ).first()


def placements_from(db: ScopedSession, unit_id: UUID, day: dt.date) -> Sequence[UnitPlacement]:
    """Return a unit's placements that hold on `day` or begin later."""
    return db.exec(
        select(UnitPlacement).where(UnitPlacement.unit_id == unit_id, not_over(UnitPlacement, day))
    ).all()


def units_left_below(db: ScopedSession, unit_id: UUID, day: dt.date) -> int:
    """Return how many units stand below a unit on `day` or are planned to."""
    return db.exec(
        select(sa.func.count(sa.distinct(col(UnitPlacement.unit_id)))).where(
            UnitPlacement.parent_id == unit_id, not_over(UnitPlacement, day)
        )
    ).one()


def staff_left(db: ScopedSession, unit_id: UUID, day: dt.date) -> int:
    """Return how many members of staff are assigned to a unit on `day` or are planned to be."""
    return db.exec(
        select(sa.func.count(sa.distinct(col(StaffAssignment.staff_id)))).where(
            StaffAssignment.unit_id == unit_id, not_over(StaffAssignment, day)
        )
    ).one()


def jurisdictions_left(
    db: ScopedSession, unit_id: UUID, day: dt.date
) -> Sequence[UnitJurisdiction]:
    """Return what a unit is responsible for on `day` or is planned to be."""
    return db.exec(
        select(UnitJurisdiction).where(
            UnitJurisdiction.unit_id == unit_id, not_over(UnitJurisdiction, day)
        )
    ).all()


def jurisdictions_from(
    db: ScopedSession, area_ids: Collection[UUID], day: dt.date
) -> Sequence[UnitJurisdiction]:
    """Return who is responsible for areas on `day`, or is planned to be."""
    return db.exec(
        select(UnitJurisdiction).where(
            col(UnitJurisdiction.area_id).in_(area_ids), not_over(UnitJurisdiction, day)
        )
    ).all()


def network_offices(db: ScopedSession, station_id: UUID, day: dt.date) -> Sequence[Unit]:
    """Return the unit of a station that owns the liaison roster (one, unless none is marked)."""
    return db.exec(
        select(Unit)
        .join(UnitPlacement, col(UnitPlacement.unit_id) == Unit.id)
        .where(
            col(Unit.network_office),
            UnitPlacement.station_id == station_id,
            holds(UnitPlacement, day),
        )
    ).all()


def units_in_line(db: ScopedSession, unit_id: UUID, day: dt.date) -> frozenset[UUID]:
    """Return a unit with those above and below it on `day`."""
    rows = db.rows(
        sa.select(col(UnitPlacement.unit_id), col(UnitPlacement.parent_id)).where(
            holds(UnitPlacement, day)
        )
    )
    parents = {row.unit_id: row.parent_id for row in rows}
    return frozenset(
        other
        for other in parents
        if unit_id in _upward(parents, other) or other in _upward(parents, unit_id)
    )


def not_over(table: type[D], day: dt.date) -> sa.ColumnElement[bool]:
    """Return the condition that a dated row holds on `day` or begins later."""
    return sa.or_(col(table.valid_to).is_(None), col(table.valid_to) >= day)


def _upward(parents: dict[UUID, UUID | None], unit_id: UUID) -> set[UUID]:
    found: set[UUID] = set()
    step: UUID | None = unit_id
    while step is not None and step not in found:
        found.add(step)
        step = parents.get(step)
    return found
