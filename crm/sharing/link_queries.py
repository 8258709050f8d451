"""Reading as whom the own office recognized what it was given, also where nothing is given now."""

from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.contacts.models import any_of
from crm.kernel.actor import Actor
from crm.kernel.columns import DAY, Key
from crm.kernel.scope import AnySelect, ScopedSession
from crm.notes.models import NoteCompanion, NoteOrganization, NotePerson
from crm.sharing.models import ContactLink, PublishedContact, PublishedNote


def link_of(db: ScopedSession, actor: Actor, reference: UUID) -> ContactLink | None:
    """Return which own contact a reference was recognized as, or given under."""
    return db.exec(
        select(ContactLink).where(
            col(ContactLink.station_id) == actor.station_id,
            col(ContactLink.reference) == reference,
        )
    ).first()


@cache
def times_told() -> AnySelect:
    """Select how often each other office told of a contact with `named` holders since a moment.

    A joint visit that both sides noted counts as the own one (docs/decisions/0016).
    """
    note = PublishedNote
    return (
        sa.select(
            col(ContactLink.person_id),
            col(ContactLink.organization_id),
            col(note.giver_name),
            sa.func.count(col(note.id)).label("times"),
        )
        .select_from(note)
        .join(ContactLink, col(ContactLink.reference) == col(note.reference))
        .where(
            any_of(ContactLink),
            col(note.recipient_station_id) == sa.bindparam("station", type_=Key()),
            sa.or_(col(note.valid_until).is_(None), col(note.valid_until) >= DAY),
            col(note.happened_at) >= sa.bindparam("since"),
            ~_is_joint(),
        )
        .group_by(
            col(ContactLink.person_id), col(ContactLink.organization_id), col(note.giver_name)
        )
    )


@cache
def idle_links() -> AnySelect:
    """Select which references a `named` own contact was recognized in and has no copy of."""
    copy = PublishedContact
    is_there = sa.exists().where(
        col(copy.reference) == col(ContactLink.reference),
        col(copy.recipient_station_id) == col(ContactLink.station_id),
        sa.or_(col(copy.valid_until).is_(None), col(copy.valid_until) >= DAY),
    )
    return sa.select(col(ContactLink.reference), col(ContactLink.other_station_id)).where(
        any_of(ContactLink), col(ContactLink.recognized), ~is_there
    )


def _is_joint() -> sa.Exists:
    """Whether the own side noted, about the same contact, the visit another office tells of."""
    person, organization = col(ContactLink.person_id), col(ContactLink.organization_id)
    return (
        sa.select(sa.literal(1))
        .select_from(NoteCompanion)
        .outerjoin(NotePerson, col(NotePerson.note_id) == col(NoteCompanion.note_id))
        .outerjoin(NoteOrganization, col(NoteOrganization.note_id) == col(NoteCompanion.note_id))
        .where(
            col(NoteCompanion.other_station_id) == col(PublishedNote.giver_station_id),
            col(NoteCompanion.visited_on) == col(PublishedNote.joint_on),
            sa.or_(
                col(NotePerson.person_id) == person,
                col(NoteOrganization.organization_id) == organization,
            ),
        )
        .correlate(PublishedNote, ContactLink)
        .exists()
    )
