"""Reading what was asked of other offices, and what they asked of the own one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import UnitKind
from crm.agencies.queries import Office, other_offices, units_on
from crm.kernel.actor import Actor
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.requests.lines import GivenSite, ProgressLine, Referral
from crm.requests.models import (
    CommunityRequest,
    PublishedProgress,
    PublishedRequest,
    PublishedSite,
    state_label,
)

COPIED = tuple(field.name for field in fields(Referral) if field.name not in {"progress", "site"})
PLACED = (
    *("kind", "longitude", "latitude", "description", "width", "height", "sha256"),
    "valid_until",
)
"""What of a place is read beside its referral; its picture is asked for by itself."""


def offices_to_ask(db: ScopedSession, actor: Actor, day: dt.date) -> Sequence[Office]:
    """Return who can be asked: the divisions of the own headquarters, other agencies' offices."""
    divisions = [
        Office(actor.agency_id, actor.agency_name, actor.agency_kind, unit.id, unit.name, unit.kind)
        for unit in units_on(db, day)
        if unit.kind is UnitKind.HQ_DIVISION and actor.is_police
    ]
    return [*divisions, *other_offices(db, actor, day)]


def referrals_of(db: ScopedSession, request_id: UUID) -> Sequence[Referral]:
    """Return what others were asked about an own request, with how far they have come."""
    return _gather(db.rows(_rows().where(col(PublishedRequest.request_id) == request_id)))


def received_by(db: ScopedSession, actor: Actor) -> Sequence[Referral]:
    """Return what others asked of the actor's office, or division, the newest first."""
    return _gather(db.rows(_rows().where(_to(actor))))


def received_one(db: ScopedSession, actor: Actor, referral_id: UUID) -> PublishedRequest:
    """Return one of what others asked of the actor's office or division; NotFound otherwise."""
    found = db.exec(
        select(PublishedRequest).where(PublishedRequest.id == referral_id, _to(actor))
    ).first()
    if found is None:
        raise NotFound
    return found


def given_one(db: ScopedSession, actor: Actor, referral_id: UUID) -> PublishedRequest:
    """Return one of what the actor's office asked of others; NotFound otherwise."""
    found = db.exec(
        select(PublishedRequest).where(
            PublishedRequest.id == referral_id,
            PublishedRequest.giver_station_id == actor.station_id,
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def received_as(db: ScopedSession, actor: Actor, reference: UUID) -> PublishedRequest | None:
    """Return what an own request was made of; None once it was taken back."""
    return db.exec(
        select(PublishedRequest).where(PublishedRequest.reference == reference, _to(actor))
    ).first()


def _to(actor: Actor) -> sa.ColumnElement[bool]:
    return col(PublishedRequest.recipient_station_id) == (actor.station_id or actor.unit_id)


@cache
def _rows() -> AnySelect:
    return (
        sa.select(
            col(PublishedRequest.id),
            col(PublishedRequest.reference),
            col(PublishedRequest.request_id),
            col(PublishedRequest.giver_name),
            col(PublishedRequest.recipient_name),
            col(PublishedRequest.number),
            col(PublishedRequest.topic),
            col(PublishedRequest.area_name),
            col(PublishedRequest.place),
            col(PublishedRequest.words),
            col(PublishedRequest.told_by),
            col(PublishedRequest.published_at),
            col(CommunityRequest.id).label("own_id"),
            col(PublishedProgress.at),
            col(PublishedProgress.state),
            col(PublishedProgress.outcome),
            col(PublishedProgress.text),
            col(PublishedProgress.told_by).label("progress_by"),
            *(getattr(PublishedSite, name) for name in PLACED),
        )
        .select_from(PublishedRequest)
        .outerjoin(
            PublishedProgress, col(PublishedProgress.reference) == col(PublishedRequest.reference)
        )
        .outerjoin(PublishedSite, col(PublishedSite.reference) == col(PublishedRequest.reference))
        .outerjoin(
            CommunityRequest, col(CommunityRequest.client_key) == col(PublishedRequest.reference)
        )
        .order_by(
            col(PublishedRequest.published_at).desc(),
            col(PublishedRequest.id),
            col(PublishedProgress.at).desc(),
            col(PublishedProgress.id).desc(),
        )
    )


def _gather(rows: Sequence[Any]) -> list[Referral]:
    return [_referral(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row.id)]


def _referral(rows: Sequence[Any]) -> Referral:
    progress = [
        ProgressLine(row.at, state_label(row.state, row.outcome), row.text, row.progress_by)
        for row in rows
        if row.at
    ]
    first = rows[0]
    site = None
    if first.kind:
        site = GivenSite(*(getattr(first, name) for name in PLACED))
    return Referral(**{name: getattr(first, name) for name in COPIED}, progress=progress, site=site)
