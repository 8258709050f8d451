"""Opening and closing accounts, and their passwords."""

import datetime as dt
import secrets
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.feeds import drop_feed
from crm.access.guessable import is_guessable
from crm.access.models import Account
from crm.access.passwords import hash_password
from crm.access.policy import may_keep_accounts, needs_strength
from crm.access.queries import (
    SIGN_IN,
    account_of,
    actor_of_account,
    administrators_on,
    credentials_of,
)
from crm.access.service import end_other_sessions, end_sessions
from crm.agencies.models import AdministratorLeaving, Staff, StaffAssignment
from crm.agencies.policy import roles_at
from crm.kernel import audit
from crm.kernel.actor import Actor, Role
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

MIN_PASSWORD = 12
COPIED = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_GROUPS, PASSWORD_GROUP = 4, 4


def open_account(
    db: ScopedSession,
    actor: Actor,
    staff_id: UUID,
    *,
    login: str,
    password_hash: str,
    now: dt.datetime,
    expires_at: dt.datetime | None,
) -> Account:
    """Give a member of staff an account; refuses a name that is taken.

    Whoever signs in with it has to change its password first, and before `expires_at`; None for
    a password its holder chose.
    """
    if not may_keep_accounts(actor):
        raise Forbidden
    if credentials_of(db, login):
        raise Refused("このログイン名は使われています。別の名前にしてください。", field="login")
    account = Account(
        agency_id=actor.agency_id,
        staff_id=staff_id,
        login=login,
        password_hash=password_hash,
        must_change_password=expires_at is not None,
        password_expires_at=expires_at,
        created_by=actor.account_id,
    )
    db.add(account)
    audit.record(db, actor, "account.opened", now=now, subject=("account", account.id))
    return account


class FirstPassword(NamedTuple):
    """A password somebody else made, as it is stored, and until when it opens anything."""

    hash: str
    expires_at: dt.datetime


def renew_password(
    db: ScopedSession,
    actor: Actor,
    account_id: UUID,
    *,
    new: FirstPassword,
    revision: int,
    now: dt.datetime,
    is_strict: bool,
) -> None:
    """Give an account a new password, to be changed by its holder before it expires.

    Whoever is signed in with the account is signed out. Where second factors are required
    (`is_strict`) one person alone cannot do it for an account that crosses units and has none:
    whoever makes the password could sign in with it and take on a factor of their own.
    """
    account = _account_to_change(db, actor, account_id, revision)
    if is_strict and not account.has_second_factor:
        _require_one_unit(db, account_id, local_day(now))
    _stamp(account, actor, now)
    db.flush()
    give_password(db, actor, account_id, new, now)


def give_password(
    db: ScopedSession, actor: Actor, account_id: UUID, new: FirstPassword, now: dt.datetime
) -> None:
    """Store a password somebody else made; whoever calls asks whether that may be."""
    db.exec(
        sa.update(Account)
        .where(col(Account.id) == account_id)
        .values(
            password_hash=new.hash,
            must_change_password=True,
            password_expires_at=new.expires_at,
        )
        .execution_options(**SIGN_IN)
    )
    end_sessions(db, account_id, now)
    audit.record(db, actor, "account.password_renewed", now=now, subject=("account", account_id))


def change_password(
    db: ScopedSession, actor: Actor, *, old_hash: str, new_hash: str, now: dt.datetime
) -> None:
    """Let an account have the password its holder chose; every other session of it ends.

    `old_hash` is what the password typed beside it was compared with: Conflict when it is not the
    account's any more.
    """
    changed = db.exec(
        sa.update(Account)
        .where(col(Account.id) == actor.account_id, col(Account.password_hash) == old_hash)
        .values(
            password_hash=new_hash,
            must_change_password=False,
            password_expires_at=None,
            revision=Account.revision + 1,
            updated_at=now,
            updated_by=actor.account_id,
        )
    )
    if changed.rowcount != 1:
        raise Conflict
    audit.record(
        db, actor, "account.password_changed", now=now, subject=("account", actor.account_id)
    )
    end_other_sessions(db, actor, now)


def close_account(
    db: ScopedSession, actor: Actor, account_id: UUID, *, revision: int, now: dt.datetime
) -> None:
    """Let an account sign in no more, from its next request on; Refused for the last administrator.

    Nothing it did is lost, and it can be opened again; its calendar's address is gone for good.
    """
    account = _account_to_change(db, actor, account_id, revision)
    _require_other_administrator(db, account.staff_id, local_day(now))
    account.is_active = False
    _stamp(account, actor, now)
    end_sessions(db, account_id, now)
    drop_feed(db, account_id)
    audit.record(db, actor, "account.closed", now=now, subject=("account", account_id))


def reopen_account(
    db: ScopedSession, actor: Actor, account_id: UUID, *, revision: int, now: dt.datetime
) -> None:
    """Let a closed account sign in again."""
    account = _account_to_change(db, actor, account_id, revision)
    account.is_active = True
    _stamp(account, actor, now)
    audit.record(db, actor, "account.reopened", now=now, subject=("account", account_id))


def keep_an_administrator(
    db: ScopedSession, change: AdministratorLeaving, actor: Actor, now: dt.datetime
) -> None:
    """Refuse that the last administrator who can sign in becomes something else."""
    del actor, now
    _require_other_administrator(db, change.staff_id, change.day)


def assign(
    db: ScopedSession, actor: Actor, name: str, *, unit_id: UUID, role: Role, day: dt.date
) -> Staff:
    """Take a member of staff on and assign them to a unit in a role, from `day`.

    Refused for a role that agencies of this kind do not have.
    """
    if role not in roles_at(actor.agency_kind):
        raise Refused("この役割は、この機関にはありません。", field="role")
    family, _, given = name.strip().partition(" ")
    staff = Staff(agency_id=actor.agency_id, family_name=family, given_name=given)
    db.add(staff)
    db.flush()
    db.add(
        StaffAssignment(
            agency_id=actor.agency_id,
            staff_id=staff.id,
            unit_id=unit_id,
            role=role,
            valid_from=day,
        )
    )
    return staff


def stored_password(password: str) -> str:
    """Return what to store for `password`; refuses one that is too short or too common."""
    require_password(password)
    return hash_password(password)


def require_password(password: str, about: Collection[str] = ()) -> None:
    """Refuse a password that is too short or that is tried first; its composition is free.

    `about` are words of the account itself, which are as easily guessed.
    """
    if len(password) < MIN_PASSWORD:
        raise Refused(N_("パスワードは12文字以上にしてください。"), field="password")
    if is_guessable(password, about):
        raise Refused(
            N_(
                "このパスワードは、よく使われる言葉や並びなので推測されます。"
                "関係のない言葉を3つ以上つなげるなど、別のものにしてください。"
            ),
            field="password",
        )


def new_password() -> str:
    """Return a random password somebody can copy from paper: no letters that look alike."""
    letters = [secrets.choice(COPIED) for _ in range(PASSWORD_GROUPS * PASSWORD_GROUP)]
    groups = range(0, len(letters), PASSWORD_GROUP)
    return "-".join("".join(letters[start : start + PASSWORD_GROUP]) for start in groups)


def _account_to_change(db: ScopedSession, actor: Actor, account_id: UUID, revision: int) -> Account:
    if not may_keep_accounts(actor):
        raise Forbidden
    account = account_of(db, account_id)
    if account.revision != revision:
        raise Conflict
    return account


def _stamp(account: Account, actor: Actor, now: dt.datetime) -> None:
    account.revision += 1
    account.updated_at, account.updated_by = now, actor.account_id


def _require_one_unit(db: ScopedSession, account_id: UUID, day: dt.date) -> None:
    owner = actor_of_account(db, account_id, day)
    if owner is not None and needs_strength(owner):
        raise Refused(
            N_(
                "本部・管理・監査の役割で、二要素認証を登録していないアカウントのパスワードは、"
                "二人で再発行します。「二要素認証の解除」から依頼してください。"
            )
        )


def _require_other_administrator(db: ScopedSession, staff_id: UUID, day: dt.date) -> None:
    administrators = administrators_on(db, day)
    if administrators == {staff_id}:
        raise Refused(N_("最後のシステム管理者です。先に別のシステム管理者を登録してください。"))
