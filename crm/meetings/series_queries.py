"""Reading series of meetings: one with its meetings, all that go on, the days already made."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.bodies.models import Body
from crm.contacts.models import Organization
from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession
from crm.meetings.lines import RemainingLine, SeriesLine, WholeSeries
from crm.meetings.models import Meeting, MeetingParty, MeetingSeries, MeetingState
from crm.meetings.queries import lines_of, meeting_lines


def series_of(db: ScopedSession, series_id: UUID, *, to_change: bool = False) -> MeetingSeries:
    """Return a series of the own station; NotFound otherwise. `to_change` keeps others from it."""
    wanted = select(MeetingSeries).where(col(MeetingSeries.id) == series_id)
    found = db.exec(wanted.with_for_update() if to_change else wanted).first()
    if found is None:
        raise NotFound
    return found


def series_sent_as(db: ScopedSession, station_id: UUID, client_key: UUID) -> MeetingSeries | None:
    """Return the series a form made already."""
    return db.exec(
        select(MeetingSeries).where(
            MeetingSeries.station_id == station_id, MeetingSeries.client_key == client_key
        )
    ).first()


def days_made(db: ScopedSession, series_id: UUID) -> frozenset[dt.date]:
    """Return the days of its rhythm for which a series has a meeting, wherever it was moved."""
    own = sa.select(col(Meeting.series_day)).where(col(Meeting.series_id) == series_id)
    return frozenset(row.series_day for row in db.rows(own))


def meetings_since(db: ScopedSession, series_id: UUID, since: dt.datetime) -> Sequence[Meeting]:
    """Return the meetings of a series that begin at `since` or later, to be changed."""
    own = select(Meeting).where(*_since(series_id, since))
    return db.exec(own.order_by(col(Meeting.starts_at)).with_for_update()).all()


def remaining_of(db: ScopedSession, series_id: UUID, since: dt.datetime) -> Sequence[RemainingLine]:
    """Return the same meetings, the first first, with how many answered their invitation."""
    replies = (
        sa.select(sa.func.count(col(MeetingParty.id)))
        .where(
            col(MeetingParty.meeting_id) == col(Meeting.id), col(MeetingParty.reply).is_not(None)
        )
        .correlate(Meeting)
        .scalar_subquery()
    )
    own = sa.select(Meeting, replies).where(*_since(series_id, since))
    return [RemainingLine(*row) for row in db.rows(own.order_by(col(Meeting.starts_at)))]


def all_series(db: ScopedSession, day: dt.date) -> Sequence[SeriesLine]:
    """Return every series with how many of its meetings are planned; those that ended last."""
    planned = (
        sa.select(sa.func.count(col(Meeting.id)))
        .where(
            col(Meeting.series_id) == col(MeetingSeries.id),
            col(Meeting.state) == MeetingState.PLANNED,
        )
        .correlate(MeetingSeries)
        .scalar_subquery()
    )
    ended = sa.and_(col(MeetingSeries.ended_on).is_not(None), col(MeetingSeries.ended_on) < day)
    rows = db.rows(
        sa.select(MeetingSeries, planned).order_by(
            ended, col(MeetingSeries.title), col(MeetingSeries.id)
        )
    )
    return [SeriesLine(*row) for row in rows]


def whole_series(db: ScopedSession, series_id: UUID) -> WholeSeries:
    """Return a series with the names around it and its meetings, the last first; two statements.

    NotFound as above.
    """
    rows = db.rows(
        sa.select(MeetingSeries, col(Organization.name), col(Body.name))
        .outerjoin(Organization, col(Organization.id) == col(MeetingSeries.host_organization_id))
        .outerjoin(Body, col(Body.id) == col(MeetingSeries.body_id))
        .where(col(MeetingSeries.id) == series_id)
    )
    if not rows:
        raise NotFound
    series, host, body = rows[0]
    starts = col(Meeting.starts_at)
    own = meeting_lines().where(col(Meeting.series_id) == series_id).order_by(starts.desc())
    return WholeSeries(series, host or "", body or "", lines_of(db, own))


def _since(series_id: UUID, since: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return col(Meeting.series_id) == series_id, col(Meeting.starts_at) >= since
