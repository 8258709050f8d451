"""Rules for accounts and sessions, and the rule most tables share: the own station's rows."""

from typing import Any, cast

import sqlalchemy as sa

from crm.access.models import Account, SignInAttempt, SignInSession
from crm.kernel.actor import Actor, Role
from crm.kernel.columns import StationOwned
from crm.kernel.scope import Rule, nobody_reads, nobody_writes, register


def own_station(table: type[StationOwned], *, append_only: bool = False) -> Rule:
    """Return the rule that the staff of a station, all its sections, read and write its rows.

    Headquarters, administrators and auditors see none of them (S1 3(1)ウ, security.md).
    """

    def read(actor: Actor) -> sa.ColumnElement[bool]:
        if not actor.reads_people:
            return sa.false()
        return cast("sa.ColumnElement[bool]", table.station_id == actor.station_id)

    def write(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - any row of `table`
        return (
            actor.reads_people
            and row.station_id == actor.station_id
            and row.agency_id == actor.agency_id
        )

    return Rule(read, write, fixed=("station_id", "agency_id"), append_only=append_only)


def register_own_station(*tables: type[StationOwned], append_only: bool = False) -> None:
    """State the own-station rule for each of `tables`."""
    for table in tables:
        register(table, own_station(table, append_only=append_only))


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
register(SignInAttempt, Rule(read=nobody_reads, write=nobody_writes))
