"""The second half of a sign-in: a code, a passkey, or a code from the paper."""

from collections.abc import Callable
from functools import partial
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from crm.access.desk import CurrentDesk, Desk, Gate
from crm.access.throttle import TooManyAttempts
from crm.factors import passkeys, queries, service, showing
from crm.factors.enrolling_pages import require_place
from crm.factors.forms import AnswerForm, CodeForm, RecoveryForm
from crm.factors.lines import FactorKind
from crm.factors.models import ChallengePurpose
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.keys import load_key
from crm.web.errors import own_path
from crm.web.navigation import first_page
from crm.web.pages import HEADERS, environment, goto, page
from crm.web.visit import Visit

BEFORE = Gate.SECOND_FACTOR | Gate.PASSWORD | Gate.STRENGTH
"""What this page lies before; a locked screen is opened first."""


@get("/sign-in/second-factor", name="factors.second_factor", sync_to_thread=True)
def second_factor(desk: CurrentDesk, next: FromQuery[str] = "/") -> Response[Any]:  # noqa: A002 - its name in the address
    """Ask for a second factor; whoever has none yet is sent to take one on."""
    with desk.reads(past=BEFORE) as visit:
        if not visit.has_second_factor:
            return goto(visit, "factors.show")
        return _page(desk, visit, next, blank(), 200)


@post("/sign-in/second-factor/code", name="factors.show_code", sync_to_thread=True)
def show_code(desk: CurrentDesk) -> Response[Any]:
    """Raise the sign-in by a code of an application."""
    sub = read_form(CodeForm, desk.request.sent)
    code = sub.form.code if sub.form else ""
    master = load_key(desk.settings)
    return _raise(
        desk,
        sub,
        lambda visit: showing.show_code(desk.database, visit.actor, master, code, now=visit.now),
    )


@post("/sign-in/second-factor/recovery", name="factors.show_recovery", sync_to_thread=True)
def show_recovery(desk: CurrentDesk) -> Response[Any]:
    """Raise the sign-in by a code from the paper."""
    sub = read_form(RecoveryForm, desk.request.sent)
    code = sub.form.recovery if sub.form else ""
    return _raise(
        desk,
        sub,
        lambda visit: showing.show_recovery_code(desk.database, visit.actor, code, now=visit.now),
    )


@post("/sign-in/second-factor/options", name="factors.sign_in_options", sync_to_thread=True)
def sign_in_options(desk: CurrentDesk) -> Response[str]:
    """Give the page's script what the browser needs to sign."""
    place = require_place(desk)
    with desk.writes(past=BEFORE) as visit:
        known = [key.credential_id for key in queries.passkeys(visit.db)]
        challenge = service.ask(visit.db, visit.actor, ChallengePurpose.SIGN_IN, visit.now)
    options = passkeys.sign_in_options(place, challenge=challenge, known=known)
    return Response(options, media_type=MediaType.JSON, headers=HEADERS)


@post("/sign-in/second-factor/passkey", name="factors.show_passkey", sync_to_thread=True)
def show_passkey(desk: CurrentDesk) -> Response[Any]:
    """Raise the sign-in by what a passkey signed."""
    place = require_place(desk)
    sub = read_form(AnswerForm, desk.request.sent)
    answer = sub.form.answer if sub.form else ""
    return _raise(
        desk,
        sub,
        lambda visit: showing.show_passkey(
            desk.database, visit.actor, place, answer, now=visit.now
        ),
    )


def _raise(desk: Desk, sub: Submission[Any], show: Callable[[Visit], str]) -> Response[Any]:
    """Carry `show` out in transactions of its own, and go on with the new cookie."""
    way = own_path(str(desk.request.sent.get("next", "/")))
    with desk.reads(past=BEFORE) as visit:
        again = partial(_page, desk, visit, way)
        if sub.form is None:
            return again(sub, 422)
    try:
        cookie = show(visit)
    except (Refused, TooManyAttempts) as refusal:
        said = Refused(refusal.message, field=getattr(refusal, "field", "code"), **refusal.facts)
        with desk.reads(past=BEFORE) as visit:
            shown: Submission[Any] = Submission().refused(said)
            return _page(desk, visit, way, shown, refusal.status)
    if way == "/":
        # straight to the page the day starts on: a detour would take the notice left for it
        way = environment().globals["url"](first_page(visit.actor))  # type: ignore[operator]  # jinja types globals loosely
    cookies = [desk.session_cookie(cookie)]
    return Redirect(way, status_code=303, headers=HEADERS, cookies=cookies)


def _page(desk: Desk, visit: Visit, way: str, sub: Submission[Any], status: int) -> Response[str]:
    kinds = {line.kind for line in queries.factor_lines(visit.db)}
    return page(
        visit,
        "factors/second_factor.html",
        plain=True,
        status=status,
        sub=sub,
        way=own_path(way),
        has_totp=FactorKind.TOTP in kinds,
        has_passkey=FactorKind.PASSKEY in kinds,
        place=passkeys.place_of(desk.settings),
    )


HANDLERS = [second_factor, show_code, show_recovery, sign_in_options, show_passkey]
