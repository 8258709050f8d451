"""Reading units, jurisdictions and areas as of a day, for those who keep them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from crm.access.models import Account
from crm.administration.lines import AreaCharge, Placed, TreeGroup, UnitFacts, groups_of
from crm.agencies.models import StaffAssignment, Unit, UnitJurisdiction, UnitKind, UnitPlacement
from crm.agencies.queries import units_on
from crm.areas.models import Area, AreaKind
from crm.kernel.actor import STATION_ROLES
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import ScopedSession


class Existing(NamedTuple):
    """How much of an installation is there on a day."""

    units: int
    boxes: int
    areas: int
    staff: int
    working: int
    accounts: int


def existing_on(db: ScopedSession, day: dt.date) -> Existing:
    """Return how many units, areas, staff and accounts there are: no names. Four statements."""
    kinds = db.rows(
        sa.select(col(Unit.kind), sa.func.count().label("count"))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(Unit.id))
        .where(holds(UnitPlacement, day))
        .group_by(col(Unit.kind))
    )
    of_kind = {row.kind: row.count for row in kinds}
    areas = db.exec(select(sa.func.count(col(Area.id))).where(holds(Area, day))).one()
    staff = db.rows(
        sa.select(
            sa.func.count(sa.distinct(col(StaffAssignment.staff_id))).label("all"),
            sa.func.count(
                sa.distinct(
                    sa.case(
                        (
                            col(StaffAssignment.role).in_(sorted(STATION_ROLES)),
                            col(StaffAssignment.staff_id),
                        )
                    )
                )
            ).label("working"),
        ).where(holds(StaffAssignment, day))
    )[0]
    accounts = db.exec(select(sa.func.count(col(Account.id))).where(col(Account.is_active))).one()
    roots = (UnitKind.HEADQUARTERS, UnitKind.OFFICE)
    return Existing(
        units=sum(of_kind.values()),
        boxes=sum(count for kind, count in of_kind.items() if kind not in roots),
        areas=areas,
        staff=staff.all,
        working=staff.working,
        accounts=accounts,
    )


def tree_on(db: ScopedSession, day: dt.date) -> list[TreeGroup]:
    """Return the tree as it stood on `day` with staff and areas counted. Three statements."""
    return groups_of(
        units_on(db, day), _counted(db, StaffAssignment, day), _counted(db, UnitJurisdiction, day)
    )


def unit_on(db: ScopedSession, unit_id: UUID, day: dt.date) -> UnitFacts:
    """Return a unit as it was on `day`, or as it was nearest to it; NotFound without any."""
    rows = db.rows(
        sa.select(
            col(Unit.id),
            col(Unit.kind),
            col(Unit.revision),
            col(Unit.network_office),
            col(UnitPlacement.name),
            col(UnitPlacement.kana),
            col(UnitPlacement.parent_id),
            col(UnitPlacement.station_id),
            holds(UnitPlacement, day).label("stands"),
        )
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(Unit.id))
        .where(col(Unit.id) == unit_id)
        .order_by(holds(UnitPlacement, day).desc(), col(UnitPlacement.valid_from).desc())
        .limit(1)
    )
    if not rows:
        raise NotFound
    row = rows[0]
    return UnitFacts(
        row.id,
        row.kind,
        row.name,
        row.kana,
        row.revision,
        row.network_office,
        bool(row.stands),
        row.parent_id,
        row.station_id,
    )


def history_of_unit(db: ScopedSession, unit_id: UUID) -> Sequence[Placed]:
    """Return every name and place of a unit, the newest first; parents as then called."""
    parent = aliased(UnitPlacement)
    rows = db.rows(
        sa.select(
            col(UnitPlacement.name),
            sa.func.coalesce(col(parent.name), ""),
            col(UnitPlacement.valid_from),
            col(UnitPlacement.valid_to),
        )
        .outerjoin(
            parent,
            sa.and_(
                col(parent.unit_id) == col(UnitPlacement.parent_id),
                col(parent.valid_from) <= col(UnitPlacement.valid_from),
                sa.or_(
                    col(parent.valid_to).is_(None),
                    col(parent.valid_to) >= col(UnitPlacement.valid_from),
                ),
            ),
        )
        .where(col(UnitPlacement.unit_id) == unit_id)
        .order_by(col(UnitPlacement.valid_from).desc())
    )
    return [Placed(*row) for row in rows]


def areas_of_unit(db: ScopedSession, unit_id: UUID, day: dt.date) -> Sequence[AreaCharge]:
    """Return the areas a unit is responsible for on `day`, in kana order."""
    rows = db.rows(
        sa.select(col(Area.id), col(Area.kind), col(Area.name))
        .join(UnitJurisdiction, col(UnitJurisdiction.area_id) == col(Area.id))
        .where(
            col(UnitJurisdiction.unit_id) == unit_id, holds(UnitJurisdiction, day), holds(Area, day)
        )
        .order_by(col(Area.kind), col(Area.kana_sort), col(Area.name))
    )
    return [AreaCharge(row.id, row.kind, row.name, "") for row in rows]


def charges_page(
    db: ScopedSession,
    day: dt.date,
    kind: AreaKind,
    number: int,
    *,
    nobody: bool,
    words: str = "",
) -> Page[AreaCharge]:
    """Return the areas of a kind on `day` with who is responsible, or those nobody is.

    Three statements. Names are compared as they are written.
    """
    held = (
        sa.select(col(UnitJurisdiction.id))
        .where(col(UnitJurisdiction.area_id) == col(Area.id), holds(UnitJurisdiction, day))
        .exists()
    )
    wanted = [
        col(Area.kind) == kind,
        holds(Area, day),
        *([~held] if nobody else []),
        *([col(Area.name).contains(words, autoescape=True)] if words else []),
    ]
    total = db.exec(select(sa.func.count(col(Area.id))).where(*wanted)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        sa.select(col(Area.id), col(Area.kind), col(Area.name))
        .where(*wanted)
        .order_by(col(Area.kana_sort), col(Area.name), col(Area.id))
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    )
    holders = {} if nobody else _holders(db, [row.id for row in rows], day)
    charges = [AreaCharge(row.id, row.kind, row.name, holders.get(row.id, "")) for row in rows]
    return Page(charges, total, number)


def charges_offered(
    db: ScopedSession, day: dt.date, kind: AreaKind, *, source: UUID | None, number: int
) -> Page[AreaCharge]:
    """Return the areas of a kind that `source` has on `day`, or those nobody has."""
    if source is None:
        return charges_page(db, day, kind, number, nobody=True)
    wanted = [
        col(UnitJurisdiction.unit_id) == source,
        holds(UnitJurisdiction, day),
        col(Area.kind) == kind,
        holds(Area, day),
    ]
    joined = col(UnitJurisdiction.area_id) == col(Area.id)
    total = db.exec(
        select(sa.func.count(col(Area.id))).join(UnitJurisdiction, joined).where(*wanted)
    ).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        sa.select(col(Area.id), col(Area.kind), col(Area.name))
        .join(UnitJurisdiction, joined)
        .where(*wanted)
        .order_by(col(Area.kana_sort), col(Area.name), col(Area.id))
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    )
    return Page([AreaCharge(row.id, row.kind, row.name, "") for row in rows], total, number)


def vacant_by_kind(db: ScopedSession, day: dt.date) -> Mapping[AreaKind, int]:
    """Return how many areas of each kind that exists nobody is responsible for on `day`."""
    charged = (
        sa.select(col(UnitJurisdiction.area_id))
        .where(holds(UnitJurisdiction, day))
        .distinct()
        .subquery()
    )
    rows = db.rows(
        sa.select(
            col(Area.kind), (sa.func.count() - sa.func.count(charged.c.area_id)).label("vacant")
        )
        .select_from(Area)
        .outerjoin(charged, charged.c.area_id == col(Area.id))
        .where(holds(Area, day))
        .group_by(col(Area.kind))
    )
    return {row.kind: row.vacant for row in rows}


def _holders(db: ScopedSession, area_ids: Sequence[UUID], day: dt.date) -> dict[UUID, str]:
    rows = db.rows(
        sa.select(col(UnitJurisdiction.area_id), col(UnitPlacement.name))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(UnitJurisdiction.unit_id))
        .where(
            col(UnitJurisdiction.area_id).in_(area_ids),
            holds(UnitJurisdiction, day),
            holds(UnitPlacement, day),
        )
        .order_by(col(UnitPlacement.kana_sort), col(UnitPlacement.name))
    )
    found: dict[UUID, str] = {}
    for row in rows:
        known = found.get(row.area_id)
        found[row.area_id] = f"{known}、{row.name}" if known else row.name
    return found


def _counted(
    db: ScopedSession, table: type[StaffAssignment | UnitJurisdiction], day: dt.date
) -> dict[UUID, int]:
    rows = db.rows(
        sa.select(col(table.unit_id), sa.func.count().label("count"))
        .where(holds(table, day))
        .group_by(col(table.unit_id))
    )
    return {row.unit_id: row.count for row in rows}
