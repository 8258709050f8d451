"""Which offices may be given the places of requests, and taking back what no agreement allows."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.scope import ScopedSession
from crm.requests.models import PublishedSite
from crm.sharing.agreement_queries import agreements
from crm.sharing.place_queries import places_given


def places_granted(db: ScopedSession, actor: Actor, day: dt.date) -> Mapping[UUID, dt.date | None]:
    """Return the offices an agreement lets have places on `day`, each with its last day.

    None is no last day; of several agreements with an office the one that lasts longest counts.
    """
    found: dict[UUID, dt.date | None] = {}
    for one in agreements(db, actor):
        if not one.gives_places or not one.holds_on(day):
            continue
        office, until = one.recipient_station_id, one.valid_to
        before = found.get(office, until)
        found[office] = max(before, until) if before and until else None
    return found


def keep_places_in_step(db: ScopedSession, actor: Actor, *, now: dt.datetime) -> None:
    """Let the places given last as long as an agreement lets them, and end those none does."""
    given = places_given(db, actor)
    if not given:
        return
    granted = places_granted(db, actor, local_day(now))
    for copy in given:
        whose = col(PublishedSite.id) == copy.id
        if copy.recipient_station_id in granted:
            until = granted[copy.recipient_station_id]
            db.exec(sa.update(PublishedSite).where(whose).values(valid_until=until))
            continue
        db.exec(sa.delete(PublishedSite).where(whose))
        audit.record(db, actor, "place.ended", now=now, subject=("request", copy.request_id))
