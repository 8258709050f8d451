"""Everything the station knows of one person or organization, gathered for its page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from crm.areas.models import Area
from crm.bodies.lines import Seat
from crm.bodies.queries import seats_of
from crm.consents.models import ConsentMethod, ConsentScope
from crm.consents.queries import Consent
from crm.contacts import post_queries
from crm.contacts import queries as contacts
from crm.contacts.lines import PhoneLine, PostLine
from crm.contacts.models import Holder, Organization, Owner, Person, Telephone
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.liaisons import queries as liaisons
from crm.liaisons.models import Decision, LiaisonState
from crm.meetings import queries as meetings
from crm.notes import queries as notes
from crm.notes.burden import NOTHING, Burden, burdens_of
from crm.relationships.timeline import (
    Entry,
    Month,
    Stretch,
    Tenure,
    by_month,
    changes_of_posts,
    meetings_attended,
    steps_of,
)
from crm.sharing import queries as sharing
from crm.sharing.lines import IdleLink, ReceivedContact, Visibility


class Acceptance(NamedTuple):
    """When and how serving as a liaison was accepted."""

    on: dt.date
    method: ConsentMethod


class Post(NamedTuple):
    """A post somebody holds or held, at an organization or none."""

    id: UUID
    person_id: UUID
    person_name: str
    organization_id: UUID | None
    organization_name: str
    post: str
    valid_from: dt.date | None
    valid_to: dt.date | None

    @property
    def label(self) -> str:
        """The organization and the post: 「みなと町自治会 自治会長」."""
        return f"{self.organization_name} {self.post}".strip()

    def holds_on(self, day: dt.date) -> bool:
        """Whether it is held on `day`; an unknown start lies before it."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


class PersonFacts(NamedTuple):
    """A person with the numbers to dial, the first first."""

    person: Person
    phones: Sequence[PhoneLine]


class OrganizationFacts(NamedTuple):
    """An organization with its area and the one it belongs to, by name, and its numbers."""

    organization: Organization
    area_name: str | None
    parent_name: str | None
    phones: Sequence[PhoneLine]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a holder stands as a liaison, what was agreed to, and what they bear already.

    `posts` are all they held, or that were held there; `seats` the bodies they sit on today.
    `visibility` says who can see what of them, `received` what other offices gave of them.
    """

    state: LiaisonState
    acceptance: Acceptance | None
    scopes: Sequence[ConsentScope]
    burden: Burden
    posts: Sequence[Post]
    seats: Sequence[Seat]
    months: Sequence[Month]
    has_more: bool
    visibility: Visibility
    received: Sequence[ReceivedContact]
    idle_links: Sequence[IdleLink]


def standing_of(
    db: ScopedSession,
    actor: Actor,
    holder: Holder,
    *,
    now: dt.datetime,
    steps: int = 1,
) -> Standing:
    """Return a holder's course, consent, posts, burden and timeline; five statements.

    `steps` as in `timeline_of`.
    """
    today = local_day(now)
    units = notes.unit_book(db, actor.station_id)
    newest = notes.timeline_of(db, holder, units, steps=steps)
    told_of = _beside(db, actor, holder, units, now)
    course = liaisons.course_of(db, holder)
    most = max(1, steps) * notes.TIMELINE_STEP
    shared = sharing.shared_about(db, actor, holder, today, most_notes=most + 1)
    accepted = [
        Acceptance(answer.on, answer.method)
        for answer in course.answers
        if answer.decision is Decision.ACCEPTED and answer.on <= today
    ]
    own = Stretch([Entry(note.happened_at, note=note) for note in newest.notes], newest.has_more)
    told = [Entry(note.happened_at, told=note) for note in shared.notes]
    received = Stretch(told[:most], len(told) > most)
    events = [
        *steps_of(course.happenings()),
        *changes_of_posts(_tenure(post, holder) for post in told_of.posts),
        *meetings_attended(told_of.attended),
    ]
    return Standing(
        state=course.state_on(today),
        acceptance=accepted[-1] if accepted else None,
        scopes=_scopes(shared.consent),
        burden=told_of.burden,
        posts=told_of.posts,
        seats=[seat for seat in told_of.seats if seat.holds_on(today)],
        months=by_month(own, received, events, today=today),
        has_more=own.has_more or received.has_more,
        visibility=shared.visibility,
        received=shared.contacts,
        idle_links=shared.idle,
    )


def person_facts(db: ScopedSession, person_id: UUID) -> PersonFacts:
    """Return a person with their numbers; NotFound outside the own station."""
    found = db.rows(_person_rows(), {"person": person_id})
    if not found:
        raise NotFound
    return PersonFacts(found[0][0], _phones(found))


@cache
def _person_rows() -> AnySelect:
    """Select a person with their numbers; built once, for every page."""
    return (
        sa.select(Person, *contacts.PHONE_COLUMNS)
        .outerjoin(Telephone, col(Telephone.person_id) == col(Person.id))
        .where(contacts.KNOWN, col(Person.id) == sa.bindparam("person"))
        .order_by(col(Telephone.position))
    )


def organization_facts(db: ScopedSession, organization_id: UUID) -> OrganizationFacts:
    """Return an organization with the names around it; NotFound outside the own station."""
    parent = aliased(Organization, name="parent")
    found = db.rows(
        sa.select(Organization, col(Area.name), col(parent.name), *contacts.PHONE_COLUMNS)
        .outerjoin(Area, col(Area.id) == col(Organization.area_id))
        .outerjoin(parent, col(parent.id) == col(Organization.parent_id))
        .outerjoin(Telephone, col(Telephone.organization_id) == col(Organization.id))
        .where(col(Organization.id) == organization_id)
        .order_by(col(Telephone.position))
    )
    if not found:
        raise NotFound
    organization, area_name, parent_name = found[0][:3]
    return OrganizationFacts(organization, area_name, parent_name, _phones(found))


class _Beside(NamedTuple):
    """What a holder bears, every post they hold or held, where they sit and where they came."""

    burden: Burden
    posts: list[Post]
    seats: list[Seat]
    attended: Sequence[Any]


def _beside(
    db: ScopedSession, actor: Actor, holder: Holder, units: notes.UnitBook, now: dt.datetime
) -> _Beside:
    """Return all of it by one statement."""
    owner: Owner = "person_id" if holder.person_id else "organization_id"
    burdens, (held, seats, attended) = burdens_of(
        db,
        actor,
        [holder],
        units,
        now=now,
        beside=(
            post_queries.posts_beside(owner, ever=True),
            seats_of(owner),
            meetings.attended_by(owner),
        ),
        owners=[holder.subject[1]],
    )
    posts = [_post(line) for line in post_queries.posts_in_order(held)]
    sits = sorted((Seat(*row) for row in seats), key=lambda seat: (seat.valid_from, seat.name))
    return _Beside(burdens.get(holder, NOTHING), posts, sits, attended)


def _post(line: PostLine) -> Post:
    return Post(
        line.id,
        line.person_id,
        line.person_name,
        line.organization_id,
        line.organization_name or "",
        line.post,
        line.valid_from,
        line.valid_to,
    )


def _tenure(post: Post, holder: Holder) -> Tenure:
    """Return how a post is told of on the timeline of its person, or of its organization."""
    label = post.label if holder.person_id else f"{post.person_name} {post.post}"
    return Tenure(label, post.valid_from, post.valid_to)


def _phones(rows: Sequence[Any]) -> list[PhoneLine]:
    """Return the numbers behind rows that end with one each, or with none at all."""
    ends = [row[-len(contacts.PHONE_COLUMNS) :] for row in rows]
    return [PhoneLine(*end) for end in ends if end[0] is not None]


def _scopes(consent: Consent | None) -> list[ConsentScope]:
    """Return what is agreed to, each said once however many agencies it names."""
    return list(dict.fromkeys(grant.scope for grant in consent.grants)) if consent else []
