"""Accounts, signed-in sessions and the count of failed attempts."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from crm.kernel.columns import AgencyOwned, Key, Moment, Stamped, choice
from crm.kernel.i18n import N_


class DeviceKind(StrEnum):
    """What a browser runs on; a terminal several officers use locks sooner (`security.md`)."""

    SHARED = "shared"
    PERSONAL = "personal"


DEVICE_KIND_LABELS = {
    DeviceKind.SHARED: N_("共用端末"),
    DeviceKind.PERSONAL: N_("個人貸与の端末"),
}


class SignInLevel(StrEnum):
    """How surely a sign-in is who it says: by a password, and by a second factor as well."""

    PENDING = "pending"
    PASSWORD = "password"  # noqa: S105 - how, not what
    SECOND_FACTOR = "second_factor"


class Account(AgencyOwned, Stamped, table=True):
    """How a member of staff signs in. `is_sample` accounts work only where `CRM_DEMO` is set."""

    staff_id: UUID = Field(foreign_key="staff.id", sa_type=Key, unique=True)
    login: str = Field(max_length=60, unique=True)
    password_hash: str = Field(max_length=200)
    locale: str = Field(default="ja", max_length=5)
    is_active: bool = True
    is_sample: bool = False


class SignInSession(SQLModel, table=True):
    """A signed-in browser; `key` is the SHA-256 of the cookie, so the table opens nothing.

    Rows are never made anew by an answer, so a signed-out session stays out (`security.md` F2).
    `level` is pending until the second factor an account has was shown; a locked session shows
    nothing but the lock; `opened_person_id` is the one person opened in an emergency.
    """

    __tablename__ = "sign_in_session"

    key: str = Field(primary_key=True, max_length=64)
    account_id: UUID = Field(foreign_key="account.id", sa_type=Key, index=True)
    created_at: dt.datetime = Field(sa_type=Moment)
    last_seen_at: dt.datetime = Field(sa_type=Moment)
    expires_at: dt.datetime = Field(sa_type=Moment)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    notice: str = Field(default="", max_length=200)
    device: DeviceKind = Field(default=DeviceKind.SHARED, sa_type=choice(DeviceKind))
    level: SignInLevel = Field(default=SignInLevel.PASSWORD, sa_type=choice(SignInLevel))
    locked_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    opened_person_id: UUID | None = Field(default=None, sa_type=Key)
    opened_until: dt.datetime | None = Field(default=None, sa_type=Moment)


class SignInAttempt(SQLModel, table=True):
    """Failed sign-ins of one account name or address, counted atomically (`security.md` F4)."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (sa.CheckConstraint("failures >= 0", name="failures"),)

    key: str = Field(primary_key=True, max_length=64)
    failures: int
    last_failed_at: dt.datetime = Field(sa_type=Moment)
