"""Taking an account's factors away when all are lost: one person asks, another confirms."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.accounts import FirstPassword, give_password
from crm.access.models import Account
from crm.access.policy import may_keep_accounts, require_strong
from crm.access.queries import SIGN_IN, account_of
from crm.access.service import end_sessions
from crm.factors import queries
from crm.factors.models import (
    RESET_OPEN_FOR,
    FactorChallenge,
    FactorReset,
    OpenIdLink,
    Passkey,
    RecoveryCode,
    TotpFactor,
)
from crm.factors.policy import may_confirm, may_confirm_resets
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

TAKEN = (TotpFactor, Passkey, RecoveryCode, FactorChallenge, OpenIdLink)


def ask_for_reset(
    db: ScopedSession,
    actor: Actor,
    account_id: UUID,
    *,
    reason: str,
    now: dt.datetime,
    renews_password: bool = False,
) -> FactorReset:
    """Let an administrator ask that an account's factors be taken away; it takes another's word.

    With `renews_password` whoever confirms it also gets a new password to hand over. Refused while
    one waits already. Nothing is taken away yet.
    """
    require_keeper(actor)
    require_strong(actor)
    account = account_of(db, account_id)
    if queries.reset_of(db, account_id, now):
        raise Refused(N_("このアカウントには、確認待ちの依頼があります。"), field="reason")
    reset = FactorReset(
        agency_id=actor.agency_id,
        account_id=account_id,
        login=account.login,
        owner_name=queries.name_of(db, account.staff_id),
        reason=reason,
        renews_password=renews_password,
        asked_by=actor.account_id,
        asked_by_name=actor.name,
        asked_at=now,
        expires_at=now + RESET_OPEN_FOR,
    )
    db.add(reset)
    audit.record(
        db, actor, "factor_reset.asked", now=now, subject=("account", account_id), reason=reason
    )
    return reset


def confirm_reset(
    db: ScopedSession,
    actor: Actor,
    reset_id: UUID,
    *,
    now: dt.datetime,
    new: FirstPassword | None = None,
) -> FactorReset:
    """Let a second person take an account's factors away and end its sign-ins.

    `new` is the password it has from now on where that was asked for. Forbidden to whoever asked
    and to the account's owner; NotFound after 24 hours.
    """
    require_strong(actor)
    reset = queries.waiting_reset(db, reset_id, now)
    if not may_confirm(actor, reset):
        raise Forbidden(N_("依頼した人と本人以外の、管理者または署長（課長）が確認してください。"))
    _settle(db, reset, now, confirmed_by=actor.account_id, confirmed_at=now)
    _take_away(db, reset.account_id, now)
    audit.record(
        db, actor, "factor_reset.confirmed", now=now, subject=("account", reset.account_id)
    )
    if reset.renews_password and new is not None:
        give_password(db, actor, reset.account_id, new, now)
    return reset


def withdraw_reset(db: ScopedSession, actor: Actor, reset_id: UUID, *, now: dt.datetime) -> None:
    """Let a reset be: whoever may confirm it can, who asked, and the account's owner."""
    reset = queries.waiting_reset(db, reset_id, now)
    if not (may_confirm_resets(actor) or reset.account_id == actor.account_id):
        raise NotFound
    _settle(db, reset, now, withdrawn_by=actor.account_id, withdrawn_at=now)
    audit.record(
        db, actor, "factor_reset.withdrawn", now=now, subject=("account", reset.account_id)
    )


def reset_on_server(db: ScopedSession, owner: Actor, *, reason: str, now: dt.datetime) -> None:
    """Take an account's factors away from the server itself, where no second person is left to ask.

    On record under the account, as done on the server, with the reason.
    """
    _take_away(db, owner.account_id, now)
    audit.record(
        db,
        owner,
        "factors.cleared",
        now=now,
        subject=("account", owner.account_id),
        reason=reason,
    )


def require_keeper(actor: Actor) -> None:
    """Hide what only administrators see of others' accounts."""
    if not may_keep_accounts(actor):
        raise NotFound


def _take_away(db: ScopedSession, account_id: UUID, now: dt.datetime) -> None:
    for table in TAKEN:
        db.exec(
            sa.delete(table).where(col(table.account_id) == account_id).execution_options(**SIGN_IN)
        )
    db.exec(
        sa.update(Account)
        .where(col(Account.id) == account_id)
        .values(has_second_factor=False)
        .execution_options(**SIGN_IN)
    )
    end_sessions(db, account_id, now)


def _settle(db: ScopedSession, reset: FactorReset, now: dt.datetime, **how: object) -> None:
    """Settle a reset if nobody was faster."""
    settled = db.exec(
        sa.update(FactorReset)
        .where(
            col(FactorReset.id) == reset.id,
            col(FactorReset.confirmed_at).is_(None),
            col(FactorReset.withdrawn_at).is_(None),
            col(FactorReset.expires_at) > now,
        )
        .values(**how)
        .execution_options(synchronize_session=False)
    )
    if settled.rowcount != 1:
        raise NotFound
