"""Verbs of requests to suspend (利用停止請求): taking one in, deciding it, telling the person.

個人情報保護法 98-103条: somebody may ask that records of them be erased, or no longer be used or
provided. A second person decides; what they grant is done in the same transaction.
"""

import datetime as dt
from uuid import UUID

from crm.contacts.models import Holder, Person
from crm.contacts.queries import person
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.liaisons.queries import lock_holder
from crm.retention.models import (
    Asked,
    Disposal,
    DisposalState,
    Holding,
    SuspensionRequest,
    SuspensionState,
)
from crm.retention.policy import may_decide
from crm.retention.service import require_keeper
from crm.retention.suspension_queries import (
    awaits_decision,
    is_tied,
    recorded_with,
    suspension,
)
from crm.retention.sweep_queries import sweep_person
from crm.sharing.service import stop_provision

STOPPED = "【利用停止】連絡・訪問・提供はしないでください。"
MOST_OF_A_CARE_NOTE = 500
NOT_YET = N_("まだ来ていない日は記録できません。")


def receive_suspension(
    db: ScopedSession,
    actor: Actor,
    person_id: UUID,
    asked: Asked,
    *,
    received_on: dt.date,
    request_key: UUID,
    now: dt.datetime,
) -> SuspensionRequest:
    """Take a person's request in; sent twice it is one.

    Raises Refused for a day to come, and while an earlier request of theirs awaits its decision.
    """
    require_keeper(actor)
    lock_holder(db, Holder(person_id=person_id))
    if known := recorded_with(db, actor, request_key):
        return known
    person(db, person_id)
    if received_on > local_day(now):
        raise Refused(NOT_YET, field="received_on")
    if awaits_decision(db, person_id):
        raise Refused(N_("この方の請求が、すでに決定を待っています。"), field="asked")
    if actor.station_id is None:  # pragma: no cover - require_keeper has seen to it
        raise NotFound
    taken = SuspensionRequest(
        agency_id=actor.agency_id,
        station_id=actor.station_id,
        person_id=person_id,
        asked=asked,
        received_on=received_on,
        request_key=request_key,
        recorded_at=now,
        recorded_by=actor.account_id,
        recorder_name=actor.name,
    )
    db.add(taken)
    db.flush()
    _record(db, actor, "suspension.received", taken, now)
    return taken


def grant_suspension(
    db: ScopedSession, actor: Actor, request_id: UUID, *, reason: str, now: dt.datetime
) -> None:
    """Decide that what was asked is done, and do it, as the second person.

    Whatever was asked, nothing is provided to anybody any more. Erasure empties and deletes as a
    disposal does; use is stopped by ending all consent and saying so where the person is shown.
    Raises Refused while the person serves, holds a post or awaits an answer.
    """
    taken = _to_decide(db, actor, request_id)
    holder = Holder(person_id=taken.person_id)
    lock_holder(db, holder)
    if taken.asked is not Asked.PROVISION_STOP and is_tied(db, taken.person_id):
        raise Refused(
            N_(
                "役職、連絡員の活動、又は回答の済んでいない意見・要望が残っています。"
                "それぞれ終えてから決定してください。"
            ),
            field="decision",
        )
    stop_provision(db, actor, holder, now=now, all_consent=taken.asked is not Asked.PROVISION_STOP)
    if taken.asked is Asked.ERASURE:
        taken.result = _erase(db, actor, taken, now)
    elif taken.asked is Asked.USE_STOP:
        _mark(person(db, taken.person_id, to_change=True), actor, now)
    _decide(db, actor, taken, SuspensionState.GRANTED, reason, now)
    _record(db, actor, "suspension.granted", taken, now, counts=taken.result)


def refuse_suspension(
    db: ScopedSession, actor: Actor, request_id: UUID, *, reason: str, now: dt.datetime
) -> None:
    """Decide, as the second person, that what was asked is not done."""
    taken = _to_decide(db, actor, request_id)
    _decide(db, actor, taken, SuspensionState.REFUSED, reason, now)
    _record(db, actor, "suspension.refused", taken, now)


def withdraw_suspension(
    db: ScopedSession, actor: Actor, request_id: UUID, *, now: dt.datetime
) -> None:
    """Put on record that the person took their request back before it was decided."""
    require_keeper(actor)
    taken = suspension(db, request_id, to_change=True)
    if taken.state is not SuspensionState.RECEIVED:
        raise Conflict
    taken.state = SuspensionState.WITHDRAWN
    _record(db, actor, "suspension.withdrawn", taken, now)


def notify_of_decision(
    db: ScopedSession, actor: Actor, request_id: UUID, *, notified_on: dt.date, now: dt.datetime
) -> None:
    """Put on record on which day the person was told of the decision in writing (101条)."""
    require_keeper(actor)
    taken = suspension(db, request_id, to_change=True)
    if taken.decided_at is None or taken.notified_on is not None:
        raise Conflict
    if notified_on > local_day(now):
        raise Refused(NOT_YET, field="notified_on")
    if notified_on < local_day(taken.decided_at):
        raise Refused(N_("決定した日より前の日付です。"), field="notified_on")
    taken.notified_on, taken.notifier_name = notified_on, actor.name
    _record(db, actor, "suspension.notified", taken, now)


def _to_decide(db: ScopedSession, actor: Actor, request_id: UUID) -> SuspensionRequest:
    require_keeper(actor)
    taken = suspension(db, request_id, to_change=True)
    if not may_decide(actor, taken):
        raise Forbidden(N_("請求を受け付けた職員は決定できません。別の課長又は署長が決定します。"))
    if taken.state is not SuspensionState.RECEIVED:
        raise Conflict
    return taken


def _decide(
    db: ScopedSession,
    actor: Actor,
    taken: SuspensionRequest,
    state: SuspensionState,
    reason: str,
    now: dt.datetime,
) -> None:
    taken.state, taken.reason = state, reason
    taken.decided_at, taken.decided_by = now, actor.account_id
    taken.decider_name = actor.name
    db.flush()


def _erase(
    db: ScopedSession, actor: Actor, taken: SuspensionRequest, now: dt.datetime
) -> dict[str, int]:
    """Dispose of one person: a disposal of one, proposed and agreed to by the same two people."""
    disposal = Disposal(
        agency_id=taken.agency_id,
        station_id=taken.station_id,
        holding=Holding.CONTACTS,
        state=DisposalState.RUNNING,
        years=0,
        cutoff=local_day(now),
        total=1,
        drafted_at=taken.recorded_at,
        drafted_by=taken.recorded_by,
        drafter_name=taken.recorder_name,
        approved_at=now,
        approved_by=actor.account_id,
        approver_name=actor.name,
    )
    db.add(disposal)
    db.flush()
    disposal.result = sweep_person(db, taken.person_id)
    disposal.state, disposal.done_at = DisposalState.DONE, now
    db.flush()
    return disposal.result


def _mark(whom: Person, actor: Actor, now: dt.datetime) -> None:
    """Say it where everybody looks before a call; what stood there stays behind it."""
    whom.care_note = f"{STOPPED}{whom.care_note}"[:MOST_OF_A_CARE_NOTE]
    whom.revision += 1
    whom.updated_at, whom.updated_by = now, actor.account_id


def _record(
    db: ScopedSession,
    actor: Actor,
    action: str,
    concerned: SuspensionRequest,
    now: dt.datetime,
    *,
    counts: dict[str, int] | None = None,
) -> None:
    audit.record(
        db,
        actor,
        action,
        now=now,
        subject=("person", concerned.person_id),
        kind=concerned.asked,
        counts=counts or {},
    )
