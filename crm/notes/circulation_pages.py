"""供覧に付す: a note shown to the sections of the station, and who has seen it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.circulations import queries as circulation_queries
from crm.circulations.asking import CirculationForm
from crm.circulations.service import circulate, units_to_show
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.notes import queries
from crm.notes.models import occasion_labels
from crm.web.pages import page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]
TITLE = N_("活動記録")


@get("/notes/{note_id:uuid}/circulation", name="notes.circulation", sync_to_thread=True)
def circulation(desk: CurrentDesk, note_id: FromPath[UUID]) -> Response[str]:
    """Show to whom a note was shown, who confirmed it, and the form to show it to more."""
    with desk.reads() as visit:
        return _page(visit, note_id, blank())


@post("/notes/{note_id:uuid}/circulation", name="notes.circulate", sync_to_thread=True)
def show_around(desk: CurrentDesk, note_id: FromPath[UUID]) -> Answer:
    """Put a note in circulation."""
    with desk.writes() as visit:
        note = queries.note_of(visit.db, note_id)
        sub = read_form(CirculationForm, visit.sent)
        if sub.form is None:
            return _page(visit, note_id, sub, status=422)
        try:
            circulate(
                visit.db,
                visit.actor,
                ("note", note_id),
                title=f"{TITLE}（{occasion_labels(visit.actor)[note.occasion]}）",
                path=f"/notes/{note_id}",
                unit_ids=sub.form.unit_ids,
                remark=sub.form.remark,
                now=visit.now,
            )
        except Refused as refusal:
            return _page(visit, note_id, sub.refused(refusal), status=422)
        notice = N_("供覧に付しました。")
        return saved(visit, "notes.circulation", notice, note_id=note_id)


def _page(visit: Visit, note_id: UUID, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    note = queries.note_of(visit.db, note_id)
    parties = queries.parties_of(visit.db, note_id)
    visit.seen("note.viewed", ("note", note_id), named=[each.holder.subject for each in parties])
    units = units_to_show(visit.db, visit.actor, local_day(visit.now))
    return page(
        visit,
        "circulations/note.html",
        status=status,
        sub=sub,
        note=note,
        parties=parties,
        occasion=occasion_labels(visit.actor)[note.occasion],
        sent=circulation_queries.circulations_of(visit.db, ("note", note_id)),
        units=[(key, name, None) for key, name in units],
    )


HANDLERS = [circulation, show_around]
