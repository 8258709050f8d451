"""Who sees leak cases, who checks a week's readings, and who takes out a person's dossier."""

from typing import cast

import sqlalchemy as sa

from crm.access.policy import register_own_station
from crm.kernel.actor import Actor, Role
from crm.kernel.errors import NotFound
from crm.kernel.scope import Rule, register
from crm.oversight.models import LeakCase, ReadingCheck

CHIEFS = (Role.SECTION_CHIEF, Role.STATION_CHIEF)


def may_check_readings(actor: Actor) -> bool:
    """Whether `actor` looks through a week's readings of the own station."""
    return actor.reads_people and actor.has(*CHIEFS)


def require_checker(actor: Actor) -> None:
    """Hide the weekly check from everybody but chiefs."""
    if not may_check_readings(actor):
        raise NotFound


def require_discloser(actor: Actor) -> None:
    """Hide dossiers from everybody but chiefs and the office that keeps the roster."""
    if not (may_check_readings(actor) or (actor.reads_people and actor.network_office)):
        raise NotFound


def _reads_cases(actor: Actor) -> sa.ColumnElement[bool]:
    if not actor.has(Role.AUDITOR):
        return sa.false()
    return cast("sa.ColumnElement[bool]", LeakCase.agency_id == actor.agency_id)


register(
    LeakCase,
    Rule(
        _reads_cases,
        lambda actor, case: actor.has(Role.AUDITOR) and case.agency_id == actor.agency_id,
        append_only=True,
    ),
)
register_own_station(ReadingCheck, append_only=True)
