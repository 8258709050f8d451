"""連絡員候補: the inbox of the network office, one's own proposals, and what became of them."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.agencies.queries import units_on
from crm.approvals.models import ApprovalKind
from crm.approvals.queries import approval_for, is_required
from crm.candidates import proposal_pages, queries, rule_pages, service
from crm.candidates.forms import LetterForm, PassingOverForm
from crm.candidates.letters import ask_for_letter
from crm.candidates.models import STEP_LABELS
from crm.candidates.policy import may_receive, may_withdraw
from crm.candidates.queries import Shown
from crm.jobs.desk import print_beside
from crm.jobs.models import Job
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, NotFound
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.kernel.wareki import fiscal_year
from crm.liaisons.policy import may_note_candidate
from crm.liaisons.queries import course_of
from crm.liaisons.standing import Course
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

APRIL = 4


@get("/candidates", name="candidates.index", sync_to_thread=True)
def index(
    desk: CurrentDesk, shown: FromQuery[str] = "", number: FromQuery[int] = 1
) -> Response[str]:
    """Show what awaits the network office, one's own proposals, all on their way, all ended."""
    with desk.reads() as visit:
        actor, day = visit.actor, local_day(visit.now)
        require_station(visit)
        usual = Shown.INBOX if may_receive(actor) else Shown.MINE
        which = Shown(shown) if shown in set(Shown) else usual
        if which is Shown.INBOX and not may_receive(actor):
            which = Shown.MINE
        found = queries.candidates_shown(visit.db, which, staff_id=actor.staff_id, number=number)
        named = [line.holder.subject for line in found.items]
        visit.seen("candidates.listed", named=named, count=len(named))
        return page(
            visit,
            "candidates/index.html",
            shown=which,
            pages=found,
            units=_unit_names(visit, day),
            totals=queries.totals_since(visit.db, dt.date(fiscal_year(day), APRIL, 1)),
            may_receive=may_receive(actor),
        )


@post("/candidates/news", name="candidates.mark_seen", sync_to_thread=True)
def mark_seen(desk: CurrentDesk) -> Response[None]:
    """Put away what the reader has seen of their proposals."""
    with desk.writes() as visit:
        require_station(visit)
        service.mark_seen(visit.db, visit.actor)
        return saved(visit, "candidates.index", N_("確認済にしました。"))


@get("/candidates/{candidate_id:uuid}", name="candidates.show", sync_to_thread=True)
def show(desk: CurrentDesk, candidate_id: FromPath[UUID]) -> Response[str]:
    """Show who is proposed, why, every step, and what can be done next."""
    with desk.reads() as visit:
        return _show_page(visit, candidate_id, blank())


@post("/candidates/{candidate_id:uuid}/reception", name="candidates.receive", sync_to_thread=True)
def receive(desk: CurrentDesk, candidate_id: FromPath[UUID]) -> Response[Any]:
    """Take a proposal on."""
    with desk.writes() as visit:
        require_station(visit)
        service.receive(visit.db, visit.actor, candidate_id, now=visit.now)
        return saved(visit, "candidates.show", N_("受理しました。"), candidate_id=candidate_id)


@post(
    "/candidates/{candidate_id:uuid}/passing-over",
    name="candidates.pass_over",
    sync_to_thread=True,
)
def pass_over(desk: CurrentDesk, candidate_id: FromPath[UUID]) -> Response[Any]:
    """Decide that nobody will be asked."""
    with desk.writes() as visit:
        require_station(visit)

        def act(form: PassingOverForm) -> Response[None]:
            service.pass_over(visit.db, visit.actor, candidate_id, form.text, now=visit.now)
            notice = N_("見送りとしました。")
            return saved(visit, "candidates.show", notice, candidate_id=candidate_id)

        return submitted(visit, PassingOverForm, partial(_show_page, visit, candidate_id), act)


@post("/candidates/{candidate_id:uuid}/withdrawal", name="candidates.withdraw", sync_to_thread=True)
def withdraw(desk: CurrentDesk, candidate_id: FromPath[UUID]) -> Response[Any]:
    """Take one's own proposal back."""
    with desk.writes() as visit:
        require_station(visit)
        service.withdraw(visit.db, visit.actor, candidate_id, now=visit.now)
        return saved(
            visit, "candidates.show", N_("紹介を取り下げました。"), candidate_id=candidate_id
        )


@post("/candidates/{candidate_id:uuid}/letter", name="candidates.write", sync_to_thread=True)
def write(desk: CurrentDesk, candidate_id: FromPath[UUID]) -> Response[Any]:
    """Ask for the letter of asking and lead to where it will lie."""

    def order(visit: Visit) -> Job:
        require_station(visit)
        sub = read_form(LetterForm, visit.sent)
        if sub.form is None:
            raise NotFound
        return ask_for_letter(visit.db, visit.actor, candidate_id, sub.form, now=visit.now)

    return print_beside(desk, order)


def require_station(visit: Visit) -> None:
    """Turn away whoever proposes nobody: headquarters, administrators, other agencies."""
    if not may_note_candidate(visit.actor):
        raise Forbidden


def _show_page(
    visit: Visit, candidate_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_station(visit)
    actor, day = visit.actor, local_day(visit.now)
    whole = queries.whole_candidate(visit.db, candidate_id)
    visit.seen("candidate.viewed", whole.holder.subject)
    needs, decision = False, None
    course = Course()
    if may_receive(actor) and whole.awaits_asking:
        needs = is_required(visit.db, actor, ApprovalKind.LIAISON_REQUEST, day)
        if needs:
            subject = whole.holder.subject
            decision = approval_for(visit.db, ApprovalKind.LIAISON_REQUEST, subject)
        course = course_of(visit.db, whole.holder)
    return page(
        visit,
        "candidates/show.html",
        status=status,
        sub=sub,
        whole=whole,
        candidate=whole.candidate,
        steps=whole.steps[::-1],
        step_labels=STEP_LABELS,
        units=_unit_names(visit, day),
        may_receive=may_receive(actor),
        may_withdraw=may_withdraw(actor, whole.candidate.noticed_by) and whole.awaits_asking,
        needs_decision=needs,
        decision=decision,
        refusal=course.last_no(),
        request_key=uuid7(),
    )


def _unit_names(visit: Visit, day: dt.date) -> dict[UUID, str]:
    return {
        unit.id: unit.name for unit in units_on(visit.db, day, station_id=visit.actor.station_id)
    }


HANDLERS = [
    index,
    mark_seen,
    show,
    receive,
    pass_over,
    withdraw,
    write,
    *proposal_pages.HANDLERS,
    *rule_pages.HANDLERS,
]
