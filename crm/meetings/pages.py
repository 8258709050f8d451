"""会議: the calendar, one meeting with everybody invited, and planning one."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.clock import JST, local_day, start_of_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, labels
from crm.meetings import (
    attendance_pages,
    feed_pages,
    joint_pages,
    month_pages,
    printing_pages,
    queries,
    remaining_pages,
    series_pages,
    service,
)
from crm.meetings.forms import AgainForm, CancellationForm, ChangeForm, MeetingForm
from crm.meetings.joint_pages import held_within
from crm.meetings.models import (
    CANCEL_REASON_LABELS,
    CHANNEL_LABELS,
    MEETING_KIND_LABELS,
    MEETING_STATE_LABELS,
    PRESENCE_LABELS,
    REPLY_LABELS,
    STYLE_LABELS,
    CancelReason,
    Meeting,
    MeetingKind,
    Style,
)
from crm.meetings.page_parts import (
    ahead_of,
    as_key,
    meeting_choices,
    seen,
    sieve_of,
    sieve_shown,
)
from crm.meetings.queries import Shown
from crm.meetings.recurring import course_of
from crm.meetings.rhythm import phrase_of
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

PLANNED = N_("会議を登録しました。続けて、案内する方を選べます。")


@get("/meetings", name="meetings.index", sync_to_thread=True)
def index(
    desk: CurrentDesk,
    shown: FromQuery[str] = "",
    number: FromQuery[int] = 1,
    kind: FromQuery[str] = "",
    council: FromQuery[str] = "",
    standing: FromQuery[str] = "",
) -> Response[str]:
    """Show what comes, or what was, of every kind or narrowed."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        which = Shown.PAST if shown == Shown.PAST else Shown.COMING
        sieve = sieve_of(kind, council, standing)
        today = start_of_day(local_day(visit.now))
        found = queries.meetings_page(visit.db, which, sieve, since=today, number=number)
        return page(
            visit,
            "meetings/index.html",
            shown=which,
            pages=found,
            kinds=MEETING_KIND_LABELS,
            states=MEETING_STATE_LABELS,
            **sieve_shown(visit, sieve),
        )


@get("/meetings/new", name="meetings.new", sync_to_thread=True)
def new(
    desk: CurrentDesk,
    within: FromQuery[str] = "",
    series: FromQuery[str] = "",
    on: FromQuery[str] = "",
    council: FromQuery[str] = "",
) -> Response[str]:
    """Show the form that plans a meeting, alone or within a gathering that comes anyway."""
    with desk.reads() as visit:
        known = {"kind": MeetingKind.REGIONAL_SAFETY, "style": Style.IN_PERSON}
        within_it = held_within(visit, within, series, on)
        return _form_page(visit, blank(**known | within_it, body_id=as_key(council)))


@post("/meetings", name="meetings.plan", sync_to_thread=True)
def plan(desk: CurrentDesk) -> Response[Any]:
    """Put a meeting on the calendar."""
    with desk.writes() as visit:

        def act(form: MeetingForm) -> Response[None]:
            made = service.plan(
                visit.db, visit.actor, form.facts(), client_key=form.request_key, now=visit.now
            )
            return saved(visit, "meetings.show", PLANNED, meeting_id=made.id)

        return submitted(visit, MeetingForm, partial(_form_page, visit), act)


@get("/meetings/{meeting_id:uuid}", name="meetings.show", sync_to_thread=True)
def show(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show a meeting: where and when, who is invited, what they answered, who came."""
    with desk.reads() as visit:
        return _show_page(visit, meeting_id, blank())


@get("/meetings/{meeting_id:uuid}/edit", name="meetings.edit", sync_to_thread=True)
def edit(
    desk: CurrentDesk,
    meeting_id: FromPath[UUID],
    within: FromQuery[str] = "",
    series: FromQuery[str] = "",
    on: FromQuery[str] = "",
) -> Response[str]:
    """Show the form that says it anew, as it is or within a gathering that comes anyway."""
    with desk.reads() as visit:
        meeting = queries.meeting_of(visit.db, meeting_id)
        known = _said(meeting).values
        if within_it := held_within(visit, within, series, on):
            known = {name: known[name] for name in known if name != "ends_at"} | within_it
        return _form_page(visit, blank(**known), meeting=meeting)


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
                form.facts(),
                revision=form.revision,
                now=visit.now,
            )
            return saved(visit, "meetings.show", N_("訂正しました。"), meeting_id=meeting_id)

        return submitted(visit, ChangeForm, partial(_form_page, visit, meeting=meeting), act)


@get("/meetings/{meeting_id:uuid}/again", name="meetings.again", sync_to_thread=True)
def again(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show the form that plans a meeting like this one, without its day."""
    with desk.reads() as visit:
        meeting = queries.meeting_of(visit.db, meeting_id)
        known = _said(meeting).values
        timeless = {name: known[name] for name in known if name not in _ONCE}
        return _form_page(visit, blank(**timeless, same_parties="on"), like=meeting)


@post("/meetings/{meeting_id:uuid}/again", name="meetings.plan_again", sync_to_thread=True)
def plan_again(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Plan a meeting like this one, with the same people on its list or none."""
    with desk.writes() as visit:
        meeting = queries.meeting_of(visit.db, meeting_id)

        def act(form: AgainForm) -> Response[None]:
            made = service.plan_again(
                visit.db,
                visit.actor,
                meeting_id,
                form.facts(),
                with_parties=form.same_parties,
                client_key=form.request_key,
                now=visit.now,
            )
            return saved(visit, "meetings.show", PLANNED, meeting_id=made.id)

        return submitted(visit, AgainForm, partial(_form_page, visit, like=meeting), act)


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


_ONCE = ("starts_at", "ends_at", "revision", "request_key")
"""What a meeting like an earlier one does not take over."""


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
        body_id=meeting.body_id,
        revision=meeting.revision,
    )


def _form_page(
    visit: Visit,
    sub: Submission[Any],
    status: int = 200,
    *,
    meeting: Meeting | None = None,
    like: Meeting | None = None,
) -> Response[str]:
    require_reader(visit.actor)
    known = meeting or like
    choices = meeting_choices(visit, body_id=known.body_id if known else None)
    return page(
        visit, "meetings/form.html", status=status, sub=sub, meeting=meeting, like=like, **choices
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
        ahead=ahead_of(visit, whole.meeting),
        today=local_day(visit.now),
        has_begun=whole.meeting.starts_at <= visit.now,
        kinds=MEETING_KIND_LABELS,
        states=MEETING_STATE_LABELS,
        styles=STYLE_LABELS,
        channels=CHANNEL_LABELS,
        replies=REPLY_LABELS,
        presences=PRESENCE_LABELS,
        phrase=phrase_of(course_of(whole.series)) if whole.series else "",
        reasons=[
            (reason, label)
            for reason, label in labels(CANCEL_REASON_LABELS)
            if reason is not CancelReason.SERIES_ENDED
        ],
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
    again,
    plan_again,
    *feed_pages.HANDLERS,
    *joint_pages.HANDLERS,
    *month_pages.HANDLERS,
    *printing_pages.HANDLERS,
    *remaining_pages.HANDLERS,
    *series_pages.HANDLERS,
    *attendance_pages.HANDLERS,
]
