"""The way of a paper from its form to the page of its job, past what cannot be printed."""

from collections.abc import Callable
from typing import Any

from litestar import Response

from crm.access.desk import Desk
from crm.formats.errors import UnprintableText, spelled
from crm.jobs.models import Job
from crm.web.pages import page, saved
from crm.web.visit import Visit

NOT_SENT_AGAIN = ("_csrf_token", "may_replace")


def print_beside(desk: Desk, order: Callable[[Visit], Job]) -> Response[Any]:
    """Order a paper and lead to the page of its job; see `or_replaced`."""

    def answer() -> Response[Any]:
        with desk.writes() as visit:
            return saved(visit, "jobs.show", job_id=order(visit).id)

    return or_replaced(desk, answer)


def or_replaced(desk: Desk, answer: Callable[[], Response[Any]]) -> Response[Any]:
    """Return the answer to an order of paper.

    Where it has characters that no font draws, that is a page which names them and sends the same
    order once more, with 〓 in their place.
    """
    try:
        return answer()
    except UnprintableText as lacking:
        with desk.reads() as visit:
            return page(
                visit,
                "jobs/unprintable.html",
                status=lacking.status,
                units=[(unit, spelled(unit)) for unit in lacking.units],
                sent=[each for each in visit.sent.multi_items() if each[0] not in NOT_SENT_AGAIN],
                address=visit.path,
                back=visit.request.sent_from,
            )
