"""The address a calendar fetches an account's meetings under: secret, renewable, shown once."""

import datetime as dt
import secrets
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.models import CalendarFeed
from crm.access.queries import SIGN_IN, own_feed
from crm.access.service import hash_of
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession

TOKEN_BYTES = 32


def renew_feed(db: ScopedSession, actor: Actor, now: dt.datetime) -> str:
    """Give the actor's account a new address and return its secret part, which is kept nowhere.

    The address there was opens nothing any more.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = own_feed(db, actor.account_id)
    if feed is None:
        feed = CalendarFeed(
            agency_id=actor.agency_id,
            account_id=actor.account_id,
            token_hash=hash_of(token),
            renewed_at=now,
        )
        db.add(feed)
    else:
        feed.token_hash, feed.renewed_at = hash_of(token), now
    audit.record(db, actor, "feed.renewed", now=now, subject=("account", actor.account_id))
    return token


def end_feed(db: ScopedSession, actor: Actor, now: dt.datetime) -> None:
    """Let the address of the actor's account open nothing; without one nothing happens."""
    feed = own_feed(db, actor.account_id)
    if feed is not None:
        db.delete(feed)
        audit.record(db, actor, "feed.ended", now=now, subject=("account", actor.account_id))


def drop_feed(db: ScopedSession, account_id: UUID) -> None:
    """End the address of an account that is closed; whoever calls asks whether that may be."""
    db.exec(
        sa.delete(CalendarFeed)
        .where(col(CalendarFeed.account_id) == account_id)
        .execution_options(**SIGN_IN)
    )
