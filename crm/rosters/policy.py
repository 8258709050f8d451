"""Who may take a roster out of the house, and whose a kept selection is."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
from crm.kernel.errors import Forbidden
from crm.kernel.scope import Rule, register
from crm.rosters.models import (
    RosterCopy,
    RosterCopyAct,
    RosterDocument,
    RosterFilter,
    RosterIssue,
)


def reads_roster(actor: Actor) -> bool:
    """Whether there is a roster for `actor`: the liaisons are the police's network (S1)."""
    return actor.is_police and actor.reads_people


def may_issue(actor: Actor) -> bool:
    """Whether `actor` may issue a roster: its owner, the network office, or a chief (S1 2(4))."""
    return reads_roster(actor) and (
        actor.network_office or actor.has(Role.SECTION_CHIEF, Role.STATION_CHIEF)
    )


def require_issuer(actor: Actor) -> None:
    """Raise Forbidden for whoever may not issue a roster; nor do they see what was issued."""
    if not may_issue(actor):
        raise Forbidden("一覧表を作成できるのは、一覧表を管理する課の職員と課長・署長です。")


def _uses_filter(actor: Actor) -> sa.ColumnElement[bool]:
    if not actor.reads_people:
        return sa.false()
    shared = sa.and_(col(RosterFilter.of_unit), col(RosterFilter.unit_id) == actor.unit_id)
    return sa.and_(
        col(RosterFilter.station_id) == actor.station_id,
        sa.or_(col(RosterFilter.account_id) == actor.account_id, shared),
    )


def _keeps_filter(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - a kept selection
    return (
        actor.reads_people
        and (row.agency_id, row.station_id) == (actor.agency_id, actor.station_id)
        and row.account_id == actor.account_id
    )


register_own_station(RosterIssue, RosterDocument, RosterCopy, RosterCopyAct, append_only=True)
register(
    RosterFilter,
    Rule(_uses_filter, _keeps_filter, fixed=("agency_id", "station_id", "account_id", "unit_id")),
)
