"""Asking other agencies and headquarters to see to a request; what they ask of the own office."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from crm.access.desk import CurrentDesk
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, NotFound, Refused
from crm.kernel.forms import Submission, blank, read_form
from crm.kernel.i18n import N_, labels
from crm.requests import referral_queries, referring, site_queries
from crm.requests.forms import HeadquartersForm, ReferralForm
from crm.requests.models import OUTCOME_LABELS, SITE_KIND_LABELS, TOPIC_LABELS
from crm.requests.page_parts import seen
from crm.requests.policy import is_headquarters, may_refer
from crm.requests.site_copies import Handing, grants_on
from crm.web.pages import HEADERS, page, saved
from crm.web.visit import Visit


@get("/requests/{request_id:uuid}/referral", name="requests.referral", sync_to_thread=True)
def referral(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[str]:
    """Show the form that asks another office to see to a request."""
    with desk.reads() as visit:
        return _referral_page(visit, request_id, blank())


@post("/requests/{request_id:uuid}/referral", name="requests.refer", sync_to_thread=True)
def refer(desk: CurrentDesk, request_id: FromPath[UUID]) -> Response[Any]:
    """Ask another office."""
    with desk.writes() as visit:
        sub = read_form(ReferralForm, visit.sent)
        if sub.form is None:
            return _referral_page(visit, request_id, sub, status=422)
        try:
            referring.refer(
                visit.db,
                visit.actor,
                request_id,
                sub.form.recipient_station_id,
                sub.form.words,
                handing=Handing(sub.form.with_point, sub.form.with_photo),
                now=visit.now,
            )
        except Refused as refusal:
            return _referral_page(visit, request_id, sub.refused(refusal), status=422)
        return saved(visit, "requests.show", N_("依頼しました。"), request_id=request_id)


@post("/requests/referrals/{referral_id:uuid}/recall", name="requests.recall", sync_to_thread=True)
def recall(desk: CurrentDesk, referral_id: FromPath[UUID]) -> Response[None]:
    """Take back what an office was asked."""
    with desk.writes() as visit:
        request_id = referring.recall(visit.db, visit.actor, referral_id, now=visit.now)
        return saved(visit, "requests.show", N_("依頼を取り下げました。"), request_id=request_id)


@get("/requests/received", name="requests.received", sync_to_thread=True)
def received(desk: CurrentDesk) -> Response[str]:
    """Show what other offices asked of the own one."""
    with desk.reads() as visit:
        return _received_page(visit, blank())


@post(
    "/requests/received/{referral_id:uuid}/acceptance",
    name="requests.accept",
    sync_to_thread=True,
)
def accept(desk: CurrentDesk, referral_id: FromPath[UUID]) -> Response[None]:
    """Receive it into the own inbox."""
    with desk.writes() as visit:
        made = referring.accept(visit.db, visit.actor, referral_id, now=visit.now)
        notice = N_("受理しました。経過と結果は、依頼した機関に伝わります。")
        return saved(visit, "requests.show", notice, request_id=made.id)


@post(
    "/requests/received/{referral_id:uuid}/progress",
    name="requests.answer_station",
    sync_to_thread=True,
)
def answer_station(desk: CurrentDesk, referral_id: FromPath[UUID]) -> Response[Any]:
    """Tell a station how far headquarters has come."""
    with desk.writes() as visit:
        sub = read_form(HeadquartersForm, visit.sent)
        if sub.form is None:
            return _received_page(visit, sub, about=referral_id, status=422)
        referring.answer_as_headquarters(
            visit.db, visit.actor, referral_id, sub.form.outcome, sub.form.text, now=visit.now
        )
        return saved(visit, "requests.received", N_("署に伝えました。"))


@get(
    "/requests/received/{referral_id:uuid}/photo",
    name="requests.received_photo",
    sync_to_thread=True,
)
def received_photo(desk: CurrentDesk, referral_id: FromPath[UUID]) -> Response[bytes]:
    """Answer with the picture that goes with what another office asked, while it is given."""
    with desk.reads() as visit:
        asked = referral_queries.received_one(visit.db, visit.actor, referral_id)
        found = site_queries.copy_of(visit.db, asked.reference)
        if found is None or not found.content or not found.is_given_on(local_day(visit.now)):
            raise NotFound
        visit.seen("request.viewed", ("request", asked.request_id), sha256=found.sha256)
        return Response(found.content, media_type="image/jpeg", headers=HEADERS)


def _referral_page(
    visit: Visit, request_id: UUID, sub: Submission[Any], *, status: int = 200
) -> Response[str]:
    whole = seen(visit, request_id)
    if not may_refer(visit.actor):
        raise Forbidden
    today = local_day(visit.now)
    offices = referral_queries.offices_to_ask(visit.db, visit.actor, today)
    granted = grants_on(visit.db, visit.actor, today)
    return page(
        visit,
        "requests/referral.html",
        status=status,
        sub=sub if sub.values else blank(words=whole.request.words),
        whole=whole,
        request=whole.request,
        offices=[(office.station_id, office.label) for office in offices],
        site=site_queries.site_of(visit.db, request_id),
        granted=[
            office.label
            for office in offices
            if office.agency_id == visit.actor.agency_id or office.station_id in granted
        ],
    )


def _received_page(
    visit: Visit, sub: Submission[Any], *, about: UUID | None = None, status: int = 200
) -> Response[str]:
    actor = visit.actor
    if not actor.reads_people and not is_headquarters(actor):
        raise Forbidden
    found = referral_queries.received_by(visit.db, actor)
    visit.seen("requests.listed", count=len(found))
    return page(
        visit,
        "requests/received.html",
        status=status,
        sub=sub,
        about=about,
        empty=blank(),
        referrals=found,
        at_headquarters=is_headquarters(actor),
        today=local_day(visit.now),
        site_kinds=SITE_KIND_LABELS,
        topics=TOPIC_LABELS,
        outcomes=labels(OUTCOME_LABELS),
    )


HANDLERS = [referral, refer, recall, received, received_photo, accept, answer_station]
