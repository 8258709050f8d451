"""A copy is read by the office it was published to and by its giver, and written by its giver."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import Rule, register
from crm.sharing.models import (
    ContactLink,
    Disclosure,
    DisclosureEnd,
    ProvisionRecord,
    PublishedContact,
    PublishedInformation,
    PublishedNote,
    Recipient,
    SharingAgreement,
)


def may_share(actor: Actor) -> bool:
    """Whether `actor` decides what another agency is given: the chiefs."""
    return actor.reads_people and actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)


def may_link(actor: Actor) -> bool:
    """Whether `actor` recognizes received contacts as own ones: everybody who works with them."""
    return actor.reads_people


def _published(table: type[Recipient]) -> Rule:
    def read(actor: Actor) -> sa.ColumnElement[bool]:
        if not actor.reads_people:
            return sa.false()
        return sa.or_(
            col(table.recipient_station_id) == actor.station_id,
            col(table.giver_station_id) == actor.station_id,
        )

    def write(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - a copy
        return (
            actor.reads_people
            and row.giver_station_id == actor.station_id
            and row.giver_agency_id == actor.agency_id
        )

    return Rule(
        read,
        write,
        fixed=(
            "giver_agency_id",
            "giver_station_id",
            "recipient_agency_id",
            "recipient_station_id",
        ),
    )


for _table in (PublishedContact, PublishedNote, PublishedInformation):
    register(_table, _published(_table))
register_own_station(SharingAgreement, ContactLink)
register_own_station(Disclosure, DisclosureEnd, ProvisionRecord, append_only=True)
