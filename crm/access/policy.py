"""Rules for accounts and sessions, and the rule most tables share: the own station's rows."""

from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.models import (
    Account,
    CalendarFeed,
    Draft,
    KnownDevice,
    SignInAttempt,
    SignInSession,
    StoredFilter,
)
from crm.kernel.actor import Actor, Role
from crm.kernel.columns import Recipient, StationOwned
from crm.kernel.errors import StrongSignInNeeded
from crm.kernel.scope import Rule, nobody_reads, nobody_writes, register

CROSS_UNIT_ROLES = frozenset({Role.HQ_VIEWER, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR})
"""Who reads or keeps what is not of one station; each of their pages asks for a strong sign-in."""


def require_strong(actor: Actor) -> None:
    """Ask for a second factor before personal data leaves the house.

    Raises StrongSignInNeeded; passes where the installation requires none.
    """
    if not actor.strong:
        raise StrongSignInNeeded


def needs_strength(actor: Actor) -> bool:
    """Whether every page of `actor` asks for a second factor."""
    return actor.has(*CROSS_UNIT_ROLES)


def own_station(table: type[StationOwned], *, append_only: bool = False, opened: str = "") -> Rule:
    """Return the rule that the staff of a station, all its sections, read and write its rows.

    Headquarters, administrators and auditors see none of them (S1 3(1)ウ, security.md), but for
    the one person headquarters has open in an emergency: `opened` is the column that names who a
    row is about, where that is shown.
    """

    def read(actor: Actor) -> sa.ColumnElement[bool]:
        reach: list[sa.ColumnElement[bool]] = []
        if actor.reads_people:
            reach.append(col(table.station_id) == actor.station_id)
        if opened and may_open(actor) and actor.opened_id is not None:
            of_person = col(getattr(table, opened)) == actor.opened_id
            reach.append(sa.and_(of_person, col(table.agency_id) == actor.agency_id))
        return sa.or_(sa.false(), *reach)

    def write(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - any row of `table`
        return (
            actor.reads_people
            and row.station_id == actor.station_id
            and row.agency_id == actor.agency_id
        )

    return Rule(read, write, fixed=("station_id", "agency_id"), append_only=append_only)


def register_own_station(
    *tables: type[StationOwned], append_only: bool = False, opened: str = ""
) -> None:
    """State the own-station rule for each of `tables`."""
    for table in tables:
        register(table, own_station(table, append_only=append_only, opened=opened))


def published(
    table: type[Recipient], *, to_headquarters: bool = False, append_only: bool = False
) -> Rule:
    """Return the rule that a copy is read by its giver and its recipient, and written by its giver.

    With `to_headquarters` a division of headquarters can be either of the two: what was given to
    it is all it reads.
    """

    def office(actor: Actor) -> UUID | None:
        if actor.reads_people:
            return actor.station_id
        looks_on = to_headquarters and actor.is_police and actor.has(Role.HQ_VIEWER)
        return actor.unit_id if looks_on else None

    def read(actor: Actor) -> sa.ColumnElement[bool]:
        own = office(actor)
        if own is None:
            return sa.false()
        return sa.or_(col(table.recipient_station_id) == own, col(table.giver_station_id) == own)

    def write(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - a copy
        own = office(actor)
        return (
            own is not None
            and row.giver_station_id == own
            and row.giver_agency_id == actor.agency_id
        )

    sides = ("giver_agency_id", "giver_station_id", "recipient_agency_id", "recipient_station_id")
    return Rule(read, write, fixed=sides, append_only=append_only)


def may_open(actor: Actor) -> bool:
    """Whether `actor` may open one person in an emergency: headquarters of the police."""
    return actor.is_police and actor.has(Role.HQ_VIEWER)


def may_keep_accounts(actor: Actor) -> bool:
    """Whether `actor` opens and closes accounts."""
    return actor.has(Role.SYSTEM_ADMINISTRATOR)


def _reads_account(actor: Actor) -> sa.ColumnElement[bool]:
    if may_keep_accounts(actor):
        return cast("sa.ColumnElement[bool]", Account.agency_id == actor.agency_id)
    return cast("sa.ColumnElement[bool]", Account.id == actor.account_id)


def _writes_account(actor: Actor, account: Account) -> bool:
    keeps = may_keep_accounts(actor) and account.agency_id == actor.agency_id
    return keeps or account.id == actor.account_id


register(Account, Rule(_reads_account, _writes_account, fixed=("agency_id", "staff_id")))
register(
    SignInSession,
    Rule(
        read=lambda actor: cast(
            "sa.ColumnElement[bool]", SignInSession.account_id == actor.account_id
        ),
        write=lambda actor, row: row.account_id == actor.account_id,
        fixed=("account_id", "created_at", "expires_at"),
        by_nobody=True,
    ),
)
register(
    KnownDevice,
    Rule(
        read=lambda actor: (
            cast("sa.ColumnElement[bool]", KnownDevice.agency_id == actor.agency_id)
            if may_keep_accounts(actor)
            else sa.false()
        ),
        write=lambda actor, row: may_keep_accounts(actor) and row.agency_id == actor.agency_id,
        fixed=("agency_id", "cookie_hash"),
        by_nobody=True,
    ),
)
register(
    CalendarFeed,
    Rule(
        read=lambda actor: cast(
            "sa.ColumnElement[bool]", CalendarFeed.account_id == actor.account_id
        ),
        write=lambda actor, row: (
            row.account_id == actor.account_id and row.agency_id == actor.agency_id
        ),
        fixed=("agency_id", "account_id"),
    ),
)
register(
    Draft,
    Rule(
        read=lambda actor: cast("sa.ColumnElement[bool]", Draft.account_id == actor.account_id),
        write=lambda actor, row: (
            row.account_id == actor.account_id and row.agency_id == actor.agency_id
        ),
        fixed=("agency_id", "account_id", "page", "target", "content"),
    ),
)
register(
    StoredFilter,
    Rule(
        read=lambda actor: cast(
            "sa.ColumnElement[bool]", StoredFilter.session_key == actor.session_key
        ),
        write=lambda actor, row: row.session_key == actor.session_key,
        append_only=True,
    ),
)
register(SignInAttempt, Rule(read=nobody_reads, write=nobody_writes))
