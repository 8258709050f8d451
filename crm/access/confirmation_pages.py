"""本人確認: the password, asked for again before what a stranger at an open terminal would want."""

from typing import Any

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from crm.access import attempts, passwords
from crm.access.attempts import Attempt
from crm.access.desk import CurrentDesk, Desk, Gate
from crm.access.forms import UnlockForm
from crm.access.queries import account_of
from crm.access.service import SignInFacts
from crm.access.throttle import TooManyAttempts
from crm.kernel.actor import Actor
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.web.errors import CONFIRMATION, own_path
from crm.web.pages import HEADERS, page

BEFORE = Gate.PASSWORD | Gate.STRENGTH


@get(CONFIRMATION, name="access.confirmation", sync_to_thread=True)
def confirmation_page(desk: CurrentDesk, next: FromQuery[str] = "/") -> Response[str]:  # noqa: A002 - its name in the address
    """Ask for the password again."""
    return _page(desk, next, blank(), status=200)


@post(CONFIRMATION, name="access.confirm")
async def confirm(desk: CurrentDesk) -> Response[Any]:
    """Go back to where the password was asked for, under a new cookie."""
    begun = await run_sync(_begin, desk)
    if isinstance(begun, Response):
        return begun
    actor, attempt, password = begun
    matches = await passwords.matched(attempt.password_hash, password)
    return await run_sync(_finish, desk, actor, attempt, matches)


def _begin(desk: Desk) -> tuple[Actor, Attempt, str] | Response[Any]:
    sub = read_form(UnlockForm, desk.request.sent)
    with desk.writes(past=BEFORE) as visit:
        actor, now = visit.actor, visit.now
        login = account_of(visit.db, actor.account_id).login
    if sub.form is None:
        return _page(desk, _way(desk), sub, status=422)
    facts = SignInFacts(
        login,
        desk.request.address,
        now,
        demo=desk.settings.demo,
        device_cookie=desk.request.device_cookie,
    )
    try:
        return actor, attempts.begin_attempt(desk.database, facts), sub.form.password
    except TooManyAttempts as refusal:
        said = Refused(refusal.message, field="password", **refusal.facts)
        return _page(desk, _way(desk), sub.refused(said), status=refusal.status)


def _finish(desk: Desk, actor: Actor, attempt: Attempt, matches: bool) -> Response[Any]:  # noqa: FBT001 - passed on by position
    try:
        cookie = attempts.finish_confirmation(desk.database, actor, attempt, matches=matches)
    except Refused as refusal:
        sub = read_form(UnlockForm, desk.request.sent).refused(refusal)
        return _page(desk, _way(desk), sub, status=refusal.status)
    cookies = [desk.session_cookie(cookie)]
    return Redirect(_way(desk), status_code=303, headers=HEADERS, cookies=cookies)


def _way(desk: Desk) -> str:
    return own_path(str(desk.request.sent.get("next") or "/"))


def _page(desk: Desk, way: str, sub: Submission[Any], *, status: int) -> Response[str]:
    kept: Submission[Any] = Submission({}, None, sub.errors)
    with desk.reads(past=BEFORE) as visit:
        return page(visit, "access/confirmation.html", status=status, sub=kept, next=own_path(way))


HANDLERS = [confirmation_page, confirm]
