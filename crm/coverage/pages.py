"""構築状況 on screen: all stations for headquarters, the own one for a station, on any day."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.datastructures import MultiDict
from litestar.params import FromPath, FromQuery, QueryParameter

from crm.access.desk import CurrentDesk, Desk
from crm.areas.models import AREA_KIND_LABELS
from crm.coverage.forms import DEFAULT_KIND, AsOfForm
from crm.coverage.maps import Step, map_of
from crm.coverage.models import Coverage
from crm.coverage.policy import sees_every_station, station_in_reach
from crm.coverage.queries import coverage_on, station_name
from crm.kernel.clock import local_day
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.web.pages import page
from crm.web.visit import Visit

MOST_OPEN = 40
"""Up to so many areas a page lies open; with more, each box opens by itself."""

Opened = Annotated[str, QueryParameter(name="open")]


@get("/coverage", name="coverage.show", sync_to_thread=True)
def show(
    desk: CurrentDesk, as_of: FromQuery[str] = "", kind: FromQuery[str] = "", opened: Opened = ""
) -> Response[str]:
    """Show every station to headquarters, and a station its own."""
    return _answer(desk, None, as_of, kind, opened)


@get("/coverage/{station_id:uuid}", name="coverage.station", sync_to_thread=True)
def station(
    desk: CurrentDesk,
    station_id: FromPath[UUID],
    as_of: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    opened: Opened = "",
) -> Response[str]:
    """Show one station."""
    return _answer(desk, station_id, as_of, kind, opened)


def _answer(desk: Desk, asked: UUID | None, as_of: str, kind: str, opened: str) -> Response[str]:
    with desk.reads() as visit:
        station_id = station_in_reach(visit.actor, asked)
        today = local_day(visit.now)
        place = station_name(visit.db, station_id) if station_id else ""
        sub = _question(as_of, kind, today)
        if sub.form is None:
            return page(visit, "coverage/refused.html", status=422, sub=sub, place=place)
        day, chosen = sub.form.as_of or today, sub.form.kind
        coverage = coverage_on(visit.db, visit.actor, day, kind=chosen, station_id=station_id)
        subject = ("unit", station_id) if station_id else None
        visit.seen("coverage.viewed", subject, as_of=str(day), kind=chosen)
        return _show(visit, coverage, today, place, opened)


def _show(
    visit: Visit, coverage: Coverage, today: dt.date, place: str, opened: str
) -> Response[str]:
    areas = coverage.areas
    lies_open = len(areas) <= MOST_OPEN or opened == "all"
    return page(
        visit,
        "coverage/show.html",
        sub=blank(as_of=coverage.day, kind=coverage.kind),
        today=today,
        place=place,
        compares=sees_every_station(visit.actor),
        coverage=coverage,
        lies_open=lies_open,
        same_question=_same_question(coverage, today),
        map=map_of(visit.db, areas),
        steps=Step,
        kind_labels=AREA_KIND_LABELS,
    )


def _same_question(coverage: Coverage, today: dt.date) -> dict[str, str]:
    """Return what another page needs to be asked of the same day and kind; often nothing."""
    asked = {} if coverage.day == today else {"as_of": str(coverage.day)}
    return asked if coverage.kind is DEFAULT_KIND else {**asked, "kind": coverage.kind.value}


def _question(as_of: str, kind: str, today: dt.date) -> Submission[AsOfForm]:
    sub = read_form(AsOfForm, MultiDict({"as_of": as_of, "kind": kind}))
    if sub.form is None:
        return sub
    try:
        sub.form.require_come(today)
    except Refused as refusal:
        return sub.refused(refusal)
    return sub


HANDLERS = [show, station]
