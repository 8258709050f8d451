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
from crm.kernel.actor import Actor, AgencyKind, Role
from crm.kernel.scope import Rule, nobody_writes, register


def may_change_units(actor: Actor) -> bool:
    """Whether `actor` keeps the tree of units, jurisdictions and staff."""
    return actor.has(Role.SYSTEM_ADMINISTRATOR)


POLICE_ROLES = frozenset({Role.OFFICER, Role.STATION_CHIEF, Role.HQ_VIEWER})
"""What only the police have: officers, station chiefs, a headquarters that looks on."""


def roles_at(kind: AgencyKind) -> frozenset[Role]:
    """Return the roles the staff of an agency of `kind` can be given."""
    at_police = kind is AgencyKind.PREFECTURAL_POLICE
    return frozenset(Role) - ({Role.MEMBER} if at_police else POLICE_ROLES)


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
