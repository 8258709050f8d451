"""Reading what a roster can be narrowed to, and who a selection takes in.

A way of narrowing is one entry of `CHOOSERS`: whom it takes in, and what the choice is called.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import BOXES, Unit, UnitJurisdiction, UnitPlacement
from crm.areas.models import Area
from crm.bodies.models import HAS_HOLDER, Body, BodyMember
from crm.contacts.models import Appointment, Holder, PostType
from crm.contacts.post_queries import held_on
from crm.kernel.actor import Actor
from crm.kernel.columns import DAY, Key, holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.liaisons.models import LiaisonTerm, LiaisonTermArea
from crm.meetings.models import WAS_THERE, Meeting, MeetingParty, Reply
from crm.rosters.models import RosterFilter, RosterOrdering, RosterProfile
from crm.rosters.selection import Selection
from crm.sharing.models import PublishedContact

STATION = sa.bindparam("station", type_=Key())
MEETINGS_OFFERED = 30
Choice = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom a selection takes in, None for everybody, and what it is called on paper."""

    name: str
    holders: frozenset[Holder] | None

    def takes(self, holder: Holder) -> bool:
        """Whether `holder` is among them."""
        return self.holders is None or holder in self.holders


class Choices(NamedTuple):
    """What a roster can be narrowed to at a station, each by what it is called."""

    unit_id: Sequence[Choice]
    area_id: Sequence[Choice]
    post_type_id: Sequence[Choice]
    body_id: Sequence[Choice]
    meeting_id: Sequence[Choice]
    recipient_id: Sequence[Choice]


class FilterLine(NamedTuple):
    """A selection kept under a name."""

    id: UUID
    name: str
    of_unit: bool
    profile: RosterProfile
    ordering: RosterOrdering
    selection: str
    account_id: UUID


class Chooser(NamedTuple):
    """One way of narrowing: a select of whom it takes in, and one of what the choice is called."""

    holders: AnySelect
    names: AnySelect
    said: str = "{}"


def chosen_of(
    db: ScopedSession,
    actor: Actor,
    selection: Selection,
    day: dt.date,
    *,
    to_seat: bool = False,
) -> Chosen:
    """Return whom `selection` takes in on `day`; no statement for everybody, otherwise one.

    `to_seat` takes in of a meeting's list only who has not said that they stay away, or did not.

    Raises NotFound for what is not there, or not the actor's to know.
    """
    asked = {name: key for name, key in selection if name in choosers()}
    if not asked:
        return Chosen("", None)
    known = [choosers()[name] for name in asked]
    selects = tuple(each for chooser in known for each in (chooser.holders, chooser.names))
    found = together(db, selects, **asked, day=day, station=actor.station_id, is_all=not to_seat)
    holders, names = found[::2], found[1::2]
    if not all(names):
        raise NotFound
    taken = [frozenset(Holder(*row) for row in rows) for rows in holders]
    said = [chooser.said.format(rows[0].name) for chooser, rows in zip(known, names, strict=True)]
    return Chosen("・".join(said), frozenset.intersection(*taken))


def choices(db: ScopedSession, actor: Actor, day: dt.date) -> Choices:
    """Return what a roster of the actor's station can be narrowed to on `day`; one statement."""
    found = together(db, _offered(), day=day, station=actor.station_id)
    in_order = [sorted(rows, key=lambda row: (row.place, row.name)) for rows in found]
    offered = [[(row.id, row.name) for row in rows] for rows in in_order]
    found_all = Choices(*offered)
    return found_all._replace(meeting_id=found_all.meeting_id[::-1][:MEETINGS_OFFERED])


def filters(db: ScopedSession) -> Sequence[FilterLine]:
    """Return the selections the actor kept, and those the own unit uses, by name."""
    rows = db.rows(
        sa.select(
            col(RosterFilter.id),
            col(RosterFilter.name),
            col(RosterFilter.of_unit),
            col(RosterFilter.profile),
            col(RosterFilter.ordering),
            col(RosterFilter.selection),
            col(RosterFilter.account_id),
        ).order_by(col(RosterFilter.name), col(RosterFilter.id))
    )
    return [FilterLine(*row) for row in rows]


def own_filter(db: ScopedSession, account_id: UUID, filter_id: UUID) -> RosterFilter:
    """Return a selection an account kept; NotFound for anybody else's."""
    found = db.exec(
        select(RosterFilter).where(
            RosterFilter.id == filter_id, RosterFilter.account_id == account_id
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def own_filter_called(db: ScopedSession, account_id: UUID, name: str) -> RosterFilter | None:
    """Return the selection an account kept under `name`."""
    return db.exec(
        select(RosterFilter).where(RosterFilter.account_id == account_id, RosterFilter.name == name)
    ).first()


@cache
def choosers() -> Mapping[str, Chooser]:
    """Return every way of narrowing, by the field of `Selection` that asks for it."""
    served = sa.select(col(LiaisonTerm.person_id), col(LiaisonTerm.organization_id)).join(
        LiaisonTermArea, col(LiaisonTermArea.term_id) == col(LiaisonTerm.id)
    )
    of_areas = served.where(holds(LiaisonTerm))
    held = sa.select(col(Appointment.person_id)).where(
        col(Appointment.post_type_id) == _asked("post_type_id"), held_on(DAY)
    )
    invited = sa.select(col(MeetingParty.person_id), col(MeetingParty.organization_id)).where(
        col(MeetingParty.meeting_id) == _asked("meeting_id"),
        sa.or_(sa.bindparam("is_all", type_=sa.Boolean()), _needs_seat()),
    )
    return {
        "unit_id": Chooser(
            of_areas.join(
                UnitJurisdiction, col(UnitJurisdiction.area_id) == col(LiaisonTermArea.area_id)
            ).where(
                col(UnitJurisdiction.unit_id) == _asked("unit_id"),
                holds(UnitJurisdiction),
            ),
            _boxes().where(col(Unit.id) == _asked("unit_id")),
        ),
        "area_id": Chooser(
            of_areas.where(col(LiaisonTermArea.area_id) == _asked("area_id")),
            sa.select(col(Area.name)).where(col(Area.id) == _asked("area_id")),
        ),
        "post_type_id": Chooser(
            held,
            sa.select(col(PostType.name)).where(col(PostType.id) == _asked("post_type_id")),
        ),
        "body_id": Chooser(
            sa.select(col(BodyMember.person_id), col(BodyMember.organization_id)).where(
                col(BodyMember.body_id) == _asked("body_id"), HAS_HOLDER, holds(BodyMember)
            ),
            sa.select(col(Body.name)).where(col(Body.id) == _asked("body_id")),
            "{}の委員",
        ),
        "meeting_id": Chooser(
            invited,
            sa.select(col(Meeting.title).label("name")).where(
                col(Meeting.id) == _asked("meeting_id")
            ),
            "{}の招待者",
        ),
    }


def _needs_seat() -> sa.ColumnElement[bool]:
    """Return who has a seat: that somebody came says more than what they answered."""
    presence, reply = col(MeetingParty.presence), col(MeetingParty.reply)
    expected = sa.or_(reply.is_(None), reply != Reply.DECLINES)
    return sa.or_(presence.in_(WAS_THERE), sa.and_(presence.is_(None), expected))


@cache
def _offered() -> tuple[AnySelect, ...]:
    """Select the boxes, areas, kinds of posts, bodies, meetings and recipients to choose from."""
    serving = (
        sa.select(col(LiaisonTermArea.area_id))
        .join(LiaisonTerm, col(LiaisonTerm.id) == col(LiaisonTermArea.term_id))
        .where(holds(LiaisonTerm))
    )
    held = sa.select(col(Appointment.post_type_id)).where(held_on(DAY))
    given: AnySelect = (
        sa.select(
            col(PublishedContact.recipient_station_id).label("id"),
            col(PublishedContact.recipient_name).label("name"),
            col(PublishedContact.recipient_name).label("place"),
        )
        .where(col(PublishedContact.giver_station_id) == STATION)
        .distinct()
    )
    return (
        _boxes(),
        _listed(Area, Area.name, Area.kana_sort).where(col(Area.id).in_(serving)),
        _listed(PostType, PostType.name, PostType.position).where(col(PostType.id).in_(held)),
        _listed(Body, Body.name, Body.kana_sort).where(
            sa.or_(col(Body.ended_on).is_(None), col(Body.ended_on) >= DAY)
        ),
        _listed(Meeting, Meeting.title, Meeting.starts_at),
        given,
    )


def _boxes() -> AnySelect:
    return (
        _listed(Unit, UnitPlacement.name, UnitPlacement.kana_sort)
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(Unit.id))
        .where(
            col(Unit.kind).in_(BOXES),
            col(UnitPlacement.station_id) == STATION,
            holds(UnitPlacement),
        )
    )


def _listed(table: Any, name: Any, place: Any) -> AnySelect:  # noqa: ANN401 - columns of any table
    return sa.select(col(table.id), col(name).label("name"), col(place).label("place"))


def _asked(name: str) -> sa.BindParameter[UUID]:
    return sa.bindparam(name, type_=Key())
