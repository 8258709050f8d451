"""Retention on screen: what is due, proposing, agreeing, what was done; and the periods."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.access.policy import require_strong
from crm.access.queries import require_administrator
from crm.agencies.queries import settings_of
from crm.agencies.settings import decide_setting
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.retention import queries, service, suspension_pages
from crm.retention.forms import ApprovalForm, DraftForm, PeriodForm
from crm.retention.models import DISPOSAL_STATE_LABELS, HOLDING_LABELS, DisposalState, Holding
from crm.retention.policy import may_approve
from crm.retention.registry import MEANS_LABELS, REGISTRY, Means
from crm.web.pages import page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]
TONES = {
    DisposalState.DRAFTED: "waiting",
    DisposalState.APPROVED: "waiting",
    DisposalState.DONE: "active",
}


@get("/retention", name="retention.index", sync_to_thread=True)
def index(desk: CurrentDesk) -> Response[str]:
    """Show what of the own station is past its time, and the disposals so far."""
    with desk.reads() as visit:
        service.require_keeper(visit.actor)
        return _index(visit, blank())


@post("/retention/disposals", name="retention.draft", sync_to_thread=True)
def draft(desk: CurrentDesk) -> Answer:
    """Propose a disposal."""
    with desk.writes() as visit:
        service.require_keeper(visit.actor)
        sub = read_form(DraftForm, visit.sent)
        if sub.form is None:
            return _index(visit, sub, status=422)
        try:
            service.draft_disposal(visit.db, visit.actor, sub.form.holding, now=visit.now)
        except Refused as refusal:
            return _index(visit, sub.refused(refusal), status=422)
        notice = N_("廃棄を起案しました。別の課長又は署長が承認すると廃棄されます。")
        return saved(visit, "retention.index", notice)


@post(
    "/retention/disposals/{disposal_id:uuid}/approval",
    name="retention.approve",
    sync_to_thread=True,
)
def approve(desk: CurrentDesk, disposal_id: FromPath[UUID]) -> Answer:
    """Agree to a disposal; it is carried out beside the request."""
    with desk.writes() as visit:
        service.require_keeper(visit.actor)
        require_strong(visit.actor)
        sub = read_form(ApprovalForm, visit.sent)
        key = sub.form.request_key if sub.form else uuid7()
        service.approve_disposal(visit.db, visit.actor, disposal_id, request_key=key, now=visit.now)
        return saved(visit, "retention.index", N_("廃棄を承認しました。順に廃棄します。"))


@post(
    "/retention/disposals/{disposal_id:uuid}/withdrawal",
    name="retention.withdraw",
    sync_to_thread=True,
)
def withdraw(desk: CurrentDesk, disposal_id: FromPath[UUID]) -> Answer:
    """Take a proposal back."""
    with desk.writes() as visit:
        service.withdraw_disposal(visit.db, visit.actor, disposal_id, now=visit.now)
        return saved(visit, "retention.index", N_("廃棄の起案を取りやめました。"))


@get("/retention/periods", name="retention.periods", sync_to_thread=True)
def periods(desk: CurrentDesk) -> Response[str]:
    """Show how long each holding is kept, table by table, and let the administrator decide."""
    with desk.reads() as visit:
        require_administrator(visit.actor)
        return _periods(visit, blank(day=local_day(visit.now)))


@post("/retention/periods", name="retention.period_decide", sync_to_thread=True)
def period_decide(desk: CurrentDesk) -> Answer:
    """Decide how many years a holding is kept, from a day on."""
    with desk.writes() as visit:
        require_administrator(visit.actor)
        sub = read_form(PeriodForm, visit.sent)
        if sub.form is None:
            return _periods(visit, sub, status=422)
        key = queries.KEYS[sub.form.holding]
        try:
            decide_setting(
                visit.db,
                visit.actor,
                key,
                sub.form.value,
                day=sub.form.day,
                revision=sum(row.revision for row in settings_of(visit.db, key)),
                now=visit.now,
            )
        except (Refused, Conflict) as said:
            return _periods(visit, sub.refused(said), status=said.status)
        return saved(visit, "retention.periods", N_("保存期間を決定しました。"))


def _index(visit: Visit, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    today = local_day(visit.now)
    known = queries.disposals(visit.db)
    due = [queries.due_on(visit.db, holding, today) for holding in Holding]
    visit.seen("retention.viewed", counts={one.holding.value: len(one.keys) for one in due})
    return page(
        visit,
        "retention/index.html",
        status=status,
        sub=sub,
        due=due,
        disposals=[(one, may_approve(visit.actor, one)) for one in known],
        holding_labels=HOLDING_LABELS,
        state_labels=DISPOSAL_STATE_LABELS,
        tones=TONES,
        drafted=DisposalState.DRAFTED,
        request_key=uuid7(),
    )


def _periods(visit: Visit, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    today = local_day(visit.now)
    tables = [
        (table, keeping)
        for table, keeping in sorted(REGISTRY.items())
        if keeping.means is not Means.NONE
    ]
    return page(
        visit,
        "retention/periods.html",
        status=status,
        sub=sub,
        holdings=[(one.value, translate(label)) for one, label in HOLDING_LABELS.items()],
        years=[(one, queries.years_kept(visit.db, one, today)) for one in Holding],
        tables=tables,
        holding_labels=HOLDING_LABELS,
        means_labels=MEANS_LABELS,
    )


HANDLERS = [
    *(index, draft, approve, withdraw, periods, period_decide),
    *suspension_pages.HANDLERS,
]
