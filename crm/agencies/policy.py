"""An agency's own staff read its units and colleagues; the administrator changes them."""

from typing import Any

from sqlmodel import col

from crm.agencies.models import (
    Agency,
    AgencySetting,
    Staff,
    StaffAssignment,
    Unit,
    UnitJurisdiction,
    UnitPlacement,
)
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import Rule, nobody_writes, register


def may_change_units(actor: Actor) -> bool:
    """Whether `actor` keeps the tree of units, jurisdictions and staff."""
    return actor.has(Role.SYSTEM_ADMINISTRATOR)


def _own_and_administrator(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - any agency-owned row
    return may_change_units(actor) and row.agency_id == actor.agency_id


register(
    Agency,
    # which agencies there are is no secret: a consent and an agreement name them
    Rule(read=None, write=nobody_writes),
)
for _table in (Unit, UnitPlacement, UnitJurisdiction, Staff, StaffAssignment, AgencySetting):
    register(
        _table,
        Rule(
            read=lambda actor, table=_table: col(table.agency_id) == actor.agency_id,  # type: ignore[misc]  # the default binds this turn's table
            write=_own_and_administrator,
            fixed=("agency_id",),
        ),
    )
