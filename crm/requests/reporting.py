"""Telling who asked how far the own office has come: what it decides, never its own notes on it."""

import datetime as dt

from crm.agencies.queries import office_label
from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession
from crm.requests import referral_queries
from crm.requests.models import (
    CommunityRequest,
    PublishedProgress,
    PublishedRequest,
    RequestOutcome,
    RequestState,
    Source,
)


def report_back(
    db: ScopedSession, actor: Actor, request: CommunityRequest, text: str, *, now: dt.datetime
) -> None:
    """Tell the agency a request came from how far it is; nothing where it came from nobody else."""
    if request.source is not Source.AGENCY:
        return
    asked = referral_queries.received_as(db, actor, request.client_key)
    if asked is not None:
        put_progress(db, actor, asked, request.state, request.outcome, text, now=now)


def put_progress(
    db: ScopedSession,
    actor: Actor,
    asked: PublishedRequest,
    state: RequestState,
    outcome: RequestOutcome | None,
    text: str,
    *,
    now: dt.datetime,
) -> None:
    """Publish how far the recipient of `asked` has come to its giver."""
    db.add(
        PublishedProgress(
            giver_agency_id=actor.agency_id,
            giver_station_id=asked.recipient_station_id,
            giver_name=office_label(actor.agency_name, actor.station_name or actor.unit_name),
            recipient_agency_id=asked.giver_agency_id,
            recipient_station_id=asked.giver_station_id,
            reference=asked.reference,
            state=state,
            outcome=outcome,
            text=text,
            told_by=actor.unit_name,
            at=now,
        )
    )
    db.flush()
