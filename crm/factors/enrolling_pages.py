"""Taking a factor on: an application that shows codes, a passkey or security key."""

from functools import partial
from typing import Any

from litestar import MediaType, Response, get, post

from crm.access.desk import CurrentDesk, Desk, Gate, require_recent
from crm.access.models import DeviceKind, SignInLevel
from crm.access.service import raise_level
from crm.factors import passkeys, queries, service, totp
from crm.factors.forms import PasskeyForm, TotpForm
from crm.factors.models import ChallengePurpose
from crm.factors.passkeys import Place
from crm.kernel.errors import NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.kernel.keys import load_key
from crm.web.pages import HEADERS, page, saved
from crm.web.security import csrf_token
from crm.web.visit import Visit


@get("/account/factors/totp", name="factors.totp_new", sync_to_thread=True)
def totp_new(desk: CurrentDesk) -> Response[str]:
    """Show a new secret, as a picture and as text."""
    with desk.reads(past=Gate.STRENGTH) as visit:
        require_recent(visit)
        return _totp_page(desk, visit, totp.new_secret(), blank(), 200)


@post("/account/factors/totp", name="factors.totp_create", sync_to_thread=True)
def totp_create(desk: CurrentDesk) -> Response[Any]:
    """Take on the application that has shown its first code."""
    sub = read_form(TotpForm, desk.request.sent)
    master = load_key(desk.settings)
    with desk.writes(past=Gate.STRENGTH) as visit:
        require_recent(visit, after_form=True)
        secret = service.offered_secret(master, visit.actor, str(sub.values.get("offered", "")))
        again = partial(_totp_page, desk, visit, secret)
        if sub.form is None:
            return again(sub, 422)
        try:
            service.enroll_totp(
                visit.db,
                visit.actor,
                master,
                name=sub.form.name,
                secret=secret,
                code=sub.form.code,
                now=visit.now,
            )
        except Refused as refusal:
            return again(sub.refused(refusal), refusal.status)
        return _enrolled(desk, visit)


@get("/account/factors/passkey", name="factors.passkey_new", sync_to_thread=True)
def passkey_new(desk: CurrentDesk) -> Response[str]:
    """Show the form that lets the browser make a key."""
    with desk.reads(past=Gate.STRENGTH) as visit:
        require_recent(visit)
        return _passkey_page(desk, visit, blank(), 200)


@post("/account/factors/passkey/options", name="factors.passkey_options", sync_to_thread=True)
def passkey_options(desk: CurrentDesk) -> Response[str]:
    """Give the page's script what the browser needs to make a key."""
    place = require_place(desk)
    with desk.writes(past=Gate.STRENGTH) as visit:
        own = service.require_own_factors(visit.db, visit.actor)
        known = [key.credential_id for key in queries.passkeys(visit.db)]
        options = passkeys.registration_options(
            place,
            account_id=visit.actor.account_id,
            login=own.login,
            challenge=service.ask(visit.db, visit.actor, ChallengePurpose.REGISTER, visit.now),
            known=known,
            shared_terminal=own.device is DeviceKind.SHARED,
        )
    return Response(options, media_type=MediaType.JSON, headers=HEADERS)


@post("/account/factors/passkey", name="factors.passkey_create", sync_to_thread=True)
def passkey_create(desk: CurrentDesk) -> Response[Any]:
    """Take on the key the browser has made."""
    place = require_place(desk)
    sub = read_form(PasskeyForm, desk.request.sent)
    with desk.reads(past=Gate.STRENGTH) as visit:
        require_recent(visit, after_form=True)
        if sub.form is None:
            return _passkey_page(desk, visit, sub, 422)
    challenge = service.take_challenge(
        desk.database, visit.actor, ChallengePurpose.REGISTER, visit.now
    )
    with desk.writes(past=Gate.STRENGTH) as visit:
        try:
            service.register_passkey(
                visit.db,
                visit.actor,
                place,
                name=sub.form.name,
                answer=sub.form.answer,
                challenge=challenge,
                now=visit.now,
            )
        except Refused as refusal:
            return _passkey_page(desk, visit, sub.refused(refusal), refusal.status)
        return _enrolled(desk, visit)


def require_place(desk: Desk) -> Place:
    """Return where passkeys work; NotFound where the installation has no such place."""
    place = passkeys.place_of(desk.settings)
    if place is None:
        raise NotFound
    return place


def _enrolled(desk: Desk, visit: Visit) -> Response[Any]:
    """Raise the sign-in that has just shown its new factor; with the first, give the paper too."""
    key = visit.actor.session_key or ""
    cookie = raise_level(visit.db, key, SignInLevel.SECOND_FACTOR, now=visit.now)
    if visit.has_second_factor:
        answer: Response[Any] = saved(visit, "factors.show", N_("登録しました。"))
    else:
        visit.csrf_token = csrf_token(cookie)
        visit.db.flush()
        codes = service.make_codes(visit.db, visit.actor, visit.now)
        answer = page(visit, "factors/codes.html", codes=codes, is_first=True)
    answer.set_cookie(desk.session_cookie(cookie))
    return answer


def _totp_page(
    desk: Desk, visit: Visit, secret: str, sub: Submission[Any], status: int
) -> Response[str]:
    own = service.require_own_factors(visit.db, visit.actor)
    title = translate(N_("認証アプリで読み取る図"))
    return page(
        visit,
        "factors/totp.html",
        status=status,
        sub=sub,
        picture=totp.picture_of(secret, own.login, title=title),
        secret=totp.in_groups(secret),
        offered=service.offer_secret(load_key(desk.settings), visit.actor, secret),
    )


def _passkey_page(desk: Desk, visit: Visit, sub: Submission[Any], status: int) -> Response[str]:
    own = service.require_own_factors(visit.db, visit.actor)
    return page(
        visit,
        "factors/passkey.html",
        status=status,
        sub=sub,
        place=passkeys.place_of(desk.settings),
        is_shared=own.device is DeviceKind.SHARED,
    )


HANDLERS = [totp_new, totp_create, passkey_new, passkey_options, passkey_create]
