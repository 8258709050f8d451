"""決裁の設定: what a station has decided, and by whom, from which day on."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery

from crm.access.desk import CurrentDesk
from crm.agencies.models import OWNERS, UnitKind
from crm.agencies.queries import StaffLine, UnitLine, station_staff, units_on
from crm.approvals import policy, queries
from crm.approvals.forms import RouteForm, route_values, step_options
from crm.approvals.lines import RouteSetting
from crm.approvals.models import APPROVAL_KIND_LABELS, MAX_STEPS, ApprovalKind
from crm.approvals.route import ALWAYS_DECIDED
from crm.approvals.settings import decide_route
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.web.pages import page, saved
from crm.web.visit import Visit

Answer = Response[str] | Response[None]
SECTIONS = (UnitKind.SECTION, UnitKind.DEPARTMENT)


@get("/approvals/routes", name="approvals.routes", sync_to_thread=True)
def routes(
    desk: CurrentDesk, station: FromQuery[UUID | None] = None, kind: FromQuery[str] = ""
) -> Response[str]:
    """Show what the station has decided today; with a kind, also the form to change it."""
    with desk.reads() as visit:
        chosen = ApprovalKind(kind) if kind in set(ApprovalKind) else None
        return _page(visit, station, chosen)


@post("/approvals/routes", name="approvals.route_decide", sync_to_thread=True)
def route_decide(desk: CurrentDesk, station: FromQuery[UUID | None] = None) -> Answer:
    """Let a route hold from a day on."""
    with desk.writes() as visit:
        units = units_on(visit.db, _today(visit))
        station_id = _station(visit, station, units)
        sub = read_form(RouteForm, visit.sent)
        if sub.form is None:
            return _page(visit, station, _kind(sub), sub=sub, status=422)
        form = sub.form
        try:
            decide_route(
                visit.db,
                visit.actor,
                station_id,
                form.facts(_sections(units, station_id), _staff(visit, station_id)),
                day=form.day,
                revision=form.revision,
                now=visit.now,
            )
        except (Refused, Conflict) as said:
            return _page(visit, station, form.kind, sub=sub.refused(said), status=said.status)
        return saved(visit, "approvals.routes", N_("決裁の経路を決めました。"))


def _page(
    visit: Visit,
    station: UUID | None,
    kind: ApprovalKind | None,
    *,
    sub: Submission[Any] | None = None,
    status: int = 200,
) -> Response[str]:
    today = _today(visit)
    units = units_on(visit.db, today)
    station_id = _station(visit, station, units)
    settled = queries.routes_on(visit.db, station_id, visit.actor.agency_kind, today)
    rows = queries.route_rows(visit.db, station_id, kind) if kind else []
    newest = sum(row.revision for row in rows)
    return page(
        visit,
        "approvals/routes.html",
        status=status,
        stations=_stations(visit, units),
        chosen=next(unit for unit in units if unit.id == station_id),
        settled=settled,
        kind_labels=APPROVAL_KIND_LABELS,
        always=ALWAYS_DECIDED,
        kind=kind,
        options=_options(visit, units, station_id) if kind else [],
        numbers=range(1, MAX_STEPS + 1),
        empty=blank(),
        sub=sub or (_known(settled[kind], today) if kind else blank()),
        # after a conflict the next save is made knowing the newest setting
        revision=newest if sub is None or status == Conflict.status else sub.values["revision"],
    )


def _known(setting: RouteSetting, today: dt.date) -> Submission[Any]:
    values = route_values(setting.kind, setting.steps, is_required=setting.is_required, day=today)
    return blank(**values)


def _options(visit: Visit, units: Sequence[UnitLine], station_id: UUID) -> list[tuple[str, str]]:
    return step_options(_sections(units, station_id), _staff(visit, station_id))


def _sections(units: Sequence[UnitLine], station_id: UUID) -> list[UnitLine]:
    return [unit for unit in units if unit.station_id == station_id and unit.kind in SECTIONS]


def _staff(visit: Visit, station_id: UUID) -> list[StaffLine]:
    return list(station_staff(visit.db, station_id, _today(visit)))


def _stations(visit: Visit, units: Sequence[UnitLine]) -> list[tuple[UUID, str]]:
    """Return the stations whose routes the reader keeps."""
    return [
        (unit.id, unit.name)
        for unit in units
        if unit.kind in OWNERS and policy.may_keep_routes(visit.actor, unit.id)
    ]


def _station(visit: Visit, wanted: UUID | None, units: Sequence[UnitLine]) -> UUID:
    """Return the station to look at; Forbidden for whoever keeps none, NotFound for another's."""
    kept = [key for key, _ in _stations(visit, units)]
    if not kept:
        raise Forbidden
    if wanted is None:
        own = visit.actor.station_id
        return own if own in kept else kept[0]
    if wanted not in kept:
        raise NotFound
    return wanted


def _kind(sub: Submission[Any]) -> ApprovalKind | None:
    said = sub.values.get("kind", "")
    return ApprovalKind(said) if said in set(ApprovalKind) else None


def _today(visit: Visit) -> dt.date:
    return local_day(visit.now)


HANDLERS = [routes, route_decide]
