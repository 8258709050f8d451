"""Reading what comes and who is expected there, to hold a meeting together with it."""

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col

from crm.bodies.models import HAS_HOLDER, BodyMember
from crm.contacts.models import Appointment, Holder, Organization, PostType
from crm.contacts.post_queries import held_on
from crm.contacts.vacancy_queries import IS_HEAD
from crm.kernel.clock import local_day
from crm.kernel.columns import DAY, Key, Moment
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.meetings.joint import Expecting, Gathering, Seated, next_of_series
from crm.meetings.models import Meeting, MeetingParty, MeetingSeries, MeetingState, Reply

AHEAD = dt.timedelta(days=120)
FROM = sa.bindparam("meets_from", type_=Moment())
TO = sa.bindparam("meets_to", type_=Moment())


class Coming(NamedTuple):
    """What comes, in order of time, and who is expected there."""

    gatherings: list[Gathering]
    expecting: Expecting


def what_comes(db: ScopedSession, now: dt.datetime) -> Coming:
    """Return the gatherings of the next months and who is expected at each; one statement."""
    today, until = local_day(now), local_day(now + AHEAD)
    rows = together(db, _selects(), meets_from=now, meets_to=now + AHEAD, day=today)
    planned, series, parties, seats, posts, organizations = rows
    gatherings = [
        *(Gathering(*row) for row in planned),
        *next_of_series(series, today, until),
    ]
    invited: dict[UUID, set[Holder]] = {}
    for row in parties:
        invited.setdefault(row.meeting_id, set()).add(_holder(row))
    seated: dict[UUID, list[Seated]] = {}
    for row in seats:
        seat = Seated(_holder(row), row.valid_from, row.valid_to)
        seated.setdefault(row.body_id, []).append(seat)
    gatherings.sort(key=lambda one: (one.starts_at, one.title))
    return Coming(gatherings, Expecting(invited, seated, _at_host([*posts, *organizations])))


@cache
def _selects() -> tuple[AnySelect, ...]:
    return (_planned(), _series(), _parties(), _seats(), _posts(), _organizations())


def _is_coming() -> sa.ColumnElement[bool]:
    return sa.and_(
        col(Meeting.state) == MeetingState.PLANNED,
        col(Meeting.starts_at) >= FROM,
        col(Meeting.starts_at) < TO,
    )


def _planned() -> AnySelect:
    return sa.select(
        col(Meeting.title),
        col(Meeting.starts_at),
        col(Meeting.place),
        col(Meeting.host_organization_id),
        col(Meeting.body_id),
        col(Meeting.id).label("meeting_id"),
    ).where(_is_coming())


def _goes_on() -> sa.ColumnElement[bool]:
    return sa.or_(col(MeetingSeries.ended_on).is_(None), col(MeetingSeries.ended_on) >= DAY)


def _series() -> AnySelect:
    last = (
        sa.select(sa.func.max(col(Meeting.series_day), type_=sa.Date()))
        .where(col(Meeting.series_id) == col(MeetingSeries.id))
        .correlate(MeetingSeries)
        .scalar_subquery()
    )
    return sa.select(
        col(MeetingSeries.id).label("series_id"),
        col(MeetingSeries.title),
        col(MeetingSeries.place),
        col(MeetingSeries.host_organization_id),
        col(MeetingSeries.body_id),
        col(MeetingSeries.rhythm),
        col(MeetingSeries.every),
        col(MeetingSeries.first_at),
        col(MeetingSeries.ended_on),
        last.label("last_day"),
    ).where(_goes_on())


def _parties() -> AnySelect:
    reply = col(MeetingParty.reply)
    return (
        sa.select(
            col(MeetingParty.meeting_id),
            col(MeetingParty.person_id),
            col(MeetingParty.organization_id),
        )
        .join(Meeting, col(Meeting.id) == col(MeetingParty.meeting_id))
        .where(_is_coming(), sa.or_(reply.is_(None), reply != Reply.DECLINES))
    )


def _seats() -> AnySelect:
    return sa.select(
        col(BodyMember.body_id),
        col(BodyMember.person_id),
        col(BodyMember.organization_id),
        col(BodyMember.valid_from),
        col(BodyMember.valid_to),
    ).where(
        HAS_HOLDER,
        sa.or_(col(BodyMember.valid_to).is_(None), col(BodyMember.valid_to) >= DAY),
    )


def _is_host(key: sa.ColumnElement[Any] | Mapped[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that an organization's own meeting comes."""
    meetings = sa.select(col(Meeting.host_organization_id)).where(_is_coming())
    series = sa.select(col(MeetingSeries.host_organization_id)).where(_goes_on())
    return sa.or_(key.in_(meetings), key.in_(series))


def _posts() -> AnySelect:
    """Select who holds a post at a host, and who heads an organization below one."""
    at = col(Appointment.organization_id)
    return (
        sa.select(
            col(Appointment.person_id),
            sa.cast(sa.null(), Key()).label("organization_id"),
            sa.case((_is_host(at), at), else_=col(Organization.parent_id)).label("host_id"),
        )
        .join(Organization, col(Organization.id) == at)
        .join(PostType, col(PostType.id) == col(Appointment.post_type_id))
        .where(
            held_on(DAY),
            sa.or_(_is_host(at), sa.and_(_is_host(col(Organization.parent_id)), IS_HEAD)),
        )
    )


def _organizations() -> AnySelect:
    """Select the hosts themselves and the organizations below them."""
    own, above = col(Organization.id), col(Organization.parent_id)
    return sa.select(
        sa.cast(sa.null(), Key()).label("person_id"),
        own.label("organization_id"),
        sa.case((_is_host(own), own), else_=above).label("host_id"),
    ).where(sa.or_(_is_host(own), _is_host(above)))


def _at_host(rows: Iterable[Any]) -> dict[UUID, set[Holder]]:
    found: dict[UUID, set[Holder]] = {}
    for row in rows:
        found.setdefault(row.host_id, set()).add(_holder(row))
    return found


def _holder(row: Any) -> Holder:  # noqa: ANN401 - a row of one holder
    return Holder(row.person_id, None if row.person_id else row.organization_id)
