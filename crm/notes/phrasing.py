"""The verbs of a station's own words: offer a phrase from a day on, offer it no more."""

import datetime as dt
from uuid import UUID

from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.notes.form_queries import every_phrase
from crm.notes.models import PhraseUse, StationPhrase
from crm.notes.policy import belongs_elsewhere, may_keep_phrases

MOST = 12
"""So many of a kind stay a choice at a glance."""


def offer_phrase(
    db: ScopedSession,
    actor: Actor,
    use: PhraseUse,
    text: str,
    *,
    valid_from: dt.date,
    now: dt.datetime,
) -> StationPhrase:
    """Offer a phrase to the station's staff from a day on; offered already, it is that one.

    Forbidden for others than the chiefs; Refused for words of another record, and for too many.
    """
    station_id = _station_of(actor)
    if belongs_elsewhere(text):
        raise Refused(N_("事件・相談や世帯に関する言葉は、定型文にできません。"), field="text")
    kept = [one for one in every_phrase(db) if one.use is use and one.valid_to is None]
    if same := next((one for one in kept if one.text == text), None):
        return same
    if len(kept) >= MOST:
        raise Refused(
            N_("定型文は、欄ごとに%(most)s件までです。使わないものを終了してください。"),
            field="text",
            most=MOST,
        )
    offered = StationPhrase(
        agency_id=actor.agency_id,
        station_id=station_id,
        use=use,
        text=text,
        valid_from=valid_from,
        created_at=now,
        created_by=actor.account_id,
        updated_at=now,
        updated_by=actor.account_id,
    )
    db.add(offered)
    db.flush()
    audit.record(db, actor, "phrase.offered", now=now, subject=("phrase", offered.id), kind=use)
    return offered


def end_phrase(
    db: ScopedSession, actor: Actor, phrase_id: UUID, *, day: dt.date, now: dt.datetime
) -> None:
    """Offer a phrase no more from `day` on; what was written with it stays as it was written."""
    _station_of(actor)
    phrase = next((one for one in every_phrase(db) if one.id == phrase_id), None)
    if phrase is None:
        raise NotFound
    if phrase.valid_to is not None:
        return
    phrase.valid_to = day - dt.timedelta(days=1)
    phrase.revision += 1
    phrase.updated_at, phrase.updated_by = now, actor.account_id
    audit.record(db, actor, "phrase.ended", now=now, subject=("phrase", phrase.id), kind=phrase.use)


def _station_of(actor: Actor) -> UUID:
    if actor.station_id is None or not may_keep_phrases(actor):
        raise Forbidden
    return actor.station_id
