"""Whom a contact can be recorded with: the one chosen, and who may have been there too."""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import col

from crm.areas.queries import area_of
from crm.contacts import post_queries
from crm.contacts import queries as contacts
from crm.contacts.models import Appointment, Holder
from crm.kernel.scope import ScopedSession
from crm.notes.form_queries import organizations_in
from crm.notes.lines import Choice, Partner


def partner_of(db: ScopedSession, holder: Holder, day: dt.date) -> Partner:
    """Return whom a contact is to be recorded with, and who may have been there too.

    Three statements for both kinds; NotFound outside the own station.
    """
    if holder.person_id is not None:
        return _person(db, holder.person_id, day)
    return _organization(db, holder.subject[1], day)


def area_partner(db: ScopedSession, area_id: UUID) -> Partner:
    """Return an area to record an activity in, with its organizations; two statements."""
    area = area_of(db, area_id)
    near = organizations_in(db, area.id)
    return Partner(None, area.name, area.kana, people=(), organizations=near, area_id=area.id)


def _person(db: ScopedSession, person_id: UUID, day: dt.date) -> Partner:
    person = contacts.person(db, person_id)
    held = post_queries.appointments_of(db, person_id, day)
    organizations = {
        post.organization_id: post.organization_name or "" for post in held if post.organization_id
    }
    beside = post_queries.posts_where(
        db,
        post_queries.held_on(day),
        col(Appointment.organization_id).in_(organizations),
        col(Appointment.person_id) != person_id,
    )
    return Partner(
        holder=Holder(person_id=person_id),
        name=person.name,
        kana=person.kana,
        people=_once((post.person_id, post.person_name, post.post) for post in beside),
        organizations=[Choice(*organization) for organization in organizations.items()],
        care_note=person.care_note,
    )


def _organization(db: ScopedSession, organization_id: UUID, day: dt.date) -> Partner:
    organization = contacts.organization(db, organization_id)
    posts = post_queries.people_of(db, organization_id, day)
    nearby = organizations_in(db, organization.area_id)
    return Partner(
        holder=Holder(organization_id=organization_id),
        name=organization.name,
        kana=organization.kana,
        people=_once((post.person_id, post.person_name, post.post) for post in posts),
        organizations=[one for one in nearby if one.id != organization_id],
        care_note=organization.care_note,
    )


def _once(people: Iterable[tuple[UUID, str, str]]) -> Sequence[Choice]:
    """Return each person once, with the first of the posts."""
    found: dict[UUID, Choice] = {}
    for person in people:
        found.setdefault(person[0], Choice(*person))
    return list(found.values())
