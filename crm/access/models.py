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
    has_second_factor: bool = False
    must_change_password: bool = False
    """Somebody else knows the password: an administrator made it."""
    password_expires_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    """Until when such a password opens anything; None for one of the holder's own."""


class SignInSession(SQLModel, table=True):
    """A signed-in browser.

    Rows are never made anew by an answer, so a signed-out session stays out (`security.md` F2).
    `key` names the session for its whole life; the cookie is another one whenever the session is
    raised to a level or unlocked, and `cookie_hash` is its SHA-256, so the table opens nothing.
    `level` is pending until the second factor an account has was shown; a locked session shows
    nothing but the lock; `opened_person_id` is the one person opened in an emergency. `device` and
    `keeps_entries` repeat what its device is registered as. `shown_at` is when a
    password or a factor was last shown to it.
    """

    __tablename__ = "sign_in_session"

    key: str = Field(primary_key=True, max_length=64)
    cookie_hash: str = Field(max_length=64, index=True, unique=True)
    account_id: UUID = Field(foreign_key="account.id", sa_type=Key, index=True)
    created_at: dt.datetime = Field(sa_type=Moment)
    last_seen_at: dt.datetime = Field(sa_type=Moment)
    expires_at: dt.datetime = Field(sa_type=Moment)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    notice: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=64)
    device: DeviceKind = Field(default=DeviceKind.SHARED, sa_type=choice(DeviceKind))
    level: SignInLevel = Field(default=SignInLevel.PASSWORD, sa_type=choice(SignInLevel))
    locked_at: dt.datetime | None = Field(default=None, sa_type=Moment)
    opened_person_id: UUID | None = Field(default=None, sa_type=Key)
    opened_until: dt.datetime | None = Field(default=None, sa_type=Moment)
    device_id: UUID | None = Field(default=None, sa_type=Key)
    keeps_entries: bool = False
    shown_at: dt.datetime | None = Field(default=None, sa_type=Moment)


class StoredFilter(SQLModel, table=True):
    """A name somebody narrows a list by, under a random id that only their sign-in can open."""

    __tablename__ = "stored_filter"

    id: str = Field(primary_key=True, max_length=43)
    session_key: str = Field(foreign_key="sign_in_session.key", max_length=64, index=True)
    account_id: UUID = Field(sa_type=Key)
    words: str = Field(max_length=100)
    created_at: dt.datetime = Field(sa_type=Moment)


class KnownDevice(AgencyOwned, Stamped, table=True):
    """A browser somebody signed in with before, known by a long-lived cookie of its own.

    It is a shared terminal unless an administrator registered it as lent to one person. The
    cookie lets nobody in; it only keeps strangers' guesses from slowing down whoever sits here.
    `keeps_entries` where an administrator lets it keep, sealed, what is written without a network.
    """

    __tablename__ = "known_device"

    cookie_hash: str = Field(max_length=64, unique=True)
    name: str = Field(default="", max_length=60)
    kind: DeviceKind = Field(default=DeviceKind.SHARED, sa_type=choice(DeviceKind))
    keeps_entries: bool = False
    last_account_id: UUID | None = Field(default=None, sa_type=Key)
    last_used_at: dt.datetime = Field(sa_type=Moment)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=Moment)


class CalendarFeed(AgencyOwned, table=True):
    """The address under which a calendar fetches an account's meetings without a sign-in.

    `token_hash` is the SHA-256 of its secret part: the table opens nothing. Renewing it ends the
    address there was; closing the account ends it for good.
    """

    __tablename__ = "calendar_feed"

    account_id: UUID = Field(foreign_key="account.id", sa_type=Key, unique=True)
    token_hash: str = Field(max_length=64, unique=True)
    renewed_at: dt.datetime = Field(sa_type=Moment)


class Draft(AgencyOwned, table=True):
    """What stood in a form when the screen was locked; its author's alone, for a day.

    `page` is where the form stood and `target` where it goes; `content` is unreadable in a copied
    database. `is_sent` when the author sent it, too late.
    """

    account_id: UUID = Field(sa_type=Key, index=True)
    page: str = Field(max_length=500)
    target: str = Field(max_length=500)
    content: bytes
    is_sent: bool = False
    kept_at: dt.datetime = Field(sa_type=Moment)


class SignInAttempt(SQLModel, table=True):
    """Failed sign-ins of one account name or address, counted atomically (`security.md` F4).

    Before `open_at` no further attempt is heard.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (sa.CheckConstraint("failures >= 0", name="failures"),)

    key: str = Field(primary_key=True, max_length=64)
    failures: int
    last_failed_at: dt.datetime = Field(sa_type=Moment)
    open_at: dt.datetime = Field(sa_type=Moment)
