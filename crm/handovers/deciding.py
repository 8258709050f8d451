"""Deciding what follows a change of head: nothing is assumed, and nobody is taken over."""

import datetime as dt
from uuid import UUID

from crm.candidates.service import Proposal, propose
from crm.contacts.models import Holder
from crm.handovers.models import OF_PREDECESSOR, SuccessionAnswer, SuccessionDecision
from crm.handovers.succession_queries import lock_appointment, succession_of
from crm.handovers.successions import Succession
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden
from crm.kernel.i18n import N_, translate
from crm.kernel.scope import ScopedSession
from crm.liaisons.models import EndReason, LiaisonState
from crm.liaisons.policy import may_record_answer
from crm.liaisons.service import end_term

SETTLED = N_("この交代は、他の職員が先に決めました。内容を確認してください。")
NOTED = N_("%(organization)s %(post)sの交代")


def decide(
    db: ScopedSession,
    actor: Actor,
    appointment_id: UUID,
    decision: SuccessionDecision,
    *,
    now: dt.datetime,
) -> None:
    """Put on record what is decided about a change of head, and do what it says.

    To ask (依頼する) makes the new head a candidate, who is then asked like everybody; to end ends
    the term of the one before today, because the post ended. An organization's own term stays.
    Raises Forbidden for others than the network office and the chiefs, Conflict where there is
    nothing to decide any more, and what `propose` and `end_term` raise.
    """
    if actor.station_id is None or not may_record_answer(actor):
        raise Forbidden
    lock_appointment(db, appointment_id)
    today = local_day(now)
    change = succession_of(db, appointment_id, today)
    of_predecessor = decision in OF_PREDECESSOR
    if not (change.asks_predecessor if of_predecessor else change.asks_successor):
        raise Conflict(SETTLED)
    _carry_out(db, actor, change, decision, today, now)
    db.add(
        SuccessionAnswer(
            agency_id=actor.agency_id,
            station_id=actor.station_id,
            appointment_id=appointment_id,
            decision=decision,
            staff_id=actor.staff_id,
            name=actor.name,
            decided_at=now,
        )
    )
    db.flush()
    who = change.former.person_id if of_predecessor and change.former else change.person_id
    audit.record(
        db, actor, "succession.decided", now=now, subject=("person", who), decision=decision.value
    )


def _carry_out(
    db: ScopedSession,
    actor: Actor,
    change: Succession,
    decision: SuccessionDecision,
    today: dt.date,
    now: dt.datetime,
) -> None:
    if decision is SuccessionDecision.ASK and change.state is not LiaisonState.CANDIDATE:
        reason = translate(NOTED, organization=change.organization, post=change.post)
        proposal = Proposal(reason=reason, post=change.post)
        propose(db, actor, Holder(person_id=change.person_id), proposal, now=now)
    if decision is SuccessionDecision.END and change.former:
        holder = Holder(person_id=change.former.person_id)
        end_term(db, actor, holder, reason=EndReason.POST_ENDED, day=today, now=now)
