"""地図順: the calls of a tour in the order one would walk, and the sheet to take along."""

from functools import partial
from typing import Any

from litestar import Response, get, post

from crm.access.desk import CurrentDesk
from crm.areas.drawings import drawing_of
from crm.contacts.queries import require_reader
from crm.exports.desk import print_out
from crm.exports.models import Export
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.kernel.settings import Settings
from crm.today import queries
from crm.today.forms import RoundForm, stop_value
from crm.today.printing import ask_for_paper
from crm.today.route import map_of, stops_of
from crm.visiting.models import QUIET_REASON_LABELS
from crm.web.pages import page
from crm.web.visit import Visit


@get("/today/route", name="today.route", sync_to_thread=True)
def route(desk: CurrentDesk) -> Response[str]:
    """Show whom to call on in map order, with a form that prints those who are ticked."""
    with desk.reads() as visit:
        return _page(visit, desk.settings, blank())


@post("/today/papers", name="today.print", sync_to_thread=True)
def print_round(desk: CurrentDesk) -> Response[Any]:
    """Register the sheet and lead to the page it is fetched from."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        sub = read_form(RoundForm, visit.sent)
        if sub.form is None:
            return _page(visit, desk.settings, sub, status=422)
    try:
        return print_out(desk, partial(_ask, sub.form, desk.settings))
    except Refused as refusal:
        with desk.reads() as visit:
            return _page(visit, desk.settings, sub.refused(refusal), status=refusal.status)


def _ask(form: RoundForm, settings: Settings, visit: Visit) -> Export:
    tour = queries.tour_of(visit.db, visit.actor, now=visit.now, revisit_days=settings.revisit_days)
    known = {stop.who.holder for stop in stops_of(tour, {})}
    chosen = known.intersection(form.stops)
    if not chosen:
        raise Refused(N_("印刷する方を選んでください。"), field="stops")
    return ask_for_paper(
        visit.db,
        visit.actor,
        chosen,
        revisit_days=settings.revisit_days,
        kept_hours=settings.export_hours,
        order=form,
        now=visit.now,
    )


def _page(
    visit: Visit, settings: Settings, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    tour = queries.tour_of(visit.db, visit.actor, now=visit.now, revisit_days=settings.revisit_days)
    drawing = drawing_of(visit.db, tour.beat.known)
    stops = stops_of(tour, drawing.svg.label_points)
    visit.seen(
        "tour.viewed",
        named=[stop.who.holder.subject for stop in stops],
        visits=len(stops),
    )
    return page(
        visit,
        "today/route.html",
        status=status,
        sub=sub,
        tour=tour,
        stops=stops,
        map=map_of(tour, drawing.svg, stops),
        sources=drawing.sources,
        stop_value=stop_value,
        reasons=QUIET_REASON_LABELS,
    )


HANDLERS = [route, print_round]
