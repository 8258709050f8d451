"""訪問強化日のまとめ: a month on one page for the station chief, also as a PDF (S1 4(4))."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromQuery
from pydantic import Field
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.contacts.policy import require_network
from crm.jobs.asking import PaperOrder
from crm.jobs.desk import print_beside
from crm.jobs.models import Job
from crm.jobs.papers import order_paper
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound
from crm.kernel.forms import blank, read_form
from crm.kernel.i18n import N_
from crm.strengthening.month_paper import MAKE, REPORT_TITLE
from crm.strengthening.months import month_of, months_around, report_of
from crm.web.pages import page
from crm.web.templates import show_month
from crm.web.visit import Visit


class MonthForm(PaperOrder):
    """The month to print."""

    month: str = Field(title=N_("月"))


@get("/strengthening-days/report", name="strengthening.report", sync_to_thread=True)
def report(desk: CurrentDesk, month: FromQuery[str] = "") -> Response[str]:
    """Show the days of a month: plan, result and hours, box by box."""
    with desk.reads() as visit:
        require_network(visit.actor)
        today = local_day(visit.now)
        months = months_around(today)
        shown = months.get(month) or month_of(today)
        return page(
            visit,
            "strengthening/report.html",
            shown=shown.value,
            label=show_month(shown.first),
            months=[(value, show_month(one.first)) for value, one in months.items()],
            report=report_of(visit.db, shown),
            sub=blank(),
            request_key=uuid7(),
        )


@post("/strengthening-days/report/files", name="strengthening.print_month", sync_to_thread=True)
def print_month(desk: CurrentDesk) -> Response[Any]:
    """Ask for the page as a PDF and lead to where it will lie."""
    return print_beside(desk, _order)


def _order(visit: Visit) -> Job:
    require_network(visit.actor)
    sub = read_form(MonthForm, visit.sent)
    months = months_around(local_day(visit.now))
    if sub.form is None or sub.form.month not in months:
        raise NotFound
    shown = months[sub.form.month]
    args, title = shown._asdict(), f"{REPORT_TITLE}　{shown.label}"
    return order_paper(visit.db, visit.actor, MAKE, args, sub.form, title=title, now=visit.now)


HANDLERS = [report, print_month]
