"""Minutes on their way: shown round the station, put up for a decision, and on paper."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.circulations.asking import CirculationForm
from crm.circulations.queries import circulations_of
from crm.circulations.service import circulate, units_to_show
from crm.contacts.queries import require_reader
from crm.exports.desk import print_out
from crm.exports.models import Export, ExportRecipient
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.meetings.queries import meeting_of
from crm.minutes.decisions import draft_confirmation
from crm.minutes.forms import DraftForm, MinutesPaperForm
from crm.minutes.page_parts import show_page
from crm.minutes.paper import ask_for_minutes
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

PATH = "/meetings/{meeting_id:uuid}/minutes"
TITLE = N_("議事録")


@get(f"{PATH}/circulation", name="minutes.circulation", sync_to_thread=True)
def circulation(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show to whom the minutes were shown, and the form to show them to more."""
    with desk.reads() as visit:
        return _circulation_page(visit, meeting_id, blank())


@post(f"{PATH}/circulation", name="minutes.circulate", sync_to_thread=True)
def show_around(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Put the minutes in circulation."""
    with desk.writes() as visit:
        require_reader(visit.actor)
        meeting_of(visit.db, meeting_id)

        def act(form: CirculationForm) -> Response[None]:
            circulate(
                visit.db,
                visit.actor,
                ("meeting", meeting_id),
                title=TITLE,
                path=f"/meetings/{meeting_id}/minutes",
                unit_ids=form.unit_ids,
                remark=form.remark,
                now=visit.now,
            )
            return saved(
                visit, "minutes.circulation", N_("供覧に付しました。"), meeting_id=meeting_id
            )

        shown = partial(_circulation_page, visit, meeting_id)
        return submitted(visit, CirculationForm, shown, act)


@post(f"{PATH}/approvals", name="minutes.draft", sync_to_thread=True)
def draft(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Ask for the decision that the minutes be confirmed as they stand."""
    with desk.writes() as visit:
        require_reader(visit.actor)

        def act(form: DraftForm) -> Response[None]:
            draft_confirmation(visit.db, visit.actor, meeting_id, reason=form.reason, now=visit.now)
            return saved(visit, "minutes.show", N_("起案しました。"), meeting_id=meeting_id)

        return submitted(visit, DraftForm, partial(show_page, visit, meeting_id), act)


@post(f"{PATH}/files", name="minutes.print", sync_to_thread=True)
def print_minutes(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Register the minutes as an export and lead to the page they are fetched from."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        sub = read_form(MinutesPaperForm, visit.sent)
        if sub.form is None:
            return show_page(visit, meeting_id, sub, status=422)
    try:
        return print_out(desk, partial(_ask, sub.form, meeting_id, desk.settings.export_hours))
    except Refused as refusal:
        with desk.reads() as visit:
            return show_page(visit, meeting_id, sub.refused(refusal), status=422)


def _ask(form: MinutesPaperForm, meeting_id: UUID, kept_hours: int, visit: Visit) -> Export:
    version_id = form.version_id
    taking = form.taking(ExportRecipient.WITHIN, kept_hours, "", (meeting_id, version_id))
    return ask_for_minutes(
        visit.db, visit.actor, meeting_id, taking, version_id=version_id, now=visit.now
    )


def _circulation_page(
    visit: Visit, meeting_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    meeting = meeting_of(visit.db, meeting_id)
    visit.seen("minutes.viewed", ("meeting", meeting_id))
    units = units_to_show(visit.db, visit.actor, local_day(visit.now))
    return page(
        visit,
        "minutes/circulation.html",
        status=status,
        sub=sub,
        meeting=meeting,
        sent=circulations_of(visit.db, ("meeting", meeting_id)),
        units=[(key, name, None) for key, name in units],
    )


HANDLERS = [circulation, show_around, draft, print_minutes]
