"""Reading bodies: which there are, one with its members, and where somebody sits."""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import UnitPlacement
from crm.bodies.lines import BodyLine, MemberLine, WholeBody
from crm.bodies.models import Body, BodyMember, BodyRole
from crm.contacts.lines import Choice
from crm.contacts.models import OWNERS, Holder, Organization, Owner, Person, about
from crm.contacts.naming import NAMES, named_of
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession

_ROLES = list(BodyRole)


def body_of(db: ScopedSession, body_id: UUID, *, to_change: bool = False) -> Body:
    """Return a body of the own station; NotFound otherwise. `to_change` keeps others from it."""
    wanted = select(Body).where(col(Body.id) == body_id)
    found = db.exec(wanted.with_for_update() if to_change else wanted).first()
    if found is None:
        raise NotFound
    return found


def is_body(db: ScopedSession, body_id: UUID) -> bool:
    """Return whether the actor may know a body of that id."""
    return db.exec(select(Body.id).where(col(Body.id) == body_id)).first() is not None


def body_sent_as(db: ScopedSession, station_id: UUID, client_key: UUID) -> Body | None:
    """Return the body a form made already."""
    return db.exec(
        select(Body).where(Body.station_id == station_id, Body.client_key == client_key)
    ).first()


def bodies_on(db: ScopedSession, day: dt.date) -> Sequence[BodyLine]:
    """Return every body in kana order, those that have ended last, with its members on `day`."""
    members = (
        sa.select(sa.func.count(col(BodyMember.id)))
        .where(col(BodyMember.body_id) == col(Body.id), holds(BodyMember, day))
        .correlate(Body)
        .scalar_subquery()
    )
    rows = db.rows(
        sa.select(
            col(Body.id),
            col(Body.kind),
            col(Body.name),
            col(Body.kana),
            col(Body.legal_basis),
            col(Body.ended_on),
            members,
        ).order_by(_has_ended(day), col(Body.kana_sort), col(Body.name), col(Body.id))
    )
    return [BodyLine(*row) for row in rows]


def body_choices(
    db: ScopedSession, day: dt.date, *, chosen: UUID | None = None
) -> Sequence[Choice]:
    """Return the bodies that stand on `day` and the one `chosen`, in kana order."""
    rows = db.rows(
        sa.select(col(Body.id), col(Body.name))
        .where(sa.or_(sa.not_(_has_ended(day)), col(Body.id) == chosen))
        .order_by(col(Body.kana_sort), col(Body.name), col(Body.id))
    )
    return [Choice(*row) for row in rows]


def whole_body(db: ScopedSession, body_id: UUID) -> WholeBody:
    """Return a body with all its members in the order they are read out; two statements.

    NotFound as above.
    """
    placed = sa.and_(
        col(UnitPlacement.unit_id) == col(Body.secretariat_unit_id),
        col(UnitPlacement.valid_to).is_(None),
    )
    rows = db.rows(
        sa.select(Body, col(UnitPlacement.name))
        .outerjoin(UnitPlacement, placed)
        .where(col(Body.id) == body_id)
    )
    if not rows:
        raise NotFound
    return WholeBody(rows[0][0], rows[0][1] or "", _members(db, body_id))


def member_of(db: ScopedSession, member_id: UUID, *, to_change: bool = False) -> BodyMember:
    """Return a seat of a body of the own station; NotFound and `to_change` as in `body_of`."""
    wanted = select(BodyMember).where(col(BodyMember.id) == member_id)
    found = db.exec(wanted.with_for_update() if to_change else wanted).first()
    if found is None:
        raise NotFound
    return found


def open_seats(db: ScopedSession, body_id: UUID) -> Sequence[BodyMember]:
    """Return the seats of a body whose end nobody has said yet."""
    return db.exec(
        select(BodyMember).where(
            col(BodyMember.body_id) == body_id, col(BodyMember.valid_to).is_(None)
        )
    ).all()


def sits_between(
    db: ScopedSession, body_id: UUID, holder: Holder, first: dt.date, last: dt.date | None
) -> bool:
    """Return whether somebody holds a seat of a body on a day from `first` to `last`."""
    wanted = select(BodyMember.id).where(
        col(BodyMember.body_id) == body_id,
        about(BodyMember, holder),
        sa.or_(col(BodyMember.valid_to).is_(None), col(BodyMember.valid_to) >= first),
    )
    if last is not None:
        wanted = wanted.where(col(BodyMember.valid_from) <= last)
    return db.exec(wanted).first() is not None


@cache
def seats_of(owner: Owner) -> AnySelect:
    """Select where `owners` sit or sat, for their own page; built once."""
    return (
        sa.select(
            col(Body.id).label("body_id"),
            col(Body.name),
            col(BodyMember.role),
            col(BodyMember.valid_from),
            col(BodyMember.valid_to),
        )
        .join(BodyMember, col(BodyMember.body_id) == col(Body.id))
        .where(col(getattr(BodyMember, owner)).in_(OWNERS))
    )


def _members(db: ScopedSession, body_id: UUID) -> Sequence[MemberLine]:
    order = sa.func.coalesce(col(Person.kana_sort), col(Organization.kana_sort), "")
    rows = db.rows(
        sa.select(BodyMember, *NAMES)
        .outerjoin(Person, col(Person.id) == col(BodyMember.person_id))
        .outerjoin(Organization, col(Organization.id) == col(BodyMember.organization_id))
        .where(col(BodyMember.body_id) == body_id)
        .order_by(order, col(BodyMember.id))
    )
    lines = [_member(row[0], row) for row in rows]
    return sorted(lines, key=lambda line: _ROLES.index(line.role))


def _member(seat: BodyMember, row: sa.Row[tuple[object, ...]]) -> MemberLine:
    who = named_of(row) if seat.holder else None
    return MemberLine(
        seat.id,
        who.holder if who else None,
        who.name if who else seat.words,
        who.kana if who else "",
        seat.role,
        seat.valid_from,
        seat.valid_to,
        seat.revision,
    )


def _has_ended(day: dt.date) -> sa.ColumnElement[bool]:
    return sa.and_(col(Body.ended_on).is_not(None), col(Body.ended_on) < day)
