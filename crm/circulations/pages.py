"""供覧: what waits for my unit, what it has seen, what I put in circulation."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.circulations import queries, service
from crm.kernel.errors import Forbidden
from crm.kernel.i18n import N_
from crm.web.pages import page, saved

WAITING, SEEN, SENT = "waiting", "seen", "sent"


@get("/circulations", name="circulations.index", sync_to_thread=True)
def index(
    desk: CurrentDesk, shown: FromQuery[str] = "", number: FromQuery[int] = 1
) -> Response[str]:
    """Show what the own unit has yet to confirm, what it confirmed, or what the reader sent."""
    with desk.reads() as visit:
        actor = visit.actor
        if not actor.reads_people:
            raise Forbidden
        pages = None
        if shown == SENT:
            pages = queries.sent_by(visit.db, actor.staff_id, number)
        elif shown == SEEN:
            pages = queries.seen_by(visit.db, actor.unit_id, number)
        return page(
            visit,
            "circulations/index.html",
            shown=shown if pages else WAITING,
            pages=pages,
            lines=pages.items if pages else queries.waiting_for(visit.db, actor.unit_id),
        )


@post(
    "/circulations/{circulation_id:uuid}/confirmation",
    name="circulations.confirm",
    sync_to_thread=True,
)
def confirm(desk: CurrentDesk, circulation_id: FromPath[UUID]) -> Response[None]:
    """Put on record that the own unit has seen it."""
    with desk.writes() as visit:
        service.confirm(visit.db, visit.actor, circulation_id, now=visit.now)
        return saved(visit, "circulations.index", N_("確認済にしました。"))


HANDLERS = [index, confirm]
