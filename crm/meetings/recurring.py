"""The verbs of a series: begin it, make its meetings ahead."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID, uuid5

from dateutil.relativedelta import relativedelta

from crm.contacts.queries import require_reader
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import JST, local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.meetings import series_queries
from crm.meetings.models import Meeting, MeetingSeries
from crm.meetings.rhythm import Course, days_of, doubt_about
from crm.meetings.service import MeetingFacts, check, made_by, touch

MINUTE = dt.timedelta(minutes=1)
A_YEAR = dt.timedelta(days=366)
"""How far back a series may begin: a slip in the year would make meetings of years at once."""
REPEATED = ("kind", "title", "place", "style", "held_with", "host_organization_id", "body_id")
"""What every meeting of a series has in common."""


def begin_series(
    db: ScopedSession,
    actor: Actor,
    first: MeetingFacts,
    course: Course,
    *,
    months: int,
    client_key: UUID,
    now: dt.datetime,
) -> MeetingSeries:
    """Plan a meeting and those that follow it for `months` from today.

    The same form again gives the first. Refused for a rhythm that would leave months out, and for
    a beginning more than a year ago.
    """
    require_reader(actor)
    assert actor.station_id is not None  # noqa: S101 - whoever reads people has a station
    check(db, first)
    if course.first < local_day(now) - A_YEAR:
        raise Refused(
            N_("「始まり」は1年前より後の日時を入力してください。年を確かめてください。"),
            field="starts_at",
        )
    if doubt := doubt_about(course.rhythm, course.first):
        raise Refused(doubt, field="rhythm")
    if known := series_queries.series_sent_as(db, actor.station_id, client_key):
        return known
    said = asdict(first)
    lasts = (first.ends_at - first.starts_at) // MINUTE if first.ends_at else None
    series = MeetingSeries(
        **made_by(actor, now),
        **{name: said[name] for name in REPEATED},
        rhythm=course.rhythm,
        every=course.every,
        first_at=first.starts_at,
        lasts_minutes=lasts,
        client_key=client_key,
    )
    db.add(series)
    db.flush()
    until = local_day(now) + relativedelta(months=months)
    made = _make(db, actor, series, days_of(course, course.first, max(until, course.first)), now)
    put_on_record(db, actor, "series.started", series, made, now)
    return series


def extend_series(
    db: ScopedSession,
    actor: Actor,
    series_id: UUID,
    *,
    months: int,
    revision: int,
    now: dt.datetime,
) -> int:
    """Plan the meetings of a series for `months` from today and return how many are new.

    One that was moved or canceled stays as it is; none is made for a day that is over.
    """
    series = _newest(db, series_id, revision)
    today = local_day(now)
    until = today + relativedelta(months=months)
    course = course_of(series)
    ends = min(until, series.ended_on) if series.ended_on else until
    known = series_queries.days_made(db, series_id)
    days = [day for day in days_of(course, max(today, course.first), ends) if day not in known]
    made = _make(db, actor, series, days, now)
    touch(series, actor, now)
    put_on_record(db, actor, "series.extended", series, made, now)
    return made


def course_of(series: MeetingSeries) -> Course:
    """Return how a series goes on from its first day."""
    return Course(series.rhythm, series.every, local_day(series.first_at))


def put_on_record(
    db: ScopedSession,
    actor: Actor,
    action: str,
    series: MeetingSeries,
    count: int,
    now: dt.datetime,
) -> None:
    """Put on record what was done with a series, and to how many of its meetings."""
    audit.record(db, actor, action, now=now, subject=("series", series.id), count=count)


def _make(
    db: ScopedSession,
    actor: Actor,
    series: MeetingSeries,
    days: Iterable[dt.date],
    now: dt.datetime,
) -> int:
    """Plan a meeting of a series on each of `days`, at its hour; return how many."""
    hour = series.first_at.astimezone(JST).timetz()
    lasts = series.lasts_minutes
    common = {name: getattr(series, name) for name in REPEATED}
    made = [
        Meeting(
            **made_by(actor, now) | {"unit_id": series.unit_id},
            **common,
            starts_at=(starts := dt.datetime.combine(day, hour)),
            ends_at=starts + lasts * MINUTE if lasts is not None else None,
            series_id=series.id,
            series_day=day,
            client_key=uuid5(series.client_key, day.isoformat()),
        )
        for day in days
    ]
    db.add_all(made)
    return len(made)


def _newest(db: ScopedSession, series_id: UUID, revision: int) -> MeetingSeries:
    series = series_queries.series_of(db, series_id, to_change=True)
    if series.revision != revision:
        raise Conflict
    return series
