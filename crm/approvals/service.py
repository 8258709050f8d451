"""Drafting (起案), deciding (決裁), sending back, taking back, and carrying out what was decided.

What was decided is fixed at drafting by a digest; a decision about something that changed since
covers nothing. Rights are looked at when somebody decides, not when they were asked.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from crm.access.policy import require_strong
from crm.approvals import queries
from crm.approvals.lines import ApprovalLine
from crm.approvals.models import (
    PENDING,
    Approval,
    ApprovalKind,
    ApprovalState,
    ApprovalStep,
    StepAct,
)
from crm.approvals.policy import (
    holds_step,
    is_own_draft,
    may_enter_paper,
    may_stand_in,
    may_withdraw,
)
from crm.approvals.route import Step, StepLine, state_after, unreviewed
from crm.approvals.subjects import Terms, digest_of
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.audit import Subject
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import fiscal_year, fiscal_year_label

NEEDS_STRENGTH = frozenset({ApprovalKind.EXPORT, ApprovalKind.PROVISION})
"""What leaves the house by somebody's yes: that yes asks for a second factor."""
CHANGED = N_(
    "起案した後に内容が変わったため、この起案では決裁できません。差し戻して、起案し直してください。"
)


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be decided.

    `title` says what is to be done, not to whom: names are read where they are shown. `path` is
    where the subject is looked at. `people` counts whom it is about. `terms` are what exactly is
    asked for, `content` the same in words, label and text.
    """

    kind: ApprovalKind
    subject: Subject
    title: str
    path: str
    people: int = 0
    terms: Terms = field(default_factory=dict)
    content: Sequence[tuple[str, str]] = ()


class DecisionNeeded(Refused):
    """What was to be done awaits a decision: nobody asked for it, or nobody gave it yet."""


def draft(
    db: ScopedSession,
    actor: Actor,
    matter: Matter,
    *,
    reason: str,
    now: dt.datetime,
) -> Approval:
    """Ask for a decision about `matter`, along the station's route of today.

    Raises Refused without a reason, or where the same waits for its decision already.
    """
    if actor.station_id is None or not actor.reads_people:
        raise Forbidden
    if not reason.strip():
        raise Refused(N_("起案の理由を入力してください。"), field="reason")
    queries.lock_serials(db, actor.station_id)
    digest = digest_of(db, matter.kind, matter.subject, matter.terms)
    if queries.same_draft_exists(db, digest):
        raise Refused(N_("同じ内容がすでに起案され、決裁を待っています。"), field="reason")
    today = local_day(now)
    year = fiscal_year(today)
    serial = queries.last_serial(db, actor.station_id, year) + 1
    route = queries.route_on(db, actor, matter.kind, today)
    made = Approval(
        agency_id=actor.agency_id,
        station_id=actor.station_id,
        year=year,
        serial=serial,
        number=f"{fiscal_year_label(year)}起案第{serial}号",
        kind=matter.kind,
        subject_type=matter.subject[0],
        subject_id=matter.subject[1],
        title=matter.title,
        path=matter.path,
        reason=reason.strip(),
        people=matter.people,
        terms=dict(matter.terms),
        content=[[label, text] for label, text in matter.content],
        digest=digest,
        route=[step.as_json() for step in route.steps],
        drafted_by=actor.staff_id,
        drafter_name=actor.name,
        unit_id=actor.unit_id,
        unit_name=actor.unit_name,
        drafted_at=now,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        updated_by=actor.account_id,
    )
    db.add(made)
    db.flush()
    _audit(db, actor, "approval.drafted", made, now)
    return made


def approve(
    db: ScopedSession,
    actor: Actor,
    approval_id: UUID,
    *,
    now: dt.datetime,
    comment: str = "",
    on_behalf: bool = False,
    revision: int | None = None,
) -> Approval:
    """Take the step that waits; the last one decides. `on_behalf` is 代決, looked at afterwards.

    Nobody decides their own draft. Raises Forbidden where the step is not the actor's, Refused
    where the draft is decided or its subject changed, Conflict where it moved since `revision`.
    """
    approval, step = _waiting(db, actor, approval_id, revision)
    _require_right(actor, step, on_behalf=on_behalf)
    if approval.kind in NEEDS_STRENGTH:
        require_strong(actor)
    _require_unchanged(db, approval)
    act = StepAct.ON_BEHALF if on_behalf else StepAct.APPROVED
    _take(db, actor, approval, act, now, post=step.post, comment=comment)
    _audit(db, actor, "approval.delegated" if on_behalf else "approval.approved", approval, now)
    return approval


def return_(
    db: ScopedSession,
    actor: Actor,
    approval_id: UUID,
    *,
    comment: str,
    now: dt.datetime,
    revision: int | None = None,
) -> Approval:
    """Send a draft back (差戻し) with the reason; to ask again, another one is drafted."""
    approval, step = _waiting(db, actor, approval_id, revision)
    _require_right(actor, step, on_behalf=may_stand_in(actor, step))
    if not comment.strip():
        raise Refused(N_("差戻しの理由を入力してください。"), field="comment")
    _take(db, actor, approval, StepAct.RETURNED, now, post=step.post, comment=comment)
    _audit(db, actor, "approval.returned", approval, now)
    return approval


def withdraw(db: ScopedSession, actor: Actor, approval_id: UUID, *, now: dt.datetime) -> Approval:
    """Take an own draft back (取下げ) before it is decided."""
    approval = queries.approval_of(db, approval_id, to_change=True)
    if not is_own_draft(actor, approval):
        raise Forbidden
    if not may_withdraw(actor, approval):
        raise Refused(N_("すでに決裁済みか、差戻し又は取下げになっています。"))
    _take(db, actor, approval, StepAct.WITHDRAWN, now)
    _audit(db, actor, "approval.withdrawn", approval, now)
    return approval


def review(db: ScopedSession, actor: Actor, approval_id: UUID, *, now: dt.datetime) -> Approval:
    """Look at what was decided on one's behalf (後閲); each such step once, by who holds it."""
    approval = queries.approval_of(db, approval_id, to_change=True)
    done = queries.steps_of(db, [approval.id])[approval.id]
    route = [Step.of(step) for step in approval.route]
    own = [
        position
        for position in unreviewed(done)
        if holds_step(actor, route[position]) and not is_own_draft(actor, approval)
    ]
    if not own:
        raise Forbidden
    for position in own:
        _add_step(db, actor, approval, StepAct.REVIEWED, now, position, post=route[position].post)
    _audit(db, actor, "approval.reviewed", approval, now)
    return approval


def enter_paper(
    db: ScopedSession,
    actor: Actor,
    approval_id: UUID,
    *,
    decided_on: dt.date,
    decided_by: str,
    document_number: str,
    now: dt.datetime,
    comment: str = "",
) -> Approval:
    """Put on record that a draft was decided on paper (紙決裁): when, by whom, under which number.

    Raises Refused for a day to come or before the drafter's subject changed, Forbidden as
    `may_enter_paper` says.
    """
    approval = queries.approval_of(db, approval_id, to_change=True)
    if approval.state not in PENDING:
        raise Refused(N_("すでに決裁済みか、差戻し又は取下げになっています。"))
    if not may_enter_paper(actor, approval):
        raise Forbidden(N_("この起案の紙決裁は、起案者以外の課長又は署長が登録します。"))
    if decided_on > local_day(now):
        raise Refused(N_("「決裁日」は今日までの日付を入力してください。"), field="decided_on")
    if approval.kind in NEEDS_STRENGTH:
        require_strong(actor)
    _require_unchanged(db, approval)
    position = len(approval.route) - 1
    step = _step(actor, approval, StepAct.PAPER, now, position)
    step.post, step.comment = Step.of(approval.route[-1]).post, comment.strip()
    step.decided_on, step.decided_by = decided_on, decided_by
    step.document_number = document_number
    _keep(db, actor, approval, step, now)
    _audit(db, actor, "approval.entered", approval, now, as_of=str(decided_on))
    return approval


def carry_out(
    db: ScopedSession,
    actor: Actor,
    matter: Matter,
    *,
    now: dt.datetime,
) -> ApprovalLine | None:
    """Use the decision about exactly this, once, and return it; None where none is needed.

    Call it in the transaction that does what was decided. Raises DecisionNeeded where nobody
    asked, nobody decided yet, or what was decided is something else by now.
    """
    if not queries.is_required(db, actor, matter.kind, local_day(now)):
        return None
    found = queries.approval_for(db, matter.kind, matter.subject, matter.terms)
    if found is None or not found.is_approved:
        raise _needed(found)
    approval = queries.approval_of(db, found.id, to_change=True)
    _add_step(db, actor, approval, StepAct.CARRIED_OUT, now, approval.position)
    _audit(db, actor, "approval.used", approval, now)
    return found


def _needed(found: ApprovalLine | None) -> DecisionNeeded:
    """Say why nothing can be done yet."""
    if found is None or found.is_carried_out:
        return DecisionNeeded(N_("この署では決裁が必要です。起案し、決裁を受けてください。"))
    if found.is_pending and found.covers:
        return DecisionNeeded(N_("決裁を待っています（%(number)s）。"), number=found.number)
    if found.state is ApprovalState.APPROVED:
        return DecisionNeeded(
            N_(
                "決裁を受けた内容（%(number)s）から変わっているため、この決裁では実施できません。"
                "起案し直してください。"
            ),
            number=found.number,
        )
    return DecisionNeeded(N_("この署では決裁が必要です。起案し、決裁を受けてください。"))


def _waiting(
    db: ScopedSession, actor: Actor, approval_id: UUID, revision: int | None
) -> tuple[Approval, Step]:
    """Return a draft to be decided, locked, and the step that waits."""
    approval = queries.approval_of(db, approval_id, to_change=True)
    if revision is not None and revision != approval.revision:
        raise Conflict
    if approval.state not in PENDING:
        raise Refused(N_("すでに決裁済みか、差戻し又は取下げになっています。"))
    if is_own_draft(actor, approval):
        raise Forbidden(N_("起案した本人は、決裁できません。"))
    return approval, Step.of(approval.route[approval.position])


def _require_right(actor: Actor, step: Step, *, on_behalf: bool) -> None:
    allowed = may_stand_in(actor, step) if on_behalf else holds_step(actor, step)
    if not allowed:
        raise Forbidden(N_("この段階の決裁をする権限がありません。"))


def _require_unchanged(db: ScopedSession, approval: Approval) -> None:
    subject = (approval.subject_type, approval.subject_id)
    if digest_of(db, approval.kind, subject, approval.terms) != approval.digest:
        raise Refused(CHANGED)


def _take(
    db: ScopedSession,
    actor: Actor,
    approval: Approval,
    act: StepAct,
    now: dt.datetime,
    *,
    post: str = "",
    comment: str = "",
) -> None:
    step = _step(actor, approval, act, now, approval.position)
    step.post, step.comment = post, comment.strip()
    _keep(db, actor, approval, step, now)


def _add_step(
    db: ScopedSession,
    actor: Actor,
    approval: Approval,
    act: StepAct,
    now: dt.datetime,
    position: int,
    *,
    post: str = "",
) -> None:
    step = _step(actor, approval, act, now, position)
    step.post = post
    _keep(db, actor, approval, step, now)


def _step(
    actor: Actor, approval: Approval, act: StepAct, now: dt.datetime, position: int
) -> ApprovalStep:
    return ApprovalStep(
        agency_id=approval.agency_id,
        station_id=approval.station_id,
        approval_id=approval.id,
        serial=0,
        act=act,
        position=position,
        staff_id=actor.staff_id,
        name=actor.name,
        unit_name=actor.unit_name,
        at=now,
    )


def _keep(
    db: ScopedSession, actor: Actor, approval: Approval, step: ApprovalStep, now: dt.datetime
) -> None:
    """Add a step to the draft it is about, and let the draft stand where its steps say."""
    before = queries.steps_of(db, [approval.id])[approval.id]
    step.serial = len(before) + 1
    db.add(step)
    done: list[StepLine | ApprovalStep] = [*before, step]
    approval.state, approval.position = state_after(len(approval.route), done)
    approval.revision += 1
    approval.updated_at, approval.updated_by = now, actor.account_id
    db.flush()


def _audit(
    db: ScopedSession,
    actor: Actor,
    action: str,
    approval: Approval,
    now: dt.datetime,
    as_of: str = "",
) -> None:
    audit.record(
        db,
        actor,
        action,
        now=now,
        subject=("approval", approval.id),
        kind=approval.kind,
        number=approval.number,
        as_of=as_of,
    )
