"""Asking somebody to be a liaison, putting the answer on record, and what follows from it.

Asking, answer, consent and term are records of their own. A term is made in one place only, out of
an acceptance. Every day on record is at or after the last one before it, so that where somebody
stood on an earlier day never changes by what is recorded later.
"""

import datetime as dt
from uuid import UUID

from crm.approvals.service import carry_out
from crm.consents.models import ConsentFacts, ConsentMethod, ConsentRecord
from crm.consents.queries import current_consent
from crm.consents.service import record_consent
from crm.contacts.models import AppointmentEnded, Holder
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.changes import announce
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.scope import ScopedSession
from crm.liaisons.answers import put_answer
from crm.liaisons.checks import (
    asker_of,
    owner,
    require_asking,
    require_fit,
    require_free_to_ask,
    require_post,
    require_recorder,
    take_course,
)
from crm.liaisons.decisions import request_matter
from crm.liaisons.models import (
    AcceptanceFacts,
    AcceptanceRecord,
    AnswerFacts,
    AnswerRecorded,
    Approach,
    AskingFacts,
    AskingRecorded,
    Decision,
    EndReason,
    LiaisonState,
    LiaisonTerm,
    LiaisonTermArea,
    LiaisonTermChanged,
)
from crm.liaisons.queries import (
    asking_rule_on,
    lock_holder,
    open_term_of,
    terms_from,
    terms_spoken_for_by,
)
from crm.liaisons.standing import Answer, Asking

FREE_TO_ASK = frozenset(
    {LiaisonState.NONE, LiaisonState.CANDIDATE, LiaisonState.DECLINED, LiaisonState.ENDED}
)
ONE_DAY = dt.timedelta(days=1)


def ask(
    db: ScopedSession, actor: Actor, holder: Holder, facts: AskingFacts, *, now: dt.datetime
) -> Approach:
    """Put on record that somebody was asked (依頼), in the words of the station's rule of that day.

    Raises Refused while an earlier asking waits for its answer or the holder is a liaison; for
    whoever wishes never to be asked again; and while a no is to be left alone, unless a chief
    confirms it with a reason, which goes on record.
    """
    require_recorder(actor)
    course = take_course(db, holder, facts.asked_on, "asked_on", now)
    if course.state_on(local_day(now)) not in FREE_TO_ASK:
        raise Refused("すでに依頼中か、承諾を得ています。", field="asked_on")
    rule = asking_rule_on(db, facts.asked_on)
    again = require_free_to_ask(actor, course, facts, rule)
    carry_out(db, actor, request_matter(holder), now=now)
    approach = Approach(
        **owner(actor, holder),
        asked_on=facts.asked_on,
        asked_by=asker_of(db, actor, facts),
        unit_id=actor.unit_id,
        method=facts.method,
        form_version=rule.version,
        rule_id=rule.id,
        again_reason=facts.again_reason if again else "",
        recorded_at=now,
    )
    db.add(approach)
    db.flush()
    audit.record(db, actor, "liaison.asked", now=now, subject=holder.subject, chief_confirmed=again)
    announce(db, AskingRecorded(holder, facts.asked_on), actor, now)
    return approach


def record_acceptance(
    db: ScopedSession, actor: Actor, holder: Holder, facts: AcceptanceFacts, *, now: dt.datetime
) -> LiaisonTerm:
    """Put an acceptance (承諾) and the consent beside it on record and begin the term.

    This is the only way to a term. Raises Refused where nobody asked, where the term would begin
    before the acceptance or run into another, and as `record_consent` does.
    """
    require_recorder(actor)
    asking = require_asking(take_course(db, holder, facts.decided_on, "decided_on", now))
    require_fit(db, actor, holder, facts, local_day(now))
    record_consent(db, actor, holder, facts.consent, now=now)
    answer = AnswerFacts(facts.decided_on, facts.method)
    acceptance = put_answer(db, actor, holder, Decision.ACCEPTED, answer, now=now)
    term = _begin_term(db, actor, holder, facts, acceptance, asking)
    audit.record(db, actor, "liaison.accepted", now=now, subject=holder.subject, term=str(term.id))
    announce(db, AnswerRecorded(holder, Decision.ACCEPTED, facts.decided_on), actor, now)
    announce(db, LiaisonTermChanged(holder), actor, now)
    return term


def change_consent(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    facts: ConsentFacts,
    *,
    seen: UUID | None,
    now: dt.datetime,
) -> ConsentRecord:
    """Replace what somebody agrees to. `seen` is the record the change was made from.

    Raises Conflict when another record has come into force since: a form opened before a
    withdrawal must not bring back what it ended.
    """
    lock_holder(db, holder)
    current = current_consent(db, holder, local_day(now))
    if (current.id if current else None) != seen:
        raise Conflict
    return record_consent(db, actor, holder, facts, now=now)


def withdraw(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    *,
    decided_on: dt.date,
    method: ConsentMethod,
    now: dt.datetime,
) -> AcceptanceRecord:
    """Put on record that a liaison stops (取りやめの申出), which nobody can refuse.

    The last day of service is the day before: a roster as of `decided_on` is already without them.
    A term that began that day, or had yet to begin, was never served. All consent ends with it.
    """
    require_recorder(actor)
    course = take_course(db, holder, decided_on, "decided_on", now)
    last = course.last_word(local_day(now))
    if not isinstance(last, Answer) or last.decision is not Decision.ACCEPTED:
        raise Refused("承諾の記録がないため、取りやめを記録できません。", field="decided_on")
    _end_consent(db, actor, holder, decided_on, method, now)
    record = put_answer(
        db, actor, holder, Decision.WITHDRAWN, AnswerFacts(decided_on, method), now=now
    )
    for term in terms_from(db, holder, decided_on):
        _end(db, actor, term, EndReason.OWN_WISH, decided_on - ONE_DAY, now)
    audit.record(db, actor, "liaison.withdrawn", now=now, subject=holder.subject)
    announce(db, LiaisonTermChanged(holder), actor, now)
    return record


def end_term(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    *,
    reason: EndReason,
    day: dt.date,
    now: dt.datetime,
    revision: int | None = None,
) -> LiaisonTerm:
    """End a term for a reason that is not the holder's wish; `day` is its last.

    `revision` is the one the change was made from. Raises Refused for an own wish, which is a
    withdrawal, and for a day before the acceptance or to come; Conflict where it changed since.
    """
    require_recorder(actor)
    if reason is EndReason.OWN_WISH:
        raise Refused(
            "本人の申出による終了は、取りやめの申出として記録してください。", field="reason"
        )
    take_course(db, holder, day, "day", now)
    term = _open_term(db, holder, revision)
    _end(db, actor, term, reason, day, now)
    audit.record(
        db, actor, "term.ended", now=now, subject=holder.subject, term=str(term.id), reason=reason
    )
    announce(db, LiaisonTermChanged(holder), actor, now)
    return term


def confirm_contact(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    person_id: UUID,
    *,
    now: dt.datetime,
    revision: int | None = None,
) -> LiaisonTerm:
    """Say who speaks for an organization from now on; the mark for review goes away."""
    require_recorder(actor)
    lock_holder(db, holder)
    term = _open_term(db, holder, revision)
    require_post(db, holder, person_id, local_day(now))
    term.contact_person_id, term.contact_needs_review = person_id, False
    _touch(actor, term, now)
    db.flush()
    audit.record(db, actor, "contact.confirmed", now=now, subject=holder.subject, term=str(term.id))
    return term


def review_contact(
    db: ScopedSession, change: AppointmentEnded, actor: Actor, now: dt.datetime
) -> None:
    """Mark an organization's contact person for review when the post they spoke from has ended.

    The organization stays a liaison. A successor is not taken over: somebody has to ask them.
    """
    if change.organization_id is None:
        return
    holder = Holder(organization_id=change.organization_id)
    spoken_for = terms_spoken_for_by(db, change.person_id, change.organization_id, change.ended_on)
    for term in spoken_for:
        term.contact_needs_review = True
        _touch(actor, term, now)
        audit.record(
            db, actor, "contact.questioned", now=now, subject=holder.subject, term=str(term.id)
        )
    db.flush()


def _begin_term(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    facts: AcceptanceFacts,
    acceptance: AcceptanceRecord,
    asking: Asking,
) -> LiaisonTerm:
    term = LiaisonTerm(
        **owner(actor, holder),
        acceptance_id=acceptance.id,
        asked_on=asking.on,
        valid_from=facts.starts_on,
        contact_person_id=facts.contact_person_id,
        remark=facts.remark,
        created_by=actor.account_id,
    )
    db.add(term)
    db.flush()
    for position, area_id in enumerate(dict.fromkeys(facts.area_ids)):
        db.add(
            LiaisonTermArea(
                agency_id=term.agency_id,
                station_id=term.station_id,
                term_id=term.id,
                area_id=area_id,
                position=position,
            )
        )
    db.flush()
    return term


def _end_consent(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    decided_on: dt.date,
    method: ConsentMethod,
    now: dt.datetime,
) -> None:
    """Record that nothing is agreed to any more, never before what it must replace."""
    current = current_consent(db, holder, local_day(now))
    last = current.decided_on if current else decided_on
    record_consent(db, actor, holder, ConsentFacts(max(decided_on, last), method), now=now)


def _open_term(db: ScopedSession, holder: Holder, revision: int | None) -> LiaisonTerm:
    term = open_term_of(db, holder)
    if term is None:
        raise Refused("活動中の記録がありません。")
    if revision is not None and revision != term.revision:
        raise Conflict
    return term


def _end(
    db: ScopedSession,
    actor: Actor,
    term: LiaisonTerm,
    reason: EndReason,
    last_day: dt.date,
    now: dt.datetime,
) -> None:
    term.valid_to, term.end_reason = last_day, reason
    _touch(actor, term, now)
    db.flush()


def _touch(actor: Actor, term: LiaisonTerm, now: dt.datetime) -> None:
    term.revision += 1
    term.updated_at, term.updated_by = now, actor.account_id
