"""Reading information items: lists, one item, its file, and what may be handed over."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import Staff, UnitPlacement
from crm.bulletins.lines import FileFacts, ItemChoice, ItemLine
from crm.bulletins.models import (
    HANDED_TO_LIAISONS,
    InformationFile,
    InformationItem,
    InformationKind,
    NoteInformation,
)
from crm.kernel.actor import Actor
from crm.kernel.columns import DAY, holds
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.text import search_key

CHOICES_TO_HAND = 8


def item_issued_with(db: ScopedSession, actor: Actor, request_key: UUID) -> InformationItem | None:
    """Return the item `actor` issued with `request_key`, if the form was sent before.

    Holds the author until the transaction ends: of two forms sent at one moment the second waits.
    """
    db.exec(
        select(Staff.id).where(col(Staff.id) == actor.staff_id).with_for_update(key_share=True)
    ).first()
    return db.exec(
        select(InformationItem).where(
            col(InformationItem.created_by) == actor.account_id,
            col(InformationItem.request_key) == request_key,
        )
    ).first()


def items_page(
    db: ScopedSession,
    *,
    day: dt.date,
    ended: bool = False,
    kind: InformationKind | None = None,
    words: str = "",
    number: int = 1,
) -> Page[ItemLine]:
    """Return one page of items, the newest first; two statements.

    `ended` are those expired or withdrawn by `day`, the others include what is yet to begin.
    `words` are looked for in title, topic and issue number; a number past the end gives the last
    page.
    """
    conditions = [_has_ended(day) if ended else ~_has_ended(day)]
    if kind is not None:
        conditions.append(col(InformationItem.kind) == kind)
    if key := search_key(words):
        conditions.append(col(InformationItem.search_key).contains(key, autoescape=True))
    total = db.exec(select(sa.func.count()).select_from(InformationItem).where(*conditions)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        _item_lines(day)
        .where(*conditions)
        .order_by(col(InformationItem.valid_from).desc(), col(InformationItem.id).desc())
        .limit(PAGE_SIZE)
        .offset(offset_of(number))
    )
    return Page([ItemLine(*row) for row in rows], total, number)


def item_line(db: ScopedSession, item_id: UUID, day: dt.date) -> ItemLine:
    """Return one item as a list shows it; NotFound where it is not the actor's to read."""
    rows = db.rows(_item_lines(day).where(col(InformationItem.id) == item_id))
    if not rows:
        raise NotFound
    return ItemLine(*rows[0])


def item(db: ScopedSession, item_id: UUID) -> InformationItem:
    """Return an item; NotFound where it is not the actor's to read."""
    found = db.exec(select(InformationItem).where(col(InformationItem.id) == item_id)).first()
    if found is None:
        raise NotFound
    return found


def item_to_change(db: ScopedSession, item_id: UUID) -> InformationItem:
    """Return an item and keep others from changing or passing it on until this transaction ends."""
    found = db.exec(
        select(InformationItem).where(col(InformationItem.id) == item_id).with_for_update()
    ).first()
    if found is None:
        raise NotFound
    return found


def file_facts(db: ScopedSession, item_id: UUID) -> FileFacts | None:
    """Return the name, kind and size of an item's file, None without one; content not loaded."""
    rows = db.rows(
        sa.select(
            col(InformationFile.name),
            col(InformationFile.media_type),
            sa.func.length(col(InformationFile.content)),
        ).where(col(InformationFile.item_id) == item_id)
    )
    return FileFacts(*rows[0]) if rows else None


def file_of(db: ScopedSession, item_id: UUID) -> InformationFile | None:
    """Return an item's file with its content, None without one."""
    return db.exec(select(InformationFile).where(col(InformationFile.item_id) == item_id)).first()


def times_handed(db: ScopedSession, item_id: UUID) -> int:
    """Return in how many of the station's contacts the item was handed over.

    Whether it was passed on from there is asked of nobody and kept nowhere.
    """
    return db.exec(
        select(sa.func.count())
        .select_from(NoteInformation)
        .where(col(NoteInformation.item_id) == item_id)
    ).one()


@cache
def items_to_hand() -> AnySelect:
    """Select the newest items that may be handed to a liaison on a day, a handful; built once."""
    return (
        sa.select(
            col(InformationItem.id),
            col(InformationItem.kind),
            col(InformationItem.issue_number),
            col(InformationItem.title),
            col(InformationItem.handling),
            col(InformationItem.valid_from),
        )
        .where(
            col(InformationItem.handling).in_(HANDED_TO_LIAISONS),
            col(InformationItem.valid_from) <= DAY,
            ~_has_ended(DAY),
        )
        .order_by(col(InformationItem.valid_from).desc(), col(InformationItem.id).desc())
        .limit(CHOICES_TO_HAND)
    )


def newest_first(rows: Iterable[Any]) -> Sequence[ItemChoice]:
    """Return rows of `items_to_hand` as choices, the newest first."""
    ordered = sorted(rows, key=lambda row: (row.valid_from, row.id), reverse=True)
    return [ItemChoice(*row[: len(ItemChoice._fields)]) for row in ordered]


@cache
def items_lately() -> AnySelect:
    """Select the items that began since a day and may be handed to a liaison on one; built once."""
    return sa.select(
        col(InformationItem.id),
        col(InformationItem.kind),
        col(InformationItem.issue_number),
        col(InformationItem.title),
        col(InformationItem.valid_from),
    ).where(
        col(InformationItem.handling).in_(HANDED_TO_LIAISONS),
        col(InformationItem.valid_from).between(sa.bindparam("issued_since", type_=sa.Date()), DAY),
        ~_has_ended(DAY),
    )


def items_named(db: ScopedSession, ids: Collection[UUID]) -> Sequence[InformationItem]:
    """Return those of `ids` the actor may read, the newest first."""
    return db.exec(
        select(InformationItem)
        .where(col(InformationItem.id).in_(ids))
        .order_by(col(InformationItem.valid_from).desc(), col(InformationItem.id).desc())
    ).all()


def handed_with(db: ScopedSession, note_id: UUID) -> set[UUID]:
    """Return the keys of the items handed over in one contact."""
    return set(
        db.exec(
            select(NoteInformation.item_id).where(col(NoteInformation.note_id) == note_id)
        ).all()
    )


def _has_ended(day: dt.date | sa.BindParameter[dt.date]) -> sa.ColumnElement[bool]:
    withdrawn, last = col(InformationItem.withdrawn_on), col(InformationItem.valid_to)
    return sa.or_(
        sa.and_(withdrawn.is_not(None), withdrawn <= day), sa.and_(last.is_not(None), last < day)
    )


def _item_lines(day: dt.date) -> AnySelect:
    columns: tuple[Any, ...] = (
        col(InformationItem.id),
        col(InformationItem.kind),
        col(InformationItem.issue_number),
        col(InformationItem.title),
        col(InformationItem.topic),
        col(InformationItem.handling),
        col(InformationItem.valid_from),
        col(InformationItem.valid_to),
        col(InformationItem.withdrawn_on),
        col(InformationItem.station_id).is_(None),
        col(UnitPlacement.name),
        col(InformationFile.id).is_not(None),
    )
    return (
        sa.select(*columns)
        .select_from(InformationItem)
        .outerjoin(
            UnitPlacement,
            sa.and_(
                col(UnitPlacement.unit_id) == col(InformationItem.unit_id),
                holds(UnitPlacement, day),
            ),
        )
        .outerjoin(InformationFile, col(InformationFile.item_id) == col(InformationItem.id))
    )
