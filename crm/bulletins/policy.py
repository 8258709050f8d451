"""A station reads its own items and headquarters'; whoever issued one keeps it."""

from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import col

from crm.access.policy import register_own_station
from crm.bulletins.models import InformationFile, InformationItem, NoteInformation
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import Rule, register


def may_issue_information(actor: Actor) -> bool:
    """Whether `actor` issues items: anybody of a station, and headquarters for all stations."""
    return actor.reads_people or actor.has(Role.HQ_VIEWER)


def may_change(actor: Actor, item: InformationItem) -> bool:
    """Whether `actor` corrects and withdraws `item`: whoever could have issued it."""
    return may_issue_information(actor) and item.station_id == actor.station_id


def _rule(table: type[InformationItem] | type[InformationFile]) -> Rule:
    def read(actor: Actor) -> sa.ColumnElement[bool]:
        if not may_issue_information(actor):
            return sa.false()
        reach: list[sa.ColumnElement[bool]] = [col(table.station_id).is_(None)]
        if actor.station_id is not None:
            reach.append(cast("sa.ColumnElement[bool]", table.station_id == actor.station_id))
        return sa.and_(col(table.agency_id) == actor.agency_id, sa.or_(*reach))

    def write(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - an item or its file
        return (
            may_issue_information(actor)
            and row.agency_id == actor.agency_id
            and row.station_id == actor.station_id
        )

    return Rule(read, write, fixed=("agency_id", "station_id"))


register(InformationItem, _rule(InformationItem))
register(InformationFile, _rule(InformationFile))
register_own_station(NoteInformation)
