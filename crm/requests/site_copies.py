"""The place of a request as whom it was referred to may know it: its point, its picture, or both.

Headquarters are of the same agency and may be given both. Another agency is given them only under
an agreement that says so: agreements stand above requests, so what they grant is handed down.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from crm.agencies.queries import Office
from crm.kernel.actor import Actor
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.requests import site_queries
from crm.requests.models import PublishedRequest, PublishedSite, SiteIssue, SitePhoto

Grants = Mapping[UUID, dt.date | None]
"""The offices that may be given places, each with the last day, None without one."""
_granted: list[Callable[[ScopedSession, Actor, dt.date], Grants]] = []


class Handing(NamedTuple):
    """What of a place goes with a referral, beside its words."""

    point: bool = False
    photo: bool = False


NOTHING_MORE = Handing()


def places_granted_by(find: Callable[[ScopedSession, Actor, dt.date], Grants]) -> None:
    """Let `find` say to which other agencies' offices the own one may give places on a day."""
    _granted[:] = [find]


def grants_on(db: ScopedSession, actor: Actor, day: dt.date) -> Grants:
    """Return which other agencies' offices may be given places; one statement."""
    return _granted[0](db, actor, day) if _granted else {}


def last_day_of(
    db: ScopedSession, actor: Actor, office: Office, handing: Handing, day: dt.date
) -> dt.date | None:
    """Return until when an office may have a place, None without a last day.

    Refused where no agreement lets it have what `handing` says.
    """
    if not any(handing) or office.agency_id == actor.agency_id:
        return None
    granted = grants_on(db, actor, day)
    if office.station_id not in granted:
        raise Refused(
            N_("この機関には、地点と写真を渡す取決めがありません。"),
            field="with_point" if handing.point else "with_photo",
        )
    return granted[office.station_id]


def give_place(
    db: ScopedSession,
    referral: PublishedRequest,
    handing: Handing,
    *,
    until: dt.date | None,
    now: dt.datetime,
) -> list[str]:
    """Let the place go with a referral, and return what went: its point, its photo.

    What is not on record does not go.
    """
    issue = site_queries.issue_of(db, referral.request_id) if any(handing) else None
    if issue is None:
        return []
    photo = site_queries.photo_of(db, referral.request_id) if handing.photo else None
    has_point = handing.point and issue.longitude is not None
    if photo is None and not has_point:
        return []
    sides = (
        *("giver_agency_id", "giver_station_id", "giver_name"),
        *("recipient_agency_id", "recipient_station_id", "reference", "request_id"),
    )
    db.add(
        PublishedSite(
            **{side: getattr(referral, side) for side in sides},
            **_says(issue, photo, with_point=has_point),
            valid_until=until,
            published_at=now,
        )
    )
    db.flush()
    return [*(["point"] if has_point else []), *(["photo"] if photo else [])]


def follow_place(db: ScopedSession, request_id: UUID) -> None:
    """Make the copies of a place say what it says now.

    What was not given is not given now; a picture that is gone, or another by now, is taken away.
    """
    copies = site_queries.copies_to_change(db, request_id)
    if not copies:
        return
    issue, photo = site_queries.issue_of(db, request_id), site_queries.photo_of(db, request_id)
    for copy in copies:
        if issue is None:
            continue
        given = photo if photo and photo.sha256 == copy.sha256 else None
        for name, value in _says(issue, given, with_point=copy.longitude is not None).items():
            setattr(copy, name, value)
    db.flush()


def _says(issue: SiteIssue, photo: SitePhoto | None, *, with_point: bool) -> dict[str, Any]:
    """Return what a copy says of a place; the picture is the one that was drawn anew."""
    return {
        "kind": issue.kind,
        "longitude": issue.longitude if with_point else None,
        "latitude": issue.latitude if with_point else None,
        "description": photo.description if photo else "",
        "width": photo.width if photo else None,
        "height": photo.height if photo else None,
        "sha256": photo.sha256 if photo else "",
        "content": photo.content if photo else None,
    }
