"""What is on record of whom and what a list could mean: all that a plan is held against."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from crm.contacts.models import Appointment, Holder, Organization, Person, PostType, Telephone
from crm.contacts.post_queries import held_on
from crm.contacts.queries import area_choices
from crm.intake.known import (
    KnownOrganization,
    KnownPerson,
    KnownPost,
    Lookups,
    Place,
    PostKind,
    Serving,
    figures,
    grouped,
    short_key,
)
from crm.intake.models import ListKind
from crm.intake.posts import ONE_HOLDER
from crm.intake.rows import Line
from crm.intake.wanted import Wanted
from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession
from crm.liaisons.models import LiaisonState
from crm.liaisons.queries import ActiveTerm, active_terms, areas_of_terms, states_of


def lookups(
    db: ScopedSession,
    actor: Actor,
    kind: ListKind,
    day: dt.date,
    lines: Sequence[Line],
    *,
    today: dt.date,
) -> Lookups:
    """Return all that a plan of `lines` asks of the station's book; at most fifteen statements."""
    places = [Place(*area) for area in area_choices(db, actor, today)]
    wanted = Wanted(lines, places)
    people, organizations = _people(db, wanted), _organizations(db, wanted)
    by_key = [each["id"] for each in people], [each["id"] for each in organizations]
    numbers = _numbers(db, *by_key)
    posts = _posts(db, today, *by_key)
    serving = _serving(db, kind, *by_key, today)
    held = grouped(posts, lambda post: post.person_id)
    nobody = Serving()
    return Lookups(
        kind=kind,
        day=day,
        today=today,
        people=[
            KnownPerson(
                **columns,
                numbers=numbers.get(columns["id"], frozenset()),
                posts=held.get(columns["id"], ()),
                serving=serving.get(Holder(person_id=columns["id"]), nobody),
            )
            for columns in people
        ],
        organizations=[
            KnownOrganization(
                **columns,
                numbers=numbers.get(columns["id"], frozenset()),
                serving=serving.get(Holder(organization_id=columns["id"]), nobody),
            )
            for columns in organizations
        ],
        posts=posts,
        places=places,
        post_kinds=_post_kinds(db),
        asks_liaisons=actor.is_police,
    )


def _people(db: ScopedSession, wanted: Wanted) -> list[dict[str, Any]]:
    """Return the people of the station whom the list could mean."""
    filed = db.rows(sa.select(col(Person.id), col(Person.search_key)))
    meant = [key for key, filed_under in filed if wanted.is_person(filed_under)]
    rows = db.rows(
        sa.select(
            col(Person.id),
            col(Person.revision),
            col(Person.family_name),
            col(Person.given_name),
            col(Person.family_kana),
            col(Person.given_kana),
            col(Person.address),
        )
        .where(col(Person.id).in_(meant))
        .order_by(col(Person.id))
    )
    return [row._asdict() for row in rows]


def _organizations(db: ScopedSession, wanted: Wanted) -> list[dict[str, Any]]:
    """Return the organizations of the station that the list could mean."""
    filed = db.rows(
        sa.select(
            col(Organization.id),
            col(Organization.search_key),
            col(Organization.kind),
            col(Organization.area_id),
        ).where(col(Organization.is_active))
    )
    meant = [key for key, *filed_under in filed if wanted.is_organization(*filed_under)]
    rows = db.rows(
        sa.select(
            col(Organization.id),
            col(Organization.revision),
            col(Organization.kind),
            col(Organization.name),
            col(Organization.kana),
            col(Organization.address),
            col(Organization.area_id),
        )
        .where(col(Organization.id).in_(meant))
        .order_by(col(Organization.id))
    )
    return [row._asdict() for row in rows]


def _numbers(
    db: ScopedSession, people: Collection[UUID], organizations: Collection[UUID]
) -> dict[UUID, frozenset[str]]:
    """Return the numbers of each of them."""
    rows = db.rows(
        sa.select(
            col(Telephone.person_id),
            col(Telephone.organization_id),
            col(Telephone.e164),
            col(Telephone.raw),
        ).where(
            sa.or_(
                col(Telephone.person_id).in_(people),
                col(Telephone.organization_id).in_(organizations),
            )
        )
    )
    found: dict[UUID, set[str]] = {}
    for person_id, organization_id, e164, raw in rows:
        found.setdefault(person_id or organization_id, set()).add(e164 or figures(raw))
    return {key: frozenset(numbers) for key, numbers in found.items()}


def _posts(
    db: ScopedSession, day: dt.date, people: Collection[UUID], organizations: Collection[UUID]
) -> list[KnownPost]:
    """Return the posts of `people`, and those at `organizations` that have one holder at a time."""
    single = sa.and_(
        col(PostType.code).in_(ONE_HOLDER), col(Appointment.organization_id).in_(organizations)
    )
    rows = db.rows(
        sa.select(
            col(Appointment.id),
            col(Appointment.revision),
            col(Appointment.person_id),
            col(Person.family_name),
            col(Person.given_name),
            col(Appointment.organization_id),
            col(Organization.name).label("organization_name"),
            col(Appointment.post_type_id),
            col(PostType.name).label("post_name"),
            col(Appointment.title),
            col(Appointment.valid_from),
            col(Appointment.valid_to),
        )
        .join(Person, col(Person.id) == Appointment.person_id)
        .join(PostType, col(PostType.id) == Appointment.post_type_id)
        .outerjoin(Organization, col(Organization.id) == Appointment.organization_id)
        .where(held_on(day), sa.or_(col(Appointment.person_id).in_(people), single))
        .order_by(col(Appointment.id))
    )
    return [
        KnownPost(
            id=row.id,
            revision=row.revision,
            person_id=row.person_id,
            person_name=f"{row.family_name} {row.given_name}".strip(),
            organization_id=row.organization_id,
            organization_name=row.organization_name or "",
            post_type_id=row.post_type_id,
            post=row.title or row.post_name,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    ]


def _post_kinds(db: ScopedSession) -> list[PostKind]:
    rows = db.rows(sa.select(col(PostType.id), col(PostType.code), col(PostType.name)))
    return [PostKind(*row) for row in rows]


def _serving(
    db: ScopedSession,
    kind: ListKind,
    people: Collection[UUID],
    organizations: Collection[UUID],
    day: dt.date,
) -> dict[Holder, Serving]:
    """Return where those a list could mean stand as liaisons; the terms tell people apart too."""
    active = active_terms(db, day, of=[*people, *organizations])
    terms = grouped(active, lambda term: term.holder)
    areas = areas_of_terms(db, [term.id for held in terms.values() for term in held])
    states: Mapping[Holder, LiaisonState] = dict.fromkeys(terms, LiaisonState.ACTIVE)
    if kind is ListKind.LIAISONS:
        states = states_of(db, people, organizations, day)
    return {
        holder: _serving_of(state, terms.get(holder, ()), areas) for holder, state in states.items()
    }


def _serving_of(
    state: LiaisonState,
    terms: Sequence[ActiveTerm],
    areas: Mapping[UUID, Sequence[tuple[UUID, str]]],
) -> Serving:
    return Serving(
        state=state,
        asked_on=frozenset(term.asked_on for term in terms),
        areas=frozenset(short_key(name) for term in terms for _, name in areas[term.id]),
    )
