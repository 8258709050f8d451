"""The verbs of a request: receive, assign, note progress, decide, tell back, reopen."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import fiscal_year
from crm.requests import queries
from crm.requests.models import (
    AnswerMethod,
    CommunityRequest,
    RequestOutcome,
    RequestParty,
    RequestState,
    RequestStep,
    Source,
    StepKind,
    Topic,
)
from crm.requests.policy import topic_suggested
from crm.requests.queries import units_to_assign
from crm.requests.reporting import report_back

ANSWER_WITHIN = dt.timedelta(days=14)
"""An answer, if only how things stand, goes back within two weeks unless a day is set."""

TOLD_OF = {StepKind.RECEIVED, StepKind.ASSIGNED, StepKind.REOPENED}
TOLD_IN_WORDS = {StepKind.DECIDED, StepKind.ANSWERED, StepKind.UNANSWERED}
"""Steps another agency that asked is told of; of the others it hears nothing."""

OUTCOME_WORDS_MISSING = {
    RequestOutcome.DONE: N_("何をしたかを入力してください。"),
    RequestOutcome.NOT_FEASIBLE: N_("対応できない理由を入力してください。"),
    RequestOutcome.PASSED_ON: N_("引き継いだ内容を入力してください。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """Something heard that wants an answer; without a `topic` its words suggest one.

    `heard_unit_id` is the unit that heard it, the actor's where none is given.
    """

    words: str
    heard_on: dt.date
    client_key: UUID
    source: Source = Source.CONTACT
    source_words: str = ""
    person_ids: frozenset[UUID] = frozenset()
    organization_ids: frozenset[UUID] = frozenset()
    note_id: UUID | None = None
    meeting_id: UUID | None = None
    heard_unit_id: UUID | None = None
    topic: Topic | None = None
    area_id: UUID | None = None
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who sees to a request until when, and what it is about and where."""

    unit_id: UUID
    topic: Topic
    due_on: dt.date | None = None
    area_id: UUID | None = None
    place: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What came of a request: what was done, why not, or to whom it was passed on."""

    outcome: RequestOutcome
    text: str
    passed_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The answer that went back, or the reason why none could."""

    answer: str = ""
    to: str = ""
    on: dt.date | None = None
    how: AnswerMethod | None = None
    no_answer_reason: str = ""


def receive(
    db: ScopedSession, actor: Actor, facts: RequestFacts, *, now: dt.datetime
) -> CommunityRequest:
    """Put a request on record under the station's next number; the same form again gives the first.

    Raises Refused without words, or for a day in the future.
    """
    station_id = _station_of(actor)
    if not facts.words.strip():
        raise Refused(N_("聞いたことを入力してください。"), field="words")
    if facts.heard_on > local_day(now):
        raise Refused(N_("聞いた日は、今日までの日付を入力してください。"), field="heard_on")
    queries.lock_serials(db, station_id)
    if first := queries.request_sent_as(db, station_id, facts.client_key):
        return first
    request = _new_request(db, actor, facts, station_id, now)
    db.add(request)
    db.flush()
    owner = _owner(request)
    for person_id in sorted(facts.person_ids):
        db.add(RequestParty(**owner, request_id=request.id, person_id=person_id))
    for organization_id in sorted(facts.organization_ids):
        db.add(RequestParty(**owner, request_id=request.id, organization_id=organization_id))
    put_step(db, actor, request, StepKind.RECEIVED, now, text=request.words)
    _audit(db, actor, "request.received", request, now)
    return request


def assign(
    db: ScopedSession,
    actor: Actor,
    request_id: UUID,
    assignment: Assignment,
    *,
    revision: int,
    now: dt.datetime,
) -> CommunityRequest:
    """Say who of the station sees to it until when; Refused for a unit of another station."""
    request = _open_request(db, request_id, revision)
    names = dict(units_to_assign(db, request.station_id, local_day(now)))
    if assignment.unit_id not in names:
        raise Refused(N_("担当を選び直してください。"), field="unit_id")
    if assignment.due_on and assignment.due_on < request.heard_on:
        raise Refused(N_("期限は、聞いた日より後の日付を入力してください。"), field="due_on")
    request.unit_id, request.due_on = assignment.unit_id, assignment.due_on
    request.topic, request.area_id = assignment.topic, assignment.area_id
    request.place = assignment.place
    if request.state is RequestState.RECEIVED:
        request.state = RequestState.CONSIDERING
    _touch(request, actor, now)
    put_step(
        db,
        actor,
        request,
        StepKind.ASSIGNED,
        now,
        text=assignment.text,
        to_unit_name=names[assignment.unit_id],
        due_on=assignment.due_on,
    )
    _audit(db, actor, "request.assigned", request, now)
    return request


def note_progress(
    db: ScopedSession, actor: Actor, request_id: UUID, text: str, *, now: dt.datetime
) -> CommunityRequest:
    """Say how things stand; the request is being considered from then on."""
    request = queries.request_to_change(db, request_id)
    require_open(request)
    if not text.strip():
        raise Refused(N_("経過を入力してください。"), field="text")
    if request.state is RequestState.RECEIVED:
        request.state = RequestState.CONSIDERING
    _touch(request, actor, now)
    put_step(db, actor, request, StepKind.PROGRESS, now, text=text)
    _audit(db, actor, "request.progressed", request, now)
    return request


def decide(
    db: ScopedSession,
    actor: Actor,
    request_id: UUID,
    decided: Decided,
    *,
    revision: int,
    now: dt.datetime,
) -> CommunityRequest:
    """Say what came of it; it stays 回答未了 until the answer went back."""
    request = _open_request(db, request_id, revision)
    _put_outcome(db, actor, request, decided, now)
    db.flush()
    return request


def tell_back(
    db: ScopedSession,
    actor: Actor,
    request_id: UUID,
    told: Told,
    *,
    decided: Decided | None = None,
    revision: int,
    now: dt.datetime,
) -> CommunityRequest:
    """Close a request: its answer went back, or there is a reason why none could.

    `decided` says what came of it where nobody has said so yet. Raises Refused for an answer that
    does not say to whom, when and how.
    """
    request = _open_request(db, request_id, revision)
    _check_told(request, told, now)
    if request.state is not RequestState.DECIDED:
        if decided is None:
            raise Refused(N_("結果を選んでください。"), field="outcome")
        _put_outcome(db, actor, request, decided, now)
    _put_answer(request, actor, told)
    request.state = RequestState.CLOSED
    _touch(request, actor, now)
    answered = not told.no_answer_reason
    kind = StepKind.ANSWERED if answered else StepKind.UNANSWERED
    put_step(db, actor, request, kind, now, text=told.answer or told.no_answer_reason)
    _audit(db, actor, "request.answered" if answered else "request.closed", request, now)
    return request


def reopen(
    db: ScopedSession, actor: Actor, request_id: UUID, text: str, *, now: dt.datetime
) -> CommunityRequest:
    """Take a closed request up again: it was not settled after all; its steps stay on record."""
    request = queries.request_to_change(db, request_id)
    if request.state is not RequestState.CLOSED:
        raise Conflict
    if not text.strip():
        raise Refused(N_("再開する理由を入力してください。"), field="text")
    request.state, request.outcome = RequestState.CONSIDERING, None
    request.outcome_text = request.passed_to = request.no_answer_reason = ""
    request.answer = request.answered_to = ""
    request.answered_on = request.answered_by = request.answered_unit_id = None
    request.answered_how = None
    request.due_on = local_day(now) + ANSWER_WITHIN
    _touch(request, actor, now)
    put_step(db, actor, request, StepKind.REOPENED, now, text=text, due_on=request.due_on)
    _audit(db, actor, "request.reopened", request, now)
    return request


def require_open(request: CommunityRequest) -> None:
    """Raise Conflict for a request that is closed."""
    if request.state is RequestState.CLOSED:
        raise Conflict(N_("この意見・要望は、すでに終了しています。"))


def put_step(
    db: ScopedSession,
    actor: Actor,
    request: CommunityRequest,
    kind: StepKind,
    now: dt.datetime,
    *,
    text: str = "",
    to_unit_name: str = "",
    due_on: dt.date | None = None,
) -> None:
    """Put a step on record, and tell the agency the request came from where it came from one."""
    db.add(
        RequestStep(
            **_owner(request),
            request_id=request.id,
            kind=kind,
            at=now,
            staff_id=actor.staff_id,
            staff_name=actor.name,
            unit_id=actor.unit_id,
            unit_name=actor.unit_name,
            to_unit_name=to_unit_name,
            due_on=due_on,
            text=text,
        )
    )
    db.flush()
    if kind in TOLD_OF:
        report_back(db, actor, request, to_unit_name, now=now)
    elif kind in TOLD_IN_WORDS:
        report_back(db, actor, request, text, now=now)


def _new_request(
    db: ScopedSession, actor: Actor, facts: RequestFacts, station_id: UUID, now: dt.datetime
) -> CommunityRequest:
    year = fiscal_year(facts.heard_on)
    return CommunityRequest(
        agency_id=actor.agency_id,
        station_id=station_id,
        year=year,
        serial=queries.last_serial(db, station_id, year) + 1,
        client_key=facts.client_key,
        note_id=facts.note_id,
        meeting_id=facts.meeting_id,
        source=facts.source,
        source_words=facts.source_words,
        heard_on=facts.heard_on,
        heard_by=actor.staff_id,
        heard_unit_id=facts.heard_unit_id or actor.unit_id,
        words=facts.words,
        topic=facts.topic or topic_suggested(facts.words),
        area_id=facts.area_id,
        place=facts.place,
        unit_id=actor.unit_id,
        due_on=facts.heard_on + ANSWER_WITHIN,
        state=RequestState.RECEIVED,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        updated_by=actor.account_id,
    )


def _put_outcome(
    db: ScopedSession, actor: Actor, request: CommunityRequest, decided: Decided, now: dt.datetime
) -> None:
    if not decided.text.strip():
        raise Refused(OUTCOME_WORDS_MISSING[decided.outcome], field="outcome_text")
    passes_on = decided.outcome is RequestOutcome.PASSED_ON
    if passes_on and not decided.passed_to.strip():
        raise Refused(N_("どこへ引き継いだかを入力してください。"), field="passed_to")
    request.state, request.outcome = RequestState.DECIDED, decided.outcome
    request.outcome_text = decided.text
    request.passed_to = decided.passed_to if passes_on else ""
    _touch(request, actor, now)
    put_step(db, actor, request, StepKind.DECIDED, now, text=decided.text)
    _audit(db, actor, "request.decided", request, now)


def _check_told(request: CommunityRequest, told: Told, now: dt.datetime) -> None:
    if told.no_answer_reason.strip():
        if told.answer.strip():
            raise Refused(
                N_("回答の内容と、回答できない理由のどちらか一方を入力してください。"),
                field="no_answer_reason",
            )
        return
    if not told.answer.strip():
        raise Refused(N_("伝えた回答か、回答できない理由を入力してください。"), field="answer")
    if not told.to.strip():
        raise Refused(N_("誰に回答したかを入力してください。"), field="answered_to")
    if told.how is None:
        raise Refused(N_("回答の方法を選んでください。"), field="answered_how")
    if told.on is None or not request.heard_on <= told.on <= local_day(now):
        raise Refused(
            N_("回答した日は、聞いた日から今日までの日付を入力してください。"), field="answered_on"
        )


def _put_answer(request: CommunityRequest, actor: Actor, told: Told) -> None:
    request.no_answer_reason = told.no_answer_reason
    if told.no_answer_reason:
        return
    request.answer, request.answered_to = told.answer, told.to
    request.answered_on, request.answered_how = told.on, told.how
    request.answered_by, request.answered_unit_id = actor.staff_id, actor.unit_id


def _open_request(db: ScopedSession, request_id: UUID, revision: int) -> CommunityRequest:
    request = queries.request_to_change(db, request_id)
    if request.revision != revision:
        raise Conflict
    require_open(request)
    return request


def _station_of(actor: Actor) -> UUID:
    if actor.station_id is None or not actor.reads_people:
        raise Forbidden
    return actor.station_id


def _owner(request: CommunityRequest) -> dict[str, UUID]:
    return {"agency_id": request.agency_id, "station_id": request.station_id}


def _touch(request: CommunityRequest, actor: Actor, now: dt.datetime) -> None:
    request.revision += 1
    request.updated_at, request.updated_by = now, actor.account_id


def _audit(
    db: ScopedSession, actor: Actor, action: str, request: CommunityRequest, now: dt.datetime
) -> None:
    audit.record(db, actor, action, now=now, subject=("request", request.id))
