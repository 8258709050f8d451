"""Reading the places of requests: one with its picture's facts, and a station's open ones."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from crm.areas.models import Area
from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession
from crm.requests.models import (
    IS_OPEN,
    CommunityRequest,
    PublishedSite,
    RequestOutcome,
    RequestState,
    SiteIssue,
    SiteKind,
    SitePhoto,
    number_of,
    state_label,
)

MOST = 400
"""What a map and a paper of one station can still show."""


class SiteLine(NamedTuple):
    """A place as its request shows it, with the facts of its picture."""

    kind: SiteKind
    longitude: float | None
    latitude: float | None
    description: str | None
    width: int | None
    height: int | None
    sha256: str | None


class OpenSite(NamedTuple):
    """A place of a list: what is wrong there and where, and nobody's words or name."""

    request_id: UUID
    year: int
    serial: int
    heard_on: dt.date
    state: RequestState
    outcome: RequestOutcome | None
    kind: SiteKind
    longitude: float | None
    latitude: float | None
    place: str
    area_name: str
    district_id: UUID | None
    district_name: str
    photo_id: UUID | None

    @property
    def number(self) -> str:
        """What its request is called."""
        return number_of(self.year, self.serial)

    @property
    def label(self) -> str:
        """What its request's state is called (a msgid)."""
        return state_label(self.state, self.outcome)


def issue_of(db: ScopedSession, request_id: UUID) -> SiteIssue | None:
    """Return what is known of a request's place, to be changed."""
    return db.exec(select(SiteIssue).where(col(SiteIssue.request_id) == request_id)).first()


def photo_of(db: ScopedSession, request_id: UUID) -> SitePhoto | None:
    """Return the picture of a request's place."""
    return db.exec(select(SitePhoto).where(col(SitePhoto.request_id) == request_id)).first()


def copies_to_change(db: ScopedSession, request_id: UUID) -> Sequence[PublishedSite]:
    """Return the copies the own office gave of a request's place, with their pictures."""
    return db.exec(select(PublishedSite).where(col(PublishedSite.request_id) == request_id)).all()


def copy_of(db: ScopedSession, reference: UUID) -> PublishedSite | None:
    """Return the place that goes with a referral, with its picture, as either side reads it."""
    return db.exec(select(PublishedSite).where(col(PublishedSite.reference) == reference)).first()


def site_of(db: ScopedSession, request_id: UUID) -> SiteLine | None:
    """Return a request's place with the facts of its picture, not the picture; one statement."""
    rows = db.rows(
        sa.select(
            col(SiteIssue.kind),
            col(SiteIssue.longitude),
            col(SiteIssue.latitude),
            col(SitePhoto.description),
            col(SitePhoto.width),
            col(SitePhoto.height),
            col(SitePhoto.sha256),
        )
        .outerjoin(SitePhoto, col(SitePhoto.request_id) == col(SiteIssue.request_id))
        .where(col(SiteIssue.request_id) == request_id)
    )
    return SiteLine(*rows[0]) if rows else None


def open_sites(
    db: ScopedSession, actor: Actor, *, district_id: UUID | None = None
) -> Sequence[OpenSite]:
    """Return a station's places whose request awaits its answer, by district, the oldest first."""
    district = aliased(Area, name="district")
    statement = (
        sa.select(
            col(SiteIssue.request_id),
            col(CommunityRequest.year),
            col(CommunityRequest.serial),
            col(CommunityRequest.heard_on),
            col(CommunityRequest.state),
            col(CommunityRequest.outcome),
            col(SiteIssue.kind),
            col(SiteIssue.longitude),
            col(SiteIssue.latitude),
            col(CommunityRequest.place),
            sa.func.coalesce(col(Area.name), ""),
            col(SiteIssue.district_id),
            sa.func.coalesce(col(district.name), ""),
            col(SitePhoto.id),
        )
        .join(CommunityRequest, col(CommunityRequest.id) == col(SiteIssue.request_id))
        .outerjoin(Area, col(Area.id) == col(CommunityRequest.area_id))
        .outerjoin(district, col(district.id) == col(SiteIssue.district_id))
        .outerjoin(SitePhoto, col(SitePhoto.request_id) == col(SiteIssue.request_id))
        .where(IS_OPEN, col(SiteIssue.station_id) == actor.station_id)
        .order_by(
            col(district.id).is_(None),
            col(district.kana_sort),
            col(district.name),
            col(CommunityRequest.heard_on),
            col(SiteIssue.id),
        )
        .limit(MOST)
    )
    if district_id is not None:
        statement = statement.where(col(SiteIssue.district_id) == district_id)
    return [OpenSite(*row) for row in db.rows(statement)]
