"""Reading everything on record about one of the own station's people."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.bodies.lines import Seat
from crm.bodies.queries import seats_of
from crm.candidates.queries import candidates_about
from crm.consents.queries import consent_history
from crm.contacts import post_queries
from crm.contacts import queries as contacts
from crm.contacts.models import Appointment, Holder
from crm.exports.models import Export, ExportSubject
from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession
from crm.kernel.together import together
from crm.liaisons.queries import history_of
from crm.meetings.lines import Invitation
from crm.meetings.queries import invitations_of
from crm.notes.models import ActivityNote, NotePerson
from crm.oversight.dossier import Held
from crm.oversight.policy import require_discloser
from crm.oversight.queries import sightings_for_dossier
from crm.sharing.models import Disclosure, ProvisionRecord


def everything_about(db: ScopedSession, actor: Actor, person_id: UUID) -> Held:
    """Return all that is held about a person, with who saw it; thirteen statements.

    NotFound where the person is not of the actor's station, or the actor discloses nothing.
    """
    require_discloser(actor)
    person = contacts.person(db, person_id)
    holder = Holder(person_id=person_id)
    seats, invitations = together(
        db, (seats_of("person_id"), invitations_of("person_id")), owners=[person_id]
    )
    sightings, in_all = sightings_for_dossier(db, actor, person_id)
    return Held(
        person=person,
        phones=contacts.telephones_of(db, holder),
        posts=post_queries.posts_where(db, col(Appointment.person_id) == person_id),
        seats=sorted((Seat(*row) for row in seats), key=lambda seat: (seat.valid_from, seat.name)),
        invitations=sorted(
            (Invitation(*row) for row in invitations), key=lambda one: one.starts_at
        ),
        course=history_of(db, holder),
        candidacies=candidates_about(db, holder),
        consents=consent_history(db, holder),
        notes=_notes(db, person_id),
        provisions=_provisions(db, person_id),
        disclosures=_disclosures(db, person_id),
        exports=_exports(db, person_id),
        sightings=sightings,
        sightings_in_all=in_all,
    )


def _notes(db: ScopedSession, person_id: UUID) -> Sequence[ActivityNote]:
    return db.exec(
        select(ActivityNote)
        .join(NotePerson, col(NotePerson.note_id) == col(ActivityNote.id))
        .where(col(NotePerson.person_id) == person_id)
        .order_by(col(ActivityNote.happened_at).desc())
    ).all()


def _provisions(db: ScopedSession, person_id: UUID) -> Sequence[ProvisionRecord]:
    return db.exec(
        select(ProvisionRecord)
        .where(ProvisionRecord.subject_type == "person", ProvisionRecord.subject_id == person_id)
        .order_by(col(ProvisionRecord.id).desc())
    ).all()


def _disclosures(db: ScopedSession, person_id: UUID) -> Sequence[Disclosure]:
    return db.exec(
        select(Disclosure)
        .where(col(Disclosure.person_id) == person_id)
        .order_by(col(Disclosure.id).desc())
    ).all()


def _exports(db: ScopedSession, person_id: UUID) -> Sequence[Export]:
    naming = sa.select(col(ExportSubject.export_id)).where(
        col(ExportSubject.person_id) == person_id
    )
    return db.exec(
        select(Export).where(col(Export.id).in_(naming)).order_by(col(Export.id).desc())
    ).all()
