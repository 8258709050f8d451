"""Choosing of whom a roster is to be, and the choices kept under a name."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.contacts.policy import require_network
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, read_form
from crm.kernel.i18n import N_, labels
from crm.rosters.filters import drop_filter, keep_filter
from crm.rosters.forms import FilterForm, RosterQuestion
from crm.rosters.models import ROSTER_ORDERING_LABELS, ROSTER_PROFILE_LABELS
from crm.rosters.policy import may_issue, require_issuer
from crm.rosters.selecting_queries import FilterLine, choices, filters
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit

KEPT = N_("範囲を保存しました。")
DROPPED = N_("保存した範囲を削除しました。")


@get("/roster/selection", name="rosters.selection", sync_to_thread=True)
def selection(desk: CurrentDesk, request: Request[Any, Any, Any]) -> Response[str]:
    """Show what a roster can be narrowed to, and what was kept under a name."""
    with desk.reads() as visit:
        require_network(visit.actor)
        sub = read_form(RosterQuestion, request.query_params)
        return _page(visit, sub, 200 if sub.form else 422)


@post("/roster/filters", name="rosters.filter_keep", sync_to_thread=True)
def keep(desk: CurrentDesk) -> Response[Any]:
    """Keep what is chosen under a name."""
    with desk.writes() as visit:
        require_issuer(visit.actor)

        def act(form: FilterForm) -> Response[None]:
            keep_filter(
                visit.db,
                visit.actor,
                form.name,
                form.selection(),
                profile=form.profile,
                ordering=form.ordering,
                of_unit=form.of_unit,
                now=visit.now,
            )
            return saved(visit, "rosters.selection", KEPT)

        return submitted(visit, FilterForm, lambda sub, status: _page(visit, sub, status), act)


@post("/roster/filters/{filter_id:uuid}/removal", name="rosters.filter_drop", sync_to_thread=True)
def drop(desk: CurrentDesk, filter_id: FromPath[UUID]) -> Response[Any]:
    """Forget what one kept under a name."""
    with desk.writes() as visit:
        drop_filter(visit.db, visit.actor, filter_id, now=visit.now)
        return saved(visit, "rosters.selection", DROPPED)


def _page(visit: Visit, sub: Submission[Any], status: int) -> Response[str]:
    today = local_day(visit.now)
    return page(
        visit,
        "rosters/selection.html",
        status=status,
        sub=sub,
        today=today,
        profiles=labels(ROSTER_PROFILE_LABELS),
        orderings=labels(ROSTER_ORDERING_LABELS),
        profile_labels=ROSTER_PROFILE_LABELS,
        choices=choices(visit.db, visit.actor, today),
        filters=[(each, _address(each)) for each in filters(visit.db)],
        may_issue=may_issue(visit.actor),
    )


def _address(kept: FilterLine) -> str:
    asked = urlencode({"profile": kept.profile, "ordering": kept.ordering})
    return f"/roster?{asked}&{kept.selection}".rstrip("&")


HANDLERS = [selection, keep, drop]
