"""Requests to suspend on screen: the list, taking one in, the case with its decision and notice."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.access.policy import require_strong
from crm.contacts.queries import person
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.retention import suspension_queries as queries
from crm.retention import suspensions
from crm.retention.forms import DecisionForm, NoticeForm, SuspensionForm
from crm.retention.models import (
    ASKED_LABELS,
    SUSPENSION_STATE_LABELS,
    Asked,
    SuspensionRequest,
    SuspensionState,
)
from crm.retention.policy import may_decide
from crm.retention.service import require_keeper
from crm.web.pages import page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]
DECISIONS = {
    SuspensionState.GRANTED: N_("請求のとおりにする"),
    SuspensionState.REFUSED: N_("しない"),
}


@get("/retention/suspensions", name="retention.suspensions", sync_to_thread=True)
def index(desk: CurrentDesk) -> Response[str]:
    """Show who asked for what, and what awaits a decision."""
    with desk.reads() as visit:
        require_keeper(visit.actor)
        known = queries.suspensions(visit.db)
        visit.seen("suspension.listed", count=len(known))
        return page(
            visit,
            "retention/suspensions.html",
            suspensions=known,
            asked_labels=ASKED_LABELS,
            state_labels=SUSPENSION_STATE_LABELS,
            received=SuspensionState.RECEIVED,
        )


@get(
    "/people/{person_id:uuid}/suspensions/new",
    name="retention.suspension_new",
    sync_to_thread=True,
)
def new(desk: CurrentDesk, person_id: FromPath[UUID]) -> Response[str]:
    """Show the form a person's request is taken in with."""
    with desk.reads() as visit:
        require_keeper(visit.actor)
        sub = blank(received_on=local_day(visit.now))
        return _new(visit, person_id, sub)


@post(
    "/people/{person_id:uuid}/suspensions", name="retention.suspension_receive", sync_to_thread=True
)
def receive(desk: CurrentDesk, person_id: FromPath[UUID]) -> Answer:
    """Take a person's request in."""
    with desk.writes() as visit:
        require_keeper(visit.actor)
        sub = read_form(SuspensionForm, visit.sent)
        if sub.form is None:
            return _new(visit, person_id, sub, status=422)
        try:
            taken = suspensions.receive_suspension(
                visit.db,
                visit.actor,
                person_id,
                sub.form.asked,
                received_on=sub.form.received_on,
                request_key=sub.form.request_key,
                now=visit.now,
            )
        except Refused as refusal:
            return _new(visit, person_id, sub.refused(refusal), status=422)
        notice = N_("請求を記録しました。別の課長又は署長が決定します。")
        return saved(visit, "retention.suspension", notice, suspension_id=taken.id)


@get(
    "/retention/suspensions/{suspension_id:uuid}", name="retention.suspension", sync_to_thread=True
)
def show(desk: CurrentDesk, suspension_id: FromPath[UUID]) -> Response[str]:
    """Show one request, with the form for what comes next."""
    with desk.reads() as visit:
        require_keeper(visit.actor)
        taken = queries.suspension(visit.db, suspension_id)
        return _show(visit, taken, blank(notified_on=local_day(visit.now)))


@post(
    "/retention/suspensions/{suspension_id:uuid}/decision",
    name="retention.suspension_decide",
    sync_to_thread=True,
)
def decide(desk: CurrentDesk, suspension_id: FromPath[UUID]) -> Answer:
    """Decide a request as the second person; what is granted is done at once."""
    with desk.writes() as visit:
        require_keeper(visit.actor)
        require_strong(visit.actor)
        taken = queries.suspension(visit.db, suspension_id)
        sub = read_form(DecisionForm, visit.sent)
        if sub.form is None:
            return _show(visit, taken, sub, status=422)
        granted = sub.form.decision is SuspensionState.GRANTED
        verb = suspensions.grant_suspension if granted else suspensions.refuse_suspension
        try:
            verb(visit.db, visit.actor, taken.id, reason=sub.form.reason, now=visit.now)
        except Refused as refusal:
            return _show(visit, taken, sub.refused(refusal), status=422)
        notice = N_("決定しました。本人に書面で通知し、通知した日を記録してください。")
        return saved(visit, "retention.suspension", notice, suspension_id=taken.id)


@post(
    "/retention/suspensions/{suspension_id:uuid}/withdrawal",
    name="retention.suspension_withdraw",
    sync_to_thread=True,
)
def withdraw(desk: CurrentDesk, suspension_id: FromPath[UUID]) -> Answer:
    """Put on record that the person took the request back."""
    with desk.writes() as visit:
        suspensions.withdraw_suspension(visit.db, visit.actor, suspension_id, now=visit.now)
        return saved(visit, "retention.suspensions", N_("請求の取下げを記録しました。"))


@post(
    "/retention/suspensions/{suspension_id:uuid}/notice",
    name="retention.suspension_notify",
    sync_to_thread=True,
)
def notify(desk: CurrentDesk, suspension_id: FromPath[UUID]) -> Answer:
    """Put on record when the person was told."""
    with desk.writes() as visit:
        require_keeper(visit.actor)
        taken = queries.suspension(visit.db, suspension_id)
        sub = read_form(NoticeForm, visit.sent)
        if sub.form is None:
            return _show(visit, taken, sub, status=422)
        day = sub.form.notified_on
        try:
            suspensions.notify_of_decision(
                visit.db, visit.actor, taken.id, notified_on=day, now=visit.now
            )
        except Refused as refusal:
            return _show(visit, taken, sub.refused(refusal), status=422)
        return saved(visit, "retention.suspensions", N_("通知を記録しました。"))


def _new(
    visit: Visit, person_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    whom = person(visit.db, person_id)
    visit.seen("suspension.opened", subject=("person", person_id))
    return page(
        visit,
        "retention/suspension_new.html",
        status=status,
        sub=sub,
        person=whom,
    )


def _show(
    visit: Visit, taken: SuspensionRequest, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    visit.seen("suspension.opened", subject=("person", taken.person_id))
    erases = taken.asked is Asked.ERASURE
    return page(
        visit,
        "retention/suspension.html",
        status=status,
        sub=sub,
        taken=taken,
        name=queries.name_of(visit.db, taken.person_id),
        due_on=taken.received_on + queries.WITHIN,
        notes=queries.notes_left(visit.db, taken.person_id) if erases else (),
        asked_label=ASKED_LABELS[taken.asked],
        state_label=SUSPENSION_STATE_LABELS[taken.state],
        awaits=taken.state is SuspensionState.RECEIVED,
        may_decide=may_decide(visit.actor, taken),
        decisions=[(one.value, translate(label)) for one, label in DECISIONS.items()],
    )


HANDLERS = [index, new, receive, show, decide, withdraw, notify]
