"""The calendar of somebody's own: one meeting to keep, and an address that brings all of them.

What is fetched without a sign-in leaves the house for good, and what somebody typed may hold a
name: it says only what was chosen from a list (the kind of meeting, the unit, the time, whether it
was canceled) and the address of the page, which asks for a sign-in (docs/decisions/0022).
"""

import datetime as dt
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk, Desk, require_recent
from crm.access.feeds import end_feed, renew_feed
from crm.access.queries import own_feed, reader_of_feed
from crm.access.service import hash_of
from crm.contacts.queries import require_reader
from crm.exports.desk import attachment
from crm.formats.ics import MEDIA_TYPE, CalendarEvent, calendar_of
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound
from crm.kernel.i18n import N_, translate, use_locale
from crm.meetings import calendar_queries
from crm.meetings.lines import DatedMeeting
from crm.meetings.models import MEETING_KIND_LABELS, MeetingState
from crm.web.pages import HEADERS, environment, page, saved
from crm.web.visit import Visit

BACK = dt.timedelta(days=60)
SUFFIX = ".ics"


@get("/meetings/calendar", name="meetings.calendar", sync_to_thread=True)
def calendar(desk: CurrentDesk) -> Response[str]:
    """Show whether a calendar fetches the meetings for this account, and since when."""
    with desk.reads() as visit:
        return _calendar_page(visit)


@post("/meetings/calendar", name="meetings.renew_feed", sync_to_thread=True)
def renew(desk: CurrentDesk) -> Response[str]:
    """Make a new address and show it, this once; the one before opens nothing any more."""
    with desk.writes() as visit:
        require_reader(visit.actor)
        require_recent(visit)
        token = renew_feed(visit.db, visit.actor, visit.now)
        visit.db.flush()
        path = _url("meetings.feed", token=f"{token}{SUFFIX}")
        return _calendar_page(visit, address=f"{desk.settings.origin}{path}")


@post("/meetings/calendar/end", name="meetings.end_feed", sync_to_thread=True)
def end(desk: CurrentDesk) -> Response[None]:
    """Let the address open nothing any more."""
    with desk.writes() as visit:
        end_feed(visit.db, visit.actor, visit.now)
        return saved(visit, "meetings.calendar", N_("アドレスを無効にしました。"))


@get("/calendar/{token:str}", name="meetings.feed", sync_to_thread=True)
def feed(desk: CurrentDesk, token: FromPath[str]) -> Response[bytes]:
    """Give a calendar the meetings of whoever made this address, without a sign-in.

    It never goes on record: nobody is named in it, and the record would hold the secret.
    """
    with desk.strangers() as visit:
        now = visit.now
        known = reader_of_feed(visit.db, hash_of(token.removesuffix(SUFFIX)), local_day(now))
    if known is None or not known[0].reads_people:
        raise NotFound
    reader, locale = known
    use_locale(locale)
    with desk.database.reading(reader) as db:
        found = calendar_queries.dated_since(db, now - BACK)
    events = [_event(desk, meeting) for meeting in found]
    content = calendar_of(translate(N_("つながり台帳の会議")), events)
    return Response(content, media_type=MEDIA_TYPE.partition(";")[0], headers=HEADERS)


@get("/meetings/{meeting_id:uuid}/calendar", name="meetings.event", sync_to_thread=True)
def event(desk: CurrentDesk, meeting_id: FromPath[UUID]) -> Response[bytes]:
    """Hand out one meeting, by its title and place, for a calendar of one's own; on record."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        found = calendar_queries.dated_meeting(visit.db, meeting_id)
        visit.seen("meeting.exported", ("meeting", meeting_id))
    said = _event(desk, found, summary=found.title, location=found.place)
    return attachment(f"{found.title}{SUFFIX}", MEDIA_TYPE, calendar_of(found.title, [said]))


def _event(
    desk: Desk, meeting: DatedMeeting, *, summary: str = "", location: str = ""
) -> CalendarEvent:
    """Return a meeting as an event; without a `summary` in words of no choice of anybody's."""
    kind = translate(MEETING_KIND_LABELS[meeting.kind])
    return CalendarEvent(
        uid=f"{meeting.id}@tsunagari",
        sequence=meeting.revision,
        summary=summary or f"{kind}（{meeting.unit_name}）",
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        changed_at=meeting.updated_at,
        url=f"{desk.settings.origin}{_url('meetings.show', meeting_id=meeting.id)}",
        location=location,
        is_canceled=meeting.state is MeetingState.CANCELED,
    )


def _calendar_page(visit: Visit, address: str = "") -> Response[str]:
    require_reader(visit.actor)
    feed = own_feed(visit.db, visit.actor.account_id)
    return page(visit, "meetings/calendar.html", feed=feed, address=address)


def _url(route: str, **parameters: Any) -> str:  # noqa: ANN401 - whatever stands in a path
    path: str = environment().globals["url"](route, **parameters)  # type: ignore[operator]  # jinja types globals loosely
    return path


HANDLERS = [calendar, renew, end, feed, event]
