"""The selects of what somebody bears: who was in touch, and who plans to be."""

from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from crm.contacts.models import ORGANIZATIONS, PEOPLE, Owner
from crm.kernel.scope import AnySelect
from crm.notes.models import TWO_WAY, ActivityNote, NoteOrganization, NotePerson, NoteStaff
from crm.notes.queries import last_met_organization, last_met_person


@cache
def contact_rows() -> AnySelect:
    """Select two-way contacts: a row for each holder `named` and each unit that took part."""
    # from those named to their notes: a station writes thousands meanwhile
    notes = sa.union(
        _notes_since(aliased(NotePerson), "person_id", PEOPLE),
        _notes_since(aliased(NoteOrganization), "organization_id", ORGANIZATIONS),
    ).subquery()
    found = (
        sa.select(
            col(NotePerson.person_id),
            col(NoteOrganization.organization_id),
            col(ActivityNote.id),
            col(ActivityNote.happened_at),
            col(NoteStaff.unit_id),
        )
        .select_from(notes)
        .join(ActivityNote, col(ActivityNote.id) == notes.c.note_id)
        .join(NoteStaff, col(NoteStaff.note_id) == col(ActivityNote.id))
    )
    return _with_parties(found).where(col(ActivityNote.outcome).in_(TWO_WAY))


def _notes_since(
    link: type[NotePerson | NoteOrganization], owner: Owner, named: sa.BindParameter[Any]
) -> sa.Select[UUID]:
    since = col(link.happened_at) >= sa.bindparam("since")
    return sa.select(col(link.note_id)).where(getattr(link, owner).in_(named), since)


def _with_parties(notes: AnySelect) -> AnySelect:
    """Return a select of notes with a row for each of the `named` holders they are about."""
    return notes.outerjoin(
        NotePerson,
        sa.and_(
            col(NotePerson.note_id) == col(ActivityNote.id),
            col(NotePerson.person_id).in_(PEOPLE),
        ),
    ).outerjoin(
        NoteOrganization,
        sa.and_(
            col(NoteOrganization.note_id) == col(ActivityNote.id),
            col(NoteOrganization.organization_id).in_(ORGANIZATIONS),
        ),
    )


@cache
def plan_rows() -> AnySelect:
    """Select the plans for days near one that `named` holders are to be seen again; built once."""
    plans = (
        sa.select(
            col(NotePerson.person_id),
            col(NoteOrganization.organization_id),
            col(ActivityNote.unit_id),
            col(ActivityNote.happened_at),
            col(ActivityNote.next_on),
            last_met_person(col(NotePerson.person_id)).label("last_at"),
            last_met_organization(col(NoteOrganization.organization_id)).label("last_there_at"),
        )
        .select_from(ActivityNote)
        .where(
            col(ActivityNote.next_on).is_not(None),
            col(ActivityNote.next_on).between(
                sa.bindparam("plan_from", type_=sa.Date()), sa.bindparam("plan_to", type_=sa.Date())
            ),
            col(ActivityNote.happened_at) >= sa.bindparam("planned_since"),
            sa.or_(
                col(NotePerson.person_id).is_not(None),
                col(NoteOrganization.organization_id).is_not(None),
            ),
        )
    )
    return _with_parties(plans)
