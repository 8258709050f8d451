"""Keeping what one sign-in searched for, so that no name ever stands in an address."""

import datetime as dt
import secrets

from crm.contacts.queries import require_reader
from crm.kernel.actor import Actor
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.search.models import StoredSearch
from crm.search.terms import read_term

ID_BYTES = 24


def make_search(db: ScopedSession, actor: Actor, text: str, *, now: dt.datetime) -> StoredSearch:
    """Store what to look for under a random id that only this sign-in can open.

    Raises Refused at `q` when nothing is left of it to look for, Forbidden for an actor who reads
    no people or has not signed in through a browser.
    """
    require_reader(actor)
    if actor.session_key is None:
        raise Forbidden
    if not read_term(text):
        raise Refused(N_("探す言葉を入力してください。（例：たかはし、0110）"), field="q")
    search = StoredSearch(
        id=secrets.token_urlsafe(ID_BYTES),
        session_key=actor.session_key,
        account_id=actor.account_id,
        term=text,
        created_at=now,
    )
    db.add(search)
    db.flush()
    return search
