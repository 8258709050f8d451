"""The answers that begin no term: thinking it over, declining, and being willing again."""

import datetime as dt
from dataclasses import asdict

from crm.contacts.models import Holder
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.changes import announce
from crm.kernel.errors import Refused
from crm.kernel.scope import ScopedSession
from crm.liaisons.checks import owner, require_asking, require_recorder, take_course
from crm.liaisons.models import AcceptanceRecord, AnswerFacts, AnswerRecorded, Decision


def record_decline(
    db: ScopedSession, actor: Actor, holder: Holder, facts: AnswerFacts, *, now: dt.datetime
) -> AcceptanceRecord:
    """Put on record that somebody declined (辞退): a full answer, which needs no reason."""
    require_recorder(actor)
    require_asking(take_course(db, holder, facts.decided_on, "decided_on", now))
    record = put_answer(db, actor, holder, Decision.DECLINED, facts, now=now)
    audit.record(db, actor, "liaison.declined", now=now, subject=holder.subject)
    announce(db, AnswerRecorded(holder, Decision.DECLINED, facts.decided_on), actor, now)
    return record


def record_thinking(
    db: ScopedSession, actor: Actor, holder: Holder, facts: AnswerFacts, *, now: dt.datetime
) -> AcceptanceRecord:
    """Put on record that somebody wants to think it over; the asking goes on waiting.

    Refused where the day before which nobody comes again has passed by then.
    """
    require_recorder(actor)
    day = facts.decided_on
    require_asking(take_course(db, holder, day, "decided_on", now))
    if facts.not_before and facts.not_before < day:
        raise Refused("次に伺う日は、回答の日以後にしてください。", field="not_before")
    record = put_answer(db, actor, holder, Decision.THINKING, facts, now=now)
    audit.record(db, actor, "liaison.considered", now=now, subject=holder.subject)
    announce(db, AnswerRecorded(holder, Decision.THINKING, day, facts.not_before), actor, now)
    return record


def record_willingness(
    db: ScopedSession, actor: Actor, holder: Holder, facts: AnswerFacts, *, now: dt.datetime
) -> AcceptanceRecord:
    """Put on record that whoever said no has come and said that they may be asked again.

    It ends every rest, also that of somebody who never wished to be asked again. Refused where
    nobody said no.
    """
    require_recorder(actor)
    course = take_course(db, holder, facts.decided_on, "decided_on", now)
    if course.last_no() is None:
        raise Refused("お断りの記録がありません。", field="decided_on")
    record = put_answer(db, actor, holder, Decision.WILLING, facts, now=now)
    audit.record(db, actor, "liaison.reopened", now=now, subject=holder.subject)
    return record


def put_answer(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    decision: Decision,
    facts: AnswerFacts,
    *,
    now: dt.datetime,
) -> AcceptanceRecord:
    """Add an answer to the record."""
    record = AcceptanceRecord(
        **owner(actor, holder),
        decision=decision,
        **asdict(facts),
        recorded_by=actor.staff_id,
        recorded_at=now,
    )
    db.add(record)
    db.flush()
    return record
