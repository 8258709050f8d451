"""An entry is its author's; one that was parked is the chiefs' too, of the office it belongs to."""

import sqlalchemy as sa
from sqlmodel import col

from crm.kernel.actor import Actor, Role
from crm.kernel.scope import Rule, register
from crm.outbox.models import SentEntry

OWNER = ("agency_id", "author_id", "office_id", "entry_key", "digest")


def sees_all(actor: Actor) -> bool:
    """Whether `actor` settles what others of the office can settle no more."""
    return actor.reads_people and actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)


def _reads(actor: Actor) -> sa.ColumnElement[bool]:
    reach: list[sa.ColumnElement[bool]] = [col(SentEntry.author_id) == actor.staff_id]
    if sees_all(actor):
        reach.append(col(SentEntry.office_id) == actor.station_id)
    return sa.and_(col(SentEntry.agency_id) == actor.agency_id, sa.or_(*reach))


def _writes(actor: Actor, row: SentEntry) -> bool:
    is_ones_own = row.author_id == actor.staff_id
    at_ones_office = sees_all(actor) and row.office_id == actor.station_id
    return row.agency_id == actor.agency_id and (is_ones_own or at_ones_office)


register(SentEntry, Rule(_reads, _writes, fixed=OWNER))
