"""Who proposes the disposal of a station's records, and who may approve it."""

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
from crm.retention.models import Disposal

CHIEFS = (Role.SECTION_CHIEF, Role.STATION_CHIEF)

register_own_station(Disposal)


def may_dispose(actor: Actor) -> bool:
    """Whether `actor` answers for a station's records (文書管理者): its chiefs."""
    return actor.reads_people and actor.has(*CHIEFS)


def may_approve(actor: Actor, disposal: Disposal) -> bool:
    """Whether `actor` is the second person a disposal needs: a chief who did not propose it."""
    return may_dispose(actor) and actor.account_id != disposal.drafted_by
