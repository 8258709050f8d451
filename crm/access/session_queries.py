"""Reading sign-ins, devices and drafts, for whoever they belong to and for the administrator."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.access.models import Account, DeviceKind, Draft, KnownDevice, SignInLevel, SignInSession
from crm.access.queries import KEY_CHANGE, SIGN_IN
from crm.agencies.models import Staff
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession


class SessionLine(NamedTuple):
    """One open sign-in of an account."""

    key: str
    created_at: dt.datetime
    last_seen_at: dt.datetime
    address: str
    device: DeviceKind
    level: SignInLevel
    locked_at: dt.datetime | None
    device_id: UUID | None
    device_name: str | None


class DeviceLine(NamedTuple):
    """One known device, and who signed in there last."""

    id: UUID
    name: str
    kind: DeviceKind
    keeps_entries: bool
    last_used_at: dt.datetime
    created_at: dt.datetime
    revision: int
    family_name: str | None
    given_name: str | None

    @property
    def number(self) -> str:
        """What the device is called until it has a name."""
        return device_number(self.id)

    @property
    def last_user(self) -> str:
        """Who signed in there last."""
        return f"{self.family_name or ''} {self.given_name or ''}".strip()


def device_number(device_id: UUID | None) -> str:
    """Return the few letters a device is known by until somebody names it."""
    if device_id is None:
        return ""
    tail = device_id.hex[-6:].upper()
    return f"{tail[:3]}-{tail[3:]}"


def open_sessions(db: ScopedSession, account_id: UUID, now: dt.datetime) -> Sequence[SessionLine]:
    """Return the sign-ins of an account that have not ended, last used first.

    Whoever asks for another's has to be asked first whether that may be.
    """
    rows = db.rows(
        sa.select(
            col(SignInSession.key),
            col(SignInSession.created_at),
            col(SignInSession.last_seen_at),
            col(SignInSession.address),
            col(SignInSession.device),
            col(SignInSession.level),
            col(SignInSession.locked_at),
            col(SignInSession.device_id),
            col(KnownDevice.name).label("device_name"),
        )
        .select_from(SignInSession)
        .outerjoin(KnownDevice, col(KnownDevice.id) == SignInSession.device_id)
        .where(
            col(SignInSession.account_id) == account_id,
            col(SignInSession.revoked_at).is_(None),
            col(SignInSession.expires_at) > now,
        )
        .order_by(col(SignInSession.last_seen_at).desc(), col(SignInSession.key))
        .execution_options(**SIGN_IN)
    )
    return [SessionLine(*row) for row in rows]


def devices_page(db: ScopedSession, number: int) -> Page[DeviceLine]:
    """Return one page of the agency's known devices, last used first. Two statements."""
    held = col(KnownDevice.revoked_at).is_(None)
    total = db.exec(select(sa.func.count(col(KnownDevice.id))).where(held)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(_device_select().where(held).offset(offset_of(number)).limit(PAGE_SIZE))
    return Page([DeviceLine(*row) for row in rows], total, number)


def device_line(db: ScopedSession, device_id: UUID) -> DeviceLine:
    """Return one known device; NotFound when it was revoked or is another agency's."""
    rows = db.rows(
        _device_select().where(
            col(KnownDevice.id) == device_id, col(KnownDevice.revoked_at).is_(None)
        )
    )
    if not rows:
        raise NotFound
    return DeviceLine(*rows[0])


def device_to_change(db: ScopedSession, device_id: UUID) -> KnownDevice:
    """Return a device of the agency for its administrator; NotFound when it was revoked."""
    found = db.exec(
        select(KnownDevice).where(
            KnownDevice.id == device_id, col(KnownDevice.revoked_at).is_(None)
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def drafts_of(db: ScopedSession) -> Sequence[Draft]:
    """Return the drafts of whoever asks, newest first."""
    return db.exec(select(Draft).order_by(col(Draft.kept_at).desc(), col(Draft.id))).all()


def every_draft(db: ScopedSession) -> Sequence[Draft]:
    """Return everybody's drafts, sealed as they are: only their seals are changed."""
    return db.exec(select(Draft).execution_options(**KEY_CHANGE)).all()


def draft_of_page(db: ScopedSession, page: str, since: dt.datetime) -> Draft | None:
    """Return what whoever asks typed on a page since `since`, and never sent."""
    return db.exec(
        select(Draft)
        .where(Draft.page == page, Draft.kept_at > since, col(Draft.is_sent).is_(False))
        .order_by(col(Draft.kept_at).desc())
        .limit(1)
    ).first()


def draft_of(db: ScopedSession, draft_id: UUID) -> Draft:
    """Return a draft of whoever asks; NotFound for anybody else's."""
    found = db.exec(select(Draft).where(Draft.id == draft_id)).first()
    if found is None:
        raise NotFound
    return found


def _device_select() -> AnySelect:
    return (
        sa.select(
            col(KnownDevice.id),
            col(KnownDevice.name),
            col(KnownDevice.kind),
            col(KnownDevice.keeps_entries),
            col(KnownDevice.last_used_at),
            col(KnownDevice.created_at),
            col(KnownDevice.revision),
            col(Staff.family_name),
            col(Staff.given_name),
        )
        .select_from(KnownDevice)
        .outerjoin(Account, col(Account.id) == KnownDevice.last_account_id)
        .outerjoin(Staff, col(Staff.id) == Account.staff_id)
        .order_by(col(KnownDevice.last_used_at).desc(), col(KnownDevice.id))
    )
