"""Naming, lending and revoking the devices somebody signed in with, for the administrator."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.models import DeviceKind, KnownDevice, SignInSession
from crm.access.policy import may_keep_accounts
from crm.access.queries import SIGN_IN
from crm.access.session_queries import device_to_change
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Conflict, Forbidden
from crm.kernel.scope import ScopedSession


def describe_device(
    db: ScopedSession,
    actor: Actor,
    device_id: UUID,
    *,
    name: str,
    kind: DeviceKind,
    keeps_entries: bool,
    revision: int,
    now: dt.datetime,
) -> None:
    """Name a device, say whether it is lent to one person and may keep entries, sealed.

    Open sign-ins follow at once.
    """
    device = _device(db, actor, device_id, revision)
    device.name, device.kind, device.keeps_entries = name, kind, keeps_entries
    _stamp(device, actor, now)
    _change_sessions(db, device_id, device=kind, keeps_entries=keeps_entries)
    audit.record(
        db,
        actor,
        "device.described",
        now=now,
        subject=("device", device_id),
        kind=kind.value,
        keeps_entries=keeps_entries,
    )


def revoke_device(
    db: ScopedSession, actor: Actor, device_id: UUID, *, revision: int, now: dt.datetime
) -> None:
    """Know a device no more, and end every sign-in there: it was lost, or given back."""
    device = _device(db, actor, device_id, revision)
    device.revoked_at = now
    _stamp(device, actor, now)
    _change_sessions(db, device_id, revoked_at=now)
    audit.record(db, actor, "device.revoked", now=now, subject=("device", device_id))


def _device(db: ScopedSession, actor: Actor, device_id: UUID, revision: int) -> KnownDevice:
    if not may_keep_accounts(actor):
        raise Forbidden
    device = device_to_change(db, device_id)
    if device.revision != revision:
        raise Conflict
    return device


def _stamp(device: KnownDevice, actor: Actor, now: dt.datetime) -> None:
    device.revision += 1
    device.updated_at, device.updated_by = now, actor.account_id


def _change_sessions(db: ScopedSession, device_id: UUID, **values: object) -> None:
    db.exec(
        sa.update(SignInSession)
        .where(col(SignInSession.device_id) == device_id, col(SignInSession.revoked_at).is_(None))
        .values(**values)
        .execution_options(**SIGN_IN)
    )
