"""What a station has decided and along which route, by date; days gone by keep what held then."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from crm.approvals import queries
from crm.approvals.models import MAX_STEPS, ApprovalKind, ApprovalRoute, StepHolder
from crm.approvals.policy import may_keep_routes
from crm.approvals.route import ALWAYS_DECIDED, Step
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What is decided about drafts of a kind: whether they need a decision, and by whom."""

    kind: ApprovalKind
    is_required: bool
    steps: Sequence[Step]


def decide_route(
    db: ScopedSession,
    actor: Actor,
    station_id: UUID,
    facts: RouteFacts,
    *,
    day: dt.date,
    revision: int,
    now: dt.datetime,
) -> ApprovalRoute:
    """Let drafts of a kind take these steps from `day` on, or need no decision.

    Drafts on their way keep the route they began with. `revision` is the sum over the decisions
    the form was made from; Conflict when it moved. Raises Refused for a route without a step, or
    for switching off what always needs a second person.
    """
    if not may_keep_routes(actor, station_id):
        raise Forbidden
    _require_whole(facts)
    rows = queries.route_rows(db, station_id, facts.kind)
    if sum(row.revision for row in rows) != revision:
        raise Conflict
    stored = [step.as_json() for step in facts.steps]
    holding = next((row for row in rows if row.holds_on(day)), None)
    if holding is not None and holding.valid_from == day:
        decided = holding
        decided.is_required, decided.steps = facts.is_required, stored
    else:
        later = min((row.valid_from for row in rows if row.valid_from > day), default=None)
        decided = ApprovalRoute(
            agency_id=actor.agency_id,
            station_id=station_id,
            kind=facts.kind,
            is_required=facts.is_required,
            steps=stored,
            valid_from=day,
            valid_to=later - ONE_DAY if later else None,
            created_at=now,
            created_by=actor.account_id,
        )
        db.add(decided)
        if holding is not None:
            holding.valid_to = day - ONE_DAY
    if holding is not None:
        holding.revision += 1
        holding.updated_at, holding.updated_by = now, actor.account_id
    db.flush()
    _audit(db, actor, decided, now)
    return decided


def _require_whole(facts: RouteFacts) -> None:
    if not facts.is_required and facts.kind in ALWAYS_DECIDED:
        raise Refused(
            N_("百人を超える書き出しには、必ず別の職員の決裁が必要です。"), field="is_required"
        )
    if not 1 <= len(facts.steps) <= MAX_STEPS:
        raise Refused(N_("決裁の段階を一つ以上選んでください。"), field="step1")
    for number, step in enumerate(facts.steps, start=1):
        if step.holder is StepHolder.NAMED and step.staff_id is None:
            raise Refused(N_("職員を選び直してください。"), field=f"step{number}")


def _audit(db: ScopedSession, actor: Actor, decided: ApprovalRoute, now: dt.datetime) -> None:
    audit.record(
        db,
        actor,
        "route.decided",
        now=now,
        subject=("route", decided.id),
        kind=decided.kind,
        state="required" if decided.is_required else "not_required",
        count=len(decided.steps),
        as_of=str(decided.valid_from),
    )
