"""Signing in by OpenID, and which subject is whose account."""

import datetime as dt
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from crm.access.desk import CurrentDesk, Desk, Gate, require_recent
from crm.access.queries import account_of
from crm.access.service import SignInFacts
from crm.factors import openid_sign_in, queries, resets
from crm.factors.forms import SubjectForm
from crm.factors.openid import RETURN_PATH, Provider, provider_of
from crm.kernel.errors import NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.web.pages import HEADERS, page, saved
from crm.web.visit import Visit


@get("/sign-in/openid", name="factors.openid", sync_to_thread=True)
def openid(desk: CurrentDesk, request: Request[Any, Any, Any]) -> Response[None]:
    """Send the browser to the OpenID provider, from our own sign-in page and from nowhere else.

    A link on another site would otherwise sign somebody in who never asked for it. It is no form:
    browsers let the page's policy judge where the answer to a form leads.
    """
    provider = _provider(desk)
    if request.headers.get("sec-fetch-site") != "same-origin":
        return Redirect("/sign-in", status_code=303, headers=HEADERS)
    with desk.strangers() as visit:
        now = visit.now
    sent = openid_sign_in.send_away(desk.database, provider, now)
    cookies = [_away_cookie(desk, sent.cookie, openid_sign_in.AWAY_FOR)]
    return Redirect(sent.address, status_code=303, headers=HEADERS, cookies=cookies)


@get(RETURN_PATH, name="factors.openid_return", sync_to_thread=True)
def openid_return(desk: CurrentDesk, request: Request[Any, Any, Any]) -> Response[None]:
    """Open a session for whoever the provider sent back."""
    provider = _provider(desk)
    with desk.strangers() as visit:
        facts = SignInFacts(
            login="",
            address=desk.request.address,
            now=visit.now,
            demo=desk.settings.demo,
            device_cookie=desk.request.device_cookie,
            cookie=desk.request.cookie,
        )
    cookie = openid_sign_in.sign_in(
        desk.database,
        provider,
        request.cookies.get(_away_name(desk), ""),
        {name: value for name, value in request.query_params.items() if isinstance(value, str)},
        facts,
        lasts=desk.lasts,
    )
    cookies = [desk.session_cookie(cookie), _away_cookie(desk, "", dt.timedelta())]
    return Redirect("/", status_code=303, headers=HEADERS, cookies=cookies)


@post("/account/factors/openid/acceptance", name="factors.openid_accept", sync_to_thread=True)
def accept(desk: CurrentDesk) -> Response[None]:
    """Let the owner say that the linked OpenID is theirs."""
    with desk.writes(past=Gate.STRENGTH) as visit:
        require_recent(visit)
        openid_sign_in.accept(visit.db, visit.actor, visit.now)
        return saved(visit, "factors.show", N_("登録しました。"))


@post("/account/factors/openid/removal", name="factors.openid_remove", sync_to_thread=True)
def remove(desk: CurrentDesk) -> Response[None]:
    """Let the owner part with the linked OpenID."""
    with desk.writes(past=Gate.STRENGTH) as visit:
        require_recent(visit)
        openid_sign_in.unlink(visit.db, visit.actor, visit.actor.account_id, visit.now)
        return saved(visit, "factors.show", N_("削除しました。"))


@get(
    "/administration/accounts/{account_id:uuid}/openid",
    name="factors.openid_link",
    sync_to_thread=True,
)
def link_page(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[str]:
    """Show which OpenID an account has, or the form for one."""
    with desk.reads() as visit:
        return _form(desk, visit, account_id, blank(), 200)


@post(
    "/administration/accounts/{account_id:uuid}/openid",
    name="factors.openid_link_create",
    sync_to_thread=True,
)
def link(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[Any]:
    """Link an account to a subject; its owner has to accept it."""
    provider = _provider(desk)
    sub = read_form(SubjectForm, desk.request.sent)
    with desk.writes() as visit:
        if sub.form is None:
            return _form(desk, visit, account_id, sub, 422)
        try:
            openid_sign_in.link(
                visit.db,
                visit.actor,
                account_id,
                issuer=provider.issuer,
                subject=sub.form.subject,
                now=visit.now,
            )
        except Refused as refusal:
            return _form(desk, visit, account_id, sub.refused(refusal), refusal.status)
        return saved(visit, "factors.openid_link", N_("登録しました。"), account_id=account_id)


@post(
    "/administration/accounts/{account_id:uuid}/openid/removal",
    name="factors.openid_unlink",
    sync_to_thread=True,
)
def unlink(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[None]:
    """Take an account's OpenID away."""
    with desk.writes() as visit:
        resets.require_keeper(visit.actor)
        openid_sign_in.unlink(visit.db, visit.actor, account_id, visit.now)
        return saved(visit, "factors.openid_link", N_("削除しました。"), account_id=account_id)


def _provider(desk: Desk) -> Provider:
    provider = provider_of(desk.settings)
    if provider is None:
        raise NotFound
    return provider


def _form(
    desk: Desk, visit: Visit, account_id: UUID, sub: Submission[Any], status: int
) -> Response[str]:
    resets.require_keeper(visit.actor)
    provider = _provider(desk)
    account = account_of(visit.db, account_id)
    return page(
        visit,
        "factors/openid.html",
        status=status,
        sub=sub,
        account_id=account_id,
        login=account.login,
        name=queries.name_of(visit.db, account.staff_id),
        issuer=provider.issuer,
        link=queries.link_of(visit.db, account_id),
    )


def _away_name(desk: Desk) -> str:
    return "__Host-openid" if desk.settings.is_https else "openid"


def _away_cookie(desk: Desk, value: str, lasts: dt.timedelta) -> Cookie:
    return Cookie(
        key=_away_name(desk),
        value=value,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        # the provider sends the browser back from another site, by a plain link
        samesite="lax",
        secure=desk.settings.is_https,
    )


HANDLERS = [openid, openid_return, accept, remove, link_page, link, unlink]
