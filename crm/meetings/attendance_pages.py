"""Who is invited, what they answered and who came: one list, three times, a tap a row."""

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.consents.queries import grants_in_force
from crm.contacts.models import Holder
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.forms import Form, Submission, blank
from crm.kernel.i18n import N_, labels, translate
from crm.liaisons.queries import areas_of_station
from crm.meetings import queries, service
from crm.meetings.answering import (
    NOT_SAID,
    SAID,
    SEEN,
    answer_shown,
    answers_of,
    rows_shown,
    sentences,
)
from crm.meetings.forms import AttendanceForm, InvitationForm, holders_of
from crm.meetings.lines import Invitee
from crm.meetings.models import (
    CHANNEL_LABELS,
    PRESENCE_LABELS,
    REPLY_LABELS,
    Presence,
    Reply,
)
from crm.meetings.page_parts import as_key, seen
from crm.meetings.ways import may_take
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

OF_BODY = "body"
"""What stands for the members of a meeting's body where an area can be chosen."""
VISITORS_OVERTAKEN = N_("ほかの出席者の人数：他の職員が先に「%(stands)s」と記録しました。")


@get("/meetings/{meeting_id:uuid}/invitations", name="meetings.invitations", sync_to_thread=True)
def invitations(
    desk: CurrentDesk, meeting_id: FromPath[UUID], area: FromQuery[str | None] = None
) -> Response[str]:
    """Show who can be invited: the members of its body, the liaisons of one area, or all."""
    with desk.reads() as visit:
        return _invitation_page(visit, meeting_id, blank(), area=area)


@post("/meetings/{meeting_id:uuid}/invitations", name="meetings.invite", sync_to_thread=True)
def invite(
    desk: CurrentDesk, meeting_id: FromPath[UUID], area: FromQuery[str | None] = None
) -> Response[Any]:
    """Add people and organizations to a meeting."""
    with desk.writes() as visit:

        def act(form: InvitationForm) -> Response[None]:
            holders = holders_of(form.parties)
            service.invite(
                visit.db, visit.actor, meeting_id, holders, channel=form.channel, now=visit.now
            )
            notice = N_("名簿に加えました。")
            return saved(visit, "meetings.show", notice, meeting_id=meeting_id)

        shown = partial(_invitation_page, visit, meeting_id, area=area)
        return submitted(visit, InvitationForm, shown, act)


@get("/meetings/{meeting_id:uuid}/replies", name="meetings.replies", sync_to_thread=True)
def replies(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show the list with what was answered."""
    with desk.reads() as visit:
        return _replies_page(visit, meeting_id, blank())


@post("/meetings/{meeting_id:uuid}/replies", name="meetings.note_replies", sync_to_thread=True)
def note_replies(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[Any]:
    """Enter what was answered."""
    with desk.writes() as visit:

        def act(_: Form) -> Response[None]:
            sent = _sent(visit)
            service.note_replies(
                visit.db,
                visit.actor,
                meeting_id,
                answers_of(sent, SAID, Reply),
                seen=answers_of(sent, SEEN, Reply),
                now=visit.now,
            )
            return saved(visit, "meetings.show", N_("返信を記録しました。"), meeting_id=meeting_id)

        return submitted(visit, Form, partial(_replies_page, visit, meeting_id), act)


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
            sent = _sent(visit)
            service.note_presence(
                visit.db,
                visit.actor,
                meeting_id,
                answers_of(sent, SAID, Presence),
                visitors=form.visitors,
                seen=answers_of(sent, SEEN, Presence),
                visitors_seen=form.visitors_seen,
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
    of_body = meeting.body_id is not None and area in (None, OF_BODY)
    new = queries.invitees(
        visit.db,
        local_day(meeting.starts_at) if of_body else day,
        area_id=as_key(area or ""),
        body_id=meeting.body_id if of_body else None,
        beside=meeting_id,
    )
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
        ways=_ways(visit, new, day),
        channels=labels(CHANNEL_LABELS),
    )


def _replies_page(
    visit: Visit, meeting_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    whole = seen(visit, meeting_id)
    chips = [*labels(REPLY_LABELS), (NOT_SAID, N_("未返信"))]
    rows = rows_shown(whole.parties, "reply", _sent(visit))
    return page(
        visit,
        "meetings/replies.html",
        status=status,
        sub=Submission(errors={**sub.errors, **sentences(rows, chips)}),
        meeting=whole.meeting,
        rows=rows,
        chips=chips,
    )


def _ways(visit: Visit, invitees: Iterable[Invitee], day: dt.date) -> dict[Holder, str]:
    """Return by which ways each person agreed to be reached, in words."""
    agreed = grants_in_force(visit.db, (one.holder for one in invitees), day)
    return {
        holder: translate(
            N_("連絡の方法：%(ways)s"),
            ways="・".join(
                translate(label)
                for channel, label in CHANNEL_LABELS.items()
                if may_take(holder, channel, scopes)
            ),
        )
        for holder, scopes in agreed.items()
        if holder.person_id
    }


def _attendance_page(
    visit: Visit, meeting_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    whole = seen(visit, meeting_id)
    sent = _sent(visit)
    chips = [*labels(PRESENCE_LABELS), (NOT_SAID, N_("未記録"))]
    rows = rows_shown(whole.parties, "presence", sent)
    visitors = answer_shown(whole.meeting.visitors, sent.get("visitors"), sent.get("visitors_seen"))
    said = sentences(rows, chips)
    if visitors.is_overtaken:
        said["visitors"] = translate(VISITORS_OVERTAKEN, stands=visitors.stands)
    return page(
        visit,
        "meetings/attendance.html",
        status=status,
        sub=Submission({"visitors": visitors.chosen}, errors={**said, **sub.errors}),
        meeting=whole.meeting,
        rows=rows,
        visitors=visitors,
        chips=chips,
    )


def _sent(visit: Visit) -> dict[str, str]:
    return {name: str(visit.sent.getall(name)[-1]) for name in visit.sent}


HANDLERS = [invitations, invite, replies, note_replies, attendance, note_presence]
