"""本日の当務: the page an officer's tour starts on."""

from litestar import Response, get

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.today import queries
from crm.web.pages import page

AT_FIRST = 10
"""Visits shown before the rest is unfolded."""


@get("/today", name="today.show", sync_to_thread=True)
def show(desk: CurrentDesk) -> Response[str]:
    """Show the running tour: answers owed, visits to make, the beat."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        tour = queries.tour_of(
            visit.db, visit.actor, now=visit.now, revisit_days=desk.settings.revisit_days
        )
        visit.seen(
            "tour.viewed",
            named=[who.holder.subject for who in tour.named],
            replies=len(tour.replies),
            visits=len(tour.visits),
        )
        return page(
            visit,
            "today/show.html",
            tour=tour,
            first=tour.visits[:AT_FIRST],
            rest=tour.visits[AT_FIRST:],
        )


HANDLERS = [show]
