"""Reading what circulates: what waits for a unit, what was seen, what somebody sent."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from crm.circulations.lines import CirculationLine, RecipientLine
from crm.circulations.models import (
    Circulation,
    CirculationConfirmation,
    CirculationRecipient,
)
from crm.kernel.audit import Subject
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import ScopedSession


def waiting_for(db: ScopedSession, unit_id: UUID) -> Sequence[CirculationLine]:
    """Return what a unit has yet to see, the oldest first."""
    rows = db.exec(
        select(Circulation)
        .join(CirculationRecipient, col(CirculationRecipient.circulation_id) == Circulation.id)
        .where(CirculationRecipient.unit_id == unit_id, ~_confirmed())
        .order_by(col(Circulation.sent_at))
    ).all()
    return _lines(db, rows)


def seen_by(db: ScopedSession, unit_id: UUID, number: int = 1) -> Page[CirculationLine]:
    """Return what a unit has seen, the newest first."""
    found = (
        select(Circulation)
        .join(CirculationRecipient, col(CirculationRecipient.circulation_id) == Circulation.id)
        .where(CirculationRecipient.unit_id == unit_id, _confirmed())
    )
    return _page(db, found, number)


def sent_by(db: ScopedSession, staff_id: UUID, number: int = 1) -> Page[CirculationLine]:
    """Return what somebody put in circulation, the newest first."""
    return _page(db, select(Circulation).where(Circulation.sent_by == staff_id), number)


def circulations_of(db: ScopedSession, subject: Subject) -> Sequence[CirculationLine]:
    """Return every circulation of one thing, the newest first."""
    rows = db.exec(
        select(Circulation)
        .where(Circulation.subject_type == subject[0], Circulation.subject_id == subject[1])
        .order_by(col(Circulation.sent_at).desc())
    ).all()
    return _lines(db, rows)


def recipient_of(db: ScopedSession, circulation_id: UUID, unit_id: UUID) -> CirculationRecipient:
    """Return a unit's place in a circulation; NotFound when it is not to see it."""
    found = db.exec(
        select(CirculationRecipient).where(
            CirculationRecipient.circulation_id == circulation_id,
            CirculationRecipient.unit_id == unit_id,
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def is_confirmed(db: ScopedSession, recipient_id: UUID) -> bool:
    """Whether a unit has seen it."""
    found = db.exec(
        select(CirculationConfirmation.id).where(
            CirculationConfirmation.recipient_id == recipient_id
        )
    ).first()
    return found is not None


def _confirmed() -> sa.Exists:
    return (
        sa.select(sa.literal(1))
        .where(col(CirculationConfirmation.recipient_id) == col(CirculationRecipient.id))
        .exists()
    )


def _page(
    db: ScopedSession, found: SelectOfScalar[Circulation], number: int
) -> Page[CirculationLine]:
    total = db.exec(select(sa.func.count()).select_from(found.subquery())).one()
    number = min(max(1, number), Page((), total).last)
    newest = found.order_by(col(Circulation.sent_at).desc(), col(Circulation.id).desc())
    rows = db.exec(newest.offset(offset_of(number)).limit(PAGE_SIZE)).all()
    return Page(_lines(db, rows), total, number)


def _lines(db: ScopedSession, rows: Sequence[Circulation]) -> list[CirculationLine]:
    recipients = _recipients(db, [row.id for row in rows]) if rows else {}
    return [
        CirculationLine(
            **{name: getattr(row, name) for name in CirculationLine._fields[:-1]},
            recipients=recipients[row.id],
        )
        for row in rows
    ]


def _recipients(
    db: ScopedSession, circulation_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[RecipientLine]]:
    found: defaultdict[UUID, list[RecipientLine]] = defaultdict(list)
    rows = db.rows(
        sa.select(
            col(CirculationRecipient.circulation_id),
            col(CirculationRecipient.unit_id),
            col(CirculationRecipient.unit_name),
            col(CirculationConfirmation.name),
            col(CirculationConfirmation.confirmed_at),
        )
        .join(
            CirculationConfirmation,
            col(CirculationConfirmation.recipient_id) == col(CirculationRecipient.id),
            isouter=True,
        )
        .where(col(CirculationRecipient.circulation_id).in_(circulation_ids))
        .order_by(col(CirculationRecipient.id))
    )
    for circulation_id, unit_id, unit_name, name, at in rows:
        found[circulation_id].append(RecipientLine(unit_id, unit_name, name or "", at))
    return found
