"""書出し記録: what was taken out, by whom and for whom; and the one fetch of a file."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.access.policy import require_strong
from crm.access.queries import actor_of_account
from crm.exports import queries
from crm.exports.desk import attachment, go_on
from crm.exports.lines import STANDING_LABELS, STANDING_TONES
from crm.exports.models import EXPORT_KIND_LABELS
from crm.exports.policy import looks_over
from crm.exports.screen import show_page
from crm.exports.service import fetch
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, NotFound
from crm.kernel.forms import blank
from crm.web.pages import page
from crm.web.visit import Visit


@get("/exports", name="exports.index", sync_to_thread=True)
def index(
    desk: CurrentDesk, number: FromQuery[str] = "", page_number: FromQuery[int] = 1
) -> Response[str]:
    """List what was taken out, or what bears a number; officers see their own."""
    with desk.reads() as visit:
        wanted = queries.plain_number(number)
        found = queries.export_lines(visit.db, page_number, wanted=wanted)
        visit.seen("exports.listed", number=wanted, page=page_number, count=found.total)
        return page(
            visit,
            "exports/index.html",
            block="results",
            exports=found,
            lines=[(line, line.standing(visit.now)) for line in found.items],
            labels=STANDING_LABELS,
            tones=STANDING_TONES,
            kinds=EXPORT_KIND_LABELS,
            over=looks_over(visit.actor),
            wanted=wanted,
            sub=blank(number=number),
            base=f"/exports?{urlencode({'number': number})}&page_number=",
        )


@get("/exports/{export_id:uuid}", name="exports.show", sync_to_thread=True)
def show(
    desk: CurrentDesk, export_id: FromPath[UUID], page_number: FromQuery[int] = 1
) -> Response[str]:
    """Show one export; the page asks for the fragment by itself while its file is being made."""
    with desk.reads(attended=not desk.request.wants_fragment) as visit:
        return show_page(visit, export_id, number=page_number)


@post("/exports/{export_id:uuid}/making", name="exports.making", sync_to_thread=True)
def make(desk: CurrentDesk, export_id: FromPath[UUID]) -> Response[Any]:
    """Go on with an export that waited for a second person."""
    return go_on(desk, export_id)


@post("/exports/{export_id:uuid}/file", name="exports.fetch", sync_to_thread=True)
def hand_over(desk: CurrentDesk, export_id: FromPath[UUID]) -> Response[Any]:
    """Hand the file to its requester, once, on record; it is shredded with the same commit."""
    try:
        with desk.writes() as visit:
            require_strong(visit.actor)
            _require_same_rights(visit, export_id)
            found = fetch(visit.db, visit.actor, export_id, now=visit.now)
    except Conflict as gone:
        with desk.reads() as visit:
            return show_page(visit, export_id, status=gone.status)
    return attachment(found.name, found.media_type, found.content)


def _require_same_rights(visit: Visit, export_id: UUID) -> None:
    """Hide a file from whoever was moved since it was made: it holds what they could see then."""
    made_at = queries.export_line(visit.db, export_id).made_at
    who = visit.actor.account_id
    then = actor_of_account(visit.db, who, local_day(made_at or visit.now))
    if then != actor_of_account(visit.db, who, local_day(visit.now)):
        raise NotFound


HANDLERS = [index, show, make, hand_over]
