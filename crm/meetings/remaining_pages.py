"""残りの回: what a series has yet to hold, all of it said anew at once or given up."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day, start_of_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, labels, translate
from crm.kernel.wareki import parse_date
from crm.meetings import remaining, series_queries
from crm.meetings.forms import GivingUpForm, RemainingForm
from crm.meetings.models import (
    CANCEL_REASON_LABELS,
    MEETING_KIND_LABELS,
    STYLE_LABELS,
    CancelReason,
    MeetingSeries,
)
from crm.web.pages import anew, page, saved, submitted
from crm.web.visit import Visit

PATH = "/meetings/series/{series_id:uuid}/remaining"


@get(PATH, name="meetings.remaining", sync_to_thread=True)
def show(desk: CurrentDesk, series_id: FromPath[UUID], since: FromQuery[str] = "") -> Response[str]:
    """Show what a series has yet to hold from a day on, and what of it would stay as it is."""
    with desk.reads() as visit:
        return _page(visit, series_id, blank(since=since))


@post(PATH, name="meetings.change_remaining", sync_to_thread=True)
def change(desk: CurrentDesk, series_id: FromPath[UUID]) -> Response[Any]:
    """Say all of it anew at once."""
    with desk.writes() as visit:

        def act(form: RemainingForm) -> Response[None]:
            count = remaining.change_remaining(
                visit.db, visit.actor, series_id, form.facts(), seen=form.seen(), now=visit.now
            )
            said = translate(N_("%(count)s件の会議を変更しました。"), count=count)
            return saved(visit, "meetings.series", said, series_id=series_id)

        return submitted(visit, RemainingForm, partial(_page, visit, series_id), act)


@post("/meetings/series/{series_id:uuid}/end", name="meetings.end_series", sync_to_thread=True)
def give_up(desk: CurrentDesk, series_id: FromPath[UUID]) -> Response[Any]:
    """Give all of it up."""
    with desk.writes() as visit:

        def act(form: GivingUpForm) -> Response[None]:
            count = remaining.give_up_remaining(
                visit.db,
                visit.actor,
                series_id,
                form.canceled_because,
                seen=form.seen(),
                now=visit.now,
            )
            said = translate(
                N_("定期開催を終えました。予定していた%(count)s件は中止になりました。"), count=count
            )
            return saved(visit, "meetings.series", said, series_id=series_id)

        return submitted(visit, GivingUpForm, partial(_page, visit, series_id), act)


def _page(visit: Visit, series_id: UUID, sub: Submission[Any], status: int = 200) -> Response[str]:
    require_reader(visit.actor)
    series = series_queries.series_of(visit.db, series_id)
    today = local_day(visit.now)
    since = max(today, parse_date(str(sub.values.get("since") or "")).value or today)
    lines = series_queries.remaining_of(visit.db, series_id, start_of_day(today))
    told = [(one, remaining.why_it_stays(one.meeting, visit.now)) for one in lines]
    shown = [(one, why) for one, why in told if one.meeting.starts_at >= start_of_day(since)]
    changes = [one for one, why in shown if not why]
    return page(
        visit,
        "meetings/remaining.html",
        status=status,
        sub=sub.beside(**_values(series)),
        series=series,
        since=since,
        days=[local_day(one.meeting.starts_at) for one, why in told if not why],
        changes=changes,
        stays=[(one, why) for one, why in shown if why],
        replies=sum(one.replies for one in changes),
        apart=remaining.APART,
        mark=remaining.mark_of(one.meeting for one, _ in shown),
        kinds=labels(MEETING_KIND_LABELS),
        styles=labels(STYLE_LABELS),
        reasons=labels(CANCEL_REASON_LABELS),
        ended=CancelReason.SERIES_ENDED,
        **anew(sub, status, series.revision),
    )


def _values(series: MeetingSeries) -> dict[str, object]:
    """Return what a series says, as its form shows it."""
    facts = remaining.facts_of(series)
    said = {name: getattr(facts, name) for name in remaining.SeriesFacts.__slots__}
    return {
        name: f"{value:%H:%M}" if isinstance(value, dt.time) else value
        for name, value in said.items()
    }


HANDLERS = [show, change, give_up]
