"""Leaving words for the next shift, taking note of them, taking them back."""

import datetime as dt
from uuid import UUID

from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Forbidden
from crm.kernel.scope import ScopedSession
from crm.shifts import queries
from crm.shifts.models import ShiftConfirmation, ShiftMessage


def leave(
    db: ScopedSession, actor: Actor, text: str, *, request_key: UUID, now: dt.datetime
) -> ShiftMessage:
    """Leave `text` for the next shift of the actor's unit; sent twice it is left once."""
    station_id = _station(actor)
    if before := queries.message_left_with(db, actor.staff_id, request_key):
        return before
    left = ShiftMessage(
        agency_id=actor.agency_id,
        station_id=station_id,
        unit_id=actor.unit_id,
        unit_name=actor.unit_name,
        text=text,
        written_by=actor.staff_id,
        writer_name=actor.name,
        written_at=now,
        request_key=request_key,
    )
    db.add(left)
    db.flush()
    audit.record(
        db, actor, "shift_message.left", now=now, subject=("shift", left.id), length=len(text)
    )
    return left


def confirm(db: ScopedSession, actor: Actor, message_id: UUID, *, now: dt.datetime) -> None:
    """Put on record that the actor took note; done already, it stays as it was.

    NotFound for what was left for another unit.
    """
    station_id = _station(actor)
    queries.message_of(db, actor.unit_id, message_id)
    if any(one.staff_id == actor.staff_id for one in queries.confirmations_of(db, message_id)):
        return
    db.add(
        ShiftConfirmation(
            agency_id=actor.agency_id,
            station_id=station_id,
            message_id=message_id,
            staff_id=actor.staff_id,
            name=actor.name,
            confirmed_at=now,
        )
    )
    db.flush()
    audit.record(db, actor, "shift_message.confirmed", now=now, subject=("shift", message_id))


def take_back(db: ScopedSession, actor: Actor, message_id: UUID, *, now: dt.datetime) -> None:
    """Delete what the actor left, whoever took note of it; Forbidden for what others left."""
    message = queries.message_of(db, actor.unit_id, message_id)
    if message.written_by != actor.staff_id:
        raise Forbidden
    for one in queries.confirmations_of(db, message_id):
        db.delete(one)
    db.flush()
    db.delete(message)
    db.flush()
    audit.record(db, actor, "shift_message.withdrawn", now=now, subject=("shift", message_id))


def _station(actor: Actor) -> UUID:
    if actor.station_id is None or not actor.reads_people:
        raise Forbidden
    return actor.station_id
