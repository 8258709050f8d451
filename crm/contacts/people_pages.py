"""The list of people, and the forms that enter and correct one."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk, Desk
from crm.contacts import queries, service
from crm.contacts.filing import phone_doubts
from crm.contacts.forms import PersonForm, differences, person_values
from crm.contacts.models import Holder
from crm.contacts.page_parts import CORRECTED, REGISTERED, chosen_row, kana_index, saved_notice
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.web.pages import page, saved
from crm.web.visit import Visit

STALE = Conflict.status


@get("/people", name="contacts.people", sync_to_thread=True)
def people(
    desk: CurrentDesk, row: FromQuery[str] = "", number: FromQuery[int] = 1
) -> Response[str]:
    """Show the station's people in kana order."""
    with desk.reads() as visit:
        queries.require_reader(visit.actor)
        chosen = chosen_row(row)
        counts = queries.people_by_row(visit.db)
        found = queries.people_page(
            visit.db, row=chosen, number=number, counts=counts, day=local_day(visit.now)
        )
        named = [("person", line.id) for line in found.items]
        visit.seen("people.listed", named=named, page=found.number, count=len(named))
        return page(
            visit,
            "contacts/people.html",
            block="list",
            people=found,
            **kana_index(chosen, counts),
        )


@get("/people/new", name="contacts.person_new", sync_to_thread=True)
def person_new(desk: CurrentDesk) -> Response[str]:
    """Show the form for somebody new."""
    with desk.reads() as visit:
        queries.require_reader(visit.actor)
        return page(visit, "contacts/person_new.html", block="form", sub=blank())


@post("/people", name="contacts.person_register", sync_to_thread=True)
def person_register(desk: CurrentDesk) -> Response[Any]:
    """Register somebody new."""
    with desk.writes() as visit:
        queries.require_reader(visit.actor)
        sub = read_form(PersonForm, visit.sent)
        if sub.form is None:
            return page(visit, "contacts/person_new.html", block="form", status=422, sub=sub)
        area_code = desk.settings.area_code
        try:
            person = service.register_person(
                visit.db, visit.actor, sub.form.facts(), area_code=area_code, now=visit.now
            )
        except Refused as refusal:
            return page(
                visit,
                "contacts/person_new.html",
                block="form",
                status=422,
                sub=sub.refused(refusal),
            )
        notice = saved_notice(REGISTERED, sub.form.phones, area_code)
        return saved(visit, "relationships.person", notice, person_id=person.id)


@get("/people/{person_id:uuid}/edit", name="contacts.person_edit", sync_to_thread=True)
def person_edit(desk: CurrentDesk, person_id: FromPath[UUID]) -> Response[str]:
    """Show what is recorded of a person, to be corrected."""
    with desk.reads() as visit:
        stored = _stored_person(visit, person_id)
        return _person_edit(desk, visit, person_id, blank(**stored), stored)


@post("/people/{person_id:uuid}", name="contacts.person_correct", sync_to_thread=True)
def person_correct(desk: CurrentDesk, person_id: FromPath[UUID]) -> Response[Any]:
    """Correct what is recorded of a person."""
    with desk.writes() as visit:
        stored = _stored_person(visit, person_id)
        sub = read_form(PersonForm, visit.sent)
        if sub.form is None:
            return _person_edit(desk, visit, person_id, sub, stored, status=422)
        area_code = desk.settings.area_code
        try:
            service.correct_person(
                visit.db,
                visit.actor,
                person_id,
                sub.form.facts(),
                revision=sub.form.revision,
                area_code=area_code,
                now=visit.now,
            )
        except Refused as refusal:
            return _person_edit(desk, visit, person_id, sub.refused(refusal), stored, status=422)
        except Conflict:
            return _person_edit(desk, visit, person_id, sub, stored, status=409)
        notice = saved_notice(CORRECTED, sub.form.phones, area_code)
        return saved(visit, "relationships.person", notice, person_id=person_id)


def _stored_person(visit: Visit, person_id: UUID) -> dict[str, Any]:
    person = queries.person(visit.db, person_id)
    phones = queries.telephones_of(visit.db, Holder(person_id=person_id))
    return person_values(person, phones)


def _person_edit(
    desk: Desk,
    visit: Visit,
    person_id: UUID,
    sub: Submission[PersonForm],
    stored: dict[str, Any],
    *,
    status: int = 200,
) -> Response[str]:
    visit.seen("person.viewed", ("person", person_id), fields=sorted(stored))
    stale = status == STALE
    typed = str(sub.values.get("phones", ""))
    return page(
        visit,
        "contacts/person_edit.html",
        block="form",
        status=status,
        sub=sub,
        person_id=person_id,
        name=f"{stored['family_name']} {stored['given_name']}".strip(),
        # after a conflict the next save is made knowing the newest version
        revision=stored["revision"] if stale else sub.values.get("revision", 0),
        conflict=differences(PersonForm, sub.values, stored, {}) if stale else [],
        doubts=phone_doubts(typed, area_code=desk.settings.area_code),
    )


HANDLERS = [people, person_new, person_register, person_edit, person_correct]
