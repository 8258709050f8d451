"""Reading accounts and sessions; before anybody is known these are the system's own statements."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from crm.access.models import (
    Account,
    CalendarFeed,
    DeviceKind,
    Draft,
    KnownDevice,
    SignInAttempt,
    SignInLevel,
    SignInSession,
    StoredFilter,
)
from crm.agencies.models import Agency, Staff, StaffAssignment, Unit, UnitPlacement
from crm.kernel.actor import Actor, Role
from crm.kernel.audit import AuditEntry
from crm.kernel.columns import Moment, holds
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession

SIGN_IN = {"system": "sign-in"}
KEY_CHANGE = {"system": "key change"}


class OpenSession(NamedTuple):
    """A session that has not ended, who sits there, and what stands between them and the pages."""

    actor: Actor
    locale: str
    notice: str
    last_seen_at: dt.datetime
    device: DeviceKind
    level: SignInLevel
    locked_at: dt.datetime | None
    has_second_factor: bool
    must_change_password: bool
    keeps_entries: bool
    shown_at: dt.datetime | None


class Credentials(NamedTuple):
    """What signing in compares with."""

    account_id: UUID
    password_hash: str
    is_sample: bool
    has_second_factor: bool
    expires_at: dt.datetime | None
    """Until when the password opens anything; None for one its holder chose."""


class DeviceFacts(NamedTuple):
    """A device a browser names by its cookie, and whether this login signed in there before."""

    id: UUID
    kind: DeviceKind
    keeps_entries: bool
    knows_login: bool


def credentials_of(db: ScopedSession, login: str) -> Credentials | None:
    """Return what the active account `login` must match."""
    found = db.rows(
        sa.select(
            col(Account.id),
            col(Account.password_hash),
            col(Account.is_sample),
            col(Account.has_second_factor),
            col(Account.password_expires_at),
        )
        .where(col(Account.login) == login, col(Account.is_active))
        .execution_options(**SIGN_IN)
    )
    return Credentials(*found[0]) if found else None


def device_of_cookie(db: ScopedSession, cookie_hash: str, login: str) -> DeviceFacts | None:
    """Return the device of a cookie, unless it was revoked."""
    before = (
        sa.select(col(SignInSession.key))
        .join(Account, col(Account.id) == SignInSession.account_id)
        .where(col(SignInSession.device_id) == KnownDevice.id, col(Account.login) == login)
        .exists()
    )
    found = db.rows(
        sa.select(
            col(KnownDevice.id),
            col(KnownDevice.kind),
            col(KnownDevice.keeps_entries),
            before.label("knows_login"),
        )
        .where(
            col(KnownDevice.cookie_hash) == cookie_hash,
            col(KnownDevice.revoked_at).is_(None),
        )
        .execution_options(**SIGN_IN)
    )
    return DeviceFacts(*found[0]) if found else None


def has_drafts(db: ScopedSession, account_id: UUID) -> bool:
    """Whether somebody left a draft behind a lock."""
    drafts = select(Draft.id).where(Draft.account_id == account_id).limit(1)
    return db.exec(drafts.execution_options(**SIGN_IN)).first() is not None


def failures_of(db: ScopedSession, key: str) -> SignInAttempt | None:
    """Return the count of failed attempts under `key`."""
    return db.exec(
        select(SignInAttempt).where(SignInAttempt.key == key).execution_options(**SIGN_IN)
    ).first()


def open_session(
    db: ScopedSession, cookie_hash: str, *, now: dt.datetime, day: dt.date
) -> OpenSession | None:
    """Return the session a cookie opens, if it has not ended and its account has a post today.

    It may be locked, or unused for long: that is the desk's to judge.
    """
    rows = db.rows(_session_select(), {"cookie_hash": cookie_hash, "now": now, "day": day})
    if not rows:
        return None
    first = rows[0]
    actor = _actor_of(rows, first.session_key)
    if first.opened_until is not None and first.opened_until > now:
        actor = replace(actor, opened_id=first.opened_person_id)
    return OpenSession(
        actor,
        first.locale,
        first.notice,
        first.last_seen_at,
        first.device,
        first.level,
        first.locked_at,
        first.has_second_factor,
        first.must_change_password,
        first.keeps_entries,
        first.shown_at,
    )


def actor_by_login(db: ScopedSession, login: str, day: dt.date) -> Actor | None:
    """Return the actor behind `login` on `day`, for the command line (`--as`)."""
    rows = db.rows(
        _actor_select().where(col(Account.login) == login).execution_options(**SIGN_IN),
        {"day": day},
    )
    return _actor_of(rows, None) if rows else None


def actor_of_account(db: ScopedSession, account_id: UUID, day: dt.date) -> Actor | None:
    """Return whoever holds an account, with the rights of `day`, for work they left to be done."""
    rows = db.rows(
        _actor_select().where(col(Account.id) == account_id).execution_options(**SIGN_IN),
        {"day": day},
    )
    return _actor_of(rows, None) if rows else None


def own_feed(db: ScopedSession, account_id: UUID) -> CalendarFeed | None:
    """Return the address a calendar fetches the meetings of one's own account under."""
    return db.exec(select(CalendarFeed).where(CalendarFeed.account_id == account_id)).first()


def reader_of_feed(db: ScopedSession, token_hash: str, day: dt.date) -> tuple[Actor, str] | None:
    """Return whose calendar asks, with the rights of `day`, and their language.

    None for an address that was renewed or never there, and for whoever holds no post any more.
    """
    rows = db.rows(
        _actor_select()
        .join(CalendarFeed, col(CalendarFeed.account_id) == Account.id)
        .where(col(CalendarFeed.token_hash) == token_hash)
        .execution_options(**SIGN_IN),
        {"day": day},
    )
    return (_actor_of(rows, None), rows[0].locale) if rows else None


def require_auditor(actor: Actor) -> None:
    """Hide the audit trail from everybody but auditors."""
    if not actor.has(Role.AUDITOR):
        raise NotFound


def require_administrator(actor: Actor) -> None:
    """Hide the system page from everybody but administrators."""
    if not actor.has(Role.SYSTEM_ADMINISTRATOR):
        raise NotFound


def audit_page(
    db: ScopedSession, number: int, *, action: str = "", actor_name: str = ""
) -> Page[AuditEntry]:
    """Return one page of the audit trail, newest first, for the auditor."""
    wanted = [
        *([col(AuditEntry.action) == action] if action else []),
        *([col(AuditEntry.actor_name).contains(actor_name, autoescape=True)] if actor_name else []),
    ]
    total = db.exec(select(sa.func.count(col(AuditEntry.id))).where(*wanted)).one()
    number = min(max(1, number), Page((), total).last)
    entries = db.exec(
        select(AuditEntry)
        .where(*wanted)
        .order_by(col(AuditEntry.id).desc())
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    ).all()
    return Page(entries, total, number)


def filter_words(db: ScopedSession, filter_id: str) -> str:
    """Return what a sign-in narrows a list by; NotFound for anybody else's, "" without an id."""
    if not filter_id:
        return ""
    found = db.exec(select(StoredFilter.words).where(StoredFilter.id == filter_id)).first()
    if found is None:
        raise NotFound
    return found


def audit_actions(db: ScopedSession) -> list[str]:
    """Return the actions that occur in the trail, for its filter."""
    return list(db.exec(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all())


def table_counts(db: ScopedSession) -> dict[str, int]:
    """Return how many accounts, units and open sessions there are: no personal data."""
    return {
        "accounts": db.exec(select(sa.func.count(col(Account.id)))).one(),
        "units": db.exec(select(sa.func.count(col(Unit.id)))).one(),
    }


def account_of(db: ScopedSession, account_id: UUID) -> Account:
    """Return an account of the own agency, for its administrator; NotFound when there is none."""
    found = db.exec(select(Account).where(Account.id == account_id)).first()
    if found is None:
        raise NotFound
    return found


def last_used(db: ScopedSession, account_ids: Collection[UUID]) -> Mapping[UUID, dt.datetime]:
    """Return when each account was last used, of those that ever were: a day, nobody's doings."""
    rows = db.rows(
        sa.select(
            col(SignInSession.account_id),
            sa.func.max(col(SignInSession.last_seen_at), type_=Moment()).label("at"),
        )
        .where(col(SignInSession.account_id).in_(account_ids))
        .group_by(col(SignInSession.account_id))
        .execution_options(**SIGN_IN)
    )
    return {row.account_id: row.at for row in rows}


def administrators_on(db: ScopedSession, day: dt.date) -> frozenset[UUID]:
    """Return the staff with an active account who are administrators on `day`, with no end."""
    return frozenset(
        db.exec(
            select(Account.staff_id)
            .join(StaffAssignment, col(StaffAssignment.staff_id) == Account.staff_id)
            .where(
                col(Account.is_active),
                StaffAssignment.role == Role.SYSTEM_ADMINISTRATOR,
                col(StaffAssignment.valid_from) <= day,
                col(StaffAssignment.valid_to).is_(None),
            )
        ).all()
    )


@cache
def _session_select() -> AnySelect:
    """Select whoever is signed in; built once, for every request begins with it."""
    return (
        _actor_select()
        .add_columns(
            col(SignInSession.key).label("session_key"),
            col(SignInSession.notice),
            col(SignInSession.last_seen_at),
            col(SignInSession.device),
            col(SignInSession.level),
            col(SignInSession.keeps_entries),
            col(SignInSession.locked_at),
            col(SignInSession.opened_person_id),
            col(SignInSession.opened_until),
            col(Account.has_second_factor),
            col(Account.must_change_password),
            col(SignInSession.shown_at),
        )
        .join(SignInSession, col(SignInSession.account_id) == Account.id)
        .where(
            col(SignInSession.cookie_hash) == sa.bindparam("cookie_hash"),
            col(SignInSession.revoked_at).is_(None),
            col(SignInSession.expires_at) > sa.bindparam("now"),
        )
        .execution_options(**SIGN_IN)
    )


@cache
def _actor_select() -> AnySelect:
    """Select whoever holds a post on a day."""
    station = aliased(UnitPlacement, name="station")
    return (
        sa.select(
            col(Account.id).label("account_id"),
            col(Account.locale),
            col(Account.agency_id),
            col(Staff.id).label("staff_id"),
            col(Staff.family_name),
            col(Staff.given_name),
            col(StaffAssignment.unit_id),
            col(StaffAssignment.role),
            col(UnitPlacement.station_id),
            col(UnitPlacement.name).label("unit_name"),
            col(station.name).label("station_name"),
            col(Unit.network_office),
            col(Agency.kind).label("agency_kind"),
            col(Agency.name).label("agency_name"),
        )
        .select_from(Account)
        .join(Agency, col(Agency.id) == Account.agency_id)
        .join(Staff, col(Staff.id) == Account.staff_id)
        .join(StaffAssignment, col(StaffAssignment.staff_id) == Staff.id)
        .join(Unit, col(Unit.id) == StaffAssignment.unit_id)
        .join(UnitPlacement, col(UnitPlacement.unit_id) == StaffAssignment.unit_id)
        .outerjoin(
            station,
            sa.and_(col(station.unit_id) == UnitPlacement.station_id, holds(station)),
        )
        .where(col(Account.is_active), holds(StaffAssignment), holds(UnitPlacement))
        .order_by(col(StaffAssignment.valid_from), col(StaffAssignment.id))
    )


def _actor_of(rows: Sequence[Any], key: str | None) -> Actor:
    first = rows[0]
    return Actor(
        account_id=first.account_id,
        staff_id=first.staff_id,
        agency_id=first.agency_id,
        unit_id=first.unit_id,
        station_id=first.station_id,
        roles=frozenset(Role(row.role) for row in rows if row.unit_id == first.unit_id),
        name=f"{first.family_name} {first.given_name}".strip(),
        unit_name=first.unit_name,
        station_name=first.station_name or "",
        network_office=first.network_office,
        agency_kind=first.agency_kind,
        agency_name=first.agency_name,
        session_key=key,
    )
