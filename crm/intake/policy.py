"""Who keeps the roster takes lists of people in."""

from crm.access.policy import register_own_station
from crm.intake.models import IntakeBatch, IntakeChange, IntakeRow
from crm.kernel.actor import Actor, Role


def may_take_in_people(actor: Actor) -> bool:
    """Whether `actor` takes lists in: the network office, and the chiefs of an agency's office."""
    return actor.reads_people and (
        actor.network_office or actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    )


register_own_station(IntakeBatch, IntakeRow, IntakeChange)
