"""One attempt to show who somebody is: counted, judged, and put on record where it failed."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlmodel import col

from crm.access.models import Account, SignInLevel
from crm.access.queries import (
    SIGN_IN,
    Credentials,
    DeviceFacts,
    actor_by_login,
    credentials_of,
    device_of_cookie,
    has_drafts,
)
from crm.access.service import (
    Lasting,
    SignInFacts,
    confirm,
    end_cookie,
    hash_of,
    know_device,
    start_session,
    unlock,
)
from crm.access.throttle import (
    Count,
    TooManyAttempts,
    count_attempt,
    counts_for,
    record_once_a_minute,
    take_back,
)
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day
from crm.kernel.db import Database
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

WRONG = "ログイン名またはパスワードが違います。"
PAST_ITS_TIME = N_(
    "管理者が発行したパスワードの有効期限が過ぎています。管理者に再発行を依頼してください。"
)
GoingOn = Callable[[ScopedSession, Actor, dt.datetime], str]
"""What follows once somebody has shown again who they are: it returns the new cookie."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted, before its hash is computed."""

    facts: SignInFacts
    known: Credentials | None
    device: DeviceFacts | None
    counts: list[Count]

    @property
    def password_hash(self) -> str | None:
        """What the password must match; None for a name nobody has."""
        return self.known.password_hash if self.known else None


def begin_attempt(database: Database, facts: SignInFacts) -> Attempt:
    """Count an attempt and return what its password is compared with.

    Counting and the two steps that follow are transactions of their own: no lock is held while a
    hash is computed, and a failure stays counted. Raises TooManyAttempts while throttled.
    """
    with database.reading(None) as db:
        known = credentials_of(db, facts.login)
        device = (
            device_of_cookie(db, hash_of(facts.device_cookie), facts.login)
            if facts.device_cookie
            else None
        )
    if known and known.is_sample and not facts.demo:
        known = None
    trusted = device.id if device and device.knows_login else None
    counts = counts_for(facts.login, facts.address, trusted)
    try:
        with database.writing(None) as db:
            count_attempt(db, counts, facts.now)
    except TooManyAttempts:
        with database.reading(None) as db:
            who = actor_by_login(db, facts.login, local_day(facts.now))
        record_throttled(database, who, facts.address, facts.now)
        raise
    return Attempt(facts, known, device, counts)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the browser gets for the right password."""

    cookie: str
    device_cookie: str
    """Empty where the device was known before."""
    has_drafts: bool


def finish_sign_in(
    database: Database, attempt: Attempt, *, matches: bool, lasts: Lasting, renewed_hash: str = ""
) -> Opened:
    """Open a new session after the right password; Refused for a wrong one, or one past its time.

    The session waits for the second factor where the account has one. `renewed_hash` is the same
    password at today's cost, where it was stored at a lower one.
    """
    facts = attempt.facts
    if not matches or attempt.known is None:
        record_failure(database, facts)
        raise Refused(WRONG, field="password")
    if attempt.known.expires_at is not None and attempt.known.expires_at <= facts.now:
        record_failure(database, facts)
        raise Refused(PAST_ITS_TIME, field="password")
    with database.writing(None) as db:
        actor = actor_by_login(db, facts.login, local_day(facts.now))
        if actor is None or credentials_of(db, facts.login) != attempt.known:
            raise Refused(
                "現在の所属が登録されていません。管理者に連絡してください。", field="login"
            )
        take_back(db, attempt.counts, facts.now)
        end_cookie(db, facts.cookie, facts.now)
        if renewed_hash:
            _store_renewed(db, attempt.known, renewed_hash)
        device, device_cookie = know_device(db, actor, attempt.device, facts.now)
        level = SignInLevel.PENDING if attempt.known.has_second_factor else SignInLevel.PASSWORD
        cookie = start_session(db, actor, facts, level=level, device=device, lasts=lasts)
        return Opened(cookie, device_cookie, has_drafts=has_drafts(db, actor.account_id))


def finish_unlock(database: Database, actor: Actor, attempt: Attempt, *, matches: bool) -> str:
    """Open the lock after the right password and return the new cookie; Refused for a wrong one."""
    return _finish_again(database, actor, attempt, unlock, matches=matches)


def finish_confirmation(
    database: Database, actor: Actor, attempt: Attempt, *, matches: bool
) -> str:
    """Confirm who sits there, as `finish_unlock` opens the lock."""
    return _finish_again(database, actor, attempt, confirm, matches=matches)


def forgive(db: ScopedSession, attempt: Attempt) -> None:
    """Forget the failures before an attempt whose password was right."""
    take_back(db, attempt.counts, attempt.facts.now)


def record_failure(database: Database, facts: SignInFacts) -> None:
    """Put a wrong password or second factor on record, under whoever has that name."""
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


def record_throttled(database: Database, who: Actor | None, address: str, now: dt.datetime) -> None:
    """Put on record that somebody was told to wait: once a minute for an account and address.

    Whoever keeps guessing must not be able to bury the trail under their guesses.
    """
    told = f"throttled:{who.account_id if who else ''}:{address}"
    entry = (
        audit.entry_of(replace(who, address=address), "session.throttled", now=now, outcome="429")
        if who
        else AuditEntry(at=now, action="session.throttled", outcome="429", address=address)
    )
    record_once_a_minute(database, told, entry)


def _finish_again(
    database: Database, actor: Actor, attempt: Attempt, go_on: GoingOn, *, matches: bool
) -> str:
    if not matches or attempt.known is None or attempt.known.account_id != actor.account_id:
        record_failure(database, attempt.facts)
        raise Refused("パスワードが違います。", field="password")
    with database.writing(actor) as db:
        take_back(db, attempt.counts, attempt.facts.now)
        return go_on(db, actor, attempt.facts.now)


def _store_renewed(db: ScopedSession, known: Credentials, renewed_hash: str) -> None:
    """Keep a password at today's cost, unless another took its place meanwhile."""
    db.exec(
        sa.update(Account)
        .where(
            col(Account.id) == known.account_id, col(Account.password_hash) == known.password_hash
        )
        .values(password_hash=renewed_hash)
        .execution_options(**SIGN_IN)
    )
