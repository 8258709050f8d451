"""The page of one-off disclosures about a person or an organization: an act of its own (69条)."""

import datetime as dt
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.models import Holder
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.liaisons.queries import holder_line
from crm.sharing import agreement_queries, agreements
from crm.sharing.agreement_pages import DRAFTED, field_options, office_options, require_chief
from crm.sharing.decisions import decided_terms, needs_decision, wants_draft
from crm.sharing.forms import DisclosureForm
from crm.sharing.giver_queries import disclosures_on
from crm.sharing.lines import field_words
from crm.sharing.models import DISCLOSURE_BASIS_LABELS
from crm.web.pages import page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]


@get("/people/{person_id:uuid}/disclosures/new", name="sharing.disclosure_new", sync_to_thread=True)
def new_for_person(
    desk: CurrentDesk, person_id: FromPath[UUID], approval: FromQuery[UUID | None] = None
) -> Response[str]:
    """Show the form to give something of a person once; with what was approved, filled so."""
    with desk.reads() as visit:
        return _open(visit, Holder(person_id=person_id), approval)


@get(
    "/organizations/{organization_id:uuid}/disclosures/new",
    name="sharing.organization_disclosure_new",
    sync_to_thread=True,
)
def new_for_organization(
    desk: CurrentDesk, organization_id: FromPath[UUID], approval: FromQuery[UUID | None] = None
) -> Response[str]:
    """Show the form to give something of an organization once, as above."""
    with desk.reads() as visit:
        return _open(visit, Holder(organization_id=organization_id), approval)


@post("/people/{person_id:uuid}/disclosures", name="sharing.disclosure_make", sync_to_thread=True)
def make_for_person(desk: CurrentDesk, person_id: FromPath[UUID]) -> Answer:
    """Decide to give something of a person once."""
    with desk.writes() as visit:
        return _make(visit, Holder(person_id=person_id))


@post(
    "/organizations/{organization_id:uuid}/disclosures",
    name="sharing.organization_disclosure_make",
    sync_to_thread=True,
)
def make_for_organization(desk: CurrentDesk, organization_id: FromPath[UUID]) -> Answer:
    """Decide to give something of an organization once."""
    with desk.writes() as visit:
        return _make(visit, Holder(organization_id=organization_id))


@post("/disclosures/{disclosure_id:uuid}/end", name="sharing.disclosure_end", sync_to_thread=True)
def end(desk: CurrentDesk, disclosure_id: FromPath[UUID]) -> Answer:
    """End a disclosure before its day."""
    with desk.writes() as visit:
        found = agreement_queries.disclosure(visit.db, disclosure_id)
        require_chief(visit)
        holder = Holder(found.person_id, found.organization_id)
        try:
            agreements.end_disclosure(visit.db, visit.actor, disclosure_id, now=visit.now)
        except Refused as refusal:
            return _new(visit, holder, blank().refused(refusal), status=422)
        return _back(visit, holder, N_("個別の提供を終了しました。提供先の写しは消えました。"))


def _make(visit: Visit, holder: Holder) -> Answer:
    holder_line(visit.db, holder)
    require_chief(visit)
    sub = read_form(DisclosureForm, visit.sent)
    if sub.form is None:
        return _new(visit, holder, sub, status=422)
    try:
        if wants_draft(visit):
            drafted = agreements.draft_disclosure(
                visit.db, visit.actor, holder, sub.form.facts, now=visit.now
            )
            return saved(visit, "approvals.show", DRAFTED, approval_id=drafted.id)
        agreements.disclose(
            visit.db,
            visit.actor,
            holder,
            sub.form.facts,
            now=visit.now,
            request_key=sub.form.request_key,
        )
    except Refused as refusal:
        return _new(visit, holder, sub.refused(refusal), status=422)
    return _back(visit, holder, N_("個別の提供を決定し、写しを提供しました。"))


def _back(visit: Visit, holder: Holder, notice: str) -> Response[None]:
    if holder.person_id:
        return saved(visit, "relationships.person", notice, person_id=holder.person_id)
    return saved(visit, "relationships.organization", notice, organization_id=holder.subject[1])


def _open(visit: Visit, holder: Holder, approval: UUID | None) -> Response[str]:
    decided = decided_terms(visit, approval)
    return _new(visit, holder, decided or blank(), decided=bool(decided))


def _new(
    visit: Visit,
    holder: Holder,
    sub: Submission[Any],
    *,
    status: int = 200,
    decided: bool = False,
) -> Response[str]:
    line = holder_line(visit.db, holder)
    require_chief(visit)
    today = local_day(visit.now)
    kind, key = holder.subject
    visit.seen(f"{kind}.viewed", holder.subject, fields=["name", "disclosures"])
    return page(
        visit,
        "sharing/disclosure_new.html",
        status=status,
        sub=sub,
        line=line,
        is_person=holder.person_id is not None,
        parameters={f"{kind}_id": key},
        offices=office_options(visit),
        fields=field_options(),
        bases=[(key, translate(label), None) for key, label in DISCLOSURE_BASIS_LABELS.items()],
        today=today,
        latest=today + agreements.LONGEST_DISCLOSURE,
        running=_running(visit, holder, today),
        drafts=not decided and needs_decision(visit),
    )


def _running(visit: Visit, holder: Holder, today: dt.date) -> list[dict[str, Any]]:
    """Return the disclosures in force, in words."""
    return [
        {
            "id": one.id,
            "who": one.recipient_name,
            "what": field_words(one.fields),
            "why": translate(DISCLOSURE_BASIS_LABELS[one.basis]),
            "reason": one.reason,
            "until": one.expires_on,
        }
        for one in disclosures_on(visit.db, [holder], today).get(holder, ())
    ]


HANDLERS = [new_for_person, new_for_organization, make_for_person, make_for_organization, end]
