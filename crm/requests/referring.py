"""Asking another agency or headquarters to see to a request, and receiving what they ask."""

import datetime as dt
from uuid import UUID, uuid4

from crm.agencies.queries import Office, office_label
from crm.areas.queries import area_of
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.requests import queries, referral_queries, site_queries
from crm.requests.models import (
    CommunityRequest,
    PublishedRequest,
    RequestOutcome,
    RequestState,
    Source,
    StepKind,
)
from crm.requests.policy import is_headquarters, may_refer
from crm.requests.reporting import put_progress
from crm.requests.service import RequestFacts, put_step, receive, require_open
from crm.requests.site_copies import NOTHING_MORE, Handing, give_place, last_day_of
from crm.requests.siting import take_over_point


def refer(
    db: ScopedSession,
    actor: Actor,
    request_id: UUID,
    recipient_station_id: UUID,
    words: str,
    *,
    handing: Handing = NOTHING_MORE,
    now: dt.datetime,
) -> PublishedRequest:
    """Publish a request to an office of another agency or a division of headquarters.

    They read `words` written for them, topic and place, of the place's point and picture what
    `handing` says, and never who said it. Forbidden for others than the chiefs; Refused for an
    office asked already, one that is none, and one that may not be given the place.
    """
    if not may_refer(actor):
        raise Forbidden
    request = queries.request_to_change(db, request_id)
    require_open(request)
    office = _office(db, actor, recipient_station_id, now)
    until = last_day_of(db, actor, office, handing, local_day(now))
    asked = referral_queries.referrals_of(db, request_id)
    if office.label in {one.recipient_name for one in asked}:
        raise Refused(N_("この機関には、すでに依頼しています。"), field="recipient_station_id")
    made = PublishedRequest(
        giver_agency_id=actor.agency_id,
        giver_station_id=request.station_id,
        giver_name=office_label(actor.agency_name, actor.station_name),
        recipient_agency_id=office.agency_id,
        recipient_station_id=office.station_id,
        recipient_name=office.label,
        reference=uuid4(),
        request_id=request.id,
        number=request.number,
        topic=request.topic,
        area_name=area_of(db, request.area_id).name if request.area_id else "",
        place=request.place,
        words=words,
        told_by=actor.unit_name,
        published_at=now,
    )
    db.add(made)
    given = give_place(db, made, handing, until=until, now=now)
    if request.state is RequestState.RECEIVED:
        request.state = RequestState.CONSIDERING
    put_step(db, actor, request, StepKind.REFERRED, now, text=words, to_unit_name=office.label)
    audit.record(
        db,
        actor,
        "request.referred",
        now=now,
        subject=("request", request.id),
        recipient=office.label,
        fields=given,
    )
    return made


def recall(db: ScopedSession, actor: Actor, referral_id: UUID, *, now: dt.datetime) -> UUID:
    """Take back what an office was asked: its copy is gone, what it made of it stays its own.

    Returns the key of the own request. Forbidden for others than the chiefs.
    """
    if not may_refer(actor):
        raise Forbidden
    asked = referral_queries.given_one(db, actor, referral_id)
    request = queries.request_to_change(db, asked.request_id)
    put_step(db, actor, request, StepKind.RECALLED, now, to_unit_name=asked.recipient_name)
    if given := site_queries.copy_of(db, asked.reference):
        db.delete(given)
    db.delete(asked)
    audit.record(
        db,
        actor,
        "request.recalled",
        now=now,
        subject=("request", request.id),
        recipient=asked.recipient_name,
    )
    db.flush()
    return request.id


def accept(
    db: ScopedSession, actor: Actor, referral_id: UUID, *, now: dt.datetime
) -> CommunityRequest:
    """Receive what another agency asked into the own inbox, with the point it gave.

    Accepted again, it is the first one.
    """
    asked = referral_queries.received_one(db, actor, referral_id)
    facts = RequestFacts(
        words=asked.words,
        heard_on=local_day(now),
        client_key=asked.reference,
        source=Source.AGENCY,
        source_words=f"{asked.giver_name} {asked.number}",
        topic=asked.topic,
        place=" ".join(filter(None, (asked.area_name, asked.place))),
    )
    made = receive(db, actor, facts, now=now)
    given = site_queries.copy_of(db, asked.reference)
    if given is not None and given.is_given_on(local_day(now)):
        take_over_point(db, actor, made, given, now=now)
    return made


def answer_as_headquarters(
    db: ScopedSession,
    actor: Actor,
    referral_id: UUID,
    outcome: RequestOutcome | None,
    text: str,
    *,
    now: dt.datetime,
) -> None:
    """Tell a station how far headquarters has come with what it asked, or what came of it."""
    if not is_headquarters(actor):
        raise NotFound
    asked = referral_queries.received_one(db, actor, referral_id)
    state = RequestState.DECIDED if outcome else RequestState.CONSIDERING
    put_progress(db, actor, asked, state, outcome, text, now=now)
    audit.record(db, actor, "request.progressed", now=now, subject=("request", asked.request_id))


def _office(db: ScopedSession, actor: Actor, station_id: UUID, now: dt.datetime) -> Office:
    for office in referral_queries.offices_to_ask(db, actor, local_day(now)):
        if office.station_id == station_id:
            return office
    raise Refused(N_("依頼先を選び直してください。"), field="recipient_station_id")
