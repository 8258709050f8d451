"""本日の当務: the page an officer's tour starts on."""

from litestar import Response, get

from crm.access.desk import CurrentDesk
from crm.bulletins.models import INFORMATION_KIND_LABELS
from crm.contacts.queries import require_reader
from crm.requests.models import OUTCOME_LABELS
from crm.today import queries, route_pages
from crm.visiting.models import QUIET_REASON_LABELS
from crm.web.pages import page

DUE_AT_FIRST, AT_FIRST = 5, 10
"""Visits shown before the rest is unfolded."""


@get("/today", name="today.show", sync_to_thread=True)
def show(desk: CurrentDesk) -> Response[str]:
    """Show the running tour: answers owed, visits to make, what is new, what a predecessor left."""
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
            first=AT_FIRST,
            due_first=DUE_AT_FIRST,
            reasons=QUIET_REASON_LABELS,
            information_kinds=INFORMATION_KIND_LABELS,
            outcomes=OUTCOME_LABELS,
        )


HANDLERS = [show, *route_pages.HANDLERS]
