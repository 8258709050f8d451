"""What is done about a request: who sees to it, what came of it, the answer that went back."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.status_codes import HTTP_409_CONFLICT

from crm.access.desk import CurrentDesk
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, labels
from crm.requests import queries, service
from crm.requests.forms import AnswerForm, AssignmentForm, OutcomeForm
from crm.requests.models import ANSWER_METHOD_LABELS, OUTCOME_LABELS, TOPIC_LABELS
from crm.requests.page_parts import areas, seen, words
from crm.requests.service import Assignment, Decided, Told
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

DECIDED = N_("結果を記録しました。聞いた相手への回答が残っています。")


@get("/requests/{request_id:uuid}/assignment", name="requests.assignment", sync_to_thread=True)
def assignment(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[str]:
    """Show the form that says who sees to it until when."""
    with desk.reads() as visit:
        return _assignment_page(visit, request_id, blank())


@post("/requests/{request_id:uuid}/assignment", name="requests.assign", sync_to_thread=True)
def assign(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Say who sees to it until when."""
    with desk.writes() as visit:

        def act(form: AssignmentForm) -> Response[None]:
            said = Assignment(**form.model_dump(exclude={"revision"}))
            service.assign(
                visit.db, visit.actor, request_id, said, revision=form.revision, now=visit.now
            )
            return saved(visit, "requests.show", N_("担当を決めました。"), request_id=request_id)

        return submitted(visit, AssignmentForm, partial(_assignment_page, visit, request_id), act)


@get("/requests/{request_id:uuid}/outcome", name="requests.outcome", sync_to_thread=True)
def outcome(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[str]:
    """Show the form that says what came of it."""
    with desk.reads() as visit:
        return _outcome_page(visit, request_id, blank())


@post("/requests/{request_id:uuid}/outcome", name="requests.decide", sync_to_thread=True)
def decide(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Say what came of it; whoever heard it has yet to tell back."""
    with desk.writes() as visit:

        def act(form: OutcomeForm) -> Response[None]:
            decided = Decided(
                outcome=form.outcome, text=form.outcome_text, passed_to=form.passed_to
            )
            service.decide(
                visit.db, visit.actor, request_id, decided, revision=form.revision, now=visit.now
            )
            return saved(visit, "requests.show", DECIDED, request_id=request_id)

        return submitted(visit, OutcomeForm, partial(_outcome_page, visit, request_id), act)


@get("/requests/{request_id:uuid}/answer", name="requests.answer", sync_to_thread=True)
def answer(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[str]:
    """Show the form for the answer that went back."""
    with desk.reads() as visit:
        return _answer_page(visit, request_id, blank())


@post("/requests/{request_id:uuid}/answer", name="requests.tell_back", sync_to_thread=True)
def tell_back(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Record the answer: the matter is no longer 回答未了."""
    with desk.writes() as visit:

        def act(form: AnswerForm) -> Response[None]:
            service.tell_back(
                visit.db,
                visit.actor,
                request_id,
                _answer(form),
                decided=_decided(form),
                revision=form.revision,
                now=visit.now,
            )
            return saved(visit, "requests.show", N_("回答を記録しました。"), request_id=request_id)

        return submitted(visit, AnswerForm, partial(_answer_page, visit, request_id), act)


def _decided(form: AnswerForm) -> Decided | None:
    if form.outcome is None:
        return None
    return Decided(outcome=form.outcome, text=form.outcome_text, passed_to=form.passed_to)


def _answer(form: AnswerForm) -> Told:
    return Told(
        answer=form.answer,
        to=form.answered_to,
        on=form.answered_on,
        how=form.answered_how,
        no_answer_reason=form.no_answer_reason,
    )


def _assignment_page(
    visit: Visit, request_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    whole = seen(visit, request_id)
    request = whole.request
    says = blank(
        unit_id=request.unit_id,
        due_on=request.due_on.isoformat() if request.due_on else None,
        topic=request.topic,
        area_id=request.area_id,
        place=request.place,
    )
    return page(
        visit,
        "requests/assignment.html",
        status=status,
        sub=sub if sub.values else says,
        whole=whole,
        request=request,
        revision=_revision(request, sub, status),
        units=queries.units_to_assign(visit.db, request.station_id, local_day(visit.now)),
        topics=labels(TOPIC_LABELS),
        areas=areas(visit),
    )


def _outcome_page(
    visit: Visit, request_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    whole = seen(visit, request_id)
    request = whole.request
    says = blank(
        outcome=request.outcome, outcome_text=request.outcome_text, passed_to=request.passed_to
    )
    return page(
        visit,
        "requests/outcome.html",
        status=status,
        sub=sub if sub.values else says,
        whole=whole,
        request=request,
        revision=_revision(request, sub, status),
        outcomes=labels(OUTCOME_LABELS),
    )


def _answer_page(
    visit: Visit, request_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    whole = seen(visit, request_id)
    request = whole.request
    names = "、".join(asker.name for asker in whole.askers)
    says = blank(
        answered_to=names or request.source_words,
        answered_on=local_day(visit.now).isoformat(),
        outcome=request.outcome,
    )
    return page(
        visit,
        "requests/answer.html",
        status=status,
        sub=sub if sub.values else says,
        whole=whole,
        request=request,
        revision=_revision(request, sub, status),
        outcomes=labels(OUTCOME_LABELS),
        methods=labels(ANSWER_METHOD_LABELS),
        today=local_day(visit.now),
        **words(),
    )


def _revision(request: Any, sub: Submission[Any], status: int) -> object:  # noqa: ANN401 - the row
    """Return the revision a form is about: a stale one may be sent again beside what is said."""
    if status == HTTP_409_CONFLICT:
        return request.revision
    return sub.values.get("revision", request.revision)


HANDLERS = [assignment, assign, outcome, decide, answer, tell_back]
