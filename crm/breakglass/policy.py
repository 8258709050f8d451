"""Headquarters opens, the person's station and the auditor hear of it, and one of them reviews it.

What an opening shows is decided with the rules of the tables themselves (`register_own_station`'s
`opened`): the person, the telephones, the posts and the terms as a liaison, read only. Notes,
consents, candidacies and answers stay with the station: an emergency needs whom to reach and how.
"""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from crm.access.policy import may_open
from crm.breakglass.models import OpeningReview, PersonOpening
from crm.kernel.actor import Actor, Role
from crm.kernel.scope import Rule, register

CHIEFS = (Role.SECTION_CHIEF, Role.STATION_CHIEF)


def may_hear(actor: Actor) -> bool:
    """Whether `actor` is told of openings: the chiefs of the station, and the auditor."""
    return actor.is_police and (actor.has(*CHIEFS) or _audits(actor))


def may_review(actor: Actor) -> bool:
    """Whether `actor` judges openings: the chief of the person's station, or the auditor."""
    return actor.is_police and (actor.has(Role.STATION_CHIEF) or _audits(actor))


def _audits(actor: Actor) -> bool:
    return actor.has(Role.AUDITOR)


def _reads(table: type[PersonOpening] | type[OpeningReview]) -> Any:  # noqa: ANN401 - a Rule's read
    def read(actor: Actor) -> sa.ColumnElement[bool]:
        told: list[sa.ColumnElement[bool]] = []
        if may_open(actor):
            told.append(col(table.opened_by) == actor.account_id)
        if may_hear(actor):
            told.append(sa.true() if _audits(actor) else col(table.station_id) == actor.station_id)
        return sa.and_(col(table.agency_id) == actor.agency_id, sa.or_(sa.false(), *told))

    return read


def _opens(actor: Actor, row: PersonOpening) -> bool:
    own = (row.agency_id, row.opened_by) == (actor.agency_id, actor.account_id)
    return may_open(actor) and own


def _reviews(actor: Actor, row: OpeningReview) -> bool:
    own = (row.agency_id, row.reviewed_by) == (actor.agency_id, actor.account_id)
    at_station = actor.station_id is not None and row.station_id == actor.station_id
    in_reach = _audits(actor) or at_station
    return may_review(actor) and own and in_reach and row.opened_by != actor.account_id


register(PersonOpening, Rule(_reads(PersonOpening), _opens, append_only=True))
register(OpeningReview, Rule(_reads(OpeningReview), _reviews, append_only=True))
