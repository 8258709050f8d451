"""Requests to suspend: those of the station, one of them, and what stands in an erasure's way."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.contacts.models import Person
from crm.kernel.actor import Actor
from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession
from crm.notes.models import NOTE_SAYS, ActivityNote, NotePerson
from crm.requests.models import CommunityRequest, RequestParty, RequestState
from crm.retention.models import Asked, SuspensionRequest, SuspensionState
from crm.retention.queries import open_ties

MOST = 200
WITHIN = dt.timedelta(days=30)
"""Within which a decision is made (個人情報保護法 102条)."""


class SuspensionLine(NamedTuple):
    """One request of a list; the name is empty once the person was erased."""

    id: UUID
    family_name: str
    given_name: str
    asked: Asked
    state: SuspensionState
    received_on: dt.date
    decider_name: str
    notified_on: dt.date | None

    @property
    def name(self) -> str:
        """What the person is called, while that is still on record."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def due_on(self) -> dt.date:
        """The last day for a decision."""
        return self.received_on + WITHIN


class SharedNote(NamedTuple):
    """A note that still says something and is about others as well."""

    id: UUID
    happened_at: dt.datetime


def suspensions(db: ScopedSession) -> Sequence[SuspensionLine]:
    """Return the requests of the own station, those that await a decision first, then newest."""
    rows = db.rows(
        sa.select(
            col(SuspensionRequest.id),
            col(Person.family_name),
            col(Person.given_name),
            col(SuspensionRequest.asked),
            col(SuspensionRequest.state),
            col(SuspensionRequest.received_on),
            col(SuspensionRequest.decider_name),
            col(SuspensionRequest.notified_on),
        )
        .join(Person, col(Person.id) == SuspensionRequest.person_id)
        .order_by(
            col(SuspensionRequest.state) != SuspensionState.RECEIVED,
            col(SuspensionRequest.received_on).desc(),
            col(SuspensionRequest.id),
        )
        .limit(MOST)
    )
    return [SuspensionLine(*row) for row in rows]


def suspension(
    db: ScopedSession, request_id: UUID, *, to_change: bool = False
) -> SuspensionRequest:
    """Return one request of the own station; NotFound for another's, held if `to_change`."""
    wanted = select(SuspensionRequest).where(col(SuspensionRequest.id) == request_id)
    found = db.exec(wanted.with_for_update() if to_change else wanted).first()
    if found is None:
        raise NotFound
    return found


def name_of(db: ScopedSession, person_id: UUID) -> str:
    """Return what a person is called; nothing once they were erased."""
    names = sa.select(col(Person.family_name), col(Person.given_name))
    found = db.rows(names.where(col(Person.id) == person_id))
    return " ".join(part for row in found for part in row).strip()


def recorded_with(db: ScopedSession, actor: Actor, request_key: UUID) -> SuspensionRequest | None:
    """Return what the actor's same form made already."""
    return db.exec(
        select(SuspensionRequest).where(
            col(SuspensionRequest.recorded_by) == actor.account_id,
            col(SuspensionRequest.request_key) == request_key,
        )
    ).first()


def awaits_decision(db: ScopedSession, person_id: UUID) -> bool:
    """Return whether a request of the person is still to be decided."""
    wanted = select(SuspensionRequest.id).where(
        col(SuspensionRequest.person_id) == person_id,
        col(SuspensionRequest.state) == SuspensionState.RECEIVED,
    )
    return db.exec(wanted).first() is not None


def is_tied(db: ScopedSession, person_id: UUID) -> bool:
    """Return whether a person serves, holds a post or is owed an answer."""
    owed = (
        sa.select(col(RequestParty.id))
        .join(CommunityRequest, col(CommunityRequest.id) == RequestParty.request_id)
        .where(
            col(RequestParty.person_id) == col(Person.id),
            col(CommunityRequest.state) != RequestState.CLOSED,
        )
    )
    wanted = select(Person.id).where(
        col(Person.id) == person_id, sa.or_(open_ties(), owed.exists())
    )
    return db.exec(wanted).first() is not None


def notes_left(db: ScopedSession, person_id: UUID) -> Sequence[SharedNote]:
    """Return the person's notes that still say something, newest first."""
    rows = db.rows(
        sa.select(col(ActivityNote.id), col(ActivityNote.happened_at))
        .join(NotePerson, col(NotePerson.note_id) == ActivityNote.id)
        .where(
            col(NotePerson.person_id) == person_id,
            sa.or_(*(col(said) != "" for said in NOTE_SAYS)),
        )
        .order_by(col(ActivityNote.happened_at).desc())
        .limit(MOST)
    )
    return [SharedNote(*row) for row in rows]
