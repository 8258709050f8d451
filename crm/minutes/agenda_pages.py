"""次第: the lines of an agenda, what heads it, its papers, and the sheet to print."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.bulletins.files import ACCEPTED, MAX_BODY_BYTES, read_sheet
from crm.bulletins.handling import handling_labels, handling_options
from crm.contacts.queries import require_reader
from crm.exports.desk import attachment
from crm.jobs.asking import PaperOrder
from crm.jobs.desk import print_beside
from crm.jobs.models import Job
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, labels
from crm.meetings.models import MeetingState
from crm.meetings.queries import meeting_of, previous_in_series
from crm.minutes import agenda, queries
from crm.minutes.forms import (
    ChangedItemForm,
    ItemForm,
    MoveForm,
    PaperForm,
    SequelForm,
)
from crm.minutes.lacking import agenda_lacks
from crm.minutes.models import AGENDA_KIND_LABELS, AgendaKind
from crm.minutes.paper import ask_for_agenda
from crm.web.pages import anew, goto, page, saved, submitted
from crm.web.visit import Visit

PATH = "/meetings/{meeting_id:uuid}/agenda"


@get(PATH, name="minutes.agenda", sync_to_thread=True)
def show(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show the agenda of a meeting, headed by what earlier ones left open."""
    with desk.reads() as visit:
        return _agenda_page(visit, meeting_id, blank())


@post(PATH, name="minutes.prepare", sync_to_thread=True)
def prepare(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Make the customary proceedings."""
    with desk.writes() as visit:
        agenda.prepare(visit.db, visit.actor, meeting_id, now=visit.now)
        return _back(visit, meeting_id, N_("次第を作りました。議題を加えてください。"))


@post(f"{PATH}/items", name="minutes.add_item", sync_to_thread=True)
def add_item(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Add a line."""
    with desk.writes() as visit:

        def act(form: ItemForm) -> Response[None]:
            agenda.add_item(visit.db, visit.actor, meeting_id, form.facts(), now=visit.now)
            return _back(visit, meeting_id, N_("次第に加えました。"))

        return submitted(visit, ItemForm, partial(_agenda_page, visit, meeting_id), act)


@get("/agenda-items/{agenda_item_id:uuid}", name="minutes.item", sync_to_thread=True)
def item(desk: CurrentDesk, agenda_item_id: FromPath[UUID]) -> Response[str]:
    """Show one line, to be said anew."""
    with desk.reads() as visit:
        return _item_page(visit, agenda_item_id, blank())


@post("/agenda-items/{agenda_item_id:uuid}", name="minutes.change_item", sync_to_thread=True)
def change_item(desk: CurrentDesk, agenda_item_id: FromPath[UUID]) -> Response[Any]:
    """Say one line anew."""
    with desk.writes() as visit:

        def act(form: ChangedItemForm) -> Response[None]:
            changed = agenda.change_item(
                visit.db,
                visit.actor,
                agenda_item_id,
                form.facts(),
                revision=form.revision,
                now=visit.now,
            )
            return _back(visit, changed.meeting_id, N_("訂正しました。"))

        shown = partial(_item_page, visit, agenda_item_id)
        return submitted(visit, ChangedItemForm, shown, act)


@post("/agenda-items/{agenda_item_id:uuid}/place", name="minutes.move_item", sync_to_thread=True)
def move_item(desk: CurrentDesk, agenda_item_id: FromPath[UUID]) -> Response[Any]:
    """Move a line up or down."""
    with desk.writes() as visit:

        def act(form: MoveForm) -> Response[None]:
            meeting_id = agenda.move_item(
                visit.db, visit.actor, agenda_item_id, form.direction, now=visit.now
            )
            at = f"item-{agenda_item_id}"
            return goto(visit, "minutes.agenda", at=at, meeting_id=meeting_id)

        return submitted(visit, MoveForm, partial(_item_page, visit, agenda_item_id), act)


@post(
    "/agenda-items/{agenda_item_id:uuid}/removal", name="minutes.remove_item", sync_to_thread=True
)
def remove_item(desk: CurrentDesk, agenda_item_id: FromPath[UUID]) -> Response[Any]:
    """Take a line off."""
    with desk.writes() as visit:
        meeting_id = agenda.remove_item(visit.db, visit.actor, agenda_item_id, now=visit.now)
        return _back(visit, meeting_id, N_("次第から除きました。"))


@post(
    "/meetings/{meeting_id:uuid}/papers",
    name="minutes.add_paper",
    sync_to_thread=True,
    request_max_body_size=MAX_BODY_BYTES,
)
def add_paper(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Keep a paper."""
    with desk.writes() as visit:

        def act(form: PaperForm) -> Response[None]:
            upload = visit.files.get("file")
            agenda.add_paper(
                visit.db,
                visit.actor,
                meeting_id,
                read_sheet(upload.name, upload.content) if upload else None,
                handling=form.handling,
                agenda_item_id=form.agenda_item_id,
                now=visit.now,
            )
            return _back(visit, meeting_id, N_("資料を登録しました。"))

        return submitted(visit, PaperForm, partial(_agenda_page, visit, meeting_id), act)


@get("/meeting-papers/{paper_id:uuid}/file", name="minutes.paper", sync_to_thread=True)
def paper(desk: CurrentDesk, paper_id: FromPath[UUID]) -> Response[bytes]:
    """Answer with a paper, to be saved, and put on record that it left."""
    with desk.reads() as visit:
        found = queries.paper_of(visit.db, paper_id)
        subject = ("meeting", found.meeting_id)
        visit.seen("meeting.paper_downloaded", subject, sha256=found.sha256)
        return attachment(found.name, found.media_type, found.content)


@post("/meeting-papers/{paper_id:uuid}/removal", name="minutes.remove_paper", sync_to_thread=True)
def remove_paper(desk: CurrentDesk, paper_id: FromPath[UUID]) -> Response[Any]:
    """Delete a paper."""
    with desk.writes() as visit:
        meeting_id = agenda.remove_paper(visit.db, visit.actor, paper_id, now=visit.now)
        return _back(visit, meeting_id, N_("資料を削除しました。"))


@post("/meetings/{meeting_id:uuid}/previous", name="minutes.go_on", sync_to_thread=True)
def go_on(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Say from which meeting this one goes on."""
    with desk.writes() as visit:

        def act(form: SequelForm) -> Response[None]:
            agenda.go_on_from(visit.db, visit.actor, meeting_id, form.previous_id, now=visit.now)
            return _back(visit, meeting_id, N_("前回の会議を記録しました。"))

        return submitted(visit, SequelForm, partial(_agenda_page, visit, meeting_id), act)


@post(f"{PATH}/files", name="minutes.print_agenda", sync_to_thread=True)
def print_agenda(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Ask for the agenda as a PDF and lead to where it will lie."""

    def order(visit: Visit) -> Job:
        sub = read_form(PaperOrder, visit.sent)
        if sub.form is None:
            raise NotFound
        return ask_for_agenda(visit.db, visit.actor, meeting_id, sub.form, now=visit.now)

    return print_beside(desk, order)


def _back(visit: Visit, meeting_id: UUID, notice: str) -> Response[None]:
    return saved(visit, "minutes.agenda", notice, meeting_id=meeting_id)


def _agenda_page(
    visit: Visit, meeting_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    meeting = meeting_of(visit.db, meeting_id)
    whole = queries.whole_of(visit.db, meeting_id)
    carried = queries.carried_to(visit.db, meeting)
    visit.seen("agenda.viewed", ("meeting", meeting_id))
    return page(
        visit,
        "minutes/agenda.html",
        status=status,
        sub=sub,
        meeting=meeting,
        whole=whole,
        carried=carried,
        lacking=agenda_lacks(meeting, whole, carried),
        may_change=meeting.state is not MeetingState.CANCELED,
        before=queries.meetings_before(visit.db, meeting),
        previous=previous_in_series(visit.db, meeting),
        today=local_day(visit.now),
        kinds=labels(AGENDA_KIND_LABELS),
        handlings=handling_options(visit.actor),
        handling_labels=handling_labels(visit.actor),
        accepted=ACCEPTED,
        topic=AgendaKind.TOPIC,
        request_key=uuid7(),
    )


def _item_page(
    visit: Visit, agenda_item_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    found = queries.item_of(visit.db, agenda_item_id)
    return page(
        visit,
        "minutes/item.html",
        status=status,
        sub=sub.beside(
            title=found.title,
            kind=found.kind,
            speaker=found.speaker,
            minutes_planned=found.minutes_planned,
        ),
        item=found,
        **anew(sub, status, found.revision),
        meeting=meeting_of(visit.db, found.meeting_id),
        kinds=labels(AGENDA_KIND_LABELS),
    )


HANDLERS = [
    show,
    prepare,
    add_item,
    item,
    change_item,
    move_item,
    remove_item,
    add_paper,
    paper,
    remove_paper,
    go_on,
    print_agenda,
]
