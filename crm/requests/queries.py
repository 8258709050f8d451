"""Reading requests: the inbox of a unit, one request with its steps, what awaits an answer."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from crm.agencies.models import Staff, Unit
from crm.agencies.queries import UnitLine, units_on
from crm.areas.models import Area
from crm.contacts.models import Holder, Organization, Person
from crm.kernel.actor import Actor
from crm.kernel.columns import Key, Moment
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.quarters import Quarter
from crm.kernel.scope import AnySelect, ScopedSession
from crm.requests.lines import Asker, RequestLine, StepLine, WholeRequest
from crm.requests.models import (
    IS_OPEN,
    CommunityRequest,
    PublishedProgress,
    PublishedRequest,
    RequestParty,
    RequestStep,
    StepKind,
)
from crm.requests.summary import Voice


class Shown(StrEnum):
    """Which requests of a station a list shows."""

    UNIT = "unit"
    MINE = "mine"
    STATION = "station"
    OVERDUE = "overdue"
    CLOSED = "closed"


def request_of(db: ScopedSession, request_id: UUID) -> CommunityRequest:
    """Return a request of the own station; NotFound otherwise."""
    found = db.exec(select(CommunityRequest).where(col(CommunityRequest.id) == request_id)).first()
    if found is None:
        raise NotFound
    return found


def request_to_change(db: ScopedSession, request_id: UUID) -> CommunityRequest:
    """Return a request and keep others from changing it until this transaction ends."""
    found = db.exec(
        select(CommunityRequest).where(col(CommunityRequest.id) == request_id).with_for_update()
    ).first()
    if found is None:
        raise NotFound
    return found


@cache
def newly_assigned() -> AnySelect:
    """Select the open requests others gave to one of `own_units` since a moment; built once."""
    return sa.select(
        *_NEWS,
        col(RequestStep.at),
        col(RequestStep.unit_name).label("by"),
    ).where(
        col(RequestStep.request_id) == col(CommunityRequest.id),
        col(RequestStep.kind) == StepKind.ASSIGNED,
        col(RequestStep.at) >= _NEWS_SINCE,
        col(RequestStep.unit_id).not_in(_OWN_UNITS),
        col(CommunityRequest.unit_id).in_(_OWN_UNITS),
        IS_OPEN,
    )


@cache
def results_come_back() -> AnySelect:
    """Select the open requests of `own_units` others told the result of since a moment."""
    return sa.select(
        *_NEWS,
        col(PublishedProgress.at),
        col(PublishedProgress.giver_name).label("by"),
        col(PublishedProgress.outcome),
    ).where(
        col(PublishedRequest.request_id) == col(CommunityRequest.id),
        col(PublishedProgress.reference) == col(PublishedRequest.reference),
        col(PublishedProgress.outcome).is_not(None),
        col(PublishedProgress.at) >= _NEWS_SINCE,
        sa.or_(
            col(CommunityRequest.unit_id).in_(_OWN_UNITS),
            col(CommunityRequest.heard_unit_id).in_(_OWN_UNITS),
        ),
        IS_OPEN,
    )


_NEWS: tuple[Any, ...] = (
    col(CommunityRequest.id).label("request_id"),
    col(CommunityRequest.words),
)
_NEWS_SINCE = sa.bindparam("news_since", type_=Moment())
_OWN_UNITS = sa.bindparam("own_units", type_=Key(), expanding=True)


def open_requests_to_change(db: ScopedSession, unit_id: UUID) -> Sequence[CommunityRequest]:
    """Return what is open of what a unit sees to or tells back, to be changed."""
    theirs = (
        col(CommunityRequest.unit_id) == unit_id,
        col(CommunityRequest.heard_unit_id) == unit_id,
    )
    return db.exec(
        select(CommunityRequest)
        .where(IS_OPEN, sa.or_(*theirs))
        .order_by(col(CommunityRequest.id))
        .with_for_update()
    ).all()


def request_sent_as(
    db: ScopedSession, station_id: UUID, client_key: UUID
) -> CommunityRequest | None:
    """Return the request a form made already."""
    return db.exec(
        select(CommunityRequest).where(
            CommunityRequest.station_id == station_id, CommunityRequest.client_key == client_key
        )
    ).first()


def units_to_assign(
    db: ScopedSession, station_id: UUID, day: dt.date
) -> Sequence[tuple[UUID, str]]:
    """Return the sections and boxes of a station that can see to a request, in reading order."""
    units = units_on(db, day, station_id=station_id)
    return [(unit.id, unit.name) for unit in units if unit.id != station_id]


class InboxUnits(NamedTuple):
    """The actor's unit and those below it, and what every unit of the station is called."""

    mine: Sequence[tuple[UUID, str]]
    names: Mapping[UUID, str]


def inbox_units(db: ScopedSession, actor: Actor, day: dt.date) -> InboxUnits:
    """Return whose inbox `actor` looks into; a chief's section holds its boxes' as well."""
    units = {unit.id: unit for unit in units_on(db, day, station_id=actor.station_id)}
    mine = [(actor.unit_id, actor.unit_name)]
    mine += [
        (unit.id, unit.name)
        for unit in units.values()
        if unit.id != actor.unit_id and actor.unit_id in _above(unit, units)
    ]
    return InboxUnits(mine, {key: unit.name for key, unit in units.items()})


def _above(unit: UnitLine, units: Mapping[UUID, UnitLine]) -> Iterator[UUID]:
    parent = units.get(unit.parent_id) if unit.parent_id else None
    while parent is not None:
        yield parent.id
        parent = units.get(parent.parent_id) if parent.parent_id else None


def lock_serials(db: ScopedSession, station_id: UUID) -> None:
    """Let no other transaction take a number of the station until this one ends."""
    db.exec(select(Unit.id).where(Unit.id == station_id).with_for_update(key_share=True)).one()


def last_serial(db: ScopedSession, station_id: UUID, year: int) -> int:
    """Return the last number a station gave in a fiscal year."""
    found = db.exec(
        select(sa.func.max(col(CommunityRequest.serial))).where(
            CommunityRequest.station_id == station_id, CommunityRequest.year == year
        )
    ).one()
    return found or 0


def whole_request(db: ScopedSession, request_id: UUID) -> WholeRequest:
    """Return a request with who asked and every step; three statements, NotFound as above."""
    heard_by, answered_by = aliased(Staff, name="heard_by"), aliased(Staff, name="answered_by")
    rows = db.rows(
        sa.select(
            CommunityRequest,
            col(Area.name),
            *(col(heard_by.family_name), col(heard_by.given_name)),
            *(col(answered_by.family_name), col(answered_by.given_name)),
        )
        .join(heard_by, col(heard_by.id) == col(CommunityRequest.heard_by))
        .outerjoin(answered_by, col(answered_by.id) == col(CommunityRequest.answered_by))
        .outerjoin(Area, col(Area.id) == col(CommunityRequest.area_id))
        .where(col(CommunityRequest.id) == request_id)
    )
    if not rows:
        raise NotFound
    request, area_name, *names = rows[0]
    heard, answered = (f"{one or ''} {two or ''}".strip() for one, two in (names[:2], names[2:]))
    return WholeRequest(
        request,
        area_name or "",
        heard,
        answered,
        askers_of(db, request_id),
        _steps_of(db, request_id),
    )


def askers_of(db: ScopedSession, request_id: UUID) -> Sequence[Asker]:
    """Return who asked, people first."""
    rows = db.rows(
        sa.select(Person, Organization)
        .select_from(RequestParty)
        .outerjoin(Person, col(Person.id) == col(RequestParty.person_id))
        .outerjoin(Organization, col(Organization.id) == col(RequestParty.organization_id))
        .where(col(RequestParty.request_id) == request_id)
        .order_by(col(Person.id).is_(None), col(Person.kana_sort), col(Organization.kana_sort))
    )
    return [
        Asker(Holder(person_id=person.id), person.name, person.kana)
        if person
        else Asker(Holder(organization_id=body.id), body.name, body.kana)
        for person, body in rows
    ]


def requests_shown(
    db: ScopedSession,
    shown: Shown,
    *,
    staff_id: UUID,
    units: Collection[UUID],
    day: dt.date,
    number: int = 1,
) -> Page[RequestLine]:
    """Return a page of the station's requests: what is due first; of the closed, the newest.

    `units` are those whose inbox it is: what they see to, and what they heard and tell back.
    """
    conditions = {
        Shown.UNIT: [
            IS_OPEN,
            sa.or_(
                col(CommunityRequest.unit_id).in_(units),
                col(CommunityRequest.heard_unit_id).in_(units),
            ),
        ],
        Shown.MINE: [IS_OPEN, col(CommunityRequest.heard_by) == staff_id],
        Shown.STATION: [IS_OPEN],
        Shown.OVERDUE: [IS_OPEN, col(CommunityRequest.due_on) < day],
        Shown.CLOSED: [~IS_OPEN],
    }[shown]
    total = db.exec(select(sa.func.count()).select_from(CommunityRequest).where(*conditions)).one()
    number = min(max(1, number), Page((), total).last)
    newest = (col(CommunityRequest.heard_on).desc(), col(CommunityRequest.id).desc())
    due = (col(CommunityRequest.due_on).is_(None), col(CommunityRequest.due_on), *newest)
    rows = db.rows(
        _lines()
        .where(*conditions)
        .order_by(*(newest if shown is Shown.CLOSED else due))
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    )
    return Page([RequestLine(*row) for row in rows], total, number)


def voices_of(db: ScopedSession, actor: Actor, quarter: Quarter, day: dt.date) -> Sequence[Voice]:
    """Return what a station heard in a quarter, as it is counted; units are called as on `day`."""
    names = {unit.id: unit.name for unit in units_on(db, day, station_id=actor.station_id)}
    rows = db.rows(
        sa.select(
            col(CommunityRequest.topic),
            col(Area.name),
            col(CommunityRequest.heard_unit_id),
            col(CommunityRequest.state),
            col(CommunityRequest.outcome),
        )
        .outerjoin(Area, col(Area.id) == col(CommunityRequest.area_id))
        .where(
            col(CommunityRequest.heard_on) >= quarter.first,
            col(CommunityRequest.heard_on) <= quarter.last,
        )
    )
    return [
        Voice(topic, area or names.get(unit_id, ""), state, outcome)
        for topic, area, unit_id, state, outcome in rows
    ]


def _lines() -> sa.Select[*tuple[object, ...]]:
    columns = [field.name for field in fields(RequestLine)][:-1]
    return sa.select(
        *(getattr(CommunityRequest, name) for name in columns), col(Area.name).label("area_name")
    ).outerjoin(Area, col(Area.id) == col(CommunityRequest.area_id))


def _steps_of(db: ScopedSession, request_id: UUID) -> Sequence[StepLine]:
    rows = db.rows(
        sa.select(*(getattr(RequestStep, name) for name in StepLine._fields))
        .where(col(RequestStep.request_id) == request_id)
        .order_by(col(RequestStep.at), col(RequestStep.id))
    )
    return [StepLine(*row) for row in rows]
