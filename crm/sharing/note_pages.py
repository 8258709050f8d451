"""The page where another office is told of an activity: deliberately, in words of its own."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.notes.models import ActivityNote, occasion_labels
from crm.notes.policy import may_correct
from crm.notes.queries import note_of, parties_of
from crm.sharing import agreement_queries, queries, service
from crm.sharing.forms import TellingForm, holder_key
from crm.sharing.lines import NoteRecipient
from crm.web.pages import page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]


@get("/notes/{note_id:uuid}/provision", name="sharing.note_new", sync_to_thread=True)
def new(desk: CurrentDesk, note_id: FromPath[UUID]) -> Response[str]:
    """Show to whom a note may be told, and what was told of it so far."""
    with desk.reads() as visit:
        return _new(visit, note_id, blank())


@post("/notes/{note_id:uuid}/provision", name="sharing.note_publish", sync_to_thread=True)
def publish(desk: CurrentDesk, note_id: FromPath[UUID]) -> Answer:
    """Tell an office of a note."""
    with desk.writes() as visit:
        _require_teller(visit, note_id)
        sub = read_form(TellingForm, visit.sent)
        if sub.form is None:
            return _new(visit, note_id, sub, status=422)
        told = sub.form.recipient
        try:
            service.publish_note(
                visit.db,
                visit.actor,
                note_id,
                told.holder,
                told.station_id,
                sub.form.text,
                now=visit.now,
            )
        except Refused as refusal:
            return _new(visit, note_id, sub.refused(refusal), status=422)
        return saved(visit, "notes.show", N_("活動を提供しました。"), note_id=note_id)


@post("/provisions/{published_id:uuid}/end", name="sharing.note_withdrawal", sync_to_thread=True)
def withdraw(desk: CurrentDesk, published_id: FromPath[UUID]) -> Answer:
    """Take back what was told."""
    with desk.writes() as visit:
        note_id = agreement_queries.told_note(visit.db, visit.actor, published_id).note_id
        service.withdraw_note(visit.db, visit.actor, published_id, now=visit.now)
        notice = N_("提供を終了しました。提供先の写しは消えました。")
        return saved(visit, "notes.show", notice, note_id=note_id)


def _new(visit: Visit, note_id: UUID, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    note = _require_teller(visit, note_id)
    today = local_day(visit.now)
    offered = [
        (party, one)
        for party in parties_of(visit.db, note_id)
        for one in queries.recipients_of_notes(visit.db, visit.actor, party.holder, today)
    ]
    named = [party.holder.subject for party, _ in offered]
    visit.seen("note.viewed", ("note", note_id), named=named)
    return page(
        visit,
        "sharing/note_new.html",
        status=status,
        sub=sub,
        note=note,
        occasion=occasion_labels(visit.actor)[note.occasion],
        recipients=[
            (holder_key(party.holder, one.station_id), _option(party.name, one), None)
            for party, one in offered
        ],
        told=agreement_queries.told_of(visit.db, visit.actor, note_id),
    )


def _option(name: str, recipient: NoteRecipient) -> str:
    return translate("%(office)sへ、%(name)sについて", office=recipient.name, name=name)


def _require_teller(visit: Visit, note_id: UUID) -> ActivityNote:
    note = note_of(visit.db, note_id)
    if not may_correct(visit.actor, note):
        raise Forbidden
    return note


HANDLERS = [new, publish, withdraw]
