"""Reading people and organizations with the posts that hold on a day and their telephones."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from crm.agencies.models import UnitJurisdiction, UnitPlacement
from crm.areas.models import Area
from crm.contacts.lines import Choice, OrganizationLine, PersonLine, PhoneLine, PostLine
from crm.contacts.models import (
    OWNERS,
    Appointment,
    Holder,
    HolderKeys,
    Organization,
    OrganizationKind,
    Owner,
    Person,
    Telephone,
    about,
)
from crm.contacts.post_queries import posts_beside, posts_in_order
from crm.kernel.actor import Actor
from crm.kernel.columns import holds
from crm.kernel.errors import Forbidden, NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together

T = TypeVar("T")

PHONE_COLUMNS = (
    col(Telephone.raw),
    col(Telephone.e164),
    col(Telephone.extension),
    col(Telephone.kind),
    col(Telephone.label),
)


KNOWN = col(Person.family_name) != ""
"""Whoever has no name any more was disposed of: a key that counts of earlier days lean on."""


def require_reader(actor: Actor) -> None:
    """Raise Forbidden where personal data is not the actor's to read (本部、管理者、監査)."""
    if not actor.reads_people:
        raise Forbidden


def people_page(
    db: ScopedSession, *, row: str | None, number: int, counts: dict[str, int], day: dt.date
) -> Page[PersonLine]:
    """Return one page of people in kana order, of one kana row or all, with posts and phones.

    `counts` is what `people_by_row` said; a number past the end gives the last page.
    """
    total = counts.get(row, 0) if row else sum(counts.values())
    number = min(max(1, number), Page((), total).last)
    condition = sa.true() if row is None else col(Person.kana_row) == row
    items = people_where(db, condition, day=day, limit=PAGE_SIZE, offset=offset_of(number))
    return Page(items, total, number)


def people_by_row(db: ScopedSession) -> dict[str, int]:
    """Return how many people each kana row has; 他 are those whose reading is not known."""
    counted = sa.select(col(Person.kana_row), sa.func.count()).where(KNOWN)
    return {row[0]: row[1] for row in db.rows(counted.group_by(col(Person.kana_row)))}


def people_where(
    db: ScopedSession,
    *conditions: sa.ColumnElement[bool],
    day: dt.date,
    limit: int,
    offset: int = 0,
) -> list[PersonLine]:
    """Return the people who meet `conditions`, in kana order, with their posts on `day` and phones.

    Two statements, however many people.
    """
    found = db.rows(_person_columns().where(KNOWN, *conditions).limit(limit).offset(offset))
    posts, phones = _beside(db, "person_id", [row.id for row in found], day)
    return [
        replace(PersonLine(*row), posts=posts.get(row.id, ()), phones=phones.get(row.id, ()))
        for row in found
    ]


def organizations_page(
    db: ScopedSession,
    *,
    kind: OrganizationKind | None,
    row: str | None,
    number: int,
    counts: dict[str, int],
    day: dt.date,
) -> Page[OrganizationLine]:
    """Return one page of organizations in kana order, of a kind and a kana row or of all.

    `counts` is what `organizations_by_row` said of that kind.
    """
    total = counts.get(row, 0) if row else sum(counts.values())
    number = min(max(1, number), Page((), total).last)
    conditions = [_is_kind(kind)]
    if row:
        conditions.append(col(Organization.kana_row) == row)
    items = organizations_where(db, *conditions, day=day, limit=PAGE_SIZE, offset=offset_of(number))
    return Page(items, total, number)


def organizations_by_row(db: ScopedSession, kind: OrganizationKind | None) -> dict[str, int]:
    """Return how many organizations of `kind` (None: of any) each kana row has."""
    counted = (
        sa.select(col(Organization.kana_row), sa.func.count())
        .where(_is_kind(kind))
        .group_by(col(Organization.kana_row))
    )
    return {row[0]: row[1] for row in db.rows(counted)}


def organizations_where(
    db: ScopedSession,
    *conditions: sa.ColumnElement[bool],
    day: dt.date,
    limit: int,
    offset: int = 0,
) -> list[OrganizationLine]:
    """Return the organizations that meet `conditions`, with posts on `day` and phones.

    Two statements, however many organizations.
    """
    found = db.rows(
        sa.select(
            col(Organization.id),
            col(Organization.kind),
            col(Organization.name),
            col(Organization.kana),
            col(Organization.is_active),
            col(Area.name).label("area_name"),
        )
        .outerjoin(Area, col(Area.id) == Organization.area_id)
        .where(*conditions)
        .order_by(col(Organization.kana_sort), col(Organization.id))
        .limit(limit)
        .offset(offset)
    )
    posts, phones = _beside(db, "organization_id", [row.id for row in found], day)
    return [
        replace(OrganizationLine(*row), posts=posts.get(row.id, ()), phones=phones.get(row.id, ()))
        for row in found
    ]


def person(db: ScopedSession, person_id: UUID, *, to_change: bool = False) -> Person:
    """Return a person; NotFound when there is none the actor may know of.

    `to_change` holds the row until the transaction ends, so that of two changes at once the later
    sees what the earlier wrote.
    """
    return _one(db, select(Person).where(Person.id == person_id, KNOWN), to_change=to_change)


def organization(
    db: ScopedSession, organization_id: UUID, *, to_change: bool = False
) -> Organization:
    """Return an organization; as `person`."""
    wanted = select(Organization).where(Organization.id == organization_id)
    return _one(db, wanted, to_change=to_change)


def appointment(db: ScopedSession, appointment_id: UUID, *, to_change: bool = False) -> Appointment:
    """Return a person's post; as `person`."""
    wanted = select(Appointment).where(Appointment.id == appointment_id)
    return _one(db, wanted, to_change=to_change)


def names_of(
    db: ScopedSession, person_ids: Collection[UUID], organization_ids: Collection[UUID]
) -> dict[UUID, str]:
    """Return what people and organizations are called, of those the actor may know."""
    people = db.rows(
        sa.select(col(Person.id), col(Person.family_name), col(Person.given_name)).where(
            col(Person.id).in_(person_ids)
        )
    )
    organizations = db.rows(
        sa.select(col(Organization.id), col(Organization.name)).where(
            col(Organization.id).in_(organization_ids)
        )
    )
    named = {row.id: f"{row.family_name} {row.given_name}".strip() for row in people}
    return named | {row.id: row.name for row in organizations}


def require_known(db: ScopedSession, holders: Collection[Holder]) -> None:
    """Raise NotFound unless all of `holders` are whom the actor may know."""
    if len(names_of(db, *HolderKeys.of(holders))) < len(holders):
        raise NotFound


def is_organization(db: ScopedSession, organization_id: UUID) -> bool:
    """Return whether the actor may know an organization of that id."""
    wanted = select(Organization.id).where(Organization.id == organization_id)
    return db.exec(wanted).first() is not None


def telephones_of(db: ScopedSession, holder: Holder) -> Sequence[PhoneLine]:
    """Return the numbers of a person or an organization, the first to be dialed first."""
    ordered = sa.select(*PHONE_COLUMNS).where(about(Telephone, holder))
    return [PhoneLine(*row) for row in db.rows(ordered.order_by(col(Telephone.position)))]


def telephone_rows_of(db: ScopedSession, holder: Holder) -> Sequence[Telephone]:
    """Return the rows behind `telephones_of`, to be replaced."""
    return db.exec(
        select(Telephone).where(about(Telephone, holder)).order_by(col(Telephone.position))
    ).all()


def organization_choices(db: ScopedSession, *, besides: UUID | None = None) -> Sequence[Choice]:
    """Return the organizations one can be chosen from, in kana order; `besides` is left out."""
    chosen = sa.select(col(Organization.id), col(Organization.name)).order_by(
        col(Organization.kana_sort), col(Organization.id)
    )
    if besides is not None:
        chosen = chosen.where(col(Organization.id) != besides)
    return [Choice(*row) for row in db.rows(chosen)]


def area_choices(
    db: ScopedSession, actor: Actor, day: dt.date, *, chosen: UUID | None = None
) -> Sequence[Choice]:
    """Return the areas the actor's station is responsible for on `day`, and the one `chosen`."""
    of_station = (
        sa.select(col(UnitJurisdiction.area_id))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == UnitJurisdiction.unit_id)
        .where(
            col(UnitPlacement.station_id) == actor.station_id,
            holds(UnitJurisdiction, day),
            holds(UnitPlacement, day),
        )
    )
    standing = sa.and_(holds(Area, day), col(Area.id).in_(of_station))
    found = db.rows(
        sa.select(col(Area.id), col(Area.name))
        .where(sa.or_(standing, col(Area.id) == chosen))
        .order_by(col(Area.kana_sort), col(Area.id))
    )
    return [Choice(*row) for row in found]


def _one(db: ScopedSession, wanted: SelectOfScalar[T], *, to_change: bool) -> T:
    if to_change:
        # a row this session read before another's change must be read anew
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def _is_kind(kind: OrganizationKind | None) -> sa.ColumnElement[bool]:
    return sa.true() if kind is None else sa.and_(col(Organization.kind) == kind)


def _beside(
    db: ScopedSession, owner: Owner, ids: Sequence[UUID], day: dt.date
) -> tuple[Mapping[UUID, Sequence[PostLine]], Mapping[UUID, Sequence[PhoneLine]]]:
    """Return the posts on `day` and the numbers of each of `ids`, in one statement."""
    if not ids:
        return {}, {}
    held, numbers = together(db, (posts_beside(owner), _phones_beside(owner)), owners=ids, day=day)
    posts: dict[UUID, list[PostLine]] = {}
    for line in posts_in_order(held):
        posts.setdefault(getattr(line, owner), []).append(line)
    phones: dict[UUID, list[PhoneLine]] = {}
    for row in sorted(numbers, key=lambda row: row.position):
        phones.setdefault(row.owner, []).append(PhoneLine(*row[: len(PhoneLine._fields)]))
    return posts, phones


@cache
def _phones_beside(owner: Owner) -> AnySelect:
    owner_id: Mapped[UUID | None] = col(getattr(Telephone, owner))
    return sa.select(*PHONE_COLUMNS, col(Telephone.position), owner_id.label("owner")).where(
        owner_id.in_(OWNERS)
    )


@cache
def _person_columns() -> AnySelect:
    """Select people in kana order; built once, for every list."""
    return sa.select(
        col(Person.id),
        col(Person.family_name),
        col(Person.given_name),
        col(Person.family_kana),
        col(Person.given_kana),
    ).order_by(col(Person.kana_sort), col(Person.id))
