"""Reading posts: who holds which where, on a day."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from crm.contacts.lines import Choice, PostLine
from crm.contacts.models import (
    OWNERS,
    Appointment,
    Holder,
    HolderKeys,
    Organization,
    Owner,
    Person,
    PostType,
)
from crm.kernel.columns import DAY
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession


def held_on(day: dt.date | sa.BindParameter[dt.date]) -> sa.ColumnElement[bool]:
    """Return the condition that an appointment holds on `day`; an unknown start lies before it."""
    starts, ends = col(Appointment.valid_from), col(Appointment.valid_to)
    return sa.and_(
        sa.or_(starts.is_(None), starts <= day),
        sa.or_(ends.is_(None), ends >= day),
    )


def appointments_of(db: ScopedSession, person_id: UUID, day: dt.date) -> Sequence[PostLine]:
    """Return the posts a person holds on `day`, oldest first."""
    return posts_where(db, col(Appointment.person_id) == person_id, held_on(day))


def holds_post(
    db: ScopedSession,
    person_id: UUID,
    post_type_id: UUID,
    organization_id: UUID | None,
    title: str,
    day: dt.date,
) -> bool:
    """Return whether a person holds that very post on `day`."""
    wanted = select(Appointment.id).where(
        Appointment.person_id == person_id,
        Appointment.post_type_id == post_type_id,
        col(Appointment.organization_id).is_not_distinct_from(organization_id),
        Appointment.title == title,
        held_on(day),
    )
    return db.exec(wanted).first() is not None


def people_of(db: ScopedSession, organization_id: UUID, day: dt.date) -> Sequence[PostLine]:
    """Return who holds a post at an organization on `day`."""
    return posts_where(db, col(Appointment.organization_id) == organization_id, held_on(day))


def post(db: ScopedSession, appointment_id: UUID) -> PostLine:
    """Return one post, whenever it was held; NotFound as `person`."""
    found = posts_where(db, col(Appointment.id) == appointment_id)
    if not found:
        raise NotFound
    return found[0]


def posts_where(db: ScopedSession, *conditions: sa.ColumnElement[bool]) -> Sequence[PostLine]:
    """Return the posts that meet `conditions`, in the order of the kinds of posts."""
    return [PostLine(*row) for row in db.rows(_post_columns().where(*conditions))]


def posts_of(db: ScopedSession, holders: Iterable[Holder], day: dt.date) -> Mapping[Holder, str]:
    """Return the posts each person holds on `day`, as a list puts them; one statement."""
    people = HolderKeys.of(holders).people
    return posts_by_holder(posts_where(db, held_on(day), col(Appointment.person_id).in_(people)))


def posts_by_holder(posts: Iterable[PostLine]) -> Mapping[Holder, str]:
    """Return what each person does, all of somebody's posts in one line."""
    found: dict[Holder, str] = {}
    for post in posts:
        holder = Holder(person_id=post.person_id)
        found[holder] = f"{found[holder]}　{post.label}" if holder in found else post.label
    return found


@cache
def posts_beside(owner: Owner, *, ever: bool = False) -> AnySelect:
    """Select the posts of `owners` on a day, or `ever`, for `posts_in_order`; built once."""
    owner_id: Mapped[UUID | None] = col(getattr(Appointment, owner))
    posts = _post_columns().add_columns(col(PostType.position)).order_by(None)
    return posts.where(owner_id.in_(OWNERS), sa.true() if ever else held_on(DAY))


def posts_in_order(rows: Iterable[Any]) -> list[PostLine]:
    """Return rows of `posts_beside` in the order of the kinds of posts."""
    ordered = sorted(rows, key=lambda row: (row.position, row.valid_from or dt.date.min, row.id))
    return [PostLine(*row[: len(PostLine._fields)]) for row in ordered]


def post_types(db: ScopedSession) -> Sequence[Choice]:
    """Return the kinds of posts, in their own order."""
    ordered = sa.select(col(PostType.id), col(PostType.name)).order_by(col(PostType.position))
    return [Choice(*row) for row in db.rows(ordered)]


@cache
def _post_columns() -> AnySelect:
    """Select posts with who holds them and where; built once, for every list of posts."""
    return (
        sa.select(
            col(Appointment.id),
            col(Appointment.person_id),
            col(Person.family_name),
            col(Person.given_name),
            col(Appointment.organization_id),
            col(Organization.name).label("organization_name"),
            col(PostType.name).label("post_name"),
            col(Appointment.title),
            col(Appointment.valid_from),
            col(Appointment.valid_to),
            col(Appointment.revision),
        )
        .join(Person, col(Person.id) == Appointment.person_id)
        .join(PostType, col(PostType.id) == Appointment.post_type_id)
        .outerjoin(Organization, col(Organization.id) == Appointment.organization_id)
        .order_by(col(PostType.position), col(Appointment.valid_from), col(Appointment.id))
    )
