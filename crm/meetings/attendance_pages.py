"""Who is invited, what they answered and who came: one list, three times, a tap a row."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, labels, translate
from crm.liaisons.queries import areas_of_station
from crm.meetings import queries, service
from crm.meetings.forms import (
    NOT_SAID,
    AttendanceForm,
    InvitationForm,
    answers_of,
    holders_of,
)
from crm.meetings.models import (
    CHANNEL_LABELS,
    PRESENCE_LABELS,
    REPLY_LABELS,
    Presence,
    Reply,
)
from crm.meetings.page_parts import as_key, seen
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

OF_BODY = "body"
"""What stands for the members of a meeting's body where an area can be chosen."""


@get("/meetings/{meeting_id:uuid}/invitations", name="meetings.invitations", sync_to_thread=True)
def invitations(
    desk: CurrentDesk, meeting_id: FromPath[UUID], area: FromQuery[str | None] = None
) -> Response[str]:
    """Show who can be invited: the members of its body, the liaisons of one area, or all."""
    with desk.reads() as visit:
        return _invitation_page(visit, meeting_id, blank(), area=area)


@post("/meetings/{meeting_id:uuid}/invitations", name="meetings.invite", sync_to_thread=True)
def invite(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Add people and organizations to a meeting."""
    with desk.writes() as visit:

        def act(form: InvitationForm) -> Response[None]:
            holders = holders_of(form.parties)
            service.invite(
                visit.db, visit.actor, meeting_id, holders, channel=form.channel, now=visit.now
            )
            notice = N_("名簿に加えました。")
            return saved(visit, "meetings.show", notice, meeting_id=meeting_id)

        return submitted(visit, InvitationForm, partial(_invitation_page, visit, meeting_id), act)


@get("/meetings/{meeting_id:uuid}/replies", name="meetings.replies", sync_to_thread=True)
def replies(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show the list with what was answered."""
    with desk.reads() as visit:
        whole = seen(visit, meeting_id)
        chips = [*labels(REPLY_LABELS), (NOT_SAID, N_("未返信"))]
        return page(visit, "meetings/replies.html", whole=whole, chips=chips)


@post("/meetings/{meeting_id:uuid}/replies", name="meetings.note_replies", sync_to_thread=True)
def note_replies(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[None]:
    """Enter what was answered."""
    with desk.writes() as visit:
        keys = [party.id for party in queries.parties_to_change(visit.db, meeting_id)]
        said = answers_of(visit.sent, keys, Reply)
        service.note_replies(visit.db, visit.actor, meeting_id, said, now=visit.now)
        return saved(visit, "meetings.show", N_("返信を記録しました。"), meeting_id=meeting_id)


@get("/meetings/{meeting_id:uuid}/attendance", name="meetings.attendance", sync_to_thread=True)
def attendance(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show the list with who came."""
    with desk.reads() as visit:
        return _attendance_page(visit, meeting_id, blank())


@post("/meetings/{meeting_id:uuid}/attendance", name="meetings.note_presence", sync_to_thread=True)
def note_presence(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Enter who came."""
    with desk.writes() as visit:

        def act(form: AttendanceForm) -> Response[None]:
            keys = [party.id for party in queries.parties_to_change(visit.db, meeting_id)]
            service.note_presence(
                visit.db,
                visit.actor,
                meeting_id,
                answers_of(visit.sent, keys, Presence),
                visitors=form.visitors,
                now=visit.now,
            )
            return saved(visit, "meetings.show", N_("出欠を記録しました。"), meeting_id=meeting_id)

        return submitted(visit, AttendanceForm, partial(_attendance_page, visit, meeting_id), act)


def _invitation_page(
    visit: Visit,
    meeting_id: UUID,
    sub: Submission[Any],
    status: int = 200,
    *,
    area: str | None = None,
) -> Response[str]:
    require_reader(visit.actor)
    day = local_day(visit.now)
    meeting = queries.meeting_of(visit.db, meeting_id)
    known = queries.holders_invited(visit.db, meeting_id)
    of_body = meeting.body_id is not None and area in (None, OF_BODY)
    asked = queries.invitees(
        visit.db,
        local_day(meeting.starts_at) if of_body else day,
        area_id=as_key(area or ""),
        body_id=meeting.body_id if of_body else None,
    )
    new = [one for one in asked if one.holder not in known]
    named = [one.holder.subject for one in new]
    visit.seen("people.listed", ("meeting", meeting_id), named=named, count=len(named))
    return page(
        visit,
        "meetings/invitations.html",
        status=status,
        sub=sub,
        meeting=meeting,
        area=OF_BODY if of_body else area or "",
        areas=[
            *([(OF_BODY, translate(N_("この会議体の委員")))] if meeting.body_id else []),
            ("", translate(N_("全ての区域"))),
            *(
                (str(line.id), line.name)
                for line in areas_of_station(visit.db, meeting.station_id, day)
            ),
        ],
        invitees=new,
        channels=labels(CHANNEL_LABELS),
    )


def _attendance_page(
    visit: Visit, meeting_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    whole = seen(visit, meeting_id)
    sent = {name: visit.sent.getall(name)[-1] for name in visit.sent}
    return page(
        visit,
        "meetings/attendance.html",
        status=status,
        sub=sub if sub.values or sub.errors else blank(visitors=whole.meeting.visitors),
        whole=whole,
        meeting=whole.meeting,
        sent=sent,
        chips=[*labels(PRESENCE_LABELS), (NOT_SAID, N_("未記録"))],
    )


HANDLERS = [invitations, invite, replies, note_replies, attendance, note_presence]
