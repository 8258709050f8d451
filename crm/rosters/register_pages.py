"""発行簿: every roster issued, its document once more, and where its copies are."""

from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.contacts.policy import require_network
from crm.exports.asking import purpose_choices
from crm.exports.desk import take_out
from crm.exports.models import Export, ExportPurpose, ExportRecipient
from crm.exports.queries import plain_number
from crm.exports.service import MAX_PURPOSE
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, labels
from crm.kernel.wareki import fiscal_year, fiscal_year_label
from crm.rosters import issue_queries
from crm.rosters.copies import hand_out_copies, take_back
from crm.rosters.forms import (
    TEXTS,
    CopiesForm,
    CopyActForm,
    RegisterQuestion,
    ReprintForm,
    plain_reason,
)
from crm.rosters.issue_queries import Wanted
from crm.rosters.issuing import ask_for_reprint
from crm.rosters.models import (
    COPY_ACT_LABELS,
    ROSTER_FORMAT_LABELS,
    ROSTER_PROFILE_LABELS,
    CopyAct,
)
from crm.rosters.policy import require_issuer
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

YEARS_OFFERED = 6
HANDED_OUT = N_("渡した先を記録しました。")
TAKEN_BACK = N_("記録しました。")


@get("/roster/issues", name="rosters.issues", sync_to_thread=True)
def index(
    desk: CurrentDesk, request: Request[Any, Any, Any], page_number: FromQuery[int] = 1
) -> Response[str]:
    """List what was issued, newest first; narrowed by readers, year, number, copies still out."""
    with desk.reads() as visit:
        _require_issuer(visit)
        sub = read_form(RegisterQuestion, request.query_params)
        asked = sub.form or RegisterQuestion()
        wanted = Wanted(asked.profile, asked.year, plain_number(asked.number), asked.out)
        found = issue_queries.issues_page(visit.db, wanted, page_number)
        visit.seen("roster.issues_listed", page=found.number, count=found.total)
        this_year = fiscal_year(local_day(visit.now))
        years = range(this_year, this_year - YEARS_OFFERED, -1)
        return page(
            visit,
            "rosters/issues.html",
            block="results",
            status=200 if sub.form else 422,
            sub=sub,
            issues=found,
            profiles=labels(ROSTER_PROFILE_LABELS),
            profile_labels=ROSTER_PROFILE_LABELS,
            formats=ROSTER_FORMAT_LABELS,
            years=[(year, fiscal_year_label(year)) for year in years],
            narrowed=wanted != Wanted(),
            base=f"/roster/issues?{urlencode(_said(asked))}&page_number=",
        )


@get("/roster/issues/{issue_id:uuid}", name="rosters.issue_show", sync_to_thread=True)
def show(desk: CurrentDesk, issue_id: FromPath[UUID]) -> Response[str]:
    """Show one issue: for whom and why, its document, its copies."""
    with desk.reads() as visit:
        return _issue_page(visit, issue_id, blank(), 200)


@post("/roster/issues/{issue_id:uuid}/reprint", name="rosters.reprint", sync_to_thread=True)
def reprint(desk: CurrentDesk, issue_id: FromPath[UUID]) -> Response[Any]:
    """Register the document once more as an export, and lead to the page it is fetched from."""
    with desk.reads() as visit:
        _require_issuer(visit)
        issue = issue_queries.issue_line(visit.db, issue_id)
        sub = read_form(ReprintForm, visit.sent)
        if sub.form is None:
            return _issue_page(visit, issue_id, sub, 422)
    form = sub.form

    def ask(visit: Visit) -> Export:
        reason = plain_reason(form, issue.format)
        hours = desk.settings.export_hours
        taking = form.taking(ExportRecipient.WITHIN, hours, reason, issue_id)
        purpose = form.told_purpose()
        return ask_for_reprint(visit.db, visit.actor, issue_id, purpose, taking, now=visit.now)

    try:
        return take_out(desk, ask)
    except (Refused, Conflict) as refusal:
        with desk.reads() as visit:
            return _issue_page(visit, issue_id, sub.refused(refusal), refusal.status)


@post("/roster/issues/{issue_id:uuid}/copies", name="rosters.copies", sync_to_thread=True)
def hand_out(desk: CurrentDesk, issue_id: FromPath[UUID]) -> Response[Any]:
    """Put on record to whom copies went."""
    with desk.writes() as visit:
        _require_issuer(visit)

        def act(form: CopiesForm) -> Response[None]:
            to, on = form.everybody(), form.handed_on
            hand_out_copies(visit.db, visit.actor, issue_id, to, on=on, now=visit.now)
            return saved(visit, "rosters.issue_show", HANDED_OUT, issue_id=issue_id)

        return submitted(visit, CopiesForm, partial(_issue_page, visit, issue_id), act)


@post("/roster/copies/{handout_id:uuid}/return", name="rosters.copy_return", sync_to_thread=True)
def give_back(desk: CurrentDesk, handout_id: FromPath[UUID]) -> Response[Any]:
    """Put on record that a copy came back."""
    return _acted(desk, handout_id, CopyAct.RETURNED)


@post("/roster/copies/{handout_id:uuid}/shredding", name="rosters.copy_shred", sync_to_thread=True)
def shred(desk: CurrentDesk, handout_id: FromPath[UUID]) -> Response[Any]:
    """Put on record that a copy was shredded."""
    return _acted(desk, handout_id, CopyAct.SHREDDED)


def _acted(desk: CurrentDesk, handout_id: UUID, act: CopyAct) -> Response[Any]:
    with desk.writes() as visit:
        _require_issuer(visit)
        issue_id = issue_queries.copy_of(visit.db, handout_id).issue_id

        def carry_out(form: CopyActForm) -> Response[None]:
            take_back(visit.db, visit.actor, handout_id, act, on=form.acted_on, now=visit.now)
            return saved(visit, "rosters.issue_show", TAKEN_BACK, issue_id=issue_id)

        return submitted(visit, CopyActForm, partial(_issue_page, visit, issue_id), carry_out)


def _require_issuer(visit: Visit) -> None:
    require_network(visit.actor)
    require_issuer(visit.actor)


def _issue_page(visit: Visit, issue_id: UUID, sub: Submission[Any], status: int) -> Response[str]:
    _require_issuer(visit)
    issue = issue_queries.issue_line(visit.db, issue_id)
    copies = issue_queries.copies_of(visit.db, issue_id)
    visit.seen("roster.issue_viewed", ("roster_issue", issue_id), number=issue.number)
    asked = urlencode({"profile": issue.profile})
    return page(
        visit,
        "rosters/issue.html",
        status=status,
        sub=sub,
        issue=issue,
        copies=copies,
        today=local_day(visit.now),
        now_so=f"/roster?{asked}&{issue.selection}".rstrip("&"),
        profile_labels=ROSTER_PROFILE_LABELS,
        formats=ROSTER_FORMAT_LABELS,
        acts=COPY_ACT_LABELS,
        needs_reason=issue.format in TEXTS,
        purposes=purpose_choices(),
        purpose=ExportPurpose.OFFICE,
        max_purpose=MAX_PURPOSE,
        request_key=uuid7(),
    )


def _said(asked: RegisterQuestion) -> dict[str, object]:
    told = {
        "profile": asked.profile,
        "year": asked.year,
        "number": asked.number,
        "out": "on" if asked.out else "",
    }
    return {name: value for name, value in told.items() if value}


HANDLERS = [index, show, reprint, hand_out, give_back, shred]
