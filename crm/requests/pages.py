"""意見・要望: the inbox of a unit, one request with its steps, and what is done about it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, labels
from crm.requests import (
    act_pages,
    queries,
    referral_pages,
    referral_queries,
    report_pages,
    service,
    site_pages,
    site_queries,
)
from crm.requests.forms import (
    RequestForm,
    StepForm,
)
from crm.requests.models import (
    SITE_KIND_LABELS,
    SOURCE_LABELS,
    TOPIC_LABELS,
    Source,
)
from crm.requests.page_parts import areas, seen, words
from crm.requests.policy import may_refer
from crm.requests.queries import Shown
from crm.requests.service import RequestFacts
from crm.web.pages import page, saved
from crm.web.visit import Visit

ENTERED = (Source.MEETING, Source.ANONYMOUS)
"""Who may have said what is entered by itself: a contact's words are entered as an activity."""


@get("/requests", name="requests.index", sync_to_thread=True)
def index(
    desk: CurrentDesk, shown: FromQuery[str] = "", number: FromQuery[int] = 1
) -> Response[str]:
    """Show the inbox: the own unit's, one's own, the station's, what is overdue, what is closed."""
    with desk.reads() as visit:
        actor, day = visit.actor, local_day(visit.now)
        require_reader(actor)
        which = Shown(shown) if shown in set(Shown) else Shown.UNIT
        units = queries.inbox_units(visit.db, actor, day)
        found = queries.requests_shown(
            visit.db,
            which,
            staff_id=actor.staff_id,
            units=[unit_id for unit_id, _ in units.mine],
            day=day,
            number=number,
        )
        visit.seen("requests.listed", count=len(found.items))
        return page(
            visit,
            "requests/index.html",
            shown=which,
            pages=found,
            names=units.names,
            day=day,
            topics=TOPIC_LABELS,
        )


@get("/requests/new", name="requests.new", sync_to_thread=True)
def new(desk: CurrentDesk) -> Response[str]:
    """Show the form for something heard where no activity is on record."""
    with desk.reads() as visit:
        return _new_page(visit, blank())


@post("/requests", name="requests.receive", sync_to_thread=True)
def receive(desk: CurrentDesk) -> Response[Any]:
    """Put a request on record."""
    with desk.writes() as visit:
        sub = read_form(RequestForm, visit.sent)
        if sub.form is None:
            return _new_page(visit, sub, status=422)
        try:
            made = service.receive(visit.db, visit.actor, _facts(sub.form), now=visit.now)
        except Refused as refusal:
            return _new_page(visit, sub.refused(refusal), status=422)
        return saved(visit, "requests.show", N_("受理しました。"), request_id=made.id)


@get("/requests/{request_id:uuid}", name="requests.show", sync_to_thread=True)
def show(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[str]:
    """Show a request: what was said, by whom, every step, what came of it and the answer."""
    with desk.reads() as visit:
        return _show_page(visit, request_id, blank())


@post("/requests/{request_id:uuid}/progress", name="requests.progress", sync_to_thread=True)
def progress(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Add how things stand."""
    with desk.writes() as visit:
        sub = read_form(StepForm, visit.sent)
        if sub.form is None:
            return _show_page(visit, request_id, sub, status=422)
        service.note_progress(visit.db, visit.actor, request_id, sub.form.text, now=visit.now)
        return saved(visit, "requests.show", N_("経過を記録しました。"), request_id=request_id)


@post("/requests/{request_id:uuid}/reopening", name="requests.reopen", sync_to_thread=True)
def reopen(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Take a closed request up again."""
    with desk.writes() as visit:
        sub = read_form(StepForm, visit.sent)
        if sub.form is None:
            return _show_page(visit, request_id, sub, status=422)
        service.reopen(visit.db, visit.actor, request_id, sub.form.text, now=visit.now)
        return saved(visit, "requests.show", N_("再開しました。"), request_id=request_id)


def _facts(form: RequestForm) -> RequestFacts:
    if form.source not in ENTERED:
        raise Refused(N_("「誰から」を選んでください。"), field="source")
    return RequestFacts(
        words=form.words,
        heard_on=form.heard_on,
        client_key=form.request_key,
        source=form.source,
        source_words=form.source_words,
        topic=form.topic,
        area_id=form.area_id,
        place=form.place,
    )


def _new_page(visit: Visit, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    require_reader(visit.actor)
    return page(
        visit,
        "requests/new.html",
        status=status,
        sub=sub,
        sources=labels({source: SOURCE_LABELS[source] for source in ENTERED}),
        topics=labels(TOPIC_LABELS),
        areas=areas(visit),
        today=local_day(visit.now),
    )


def _show_page(
    visit: Visit, request_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    whole = seen(visit, request_id)
    units = dict(queries.units_to_assign(visit.db, whole.request.station_id, local_day(visit.now)))
    return page(
        visit,
        "requests/show.html",
        status=status,
        sub=sub,
        whole=whole,
        request=whole.request,
        unit_name=units.get(whole.request.unit_id, ""),
        today=local_day(visit.now),
        referrals=referral_queries.referrals_of(visit.db, request_id),
        site=site_queries.site_of(visit.db, request_id),
        site_kinds=SITE_KIND_LABELS,
        may_refer=may_refer(visit.actor),
        **words(),
    )


HANDLERS = [
    index,
    new,
    receive,
    show,
    progress,
    reopen,
    *act_pages.HANDLERS,
    *referral_pages.HANDLERS,
    *report_pages.HANDLERS,
    *site_pages.HANDLERS,
]
