"""What stood in a form when the screen locked: kept for its author alone, for a day.

It is sealed with the installation's key and stays at the server; a shared terminal keeps nothing.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.models import Draft
from crm.access.queries import KEY_CHANGE
from crm.access.session_queries import draft_of, every_draft
from crm.kernel.actor import Actor
from crm.kernel.keys import BrokenSeal, derive, load_key, reseal, seal, unseal
from crm.kernel.scope import ScopedSession
from crm.kernel.settings import Settings

KEPT_FOR = dt.timedelta(days=1)
MAX_BYTES = 200_000
MAX_PATH = 500
NEVER_KEPT = frozenset(
    {"_csrf_token", "_draft", "password", "new_password", "code", "recovery", "batch", "draft"}
)
"""What would let somebody in, and what a page sent by itself: entries, which their device keeps
until they are taken, and drafts, which are not kept as drafts of drafts."""
_PURPOSE = "drafts"
MACHINE_MADE = frozenset({"revision", "client_key", "request_key", "page", "target"})
"""What a page puts into its form by itself; alone it is nothing anybody typed."""

Pairs = Sequence[tuple[str, str]]


def keep_draft(
    db: ScopedSession,
    actor: Actor,
    settings: Settings,
    *,
    page: str,
    target: str,
    fields: Iterable[tuple[str, str]],
    is_sent: bool,
    now: dt.datetime,
) -> Draft | None:
    """Keep what was typed into the form of `page` that goes to `target`, in place of what was kept.

    Nothing is kept where nobody typed anything, nor of what would let somebody in.
    """
    kept = [(name, value) for name, value in fields if name not in NEVER_KEPT]
    plain = json.dumps(kept, ensure_ascii=False).encode()
    typed = any(value.strip() for name, value in kept if name not in MACHINE_MADE)
    if not typed or len(plain) > MAX_BYTES or max(len(page), len(target)) > MAX_PATH:
        return None
    forget_drafts(db, actor, page=page, before=now - KEPT_FOR)
    draft = Draft(
        agency_id=actor.agency_id,
        account_id=actor.account_id,
        page=page,
        target=target,
        content=b"",
        is_sent=is_sent,
        kept_at=now,
    )
    draft.content = seal(_key(settings), plain, about=_about(draft))
    db.add(draft)
    return draft


def fields_of(draft: Draft, settings: Settings) -> Pairs:
    """Return what was typed; nothing when the key it was sealed with is gone."""
    try:
        plain = unseal(_key(settings), draft.content, about=_about(draft))
    except BrokenSeal:
        return []
    return [(str(name), str(value)) for name, value in json.loads(plain)]


def take_draft(db: ScopedSession, settings: Settings, draft_id: UUID) -> Mapping[str, object]:
    """Give a draft back to the page it came from; it is kept no longer."""
    draft = draft_of(db, draft_id)
    given: dict[str, object] = {"target": draft.target, "fields": fields_of(draft, settings)}
    db.delete(draft)
    return given


def drop_draft(db: ScopedSession, draft_id: UUID) -> None:
    """Forget a draft its author wants no more, or has sent."""
    db.exec(sa.delete(Draft).where(col(Draft.id) == draft_id))


def forget_drafts(db: ScopedSession, actor: Actor, *, page: str, before: dt.datetime) -> None:
    """Forget the author's drafts of a page, and all those older than `before`."""
    db.exec(
        sa.delete(Draft).where(
            col(Draft.account_id) == actor.account_id,
            sa.or_(col(Draft.page) == page, col(Draft.kept_at) < before),
        )
    )


def reseal_drafts(db: ScopedSession, old: bytes, new: bytes) -> int:
    """Seal every draft with the secret that takes the old one's place; return how many."""
    kept = every_draft(db)
    for draft in kept:
        content = reseal(
            derive(old, _PURPOSE), derive(new, _PURPOSE), draft.content, about=_about(draft)
        )
        db.exec(
            sa.update(Draft)
            .where(col(Draft.id) == draft.id)
            .values(content=content)
            .execution_options(**KEY_CHANGE)
        )
    return len(kept)


def _key(settings: Settings) -> bytes:
    return derive(load_key(settings), _PURPOSE)


def _about(draft: Draft) -> bytes:
    return draft.id.bytes + draft.account_id.bytes
