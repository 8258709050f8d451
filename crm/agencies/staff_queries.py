"""What taking on, assigning and transferring staff has to look at."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlmodel import col, select

from crm.agencies.models import Staff, StaffAssignment
from crm.agencies.tree_queries import not_over
from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession


def staff_of(db: ScopedSession, staff_id: UUID) -> Staff:
    """Return a member of the own agency's staff; NotFound when there is none."""
    found = db.exec(select(Staff).where(Staff.id == staff_id)).first()
    if found is None:
        raise NotFound
    return found


def staff_numbered(db: ScopedSession, numbers: Collection[str]) -> Mapping[str, Sequence[Staff]]:
    """Return the staff who bear `numbers`, by number: one each, unless it was given twice."""
    found: defaultdict[str, list[Staff]] = defaultdict(list)
    for row in db.exec(select(Staff).where(col(Staff.staff_no).in_(numbers))).all():
        found[row.staff_no].append(row)
    return found


def assignment_of(db: ScopedSession, assignment_id: UUID) -> StaffAssignment:
    """Return an assignment of the own agency; NotFound when there is none."""
    found = db.exec(select(StaffAssignment).where(StaffAssignment.id == assignment_id)).first()
    if found is None:
        raise NotFound
    return found


def assignments_from(
    db: ScopedSession, staff_ids: Collection[UUID], day: dt.date
) -> Mapping[UUID, Sequence[StaffAssignment]]:
    """Return the assignments that hold on `day` or begin later, by member of staff."""
    found: defaultdict[UUID, list[StaffAssignment]] = defaultdict(list)
    rows = db.exec(
        select(StaffAssignment)
        .where(col(StaffAssignment.staff_id).in_(staff_ids), not_over(StaffAssignment, day))
        .order_by(col(StaffAssignment.valid_from), col(StaffAssignment.id))
    ).all()
    for row in rows:
        found[row.staff_id].append(row)
    return found
