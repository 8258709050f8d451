"""訪問強化日: the days, one day box by box, whom a box is to see, and the month on one page."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.policy import require_network
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_
from crm.kernel.wareki import fiscal_year
from crm.strengthening import queries, report_pages, service, target_pages, unit_pages
from crm.strengthening.forms import CancellationForm, DayForm
from crm.strengthening.policy import may_plan, require_planner
from crm.strengthening.results import counts_of, total_of
from crm.strengthening.service import DayFacts
from crm.web.pages import page, saved, submitted
from crm.web.templates import show_fiscal_year
from crm.web.visit import Visit

YEARS_BACK = 3


@get("/strengthening-days", name="strengthening.index", sync_to_thread=True)
def index(desk: CurrentDesk, year: FromQuery[int] = 0) -> Response[str]:
    """Show the days of a fiscal year, those to come and those held."""
    with desk.reads() as visit:
        require_network(visit.actor)
        today = local_day(visit.now)
        this = fiscal_year(today)
        years = range(this + 1, this - YEARS_BACK, -1)
        shown = year if year in years else this
        plans = queries.plans_between(visit.db, dt.date(shown, 4, 1), dt.date(shown + 1, 3, 31))
        return page(
            visit,
            "strengthening/index.html",
            plans=plans,
            today=today,
            shown=shown,
            years=[(one, show_fiscal_year(one)) for one in years],
            sub=blank(),
            may_plan=may_plan(visit.actor),
        )


@get("/strengthening-days/new", name="strengthening.new", sync_to_thread=True)
def new(desk: CurrentDesk) -> Response[str]:
    """Show the form that sets a day aside."""
    with desk.reads() as visit:
        return _new_page(visit, blank())


@post("/strengthening-days", name="strengthening.plan", sync_to_thread=True)
def plan(desk: CurrentDesk) -> Response[Any]:
    """Set a day aside and go on to whom each box is to see."""
    with desk.writes() as visit:
        require_planner(visit.actor)

        def act(form: DayForm) -> Response[None]:
            made = service.plan_day(visit.db, visit.actor, _facts(form), now=visit.now)
            notice = N_("強化日を設けました。訪問先を選んでください。")
            return saved(visit, "strengthening.targets", notice, day_id=made.id)

        return submitted(visit, DayForm, partial(_new_page, visit), act)


@get("/strengthening-days/{day_id:uuid}", name="strengthening.show", sync_to_thread=True)
def show(desk: CurrentDesk, day_id: FromPath[UUID]) -> Response[str]:
    """Show a day: what each box planned, what came of it, and its hours."""
    with desk.reads() as visit:
        return _show_page(visit, day_id, blank())


@post(
    "/strengthening-days/{day_id:uuid}/cancellation",
    name="strengthening.cancel",
    sync_to_thread=True,
)
def cancel(desk: CurrentDesk, day_id: FromPath[UUID]) -> Response[Any]:
    """Put on record that a day is not held."""
    with desk.writes() as visit:
        require_planner(visit.actor)

        def act(form: CancellationForm) -> Response[None]:
            revision = form.revision
            service.cancel_day(visit.db, visit.actor, day_id, revision=revision, now=visit.now)
            return saved(visit, "strengthening.show", N_("取りやめました。"), day_id=day_id)

        return submitted(visit, CancellationForm, partial(_show_page, visit, day_id), act)


def _facts(form: DayForm) -> DayFacts:
    return DayFacts(
        first_on=form.first_on,
        last_on=form.last_on or form.first_on,
        unit_ids=form.unit_ids,
        area_ids=form.area_ids,
        request_key=form.request_key,
        purpose=form.purpose,
    )


def _new_page(visit: Visit, sub: Submission[Any], status: int = 200) -> Response[str]:
    actor, today = visit.actor, local_day(visit.now)
    require_planner(actor)
    boxes = queries.boxes_of(visit.db, actor.station_id, today) if actor.station_id else []
    return page(
        visit,
        "strengthening/new.html",
        status=status,
        sub=sub,
        boxes=boxes,
        box_choices=[(box.unit_id, box.name, None) for box in boxes],
        today=today,
    )


def _show_page(
    visit: Visit, day_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_network(visit.actor)
    found = queries.plan_of(visit.db, day_id)
    touches = queries.touches_between(visit.db, found.day.first_on, found.day.last_on)
    counts = counts_of(found.day, found.units, found.aims, touches)
    today = local_day(visit.now)
    return page(
        visit,
        "strengthening/show.html",
        status=status,
        sub=sub,
        day=found.day,
        counts=counts,
        plan=found,
        total=total_of(counts),
        today=today,
        may_plan=may_plan(visit.actor),
        is_open=not (found.day.cancelled_on or found.day.is_over(today)),
    )


HANDLERS = [
    index,
    new,
    plan,
    show,
    cancel,
    *target_pages.HANDLERS,
    *unit_pages.HANDLERS,
    *report_pages.HANDLERS,
]
