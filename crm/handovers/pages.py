"""引継ぎ: the beats of a station with who is posted there, and the handover of each."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.contacts.policy import require_network
from crm.exports.desk import print_out
from crm.exports.models import Export, ExportRecipient
from crm.handovers import closing_pages, queries, service, succession_pages
from crm.handovers.forms import BriefForm, PaperForm, ReadingForm
from crm.handovers.paper import ask_for_paper
from crm.handovers.policy import is_chief
from crm.kernel.clock import local_day
from crm.kernel.forms import YEARS, Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.notes.models import OUTCOME_LABELS
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

VACANT = "vacant"


@get("/handovers", name="handovers.index", sync_to_thread=True)
def index(desk: CurrentDesk, day: FromQuery[str] = "", shown: FromQuery[str] = "") -> Response[str]:
    """Show the boxes and beats of a day, who is posted at each, and the vacant ones."""
    with desk.reads() as visit:
        require_network(visit.actor)
        on = _day(day, local_day(visit.now))
        posts = queries.posts_on(visit.db, visit.actor, on)
        vacant = [one for one in posts if one.is_vacant]
        return page(
            visit,
            "handovers/index.html",
            day=on,
            posts=vacant if shown == VACANT else posts,
            shown=shown if shown == VACANT else "",
            every=len(posts),
            vacant=len(vacant),
            sub=blank(),
            is_chief=is_chief(visit.actor),
        )


@get("/handovers/{unit_id:uuid}", name="handovers.show", sync_to_thread=True)
def show(desk: CurrentDesk, unit_id: FromPath[UUID], day: FromQuery[str] = "") -> Response[str]:
    """Show the handover of a beat as of a day."""
    with desk.reads() as visit:
        return _brief_page(visit, unit_id, blank(), on=_day(day, local_day(visit.now)))


@post("/handovers/{unit_id:uuid}/text", name="handovers.write", sync_to_thread=True)
def write(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[Any]:
    """Say anew what must be known of a beat."""
    with desk.writes() as visit:
        require_network(visit.actor)

        def act(form: BriefForm) -> Response[None]:
            service.write_brief(
                visit.db, visit.actor, unit_id, form.text, revision=form.revision, now=visit.now
            )
            return saved(visit, "handovers.show", N_("書き直しました。"), unit_id=unit_id)

        return submitted(visit, BriefForm, partial(_brief_page, visit, unit_id), act)


@post("/handovers/{unit_id:uuid}/readings", name="handovers.confirm", sync_to_thread=True)
def confirm(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[Any]:
    """Put on record that the reader has read it."""
    with desk.writes() as visit:
        require_network(visit.actor)

        def act(form: ReadingForm) -> Response[None]:
            revision = form.revision
            service.confirm_reading(
                visit.db, visit.actor, unit_id, revision=revision, now=visit.now
            )
            return saved(visit, "handovers.show", N_("読んだことを記録しました。"), unit_id=unit_id)

        return submitted(visit, ReadingForm, partial(_brief_page, visit, unit_id), act)


@post("/handovers/{unit_id:uuid}/files", name="handovers.print", sync_to_thread=True)
def print_brief(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[Any]:
    """Register the handover as an export and lead to the page it is fetched from."""
    with desk.reads() as visit:
        require_network(visit.actor)
        sub = read_form(PaperForm, visit.sent)
        if sub.form is None:
            return _brief_page(visit, unit_id, sub, status=422)
    return print_out(desk, partial(_ask, sub.form, unit_id, desk.settings.export_hours))


def _ask(form: PaperForm, unit_id: UUID, kept_hours: int, visit: Visit) -> Export:
    day = _day(form.day, local_day(visit.now))
    taking = form.taking(ExportRecipient.WITHIN, kept_hours, "", (unit_id, day))
    return ask_for_paper(visit.db, visit.actor, unit_id, day, taking, now=visit.now)


def _brief_page(
    visit: Visit,
    unit_id: UUID,
    sub: Submission[Any],
    status: int = 200,
    *,
    on: dt.date | None = None,
) -> Response[str]:
    require_network(visit.actor)
    today = local_day(visit.now)
    brief, may_write = queries.brief_and_right(visit.db, visit.actor, unit_id, on or today)
    named = [holder.subject for holder in brief.holders]
    visit.seen("handover.viewed", ("unit", unit_id), named=named, as_of=str(brief.day))
    says = blank(text=brief.written.text if brief.written else None)
    return page(
        visit,
        "handovers/show.html",
        status=status,
        sub=sub if sub.values else says,
        brief=brief,
        today=today,
        outcomes=OUTCOME_LABELS,
        may_write=may_write,
        has_read=any(
            one.staff_id == visit.actor.staff_id and one.revision == brief.revision
            for one in brief.readings
        ),
        request_key=uuid7(),
    )


def _day(text: str, today: dt.date) -> dt.date:
    """Return the day a query names, today for anything else."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return today
    return day if day.year in YEARS else today


HANDLERS = [
    index,
    show,
    write,
    confirm,
    print_brief,
    *succession_pages.HANDLERS,
    *closing_pages.HANDLERS,
]
