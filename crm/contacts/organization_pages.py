"""The list of organizations, and the forms that enter and correct one."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk, Desk
from crm.contacts import queries, service
from crm.contacts.filing import phone_doubts
from crm.contacts.forms import (
    OrganizationForm,
    differences,
    kind_options,
    options,
    organization_values,
)
from crm.contacts.models import ORGANIZATION_KIND_LABELS, Holder, OrganizationKind
from crm.contacts.page_parts import CORRECTED, REGISTERED, chosen_row, kana_index, saved_notice
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.web.pages import page, saved
from crm.web.visit import Visit

STALE = Conflict.status


@get("/organizations", name="contacts.organizations", sync_to_thread=True)
def organizations(
    desk: CurrentDesk,
    kind: FromQuery[str] = "",
    row: FromQuery[str] = "",
    number: FromQuery[int] = 1,
) -> Response[str]:
    """Show the station's organizations in kana order, of one kind or all."""
    with desk.reads() as visit:
        queries.require_reader(visit.actor)
        chosen, chosen_kind = chosen_row(row), _kind(kind)
        counts = queries.organizations_by_row(visit.db, chosen_kind)
        found = queries.organizations_page(
            visit.db,
            kind=chosen_kind,
            row=chosen,
            number=number,
            counts=counts,
            day=local_day(visit.now),
        )
        named = [subject for line in found.items for subject in line.subjects]
        visit.seen("organizations.listed", named=named, page=found.number, count=len(found.items))
        return page(
            visit,
            "contacts/organizations.html",
            block="list",
            organizations=found,
            kind=chosen_kind.value if chosen_kind else "",
            kinds=kind_options(),
            kind_labels=ORGANIZATION_KIND_LABELS,
            **kana_index(chosen, counts),
        )


@get("/organizations/new", name="contacts.organization_new", sync_to_thread=True)
def organization_new(desk: CurrentDesk) -> Response[str]:
    """Show the form for a new organization."""
    with desk.reads() as visit:
        queries.require_reader(visit.actor)
        return _organization_new(visit, blank(is_active="on"))


@post("/organizations", name="contacts.organization_register", sync_to_thread=True)
def organization_register(desk: CurrentDesk) -> Response[Any]:
    """Register a new organization."""
    with desk.writes() as visit:
        queries.require_reader(visit.actor)
        sub = read_form(OrganizationForm, visit.sent)
        if sub.form is None:
            return _organization_new(visit, sub, status=422)
        area_code = desk.settings.area_code
        try:
            organization = service.register_organization(
                visit.db, visit.actor, sub.form.facts(), area_code=area_code, now=visit.now
            )
        except Refused as refusal:
            return _organization_new(visit, sub.refused(refusal), status=422)
        notice = saved_notice(REGISTERED, sub.form.phones, area_code)
        return saved(visit, "relationships.organization", notice, organization_id=organization.id)


@get(
    "/organizations/{organization_id:uuid}/edit",
    name="contacts.organization_edit",
    sync_to_thread=True,
)
def organization_edit(desk: CurrentDesk, organization_id: FromPath[UUID]) -> Response[str]:
    """Show what is recorded of an organization, to be corrected."""
    with desk.reads() as visit:
        stored = _stored_organization(visit, organization_id)
        return _organization_edit(desk, visit, organization_id, blank(**stored), stored)


@post(
    "/organizations/{organization_id:uuid}",
    name="contacts.organization_correct",
    sync_to_thread=True,
)
def organization_correct(desk: CurrentDesk, organization_id: FromPath[UUID]) -> Response[Any]:
    """Correct what is recorded of an organization."""
    with desk.writes() as visit:
        stored = _stored_organization(visit, organization_id)
        sub = read_form(OrganizationForm, visit.sent)
        if sub.form is None:
            return _organization_edit(desk, visit, organization_id, sub, stored, status=422)
        area_code = desk.settings.area_code
        try:
            service.correct_organization(
                visit.db,
                visit.actor,
                organization_id,
                sub.form.facts(),
                revision=sub.form.revision,
                area_code=area_code,
                now=visit.now,
            )
        except Refused as refusal:
            return _organization_edit(
                desk, visit, organization_id, sub.refused(refusal), stored, status=422
            )
        except Conflict:
            return _organization_edit(desk, visit, organization_id, sub, stored, status=409)
        notice = saved_notice(CORRECTED, sub.form.phones, area_code)
        return saved(visit, "relationships.organization", notice, organization_id=organization_id)


def _kind(text: str) -> OrganizationKind | None:
    return OrganizationKind(text) if text in set(OrganizationKind) else None


def _choices(visit: Visit, stored: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return the lines of each selection of the form; the area recorded is always among them."""
    area_id = stored.get("area_id")
    areas = queries.area_choices(
        visit.db, visit.actor, local_day(visit.now), chosen=UUID(area_id) if area_id else None
    )
    return {
        "kind": kind_options(),
        "parent_id": options(
            queries.organization_choices(visit.db, besides=stored.get("organization_id"))
        ),
        "area_id": options(areas),
    }


def _organization_new(
    visit: Visit, sub: Submission[OrganizationForm], *, status: int = 200
) -> Response[str]:
    return page(
        visit,
        "contacts/organization_new.html",
        block="form",
        status=status,
        sub=sub,
        choices=_choices(visit, {}),
    )


def _stored_organization(visit: Visit, organization_id: UUID) -> dict[str, Any]:
    organization = queries.organization(visit.db, organization_id)
    phones = queries.telephones_of(visit.db, Holder(organization_id=organization_id))
    return organization_values(organization, phones)


def _organization_edit(
    desk: Desk,
    visit: Visit,
    organization_id: UUID,
    sub: Submission[OrganizationForm],
    stored: dict[str, Any],
    *,
    status: int = 200,
) -> Response[str]:
    visit.seen("organization.viewed", ("organization", organization_id), fields=sorted(stored))
    stale = status == STALE
    typed = str(sub.values.get("phones", ""))
    choices = _choices(visit, {**stored, "organization_id": organization_id})
    return page(
        visit,
        "contacts/organization_edit.html",
        block="form",
        status=status,
        sub=sub,
        organization_id=organization_id,
        name=stored["name"],
        choices=choices,
        # after a conflict the next save is made knowing the newest version
        revision=stored["revision"] if stale else sub.values.get("revision", 0),
        conflict=differences(OrganizationForm, sub.values, stored, choices) if stale else [],
        doubts=phone_doubts(typed, area_code=desk.settings.area_code),
    )


HANDLERS = [
    organizations,
    organization_new,
    organization_register,
    organization_edit,
    organization_correct,
]
