"""The pages of what other offices published to the own one: the list, one contact, its link."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.consents.models import SHARED_FIELD_LABELS, SharedField
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.kernel.kana import furigana
from crm.liaisons.queries import holder_line
from crm.sharing import queries, service
from crm.sharing.candidate_queries import candidates_for
from crm.sharing.forms import LinkForm, ReceivedSearchForm, holder_key
from crm.sharing.lines import ReceivedContact
from crm.web.pages import page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]
NOTES_SHOWN = 20


@get("/shared", name="sharing.received", sync_to_thread=True)
def index(desk: CurrentDesk, number: FromQuery[int] = 1) -> Response[str]:
    """Show the contacts other offices published to the own one."""
    with desk.reads() as visit:
        return _index(visit, blank(), number)


@post("/shared", name="sharing.received_search", sync_to_thread=True)
def search(desk: CurrentDesk) -> Response[str]:
    """Show those found by what was typed; by POST, so that no name stands in an address."""
    with desk.writes() as visit:
        sub = read_form(ReceivedSearchForm, visit.sent)
        return _index(visit, sub, 1, status=200 if sub.form else 422)


@get("/shared/{contact_id:uuid}", name="sharing.received_contact", sync_to_thread=True)
def show(desk: CurrentDesk, contact_id: FromPath[UUID]) -> Response[str]:
    """Show what was given of one contact, why, on which terms, and what was told of it."""
    with desk.reads() as visit:
        return _show(visit, contact_id, blank())


@post("/shared/{contact_id:uuid}/link", name="sharing.link", sync_to_thread=True)
def link(desk: CurrentDesk, contact_id: FromPath[UUID]) -> Answer:
    """Recognize a received contact as an own one."""
    with desk.writes() as visit:
        contact = queries.received_contact(visit.db, visit.actor, contact_id, local_day(visit.now))
        sub = read_form(LinkForm, visit.sent)
        if sub.form is None:
            return _show(visit, contact_id, sub, status=422)
        try:
            service.link_contact(
                visit.db, visit.actor, contact.reference, sub.form.holder, now=visit.now
            )
        except Refused as refusal:
            return _show(visit, contact_id, sub.refused(refusal), status=422)
        return saved(
            visit, "sharing.received_contact", N_("結び付けました。"), contact_id=contact_id
        )


@post("/shared/{contact_id:uuid}/unlink", name="sharing.unlink", sync_to_thread=True)
def unlink(desk: CurrentDesk, contact_id: FromPath[UUID]) -> Answer:
    """Take a recognition back."""
    with desk.writes() as visit:
        contact = queries.received_contact(visit.db, visit.actor, contact_id, local_day(visit.now))
        service.unlink_contact(visit.db, visit.actor, contact.reference, now=visit.now)
        return saved(
            visit,
            "sharing.received_contact",
            N_("結び付けを解除しました。"),
            contact_id=contact_id,
        )


@post("/links/{reference:uuid}/end", name="sharing.link_end", sync_to_thread=True)
def end_link(desk: CurrentDesk, reference: FromPath[UUID]) -> Answer:
    """Take a recognition back whose copy is gone, from the page of the own contact."""
    with desk.writes() as visit:
        holder = service.unlink_contact(visit.db, visit.actor, reference, now=visit.now)
        kind, key = holder.subject
        return saved(
            visit, f"relationships.{kind}", N_("結び付けを解除しました。"), **{f"{kind}_id": key}
        )


def _index(visit: Visit, sub: Submission[Any], number: int, *, status: int = 200) -> Response[str]:
    require_reader(visit.actor)
    query = sub.form.q if sub.form else ""
    found = queries.received_contacts(visit.db, visit.actor, local_day(visit.now), number, query)
    named = [("contact", contact.id) for contact in found.items]
    visit.seen("contacts.listed", named=named, page=found.number, count=len(named))
    return page(
        visit,
        "sharing/received.html",
        block="list",
        status=status,
        sub=sub,
        contacts=found,
        query=query,
    )


def _show(
    visit: Visit, contact_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    today = local_day(visit.now)
    contact = queries.received_contact(visit.db, visit.actor, contact_id, today)
    candidates = [] if contact.holder else candidates_for(visit.db, contact)
    own = [contact.holder] if contact.holder else [one.holder for one in candidates]
    visit.seen(
        "contact.viewed",
        ("contact", contact.id),
        named=[holder.subject for holder in own],
        fields=list(contact.fields),
    )
    return page(
        visit,
        "sharing/received_contact.html",
        status=status,
        sub=sub,
        contact=contact,
        fields=_fields(contact),
        own_name=holder_line(visit.db, contact.holder).name if contact.holder else "",
        candidates=[
            (holder_key(one.holder), one.name, furigana(one.kana) or None) for one in candidates
        ],
        notes=queries.notes_under(
            visit.db, visit.actor, contact.reference, today, limit=NOTES_SHOWN
        ),
    )


def _fields(contact: ReceivedContact) -> list[tuple[str, str, bool]]:
    """Return each field in words, its value and whether it was given at all."""
    values = {
        SharedField.NAME: contact.name,
        SharedField.READING: contact.furigana,
        SharedField.POST: contact.post,
        SharedField.AREAS: contact.areas,
        SharedField.PHONE: contact.phone,
        SharedField.ADDRESS: contact.address,
    }
    return [
        (translate(SHARED_FIELD_LABELS[field]), value, contact.gives(field))
        for field, value in values.items()
    ]


HANDLERS = [index, search, show, link, unlink, end_link]
