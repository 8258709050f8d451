"""A copy is read by the office it was published to and by its giver, and written by its giver."""

from crm.access.policy import published, register_own_station
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import register
from crm.sharing.models import (
    ContactLink,
    Disclosure,
    DisclosureEnd,
    ProvisionRecord,
    PublishedContact,
    PublishedInformation,
    PublishedNote,
    SharingAgreement,
)


def may_share(actor: Actor) -> bool:
    """Whether `actor` decides what another agency is given: the chiefs."""
    return actor.reads_people and actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)


def may_link(actor: Actor) -> bool:
    """Whether `actor` recognizes received contacts as own ones: everybody who works with them."""
    return actor.reads_people


for _table in (PublishedContact, PublishedNote, PublishedInformation):
    register(_table, published(_table))
register_own_station(SharingAgreement, ContactLink)
register_own_station(Disclosure, DisclosureEnd, ProvisionRecord, append_only=True)
