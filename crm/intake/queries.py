"""Reading batches, their rows and what they did."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.contacts.models import Organization, Person
from crm.intake.lines import BatchLine
from crm.intake.models import BatchState, IntakeBatch, IntakeChange, IntakeRow
from crm.kernel.columns import StationOwned
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import ScopedSession, rules


def batch(db: ScopedSession, batch_id: UUID, *, to_change: bool = False) -> IntakeBatch:
    """Return a batch; NotFound when there is none the actor may know of.

    `to_change` holds it until the transaction ends, so that it is applied or undone once.
    """
    wanted = select(IntakeBatch).where(col(IntakeBatch.id) == batch_id)
    if to_change:
        # another's change since this session first read the row must be seen
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def batches_page(db: ScopedSession, number: int) -> Page[BatchLine]:
    """Return one page of the station's batches, newest first."""
    total = db.exec(select(sa.func.count()).select_from(IntakeBatch)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        sa.select(
            col(IntakeBatch.id),
            col(IntakeBatch.kind),
            col(IntakeBatch.state),
            col(IntakeBatch.file_name),
            col(IntakeBatch.sheet),
            col(IntakeBatch.day),
            col(IntakeBatch.uploaded_at),
            col(IntakeBatch.applied_at),
            col(IntakeBatch.counts),
        )
        .order_by(col(IntakeBatch.uploaded_at).desc(), col(IntakeBatch.id).desc())
        .limit(PAGE_SIZE)
        .offset(offset_of(number))
    )
    return Page([BatchLine(*row) for row in rows], total, number)


def batch_of_file(db: ScopedSession, sha256: str) -> IntakeBatch | None:
    """Return the newest applied batch made from the very same file."""
    return db.exec(
        select(IntakeBatch)
        .where(col(IntakeBatch.sha256) == sha256, col(IntakeBatch.state) == BatchState.APPLIED)
        .order_by(col(IntakeBatch.applied_at).desc())
    ).first()


def rows_of_batch(db: ScopedSession, batch_id: UUID) -> Sequence[IntakeRow]:
    """Return the rows of a batch that are kept, in the order of the sheet."""
    return db.exec(
        select(IntakeRow).where(col(IntakeRow.batch_id) == batch_id).order_by(col(IntakeRow.number))
    ).all()


def changes_of_batch(db: ScopedSession, batch_id: UUID) -> Sequence[IntakeChange]:
    """Return what a batch did, the last first."""
    return db.exec(
        select(IntakeChange)
        .where(col(IntakeChange.batch_id) == batch_id)
        .order_by(col(IntakeChange.position).desc())
    ).all()


def batches_to_forget(db: ScopedSession, before: dt.datetime) -> Sequence[IntakeBatch]:
    """Return the batches that still have rows although their time is over."""
    with_rows = sa.select(col(IntakeRow.batch_id)).distinct()
    ended = sa.func.coalesce(col(IntakeBatch.applied_at), col(IntakeBatch.uploaded_at))
    return db.exec(
        select(IntakeBatch).where(ended < before, col(IntakeBatch.id).in_(with_rows))
    ).all()


def forget_rows(db: ScopedSession, batch_id: UUID, *, besides: Collection[int] = ()) -> None:
    """Delete the rows of a batch, but not those numbered in `besides`."""
    db.exec(
        sa.delete(IntakeRow).where(
            col(IntakeRow.batch_id) == batch_id, col(IntakeRow.number).not_in(besides)
        )
    )


def records(db: ScopedSession, table: type[StationOwned], ids: Collection[UUID]) -> Sequence[Any]:
    """Return the records of a table that are still there, to be restored or removed."""
    return db.exec(select(table).where(col(table.id).in_(ids))).all()


def references_to(
    db: ScopedSession, table: type[StationOwned], ids: Collection[UUID]
) -> list[tuple[UUID, UUID]]:
    """Return each of `ids` with the key of every record of any feature that refers to it."""
    target = sa.inspect(table).local_table
    found: list[tuple[UUID, UUID]] = []
    for other in rules():
        mapper = sa.inspect(other)
        for column in mapper.columns:
            if any(key.column.table is target for key in column.foreign_keys):
                refers = mapper.get_property_by_column(column).class_attribute
                key: Any = other
                found += map(tuple, db.rows(sa.select(refers, col(key.id)).where(refers.in_(ids))))
    return found


def names_of(
    db: ScopedSession, person_ids: Collection[UUID], organization_ids: Collection[UUID]
) -> Mapping[UUID, str]:
    """Return what people and organizations are called, by their key; two statements."""
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
