"""Finding the one person meant, what an opening shows, and which openings await a review."""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.access.models import SignInSession
from crm.agencies.models import UnitPlacement
from crm.breakglass.models import Finding, OpeningReview, PersonOpening
from crm.contacts.lines import PhoneLine
from crm.contacts.models import Appointment, Holder, Person, PostType, Telephone
from crm.contacts.post_queries import held_on
from crm.contacts.queries import person, telephones_of
from crm.kernel.actor import Actor
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.liaisons.models import LiaisonTerm

BY_NAME = {"system": "break-glass: one person by name and station"}


class OpenedPerson(NamedTuple):
    """Whom to reach and how: all that an opening shows."""

    person: Person
    station_name: str
    phones: Sequence[PhoneLine]
    posts: Sequence[str]
    serves_since: dt.date | None
    until: dt.datetime


class OpeningLine(NamedTuple):
    """One opening as its reviewers read it: the person by key, the opener by name."""

    id: UUID
    person_id: UUID
    station_id: UUID
    station_name: str
    opened_by: UUID
    opener_name: str
    opener_unit: str
    reason: str
    opened_at: dt.datetime
    opened_until: dt.datetime
    finding: Finding | None
    remark: str | None
    reviewer_name: str | None
    reviewed_at: dt.datetime | None


def people_called(
    db: ScopedSession, actor: Actor, station_id: UUID, key: str, last4: str
) -> Sequence[UUID]:
    """Return who of a station of the own agency has exactly this name (a `search_key`).

    `last4` tells people of one name apart by the end of a telephone number; at most two are
    returned, and nothing of them but the key.
    """
    name = col(Person.search_key)
    wanted = (
        select(Person.id)
        .where(
            col(Person.agency_id) == actor.agency_id,
            col(Person.station_id) == station_id,
            sa.or_(
                name == key,
                name.startswith(key + " ", autoescape=True),
                name.endswith(" " + key, autoescape=True),
                name.contains(f" {key} ", autoescape=True),
            ),
        )
        .limit(2)
        .execution_options(**BY_NAME)
    )
    if last4:
        numbered = sa.select(col(Telephone.person_id)).where(col(Telephone.last4) == last4)
        wanted = wanted.where(col(Person.id).in_(numbered))
    return db.exec(wanted).all()


def opened_person(db: ScopedSession, actor: Actor, day: dt.date) -> OpenedPerson:
    """Return the person the actor has open; NotFound when there is none."""
    if actor.opened_id is None:
        raise NotFound
    found = person(db, actor.opened_id)
    return OpenedPerson(
        found,
        _name_of_station(db, found.station_id, day),
        telephones_of(db, Holder(person_id=found.id)),
        _posts_of(db, found.id, day),
        db.exec(
            select(col(LiaisonTerm.valid_from)).where(
                col(LiaisonTerm.person_id) == found.id, holds(LiaisonTerm, day)
            )
        ).first(),
        _until(db, actor),
    )


def openings(db: ScopedSession, day: dt.date, *, limit: int = 100) -> Sequence[OpeningLine]:
    """Return the openings the actor is told of, those that await a review first, then newest."""
    rows = db.rows(
        sa.select(
            col(PersonOpening.id),
            col(PersonOpening.person_id),
            col(PersonOpening.station_id),
            col(UnitPlacement.name),
            col(PersonOpening.opened_by),
            col(PersonOpening.opener_name),
            col(PersonOpening.opener_unit),
            col(PersonOpening.reason),
            col(PersonOpening.opened_at),
            col(PersonOpening.opened_until),
            col(OpeningReview.finding),
            col(OpeningReview.remark),
            col(OpeningReview.reviewer_name),
            col(OpeningReview.reviewed_at),
        )
        .join(
            UnitPlacement,
            sa.and_(
                col(UnitPlacement.unit_id) == PersonOpening.station_id, holds(UnitPlacement, day)
            ),
        )
        .outerjoin(OpeningReview, col(OpeningReview.opening_id) == PersonOpening.id)
        .order_by(col(OpeningReview.id).is_not(None), col(PersonOpening.opened_at).desc())
        .limit(limit)
    )
    return [OpeningLine(*row) for row in rows]


@cache
def openings_to_review() -> AnySelect:
    """Select the openings whoever asks is told of and nobody has reviewed; built once."""
    return (
        sa.select(col(PersonOpening.id).label("opening_id"))
        .outerjoin(OpeningReview, col(OpeningReview.opening_id) == PersonOpening.id)
        .where(col(OpeningReview.id).is_(None))
    )


def opening(db: ScopedSession, opening_id: UUID) -> PersonOpening:
    """Return one opening; NotFound for whoever is not told of it."""
    found = db.exec(select(PersonOpening).where(col(PersonOpening.id) == opening_id)).first()
    if found is None:
        raise NotFound
    return found


def is_reviewed(db: ScopedSession, opening_id: UUID) -> bool:
    """Return whether somebody has reviewed an opening."""
    wanted = select(OpeningReview.id).where(col(OpeningReview.opening_id) == opening_id)
    return db.exec(wanted).first() is not None


def _name_of_station(db: ScopedSession, station_id: UUID, day: dt.date) -> str:
    named = select(col(UnitPlacement.name)).where(
        col(UnitPlacement.unit_id) == station_id, holds(UnitPlacement, day)
    )
    return db.exec(named).first() or ""


def _posts_of(db: ScopedSession, person_id: UUID, day: dt.date) -> Sequence[str]:
    """Return a person's posts in their own words; at which organization stays with the station."""
    rows = db.rows(
        sa.select(col(Appointment.title), col(PostType.name))
        .join(PostType, col(PostType.id) == Appointment.post_type_id)
        .where(col(Appointment.person_id) == person_id, held_on(day))
        .order_by(col(PostType.position), col(Appointment.id))
    )
    return [row.title or row.name for row in rows]


def _until(db: ScopedSession, actor: Actor) -> dt.datetime:
    ends = select(col(SignInSession.opened_until)).where(
        col(SignInSession.key) == actor.session_key
    )
    found = db.exec(ends).first()
    if found is None:
        raise NotFound
    return found
