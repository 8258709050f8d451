"""Signing in and out, and what happens to a sign-in between: levels, the lock, the end."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.models import Account, DeviceKind, KnownDevice, SignInLevel, SignInSession
from crm.access.policy import may_keep_accounts
from crm.access.queries import (
    SIGN_IN,
    DeviceFacts,
    account_of,
)
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Forbidden
from crm.kernel.scope import ScopedSession

TOUCH_EVERY = dt.timedelta(minutes=1)
Lasting = Mapping[DeviceKind, dt.timedelta]
"""How long a sign-in lasts at most, by the kind of device."""


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """What one attempt to sign in, or to unlock, brings; never the password itself."""

    login: str
    address: str
    now: dt.datetime
    demo: bool = False
    device_cookie: str = ""
    cookie: str = ""
    """The session cookie the browser had; it opens nothing once somebody has signed in."""


def start_session(
    db: ScopedSession,
    actor: Actor,
    facts: SignInFacts,
    *,
    level: SignInLevel,
    device: DeviceFacts | None,
    lasts: Lasting,
) -> str:
    """Open a session for an actor who has shown who they are, and return its cookie.

    It lasts and locks as the kind of `device` does, a shared one where unknown.
    """
    kind = device.kind if device else DeviceKind.SHARED
    cookie, key = secrets.token_urlsafe(32), secrets.token_hex(32)
    db.add(
        SignInSession(
            key=key,
            cookie_hash=hash_of(cookie),
            account_id=actor.account_id,
            address=facts.address,
            level=level,
            device=kind,
            device_id=device.id if device else None,
            keeps_entries=device.keeps_entries if device else False,
            created_at=facts.now,
            last_seen_at=facts.now,
            expires_at=facts.now + lasts[kind],
            shown_at=facts.now,
        )
    )
    who = replace(actor, session_key=key, address=facts.address)
    db.add(audit.entry_of(who, "session.started", now=facts.now))
    return cookie


def know_device(
    db: ScopedSession, actor: Actor, device: DeviceFacts | None, now: dt.datetime
) -> tuple[DeviceFacts, str]:
    """Note who signed in with a device; one not known yet is, from now on, as a shared terminal.

    Returns it and, where it is new, the cookie to know it by. The cookie lets nobody in.
    """
    if device is not None:
        db.exec(
            sa.update(KnownDevice)
            .where(col(KnownDevice.id) == device.id)
            .values(last_account_id=actor.account_id, last_used_at=now)
            .execution_options(**SIGN_IN)
        )
        return device, ""
    cookie = secrets.token_urlsafe(32)
    made = KnownDevice(
        agency_id=actor.agency_id,
        cookie_hash=hash_of(cookie),
        last_account_id=actor.account_id,
        last_used_at=now,
        created_at=now,
        updated_at=now,
    )
    db.add(made)
    return DeviceFacts(made.id, made.kind, keeps_entries=False, knows_login=False), cookie


def raise_level(db: ScopedSession, key: str, level: SignInLevel, *, now: dt.datetime) -> str:
    """Raise the session `key` to `level` and return the cookie that opens it from now on.

    The cookie it had opens nothing any more, so nobody can have fixed it beforehand. Forbidden
    when the session has ended meanwhile. Whoever calls puts on record what was shown.
    """
    return _renew_cookie(db, key, now, {"level": level})


def lock(db: ScopedSession, actor: Actor, now: dt.datetime) -> None:
    """Let the session show nothing but the lock until its own account opens it again."""
    changed = db.exec(
        sa.update(SignInSession)
        .where(
            col(SignInSession.key) == actor.session_key,
            col(SignInSession.locked_at).is_(None),
        )
        .values(locked_at=now)
    )
    if changed.rowcount:
        audit.record(db, actor, "session.locked", now=now)


def unlock(db: ScopedSession, actor: Actor, now: dt.datetime) -> str:
    """Open the lock for an actor who has shown who they are; return the session's new cookie."""
    assert actor.session_key is not None  # noqa: S101 - whoever is locked has a session
    audit.record(db, actor, "session.unlocked", now=now)
    return _renew_cookie(db, actor.session_key, now, {"locked_at": None})


def confirm(db: ScopedSession, actor: Actor, now: dt.datetime) -> str:
    """Note that an actor has shown again who they are; return the session's new cookie."""
    assert actor.session_key is not None  # noqa: S101 - whoever confirms has a session
    audit.record(db, actor, "session.confirmed", now=now)
    return _renew_cookie(db, actor.session_key, now, {})


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


def end_own_session(db: ScopedSession, actor: Actor, key: str, now: dt.datetime) -> None:
    """End one of the actor's own sessions, on whatever device; an ended one stays ended."""
    changed = db.exec(
        sa.update(SignInSession)
        .where(col(SignInSession.key) == key, col(SignInSession.revoked_at).is_(None))
        .values(revoked_at=now)
    )
    if changed.rowcount:
        audit.record(db, actor, "sessions.ended", now=now, count=1)


def end_other_sessions(db: ScopedSession, actor: Actor, now: dt.datetime) -> int:
    """End every session of the actor's account but the one in use; return how many there were."""
    ended = end_sessions(db, actor.account_id, now, but=actor.session_key)
    if ended:
        audit.record(db, actor, "sessions.ended", now=now, count=ended)
    return ended


def end_sessions_of(db: ScopedSession, actor: Actor, account_id: UUID, now: dt.datetime) -> int:
    """Let an administrator end every session of an account of the agency; return how many."""
    if not may_keep_accounts(actor):
        raise Forbidden
    account_of(db, account_id)
    ended = end_sessions(db, account_id, now)
    audit.record(db, actor, "sessions.ended", now=now, subject=("account", account_id), count=ended)
    return ended


def end_cookie(db: ScopedSession, cookie: str, now: dt.datetime) -> None:
    """End the session a browser had when somebody signs in there, whoever it was."""
    if cookie:
        db.exec(
            sa.update(SignInSession)
            .where(
                col(SignInSession.cookie_hash) == hash_of(cookie),
                col(SignInSession.revoked_at).is_(None),
            )
            .values(revoked_at=now)
            .execution_options(**SIGN_IN)
        )


def end_sessions(
    db: ScopedSession, account_id: UUID, now: dt.datetime, *, but: str | None = None
) -> int:
    """End the sessions of an account, all `but` one; whoever calls asks whether that may be."""
    changed = db.exec(
        sa.update(SignInSession)
        .where(
            col(SignInSession.account_id) == account_id,
            col(SignInSession.revoked_at).is_(None),
            col(SignInSession.key) != (but or ""),
        )
        .values(revoked_at=now)
        .execution_options(**SIGN_IN)
    )
    return int(changed.rowcount)


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


def hash_of(cookie: str) -> str:
    """Return what is stored of a cookie: the table never holds what opens a session."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def _renew_cookie(db: ScopedSession, key: str, now: dt.datetime, values: Mapping[str, Any]) -> str:
    cookie = secrets.token_urlsafe(32)
    changed = db.exec(
        sa.update(SignInSession)
        .where(col(SignInSession.key) == key, col(SignInSession.revoked_at).is_(None))
        .values(cookie_hash=hash_of(cookie), last_seen_at=now, shown_at=now, **values)
        .execution_options(**SIGN_IN)
    )
    if changed.rowcount != 1:
        raise Forbidden
    return cookie
