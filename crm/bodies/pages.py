"""会議体: which bodies there are, who sits on one on a day, and putting either on record."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.agencies.queries import units_on
from crm.bodies import member_pages, queries, service
from crm.bodies.forms import BodyForm, CorrectionForm, EndForm
from crm.bodies.models import BODY_KIND_LABELS, BODY_ROLE_LABELS, Body
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, labels
from crm.kernel.kana import furigana
from crm.kernel.wareki import parse_date
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit


@get("/meetings/bodies", name="bodies.index", sync_to_thread=True)
def index(desk: CurrentDesk) -> Response[str]:
    """Show the bodies of the station with how many sit on each today."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        bodies = queries.bodies_on(visit.db, local_day(visit.now))
        return page(visit, "bodies/index.html", bodies=bodies, kinds=BODY_KIND_LABELS)


@get("/meetings/bodies/new", name="bodies.new", sync_to_thread=True)
def new(desk: CurrentDesk) -> Response[str]:
    """Show the form that puts a body on file."""
    with desk.reads() as visit:
        return _form_page(visit, blank())


@post("/meetings/bodies", name="bodies.establish", sync_to_thread=True)
def establish(desk: CurrentDesk) -> Response[Any]:
    """Put a body on file and go on to its members."""
    with desk.writes() as visit:

        def act(form: BodyForm) -> Response[None]:
            key = form.request_key
            made = service.establish(
                visit.db, visit.actor, form.facts(), client_key=key, now=visit.now
            )
            notice = N_("会議体を登録しました。続けて、委員を登録できます。")
            return saved(visit, "bodies.show", notice, body_id=made.id)

        return submitted(visit, BodyForm, partial(_form_page, visit), act)


@get("/meetings/bodies/{body_id:uuid}", name="bodies.show", sync_to_thread=True)
def show(desk: CurrentDesk, body_id: FromPath[UUID], on: FromQuery[str] = "") -> Response[str]:
    """Show a body with who sits on it on a day, today unless another is asked for."""
    with desk.reads() as visit:
        return _show_page(visit, body_id, blank(), day=parse_date(on).value)


@get("/meetings/bodies/{body_id:uuid}/edit", name="bodies.edit", sync_to_thread=True)
def edit(desk: CurrentDesk, body_id: FromPath[UUID]) -> Response[str]:
    """Show the form that says it anew."""
    with desk.reads() as visit:
        body = queries.body_of(visit.db, body_id)
        return _form_page(visit, _said(body), body=body)


@post("/meetings/bodies/{body_id:uuid}/edit", name="bodies.correct", sync_to_thread=True)
def correct(desk: CurrentDesk, body_id: FromPath[UUID]) -> Response[Any]:
    """Say a body anew."""
    with desk.writes() as visit:
        body = queries.body_of(visit.db, body_id)

        def act(form: CorrectionForm) -> Response[None]:
            facts, revision = form.facts(), form.revision
            service.correct(visit.db, visit.actor, body_id, facts, revision=revision, now=visit.now)
            return saved(visit, "bodies.show", N_("訂正しました。"), body_id=body_id)

        return submitted(visit, CorrectionForm, partial(_form_page, visit, body=body), act)


@post("/meetings/bodies/{body_id:uuid}/end", name="bodies.dissolve", sync_to_thread=True)
def dissolve(desk: CurrentDesk, body_id: FromPath[UUID]) -> Response[Any]:
    """Put on record the last day of a body."""
    with desk.writes() as visit:

        def act(form: EndForm) -> Response[None]:
            day, revision = form.ended_on, form.revision
            service.dissolve(visit.db, visit.actor, body_id, day, revision=revision, now=visit.now)
            return saved(visit, "bodies.show", N_("廃止を記録しました。"), body_id=body_id)

        return submitted(visit, EndForm, partial(_show_page, visit, body_id), act)


def _said(body: Body) -> Submission[Any]:
    """Return a form that says what is on record."""
    return blank(
        kind=body.kind,
        name=body.name,
        kana=furigana(body.kana),
        legal_basis=body.legal_basis,
        secretariat_unit_id=body.secretariat_unit_id,
        secretariat_words=body.secretariat_words,
        revision=body.revision,
    )


def _form_page(
    visit: Visit, sub: Submission[Any], status: int = 200, *, body: Body | None = None
) -> Response[str]:
    require_reader(visit.actor)
    units = units_on(visit.db, local_day(visit.now), station_id=visit.actor.station_id)
    return page(
        visit,
        "bodies/form.html",
        status=status,
        sub=sub,
        body=body,
        kinds=labels(BODY_KIND_LABELS),
        units=[(unit.id, unit.name) for unit in units],
    )


def _show_page(
    visit: Visit,
    body_id: UUID,
    sub: Submission[Any],
    status: int = 200,
    *,
    day: dt.date | None = None,
) -> Response[str]:
    require_reader(visit.actor)
    whole = queries.whole_body(visit.db, body_id)
    named = [member.holder.subject for member in whole.members if member.holder]
    visit.seen("body.viewed", ("body", body_id), named=named, fields=["name"])
    today = local_day(visit.now)
    return page(
        visit,
        "bodies/show.html",
        status=status,
        sub=sub,
        whole=whole,
        body=whole.body,
        day=day or today,
        today=today,
        kinds=BODY_KIND_LABELS,
        roles=BODY_ROLE_LABELS,
    )


HANDLERS = [index, new, establish, show, edit, correct, dissolve, *member_pages.HANDLERS]
