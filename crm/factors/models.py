"""Second factors of an account, what is asked of them once, and their reset by two people."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from crm.kernel.columns import AgencyOwned, Key, Moment, Stamped, choice

ASKED_FOR = dt.timedelta(minutes=5)
"""How long a challenge can be answered."""
RESET_OPEN_FOR = dt.timedelta(hours=24)


class ChallengePurpose(StrEnum):
    """What a challenge was made for; an answer to one is none to another."""

    REGISTER = "register"
    SIGN_IN = "sign_in"


class TotpFactor(AgencyOwned, Stamped, table=True):
    """An application that shows six figures, new each half minute (RFC 6238).

    `secret` is sealed with the installation's key, as this account's. A code works once:
    `last_step` is the half minute (since 1970) of the latest one taken, and only grows.
    """

    __tablename__ = "totp_factor"

    account_id: UUID = Field(foreign_key="account.id", sa_type=Key, index=True)
    name: str = Field(max_length=40)
    secret: bytes
    last_step: int = Field(sa_type=sa.BigInteger)
    last_used_at: dt.datetime | None = Field(default=None, sa_type=Moment)


class Passkey(AgencyOwned, Stamped, table=True):
    """A key pair somebody's device or security key holds; `public_key` is COSE (RFC 9053)."""

    account_id: UUID = Field(foreign_key="account.id", sa_type=Key, index=True)
    name: str = Field(max_length=40)
    credential_id: bytes = Field(unique=True)
    public_key: bytes
    sign_count: int = Field(sa_type=sa.BigInteger)
    last_used_at: dt.datetime | None = Field(default=None, sa_type=Moment)


class RecoveryCode(AgencyOwned, table=True):
    """A code on paper for the day the other factors are lost; `code_hash` is its SHA-256."""

    __tablename__ = "recovery_code"

    account_id: UUID = Field(foreign_key="account.id", sa_type=Key, index=True)
    code_hash: str = Field(max_length=64)
    made_at: dt.datetime = Field(sa_type=Moment)
    used_at: dt.datetime | None = Field(default=None, sa_type=Moment)


class FactorChallenge(AgencyOwned, table=True):
    """What a passkey must sign, for one sign-in and one purpose; taken away by the first answer."""

    __tablename__ = "factor_challenge"
    __table_args__ = (sa.UniqueConstraint("session_key", "purpose"),)

    account_id: UUID = Field(foreign_key="account.id", sa_type=Key)
    session_key: str = Field(max_length=64)
    purpose: ChallengePurpose = Field(sa_type=choice(ChallengePurpose))
    challenge: bytes
    expires_at: dt.datetime = Field(sa_type=Moment)


class OpenIdLink(AgencyOwned, Stamped, table=True):
    """Whom an OpenID provider calls `subject`; linked by an administrator, accepted by the owner.

    Without the owner's word an administrator could sign in as anybody by their own OpenID.
    """

    __tablename__ = "openid_link"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)

    account_id: UUID = Field(foreign_key="account.id", sa_type=Key, unique=True)
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=255)
    accepted_at: dt.datetime | None = Field(default=None, sa_type=Moment)


class OpenIdRequest(SQLModel, table=True):
    """A browser sent to the OpenID provider; `key` is the SHA-256 of the cookie it was given.

    Its coming back takes the row away: an answer is heard once.
    """

    __tablename__ = "openid_request"

    key: str = Field(primary_key=True, max_length=64)
    state: str = Field(max_length=64)
    nonce: str = Field(max_length=64)
    verifier: str = Field(max_length=128)
    expires_at: dt.datetime = Field(sa_type=Moment, index=True)


class FactorReset(AgencyOwned, table=True):
    """An administrator's wish to take an account's factors away; another person must confirm it.

    The names stand here because a chief who confirms reads no account but their own.
    """

    __tablename__ = "factor_reset"
    __table_args__ = (
        sa.CheckConstraint("confirmed_by <> asked_by", name="two_people"),
        sa.CheckConstraint("confirmed_by <> account_id", name="not_the_owner"),
    )

    account_id: UUID = Field(foreign_key="account.id", sa_type=Key, index=True)
    login: str = Field(max_length=60)
    owner_name: str = Field(max_length=120)
    reason: str = Field(max_length=200)
    renews_password: bool = False
    """Whether the password is lost too; whoever confirms gets the new one to hand over."""
    asked_by: UUID = Field(sa_type=Key)
    asked_by_name: str = Field(max_length=120)
    asked_at: dt.datetime = Field(sa_type=Moment)
    expires_at: dt.datetime = Field(sa_type=Moment)
    confirmed_by: UUID | None = Field(default=None, sa_type=Key)
    confirmed_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    withdrawn_by: UUID | None = Field(default=None, sa_type=Key)
    withdrawn_at: dt.datetime | None = Field(default=None, sa_type=Moment)
