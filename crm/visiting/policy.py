"""The whole station reads and keeps it (S1 3(1)ウ); how often is the chiefs' to decide."""

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
from crm.visiting.models import QuietPeriod, VisitCadence

register_own_station(QuietPeriod, VisitCadence)


def may_decide_cadence(actor: Actor) -> bool:
    """Whether `actor` decides after how long a visit is proposed: a chief of the station."""
    return actor.reads_people and actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
