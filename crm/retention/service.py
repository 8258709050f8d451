"""Verbs of retention: proposing a disposal, agreeing to it as a second person, carrying it out."""

import datetime as dt
from uuid import UUID

from crm.jobs.service import Work, enqueue, job
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.retention.models import Disposal, DisposalState, Holding
from crm.retention.policy import may_approve, may_dispose
from crm.retention.queries import disposal, due_before, due_on
from crm.retention.sweep_queries import sweep

JOB = "retention.dispose"
TITLE = N_("記録の廃棄")


def require_keeper(actor: Actor) -> None:
    """Hide retention from everybody but the chiefs who answer for a station's records."""
    if not may_dispose(actor):
        raise NotFound


def draft_disposal(
    db: ScopedSession, actor: Actor, holding: Holding, *, now: dt.datetime
) -> Disposal:
    """Propose to dispose of what of a holding is due today; Refused where nothing is."""
    require_keeper(actor)
    due = due_on(db, holding, local_day(now))
    if not due.keys:
        raise Refused(N_("保存期間を過ぎた記録はありません。"), field="holding")
    if actor.station_id is None:  # pragma: no cover - require_keeper has seen to it
        raise NotFound
    drafted = Disposal(
        agency_id=actor.agency_id,
        station_id=actor.station_id,
        holding=holding,
        years=due.years,
        cutoff=due.cutoff,
        counts={str(year): count for year, count in due.by_year.items()},
        total=len(due.keys),
        drafted_at=now,
        drafted_by=actor.account_id,
        drafter_name=actor.name,
    )
    db.add(drafted)
    _record(db, actor, "disposal.drafted", drafted, now)
    return drafted


def approve_disposal(
    db: ScopedSession, actor: Actor, disposal_id: UUID, *, request_key: UUID, now: dt.datetime
) -> UUID:
    """Agree to a disposal as the second person, and have it carried out; return the job."""
    require_keeper(actor)
    drafted = disposal(db, disposal_id, to_change=True)
    if not may_approve(actor, drafted):
        raise Forbidden(N_("廃棄を起案した職員は承認できません。別の課長又は署長が承認します。"))
    _require(drafted, DisposalState.DRAFTED)
    drafted.state = DisposalState.APPROVED
    drafted.approved_at, drafted.approved_by = now, actor.account_id
    drafted.approver_name = actor.name
    asked = enqueue(
        db,
        actor,
        JOB,
        {"disposal_id": str(disposal_id)},
        title=TITLE,
        now=now,
        request_key=request_key,
    )
    drafted.job_id = asked.id
    _record(db, actor, "disposal.approved", drafted, now)
    return asked.id


def withdraw_disposal(
    db: ScopedSession, actor: Actor, disposal_id: UUID, *, now: dt.datetime
) -> None:
    """Take a proposal back before anything was disposed of."""
    require_keeper(actor)
    drafted = disposal(db, disposal_id, to_change=True)
    _require(drafted, DisposalState.DRAFTED)
    drafted.state = DisposalState.WITHDRAWN
    _record(db, actor, "disposal.withdrawn", drafted, now)


def carry_out(db: ScopedSession, actor: Actor, disposal_id: UUID, *, now: dt.datetime) -> None:
    """Dispose of what is still due under an approved disposal, all of it or nothing.

    What was tied anew since the proposal is not due any more, and what became due since waits for
    the next proposal.
    """
    require_keeper(actor)
    approved = disposal(db, disposal_id, to_change=True)
    _require(approved, DisposalState.APPROVED)
    due = due_before(db, approved.holding, approved.years, approved.cutoff)
    approved.state = DisposalState.RUNNING
    db.flush()
    approved.result = sweep(db, approved, due.keys)
    approved.state, approved.done_at = DisposalState.DONE, now
    db.flush()
    _record(db, actor, "disposal.finished", approved, now, counts=approved.result)


@job(JOB, timeout_s=600)
def dispose(work: Work) -> None:
    """Carry a disposal out with the rights of whoever approved it."""
    with work.finishing() as db:
        carry_out(db, work.actor, UUID(work.args["disposal_id"]), now=work.now)


def _require(found: Disposal, state: DisposalState) -> None:
    if found.state is not state:
        raise Conflict


def _record(
    db: ScopedSession,
    actor: Actor,
    action: str,
    concerned: Disposal,
    now: dt.datetime,
    *,
    counts: dict[str, int] | None = None,
) -> None:
    audit.record(
        db,
        actor,
        action,
        now=now,
        subject=("disposal", concerned.id),
        kind=concerned.holding,
        count=concerned.total,
        as_of=str(concerned.cutoff),
        counts=counts or {},
    )
