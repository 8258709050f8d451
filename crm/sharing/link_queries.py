"""Reading as whom the own office recognized what it was given, also where nothing is given now."""

from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.contacts.models import any_of
from crm.kernel.actor import Actor
from crm.kernel.columns import DAY
from crm.kernel.scope import AnySelect, ScopedSession
from crm.sharing.models import ContactLink, PublishedContact


def link_of(db: ScopedSession, actor: Actor, reference: UUID) -> ContactLink | None:
    """Return which own contact a reference was recognized as, or given under."""
    return db.exec(
        select(ContactLink).where(
            col(ContactLink.station_id) == actor.station_id,
            col(ContactLink.reference) == reference,
        )
    ).first()


@cache
def idle_links() -> AnySelect:
    """Select which references a `named` own contact was recognized in and has no copy of."""
    copy = PublishedContact
    is_there = sa.exists().where(
        col(copy.reference) == col(ContactLink.reference),
        col(copy.recipient_station_id) == col(ContactLink.station_id),
        sa.or_(col(copy.valid_until).is_(None), col(copy.valid_until) >= DAY),
    )
    return sa.select(col(ContactLink.reference), col(ContactLink.other_station_id)).where(
        any_of(ContactLink), col(ContactLink.recognized), ~is_there
    )
