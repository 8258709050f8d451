"""Reading the places of requests the own office gave to others."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession
from crm.requests.models import PublishedSite


class GivenPlace(NamedTuple):
    """A place given to an office of another agency."""

    id: UUID
    request_id: UUID
    recipient_station_id: UUID


def places_given(db: ScopedSession, actor: Actor) -> Sequence[GivenPlace]:
    """Return every place the own office gave to other agencies, without its picture."""
    rows = db.rows(
        sa.select(
            col(PublishedSite.id),
            col(PublishedSite.request_id),
            col(PublishedSite.recipient_station_id),
        ).where(
            col(PublishedSite.giver_station_id) == actor.station_id,
            col(PublishedSite.recipient_agency_id) != actor.agency_id,
        )
    )
    return [GivenPlace(*row) for row in rows]
