"""Who disposes of a station's records and answers requests about them, and who may agree."""

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
from crm.retention.models import Disposal, SuspensionRequest

CHIEFS = (Role.SECTION_CHIEF, Role.STATION_CHIEF)

register_own_station(Disposal, SuspensionRequest)


def may_dispose(actor: Actor) -> bool:
    """Whether `actor` answers for a station's records (文書管理者): its chiefs."""
    return actor.reads_people and actor.has(*CHIEFS)


def may_approve(actor: Actor, disposal: Disposal) -> bool:
    """Whether `actor` is the second person a disposal needs: a chief who did not propose it."""
    return may_dispose(actor) and actor.account_id != disposal.drafted_by


def may_decide(actor: Actor, asked: SuspensionRequest) -> bool:
    """Whether `actor` is the second person a request needs: a chief who did not take it in."""
    return may_dispose(actor) and actor.account_id != asked.recorded_by
