"""本人確認: the password, asked for again before what a stranger at an open terminal would want."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromQuery

from crm.access import attempts
from crm.access.desk import CurrentDesk, Desk, Gate
from crm.access.own_password import Asking, ask_again
from crm.kernel.forms import Submission, blank
from crm.web.errors import CONFIRMATION, own_path
from crm.web.pages import page

BEFORE = Gate.PASSWORD | Gate.STRENGTH


@get(CONFIRMATION, name="access.confirmation", sync_to_thread=True)
def confirmation_page(desk: CurrentDesk, next: FromQuery[str] = "/") -> Response[str]:  # noqa: A002 - its name in the address
    """Ask for the password again."""
    return _page(desk, next, blank(), 200)


@post(CONFIRMATION, name="access.confirm")
async def confirm(desk: CurrentDesk) -> Response[Any]:
    """Go back to where the password was asked for, under a new cookie."""
    return await ask_again(desk, ASKING)


def _page(desk: Desk, way: str, sub: Submission[Any], status: int) -> Response[str]:
    kept: Submission[Any] = Submission({}, None, sub.errors)
    with desk.reads(past=BEFORE) as visit:
        return page(visit, "access/confirmation.html", status=status, sub=kept, next=own_path(way))


ASKING = Asking(BEFORE, _page, attempts.finish_confirmation)

HANDLERS = [confirmation_page, confirm]
