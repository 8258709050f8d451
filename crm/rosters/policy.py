"""Who may take a roster out of the house."""

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
from crm.rosters.models import RosterIssue


def may_issue(actor: Actor) -> bool:
    """Whether `actor` may issue a roster: its owner, the network office, or a chief (S1 2(4))."""
    return actor.reads_people and (
        actor.network_office or actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    )


register_own_station(RosterIssue, append_only=True)
