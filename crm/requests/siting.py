"""The verbs of a request's place: say where it is and what is wrong there, with a picture."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from uuid import UUID

import shapely

from crm.areas.models import Area, AreaKind
from crm.areas.queries import area_of, areas_at
from crm.formats.photos import Photo
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.liaisons.queries import areas_of_station
from crm.requests import queries, site_queries
from crm.requests.models import CommunityRequest, PublishedSite, SiteIssue, SiteKind, SitePhoto
from crm.requests.service import require_open
from crm.requests.site_copies import follow_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where something is and what is wrong there; `point` is its longitude and latitude."""

    kind: SiteKind
    area_id: UUID
    place: str = ""
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Pictured:
    """A picture of a place in words for whoever cannot see it."""

    photo: Photo
    description: str


def put_site(
    db: ScopedSession,
    actor: Actor,
    request_id: UUID,
    site: Site,
    pictured: Pictured | None,
    *,
    revision: int,
    now: dt.datetime,
) -> SiteIssue:
    """Say where an open request is; a new picture takes the place of the one before.

    Refused for an area that is not the station's, and for a point outside it; Conflict when
    somebody changed the request since `revision`.
    """
    request = queries.request_to_change(db, request_id)
    if request.revision != revision:
        raise Conflict
    require_open(request)
    today = local_day(now)
    if site.area_id not in {line.id for line in areas_of_station(db, request.station_id, today)}:
        raise Refused(N_("区域を選び直してください。"), field="area_id")
    area = area_of(db, site.area_id)
    _require_inside(area, site.point)
    issue = site_queries.issue_of(db, request_id) or _new(request, actor, now)
    issue.kind, issue.district_id = site.kind, _district(db, area, site.point, today)
    issue.longitude, issue.latitude = site.point or (None, None)
    issue.updated_at, issue.updated_by = now, actor.account_id
    request.area_id, request.place = site.area_id, site.place
    request.revision += 1
    request.updated_at, request.updated_by = now, actor.account_id
    db.add(issue)
    if pictured is not None:
        _put_photo(db, request, pictured, now)
    db.flush()
    follow_place(db, request.id)
    audit.record(db, actor, "request.sited", now=now, subject=("request", request.id))
    return issue


def remove_photo(db: ScopedSession, actor: Actor, request_id: UUID, *, now: dt.datetime) -> None:
    """Delete the picture of a place: it shows what it should not. Without one nothing happens.

    Whoever was given it has it no more.
    """
    request = queries.request_to_change(db, request_id)
    if photo := site_queries.photo_of(db, request_id):
        db.delete(photo)
        db.flush()
        follow_place(db, request.id)
        audit.record(db, actor, "request.unsited", now=now, subject=("request", request.id))


def take_over_point(
    db: ScopedSession,
    actor: Actor,
    request: CommunityRequest,
    given: PublishedSite,
    *,
    now: dt.datetime,
) -> None:
    """Put a received request where its giver pointed; its picture stays the giver's copy."""
    if given.longitude is None or given.latitude is None:
        return
    if site_queries.issue_of(db, request.id):
        return
    issue = _new(request, actor, now)
    issue.kind, issue.longitude, issue.latitude = given.kind, given.longitude, given.latitude
    point = (given.longitude, given.latitude)
    issue.district_id = _district_at(db, point, local_day(now))
    issue.updated_at, issue.updated_by = now, actor.account_id
    db.add(issue)
    db.flush()


def _require_inside(area: Area, point: tuple[float, float] | None) -> None:
    if point is None:
        return
    if area.polygon is None or not shapely.intersects(area.polygon, shapely.Point(point)):
        raise Refused(
            N_("選んだ区域の中を指してください。地図を使わず、場所を言葉で書くこともできます。"),
            field="at",
        )


def _district(
    db: ScopedSession, area: Area, point: tuple[float, float] | None, day: dt.date
) -> UUID | None:
    """Return the school district a place is in; the area's, where no point says more."""
    if area.kind is AreaKind.ELEMENTARY_DISTRICT:
        return area.id
    if point is None:
        if area.polygon is None:
            return None
        inside = shapely.point_on_surface(area.polygon)
        point = shapely.get_x(inside), shapely.get_y(inside)
    return _district_at(db, point, day)


def _district_at(db: ScopedSession, point: tuple[float, float], day: dt.date) -> UUID | None:
    found = areas_at(db, *point, day, kinds=(AreaKind.ELEMENTARY_DISTRICT,))
    return found[0].id if found else None


def _new(request: CommunityRequest, actor: Actor, now: dt.datetime) -> SiteIssue:
    return SiteIssue(
        agency_id=request.agency_id,
        station_id=request.station_id,
        request_id=request.id,
        kind=SiteKind.OTHER,
        created_at=now,
        created_by=actor.account_id,
    )


def _put_photo(
    db: ScopedSession, request: CommunityRequest, pictured: Pictured, now: dt.datetime
) -> None:
    if before := site_queries.photo_of(db, request.id):
        db.delete(before)
        db.flush()
    photo = pictured.photo
    db.add(
        SitePhoto(
            agency_id=request.agency_id,
            station_id=request.station_id,
            request_id=request.id,
            description=pictured.description,
            width=photo.width,
            height=photo.height,
            sha256=hashlib.sha256(photo.content).hexdigest(),
            content=photo.content,
            added_at=now,
        )
    )
