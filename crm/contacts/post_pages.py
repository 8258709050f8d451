"""The forms that give a person a post and end it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.contacts import post_queries, queries, service
from crm.contacts.forms import PostEndForm, PostForm, options
from crm.contacts.page_parts import REGISTERED
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.web.pages import page, saved
from crm.web.visit import Visit


@get(
    "/people/{person_id:uuid}/appointments/new",
    name="contacts.appointment_new",
    sync_to_thread=True,
)
def appointment_new(desk: CurrentDesk, person_id: FromPath[UUID]) -> Response[str]:
    """Show the form that gives a person one more post."""
    with desk.reads() as visit:
        return _appointment_new(visit, person_id, blank())


@post(
    "/people/{person_id:uuid}/appointments",
    name="contacts.appointment_make",
    sync_to_thread=True,
)
def appointment_make(desk: CurrentDesk, person_id: FromPath[UUID]) -> Response[Any]:
    """Record that a person holds a post."""
    with desk.writes() as visit:
        sub = read_form(PostForm, visit.sent)
        if sub.form is None:
            return _appointment_new(visit, person_id, sub, status=422)
        try:
            service.appoint(visit.db, visit.actor, person_id, sub.form.facts(), now=visit.now)
        except Refused as refusal:
            return _appointment_new(visit, person_id, sub.refused(refusal), status=422)
        return saved(visit, "relationships.person", REGISTERED, person_id=person_id)


@get(
    "/appointments/{appointment_id:uuid}/end",
    name="contacts.appointment_end",
    sync_to_thread=True,
)
def appointment_end(desk: CurrentDesk, appointment_id: FromPath[UUID]) -> Response[str]:
    """Ask for the last day of a post."""
    with desk.reads() as visit:
        sub = blank(valid_to=local_day(visit.now).isoformat())
        return _appointment_end(visit, appointment_id, sub)


@post(
    "/appointments/{appointment_id:uuid}/end",
    name="contacts.appointment_ended",
    sync_to_thread=True,
)
def appointment_ended(desk: CurrentDesk, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Record the last day of a post."""
    with desk.writes() as visit:
        sub = read_form(PostEndForm, visit.sent)
        if sub.form is None:
            return _appointment_end(visit, appointment_id, sub, status=422)
        try:
            ended = service.end_appointment(
                visit.db,
                visit.actor,
                appointment_id,
                sub.form.valid_to,
                revision=sub.form.revision,
                now=visit.now,
            )
        except Refused as refusal:
            return _appointment_end(visit, appointment_id, sub.refused(refusal), status=422)
        notice = N_("役職の終了を記録しました。")
        return saved(visit, "relationships.person", notice, person_id=ended.person_id)


def _appointment_new(
    visit: Visit, person_id: UUID, sub: Submission[PostForm], *, status: int = 200
) -> Response[str]:
    person = queries.person(visit.db, person_id)
    visit.seen("person.viewed", ("person", person_id), fields=["name", "posts"])
    return page(
        visit,
        "contacts/appointment_new.html",
        block="form",
        status=status,
        sub=sub,
        person_id=person_id,
        name=person.name,
        held=post_queries.appointments_of(visit.db, person_id, local_day(visit.now)),
        post_types=options(post_queries.post_types(visit.db)),
        organizations=options(queries.organization_choices(visit.db)),
    )


def _appointment_end(
    visit: Visit, appointment_id: UUID, sub: Submission[PostEndForm], *, status: int = 200
) -> Response[str]:
    held = post_queries.post(visit.db, appointment_id)
    visit.seen("person.viewed", ("person", held.person_id), fields=["name", "posts"])
    return page(
        visit,
        "contacts/appointment_end.html",
        block="form",
        status=status,
        sub=sub,
        post=held,
        revision=sub.values.get("revision", held.revision),
    )


HANDLERS = [appointment_new, appointment_make, appointment_end, appointment_ended]
