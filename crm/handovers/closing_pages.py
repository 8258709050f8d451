"""終了した所属: what boxes that were merged or closed left, with a place to hand it over."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.contacts.policy import require_network
from crm.handovers.closing_queries import closed_units
from crm.handovers.forms import LeftoversForm
from crm.handovers.passing import pass_on
from crm.handovers.policy import is_chief
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_
from crm.requests.queries import units_to_assign
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit


@get("/handovers/closed", name="handovers.closed", sync_to_thread=True)
def closed(desk: CurrentDesk) -> Response[str]:
    """Show the units that stand no more and what is still theirs."""
    with desk.reads() as visit:
        return _page(visit, blank())


@post("/handovers/closed/{unit_id:uuid}", name="handovers.pass_on", sync_to_thread=True)
def pass_over(desk: CurrentDesk, unit_id: FromPath[UUID]) -> Response[Any]:
    """Hand a closed unit's open requests over to another."""
    with desk.writes() as visit:
        require_network(visit.actor)

        def act(form: LeftoversForm) -> Response[None]:
            pass_on(visit.db, visit.actor, unit_id, form.to_unit_id, now=visit.now)
            return saved(visit, "handovers.closed", N_("引き継ぎました。"))

        return submitted(visit, LeftoversForm, partial(_page, visit), act)


def _page(visit: Visit, sub: Submission[Any], status: int = 200) -> Response[str]:
    actor, today = visit.actor, local_day(visit.now)
    require_network(actor)
    units = closed_units(visit.db, actor, today)
    named = [promise.who.holder.subject for unit in units for promise in unit.promises]
    visit.seen("handover.leftovers_viewed", named=dict.fromkeys(named))
    choices = units_to_assign(visit.db, actor.station_id, today) if actor.station_id else []
    return page(
        visit,
        "handovers/closed.html",
        status=status,
        sub=sub,
        units=units,
        choices=choices,
        names=dict(choices),
        may_pass=is_chief(actor),
    )


HANDLERS = [closed, pass_over]
