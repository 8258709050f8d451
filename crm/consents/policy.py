"""Consents belong to the station and are only ever added to."""

from crm.access.policy import register_own_station
from crm.consents.models import ConsentGrant, ConsentRecord
from crm.kernel.actor import Actor, Role


def may_record_consent(actor: Actor) -> bool:
    """Whether `actor` may put consent on record: the network office or a chief."""
    return actor.reads_people and (
        actor.network_office or actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    )


register_own_station(ConsentRecord, ConsentGrant, append_only=True)
