"""会議: the calendar, one meeting with everybody invited, and planning one."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.queries import organization_choices, require_reader
from crm.kernel.clock import JST, local_day, start_of_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, labels
from crm.meetings import attendance_pages, queries, service
from crm.meetings.forms import CancellationForm, ChangeForm, MeetingForm
from crm.meetings.models import (
    CANCEL_REASON_LABELS,
    CHANNEL_LABELS,
    MEETING_KIND_LABELS,
    MEETING_STATE_LABELS,
    PRESENCE_LABELS,
    REPLY_LABELS,
    STYLE_LABELS,
    Meeting,
    MeetingKind,
    Style,
)
from crm.meetings.page_parts import seen
from crm.meetings.queries import Shown
from crm.meetings.service import MeetingFacts
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

PLANNED = N_("会議を登録しました。続けて、案内する方を選べます。")


@get("/meetings", name="meetings.index", sync_to_thread=True)
def index(
    desk: CurrentDesk, shown: FromQuery[str] = "", number: FromQuery[int] = 1
) -> Response[str]:
    """Show what comes, or what was."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        which = Shown.PAST if shown == Shown.PAST else Shown.COMING
        today = start_of_day(local_day(visit.now))
        found = queries.meetings_page(visit.db, which, since=today, number=number)
        return page(
            visit,
            "meetings/index.html",
            shown=which,
            pages=found,
            kinds=MEETING_KIND_LABELS,
            states=MEETING_STATE_LABELS,
        )


@get("/meetings/new", name="meetings.new", sync_to_thread=True)
def new(desk: CurrentDesk) -> Response[str]:
    """Show the form that plans a meeting."""
    with desk.reads() as visit:
        return _form_page(visit, blank(kind=MeetingKind.REGIONAL_SAFETY, style=Style.IN_PERSON))


@post("/meetings", name="meetings.plan", sync_to_thread=True)
def plan(desk: CurrentDesk) -> Response[Any]:
    """Put a meeting on the calendar."""
    with desk.writes() as visit:

        def act(form: MeetingForm) -> Response[None]:
            made = service.plan(
                visit.db, visit.actor, _facts(form), client_key=form.request_key, now=visit.now
            )
            return saved(visit, "meetings.show", PLANNED, meeting_id=made.id)

        return submitted(visit, MeetingForm, partial(_form_page, visit), act)


@get("/meetings/{meeting_id:uuid}", name="meetings.show", sync_to_thread=True)
def show(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show a meeting: where and when, who is invited, what they answered, who came."""
    with desk.reads() as visit:
        return _show_page(visit, meeting_id, blank())


@get("/meetings/{meeting_id:uuid}/edit", name="meetings.edit", sync_to_thread=True)
def edit(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show the form that says it anew."""
    with desk.reads() as visit:
        meeting = queries.meeting_of(visit.db, meeting_id)
        return _form_page(visit, _said(meeting), meeting=meeting)


@post("/meetings/{meeting_id:uuid}/edit", name="meetings.change", sync_to_thread=True)
def change(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Say a meeting anew."""
    with desk.writes() as visit:
        meeting = queries.meeting_of(visit.db, meeting_id)

        def act(form: ChangeForm) -> Response[None]:
            service.change(
                visit.db,
                visit.actor,
                meeting_id,
                _facts(form),
                revision=form.revision,
                now=visit.now,
            )
            return saved(visit, "meetings.show", N_("訂正しました。"), meeting_id=meeting_id)

        return submitted(visit, ChangeForm, partial(_form_page, visit, meeting=meeting), act)


@post("/meetings/{meeting_id:uuid}/cancellation", name="meetings.cancel", sync_to_thread=True)
def cancel(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Say that it does not take place."""
    with desk.writes() as visit:

        def act(form: CancellationForm) -> Response[None]:
            because = form.canceled_because
            service.cancel(visit.db, visit.actor, meeting_id, because, now=visit.now)
            return saved(visit, "meetings.show", N_("中止にしました。"), meeting_id=meeting_id)

        return submitted(visit, CancellationForm, partial(_show_page, visit, meeting_id), act)


@post("/meetings/{meeting_id:uuid}/revival", name="meetings.revive", sync_to_thread=True)
def revive(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Take a cancellation back."""
    with desk.writes() as visit:
        service.revive(visit.db, visit.actor, meeting_id, now=visit.now)
        return saved(visit, "meetings.show", N_("予定に戻しました。"), meeting_id=meeting_id)


def _facts(form: MeetingForm | ChangeForm) -> MeetingFacts:
    said = form.model_dump(exclude={"request_key", "revision"})
    return MeetingFacts(**said)


def _said(meeting: Meeting) -> Submission[Any]:
    """Return a form that says what is on record."""
    return blank(
        kind=meeting.kind,
        title=meeting.title,
        starts_at=f"{meeting.starts_at.astimezone(JST):%Y-%m-%dT%H:%M}",
        ends_at=f"{meeting.ends_at.astimezone(JST):%Y-%m-%dT%H:%M}" if meeting.ends_at else None,
        style=meeting.style,
        place=meeting.place,
        held_with=meeting.held_with,
        host_organization_id=meeting.host_organization_id,
        revision=meeting.revision,
    )


def _form_page(
    visit: Visit, sub: Submission[Any], status: int = 200, *, meeting: Meeting | None = None
) -> Response[str]:
    require_reader(visit.actor)
    return page(
        visit,
        "meetings/form.html",
        status=status,
        sub=sub,
        meeting=meeting,
        kinds=labels(MEETING_KIND_LABELS),
        styles=labels(STYLE_LABELS),
        organizations=[(one.id, one.name) for one in organization_choices(visit.db)],
    )


def _show_page(
    visit: Visit, meeting_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    whole = seen(visit, meeting_id)
    return page(
        visit,
        "meetings/show.html",
        status=status,
        sub=sub,
        whole=whole,
        meeting=whole.meeting,
        has_begun=whole.meeting.starts_at <= visit.now,
        kinds=MEETING_KIND_LABELS,
        states=MEETING_STATE_LABELS,
        styles=STYLE_LABELS,
        channels=CHANNEL_LABELS,
        replies=REPLY_LABELS,
        presences=PRESENCE_LABELS,
        reasons=labels(CANCEL_REASON_LABELS),
        reason_labels=CANCEL_REASON_LABELS,
    )


HANDLERS = [
    index,
    new,
    plan,
    show,
    edit,
    change,
    cancel,
    revive,
    *attendance_pages.HANDLERS,
]
