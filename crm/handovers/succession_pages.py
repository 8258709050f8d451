"""会長などの交代: every change of head since April, each with the question asked explicitly."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.policy import require_network
from crm.handovers import deciding
from crm.handovers.forms import DecisionForm
from crm.handovers.models import OF_PREDECESSOR, OF_SUCCESSOR, SUCCESSION_LABELS
from crm.handovers.succession_queries import successions_since
from crm.handovers.successions import Succession
from crm.kernel.clock import local_day
from crm.kernel.forms import Submission, blank
from crm.kernel.i18n import N_
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.wareki import fiscal_year
from crm.liaisons.models import LIAISON_STATE_LABELS
from crm.liaisons.policy import may_record_answer
from crm.web.pages import page, saved, submitted
from crm.web.visit import Visit


@get("/handovers/successions", name="handovers.successions", sync_to_thread=True)
def successions(desk: CurrentDesk, number: FromQuery[int] = 1) -> Response[str]:
    """Show who follows on whom since April, and what is left to decide."""
    with desk.reads() as visit:
        return _page(visit, blank(), number=number)


@post("/handovers/successions/{appointment_id:uuid}", name="handovers.decide", sync_to_thread=True)
def decide(desk: CurrentDesk, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Put one decision on record."""
    with desk.writes() as visit:
        require_network(visit.actor)

        def act(form: DecisionForm) -> Response[None]:
            deciding.decide(visit.db, visit.actor, appointment_id, form.decision, now=visit.now)
            return saved(visit, "handovers.successions", N_("決めたことを記録しました。"))

        return submitted(visit, DecisionForm, partial(_page, visit), act)


def _page(
    visit: Visit, sub: Submission[Any], status: int = 200, *, number: int = 1
) -> Response[str]:
    require_network(visit.actor)
    today = local_day(visit.now)
    since = dt.date(fiscal_year(today), 4, 1)
    found = successions_since(visit.db, since, today)
    number = min(max(1, number), Page((), len(found)).last)
    first = offset_of(number)
    shown = Page(found[first : first + PAGE_SIZE], len(found), number)
    visit.seen("successions.viewed", named=[each for one in shown.items for each in _named(one)])
    return page(
        visit,
        "handovers/successions.html",
        status=status,
        sub=sub,
        since=since,
        pages=shown,
        left=sum(one.is_open for one in found),
        may_decide=may_record_answer(visit.actor),
        of_successor=OF_SUCCESSOR,
        of_predecessor=OF_PREDECESSOR,
        labels=SUCCESSION_LABELS,
        states=LIAISON_STATE_LABELS,
    )


def _named(one: Succession) -> list[tuple[str, UUID]]:
    former = [("person", one.former.person_id)] if one.former else []
    return [("person", one.person_id), ("organization", one.organization_id), *former]


HANDLERS = [successions, decide]
