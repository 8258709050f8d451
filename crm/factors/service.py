"""An account's own factors: taken on, named, taken away, and the paper for when they are lost."""

import datetime as dt
import secrets
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.models import Account, DeviceKind, SignInLevel
from crm.access.queries import KEY_CHANGE
from crm.factors import passkeys, queries, totp
from crm.factors.codes import hash_of_code, new_codes
from crm.factors.lines import FactorKind
from crm.factors.models import (
    ASKED_FOR,
    ChallengePurpose,
    FactorChallenge,
    Passkey,
    RecoveryCode,
    TotpFactor,
)
from crm.factors.passkeys import NotThisKey, Place
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.db import Database
from crm.kernel.errors import NotFound, Refused, StrongSignInNeeded
from crm.kernel.i18n import N_
from crm.kernel.keys import BrokenSeal, derive, reseal, seal, unseal
from crm.kernel.scope import ScopedSession

MOST = 10
"""Factors of one kind that an account may have; nobody carries more."""
TABLES: dict[FactorKind, type[TotpFactor] | type[Passkey]] = {
    FactorKind.TOTP: TotpFactor,
    FactorKind.PASSKEY: Passkey,
}


def offer_secret(master: bytes, actor: Actor, secret: str) -> str:
    """Return a new secret sealed for the form that brings it back; good for this sign-in only."""
    sealed = seal(_key(master), secret.encode(), about=_offered_to(actor))
    return sealed.hex()


def offered_secret(master: bytes, actor: Actor, sealed: str) -> str:
    """Return the secret a form brought back; Refused when it was offered to somebody else."""
    try:
        return unseal(_key(master), bytes.fromhex(sealed), about=_offered_to(actor)).decode()
    except (BrokenSeal, ValueError):
        raise Refused(N_("画面を開き直してから、もう一度登録してください。")) from None


def enroll_totp(
    db: ScopedSession,
    actor: Actor,
    master: bytes,
    *,
    name: str,
    secret: str,
    code: str,
    now: dt.datetime,
) -> None:
    """Take on an application that shows codes; its first code proves that it was set up.

    Refused for a wrong code.
    """
    require_own_factors(db, actor)
    _require_room(queries.totp_factors(db))
    step = totp.matching_step(secret, code, now=now, after=0)
    if step is None:
        raise Refused(
            N_(
                "コードが違います。端末の時刻が合っているか確かめて、新しいコードを入力してください。"
            ),
            field="code",
        )
    factor = TotpFactor(
        agency_id=actor.agency_id,
        account_id=actor.account_id,
        name=name,
        secret=seal(_key(master), secret.encode(), about=_kept_for(actor.account_id)),
        last_step=step,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
    )
    db.add(factor)
    _enrolled(db, actor, FactorKind.TOTP, now)


def secret_of(master: bytes, factor: TotpFactor) -> str | None:
    """Return a factor's secret; None when the installation's key is not the one it had then."""
    try:
        return unseal(_key(master), factor.secret, about=_kept_for(factor.account_id)).decode()
    except BrokenSeal:
        return None


def reseal_factors(db: ScopedSession, old: bytes, new: bytes) -> int:
    """Seal the secrets of all applications with the key that comes next; return how many."""
    known = queries.every_totp_factor(db)
    for factor in known:
        secret = reseal(_key(old), _key(new), factor.secret, about=_kept_for(factor.account_id))
        db.exec(
            sa.update(TotpFactor)
            .where(col(TotpFactor.id) == factor.id)
            .values(secret=secret)
            .execution_options(**KEY_CHANGE)
        )
    return len(known)


def ask(db: ScopedSession, actor: Actor, purpose: ChallengePurpose, now: dt.datetime) -> bytes:
    """Make what a passkey must sign next, in place of anything asked before for this purpose."""
    db.exec(
        sa.delete(FactorChallenge).where(
            col(FactorChallenge.account_id) == actor.account_id,
            sa.or_(
                col(FactorChallenge.session_key) == actor.session_key,
                col(FactorChallenge.expires_at) < now,
            ),
        )
    )
    asked = FactorChallenge(
        agency_id=actor.agency_id,
        account_id=actor.account_id,
        session_key=actor.session_key or "",
        purpose=purpose,
        challenge=secrets.token_bytes(32),
        expires_at=now + ASKED_FOR,
    )
    db.add(asked)
    return asked.challenge


def take_challenge(
    database: Database, actor: Actor, purpose: ChallengePurpose, now: dt.datetime
) -> bytes | None:
    """Return what was asked, and never again: it is gone before any answer to it is judged."""
    with database.writing(actor) as db:
        asked = queries.challenge_for(db, actor, purpose, now)
        if asked is None:
            return None
        taken = db.exec(sa.delete(FactorChallenge).where(col(FactorChallenge.id) == asked.id))
        return asked.challenge if taken.rowcount == 1 else None


def register_passkey(
    db: ScopedSession,
    actor: Actor,
    place: Place,
    *,
    name: str,
    answer: str,
    challenge: bytes | None,
    now: dt.datetime,
) -> None:
    """Take on a passkey or security key that answered `challenge`; Refused for anything else."""
    own = require_own_factors(db, actor)
    known = queries.passkeys(db)
    _require_room(known)
    if passkeys.is_built_in(answer) and own.device is DeviceKind.SHARED:
        raise Refused(
            N_(
                "共用端末には、端末に内蔵のパスキーを登録できません。持ち歩ける鍵を使ってください。"
            ),
            field="answer",
        )
    try:
        made = passkeys.verified_registration(place, answer, challenge=challenge)
    except NotThisKey:
        raise Refused(
            N_("登録できませんでした。画面を開き直して、もう一度お試しください。"), field="answer"
        ) from None
    if queries.is_key_known(db, made.credential_id):
        raise Refused(N_("この鍵は、すでに登録されています。"), field="answer")
    db.add(
        Passkey(
            agency_id=actor.agency_id,
            account_id=actor.account_id,
            name=name,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            created_at=now,
            created_by=actor.account_id,
            updated_at=now,
        )
    )
    _enrolled(db, actor, FactorKind.PASSKEY, now)


def rename_factor(
    db: ScopedSession,
    actor: Actor,
    kind: FactorKind,
    factor_id: UUID,
    *,
    name: str,
    now: dt.datetime,
) -> None:
    """Call one of the own factors something else."""
    require_own_factors(db, actor)
    table = TABLES[kind]
    changed = db.exec(
        sa.update(table)
        .where(col(table.id) == factor_id)
        .values(name=name, updated_at=now, updated_by=actor.account_id)
    )
    if changed.rowcount != 1:
        raise NotFound


def remove_factor(
    db: ScopedSession,
    actor: Actor,
    kind: FactorKind,
    factor_id: UUID,
    *,
    password_shown: bool,
    now: dt.datetime,
) -> None:
    """Take one of the own factors away; the last one only after the password, with its paper.

    An account without factors signs in with its password alone, which is what a stranger at an
    open terminal would want.
    """
    require_own_factors(db, actor)
    lines = queries.factor_lines(db)
    if (kind, factor_id) not in {(line.kind, line.id) for line in lines}:
        raise NotFound
    is_last = len(lines) == 1
    if is_last and not password_shown:
        raise Refused(
            N_("最後の方法を削除するには、パスワードを入力してください。"), field="password"
        )
    table = TABLES[kind]
    db.exec(sa.delete(table).where(col(table.id) == factor_id))
    if is_last:
        db.exec(sa.delete(RecoveryCode).where(col(RecoveryCode.account_id) == actor.account_id))
        _mark(db, actor.account_id, has=False)
    audit.record(db, actor, "factor.removed", now=now, subject=_subject(actor), method=kind.value)


def make_codes(db: ScopedSession, actor: Actor, now: dt.datetime) -> list[str]:
    """Make a new sheet of recovery codes and return them, to be shown once; the old ones end."""
    require_own_factors(db, actor)
    codes = new_codes()
    db.exec(sa.delete(RecoveryCode).where(col(RecoveryCode.account_id) == actor.account_id))
    db.add_all(
        RecoveryCode(
            agency_id=actor.agency_id,
            account_id=actor.account_id,
            code_hash=hash_of_code(code),
            made_at=now,
        )
        for code in codes
    )
    audit.record(db, actor, "factor.codes_made", now=now, subject=_subject(actor))
    return codes


def require_own_factors(db: ScopedSession, actor: Actor) -> queries.OwnSession:
    """Return the own sign-in, if it may change factors.

    StrongSignInNeeded where the account has factors and this sign-in has shown none of them: the
    password alone must not be enough to put another's telephone beside the owner's.
    """
    own = queries.own_session(db, actor)
    if own.has_second_factor and own.level is not SignInLevel.SECOND_FACTOR:
        raise StrongSignInNeeded
    return own


def _require_room(known: Sequence[object]) -> None:
    if len(known) >= MOST:
        raise Refused(N_("これ以上登録できません。使わないものを削除してください。"), field="name")


def _enrolled(db: ScopedSession, actor: Actor, kind: FactorKind, now: dt.datetime) -> None:
    _mark(db, actor.account_id, has=True)
    audit.record(db, actor, "factor.enrolled", now=now, subject=_subject(actor), method=kind.value)


def _mark(db: ScopedSession, account_id: UUID, *, has: bool) -> None:
    db.exec(sa.update(Account).where(col(Account.id) == account_id).values(has_second_factor=has))


def _subject(actor: Actor) -> tuple[str, UUID]:
    return "account", actor.account_id


def _key(master: bytes) -> bytes:
    return derive(master, "factors")


def _kept_for(account_id: UUID) -> bytes:
    return b"totp_factor.secret " + account_id.bytes


def _offered_to(actor: Actor) -> bytes:
    return f"offered {actor.account_id} {actor.session_key}".encode()
