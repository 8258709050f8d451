"""Showing a second factor at the sign-in: a code, a recovery code or a passkey, each once.

Each step is a transaction of its own, so that an attempt stays counted and a challenge stays
taken whatever becomes of the answer.
"""

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from sqlmodel import col

from crm.access.attempts import record_throttled
from crm.access.models import SignInLevel
from crm.access.passwords import password_matches
from crm.access.service import hash_of, raise_level, touch
from crm.access.throttle import Count, TooManyAttempts, count_attempt, take_back
from crm.factors import passkeys, queries, totp
from crm.factors.codes import hash_of_code
from crm.factors.models import ChallengePurpose, Passkey, RecoveryCode, TotpFactor
from crm.factors.passkeys import NotThisKey, Place
from crm.factors.service import secret_of, take_challenge
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.db import Database
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

FIELDS = {"totp": "code", "recovery_code": "recovery", "passkey": "answer"}
USED_PAPER = N_(
    "リカバリーコードを1つ使いました。残りが少ないときは「二要素認証」のページで作り直してください。"
)


def show_code(
    database: Database, actor: Actor, master: bytes, code: str, *, now: dt.datetime
) -> str:
    """Raise the sign-in by a code of an application and return its new cookie.

    Refused for a wrong code, and for a right one that was used already.
    """
    return _show(
        database,
        actor,
        "totp",
        lambda db: _takes_code(db, master, code, now),
        said=N_("コードが違うか、すでに使われています。次のコードを入力してください。"),
        now=now,
    )


def show_recovery_code(database: Database, actor: Actor, code: str, *, now: dt.datetime) -> str:
    """Raise the sign-in by a code on paper, which ends with it; Refused for any other."""
    cookie = _show(
        database,
        actor,
        "recovery_code",
        lambda db: _takes_recovery_code(db, code, now),
        said=N_("リカバリーコードが違うか、すでに使われています。"),
        now=now,
    )
    with database.writing(actor) as db:
        touch(db, actor, now=now, notice=USED_PAPER)
    return cookie


def show_passkey(
    database: Database, actor: Actor, place: Place, answer: str, *, now: dt.datetime
) -> str:
    """Raise the sign-in by what a passkey signed; Refused unless it is this account's and new."""
    challenge = take_challenge(database, actor, ChallengePurpose.SIGN_IN, now)
    return _show(
        database,
        actor,
        "passkey",
        lambda db: (
            challenge is not None and _takes_assertion(db, actor, place, answer, challenge, now)
        ),
        said=N_("鍵を確かめられませんでした。もう一度お試しください。"),
        now=now,
    )


def show_password(database: Database, actor: Actor, password: str, *, now: dt.datetime) -> bool:
    """Return whether the password was shown again; Refused for a wrong one, which is counted."""
    if not password:
        return False
    _count(database, actor, now)
    with database.reading(actor) as db:
        stored = queries.own_password(db, actor)
    if not password_matches(stored, password):
        raise Refused(N_("パスワードが違います。"), field="password")
    with database.writing(actor) as db:
        take_back(db, _counts(actor), now)
    return True


def _show(
    database: Database,
    actor: Actor,
    method: str,
    takes: Callable[[ScopedSession], bool],
    *,
    said: str,
    now: dt.datetime,
) -> str:
    _count(database, actor, now)
    with database.writing(actor) as db:
        if takes(db):
            take_back(db, _counts(actor), now)
            audit.record(db, actor, "factor.accepted", now=now, method=method)
            return raise_level(db, actor.session_key or "", SignInLevel.SECOND_FACTOR, now=now)
        db.add(audit.entry_of(actor, "factor.refused", now=now, outcome="refused", method=method))
    raise Refused(said, field=FIELDS[method])


def _count(database: Database, actor: Actor, now: dt.datetime) -> None:
    """Count an attempt; TooManyAttempts, on record, while the account has to wait."""
    try:
        with database.writing(actor) as db:
            count_attempt(db, _counts(actor), now)
    except TooManyAttempts:
        record_throttled(database, actor, actor.address, now)
        raise


def _counts(actor: Actor) -> list[Count]:
    """Return what guesses are counted under: the account, for its password is known already.

    At the longest wait a code of six figures is found in about ten years.
    """
    day = dt.timedelta(days=1)
    return [Count(hash_of(f"factor:{actor.account_id}"), 5, 300, day, of_login=True)]


def _takes_code(db: ScopedSession, master: bytes, code: str, now: dt.datetime) -> bool:
    """Take a code later than every one taken; the database compares, so it works once."""
    for factor in queries.totp_factors(db):
        secret = secret_of(master, factor)
        step = secret and totp.matching_step(secret, code, now=now, after=factor.last_step)
        if not step:
            continue
        taken = db.exec(
            sa.update(TotpFactor)
            .where(col(TotpFactor.id) == factor.id, col(TotpFactor.last_step) < step)
            .values(last_step=step, last_used_at=now)
        )
        if taken.rowcount == 1:
            return True
    return False


def _takes_recovery_code(db: ScopedSession, code: str, now: dt.datetime) -> bool:
    taken = db.exec(
        sa.update(RecoveryCode)
        .where(
            col(RecoveryCode.code_hash) == hash_of_code(code), col(RecoveryCode.used_at).is_(None)
        )
        .values(used_at=now)
    )
    return taken.rowcount == 1


def _takes_assertion(
    db: ScopedSession, actor: Actor, place: Place, answer: str, challenge: bytes, now: dt.datetime
) -> bool:
    try:
        assertion = passkeys.read_assertion(answer)
        if assertion.owner not in (None, b"", actor.account_id.bytes):
            return False
        key = next(
            (key for key in queries.passkeys(db) if key.credential_id == assertion.credential_id),
            None,
        )
        if key is None:
            return False
        seen = passkeys.verified_assertion(
            place,
            assertion,
            challenge=challenge,
            public_key=key.public_key,
            sign_count=key.sign_count,
        )
    except NotThisKey:
        return False
    taken = db.exec(
        sa.update(Passkey)
        .where(col(Passkey.id) == key.id, col(Passkey.sign_count) == key.sign_count)
        .values(sign_count=seen.new_sign_count, last_used_at=now)
    )
    return taken.rowcount == 1
