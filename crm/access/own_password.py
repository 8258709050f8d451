"""The password of the account that is signed in, asked for again where somebody else may sit.

Counted and slowed down like every other attempt; the right one is answered with a new cookie.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anyio.to_thread import run_sync
from litestar import Response
from litestar.response import Redirect

from crm.access import attempts, passwords
from crm.access.attempts import Attempt
from crm.access.desk import Desk, Gate
from crm.access.forms import UnlockForm
from crm.access.queries import account_of
from crm.access.service import SignInFacts
from crm.access.throttle import TooManyAttempts
from crm.kernel.actor import Actor
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, read_form
from crm.web.errors import own_path
from crm.web.pages import HEADERS


@dataclass(frozen=True)
class Asking:
    """Where the password is asked for again.

    `past` are the gates a sign-in may still stand before. `shown` is the page with its sentences,
    `let_in` gives the new cookie or is Refused, `onward` says where to go from the way asked for.
    """

    past: Gate
    shown: Callable[[Desk, str, Submission[Any], int], Response[str]]
    let_in: Callable[..., str]
    onward: Callable[[Desk, Actor, str], str] = lambda _, __, way: way


@dataclass(frozen=True)
class _Begun:
    actor: Actor
    attempt: Attempt
    password: str


async def ask_again(desk: Desk, asking: Asking) -> Response[Any]:
    """Compare what was sent off the requests' threads, and go on or show the page again."""
    begun = await run_sync(_begin, desk, asking)
    if isinstance(begun, Response):
        return begun
    matches = await passwords.matched(begun.attempt.password_hash, begun.password)
    return await run_sync(_finish, desk, asking, begun, matches)


def _begin(desk: Desk, asking: Asking) -> _Begun | Response[Any]:
    sub = read_form(UnlockForm, desk.request.sent)
    with desk.writes(past=asking.past) as visit:
        actor, now = visit.actor, visit.now
        login = account_of(visit.db, actor.account_id).login
    if sub.form is None:
        return asking.shown(desk, _way(desk), sub, 422)
    facts = SignInFacts(
        login,
        desk.request.address,
        now,
        demo=desk.settings.demo,
        device_cookie=desk.request.device_cookie,
    )
    try:
        return _Begun(actor, attempts.begin_attempt(desk.database, facts), sub.form.password)
    except TooManyAttempts as refusal:
        said = Refused(refusal.message, field="password", **refusal.facts)
        return asking.shown(desk, _way(desk), sub.refused(said), refusal.status)


def _finish(desk: Desk, asking: Asking, begun: _Begun, matches: bool) -> Response[Any]:  # noqa: FBT001 - passed on by position
    try:
        cookie = asking.let_in(desk.database, begun.actor, begun.attempt, matches=matches)
    except Refused as refusal:
        sub = read_form(UnlockForm, desk.request.sent).refused(refusal)
        return asking.shown(desk, _way(desk), sub, refusal.status)
    way = asking.onward(desk, begun.actor, _way(desk))
    cookies = [desk.session_cookie(cookie)]
    return Redirect(way, status_code=303, headers=HEADERS, cookies=cookies)


def _way(desk: Desk) -> str:
    return own_path(str(desk.request.sent.get("next") or "/"))
