"""定期開催: which series there are, one with its meetings, beginning and extending one."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_, labels, translate
from crm.meetings import recurring, series_queries
from crm.meetings.forms import MONTHS_AHEAD, ExtensionForm, SeriesForm
from crm.meetings.models import (
    MEETING_KIND_LABELS,
    MEETING_STATE_LABELS,
    RHYTHM_LABELS,
    STYLE_LABELS,
    MeetingKind,
    Style,
)
from crm.meetings.page_parts import meeting_choices
from crm.meetings.rhythm import Course, phrase_of
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit


@get("/meetings/series", name="meetings.all_series", sync_to_thread=True)
def all_series(desk: CurrentDesk) -> Response[str]:
    """Show the series of the station, and how often each is held."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        found = series_queries.all_series(visit.db, local_day(visit.now))
        lines = [(line, phrase_of(recurring.course_of(line.series))) for line in found]
        return page(visit, "meetings/all_series.html", lines=lines, kinds=MEETING_KIND_LABELS)


@get("/meetings/series/new", name="meetings.series_new", sync_to_thread=True)
def new(desk: CurrentDesk) -> Response[str]:
    """Show the form that plans meetings that follow one another."""
    with desk.reads() as visit:
        known = blank(kind=MeetingKind.REGULAR_MEETING, style=Style.IN_PERSON, every=1)
        return _form_page(visit, known)


@post("/meetings/series", name="meetings.begin_series", sync_to_thread=True)
def begin(desk: CurrentDesk) -> Response[Any]:
    """Plan a series and its first meetings."""
    with desk.writes() as visit:

        def act(form: SeriesForm) -> Response[None]:
            made = recurring.begin_series(
                visit.db,
                visit.actor,
                form.facts(),
                Course(form.rhythm, form.every, local_day(form.starts_at)),
                months=form.months,
                client_key=form.request_key,
                now=visit.now,
            )
            notice = N_("定期開催を登録しました。")
            return saved(visit, "meetings.series", notice, series_id=made.id)

        return submitted(visit, SeriesForm, partial(_form_page, visit), act)


@get("/meetings/series/{series_id:uuid}", name="meetings.series", sync_to_thread=True)
def show(desk: CurrentDesk, series_id: FromPath[UUID]) -> Response[str]:
    """Show a series with its meetings, held, planned and canceled."""
    with desk.reads() as visit:
        return _show_page(visit, series_id, blank())


@post(
    "/meetings/series/{series_id:uuid}/meetings", name="meetings.extend_series", sync_to_thread=True
)
def extend(desk: CurrentDesk, series_id: FromPath[UUID]) -> Response[Any]:
    """Plan the meetings of a series further ahead."""
    with desk.writes() as visit:

        def act(form: ExtensionForm) -> Response[None]:
            made = recurring.extend_series(
                visit.db,
                visit.actor,
                series_id,
                months=form.months,
                revision=form.revision,
                now=visit.now,
            )
            said = translate(N_("会議を%(count)s件登録しました。"), count=made)
            return saved(visit, "meetings.series", said, series_id=series_id)

        return submitted(visit, ExtensionForm, partial(_show_page, visit, series_id), act)


def _form_page(visit: Visit, sub: Submission[Any], status: int = 200) -> Response[str]:
    require_reader(visit.actor)
    return page(
        visit,
        "meetings/series_form.html",
        status=status,
        sub=sub,
        rhythms=labels(RHYTHM_LABELS),
        months=MONTHS_AHEAD,
        **meeting_choices(visit),
    )


def _show_page(
    visit: Visit, series_id: UUID, sub: Submission[Any], status: int = 200
) -> Response[str]:
    require_reader(visit.actor)
    whole = series_queries.whole_series(visit.db, series_id)
    return page(
        visit,
        "meetings/series.html",
        status=status,
        sub=sub,
        whole=whole,
        series=whole.series,
        first=local_day(whole.series.first_at),
        phrase=phrase_of(recurring.course_of(whole.series)),
        months=MONTHS_AHEAD,
        kinds=MEETING_KIND_LABELS,
        states=MEETING_STATE_LABELS,
        styles=STYLE_LABELS,
    )


HANDLERS = [all_series, new, begin, show, extend]
