"""Reading what units left that stand no more: requests and promises that are nobody's now."""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.agencies.models import UnitJurisdiction, UnitPlacement
from crm.contacts.naming import named_of
from crm.handovers.brief import Planned, Promise, Request, still_promised
from crm.handovers.brief_queries import planned_visits
from crm.kernel.actor import Actor
from crm.kernel.clock import start_of_day
from crm.kernel.columns import DAY, Key, holds
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.requests.models import IS_OPEN, CommunityRequest, state_label

PLANS_LAST = dt.timedelta(days=366)


class Closed(NamedTuple):
    """A unit that stands no more, and what it left; `heirs` took its areas over."""

    unit_id: UUID
    name: str
    last_day: dt.date
    heirs: Sequence[UUID]
    requests: Sequence[Request]
    promises: Sequence[Promise]

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to hand over."""
        return not self.requests


def closed_units(db: ScopedSession, actor: Actor, today: dt.date) -> Sequence[Closed]:
    """Return the own station's units that ended before `today`, what they left first.

    One statement, however many they are.
    """
    placed, asked, planned, areas = together(
        db,
        _selects(),
        station=actor.station_id,
        planned_since=start_of_day(today - PLANS_LAST),
        day=today,
    )
    standing = {row.unit_id for row in placed if row.valid_to is None or row.valid_to >= today}
    last: dict[UUID, Any] = {}
    for row in sorted(placed, key=lambda row: row.valid_to or dt.date.max):
        if row.unit_id not in standing:
            last[row.unit_id] = row
    promises = [
        Planned(
            Promise(named_of(row), row.next_on, row.note_id),
            row.unit_id,
            row.happened_at,
            row.last_at or row.last_there_at,
        )
        for row in planned
        if row.unit_id in last and (row.person_id or row.organization_id)
    ]
    closed = [
        Closed(
            unit_id,
            row.name,
            row.valid_to,
            _heirs(unit_id, areas),
            [_request(one) for one in asked if unit_id in (one.unit_id, one.heard_unit_id)],
            still_promised(one for one in promises if one.unit_id == unit_id),
        )
        for unit_id, row in last.items()
    ]
    return sorted(closed, key=lambda one: (one.is_settled, -one.last_day.toordinal(), one.name))


def _heirs(unit_id: UUID, areas: Sequence[Any]) -> list[UUID]:
    """Return who has a closed unit's areas now, whoever has most of them first."""
    own = {row.area_id for row in areas if row.unit_id == unit_id and not row.holds_now}
    taken = [row.unit_id for row in areas if row.area_id in own and row.holds_now]
    return sorted(set(taken), key=lambda heir: (-taken.count(heir), str(heir)))


def _request(row: Any) -> Request:  # noqa: ANN401 - a row of the select below
    return Request(row.id, row.words, row.heard_on, row.due_on, state_label(row.state, row.outcome))


@cache
def _selects() -> tuple[AnySelect, ...]:
    """Select a station's placements, its open requests, its planned visits and its areas."""
    at_station = col(UnitPlacement.station_id) == sa.bindparam("station", type_=Key())
    placed = sa.select(
        *(col(UnitPlacement.unit_id), col(UnitPlacement.name), col(UnitPlacement.valid_to))
    ).where(at_station)
    request = CommunityRequest
    asked = sa.select(
        *(col(request.id), col(request.words), col(request.heard_on), col(request.due_on)),
        *(col(request.state), col(request.outcome)),
        *(col(request.unit_id), col(request.heard_unit_id)),
    ).where(IS_OPEN)
    own = sa.select(col(UnitPlacement.unit_id)).where(at_station)
    areas = sa.select(
        *(col(UnitJurisdiction.area_id), col(UnitJurisdiction.unit_id)),
        holds(UnitJurisdiction, DAY).label("holds_now"),
    ).where(col(UnitJurisdiction.unit_id).in_(own))
    return placed, asked, planned_visits(), areas
