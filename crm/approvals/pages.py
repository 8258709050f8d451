"""決裁: what waits for me, my drafts, one draft with its 決裁欄, and what is done about it."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.approvals import policy, queries, route_pages, service
from crm.approvals.forms import DecisionForm, PaperForm, ReturnForm
from crm.approvals.lines import ApprovalLine
from crm.approvals.models import (
    APPROVAL_KIND_LABELS,
    APPROVAL_STATE_LABELS,
    STEP_ACT_LABELS,
    ApprovalState,
)
from crm.approvals.subjects import names_of
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.forms import Form, Submission, blank
from crm.kernel.i18n import N_
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

F = TypeVar("F", bound=Form)
Answer = Response[str] | Response[None]
STATE_TONES = {
    ApprovalState.DRAFTED: "waiting",
    ApprovalState.CIRCULATING: "waiting",
    ApprovalState.APPROVED: "active",
}
"""The others have ended."""
WAITING, OWN, ALL = "waiting", "own", "all"
APPROVED = N_("決裁しました。")


@get("/approvals", name="approvals.index", sync_to_thread=True)
def index(desk: CurrentDesk, shown: FromQuery[str] = "", number: FromQuery[int] = 1) -> Answer:
    """Show what waits for the reader's decision, the own drafts, or the station's."""
    with desk.reads() as visit:
        _require_reader(visit.actor)
        shown = shown if shown in {OWN, ALL} else WAITING
        lists = _waiting(visit) if shown == WAITING else {}
        whose = visit.actor.staff_id if shown == OWN else None
        drafts = None
        if shown != WAITING:
            drafts = queries.drafts_page(visit.db, drafted_by=whose, number=number)
            lists = {"drafts": drafts.items}
        lines = [line for group in lists.values() for line in group]
        names = names_of(visit.db, [line.subject for line in lines])
        visit.seen("approvals.listed", named=_people(names), count=len(lines))
        return page(
            visit,
            "approvals/index.html",
            shown=shown,
            lists=lists,
            drafts=drafts,
            names=names,
            keeps_routes=policy.may_keep_routes(visit.actor, visit.actor.station_id),
            **_labels(),
        )


@get("/approvals/{approval_id:uuid}", name="approvals.show", sync_to_thread=True)
def show(desk: CurrentDesk, approval_id: FromPath[UUID], act: FromQuery[str] = "") -> Response[str]:
    """Show one draft: what is asked, the 決裁欄, and what the reader can do about it."""
    with desk.reads() as visit:
        return _show(visit, approval_id, act=act)


@post("/approvals/{approval_id:uuid}/approval", name="approvals.approve", sync_to_thread=True)
def approve(desk: CurrentDesk, approval_id: FromPath[UUID]) -> Answer:
    """Take the step that waits."""
    with desk.writes() as visit:

        def decide(form: DecisionForm) -> None:
            service.approve(visit.db, visit.actor, approval_id, **form.model_dump(), now=visit.now)

        return _decide(visit, approval_id, DecisionForm, decide, "approval", APPROVED)


@post("/approvals/{approval_id:uuid}/proxy", name="approvals.stand_in", sync_to_thread=True)
def stand_in(desk: CurrentDesk, approval_id: FromPath[UUID]) -> Answer:
    """Take the step on behalf of who holds it (代決)."""
    with desk.writes() as visit:

        def decide(form: DecisionForm) -> None:
            said = form.model_dump()
            service.approve(
                visit.db, visit.actor, approval_id, **said, on_behalf=True, now=visit.now
            )

        notice = N_("代決しました。本来の決裁者の後閲を受けてください。")
        return _decide(visit, approval_id, DecisionForm, decide, "proxy", notice)


@post("/approvals/{approval_id:uuid}/return", name="approvals.send_back", sync_to_thread=True)
def send_back(desk: CurrentDesk, approval_id: FromPath[UUID]) -> Answer:
    """Send a draft back with the reason."""
    with desk.writes() as visit:

        def decide(form: ReturnForm) -> None:
            service.return_(visit.db, visit.actor, approval_id, **form.model_dump(), now=visit.now)

        return _decide(visit, approval_id, ReturnForm, decide, "return", N_("差し戻しました。"))


@post("/approvals/{approval_id:uuid}/paper", name="approvals.paper", sync_to_thread=True)
def paper(desk: CurrentDesk, approval_id: FromPath[UUID]) -> Answer:
    """Enter that a draft was decided on paper."""
    with desk.writes() as visit:

        def enter(form: PaperForm) -> None:
            said = form.model_dump()
            service.enter_paper(visit.db, visit.actor, approval_id, **said, now=visit.now)

        notice = N_("紙決裁を登録しました。")
        return _decide(visit, approval_id, PaperForm, enter, "paper", notice)


@post("/approvals/{approval_id:uuid}/review", name="approvals.review", sync_to_thread=True)
def review(desk: CurrentDesk, approval_id: FromPath[UUID]) -> Response[None]:
    """Look at what was decided on one's behalf."""
    with desk.writes() as visit:
        service.review(visit.db, visit.actor, approval_id, now=visit.now)
        return saved(visit, "approvals.index", N_("後閲しました。"))


@post("/approvals/{approval_id:uuid}/withdrawal", name="approvals.withdraw", sync_to_thread=True)
def withdraw(desk: CurrentDesk, approval_id: FromPath[UUID]) -> Answer:
    """Take an own draft back."""
    with desk.writes() as visit:
        try:
            service.withdraw(visit.db, visit.actor, approval_id, now=visit.now)
        except Refused as refusal:
            return _show(visit, approval_id, sub=blank().refused(refusal), status=422)
        notice = N_("取り下げました。")
        return saved(visit, "approvals.show", notice, approval_id=approval_id)


def _decide(
    visit: Visit,
    approval_id: UUID,
    form: type[F],
    act: Callable[[F], None],
    name: str,
    notice: str,
) -> Answer:
    """Read the form, carry the act out, or show the draft again with what stood against it."""
    queries.approval_of(visit.db, approval_id)

    def carry_out(said: F) -> Response[None]:
        act(said)
        return saved(visit, "approvals.show", notice, approval_id=approval_id)

    def shown(sub: Submission[F], status: int) -> Response[str]:
        return _show(visit, approval_id, act=name, sub=sub, status=status)

    return submitted(visit, form, shown, carry_out)


def _show(
    visit: Visit,
    approval_id: UUID,
    *,
    act: str = "",
    sub: Submission[Any] | None = None,
    status: int = 200,
) -> Response[str]:
    approval = queries.approval_of(visit.db, approval_id)
    line = queries.approval_line(visit.db, approval)
    names = names_of(visit.db, [line.subject])
    visit.seen("approval.viewed", ("approval", line.id), named=_people(names), state=line.state)
    waits = line.waits_for
    other = not policy.is_own_draft(visit.actor, approval)
    return page(
        visit,
        "approvals/show.html",
        status=status,
        line=line,
        name=names.get(line.subject, ""),
        revision=approval.revision,
        act=act,
        empty=blank(),
        sub=sub or blank(decided_on=local_day(visit.now).isoformat()),
        may_decide=bool(waits and other and policy.holds_step(visit.actor, waits)),
        may_stand_in=bool(waits and other and policy.may_stand_in(visit.actor, waits)),
        may_review=other and _reviews(visit.actor, line),
        may_withdraw=policy.may_withdraw(visit.actor, approval),
        may_enter_paper=policy.may_enter_paper(visit.actor, approval),
        is_own=not other,
        **_labels(),
    )


def _waiting(visit: Visit) -> dict[str, Sequence[ApprovalLine]]:
    """Return what the reader can decide, what they can stand in for, and what awaits 後閲."""
    actor = visit.actor
    pending = [
        (line, line.route[line.position])
        for line in queries.pending(visit.db)
        if line.drafted_by != actor.staff_id
    ]
    return {
        "mine": [line for line, step in pending if policy.holds_step(actor, step)],
        "reviews": [
            line
            for line in queries.decided_on_behalf(visit.db)
            if line.drafted_by != actor.staff_id and _reviews(actor, line)
        ],
        "others": [line for line, step in pending if policy.may_stand_in(actor, step)],
    }


def _reviews(actor: Actor, line: ApprovalLine) -> bool:
    return any(policy.holds_step(actor, line.route[position]) for position in line.unreviewed)


def _people(names: Any) -> list[tuple[str, UUID]]:  # noqa: ANN401 - the keys of names_of
    return [subject for subject in names if subject[0] in {"person", "organization"}]


def _require_reader(actor: Actor) -> None:
    if not actor.reads_people:
        raise Forbidden


def _labels() -> dict[str, Any]:
    return {
        "kind_labels": APPROVAL_KIND_LABELS,
        "state_labels": APPROVAL_STATE_LABELS,
        "act_labels": STEP_ACT_LABELS,
        "tones": STATE_TONES,
    }


HANDLERS = [
    index,
    *route_pages.HANDLERS,
    show,
    approve,
    stand_in,
    send_back,
    paper,
    review,
    withdraw,
]
