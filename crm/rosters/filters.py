"""Selections kept under a name: one's own, or for the whole unit."""

import datetime as dt
from uuid import UUID

from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.rosters.models import RosterFilter, RosterOrdering, RosterProfile
from crm.rosters.policy import require_issuer
from crm.rosters.selecting_queries import own_filter, own_filter_called
from crm.rosters.selection import Selection

TAKEN = N_("この名前の範囲はもうあります。別の名前にしてください。")


def keep_filter(
    db: ScopedSession,
    actor: Actor,
    name: str,
    selection: Selection,
    *,
    profile: RosterProfile,
    ordering: RosterOrdering,
    of_unit: bool,
    now: dt.datetime,
) -> RosterFilter:
    """Keep a selection under `name`; the own unit uses it too when it is `of_unit`."""
    require_issuer(actor)
    if actor.station_id is None:
        raise Forbidden
    if own_filter_called(db, actor.account_id, name) is not None:
        raise Refused(TAKEN, field="name")
    kept = RosterFilter(
        agency_id=actor.agency_id,
        station_id=actor.station_id,
        account_id=actor.account_id,
        unit_id=actor.unit_id,
        of_unit=of_unit,
        name=name,
        profile=profile,
        ordering=ordering,
        selection=selection.key,
    )
    db.add(kept)
    db.flush()
    audit.record(db, actor, "roster.filter_saved", now=now, profile=profile)
    return kept


def drop_filter(db: ScopedSession, actor: Actor, filter_id: UUID, *, now: dt.datetime) -> None:
    """Forget a selection one kept; NotFound for anybody else's."""
    require_issuer(actor)
    kept = own_filter(db, actor.account_id, filter_id)
    db.delete(kept)
    audit.record(db, actor, "roster.filter_deleted", now=now, profile=kept.profile)
