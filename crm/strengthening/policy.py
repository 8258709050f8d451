"""The whole station reads its strengthening days; the chiefs plan them (S1 4(4))."""

from uuid import UUID

from crm.access.policy import register_own_station
from crm.contacts.policy import require_network
from crm.kernel.actor import Actor, Role
from crm.kernel.errors import Forbidden
from crm.strengthening.models import (
    StrengtheningArea,
    StrengtheningDay,
    StrengtheningTarget,
    StrengtheningUnit,
)

register_own_station(StrengtheningDay, StrengtheningUnit, StrengtheningArea, StrengtheningTarget)


def may_plan(actor: Actor) -> bool:
    """Whether `actor` sets days aside and says whom to see: a chief of the station."""
    return (
        actor.is_police and actor.reads_people and actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    )


def may_count_hours(actor: Actor, unit_id: UUID) -> bool:
    """Whether `actor` records the hours of a box: its own staff, or a chief."""
    return may_plan(actor) or (actor.reads_people and actor.unit_id == unit_id)


def require_planner(actor: Actor) -> None:
    """Raise Forbidden for whoever sets no days aside."""
    require_network(actor)
    if not may_plan(actor):
        raise Forbidden
