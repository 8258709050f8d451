"""One activity note: shown, corrected, and what was heard in it taken up as a request."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.kernel.clock import JST, local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.notes import form_queries, log_pages, phrase_pages, policy, queries, report_pages, service
from crm.notes.entering import REMINDER, content_of, problems_of
from crm.notes.forms import CorrectionForm
from crm.notes.lines import Party
from crm.notes.models import PhraseUse
from crm.notes.page_parts import labels
from crm.notes.service import NoteContent
from crm.web.pages import anew, page, saved
from crm.web.visit import Visit

ASKED = N_("意見・要望として受理しました。")
CORRECTED = N_("訂正しました。訂正前の内容も残っています。")


@get("/notes/{note_id:uuid}", name="notes.show", sync_to_thread=True)
def show(desk: CurrentDesk, note_id: FromPath[UUID]) -> Response[str]:
    """Show one record with everyone in it and what it said before each correction."""
    with desk.reads() as visit:
        note = queries.note_of(visit.db, note_id)
        units = queries.unit_book(visit.db, visit.actor.station_id)
        return page(
            visit,
            "notes/show.html",
            note=queries.note_line(visit.db, note_id, units),
            parties=_parties_seen(visit, note_id),
            corrections=queries.corrections_of(visit.db, note_id),
            area_id=note.area_id,
            may_correct=policy.may_correct(visit.actor, note),
            **labels(visit.actor),
        )


@get("/notes/{note_id:uuid}/correction", name="notes.correct", sync_to_thread=True)
def correction(desk: CurrentDesk, note_id: FromPath[UUID]) -> Response[str]:
    """Show the form that says a record anew."""
    with desk.reads() as visit:
        return _correction_page(visit, note_id, blank())


@post("/notes/{note_id:uuid}/correction", name="notes.correct_post", sync_to_thread=True)
def correct(desk: CurrentDesk, note_id: FromPath[UUID]) -> Response[Any]:
    """Correct a record; a stale form comes back beside what the record says now."""
    with desk.writes() as visit:
        sub = read_form(CorrectionForm, visit.sent)
        if sub.form is None:
            return _correction_page(visit, note_id, sub, status=422)
        content = NoteContent(happened_at=sub.form.happened_at, **content_of(sub.form))
        try:
            service.correct_note(
                visit.db,
                visit.actor,
                note_id,
                content,
                revision=sub.form.revision,
                now=visit.now,
            )
        except (Refused, Conflict) as said:
            return _correction_page(visit, note_id, sub.refused(said), status=said.status)
        elsewhere = policy.belongs_elsewhere(content.heard, content.told, content.advice)
        notice = REMINDER if elsewhere else CORRECTED
        return saved(visit, "notes.show", notice, note_id=note_id)


@post("/notes/{note_id:uuid}/requests", name="notes.ask", sync_to_thread=True)
def ask(desk: CurrentDesk, note_id: FromPath[UUID]) -> Response[Any]:
    """Take up what was heard as a request: one tap."""
    with desk.writes() as visit:
        request = service.ask(visit.db, visit.actor, note_id, now=visit.now)
        return saved(visit, "requests.show", ASKED, request_id=request.id)


def _correction_page(
    visit: Visit, note_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    note = queries.note_of(visit.db, note_id)
    service.require_may_correct(visit.actor, note)
    local = note.happened_at.astimezone(JST)
    own = form_queries.phrases_on(visit.db, local_day(visit.now)).get(PhraseUse.PROBLEM, ())
    says = blank(
        outcome=note.outcome,
        occasion=note.occasion,
        heard=note.heard,
        told=note.told,
        advice=note.advice,
        problem=note.problem,
        happened_at=f"{local:%Y-%m-%dT%H:%M}",
    )
    return page(
        visit,
        "notes/correction.html",
        status=status,
        note=note,
        sub=sub if sub.values else says,
        **anew(sub, status, note.revision),
        parties=_parties_seen(visit, note_id),
        problems=problems_of((*own, note.problem)),
        **labels(visit.actor),
    )


def _parties_seen(visit: Visit, note_id: UUID) -> Sequence[Party]:
    """Return those a note is about, and put on record that it was shown with their names."""
    parties = queries.parties_of(visit.db, note_id)
    named = [party.holder.subject for party in parties]
    visit.seen("note.viewed", ("note", note_id), named=named)
    return parties


HANDLERS = [
    *log_pages.HANDLERS,
    show,
    correction,
    correct,
    ask,
    *report_pages.HANDLERS,
    *phrase_pages.HANDLERS,
]
