"""Reading what was left for the next shift of a unit."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.kernel.columns import Key, Moment
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.shifts.lines import MessageLine
from crm.shifts.models import ShiftConfirmation, ShiftMessage

SHOWN_FOR = dt.timedelta(days=7)
"""Long enough for whoever comes back from leave; then it is no news any more."""
KEPT_FOR = dt.timedelta(days=30)


@cache
def message_rows() -> AnySelect:
    """Select what was left for a unit since a moment, a row for each who took note; built once."""
    return (
        sa.select(
            col(ShiftMessage.id),
            col(ShiftMessage.text),
            col(ShiftMessage.written_by),
            col(ShiftMessage.writer_name),
            col(ShiftMessage.written_at),
            col(ShiftConfirmation.staff_id),
            col(ShiftConfirmation.name),
            col(ShiftConfirmation.confirmed_at),
        )
        .select_from(ShiftMessage)
        .outerjoin(ShiftConfirmation, col(ShiftConfirmation.message_id) == col(ShiftMessage.id))
        .where(
            col(ShiftMessage.unit_id) == sa.bindparam("unit", type_=Key()),
            col(ShiftMessage.written_at) >= sa.bindparam("left_since", type_=Moment()),
        )
    )


def message_lines(rows: Iterable[Any]) -> list[MessageLine]:
    """Gather rows of `message_rows`, the newest first."""

    def order(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row of message_rows
        return (row.written_at, row.id, row.confirmed_at or row.written_at)

    by_message = groupby(sorted(rows, key=order), key=lambda row: row.id)
    lines = [_line(list(of_one)) for _, of_one in by_message]
    return lines[::-1]


def messages_of(db: ScopedSession, unit_id: UUID, now: dt.datetime) -> Sequence[MessageLine]:
    """Return everything left for a unit that is still kept, the newest first; one statement."""
    asked = {"unit": unit_id, "left_since": now - KEPT_FOR}
    return message_lines(db.rows(message_rows(), asked))


def message_of(db: ScopedSession, unit_id: UUID, message_id: UUID) -> ShiftMessage:
    """Return what was left for a unit, held until this transaction ends; NotFound elsewhere."""
    found = db.exec(
        select(ShiftMessage)
        .where(col(ShiftMessage.id) == message_id, col(ShiftMessage.unit_id) == unit_id)
        .with_for_update()
    ).first()
    if found is None:
        raise NotFound
    return found


def message_left_with(db: ScopedSession, staff_id: UUID, request_key: UUID) -> ShiftMessage | None:
    """Return what somebody left with `request_key`, if the form was sent before."""
    return db.exec(
        select(ShiftMessage).where(
            col(ShiftMessage.written_by) == staff_id, col(ShiftMessage.request_key) == request_key
        )
    ).first()


def confirmations_of(db: ScopedSession, message_id: UUID) -> Sequence[ShiftConfirmation]:
    """Return who took note of a message."""
    return db.exec(
        select(ShiftConfirmation).where(col(ShiftConfirmation.message_id) == message_id)
    ).all()


def forget_old(db: ScopedSession, now: dt.datetime) -> None:
    """Delete what the shifts of the own station left longer ago than it is kept."""
    before = now - KEPT_FOR
    old = sa.select(col(ShiftMessage.id)).where(col(ShiftMessage.written_at) < before)
    for step in (
        sa.delete(ShiftConfirmation).where(col(ShiftConfirmation.message_id).in_(old)),
        sa.delete(ShiftMessage).where(col(ShiftMessage.written_at) < before),
    ):
        db.exec(step.execution_options(synchronize_session=False))


def _line(rows: Sequence[Any]) -> MessageLine:
    noted = [(row.staff_id, row.name, row.confirmed_at) for row in rows if row.staff_id]
    first = rows[0]
    return MessageLine(
        first.id, first.text, first.written_by, first.writer_name, first.written_at, noted
    )
