"""One's own sign-ins and password; an account's sign-ins and the devices, for the administrator."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from crm.access import accounts, attempts, devices, passwords, queries, service, session_queries
from crm.access.attempts import Attempt
from crm.access.desk import CurrentDesk, Desk, Gate, require_recent
from crm.access.forms import DeviceForm, PasswordForm
from crm.access.models import DEVICE_KIND_LABELS, Account
from crm.access.session_queries import SessionLine, device_number
from crm.access.throttle import TooManyAttempts
from crm.kernel.errors import Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, translate
from crm.web.errors import OWN_PASSWORD
from crm.web.pages import page, saved
from crm.web.visit import Visit

BEFORE = Gate.PASSWORD | Gate.STRENGTH
"""Whoever has only a password may change it and see where they are signed in."""


@get("/account/sessions", name="access.sessions", sync_to_thread=True)
def sessions(desk: CurrentDesk) -> Response[str]:
    """Show where this account is signed in."""
    with desk.reads(past=BEFORE) as visit:
        found = session_queries.open_sessions(visit.db, visit.actor.account_id, visit.now)
        return page(
            visit,
            "access/sessions.html",
            sessions=found,
            here=_number_here(visit, found),
            kinds=DEVICE_KIND_LABELS,
            number=device_number,
        )


@post("/account/sessions/ending", name="access.sessions_end", sync_to_thread=True)
def end_others(desk: CurrentDesk) -> Response[None]:
    """End every sign-in of this account but this one."""
    with desk.writes(past=BEFORE) as visit:
        require_recent(visit)
        ended = service.end_other_sessions(visit.db, visit.actor, visit.now)
        said = translate(N_("ほかの端末のサインインを%(count)s件終了しました。"), count=ended)
        return saved(visit, "access.sessions", said)


@post("/account/sessions/{key:str}/ending", name="access.session_end", sync_to_thread=True)
def end_one(desk: CurrentDesk, key: FromPath[str]) -> Response[None]:
    """End one sign-in of this account, on whatever device it is."""
    with desk.writes(past=BEFORE) as visit:
        require_recent(visit)
        service.end_own_session(visit.db, visit.actor, key, visit.now)
        return saved(visit, "access.sessions", N_("サインインを終了しました。"))


@get(OWN_PASSWORD, name="access.password", sync_to_thread=True)
def password_page(desk: CurrentDesk) -> Response[str]:
    """Show the form for a password of one's own."""
    with desk.reads(past=BEFORE) as visit:
        return _password_page(visit, blank(), 200)


@post(OWN_PASSWORD, name="access.password_post")
async def change_password(desk: CurrentDesk) -> Response[Any]:
    """Change the password of whoever is signed in, who shows the old one; other sign-ins end."""
    begun = await run_sync(_begin_change, desk)
    if isinstance(begun, Response):
        return begun
    attempt, form = begun
    matches = await passwords.matched(attempt.password_hash, form.password)
    new_hash = await passwords.hashed(form.new_password) if matches else ""
    return await run_sync(_finish_change, desk, attempt, new_hash)


@get(
    "/administration/accounts/{account_id:uuid}/sessions",
    name="access.account_sessions",
    sync_to_thread=True,
)
def account_sessions(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[str]:
    """Show an administrator where an account of the agency is signed in."""
    with desk.reads() as visit:
        queries.require_administrator(visit.actor)
        account = queries.account_of(visit.db, account_id)
        visit.seen("sessions.listed", ("account", account_id))
        return page(
            visit,
            "access/account_sessions.html",
            account=account,
            sessions=session_queries.open_sessions(visit.db, account_id, visit.now),
            kinds=DEVICE_KIND_LABELS,
            number=device_number,
        )


@post(
    "/administration/accounts/{account_id:uuid}/sessions/ending",
    name="access.account_sessions_end",
    sync_to_thread=True,
)
def end_of_account(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[None]:
    """End every sign-in of an account of the agency, from its next request on."""
    with desk.writes() as visit:
        queries.require_administrator(visit.actor)
        ended = service.end_sessions_of(visit.db, visit.actor, account_id, visit.now)
        said = translate(N_("サインインを%(count)s件終了しました。"), count=ended)
        return saved(visit, "administration.account", said, account_id=account_id)


@get("/administration/devices", name="access.devices", sync_to_thread=True)
def devices_list(desk: CurrentDesk, number: FromQuery[int] = 1) -> Response[str]:
    """Show the devices somebody of the agency signed in with."""
    with desk.reads() as visit:
        queries.require_administrator(visit.actor)
        return page(
            visit,
            "access/devices.html",
            devices=session_queries.devices_page(visit.db, number),
            kinds=DEVICE_KIND_LABELS,
        )


@get("/administration/devices/{device_id:uuid}", name="access.device", sync_to_thread=True)
def device(desk: CurrentDesk, device_id: FromPath[UUID]) -> Response[str]:
    """Show the form that names a device, lends it to one person, or knows it no more."""
    with desk.reads() as visit:
        queries.require_administrator(visit.actor)
        return _device_page(desk, visit, device_id, None, 200)


@post("/administration/devices/{device_id:uuid}", name="access.device_post", sync_to_thread=True)
def describe_device(desk: CurrentDesk, device_id: FromPath[UUID]) -> Response[Any]:
    """Name a device and say who uses it; whoever is signed in there is under it at once."""
    sub = read_form(DeviceForm, desk.request.sent)
    with desk.writes() as visit:
        queries.require_administrator(visit.actor)
        if sub.form is None:
            return _device_page(desk, visit, device_id, sub, 422)
        devices.describe_device(
            visit.db,
            visit.actor,
            device_id,
            name=sub.form.name,
            kind=sub.form.kind,
            keeps_entries=sub.form.keeps_entries,
            revision=sub.form.revision,
            now=visit.now,
        )
        return saved(visit, "access.devices", N_("端末の登録を変更しました。"))


@post(
    "/administration/devices/{device_id:uuid}/revoking",
    name="access.device_revoke",
    sync_to_thread=True,
)
def revoke_device(desk: CurrentDesk, device_id: FromPath[UUID]) -> Response[Any]:
    """Know a device no more and end every sign-in there."""
    revision = desk.request.sent.get("revision", "")
    with desk.writes() as visit:
        queries.require_administrator(visit.actor)
        devices.revoke_device(
            visit.db,
            visit.actor,
            device_id,
            revision=int(revision) if str(revision).isdecimal() else 0,
            now=visit.now,
        )
        return saved(visit, "access.devices", N_("端末の登録を取り消しました。"))


def _begin_change(desk: Desk) -> tuple[Attempt, PasswordForm] | Response[Any]:
    """Count an attempt at the old password, once the new one is one that can be had."""
    with desk.writes(past=BEFORE) as visit:
        sub = read_form(PasswordForm, desk.request.sent)
        account = queries.account_of(visit.db, visit.actor.account_id)
        try:
            form = _wanted(sub, visit, account)
        except Refused as refusal:
            return _password_page(visit, sub.refused(refusal), refusal.status)
        if form is None:
            return _password_page(visit, sub, 422)
    facts = service.SignInFacts(
        account.login,
        desk.request.address,
        visit.now,
        demo=desk.settings.demo,
        device_cookie=desk.request.device_cookie,
    )
    try:
        return attempts.begin_attempt(desk.database, facts), form
    except TooManyAttempts as refusal:
        said = Refused(refusal.message, field="password", **refusal.facts)
        with desk.reads(past=BEFORE) as visit:
            return _password_page(visit, sub.refused(said), refusal.status)


def _wanted(sub: Submission[PasswordForm], visit: Visit, account: Account) -> PasswordForm | None:
    """Return the form if its new password can be had; Refused says why it cannot."""
    if sub.form is None:
        return None
    about = (account.login, *visit.actor.name.split(), visit.actor.unit_name)
    try:
        accounts.require_password(sub.form.new_password, about)
    except Refused as refusal:
        raise Refused(refusal.message, field="new_password") from None
    if sub.form.new_password == sub.form.password:
        raise Refused(N_("今のパスワードとは別のものにしてください。"), field="new_password")
    return sub.form


def _finish_change(desk: Desk, attempt: Attempt, new_hash: str) -> Response[Any]:
    sub = read_form(PasswordForm, desk.request.sent)
    if not new_hash or attempt.known is None:
        attempts.record_failure(desk.database, attempt.facts)
        with desk.reads(past=BEFORE) as visit:
            refused = Refused(N_("今のパスワードが違います。"), field="password")
            return _password_page(visit, sub.refused(refused), 422)
    with desk.writes(past=BEFORE) as visit:
        attempts.forgive(visit.db, attempt)
        accounts.change_password(
            visit.db,
            visit.actor,
            old_hash=attempt.known.password_hash,
            new_hash=new_hash,
            now=visit.now,
        )
        cookie = service.confirm(visit.db, visit.actor, visit.now)
        answer = saved(visit, "access.sessions", N_("パスワードを変更しました。"))
        answer.set_cookie(desk.session_cookie(cookie))
        return answer


def _password_page(visit: Visit, sub: Submission[Any], status: int) -> Response[str]:
    kept: Submission[Any] = Submission({}, None, sub.errors)
    return page(visit, "access/password.html", status=status, sub=kept, least=accounts.MIN_PASSWORD)


def _device_page(
    desk: Desk, visit: Visit, device_id: UUID, sub: Submission[Any] | None, status: int
) -> Response[str]:
    minutes = {
        "shared": desk.settings.shared_idle_minutes,
        "personal": desk.settings.personal_idle_minutes,
    }
    found = session_queries.device_line(visit.db, device_id)
    return page(
        visit,
        "access/device.html",
        status=status,
        device=found,
        sub=sub or blank(name=found.name, kind=found.kind.value, keeps_entries=found.keeps_entries),
        minutes=minutes,
    )


def _number_here(visit: Visit, found: Sequence[SessionLine]) -> str:
    """Return what the device in use is called, for an administrator who is asked to register it."""
    here = next((line for line in found if line.key == visit.actor.session_key), None)
    return device_number(here.device_id) if here else ""


HANDLERS = [
    sessions,
    end_others,
    end_one,
    password_page,
    change_password,
    account_sessions,
    end_of_account,
    devices_list,
    device,
    describe_device,
    revoke_device,
]
