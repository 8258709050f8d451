"""Areas are public facts: everyone signed in reads them; offices that import change them."""

from crm.areas.models import Area
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import Rule, register


def may_change_areas(actor: Actor) -> bool:
    """Whether `actor` keeps the map: the administrator, or the chief of a network office."""
    return actor.has(Role.SYSTEM_ADMINISTRATOR) or (
        actor.has(Role.SECTION_CHIEF) and actor.network_office
    )


def may_correct_areas(actor: Actor) -> bool:
    """Whether `actor` renames and ends areas: every agency has the same, the police work by them.

    Their coverage and rosters change with an area; another agency's administrator does not.
    """
    return actor.is_police and may_change_areas(actor)


def _writes_area(actor: Actor, area: Area) -> bool:
    del area
    return may_change_areas(actor)


register(Area, Rule(read=None, write=_writes_area))
