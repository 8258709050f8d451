"""The lock screen, and the drafts that wait behind it for whoever typed them."""

import json
import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import MediaType, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from crm.access import attempts, drafts, service, session_queries
from crm.access.desk import CurrentDesk, Desk, Gate
from crm.access.models import Draft
from crm.access.own_password import Asking, ask_again
from crm.kernel.actor import Actor
from crm.kernel.forms import Submission, blank
from crm.web.errors import LOCK, own_path
from crm.web.pages import HEADERS, goto, page

BEHIND = Gate.LOCK | Gate.PASSWORD | Gate.STRENGTH
"""Only a second factor that was not shown yet comes before the lock."""
WORDS = re.compile(r"[^\x00-\x7f]")
"""What somebody typed rather than chose: keys, choices and dates are plain ASCII."""
EMPTIED = {**HEADERS, "Clear-Site-Data": '"cache"'}
"""Nothing the screen showed stays behind a Back button."""


@get(LOCK, name="access.lock", sync_to_thread=True)
def lock_page(desk: CurrentDesk, next: FromQuery[str] = "/") -> Response[str]:  # noqa: A002 - its name in the address
    """Show nothing but who locked the screen, and a field to go on."""
    return _lock_page(desk, next, blank(), 200)


@post(LOCK, name="access.lock_post", sync_to_thread=True)
def lock(desk: CurrentDesk) -> Response[None]:
    """Lock the screen, and keep what was being typed for its author."""
    sent = desk.request.sent
    where = own_path(str(sent.get("page") or desk.request.sent_from))
    with desk.writes(past=BEHIND) as visit:
        service.lock(visit.db, visit.actor, visit.now)
        drafts.keep_draft(
            visit.db,
            visit.actor,
            desk.settings,
            page=where,
            target=own_path(str(sent.get("target") or where)),
            fields=_pairs(sent.get("draft")),
            is_sent=False,
            now=visit.now,
        )
    path = f"{LOCK}?{urlencode({'next': where})}"
    return Redirect(path, status_code=303, headers=EMPTIED)


@post("/lock/opening", name="access.unlock")
async def unlock(desk: CurrentDesk) -> Response[Any]:
    """Open the lock with the password of the account that is signed in, under a new cookie."""
    return await ask_again(desk, ASKING)


@post("/presence", name="access.presence", sync_to_thread=True)
def presence(desk: CurrentDesk) -> Response[None]:
    """Note that somebody is at work on a page that asks for nothing; a long note is no idleness."""
    with desk.reads():
        return Response(None, status_code=204, headers=HEADERS)


@get("/drafts", name="access.drafts", sync_to_thread=True)
def own_drafts(desk: CurrentDesk) -> Response[str]:
    """Show what somebody left unfinished when the screen was locked."""
    with desk.reads() as visit:
        kept = [
            draft
            for draft in session_queries.drafts_of(visit.db)
            if draft.kept_at > visit.now - drafts.KEPT_FOR
        ]
        return page(visit, "access/drafts.html", drafts=[_shown(desk, each) for each in kept])


@post("/drafts", name="access.draft_keep", sync_to_thread=True)
def keep_draft(desk: CurrentDesk) -> Response[str]:
    """Keep what is being typed, in case the page or the sign-in ends before it is sent."""
    sent = desk.request.sent
    where = own_path(str(sent.get("page", "")))
    with desk.writes() as visit:
        kept = drafts.keep_draft(
            visit.db,
            visit.actor,
            desk.settings,
            page=where,
            target=own_path(str(sent.get("target") or where)),
            fields=_pairs(sent.get("draft")),
            is_sent=False,
            now=visit.now,
        )
        said = {"id": str(kept.id) if kept else None}
    return Response(json.dumps(said), media_type=MediaType.JSON, headers=HEADERS)


@post("/drafts/finding", name="access.draft_find", sync_to_thread=True)
def find_draft(desk: CurrentDesk) -> Response[str]:
    """Give the page that asks what its author had typed there and never sent."""
    where = own_path(str(desk.request.sent.get("page", "")))
    with desk.reads() as visit:
        found = session_queries.draft_of_page(visit.db, where, visit.now - drafts.KEPT_FOR)
        said: dict[str, object] = {"id": None}
        if found is not None:
            fields = drafts.fields_of(found, desk.settings)
            said = {"id": str(found.id), "target": found.target, "fields": fields}
    return Response(json.dumps(said), media_type=MediaType.JSON, headers=HEADERS)


@post("/drafts/{draft_id:uuid}/taking", name="access.draft_take", sync_to_thread=True)
def take_draft(desk: CurrentDesk, draft_id: FromPath[UUID]) -> Response[str]:
    """Give a draft back to the page it was typed on, where the script puts it into its form."""
    with desk.writes() as visit:
        given = drafts.take_draft(visit.db, desk.settings, draft_id)
    return Response(json.dumps(given), media_type=MediaType.JSON, headers=HEADERS)


@post("/drafts/{draft_id:uuid}/removal", name="access.draft_drop", sync_to_thread=True)
def drop_draft(desk: CurrentDesk, draft_id: FromPath[UUID]) -> Response[None]:
    """Forget a draft its author wants no more."""
    with desk.writes() as visit:
        session_queries.draft_of(visit.db, draft_id)
        drafts.drop_draft(visit.db, draft_id)
        return goto(visit, "access.drafts")


def _onward(desk: Desk, actor: Actor, where: str) -> str:
    """Return where somebody goes on: with a draft of theirs, its page, whose script asks for it."""
    with desk.database.reading(actor) as db:
        kept = session_queries.drafts_of(db)
        draft = next((each for each in kept if each.page == where), None)
        if draft is None:
            return where
        return "/drafts" if draft.is_sent else f"{where}#draft={draft.id}"


def _lock_page(desk: Desk, where: str, sub: Submission[Any], status: int) -> Response[str]:
    kept: Submission[Any] = Submission({}, None, sub.errors)
    with desk.reads(past=BEHIND) as visit:
        return page(
            visit, "access/lock.html", status=status, plain=True, sub=kept, next=own_path(where)
        )


def _pairs(text: object) -> list[tuple[str, str]]:
    """Return the fields the page's script sent; nothing of what no script of ours sends."""
    try:
        given = json.loads(text) if isinstance(text, str) and text else []
        return [(str(name), str(value)) for name, value in given]
    except (ValueError, TypeError):
        return []


def _shown(desk: Desk, draft: Draft) -> dict[str, object]:
    """Return a draft as its author's page shows it: the words, and what sends them again."""
    fields = drafts.fields_of(draft, desk.settings)
    return {
        "id": draft.id,
        "page": draft.page,
        "target": draft.target,
        "is_sent": draft.is_sent,
        "kept_at": draft.kept_at,
        "fields": fields,
        "words": [value for _, value in fields if WORDS.search(value)],
    }


ASKING = Asking(BEHIND, _lock_page, attempts.finish_unlock, _onward)

HANDLERS = [
    lock_page,
    lock,
    unlock,
    presence,
    own_drafts,
    keep_draft,
    find_draft,
    take_draft,
    drop_draft,
]
