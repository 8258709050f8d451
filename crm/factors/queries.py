"""Reading an account's factors, and the resets that wait for a second person."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from crm.access.models import Account, DeviceKind, SignInLevel, SignInSession
from crm.access.queries import KEY_CHANGE, SIGN_IN
from crm.agencies.models import Staff
from crm.factors.lines import FactorKind, FactorLine, FactorSheet, LinkLine, ResetLine
from crm.factors.models import (
    ChallengePurpose,
    FactorChallenge,
    FactorReset,
    OpenIdLink,
    OpenIdRequest,
    Passkey,
    RecoveryCode,
    TotpFactor,
)
from crm.kernel.actor import Actor
from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession


class OwnSession(NamedTuple):
    """What of the actor's own sign-in decides about factors."""

    device: DeviceKind
    level: SignInLevel
    login: str
    has_second_factor: bool


class LinkedAccount(NamedTuple):
    """Whose OpenID somebody showed."""

    account_id: UUID
    login: str
    has_second_factor: bool


def own_session(db: ScopedSession, actor: Actor) -> OwnSession:
    """Return the sign-in the request came with, and its account."""
    rows = db.rows(
        sa.select(
            col(SignInSession.device),
            col(SignInSession.level),
            col(Account.login),
            col(Account.has_second_factor),
        )
        .join(Account, col(Account.id) == SignInSession.account_id)
        .where(
            col(SignInSession.key) == actor.session_key,
            col(SignInSession.account_id) == actor.account_id,
        )
    )
    if not rows:
        raise NotFound
    return OwnSession(*rows[0])


def every_totp_factor(db: ScopedSession) -> Sequence[TotpFactor]:
    """Return everybody's applications, sealed as they are: only their seals are changed."""
    return db.exec(select(TotpFactor).execution_options(**KEY_CHANGE)).all()


def own_password(db: ScopedSession, actor: Actor) -> str | None:
    """Return what the actor's own password must match."""
    return db.exec(select(Account.password_hash).where(Account.id == actor.account_id)).first()


def factor_sheet(db: ScopedSession, actor: Actor) -> FactorSheet:
    """Return everything the actor's own account can show beside its password."""
    codes = db.exec(
        select(sa.func.count(col(RecoveryCode.id))).where(col(RecoveryCode.used_at).is_(None))
    ).one()
    return FactorSheet(factor_lines(db), codes, link_of(db, actor.account_id))


def factor_lines(db: ScopedSession) -> tuple[FactorLine, ...]:
    """Return the actor's own factors, the oldest first."""
    lines = [
        FactorLine(factor.id, kind, factor.name, factor.created_at, factor.last_used_at)
        for kind, found in (
            (FactorKind.TOTP, totp_factors(db)),
            (FactorKind.PASSKEY, passkeys(db)),
        )
        for factor in found
    ]
    return tuple(sorted(lines, key=lambda line: line.created_at))


def totp_factors(db: ScopedSession) -> Sequence[TotpFactor]:
    """Return the actor's own code applications, with their sealed secrets."""
    return db.exec(select(TotpFactor).order_by(col(TotpFactor.id))).all()


def passkeys(db: ScopedSession) -> Sequence[Passkey]:
    """Return the actor's own passkeys."""
    return db.exec(select(Passkey).order_by(col(Passkey.id))).all()


def is_key_known(db: ScopedSession, credential_id: bytes) -> bool:
    """Whether any account has this key already; a key is random, so this tells nothing else."""
    return bool(
        db.exec(
            select(Passkey.id)
            .where(Passkey.credential_id == credential_id)
            .execution_options(**SIGN_IN)
        ).first()
    )


def challenge_for(
    db: ScopedSession, actor: Actor, purpose: ChallengePurpose, now: dt.datetime
) -> FactorChallenge | None:
    """Return what the actor's sign-in was asked for `purpose`, unless it is too long ago."""
    return db.exec(
        select(FactorChallenge).where(
            FactorChallenge.session_key == actor.session_key,
            FactorChallenge.purpose == purpose,
            col(FactorChallenge.expires_at) > now,
        )
    ).first()


def link_of(db: ScopedSession, account_id: UUID) -> LinkLine | None:
    """Return the OpenID of an account: one's own, or for its administrator."""
    found = db.exec(
        select(OpenIdLink.id, OpenIdLink.subject, OpenIdLink.accepted_at).where(
            OpenIdLink.account_id == account_id
        )
    ).first()
    return LinkLine(*found) if found else None


def account_by_subject(db: ScopedSession, issuer: str, subject: str) -> LinkedAccount | None:
    """Return whose OpenID this is: only an accepted link tells, never a name or an address."""
    found = db.exec(
        select(Account.id, Account.login, Account.has_second_factor)
        .join(OpenIdLink, col(OpenIdLink.account_id) == Account.id)
        .where(
            OpenIdLink.issuer == issuer,
            OpenIdLink.subject == subject,
            col(OpenIdLink.accepted_at).is_not(None),
            col(Account.is_active),
            col(Account.is_sample).is_(False),
        )
        .execution_options(**SIGN_IN)
    ).first()
    return LinkedAccount(*found) if found else None


def is_subject_known(db: ScopedSession, issuer: str, subject: str) -> bool:
    """Whether any account is linked to a subject, of whatever agency."""
    return bool(
        db.exec(
            select(OpenIdLink.id)
            .where(OpenIdLink.issuer == issuer, OpenIdLink.subject == subject)
            .execution_options(**SIGN_IN)
        ).first()
    )


def openid_request(db: ScopedSession, key: str, now: dt.datetime) -> OpenIdRequest | None:
    """Return what the browser with this cookie was sent away with, unless it is too long ago."""
    return db.exec(
        select(OpenIdRequest)
        .where(OpenIdRequest.key == key, col(OpenIdRequest.expires_at) > now)
        .execution_options(**SIGN_IN)
    ).first()


def name_of(db: ScopedSession, staff_id: UUID) -> str:
    """Return the name of a colleague."""
    family, given = db.exec(
        select(Staff.family_name, Staff.given_name).where(Staff.id == staff_id)
    ).one()
    return f"{family} {given}".strip()


def waiting_resets(db: ScopedSession, now: dt.datetime) -> Sequence[ResetLine]:
    """Return the resets the actor may see that still wait, the oldest first."""
    found = db.exec(_waiting(now).order_by(col(FactorReset.asked_at))).all()
    return [_reset_line(reset) for reset in found]


def reset_of(db: ScopedSession, account_id: UUID, now: dt.datetime) -> ResetLine | None:
    """Return the reset of an account that waits, if there is one to see."""
    found = db.exec(_waiting(now).where(FactorReset.account_id == account_id)).first()
    return _reset_line(found) if found else None


def waiting_reset(db: ScopedSession, reset_id: UUID, now: dt.datetime) -> FactorReset:
    """Return a reset to confirm or withdraw; NotFound when it waits no more."""
    found = db.exec(_waiting(now).where(FactorReset.id == reset_id)).first()
    if found is None:
        raise NotFound
    return found


def _waiting(now: dt.datetime) -> SelectOfScalar[FactorReset]:
    return select(FactorReset).where(
        col(FactorReset.confirmed_at).is_(None),
        col(FactorReset.withdrawn_at).is_(None),
        col(FactorReset.expires_at) > now,
    )


def _reset_line(reset: FactorReset) -> ResetLine:
    return ResetLine(
        reset.id,
        reset.account_id,
        reset.login,
        reset.owner_name,
        reset.reason,
        reset.asked_by,
        reset.asked_by_name,
        reset.asked_at,
        reset.expires_at,
        reset.renews_password,
    )
