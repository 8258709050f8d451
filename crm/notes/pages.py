"""Recording an activity, correcting it, taking up what was heard as a request."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.status_codes import HTTP_409_CONFLICT
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.agencies.queries import StaffLine, station_staff
from crm.bulletins.models import HANDLING_LABELS, INFORMATION_KIND_LABELS, InformationKind
from crm.bulletins.queries import items_to_hand
from crm.contacts.models import Holder
from crm.contacts.queries import require_reader
from crm.kernel.actor import Actor
from crm.kernel.clock import JST, local_day, start_of_day, tour_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.notes import form_queries, policy, queries, service
from crm.notes.entering import REMINDER, choices_of, content_of, facts_of, notice_of
from crm.notes.forms import CorrectionForm, NoteForm
from crm.notes.lines import Choice, Party
from crm.notes.models import OUTCOME_LABELS, Occasion, occasion_labels
from crm.notes.partners import partner_of
from crm.notes.service import NoteContent
from crm.web.pages import page, saved
from crm.web.visit import Visit

ASKED = N_("意見・要望として受理しました。")
CORRECTED = N_("訂正しました。訂正前の内容も残っています。")


@get("/notes/new", name="notes.new", sync_to_thread=True)
def choose(desk: CurrentDesk) -> Response[str]:
    """Ask with whom the contact was: the people met lately, or a search."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        parties = form_queries.recent_partners(visit.db, visit.actor.staff_id)
        named = [party.holder.subject for party in parties]
        visit.seen("people.listed", named=named, count=len(parties))
        return page(visit, "notes/choose.html", parties=parties)


@get("/people/{person_id:uuid}/notes/new", name="notes.new_for_person", sync_to_thread=True)
def new_for_person(desk: CurrentDesk, person_id: FromPath[UUID]) -> Response[str]:
    """Show the form for a contact with a person."""
    with desk.reads() as visit:
        return _note_page(visit, Holder(person_id=person_id), blank())


@get(
    "/organizations/{organization_id:uuid}/notes/new",
    name="notes.new_for_organization",
    sync_to_thread=True,
)
def new_for_organization(desk: CurrentDesk, organization_id: FromPath[UUID]) -> Response[str]:
    """Show the form for a contact with an organization."""
    with desk.reads() as visit:
        return _note_page(visit, Holder(organization_id=organization_id), blank())


@post("/people/{person_id:uuid}/notes", name="notes.log", sync_to_thread=True)
def log_for_person(desk: CurrentDesk, person_id: FromPath[UUID]) -> Response[Any]:
    """Record a contact with a person."""
    return _log(desk, Holder(person_id=person_id))


@post(
    "/organizations/{organization_id:uuid}/notes",
    name="notes.log_for_organization",
    sync_to_thread=True,
)
def log_for_organization(desk: CurrentDesk, organization_id: FromPath[UUID]) -> Response[Any]:
    """Record a contact with an organization."""
    return _log(desk, Holder(organization_id=organization_id))


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
            may_correct=policy.may_correct(visit.actor, note),
            **_labels(visit.actor),
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
        notice = REMINDER if policy.belongs_elsewhere(content.heard, content.told) else CORRECTED
        return saved(visit, "notes.show", notice, note_id=note_id)


@post("/notes/{note_id:uuid}/requests", name="notes.ask", sync_to_thread=True)
def ask(desk: CurrentDesk, note_id: FromPath[UUID]) -> Response[Any]:
    """Take up what was heard as a request: one tap."""
    with desk.writes() as visit:
        request = service.ask(visit.db, visit.actor, note_id, now=visit.now)
        return saved(visit, "requests.show", ASKED, request_id=request.id)


def _log(desk: CurrentDesk, holder: Holder) -> Response[Any]:
    with desk.writes() as visit:
        sub = read_form(NoteForm, visit.sent)
        if sub.form is None:
            return _note_page(visit, holder, sub, status=422)
        facts = facts_of(sub.form, holder, at=visit.now)
        try:
            service.log_activity(visit.db, visit.actor, facts, now=visit.now)
        except (Refused, Conflict) as said:
            return _note_page(visit, holder, sub.refused(said), status=said.status)
        notice = notice_of(facts.heard, facts.told)
        kind, key = holder.subject
        return saved(visit, f"relationships.{kind}", notice, **{f"{kind}_id": key})


def _note_page(
    visit: Visit, holder: Holder, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    partner = partner_of(visit.db, holder, local_day(visit.now))
    near, far = _colleagues(visit)
    others = [
        *(("person", one.id) for one in partner.people),
        *(("organization", one.id) for one in partner.organizations),
    ]
    action = f"{holder.subject[0]}.viewed"
    visit.seen(action, holder.subject, named=others, fields=["name"])
    return page(
        visit,
        "notes/new.html",
        status=status,
        sub=sub,
        partner=partner,
        near=near,
        far=far,
        information=_to_hand(visit),
        occasion=_usual_occasion(visit),
        client_key=sub.values.get("client_key") or uuid7(),
        **_labels(visit.actor),
    )


def _colleagues(visit: Visit) -> tuple[list[StaffLine], list[StaffLine]]:
    """Return whom to tick (the own unit) and whom to choose (the rest of the station)."""
    actor = visit.actor
    if actor.station_id is None:
        return [], []
    everyone = station_staff(visit.db, actor.station_id, local_day(visit.now))
    others = [line for line in everyone if line.id != actor.staff_id]
    near = [line for line in others if line.unit_id == actor.unit_id]
    return near, [line for line in others if line not in near]


def _to_hand(visit: Visit) -> list[Choice]:
    """Return the items that may be handed over today, each with how far it may go."""
    return [
        Choice(
            item.id,
            "　".join(filter(None, (_kind(item.kind), item.issue_number, item.title))),
            translate(HANDLING_LABELS[item.handling]),
        )
        for item in items_to_hand(visit.db, local_day(visit.now))
    ]


def _kind(kind: InformationKind) -> str:
    return translate(INFORMATION_KIND_LABELS[kind])


def _usual_occasion(visit: Visit) -> Occasion:
    """Return the occasion of this tour's last note: a round of visits is one occasion."""
    tour_began = start_of_day(tour_day(visit.now))
    last = form_queries.last_occasion(visit.db, visit.actor.staff_id, tour_began)
    return last or Occasion.PATROL_VISIT


def _correction_page(
    visit: Visit, note_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    note = queries.note_of(visit.db, note_id)
    service.require_may_correct(visit.actor, note)
    local = note.happened_at.astimezone(JST)
    stale = status == HTTP_409_CONFLICT
    says = blank(
        outcome=note.outcome,
        occasion=note.occasion,
        heard=note.heard,
        told=note.told,
        happened_at=f"{local:%Y-%m-%dT%H:%M}",
    )
    return page(
        visit,
        "notes/correction.html",
        status=status,
        note=note,
        sub=sub if sub.values else says,
        # a stale form was refused once: it may be sent again beside what the record says now
        revision=note.revision if stale else sub.values.get("revision", note.revision),
        is_stale=stale,
        parties=_parties_seen(visit, note_id),
        **_labels(visit.actor),
    )


def _parties_seen(visit: Visit, note_id: UUID) -> Sequence[Party]:
    """Return those a note is about, and put on record that it was shown with their names."""
    parties = queries.parties_of(visit.db, note_id)
    named = [party.holder.subject for party in parties]
    visit.seen("note.viewed", ("note", note_id), named=named)
    return parties


def _labels(actor: Actor) -> dict[str, Any]:
    return {
        **choices_of(actor),
        "occasion_labels": occasion_labels(actor),
        "outcome_labels": OUTCOME_LABELS,
        "information_kinds": INFORMATION_KIND_LABELS,
    }


HANDLERS = [
    choose,
    new_for_person,
    new_for_organization,
    log_for_person,
    log_for_organization,
    show,
    correction,
    correct,
    ask,
]
