"""The name a list is narrowed by, kept so that it never stands in an address."""

import datetime as dt
import secrets

from crm.access.models import StoredFilter
from crm.kernel.actor import Actor
from crm.kernel.errors import Forbidden
from crm.kernel.scope import ScopedSession

ID_BYTES = 24
MOST = 100


def keep_words(db: ScopedSession, actor: Actor, words: str, now: dt.datetime) -> str:
    """Keep what was typed for this sign-in, and return the random id it is shown again under.

    Nothing typed, nothing kept. Forbidden without a sign-in in a browser.
    """
    if not words:
        return ""
    if actor.session_key is None:
        raise Forbidden
    kept = StoredFilter(
        id=secrets.token_urlsafe(ID_BYTES),
        session_key=actor.session_key,
        account_id=actor.account_id,
        words=words[:MOST],
        created_at=now,
    )
    db.add(kept)
    return kept.id
