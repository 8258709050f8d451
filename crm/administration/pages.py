"""管理: what exists as of a day, the first steps of an installation, and every page below."""

from typing import Any

from litestar import Response, get
from litestar.params import FromQuery

from crm.access.desk import CurrentDesk
from crm.administration import (
    account_pages,
    place_pages,
    setting_pages,
    staff_pages,
    transfer_pages,
    unit_pages,
)
from crm.administration.page_parts import asked_day
from crm.administration.queries import existing_on
from crm.web.pages import page


@get("/administration", name="administration.index", sync_to_thread=True)
def index(desk: CurrentDesk, as_of: FromQuery[str] = "") -> Response[str]:
    """Show what there is on a day, and what a new installation still needs."""
    with desk.reads() as visit:
        asked = asked_day(visit, as_of)
        return page(
            visit,
            "administration/index.html",
            status=asked.status,
            asked=asked,
            existing=existing_on(visit.db, asked.day),
        )


HANDLERS: list[Any] = [
    index,
    *unit_pages.HANDLERS,
    *place_pages.HANDLERS,
    *staff_pages.HANDLERS,
    *account_pages.HANDLERS,
    *setting_pages.HANDLERS,
    *transfer_pages.HANDLERS,
]
