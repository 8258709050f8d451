"""Opening one person, closing again, and reviewing what somebody else opened."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.access.models import SignInSession
from crm.access.policy import may_open
from crm.breakglass import queries
from crm.breakglass.models import Finding, OpeningReview, PersonOpening
from crm.breakglass.policy import may_review
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.text import search_key

LASTS = dt.timedelta(minutes=30)
"""How long one opening shows its person (`security.md` G9)."""


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """Whom headquarters looks for, where, and why; `last4` tells people of one name apart."""

    station_id: UUID
    name: str
    reason: str
    last4: str = ""


def open_person(
    db: ScopedSession, actor: Actor, facts: OpeningFacts, *, now: dt.datetime
) -> PersonOpening:
    """Let this sign-in read the one person of that exact name for half an hour.

    It takes the place of whoever was open before. Raises Forbidden for everybody but headquarters,
    and Refused without a reason, where nobody is called so, and where several are.
    """
    if not may_open(actor):
        raise Forbidden
    if not facts.reason.strip():
        raise Refused("緊急に閲覧する理由を入力してください。", field="reason")
    opening = PersonOpening(
        agency_id=actor.agency_id,
        station_id=facts.station_id,
        person_id=_the_one(db, actor, facts),
        opened_by=actor.account_id,
        opener_name=actor.name,
        opener_unit=actor.unit_name,
        reason=facts.reason,
        opened_at=now,
        opened_until=now + LASTS,
    )
    db.add(opening)
    _let_see(db, actor, opening.person_id, opening.opened_until)
    subject = ("person", opening.person_id)
    audit.record(
        db, actor, "person.opened", now=now, subject=subject, basis="breakglass", to=str(opening.id)
    )
    return opening


def close_person(db: ScopedSession, actor: Actor, *, now: dt.datetime) -> None:
    """Let this sign-in see the person no more, before the time is over."""
    if actor.opened_id is None:
        raise NotFound
    _let_see(db, actor, None, None)
    subject = ("person", actor.opened_id)
    audit.record(db, actor, "person.closed", now=now, subject=subject, basis="breakglass")


def review_opening(
    db: ScopedSession,
    actor: Actor,
    opening_id: UUID,
    *,
    finding: Finding,
    remark: str,
    now: dt.datetime,
) -> OpeningReview:
    """Put on record what somebody else than the opener found; raises as `opening_to_review`."""
    opening = opening_to_review(db, actor, opening_id)
    review = OpeningReview(
        agency_id=opening.agency_id,
        station_id=opening.station_id,
        opening_id=opening_id,
        opened_by=opening.opened_by,
        reviewed_by=actor.account_id,
        reviewer_name=actor.name,
        finding=finding,
        remark=remark,
        reviewed_at=now,
    )
    db.add(review)
    subject = ("opening", opening_id)
    audit.record(db, actor, "opening.reviewed", now=now, subject=subject, state=finding)
    return review


def opening_to_review(db: ScopedSession, actor: Actor, opening_id: UUID) -> PersonOpening:
    """Return an opening the actor is to judge.

    Raises NotFound for one of another station, Forbidden for whoever opened it or reviews nothing,
    Conflict when it has been reviewed.
    """
    opening = queries.opening(db, opening_id)
    if not may_review(actor) or opening.opened_by == actor.account_id:
        raise Forbidden
    if queries.is_reviewed(db, opening_id):
        raise Conflict(N_("この緊急閲覧は、すでに点検されています。"))
    return opening


def _the_one(db: ScopedSession, actor: Actor, facts: OpeningFacts) -> UUID:
    key = search_key("".join(facts.name.split()))
    found = queries.people_called(db, actor, facts.station_id, key, facts.last4) if key else []
    if not found:
        raise Refused("この警察署に、この氏名の方は登録されていません。", field="name")
    if len(found) > 1:
        raise Refused(
            "同じ氏名の方が複数います。電話番号の下4桁を入力してください。", field="last4"
        )
    return found[0]


def _let_see(
    db: ScopedSession, actor: Actor, person_id: UUID | None, until: dt.datetime | None
) -> None:
    db.exec(
        sa.update(SignInSession)
        .where(col(SignInSession.key) == actor.session_key)
        .values(opened_person_id=person_id, opened_until=until)
    )
