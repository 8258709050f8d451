"""申し送り: what was left for the own unit, who took note, and a form to leave more."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_
from crm.notes.policy import OF_ANOTHER_RECORD
from crm.shifts import queries, service
from crm.shifts.forms import MessageForm
from crm.shifts.models import MAX_TEXT
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

TODAY = "/today"


@get("/shifts", name="shifts.index", sync_to_thread=True)
def index(desk: CurrentDesk) -> Response[str]:
    """Show what was left for the own unit, the newest first."""
    with desk.reads() as visit:
        return _page(visit, blank())


@post("/shifts", name="shifts.leave", sync_to_thread=True)
def leave(desk: CurrentDesk) -> Response[Any]:
    """Leave a few words for the next shift."""
    with desk.writes() as visit:

        def act(form: MessageForm) -> Response[None]:
            service.leave(
                visit.db, visit.actor, form.text, request_key=form.request_key, now=visit.now
            )
            return saved(visit, "shifts.index", N_("申し送りました。"))

        return submitted(visit, MessageForm, partial(_page, visit), act)


@post("/shifts/{message_id:uuid}/confirmation", name="shifts.confirm", sync_to_thread=True)
def confirm(desk: CurrentDesk, message_id: FromPath[UUID]) -> Response[None]:
    """Take note, and go on where one was."""
    with desk.writes() as visit:
        service.confirm(visit.db, visit.actor, message_id, now=visit.now)
        came_from_tour = visit.request.sent_from == TODAY
        return saved(
            visit, "today.show" if came_from_tour else "shifts.index", N_("確認済にしました。")
        )


@post("/shifts/{message_id:uuid}/withdrawal", name="shifts.take_back", sync_to_thread=True)
def take_back(desk: CurrentDesk, message_id: FromPath[UUID]) -> Response[None]:
    """Take back what one left oneself."""
    with desk.writes() as visit:
        service.take_back(visit.db, visit.actor, message_id, now=visit.now)
        return saved(visit, "shifts.index", N_("申し送りを取り消しました。"))


def _page(visit: Visit, sub: Submission[Any], status: int = 200) -> Response[str]:
    require_reader(visit.actor)
    lines = queries.messages_of(visit.db, visit.actor.unit_id, visit.now)
    visit.seen("shifts.listed", count=len(lines))
    return page(
        visit,
        "shifts/index.html",
        status=status,
        sub=sub,
        lines=lines,
        max_text=MAX_TEXT,
        hinted=OF_ANOTHER_RECORD.pattern,
    )


HANDLERS = [index, leave, confirm, take_back]
