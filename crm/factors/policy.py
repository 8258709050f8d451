"""Factors are their account's alone; a reset is asked for by one and confirmed by another."""

from typing import Any, cast

import sqlalchemy as sa

from crm.access.policy import may_keep_accounts
from crm.factors.models import (
    FactorChallenge,
    FactorReset,
    OpenIdLink,
    OpenIdRequest,
    Passkey,
    RecoveryCode,
    TotpFactor,
)
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import Rule, nobody_reads, nobody_writes, register

OwnTable = type[TotpFactor] | type[Passkey] | type[RecoveryCode] | type[FactorChallenge]


def may_confirm_resets(actor: Actor) -> bool:
    """Whether `actor` can be the second person: an administrator, or a chief where there is one.

    An agency with a single administrator would have no second person otherwise.
    """
    chief = Role.STATION_CHIEF if actor.is_police else Role.SECTION_CHIEF
    return actor.has(Role.SYSTEM_ADMINISTRATOR, chief)


def may_confirm(actor: Actor, reset: FactorReset) -> bool:
    """Whether `actor` is the second person of this reset: neither who asked nor who it is for."""
    others = actor.account_id not in (reset.asked_by, reset.account_id)
    return others and may_confirm_resets(actor) and reset.agency_id == actor.agency_id


def _own(table: OwnTable) -> Rule:
    return Rule(
        read=lambda actor: cast("sa.ColumnElement[bool]", table.account_id == actor.account_id),
        write=lambda actor, row: (
            row.account_id == actor.account_id and row.agency_id == actor.agency_id
        ),
        fixed=("account_id", "agency_id"),
    )


def _reads_link(actor: Actor) -> sa.ColumnElement[bool]:
    if may_keep_accounts(actor):
        return cast("sa.ColumnElement[bool]", OpenIdLink.agency_id == actor.agency_id)
    return cast("sa.ColumnElement[bool]", OpenIdLink.account_id == actor.account_id)


def _writes_link(actor: Actor, link: OpenIdLink) -> bool:
    keeps = may_keep_accounts(actor) and link.accepted_at is None
    return link.agency_id == actor.agency_id and (keeps or link.account_id == actor.account_id)


def _reads_reset(actor: Actor) -> sa.ColumnElement[bool]:
    if may_confirm_resets(actor):
        return cast("sa.ColumnElement[bool]", FactorReset.agency_id == actor.agency_id)
    # whose factors somebody wants to take away is told, and can say no
    return cast("sa.ColumnElement[bool]", FactorReset.account_id == actor.account_id)


def _writes_reset(actor: Actor, reset: Any) -> bool:  # noqa: ANN401 - a row of any state
    if reset.agency_id != actor.agency_id:
        return False
    if reset.confirmed_by is not None:
        return reset.confirmed_by == actor.account_id and may_confirm(actor, reset)
    return may_confirm_resets(actor) or reset.account_id == actor.account_id


for _table in (TotpFactor, Passkey, RecoveryCode, FactorChallenge):
    register(_table, _own(_table))
register(
    OpenIdLink,
    Rule(_reads_link, _writes_link, fixed=("account_id", "agency_id", "issuer", "subject")),
)
register(OpenIdRequest, Rule(read=nobody_reads, write=nobody_writes))
register(
    FactorReset,
    Rule(
        _reads_reset,
        _writes_reset,
        fixed=(
            *("account_id", "agency_id", "reason", "renews_password"),
            *("asked_by", "asked_at", "expires_at", "login"),
        ),
    ),
)
