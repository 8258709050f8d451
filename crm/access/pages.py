"""Signing in and out, the language, the auditor's page and the state of the system."""

from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery
from litestar.response import Redirect

from crm.access import attempts, passwords, queries, service
from crm.access.attempts import Attempt
from crm.access.desk import CurrentDesk, Desk, Gate
from crm.access.filters import keep_words
from crm.access.forms import LocaleForm, SignInForm, TrailForm
from crm.access.throttle import TooManyAttempts
from crm.access.trail_lines import label_of, trail_line
from crm.kernel.clock import utc_now
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate, use_locale
from crm.web.errors import SignInNeeded, locale_cookie_name
from crm.web.navigation import first_page
from crm.web.pages import HEADERS, environment, goto, page
from crm.web.visit import Visit


@get("/", name="access.home", sync_to_thread=True)
def home(desk: CurrentDesk) -> Response[None]:
    """Send everybody to the page their day starts on."""
    with desk.reads() as visit:
        return goto(visit, first_page(visit.actor))


@get("/sign-in", name="access.sign_in", sync_to_thread=True)
def sign_in_page(desk: CurrentDesk) -> Response[str]:
    """Show the sign-in form."""
    with desk.strangers() as visit:
        return _form(desk, visit, blank(), 200)


@post("/sign-in", name="access.sign_in_post")
async def sign_in(desk: CurrentDesk) -> Response[str] | Response[None]:
    """Open a session under a new random cookie, whatever cookie the browser brought."""
    begun = await run_sync(_begin, desk)
    if isinstance(begun, Response):
        return begun
    attempt, password = begun
    matches = await passwords.matched(attempt.password_hash, password)
    renewed = await passwords.renewed(attempt.password_hash, password) if matches else ""
    return await run_sync(_finish, desk, attempt, matches, renewed)


def _begin(desk: Desk) -> tuple[Attempt, str] | Response[str]:
    """Count the attempt and return what its hash is compared with, or why there is none."""
    use_locale(desk.request.language)
    sub = read_form(SignInForm, desk.request.sent)
    if sub.form is None:
        return _again(desk, sub, status=422)
    facts = service.SignInFacts(
        sub.form.login,
        desk.request.address,
        utc_now(),
        demo=desk.settings.demo,
        device_cookie=desk.request.device_cookie,
        cookie=desk.request.cookie,
    )
    try:
        return attempts.begin_attempt(desk.database, facts), sub.form.password
    except TooManyAttempts as refusal:
        refused = Refused(refusal.message, field="login", **refusal.facts)
        return _again(desk, sub.refused(refused), status=refusal.status)


def _finish(desk: Desk, attempt: Attempt, matches: bool, renewed: str) -> Response[Any]:  # noqa: FBT001 - passed on by position
    """Open the session, or say that name or password is wrong."""
    use_locale(desk.request.language)
    try:
        opened = attempts.finish_sign_in(
            desk.database, attempt, matches=matches, lasts=desk.lasts, renewed_hash=renewed
        )
    except Refused as refusal:
        sub = read_form(SignInForm, desk.request.sent).refused(refusal)
        return _again(desk, sub, status=refusal.status)
    cookies = [desk.session_cookie(opened.cookie)]
    if opened.device_cookie:
        cookies.append(desk.device_cookie(opened.device_cookie))
    path = "/drafts" if opened.has_drafts else "/"
    return Redirect(path, status_code=303, headers=HEADERS, cookies=cookies)


def _again(desk: Desk, sub: Submission[SignInForm], *, status: int) -> Response[str]:
    with desk.strangers() as visit:
        return _form(desk, visit, _without_password(sub), status)


def _form(desk: Desk, visit: Visit, sub: Submission[Any], status: int) -> Response[str]:
    has_openid = bool(desk.settings.oidc_issuer)
    return page(visit, "access/sign_in.html", status=status, sub=sub, has_openid=has_openid)


@post("/sign-out", name="access.sign_out", sync_to_thread=True)
def sign_out(desk: CurrentDesk) -> Response[None]:
    """End the session; the cookie opens nothing from now on."""
    with desk.writes(past=Gate.ALL) as visit:
        service.sign_out(visit.db, visit.actor, visit.now)
    # Clear-Site-Data empties what a shared terminal's Back button could show; a device that keeps
    # entries keeps those not sent yet, which nobody can read there
    emptied = '"cache"' if visit.keeps_entries else '"cache", "storage"'
    headers = {**HEADERS, "Clear-Site-Data": emptied}
    gone = desk.session_cookie("", max_age=0)
    return Redirect("/sign-in", status_code=303, headers=headers, cookies=[gone])


@post("/locale", name="access.locale", sync_to_thread=True)
def choose_locale(desk: CurrentDesk) -> Response[None]:
    """Remember the language of the account, or of the browser before anybody signs in."""
    sub = read_form(LocaleForm, desk.request.sent)
    locale = sub.form.locale if sub.form else "ja"
    cookie = Cookie(
        key=locale_cookie_name(desk.settings),
        value=locale,
        path="/",
        samesite="lax",
        secure=desk.settings.is_https,
    )
    try:
        with desk.writes(past=Gate.ALL) as visit:
            service.choose_locale(visit.db, visit.actor, locale)
            target = first_page(visit.actor)
    except SignInNeeded:
        target = "access.sign_in"
    path = environment().globals["url"](target)  # type: ignore[operator]  # jinja types globals loosely
    return Redirect(path, status_code=303, headers=HEADERS, cookies=[cookie])


@get("/audit", name="access.audit", sync_to_thread=True)
def audit_trail(
    desk: CurrentDesk,
    number: FromQuery[int] = 1,
    action: FromQuery[str] = "",
    named: FromQuery[str] = "",
) -> Response[str]:
    """Show the auditor who did what; everybody else has no such page."""
    with desk.reads() as visit:
        queries.require_auditor(visit.actor)
        name = queries.filter_words(visit.db, named)
        found = queries.audit_page(visit.db, number, action=action, actor_name=name)
        visit.seen("audit.viewed", page=number, action_filter=action, count=found.total)
        return page(
            visit,
            "access/audit.html",
            entries=found.map(trail_line),
            actions=[(known, label_of(known)) for known in queries.audit_actions(visit.db)],
            sub=blank(action=action, name=name),
            base=f"/audit?{urlencode({'action': action, 'named': named})}&number=",
        )


@post("/audit/selection", name="access.audit_narrow", sync_to_thread=True)
def narrow_audit_trail(desk: CurrentDesk) -> Response[None]:
    """Narrow the trail; the name of a member of staff stays out of the address."""
    with desk.writes() as visit:
        queries.require_auditor(visit.actor)
        asked = read_form(TrailForm, visit.sent).form or TrailForm()
        named = keep_words(visit.db, visit.actor, asked.name, visit.now)
        way = f"/audit?{urlencode({'action': asked.action, 'named': named})}"
        return Redirect(way, status_code=303, headers=HEADERS)


@get("/system", name="access.system", sync_to_thread=True)
def system_state(desk: CurrentDesk) -> Response[str]:
    """Show the administrator the state of the installation, without personal data."""
    with desk.reads() as visit:
        queries.require_administrator(visit.actor)
        return page(
            visit,
            "access/system.html",
            counts=queries.table_counts(visit.db),
            database=translate(N_("SQLite（組込み）")) if desk.settings.is_sqlite else "PostgreSQL",
            version=version("tsunagari"),
        )


def _without_password(sub: Submission[SignInForm]) -> Submission[SignInForm]:
    kept = {name: value for name, value in sub.values.items() if name != "password"}
    return Submission(kept, sub.form, sub.errors)


HANDLERS = [
    home,
    sign_in_page,
    sign_in,
    sign_out,
    choose_locale,
    audit_trail,
    narrow_audit_trail,
    system_state,
]
