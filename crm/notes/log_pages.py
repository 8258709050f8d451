"""Recording an activity: with a person, an organization, or in an area among people unnamed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.agencies.queries import other_offices
from crm.bulletins.lines import ItemChoice
from crm.bulletins.models import HANDLING_LABELS, INFORMATION_KIND_LABELS, InformationKind
from crm.bulletins.queries import items_to_hand, newest_first
from crm.contacts.models import Holder
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day, start_of_day, tour_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import translate
from crm.liaisons.queries import areas_of_station
from crm.notes import form_queries, queries, service
from crm.notes.burden import NOTHING, burdens_of
from crm.notes.entering import facts_of, notice_of, problems_of
from crm.notes.form_queries import Surroundings
from crm.notes.forms import NoteForm
from crm.notes.lines import Choice, Partner
from crm.notes.models import Occasion, PhraseUse
from crm.notes.page_parts import labels
from crm.notes.partners import area_partner, partner_of
from crm.visiting.models import QUIET_REASON_LABELS
from crm.web.pages import page, saved
from crm.web.visit import Visit

Subject = Holder | UUID
"""Whom an activity was with, or the key of the area it was in."""


@get("/notes/new", name="notes.new", sync_to_thread=True)
def choose(desk: CurrentDesk) -> Response[str]:
    """Ask with whom the contact was: those met lately, a search, or an area of the own station."""
    with desk.reads() as visit:
        actor = visit.actor
        require_reader(actor)
        parties = form_queries.recent_partners(visit.db, actor.staff_id)
        named = [party.holder.subject for party in parties]
        visit.seen("people.listed", named=named, count=len(parties))
        areas = (
            areas_of_station(visit.db, actor.station_id, local_day(visit.now))
            if actor.station_id
            else []
        )
        return page(visit, "notes/choose.html", parties=parties, areas=areas)


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


@get("/areas/{area_id:uuid}/notes/new", name="notes.new_in_area", sync_to_thread=True)
def new_in_area(desk: CurrentDesk, area_id: FromPath[UUID]) -> Response[str]:
    """Show the form for an activity in an area, among people nobody knows by name."""
    with desk.reads() as visit:
        return _note_page(visit, area_id, blank())


@get("/areas/{area_id:uuid}", name="notes.area", sync_to_thread=True)
def area(desk: CurrentDesk, area_id: FromPath[UUID]) -> Response[str]:
    """Show an area: its organizations, and what was recorded about the area itself."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        partner = area_partner(visit.db, area_id)
        units = queries.unit_book(visit.db, visit.actor.station_id)
        named = [("organization", one.id) for one in partner.organizations]
        visit.seen("area.viewed", ("area", area_id), named=named)
        return page(
            visit,
            "notes/area.html",
            partner=partner,
            notes=queries.notes_in(visit.db, area_id, units),
            **labels(visit.actor),
        )


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


@post("/areas/{area_id:uuid}/notes", name="notes.log_in_area", sync_to_thread=True)
def log_in_area(desk: CurrentDesk, area_id: FromPath[UUID]) -> Response[Any]:
    """Record an activity in an area."""
    return _log(desk, area_id)


def _log(desk: CurrentDesk, subject: Subject) -> Response[Any]:
    with desk.writes() as visit:
        sub = read_form(NoteForm, visit.sent)
        if sub.form is None:
            return _note_page(visit, subject, sub, status=422)
        holder, area_id = _split(subject)
        facts = facts_of(sub.form, holder, at=visit.now, area_id=area_id)
        try:
            service.log_activity(visit.db, visit.actor, facts, now=visit.now)
        except (Refused, Conflict) as said:
            return _note_page(visit, subject, sub.refused(said), status=said.status)
        notice = notice_of(facts.heard, facts.told, facts.advice, asked=facts.needs_reply)
        if not isinstance(subject, Holder):
            return saved(visit, "notes.area", notice, area_id=subject)
        kind, key = subject.subject
        return saved(visit, f"relationships.{kind}", notice, **{f"{kind}_id": key})


def _split(subject: Subject) -> tuple[Holder | None, UUID | None]:
    return (subject, None) if isinstance(subject, Holder) else (None, subject)


def _note_page(
    visit: Visit, subject: Subject, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    today = local_day(visit.now)
    partner = _partner(visit, subject)
    around = form_queries.surroundings_of(
        visit.db, visit.actor, since=start_of_day(tour_day(visit.now)), day=today
    )
    burdens, (items,) = burdens_of(
        visit.db,
        visit.actor,
        [partner.holder] if partner.holder else [],
        around.units,
        now=visit.now,
        beside=(items_to_hand(),),
    )
    others = [line for line in around.staff if line.id != visit.actor.staff_id]
    near = [line for line in others if line.unit_id == visit.actor.unit_id]
    # what was sent says who took part; before that it is whoever did last time
    companions = () if sub.values else around.companions
    return page(
        visit,
        "notes/new.html",
        status=status,
        sub=sub,
        partner=partner,
        near=near,
        far=[line for line in others if line not in near],
        companions=[line for line in others if line.id in companions],
        information=_to_hand(newest_first(items)),
        burden=burdens.get(partner.holder, NOTHING) if partner.holder else NOTHING,
        reasons=QUIET_REASON_LABELS,
        today=today,
        occasion=_usual_occasion(subject, around),
        phrases={use.value: around.phrases.get(use, ()) for use in PhraseUse},
        problems=problems_of(around.phrases.get(PhraseUse.PROBLEM, ())),
        offices=[
            (office.station_id, office.label)
            for office in other_offices(visit.db, visit.actor, today)
        ],
        client_key=sub.values.get("client_key") or uuid7(),
        **labels(visit.actor),
    )


def _partner(visit: Visit, subject: Subject) -> Partner:
    """Return whom, or where, an activity is about, and put on record who was named with it."""
    if isinstance(subject, Holder):
        partner = partner_of(visit.db, subject, local_day(visit.now))
        action, about = f"{subject.subject[0]}.viewed", subject.subject
    else:
        require_reader(visit.actor)
        partner = area_partner(visit.db, subject)
        action, about = "area.viewed", ("area", subject)
    named = [
        *(("person", one.id) for one in partner.people),
        *(("organization", one.id) for one in partner.organizations),
    ]
    visit.seen(action, about, named=named, fields=["name"])
    return partner


def _to_hand(items: Sequence[ItemChoice]) -> list[Choice]:
    """Return the items that may be handed over today, each with how far it may go."""
    return [
        Choice(
            item.id,
            "　".join(filter(None, (_kind(item.kind), item.issue_number, item.title))),
            translate(HANDLING_LABELS[item.handling]),
        )
        for item in items
    ]


def _kind(kind: InformationKind) -> str:
    return translate(INFORMATION_KIND_LABELS[kind])


def _usual_occasion(subject: Subject, around: Surroundings) -> Occasion:
    """Return the occasion of this tour's last note: a round of visits is one occasion."""
    first = Occasion.PATROL_VISIT if isinstance(subject, Holder) else Occasion.PATROL
    return around.occasion or first


HANDLERS = [
    choose,
    new_for_person,
    new_for_organization,
    new_in_area,
    area,
    log_for_person,
    log_for_organization,
    log_in_area,
]
