"""意見・要望: the inbox of a unit, one request with its steps, and what is done about it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.status_codes import HTTP_409_CONFLICT

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.liaisons.queries import areas_of_station
from crm.requests import queries, service
from crm.requests.forms import (
    AnswerForm,
    AssignmentForm,
    OutcomeForm,
    RequestForm,
    StepForm,
)
from crm.requests.lines import WholeRequest
from crm.requests.models import (
    ANSWER_METHOD_LABELS,
    OUTCOME_LABELS,
    SOURCE_LABELS,
    STEP_LABELS,
    TOPIC_LABELS,
    Source,
)
from crm.requests.queries import Shown
from crm.requests.service import Assignment, Decided, RequestFacts, Told
from crm.web.pages import page, saved
from crm.web.visit import Visit

ENTERED = (Source.MEETING, Source.ANONYMOUS)
"""Who may have said what is entered by itself: a contact's words are entered as an activity."""


@get("/requests", name="requests.index", sync_to_thread=True)
def index(
    desk: CurrentDesk, shown: FromQuery[str] = "", number: FromQuery[int] = 1
) -> Response[str]:
    """Show the inbox: the own unit's, one's own, the station's, what is overdue, what is closed."""
    with desk.reads() as visit:
        actor, day = visit.actor, local_day(visit.now)
        require_reader(actor)
        which = Shown(shown) if shown in set(Shown) else Shown.UNIT
        units = queries.inbox_units(visit.db, actor, day)
        found = queries.requests_shown(
            visit.db,
            which,
            staff_id=actor.staff_id,
            units=[unit_id for unit_id, _ in units.mine],
            day=day,
            number=number,
        )
        visit.seen("requests.listed", count=len(found.items))
        return page(
            visit,
            "requests/index.html",
            shown=which,
            pages=found,
            names=units.names,
            day=day,
            topics=TOPIC_LABELS,
        )


@get("/requests/new", name="requests.new", sync_to_thread=True)
def new(desk: CurrentDesk) -> Response[str]:
    """Show the form for something heard where no activity is on record."""
    with desk.reads() as visit:
        return _new_page(visit, blank())


@post("/requests", name="requests.receive", sync_to_thread=True)
def receive(desk: CurrentDesk) -> Response[Any]:
    """Put a request on record."""
    with desk.writes() as visit:
        sub = read_form(RequestForm, visit.sent)
        if sub.form is None:
            return _new_page(visit, sub, status=422)
        try:
            made = service.receive(visit.db, visit.actor, _facts(sub.form), now=visit.now)
        except Refused as refusal:
            return _new_page(visit, sub.refused(refusal), status=422)
        return saved(visit, "requests.show", N_("受理しました。"), request_id=made.id)


@get("/requests/{request_id:uuid}", name="requests.show", sync_to_thread=True)
def show(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[str]:
    """Show a request: what was said, by whom, every step, what came of it and the answer."""
    with desk.reads() as visit:
        return _show_page(visit, request_id, blank())


@post("/requests/{request_id:uuid}/progress", name="requests.progress", sync_to_thread=True)
def progress(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Add how things stand."""
    with desk.writes() as visit:
        sub = read_form(StepForm, visit.sent)
        if sub.form is None:
            return _show_page(visit, request_id, sub, status=422)
        service.note_progress(visit.db, visit.actor, request_id, sub.form.text, now=visit.now)
        return saved(visit, "requests.show", N_("経過を記録しました。"), request_id=request_id)


@post("/requests/{request_id:uuid}/reopening", name="requests.reopen", sync_to_thread=True)
def reopen(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Take a closed request up again."""
    with desk.writes() as visit:
        sub = read_form(StepForm, visit.sent)
        if sub.form is None:
            return _show_page(visit, request_id, sub, status=422)
        service.reopen(visit.db, visit.actor, request_id, sub.form.text, now=visit.now)
        return saved(visit, "requests.show", N_("再開しました。"), request_id=request_id)


@get("/requests/{request_id:uuid}/assignment", name="requests.assignment", sync_to_thread=True)
def assignment(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[str]:
    """Show the form that says who sees to it until when."""
    with desk.reads() as visit:
        return _assignment_page(visit, request_id, blank())


@post("/requests/{request_id:uuid}/assignment", name="requests.assign", sync_to_thread=True)
def assign(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Say who sees to it until when."""
    with desk.writes() as visit:
        sub = read_form(AssignmentForm, visit.sent)
        if sub.form is None:
            return _assignment_page(visit, request_id, sub, status=422)
        said = sub.form.model_dump(exclude={"revision"})
        try:
            service.assign(
                visit.db,
                visit.actor,
                request_id,
                Assignment(**said),
                revision=sub.form.revision,
                now=visit.now,
            )
        except Refused as refusal:
            return _assignment_page(visit, request_id, sub.refused(refusal), status=422)
        except Conflict as conflict:
            return _assignment_page(visit, request_id, _told(sub, conflict), status=409)
        return saved(visit, "requests.show", N_("担当を決めました。"), request_id=request_id)


@get("/requests/{request_id:uuid}/outcome", name="requests.outcome", sync_to_thread=True)
def outcome(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[str]:
    """Show the form that says what came of it."""
    with desk.reads() as visit:
        return _outcome_page(visit, request_id, blank())


@post("/requests/{request_id:uuid}/outcome", name="requests.decide", sync_to_thread=True)
def decide(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Say what came of it; whoever heard it has yet to tell back."""
    with desk.writes() as visit:
        sub = read_form(OutcomeForm, visit.sent)
        if sub.form is None:
            return _outcome_page(visit, request_id, sub, status=422)
        form = sub.form
        decided = Decided(outcome=form.outcome, text=form.outcome_text, passed_to=form.passed_to)
        try:
            service.decide(
                visit.db, visit.actor, request_id, decided, revision=form.revision, now=visit.now
            )
        except Refused as refusal:
            return _outcome_page(visit, request_id, sub.refused(refusal), status=422)
        except Conflict as conflict:
            return _outcome_page(visit, request_id, _told(sub, conflict), status=409)
        notice = N_("結果を記録しました。聞いた方への回答が残っています。")
        return saved(visit, "requests.show", notice, request_id=request_id)


@get("/requests/{request_id:uuid}/answer", name="requests.answer", sync_to_thread=True)
def answer(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[str]:
    """Show the form for the answer that went back."""
    with desk.reads() as visit:
        return _answer_page(visit, request_id, blank())


@post("/requests/{request_id:uuid}/answer", name="requests.tell_back", sync_to_thread=True)
def tell_back(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Record the answer: the matter is no longer 回答未了."""
    with desk.writes() as visit:
        sub = read_form(AnswerForm, visit.sent)
        if sub.form is None:
            return _answer_page(visit, request_id, sub, status=422)
        try:
            service.tell_back(
                visit.db,
                visit.actor,
                request_id,
                _answer(sub.form),
                decided=_decided(sub.form),
                revision=sub.form.revision,
                now=visit.now,
            )
        except Refused as refusal:
            return _answer_page(visit, request_id, sub.refused(refusal), status=422)
        except Conflict as conflict:
            return _answer_page(visit, request_id, _told(sub, conflict), status=409)
        return saved(visit, "requests.show", N_("回答を記録しました。"), request_id=request_id)


def _facts(form: RequestForm) -> RequestFacts:
    if form.source not in ENTERED:
        raise Refused(N_("「誰から」を選んでください。"), field="source")
    return RequestFacts(
        words=form.words,
        heard_on=form.heard_on,
        client_key=form.request_key,
        source=form.source,
        source_words=form.source_words,
        topic=form.topic,
        area_id=form.area_id,
        place=form.place,
    )


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


def _told(sub: Submission[Any], conflict: Conflict) -> Submission[Any]:
    """Show a conflict on top of the form, with everything typed still in it."""
    return sub.refused(Refused(conflict.message))


def _new_page(visit: Visit, sub: Submission[Any], *, status: int = 200) -> Response[str]:
    require_reader(visit.actor)
    return page(
        visit,
        "requests/new.html",
        status=status,
        sub=sub,
        sources=_labels({source: SOURCE_LABELS[source] for source in ENTERED}),
        topics=_labels(TOPIC_LABELS),
        areas=_areas(visit),
        today=local_day(visit.now),
    )


def _show_page(
    visit: Visit, request_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    whole = _seen(visit, request_id)
    units = dict(queries.units_to_assign(visit.db, whole.request.station_id, local_day(visit.now)))
    return page(
        visit,
        "requests/show.html",
        status=status,
        sub=sub,
        whole=whole,
        request=whole.request,
        unit_name=units.get(whole.request.unit_id, ""),
        today=local_day(visit.now),
        **_words(),
    )


def _assignment_page(
    visit: Visit, request_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    whole = _seen(visit, request_id)
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
        topics=_labels(TOPIC_LABELS),
        areas=_areas(visit),
    )


def _outcome_page(
    visit: Visit, request_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    whole = _seen(visit, request_id)
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
        outcomes=_labels(OUTCOME_LABELS),
    )


def _answer_page(
    visit: Visit, request_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    whole = _seen(visit, request_id)
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
        outcomes=_labels(OUTCOME_LABELS),
        methods=_labels(ANSWER_METHOD_LABELS),
        today=local_day(visit.now),
        **_words(),
    )


def _seen(visit: Visit, request_id: UUID) -> WholeRequest:
    """Return a request, and put on record that it was shown with the names of who asked."""
    whole = queries.whole_request(visit.db, request_id)
    named = [asker.holder.subject for asker in whole.askers]
    visit.seen("request.viewed", ("request", request_id), named=named)
    return whole


def _revision(request: Any, sub: Submission[Any], status: int) -> object:  # noqa: ANN401 - the row
    """Return the revision a form is about: a stale one may be sent again beside what is said."""
    if status == HTTP_409_CONFLICT:
        return request.revision
    return sub.values.get("revision", request.revision)


def _areas(visit: Visit) -> Sequence[tuple[UUID, str]]:
    if visit.actor.station_id is None:
        return []
    lines = areas_of_station(visit.db, visit.actor.station_id, local_day(visit.now))
    return [(line.id, line.name) for line in lines]


def _labels(labels: Mapping[Any, str]) -> list[tuple[Any, str]]:
    return [(value, translate(label)) for value, label in labels.items()]


def _words() -> dict[str, Any]:
    return {
        "topic_labels": TOPIC_LABELS,
        "source_labels": SOURCE_LABELS,
        "step_labels": STEP_LABELS,
        "outcome_labels": OUTCOME_LABELS,
        "method_labels": ANSWER_METHOD_LABELS,
    }


HANDLERS = [
    index,
    new,
    receive,
    show,
    progress,
    reopen,
    assignment,
    assign,
    outcome,
    decide,
    answer,
    tell_back,
]
