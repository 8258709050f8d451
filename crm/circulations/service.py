"""Putting something in circulation (供覧に付す), and confirming that it was seen (確認済)."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from crm.agencies.queries import station_staff
from crm.circulations import queries
from crm.circulations.models import (
    Circulation,
    CirculationConfirmation,
    CirculationRecipient,
)
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.audit import Subject
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession


def circulate(
    db: ScopedSession,
    actor: Actor,
    subject: Subject,
    *,
    title: str,
    path: str,
    unit_ids: Collection[UUID],
    remark: str = "",
    now: dt.datetime,
) -> Circulation:
    """Show `subject` to units of the own station; each confirms once through one of its staff.

    `title` says what it is and never about whom. Raises Refused without a unit, or for one that
    is not the station's or has nobody to see it.
    """
    offered = dict(units_to_show(db, actor, local_day(now)))
    if not unit_ids:
        raise Refused(N_("供覧先を選んでください。"), field="unit_ids")
    if not set(unit_ids) <= set(offered):
        raise Refused(N_("供覧先を選び直してください。"), field="unit_ids")
    made = Circulation(
        **_owner(actor),
        subject_type=subject[0],
        subject_id=subject[1],
        title=title,
        path=path,
        remark=remark,
        sent_by=actor.staff_id,
        sender_name=actor.name,
        unit_id=actor.unit_id,
        unit_name=actor.unit_name,
        sent_at=now,
    )
    db.add(made)
    db.flush()
    for unit_id in dict.fromkeys(unit_ids):
        db.add(
            CirculationRecipient(
                **_owner(actor),
                circulation_id=made.id,
                unit_id=unit_id,
                unit_name=offered[unit_id],
            )
        )
    db.flush()
    audit.record(
        db,
        actor,
        "circulation.started",
        now=now,
        subject=subject,
        recipients=len(set(unit_ids)),
    )
    return made


def confirm(db: ScopedSession, actor: Actor, circulation_id: UUID, *, now: dt.datetime) -> None:
    """Put on record that the actor's unit has seen it; confirmed already, it stays as it was.

    NotFound where it does not go to that unit.
    """
    recipient = queries.recipient_of(db, circulation_id, actor.unit_id)
    if queries.is_confirmed(db, recipient.id):
        return
    db.add(
        CirculationConfirmation(
            **_owner(actor),
            recipient_id=recipient.id,
            staff_id=actor.staff_id,
            name=actor.name,
            confirmed_at=now,
        )
    )
    db.flush()
    audit.record(
        db, actor, "circulation.confirmed", now=now, subject=("circulation", circulation_id)
    )


def units_to_show(db: ScopedSession, actor: Actor, day: dt.date) -> list[tuple[UUID, str]]:
    """Return the other units of the own station that have anybody to see something."""
    if actor.station_id is None or not actor.reads_people:
        raise Forbidden
    places = {one.unit_id: one.unit_name for one in station_staff(db, actor.station_id, day)}
    places.pop(actor.unit_id, None)
    return list(places.items())


def _owner(actor: Actor) -> dict[str, UUID]:
    if actor.station_id is None:
        raise Forbidden
    return {"agency_id": actor.agency_id, "station_id": actor.station_id}
