"""意見・要望のまとめ: a quarter on one page for the chief and the koban council, counts alone."""

import datetime as dt
from typing import Any

from litestar import Response, get, post
from litestar.params import FromQuery
from pydantic import Field
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.jobs.asking import PaperOrder
from crm.jobs.desk import print_beside
from crm.jobs.models import Job
from crm.jobs.papers import order_paper
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound
from crm.kernel.forms import blank, read_form
from crm.kernel.i18n import N_, translate
from crm.kernel.quarters import Quarter, quarter_of, quarters_until
from crm.requests import queries
from crm.requests.models import TOPIC_LABELS
from crm.requests.reports import MAKE, REPORT_TITLE, REST
from crm.requests.summary import summarize
from crm.web.pages import page
from crm.web.templates import show_quarter
from crm.web.visit import Visit


class ReportForm(PaperOrder):
    """The quarter to print."""

    quarter: str = Field(title=N_("四半期"))


@get("/requests/report", name="requests.report", sync_to_thread=True)
def report(desk: CurrentDesk, quarter: FromQuery[str] = "") -> Response[str]:
    """Show what was said in a quarter and what came of it."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        today = local_day(visit.now)
        shown = _quarter(quarter, today)
        voices = queries.voices_of(visit.db, visit.actor, shown, today)
        summary = summarize(
            voices, lambda topic: translate(TOPIC_LABELS[topic]), rest=translate(REST)
        )
        return page(
            visit,
            "requests/report.html",
            title=REPORT_TITLE,
            shown=shown.value,
            label=show_quarter(shown),
            quarters=[(value, show_quarter(one)) for value, one in quarters_until(today).items()],
            summary=summary,
            sub=blank(),
            request_key=uuid7(),
        )


@post("/requests/report/files", name="requests.print", sync_to_thread=True)
def print_report(desk: CurrentDesk) -> Response[Any]:
    """Ask for the page as a PDF and lead to where it will lie."""
    return print_beside(desk, _order)


def _order(visit: Visit) -> Job:
    require_reader(visit.actor)
    sub = read_form(ReportForm, visit.sent)
    if sub.form is None:
        raise NotFound
    shown = _quarter(sub.form.quarter, local_day(visit.now))
    args = {"year": shown.year, "number": shown.number}
    title = f"{REPORT_TITLE}　{shown.label}"
    return order_paper(visit.db, visit.actor, MAKE, args, sub.form, title=title, now=visit.now)


def _quarter(text: str, today: dt.date) -> Quarter:
    """Return the quarter named by `text`, the running one for anything else."""
    return quarters_until(today).get(text) or quarter_of(today)


HANDLERS = [report, print_report]
