"""Who may take a roster out of the house."""

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
from crm.rosters.models import RosterIssue


def reads_roster(actor: Actor) -> bool:
    """Whether there is a roster for `actor`: the liaisons are the police's network (S1)."""
    return actor.is_police and actor.reads_people


def may_issue(actor: Actor) -> bool:
    """Whether `actor` may issue a roster: its owner, the network office, or a chief (S1 2(4))."""
    return reads_roster(actor) and (
        actor.network_office or actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    )


register_own_station(RosterIssue, append_only=True)
