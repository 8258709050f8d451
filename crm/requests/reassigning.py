"""Handing over what a unit that stands no more was to see to or to tell back."""

import datetime as dt
from uuid import UUID

from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.requests import queries
from crm.requests.models import StepKind
from crm.requests.service import put_step


def hand_requests_over(
    db: ScopedSession,
    actor: Actor,
    from_unit_id: UUID,
    to_unit_id: UUID,
    *,
    text: str,
    now: dt.datetime,
) -> int:
    """Let another unit see to, and tell back, what is open of `from_unit_id`; return how many.

    Each bears `text` as a step; who heard it first stands in its steps. Refused for a unit that
    does not stand at the own station.
    """
    if actor.station_id is None:
        return 0
    names = dict(queries.units_to_assign(db, actor.station_id, local_day(now)))
    if to_unit_id not in names or to_unit_id == from_unit_id:
        raise Refused(N_("引き継ぐ所属を選び直してください。"), field="to_unit_id")
    requests = queries.open_requests_to_change(db, from_unit_id)
    for request in requests:
        if request.unit_id == from_unit_id:
            request.unit_id = to_unit_id
        if request.heard_unit_id == from_unit_id:
            request.heard_unit_id = to_unit_id
        request.revision += 1
        request.updated_at, request.updated_by = now, actor.account_id
        name = names[to_unit_id]
        put_step(db, actor, request, StepKind.ASSIGNED, now, text=text, to_unit_name=name)
        audit.record(db, actor, "request.assigned", now=now, subject=("request", request.id))
    return len(requests)
