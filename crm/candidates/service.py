"""The verbs of a proposal: propose, receive, pass over, take back; what follows from an asking."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from crm.candidates import queries
from crm.candidates.models import NOT_YET_ASKED, CandidateStep, StepKind
from crm.candidates.policy import may_receive, may_withdraw
from crm.contacts.models import Holder
from crm.contacts.service import PersonFacts, register_person
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.liaisons.checks import owner, station_of, take_course
from crm.liaisons.models import (
    AnswerRecorded,
    AskingRecorded,
    CandidateState,
    Decision,
    LiaisonCandidate,
    LiaisonState,
)
from crm.liaisons.policy import may_note_candidate
from crm.liaisons.queries import areas_of_station, asking_rule_on
from crm.liaisons.standing import Course

FREE = frozenset({LiaisonState.NONE, LiaisonState.DECLINED, LiaisonState.ENDED})
STEP_OF = {
    Decision.THINKING: StepKind.THINKING,
    Decision.ACCEPTED: StepKind.ACCEPTED,
    Decision.DECLINED: StepKind.DECLINED,
}
STATE_AFTER = {
    StepKind.RECEIVED: CandidateState.RECEIVED,
    StepKind.ASKED: CandidateState.ASKED,
    StepKind.THINKING: CandidateState.ASKED,
    StepKind.ACCEPTED: CandidateState.ACCEPTED,
    StepKind.DECLINED: CandidateState.DECLINED,
    StepKind.PASSED_OVER: CandidateState.PASSED_OVER,
    StepKind.WITHDRAWN: CandidateState.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Why somebody seems suitable, as `LiaisonCandidate` says; only the reason is always given."""

    reason: str
    known_by: str = ""
    avoid: str = ""
    post: str = ""
    area_id: UUID | None = None
    client_key: UUID | None = None


def propose(
    db: ScopedSession, actor: Actor, holder: Holder, proposal: Proposal, *, now: dt.datetime
) -> LiaisonCandidate:
    """Propose somebody to the network office (S1 2(3)); the same form again gives the first.

    What the network office itself proposes is received at once. Raises Refused for whoever is on
    the way already, or whose no is to be left alone.
    """
    if first := _taken_before(db, actor, proposal):
        return first
    today = local_day(now)
    _require_free(db, take_course(db, holder, today, "reason", now), today)
    _require_area(db, actor, proposal, today)
    candidate = LiaisonCandidate(
        **owner(actor, holder),
        noticed_on=today,
        noticed_by=actor.staff_id,
        unit_id=actor.unit_id,
        reason=proposal.reason,
        known_by=proposal.known_by,
        avoid=proposal.avoid,
        post=proposal.post,
        area_id=proposal.area_id,
        state=CandidateState.RECEIVED if may_receive(actor) else CandidateState.PROPOSED,
        state_on=today,
        client_key=proposal.client_key,
    )
    db.add(candidate)
    db.flush()
    audit.record(db, actor, "candidate.noted", now=now, subject=holder.subject)
    return candidate


def propose_newcomer(
    db: ScopedSession,
    actor: Actor,
    facts: PersonFacts,
    proposal: Proposal,
    *,
    area_code: str,
    now: dt.datetime,
) -> LiaisonCandidate:
    """Enter somebody into the station's book and propose them; as the two verbs it is made of.

    Whatever is refused is refused before anything is entered.
    """
    if first := _taken_before(db, actor, proposal):
        return first
    _require_area(db, actor, proposal, local_day(now))
    person = register_person(db, actor, facts, area_code=area_code, now=now)
    return propose(db, actor, Holder(person_id=person.id), proposal, now=now)


def receive(
    db: ScopedSession, actor: Actor, candidate_id: UUID, *, now: dt.datetime
) -> LiaisonCandidate:
    """Take a proposal on (受理); Conflict where somebody else did something about it already."""
    if not may_receive(actor):
        raise Forbidden
    candidate = queries.candidate_to_change(db, candidate_id)
    if candidate.state is not CandidateState.PROPOSED:
        raise Conflict
    _put_step(db, actor, candidate, StepKind.RECEIVED, now)
    _audit(db, actor, "candidate.received", candidate, now)
    return candidate


def pass_over(
    db: ScopedSession, actor: Actor, candidate_id: UUID, text: str, *, now: dt.datetime
) -> LiaisonCandidate:
    """Decide not to ask (見送り), with a word to the proposer if there is one to say.

    Conflict where somebody has been asked, or the proposal has come to an end, meanwhile.
    """
    if not may_receive(actor):
        raise Forbidden
    candidate = _unasked(db, candidate_id)
    _put_step(db, actor, candidate, StepKind.PASSED_OVER, now, text=text)
    _audit(db, actor, "candidate.passed_over", candidate, now)
    return candidate


def withdraw(
    db: ScopedSession, actor: Actor, candidate_id: UUID, *, now: dt.datetime
) -> LiaisonCandidate:
    """Take one's own proposal back before anybody is asked; Conflict as `pass_over`."""
    candidate = _unasked(db, candidate_id)
    if not may_withdraw(actor, candidate.noticed_by):
        raise Forbidden
    _put_step(db, actor, candidate, StepKind.WITHDRAWN, now)
    _audit(db, actor, "candidate.withdrawn", candidate, now)
    return candidate


def mark_seen(db: ScopedSession, actor: Actor) -> int:
    """Put away what the actor has read of their proposals; return how many there were."""
    news = queries.news_for(db, actor.staff_id)
    for candidate in news:
        candidate.has_news = False
    db.flush()
    return len(news)


def follow_asking(
    db: ScopedSession, change: AskingRecorded, actor: Actor, now: dt.datetime
) -> None:
    """Let whoever proposed somebody see that they were asked."""
    for candidate in queries.open_candidates_about(db, change.holder):
        _put_step(db, actor, candidate, StepKind.ASKED, now, on=change.on)


def follow_answer(
    db: ScopedSession, change: AnswerRecorded, actor: Actor, now: dt.datetime
) -> None:
    """Let whoever proposed somebody see what they answered."""
    kind = STEP_OF[change.decision]
    for candidate in queries.open_candidates_about(db, change.holder):
        _put_step(db, actor, candidate, kind, now, on=change.on, not_before=change.not_before)


def _taken_before(db: ScopedSession, actor: Actor, proposal: Proposal) -> LiaisonCandidate | None:
    """Return what the same form made before; Forbidden for whoever proposes nobody."""
    if not may_note_candidate(actor):
        raise Forbidden
    if proposal.client_key is None:
        return None
    return queries.candidate_sent_as(db, station_of(actor), proposal.client_key)


def _require_free(db: ScopedSession, course: Course, today: dt.date) -> None:
    if course.state_on(today) not in FREE:
        raise Refused(N_("すでに候補になっているか、依頼や承諾の記録があります。"), field="reason")
    if course.wants_no_asking():
        raise Refused(N_("本人が、今後の依頼を望まれていません。"), field="reason")
    rule = asking_rule_on(db, today) if course.last_no() else None
    if rule and course.left_alone_on(today, rule.cool_off_days):
        raise Refused(
            N_("お断りになってから%(days)s日を過ぎるまでは、候補にできません。"),
            field="reason",
            days=rule.cool_off_days,
        )


def _require_area(db: ScopedSession, actor: Actor, proposal: Proposal, today: dt.date) -> None:
    if proposal.area_id is None:
        return
    offered = areas_of_station(db, station_of(actor), today)
    if proposal.area_id not in {area.id for area in offered}:
        raise Refused(N_("区域を選び直してください。"), field="area_id")


def _unasked(db: ScopedSession, candidate_id: UUID) -> LiaisonCandidate:
    candidate = queries.candidate_to_change(db, candidate_id)
    if candidate.state not in NOT_YET_ASKED:
        raise Conflict
    return candidate


def _put_step(
    db: ScopedSession,
    actor: Actor,
    candidate: LiaisonCandidate,
    kind: StepKind,
    now: dt.datetime,
    *,
    on: dt.date | None = None,
    text: str = "",
    not_before: dt.date | None = None,
) -> None:
    """Put a step on record, and let the candidate stand where it leads."""
    on = on or local_day(now)
    db.add(
        CandidateStep(
            agency_id=candidate.agency_id,
            station_id=candidate.station_id,
            candidate_id=candidate.id,
            kind=kind,
            happened_on=on,
            at=now,
            staff_id=actor.staff_id,
            staff_name=actor.name,
            unit_id=actor.unit_id,
            unit_name=actor.unit_name,
            not_before=not_before,
            text=text,
        )
    )
    candidate.state, candidate.state_on = STATE_AFTER[kind], on
    candidate.not_before = not_before
    if actor.staff_id != candidate.noticed_by:
        candidate.has_news = True
    db.flush()


def _audit(
    db: ScopedSession, actor: Actor, action: str, candidate: LiaisonCandidate, now: dt.datetime
) -> None:
    holder = Holder(candidate.person_id, candidate.organization_id)
    audit.record(db, actor, action, now=now, subject=holder.subject)
