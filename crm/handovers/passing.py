"""Handing what a closed unit left over to a unit that stands."""

import datetime as dt
from uuid import UUID

from crm.handovers.closing_queries import closed_units
from crm.handovers.policy import is_chief
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, NotFound
from crm.kernel.scope import ScopedSession
from crm.requests.reassigning import hand_requests_over


def pass_on(
    db: ScopedSession, actor: Actor, unit_id: UUID, to_unit_id: UUID, *, now: dt.datetime
) -> int:
    """Let a standing unit see to, and tell back, what is open of a closed one; return how many.

    Forbidden for others than a chief, NotFound for a unit that still stands or is another
    station's, Refused for one that does not stand to take it.
    """
    if not is_chief(actor):
        raise Forbidden
    left = {unit.unit_id: unit.name for unit in closed_units(db, actor, local_day(now))}
    if unit_id not in left:
        raise NotFound
    text = f"{left[unit_id]}の終了に伴う引継ぎ"
    passed = hand_requests_over(db, actor, unit_id, to_unit_id, text=text, now=now)
    audit.record(
        db,
        actor,
        "handover.leftovers_passed",
        now=now,
        subject=("unit", unit_id),
        to=str(to_unit_id),
        count=passed,
    )
    return passed
