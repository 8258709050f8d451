"""場所: where a request is, with a picture, and the open ones of a station by school district."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.status_codes import HTTP_409_CONFLICT
from uuid_utils.compat import uuid7

from crm.access.desk import CurrentDesk
from crm.contacts.queries import require_reader
from crm.formats.errors import UnreadableFile
from crm.formats.photos import LIMITS, redraw
from crm.jobs.desk import print_beside
from crm.jobs.models import Job
from crm.jobs.papers import order_paper
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, labels
from crm.liaisons.queries import AreaLine, areas_of_station
from crm.requests import site_queries
from crm.requests.forms import SiteForm, SitesForm
from crm.requests.models import SITE_KIND_LABELS, SiteKind, Topic
from crm.requests.page_parts import seen
from crm.requests.site_maps import by_district, pixel_of, point_at, points_of, site_map
from crm.requests.site_papers import MAKE, TITLE
from crm.requests.siting import Pictured, Site, put_site, remove_photo
from crm.web.pages import HEADERS, page, saved
from crm.web.visit import Visit

MAX_BODY_BYTES = LIMITS.file_bytes + 2_000_000
"""Room for a picture somewhat too large, so that it is refused in words."""
KINDS_OF_TOPICS = {Topic.LIGHTING: SiteKind.DARK_SPOT, Topic.VACANT_HOUSE: SiteKind.VACANT_HOUSE}


@get("/requests/{request_id:uuid}/site", name="requests.site", sync_to_thread=True)
def site(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[str]:
    """Show the form that says where a request is: by the map, or by area and words."""
    with desk.reads() as visit:
        return _site_page(visit, request_id, blank())


@post(
    "/requests/{request_id:uuid}/site",
    name="requests.put_site",
    sync_to_thread=True,
    request_max_body_size=MAX_BODY_BYTES,
)
def put(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Say where a request is, with a picture or without."""
    # a picture is drawn anew before anything is locked
    with desk.reads() as visit:
        sub = read_form(SiteForm, visit.sent)
        if sub.form is None:
            return _site_page(visit, request_id, sub, status=422)
        form = sub.form
        try:
            pictured = _pictured(visit, form)
        except Refused as refusal:
            return _site_page(visit, request_id, sub.refused(refusal), status=422)
    with desk.writes() as visit:
        try:
            put_site(
                visit.db,
                visit.actor,
                request_id,
                _site(visit, form),
                pictured,
                revision=form.revision,
                now=visit.now,
            )
        except (Refused, Conflict) as said:
            return _site_page(visit, request_id, sub.refused(said), status=said.status)
        return saved(visit, "requests.show", N_("場所を登録しました。"), request_id=request_id)


@get("/requests/{request_id:uuid}/photo", name="requests.photo", sync_to_thread=True)
def photo(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[bytes]:
    """Answer with the picture of a request's place, as it was drawn anew."""
    with desk.reads() as visit:
        found = site_queries.photo_of(visit.db, request_id)
        if found is None:
            raise NotFound
        visit.seen("request.viewed", ("request", request_id), sha256=found.sha256)
        return Response(found.content, media_type="image/jpeg", headers=HEADERS)


@post(
    "/requests/{request_id:uuid}/photo/removal", name="requests.remove_photo", sync_to_thread=True
)
def unpicture(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[None]:
    """Delete a picture that shows what it should not."""
    with desk.writes() as visit:
        remove_photo(visit.db, visit.actor, request_id, now=visit.now)
        return saved(visit, "requests.show", N_("写真を削除しました。"), request_id=request_id)


@get("/requests/sites", name="requests.sites", sync_to_thread=True)
def sites(desk: CurrentDesk, district: FromQuery[str] = "") -> Response[str]:
    """Show the open places of the own station on a map, by school district."""
    with desk.reads() as visit:
        require_reader(visit.actor)
        found = by_district(site_queries.open_sites(visit.db, visit.actor))
        shown = [one for one in found if district in ("", str(one.id))]
        visit.seen("sites.listed", count=sum(len(one.sites) for one in shown))
        return page(
            visit,
            "requests/sites.html",
            districts=found,
            shown=shown,
            district=district,
            map=site_map(visit.db, _areas(visit), points_of(shown)),
            kinds=SITE_KIND_LABELS,
            request_key=uuid7(),
        )


@post("/requests/sites/files", name="requests.print_sites", sync_to_thread=True)
def print_sites(desk: CurrentDesk) -> Response[Any]:
    """Ask for the places of a school district, or all, as a PDF and lead to where it will lie."""
    return print_beside(desk, _order)


def _order(visit: Visit) -> Job:
    require_reader(visit.actor)
    sub = read_form(SitesForm, visit.sent)
    if sub.form is None:
        raise NotFound
    args = {"district": str(sub.form.district) if sub.form.district else ""}
    return order_paper(visit.db, visit.actor, MAKE, args, sub.form, title=TITLE, now=visit.now)


def _site(visit: Visit, form: SiteForm) -> Site:
    point = None
    if form.pixel is not None:
        point = point_at(visit.db, _areas(visit), form.pixel)
    return Site(kind=form.kind, area_id=form.area_id, place=form.place, point=point)


def _pictured(visit: Visit, form: SiteForm) -> Pictured | None:
    upload = visit.files.get("photo")
    if not upload or not upload.content:
        return None
    if not form.description:
        raise Refused(N_("写真に写っているものを、言葉でも書いてください。"), field="description")
    try:
        return Pictured(redraw(upload.content), form.description)
    except UnreadableFile as unreadable:
        raise Refused(unreadable.message, field="photo", **unreadable.facts) from unreadable


def _areas(visit: Visit) -> list[AreaLine]:
    if visit.actor.station_id is None:
        return []
    return list(areas_of_station(visit.db, visit.actor.station_id, local_day(visit.now)))


def _site_page(
    visit: Visit, request_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    whole = seen(visit, request_id)
    request, areas = whole.request, _areas(visit)
    known = site_queries.site_of(visit.db, request_id)
    point = (
        (known.longitude, known.latitude)
        if known and known.longitude is not None and known.latitude is not None
        else None
    )
    pixel = pixel_of(visit.db, areas, point)
    says = blank(
        kind=known.kind if known else KINDS_OF_TOPICS.get(request.topic),
        area_id=request.area_id,
        place=request.place or None,
        at=f"{pixel[0]},{pixel[1]}" if pixel else None,
        description=known.description if known else None,
    )
    stale = status == HTTP_409_CONFLICT
    return page(
        visit,
        "requests/site.html",
        status=status,
        sub=sub if sub.values else says,
        whole=whole,
        request=request,
        known=known,
        revision=request.revision if stale else sub.values.get("revision", request.revision),
        kinds=labels(SITE_KIND_LABELS),
        areas=[(line.id, line.name) for line in areas],
        map=site_map(visit.db, areas),
    )


HANDLERS = [sites, site, put, photo, unpicture, print_sites]
