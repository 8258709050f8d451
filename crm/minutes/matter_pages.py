"""What a line becomes: one tap; who does an action until when, that it was done; who else came."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.agencies.queries import station_staff
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_
from crm.meetings.queries import meeting_of
from crm.minutes import matters, queries
from crm.minutes.forms import ActionForm, DoneForm, GuestsForm, TakeUpForm
from crm.minutes.matters import Becomes, Spot
from crm.minutes.models import MatterKind
from crm.minutes.page_parts import show_page
from crm.requests.queries import units_to_assign
from crm.web.pages import anew, page, saved, submitted
from crm.web.visit import Visit

TAKEN_UP = {
    Becomes.DECISION: N_("決定事項にしました。"),
    Becomes.ACTION: N_("対応事項にしました。担当と期限を決めてください。"),
    Becomes.REQUEST: N_("意見・要望として受理しました。"),
}


@post("/meetings/{meeting_id:uuid}/matters", name="minutes.take_up", sync_to_thread=True)
def take_up(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Make a line of the minutes a decision, an action or a request."""
    with desk.writes() as visit:
        require_reader(visit.actor)

        def act(form: TakeUpForm) -> Response[None]:
            spot = Spot(form.agenda_item_id, form.number, form.revision)
            made = matters.take_up(
                visit.db, visit.actor, meeting_id, spot, form.becomes, now=visit.now
            )
            notice = TAKEN_UP[form.becomes]
            if form.becomes is Becomes.ACTION:
                return saved(visit, "minutes.matter", notice, matter_id=made.id)
            return saved(visit, "minutes.show", notice, meeting_id=meeting_id)

        return submitted(visit, TakeUpForm, partial(show_page, visit, meeting_id), act)


@get("/meeting-matters/{matter_id:uuid}", name="minutes.matter", sync_to_thread=True)
def matter(desk: CurrentDesk, matter_id: FromPath[UUID]) -> Response[str]:
    """Show a decision, or an action with who does it until when."""
    with desk.reads() as visit:
        return _matter_page(visit, matter_id, blank())


@post("/meeting-matters/{matter_id:uuid}", name="minutes.charge", sync_to_thread=True)
def charge(desk: CurrentDesk, matter_id: FromPath[UUID]) -> Response[Any]:
    """Say who does an action until when."""
    with desk.writes() as visit:

        def act(form: ActionForm) -> Response[None]:
            charged = matters.charge(
                visit.db,
                visit.actor,
                matter_id,
                form.facts(),
                revision=form.revision,
                now=visit.now,
            )
            return _back(visit, charged.meeting_id, N_("担当と期限を記録しました。"))

        return submitted(visit, ActionForm, partial(_matter_page, visit, matter_id), act)


@post("/meeting-matters/{matter_id:uuid}/completion", name="minutes.finish", sync_to_thread=True)
def finish(desk: CurrentDesk, matter_id: FromPath[UUID]) -> Response[Any]:
    """Put on record that an action was done."""
    with desk.writes() as visit:

        def act(form: DoneForm) -> Response[None]:
            done = matters.finish(
                visit.db,
                visit.actor,
                matter_id,
                done_on=form.done_on,
                done_words=form.done_words,
                revision=form.revision,
                now=visit.now,
            )
            return _back(visit, done.meeting_id, N_("実施を記録しました。"))

        return submitted(visit, DoneForm, partial(_matter_page, visit, matter_id), act)


@post("/meeting-matters/{matter_id:uuid}/removal", name="minutes.drop", sync_to_thread=True)
def drop(desk: CurrentDesk, matter_id: FromPath[UUID]) -> Response[Any]:
    """Take back that a line became something."""
    with desk.writes() as visit:
        meeting_id = matters.drop(visit.db, visit.actor, matter_id, now=visit.now)
        return _back(visit, meeting_id, N_("取り消しました。議事録の文章は残っています。"))


@post("/meetings/{meeting_id:uuid}/guests", name="minutes.add_guests", sync_to_thread=True)
def add_guests(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Put on record how many came from another agency's office."""
    with desk.writes() as visit:
        require_reader(visit.actor)

        def act(form: GuestsForm) -> Response[None]:
            matters.add_guests(
                visit.db,
                visit.actor,
                meeting_id,
                form.office_name,
                form.people,
                now=visit.now,
            )
            return _back(visit, meeting_id, N_("関係機関の出席を記録しました。"))

        return submitted(visit, GuestsForm, partial(show_page, visit, meeting_id), act)


@post("/meeting-guests/{guests_id:uuid}/removal", name="minutes.remove_guests", sync_to_thread=True)
def remove_guests(desk: CurrentDesk, guests_id: FromPath[UUID]) -> Response[Any]:
    """Take an office off the list."""
    with desk.writes() as visit:
        meeting_id = matters.remove_guests(visit.db, visit.actor, guests_id, now=visit.now)
        return _back(visit, meeting_id, N_("関係機関の出席を取り消しました。"))


def _back(visit: Visit, meeting_id: UUID, notice: str) -> Response[None]:
    return saved(visit, "minutes.show", notice, meeting_id=meeting_id)


def _matter_page(
    visit: Visit, matter_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    found = queries.matter_of(visit.db, matter_id)
    if found.kind is not MatterKind.ACTION:
        raise NotFound
    meeting = meeting_of(visit.db, found.meeting_id)
    today = local_day(visit.now)
    visit.seen("minutes.viewed", ("meeting", meeting.id))
    return page(
        visit,
        "minutes/matter.html",
        status=status,
        sub=sub.beside(
            words=found.words,
            unit_id=found.unit_id,
            staff_id=found.staff_id,
            owner_words=found.owner_words,
            due_on=found.due_on and found.due_on.isoformat(),
        ),
        matter=found,
        meeting=meeting,
        **anew(sub, status, found.revision),
        units=units_to_assign(visit.db, meeting.station_id, today),
        staff=[
            (one.id, f"{one.name}（{one.unit_name}）")
            for one in station_staff(visit.db, meeting.station_id, today)
        ],
        today=today,
    )


HANDLERS = [take_up, matter, charge, finish, drop, add_guests, remove_guests]
