"""活動のまとめ: how often a station was in touch, and which problems of groups it helped with."""

from litestar import Response, get
from litestar.params import FromQuery

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.kernel.clock import local_day
from crm.kernel.i18n import translate
from crm.kernel.quarters import quarters_until
from crm.notes import report_queries
from crm.notes.models import occasion_labels, problem_label
from crm.web.pages import page
from crm.web.templates import show_quarter


@get("/notes/report", name="notes.report", sync_to_thread=True)
def report(desk: CurrentDesk, quarter: FromQuery[str] = "") -> Response[str]:
    """Show a quarter of the own station in counts: by occasion, and advice by problem."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        offered = quarters_until(local_day(visit.now))
        shown = offered.get(quarter) or next(iter(offered.values()))
        counts = report_queries.counts_of(visit.db, visit.actor, shown.first, shown.last)
        names = occasion_labels(visit.actor)
        return page(
            visit,
            "notes/report.html",
            shown=shown,
            label=show_quarter(shown),
            quarters=[(value, show_quarter(one)) for value, one in offered.items()],
            occasions=[(translate(names[one]), number) for one, number in counts.occasions],
            problems=[(translate(problem_label(one)), number) for one, number in counts.problems],
        )


HANDLERS = [report]
