"""Whom a contact can be recorded with: the one chosen, and who may have been there too."""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import col

from crm.contacts import queries as contacts
from crm.contacts.models import Appointment, Holder
from crm.kernel.scope import ScopedSession
from crm.notes.lines import Choice, Partner


def partner_of(db: ScopedSession, holder: Holder, day: dt.date) -> Partner:
    """Return whom a contact is to be recorded with, and who may have been there too.

    Two statements for an organization, three for a person; NotFound outside the own station.
    """
    if holder.person_id is not None:
        return _person(db, holder.person_id, day)
    return _organization(db, holder.subject[1], day)


def _person(db: ScopedSession, person_id: UUID, day: dt.date) -> Partner:
    person = contacts.person(db, person_id)
    held = contacts.appointments_of(db, person_id, day)
    organizations = {
        post.organization_id: post.organization_name or "" for post in held if post.organization_id
    }
    beside = contacts.posts_where(
        db,
        contacts.held_on(day),
        col(Appointment.organization_id).in_(organizations),
        col(Appointment.person_id) != person_id,
    )
    return Partner(
        holder=Holder(person_id=person_id),
        name=person.name,
        kana=person.kana,
        people=_once((post.person_id, post.person_name, post.post) for post in beside),
        organizations=[Choice(*organization) for organization in organizations.items()],
    )


def _organization(db: ScopedSession, organization_id: UUID, day: dt.date) -> Partner:
    organization = contacts.organization(db, organization_id)
    posts = contacts.people_of(db, organization_id, day)
    return Partner(
        holder=Holder(organization_id=organization_id),
        name=organization.name,
        kana=organization.kana,
        people=_once((post.person_id, post.person_name, post.post) for post in posts),
        organizations=(),
    )


def _once(people: Iterable[tuple[UUID, str, str]]) -> Sequence[Choice]:
    """Return each person once, with the first of the posts."""
    found: dict[UUID, Choice] = {}
    for person in people:
        found.setdefault(person[0], Choice(*person))
    return list(found.values())
