"""A station reads its own drafts; who may decide one is looked at when it is decided."""

from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.policy import own_station, register_own_station
from crm.approvals.models import (
    PENDING,
    Approval,
    ApprovalKind,
    ApprovalRoute,
    ApprovalStep,
    StepHolder,
)
from crm.approvals.route import Step
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import Rule, register

CHIEFS = (Role.SECTION_CHIEF, Role.STATION_CHIEF)


def is_own_draft(actor: Actor, approval: Approval) -> bool:
    """Whether `actor` drafted `approval`."""
    return approval.drafted_by == actor.staff_id


def holds_step(actor: Actor, step: Step) -> bool:
    """Whether a step of a route is `actor`'s to take."""
    match step.holder:
        case StepHolder.NAMED:
            return step.staff_id == actor.staff_id
        case StepHolder.SECTION_CHIEF:
            return actor.has(Role.SECTION_CHIEF) and step.unit_id in {None, actor.unit_id}
        case StepHolder.STATION_CHIEF:
            return actor.has(Role.STATION_CHIEF)
        case _:
            return actor.has(*CHIEFS)


def may_stand_in(actor: Actor, step: Step) -> bool:
    """Whether `actor` may take a step on behalf of who holds it (代決): a chief, for another."""
    return actor.has(*CHIEFS) and not holds_step(actor, step)


def may_keep_routes(actor: Actor, station_id: UUID | None) -> bool:
    """Whether `actor` says what a station has decided, by whom: its chief, the administrator."""
    if actor.has(Role.SYSTEM_ADMINISTRATOR):
        return True
    return actor.has(Role.STATION_CHIEF) and actor.station_id == station_id


def may_enter_paper(actor: Actor, approval: Approval) -> bool:
    """Whether `actor` may enter that a draft was decided on paper.

    Its drafter may, as whoever brings the sheet back does; what needs a second person above all
    (an export) is entered by somebody else, a chief.
    """
    if approval.state not in PENDING:
        return False
    if is_own_draft(actor, approval):
        return approval.kind is not ApprovalKind.EXPORT
    return actor.has(*CHIEFS)


def may_withdraw(actor: Actor, approval: Approval) -> bool:
    """Whether `actor` may take a draft back: its drafter, until it is decided."""
    return approval.state in PENDING and is_own_draft(actor, approval)


def _reads_route(actor: Actor) -> sa.ColumnElement[bool]:
    own_agency = col(ApprovalRoute.agency_id) == actor.agency_id
    if actor.has(Role.SYSTEM_ADMINISTRATOR):
        return own_agency
    if not actor.reads_people:
        return sa.false()
    return sa.and_(own_agency, cast("Any", ApprovalRoute.station_id == actor.station_id))


def _writes_route(actor: Actor, row: Any) -> bool:  # noqa: ANN401 - a route
    return row.agency_id == actor.agency_id and may_keep_routes(actor, row.station_id)


register(
    Approval,
    Rule(
        own_station(Approval).read,
        own_station(Approval).write,
        fixed=(
            *("agency_id", "station_id", "year", "serial", "number", "kind"),
            *("subject_type", "subject_id", "title", "path", "reason", "people"),
            *("terms", "content", "digest", "route", "drafted_by", "drafted_at"),
            *("drafter_name", "unit_id", "unit_name"),
        ),
    ),
)
register_own_station(ApprovalStep, append_only=True)
register(
    ApprovalRoute,
    Rule(_reads_route, _writes_route, fixed=("agency_id", "station_id", "kind", "valid_from")),
)
