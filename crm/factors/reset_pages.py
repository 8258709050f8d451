"""二要素認証の解除: asked for by an administrator, confirmed by another person."""

import datetime as dt
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access import accounts
from crm.access.accounts import FirstPassword
from crm.access.desk import CurrentDesk, Desk
from crm.access.queries import account_of
from crm.factors import queries, resets
from crm.factors.forms import ReasonForm
from crm.factors.policy import may_confirm_resets
from crm.kernel.errors import NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_
from crm.web.pages import page, saved
from crm.web.visit import Visit


@get(
    "/administration/accounts/{account_id:uuid}/factor-reset",
    name="factors.reset_new",
    sync_to_thread=True,
)
def reset_new(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[str]:
    """Show the form that asks for a reset, and who can confirm it."""
    with desk.reads() as visit:
        return _form(desk, visit, account_id, blank(), 200)


@post(
    "/administration/accounts/{account_id:uuid}/factor-reset",
    name="factors.reset_ask",
    sync_to_thread=True,
)
def reset_ask(desk: CurrentDesk, account_id: FromPath[UUID]) -> Response[Any]:
    """Ask for a reset; another person has a day to confirm it."""
    sub = read_form(ReasonForm, desk.request.sent)
    with desk.writes() as visit:
        if sub.form is None:
            return _form(desk, visit, account_id, sub, 422)
        try:
            resets.ask_for_reset(
                visit.db,
                visit.actor,
                account_id,
                reason=sub.form.reason,
                now=visit.now,
                renews_password=sub.form.renews_password,
            )
        except Refused as refusal:
            return _form(desk, visit, account_id, sub.refused(refusal), refusal.status)
        return saved(visit, "factors.resets", N_("依頼を登録しました。別の人が確認してください。"))


@get("/factor-resets", name="factors.resets", sync_to_thread=True)
def waiting(desk: CurrentDesk) -> Response[str]:
    """Show the resets that wait for a second person, to whoever could be one."""
    with desk.reads() as visit:
        if not may_confirm_resets(visit.actor):
            raise NotFound
        return page(
            visit,
            "factors/resets.html",
            resets=queries.waiting_resets(visit.db, visit.now),
        )


@post(
    "/factor-resets/{reset_id:uuid}/confirmation",
    name="factors.reset_confirm",
    sync_to_thread=True,
)
def confirm(desk: CurrentDesk, reset_id: FromPath[UUID]) -> Response[Any]:
    """Take the account's factors away and end its sign-ins; show its new password, if asked for."""
    password = accounts.new_password()
    stored = accounts.stored_password(password)
    with desk.writes() as visit:
        new = FirstPassword(
            stored, visit.now + dt.timedelta(hours=desk.settings.first_password_hours)
        )
        reset = resets.confirm_reset(visit.db, visit.actor, reset_id, now=visit.now, new=new)
        if reset.renews_password:
            return page(
                visit,
                "factors/reset_password.html",
                reset=reset,
                password=password,
                expires_at=new.expires_at,
            )
        return saved(
            visit,
            "factors.resets",
            N_("解除しました。本人は、パスワードでサインインして登録し直します。"),
        )


@post(
    "/factor-resets/{reset_id:uuid}/withdrawal",
    name="factors.reset_withdraw",
    sync_to_thread=True,
)
def withdraw(desk: CurrentDesk, reset_id: FromPath[UUID]) -> Response[None]:
    """Let a reset be."""
    with desk.writes() as visit:
        resets.withdraw_reset(visit.db, visit.actor, reset_id, now=visit.now)
        target = "factors.resets" if may_confirm_resets(visit.actor) else "factors.show"
        return saved(visit, target, N_("依頼を取り下げました。"))


def _form(
    desk: Desk, visit: Visit, account_id: UUID, sub: Submission[Any], status: int
) -> Response[str]:
    resets.require_keeper(visit.actor)
    account = account_of(visit.db, account_id)
    return page(
        visit,
        "factors/reset.html",
        status=status,
        sub=sub,
        account_id=account_id,
        login=account.login,
        name=queries.name_of(visit.db, account.staff_id),
        has_factors=account.has_second_factor,
        has_openid=bool(desk.settings.oidc_issuer),
        is_own=account_id == visit.actor.account_id,
        reset=queries.reset_of(visit.db, account_id, visit.now),
    )


HANDLERS = [reset_new, reset_ask, waiting, confirm, withdraw]
