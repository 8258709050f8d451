"""Reading meetings as a calendar keeps them: one, or all since a day."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.agencies.models import UnitPlacement
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.meetings.lines import DatedMeeting
from crm.meetings.models import Meeting

MOST = 1000
"""More meetings than a station holds in a year and two months."""


def dated_meeting(db: ScopedSession, meeting_id: UUID) -> DatedMeeting:
    """Return a meeting of the own station; NotFound otherwise."""
    found = db.rows(_dated().where(col(Meeting.id) == meeting_id))
    if not found:
        raise NotFound
    return DatedMeeting(*found[0])


def dated_since(db: ScopedSession, since: dt.datetime) -> Sequence[DatedMeeting]:
    """Return what begins at `since` or later, whatever became of it; one statement."""
    wanted = _dated().where(col(Meeting.starts_at) >= since)
    ordered = wanted.order_by(col(Meeting.starts_at), col(Meeting.id)).limit(MOST)
    return [DatedMeeting(*row) for row in db.rows(ordered)]


def _dated() -> AnySelect:
    placed = sa.and_(
        col(UnitPlacement.unit_id) == col(Meeting.unit_id), col(UnitPlacement.valid_to).is_(None)
    )
    return sa.select(
        col(Meeting.id),
        col(Meeting.kind),
        col(Meeting.title),
        col(Meeting.starts_at),
        col(Meeting.ends_at),
        col(Meeting.place),
        col(Meeting.state),
        sa.func.coalesce(col(UnitPlacement.name), ""),
        col(Meeting.revision),
        col(Meeting.updated_at),
    ).outerjoin(UnitPlacement, placed)
