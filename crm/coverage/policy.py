"""Headquarters sees the counts of every station, a station those of its own; nobody else any."""

from uuid import UUID

from crm.coverage.models import CoverageSpan
from crm.kernel.actor import Actor, Role
from crm.kernel.errors import NotFound
from crm.kernel.scope import Rule, nobody_reads, nobody_writes, register


def sees_every_station(actor: Actor) -> bool:
    """Whether `actor` compares all stations of the agency."""
    return actor.has(Role.HQ_VIEWER)


def station_in_reach(actor: Actor, station_id: UUID | None = None) -> UUID | None:
    """Return the station whose counts `actor` is shown, None for all of them.

    Raises NotFound when the one asked for is not the actor's own, or there is none to show.
    """
    if sees_every_station(actor):
        return station_id
    of_network = actor.is_police and actor.reads_people
    if not of_network or station_id not in (None, actor.station_id):
        raise NotFound
    return actor.station_id


# a span says that somebody is a liaison: counted by everybody who may, read by nobody
register(CoverageSpan, Rule(read=nobody_reads, write=nobody_writes))
