"""Signing in and out, and opening accounts."""

import datetime as dt
import hashlib
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import col

from crm.access.models import Account, SignInAttempt, SignInLevel, SignInSession
from crm.access.passwords import hash_password, password_matches
from crm.access.policy import may_keep_accounts
from crm.access.queries import (
    SIGN_IN,
    Credentials,
    account_of,
    actor_by_login,
    administrators_on,
    credentials_of,
    failures_of,
)
from crm.agencies.models import AdministratorLeaving, Staff, StaffAssignment
from crm.agencies.policy import roles_at
from crm.kernel import audit
from crm.kernel.actor import Actor, Role
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day
from crm.kernel.db import Database
from crm.kernel.errors import Conflict, DomainError, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

MIN_PASSWORD = 12
COPIED = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_GROUPS, PASSWORD_GROUP = 4, 4
TOUCH_EVERY = dt.timedelta(minutes=1)


class TooManyAttempts(DomainError):
    """Somebody guesses; wait, but never be locked out (`security.md` F4)."""

    status = 429


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failures are free, and the longest wait (s) that grows from there."""

    free: int
    longest_s: int
    of_login: bool


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """What one attempt to sign in brings."""

    login: str
    password: str
    address: str
    now: dt.datetime
    demo: bool


def sign_in(database: Database, facts: SignInFacts, *, lasts: dt.timedelta) -> str:
    """Open a new session for the right password and return its cookie.

    Each step is a transaction of its own, so that no lock is held while a hash is computed and a
    failure stays counted. Raises Refused for wrong credentials, TooManyAttempts while throttled.
    """
    keys = _throttle_keys(facts)
    with database.reading(None) as db:
        _require_patience(db, keys, facts.now)
        known = credentials_of(db, facts.login)
    if known and known.is_sample and not facts.demo:
        known = None
    # counted before the hash is computed: parallel guesses cannot slip past the count
    with database.writing(None) as db:
        for key in keys:
            _count_failure(db, key, facts.now)
    if not password_matches(known.password_hash if known else None, facts.password):
        _record_failure(database, facts)
        raise Refused("ログイン名またはパスワードが違います。", field="password")
    return _open(database, known, facts, keys, lasts)  # type: ignore[arg-type]  # a match implies an account


def raise_level(db: ScopedSession, key: str, level: SignInLevel, *, now: dt.datetime) -> str:
    """Raise the session `key` to `level` and return the cookie that opens it from now on.

    The cookie it had opens nothing any more, so nobody can have fixed it beforehand. Forbidden
    when the session has ended meanwhile. Whoever calls puts on record what was shown.
    """
    return _renew_cookie(db, key, {"level": level, "last_seen_at": now})


def _renew_cookie(db: ScopedSession, key: str, values: Mapping[str, Any]) -> str:
    cookie = secrets.token_urlsafe(32)
    changed = db.exec(
        sa.update(SignInSession)
        .where(col(SignInSession.key) == key, col(SignInSession.revoked_at).is_(None))
        .values(cookie_hash=hash_of(cookie), **values)
        .execution_options(**SIGN_IN)
    )
    if changed.rowcount != 1:
        raise Forbidden
    return cookie


def sign_out(db: ScopedSession, actor: Actor, now: dt.datetime) -> None:
    """End the session the request came with, for good."""
    revoke(db, actor, now)
    audit.record(db, actor, "session.ended", now=now)


def revoke(db: ScopedSession, actor: Actor, now: dt.datetime) -> None:
    """Mark the actor's own session as ended; no answer ever opens it again."""
    db.exec(
        sa.update(SignInSession)
        .where(col(SignInSession.key) == actor.session_key)
        .values(revoked_at=now)
    )


def touch(db: ScopedSession, actor: Actor, *, now: dt.datetime, notice: str) -> None:
    """Note that the session is in use and what to say on its next page."""
    db.change(_touched(), {"session_key": actor.session_key, "now": now, "notice": notice})


@cache
def _touched() -> sa.Update:
    return (
        sa.update(SignInSession)
        .where(col(SignInSession.key) == sa.bindparam("session_key"))
        .values(last_seen_at=sa.bindparam("now"), notice=sa.bindparam("notice"))
    )


def choose_locale(db: ScopedSession, actor: Actor, locale: str) -> None:
    """Show the product to this account in `locale` from now on."""
    db.exec(sa.update(Account).where(col(Account.id) == actor.account_id).values(locale=locale))


def open_account(
    db: ScopedSession,
    actor: Actor,
    staff_id: UUID,
    *,
    login: str,
    password: str,
    now: dt.datetime,
) -> Account:
    """Give a member of staff an account; refuses short passwords and taken names."""
    if not may_keep_accounts(actor):
        raise Forbidden
    stored = stored_password(password)
    if credentials_of(db, login):
        raise Refused("このログイン名は使われています。別の名前にしてください。", field="login")
    account = Account(
        agency_id=actor.agency_id,
        staff_id=staff_id,
        login=login,
        password_hash=stored,
        created_by=actor.account_id,
    )
    db.add(account)
    audit.record(db, actor, "account.opened", now=now, subject=("account", account.id))
    return account


def renew_password(
    db: ScopedSession, actor: Actor, account_id: UUID, *, revision: int, now: dt.datetime
) -> str:
    """Give an account a new random password and return it, to be told once; nothing keeps it.

    Whoever is signed in with the account is signed out.
    """
    account = _account_to_change(db, actor, account_id, revision)
    password = new_password()
    account.password_hash = stored_password(password)
    _stamp(account, actor, now)
    _end_sessions(db, account_id, now)
    audit.record(db, actor, "account.password_renewed", now=now, subject=("account", account_id))
    return password


def close_account(
    db: ScopedSession, actor: Actor, account_id: UUID, *, revision: int, now: dt.datetime
) -> None:
    """Let an account sign in no more, from its next request on; Refused for the last administrator.

    Nothing it did is lost, and it can be opened again.
    """
    account = _account_to_change(db, actor, account_id, revision)
    _require_other_administrator(db, account.staff_id, local_day(now))
    account.is_active = False
    _stamp(account, actor, now)
    _end_sessions(db, account_id, now)
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
    """Return what to store for `password`; refuses one that is too short."""
    require_password(password)
    return hash_password(password)


def require_password(password: str) -> None:
    """Refuse a password that is too short; length is what counts, not its composition."""
    if len(password) < MIN_PASSWORD:
        raise Refused("パスワードは12文字以上にしてください。", field="password")


def new_password() -> str:
    """Return a random password somebody can copy from paper: no letters that look alike."""
    letters = [secrets.choice(COPIED) for _ in range(PASSWORD_GROUPS * PASSWORD_GROUP)]
    groups = range(0, len(letters), PASSWORD_GROUP)
    return "-".join("".join(letters[start : start + PASSWORD_GROUP]) for start in groups)


def hash_of(cookie: str) -> str:
    """Return what is stored of a cookie: the table never holds what opens a session."""
    return hashlib.sha256(cookie.encode()).hexdigest()


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


def _end_sessions(db: ScopedSession, account_id: UUID, now: dt.datetime) -> None:
    db.exec(
        sa.update(SignInSession)
        .where(col(SignInSession.account_id) == account_id, col(SignInSession.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(**SIGN_IN)
    )


def _require_other_administrator(db: ScopedSession, staff_id: UUID, day: dt.date) -> None:
    administrators = administrators_on(db, day)
    if administrators == {staff_id}:
        raise Refused(N_("最後のシステム管理者です。先に別のシステム管理者を登録してください。"))


def _open(
    database: Database,
    known: Credentials,
    facts: SignInFacts,
    keys: Mapping[str, Patience],
    lasts: dt.timedelta,
) -> str:
    cookie = secrets.token_urlsafe(32)
    with database.writing(None) as db:
        actor = actor_by_login(db, facts.login, local_day(facts.now))
        if actor is None:
            raise Refused(
                "現在の所属が登録されていません。管理者に連絡してください。", field="login"
            )
        # the address keeps its count: one right password must not buy another round of guesses
        db.exec(
            sa.delete(SignInAttempt)
            .where(col(SignInAttempt.key).in_([key for key in keys if keys[key].of_login]))
            .execution_options(**SIGN_IN)
        )
        key = secrets.token_hex(32)
        db.add(
            SignInSession(
                key=key,
                cookie_hash=hash_of(cookie),
                level=SignInLevel.PENDING if known.has_second_factor else SignInLevel.PASSWORD,
                account_id=known.account_id,
                created_at=facts.now,
                last_seen_at=facts.now,
                expires_at=facts.now + lasts,
            )
        )
        who = replace(actor, session_key=key, address=facts.address)
        db.add(audit.entry_of(who, "session.started", now=facts.now))
    return cookie


def _throttle_keys(facts: SignInFacts) -> dict[str, Patience]:
    """Count a name at an address, the name anywhere, and the address with any name apart.

    Neither guessing nor spraying goes unnoticed; the wait for a name anywhere stays short, so that
    a stranger's guesses cannot keep its owner out.
    """
    return {
        _digest(f"login:{facts.login}:{facts.address}"): Patience(5, 300, of_login=True),
        _digest(f"login:{facts.login}"): Patience(20, 15, of_login=True),
        _digest(f"address:{facts.address}"): Patience(60, 300, of_login=False),
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _require_patience(db: ScopedSession, keys: Mapping[str, Patience], now: dt.datetime) -> None:
    for key, patience in keys.items():
        attempt = failures_of(db, key)
        if attempt is None or attempt.failures < patience.free:
            continue
        seconds = min(2 ** (attempt.failures - patience.free + 1), patience.longest_s)
        left = (attempt.last_failed_at + dt.timedelta(seconds=seconds) - now).total_seconds()
        if left > 0:
            raise TooManyAttempts(
                "続けて失敗したため、あと%(seconds)s秒お待ちください。", seconds=math.ceil(left)
            )


def _count_failure(db: ScopedSession, key: str, now: dt.datetime) -> None:
    """Add one in a single statement, so that workers cannot miss each other's count."""
    insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    row = insert(SignInAttempt).values(key=key, failures=1, last_failed_at=now, open_at=now)
    db.exec(
        row.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "failures": SignInAttempt.failures + 1,
                "last_failed_at": row.excluded.last_failed_at,
            },
        ).execution_options(**SIGN_IN)
    )


def _record_failure(database: Database, facts: SignInFacts) -> None:
    with database.writing(None) as db:
        who = actor_by_login(db, facts.login, local_day(facts.now))
        entry = (
            audit.entry_of(
                replace(who, address=facts.address),
                "session.refused",
                now=facts.now,
                outcome="refused",
            )
            if who
            else AuditEntry(
                at=facts.now,
                action="session.refused",
                outcome="refused",
                address=facts.address,
            )
        )
        db.add(entry)
