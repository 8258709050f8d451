"""Reading activity notes: one note, a timeline, who was met when and by which section."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col, select

from crm.agencies.models import Staff, Unit, UnitPlacement
from crm.areas.models import Area
from crm.bulletins.models import InformationItem, NoteInformation
from crm.contacts.models import (
    Holder,
    HolderKeys,
    Organization,
    Person,
)
from crm.kernel.columns import Key
from crm.kernel.errors import NotFound
from crm.kernel.scope import AnySelect, ScopedSession
from crm.notes.lines import Contacts as Contacts  # noqa: PLC0414 - a type this room offers
from crm.notes.lines import NoteLine as NoteLine  # noqa: PLC0414 - as above
from crm.notes.lines import (
    OldWords,
    Party,
    Timeline,
    gather_notes,
    whole_name,
)
from crm.notes.models import (
    TWO_WAY,
    ActivityNote,
    NoteCompanion,
    NoteCorrection,
    NoteOrganization,
    NotePerson,
    NoteStaff,
)
from crm.notes.units import UnitBook as UnitBook  # noqa: PLC0414 - as above
from crm.notes.units import UnitPlace
from crm.requests.models import CommunityRequest

TIMELINE_STEP = 20


def unit_book(db: ScopedSession, station_id: UUID | None) -> UnitBook:
    """Return the names and sections of a station's units on any day."""
    return unit_book_from(db.rows(placement_rows(), {"station": station_id}))


def unit_book_from(rows: Iterable[Any]) -> UnitBook:
    """Return the same from rows of `placement_rows`."""
    return UnitBook(UnitPlace(*row) for row in rows)


@cache
def placement_rows() -> AnySelect:
    """Select every placement of a station's units; built once, for every page that names units."""
    return (
        sa.select(
            col(UnitPlacement.unit_id),
            col(UnitPlacement.parent_id),
            col(Unit.kind),
            col(UnitPlacement.name),
            col(UnitPlacement.valid_from),
            col(UnitPlacement.valid_to),
        )
        .join(Unit, col(Unit.id) == col(UnitPlacement.unit_id))
        .where(col(UnitPlacement.station_id) == sa.bindparam("station"))
    )


def note_of(db: ScopedSession, note_id: UUID) -> ActivityNote:
    """Return a note of the own station; NotFound otherwise."""
    found = db.exec(select(ActivityNote).where(col(ActivityNote.id) == note_id)).first()
    if found is None:
        raise NotFound
    return found


def note_to_change(db: ScopedSession, note_id: UUID) -> ActivityNote:
    """Return a note and keep others from changing it until this transaction ends."""
    found = db.exec(
        select(ActivityNote).where(col(ActivityNote.id) == note_id).with_for_update()
    ).first()
    if found is None:
        raise NotFound
    return found


def timeline_of(db: ScopedSession, holder: Holder, units: UnitBook, *, steps: int = 1) -> Timeline:
    """Return the newest `steps` times twenty notes about `holder`; one statement."""
    wanted = max(1, steps) * TIMELINE_STEP
    asked = {"holder": holder.subject[1], "most": wanted + 1}
    rows = db.rows(_timeline_rows(of_person=holder.person_id is not None), asked)
    notes = gather_notes(rows, units)
    return Timeline(notes[:wanted], len(notes) > wanted)


@cache
def _timeline_rows(*, of_person: bool) -> AnySelect:
    """Select the newest notes about a holder; built once, for every page."""
    taking_part = _taking_part(of_person=of_person)
    newest = (
        taking_part.order_by(col(ActivityNote.happened_at).desc(), col(ActivityNote.id).desc())
        .limit(sa.bindparam("most", type_=sa.Integer()))
        .subquery()
    )
    return _note_lines(newest)


def note_line(db: ScopedSession, note_id: UUID, units: UnitBook) -> NoteLine:
    """Return one note as a timeline shows it; NotFound outside the own station."""
    notes = gather_notes(db.rows(_note_lines().where(col(ActivityNote.id) == note_id)), units)
    if not notes:
        raise NotFound
    return notes[0]


def notes_in(db: ScopedSession, area_id: UUID, units: UnitBook) -> Sequence[NoteLine]:
    """Return the newest notes about an area itself, among people nobody knew by name."""
    newest = (
        sa.select(col(ActivityNote.id))
        .where(col(ActivityNote.area_id) == area_id)
        .order_by(col(ActivityNote.happened_at).desc(), col(ActivityNote.id).desc())
        .limit(TIMELINE_STEP)
        .subquery()
    )
    return gather_notes(db.rows(_note_lines(newest)), units)


def corrections_of(db: ScopedSession, note_id: UUID) -> Sequence[OldWords]:
    """Return what a note said before each correction, the newest first."""
    rows = db.rows(
        sa.select(
            col(NoteCorrection.corrected_at),
            col(Staff.family_name),
            col(Staff.given_name),
            col(NoteCorrection.occasion),
            col(NoteCorrection.outcome),
            col(NoteCorrection.happened_at),
            col(NoteCorrection.heard),
            col(NoteCorrection.told),
            col(NoteCorrection.advice),
            col(NoteCorrection.problem),
        )
        .join(Staff, col(Staff.id) == col(NoteCorrection.corrected_by))
        .where(col(NoteCorrection.note_id) == note_id)
        .order_by(col(NoteCorrection.corrected_at).desc(), col(NoteCorrection.id).desc())
    )
    return [OldWords(at, whole_name(family, given), *rest) for at, family, given, *rest in rows]


def companions_of(db: ScopedSession, note_id: UUID) -> frozenset[UUID]:
    """Return other agencies' offices that took part in a contact, by their key."""
    named = select(NoteCompanion.other_station_id).where(col(NoteCompanion.note_id) == note_id)
    return frozenset(db.exec(named).all())


def parties_of(db: ScopedSession, note_id: UUID) -> Sequence[Party]:
    """Return the people and organizations of a note, people first."""
    people = db.exec(
        select(Person)
        .join(NotePerson, col(NotePerson.person_id) == col(Person.id))
        .where(col(NotePerson.note_id) == note_id)
        .order_by(col(Person.kana_sort))
    ).all()
    organizations = db.exec(
        select(Organization)
        .join(NoteOrganization, col(NoteOrganization.organization_id) == col(Organization.id))
        .where(col(NoteOrganization.note_id) == note_id)
        .order_by(col(Organization.kana_sort))
    ).all()
    return [
        *(Party(Holder(person_id=one.id), one.name, one.kana) for one in people),
        *(Party(Holder(organization_id=one.id), one.name, one.kana) for one in organizations),
    ]


def last_two_way(db: ScopedSession, holders: Collection[Holder]) -> Mapping[Holder, dt.datetime]:
    """Return when each holder was last met or spoken with (最後に会った日); two statements.

    Holders nobody has met yet are left out.
    """
    people, organizations = HolderKeys.of(holders)
    person, organization = col(Person.id), col(Organization.id)
    met = db.rows(sa.select(person, last_met_person(person)).where(person.in_(people)))
    met_there = db.rows(
        sa.select(organization, last_met_organization(organization)).where(
            organization.in_(organizations)
        )
    )
    return {
        **{Holder(person_id=id_): at for id_, at in met if at},
        **{Holder(organization_id=id_): at for id_, at in met_there if at},
    }


def last_met_person(person_id: Mapped[Any]) -> sa.ScalarSelect[dt.datetime]:
    """Return the last contact in which both sides spoke, as a column beside `person_id`."""
    # an alias, so that the statement around it may read links of its own
    link = aliased(NotePerson)
    return _last_met(col(link.happened_at), col(link.outcome), col(link.person_id) == person_id)


def last_met_organization(organization_id: Mapped[Any]) -> sa.ScalarSelect[dt.datetime]:
    """Return the same of an organization."""
    link = aliased(NoteOrganization)
    taking_part = col(link.organization_id) == organization_id
    return _last_met(col(link.happened_at), col(link.outcome), taking_part)


def _last_met(
    happened_at: Mapped[dt.datetime], outcome: Mapped[Any], taking_part: sa.ColumnElement[bool]
) -> sa.ScalarSelect[dt.datetime]:
    last = sa.select(sa.func.max(happened_at)).where(taking_part, outcome.in_(TWO_WAY))
    return last.scalar_subquery()


def _taking_part(*, of_person: bool) -> sa.Select[Any]:
    """Select the notes a holder took part in."""
    notes, holder = sa.select(col(ActivityNote.id)), sa.bindparam("holder", type_=Key())
    if of_person:
        return notes.join(NotePerson, col(NotePerson.note_id) == col(ActivityNote.id)).where(
            col(NotePerson.person_id) == holder
        )
    return notes.join(
        NoteOrganization, col(NoteOrganization.note_id) == col(ActivityNote.id)
    ).where(col(NoteOrganization.organization_id) == holder)


@cache
def _note_lines(chosen: sa.Subquery | None = None) -> AnySelect:
    """Select notes, newest first, the author's row first; those whose `id` is `chosen`, or all.

    A note has one row for each member of staff, item handed over, request opened from it and office
    that took part. The chosen ones come first in the join: of so many tables PostgreSQL takes the
    first as they stand, and a condition at the end would find a station's every note beside it.
    """
    answerer = aliased(Staff, name="answerer")
    corrections = sa.select(col(NoteCorrection.id)).where(
        col(NoteCorrection.note_id) == col(ActivityNote.id)
    )
    lines: AnySelect = sa.select(
        col(ActivityNote.id),
        col(ActivityNote.occasion),
        col(ActivityNote.outcome),
        col(ActivityNote.happened_at),
        col(ActivityNote.heard),
        col(ActivityNote.told),
        col(ActivityNote.advice),
        col(ActivityNote.problem),
        col(Area.name).label("area_name"),
        col(ActivityNote.next_on),
        col(ActivityNote.revision),
        corrections.exists().label("is_corrected"),
        col(NoteStaff.staff_id),
        col(NoteStaff.unit_id),
        col(Staff.family_name),
        col(Staff.given_name),
        col(CommunityRequest.id).label("request_id"),
        col(CommunityRequest.year),
        col(CommunityRequest.serial),
        col(CommunityRequest.state),
        col(CommunityRequest.outcome).label("request_outcome"),
        col(CommunityRequest.answer),
        col(CommunityRequest.answered_on),
        col(CommunityRequest.answered_by),
        col(CommunityRequest.answered_unit_id),
        col(answerer.family_name).label("answerer_family_name"),
        col(answerer.given_name).label("answerer_given_name"),
        col(InformationItem.id).label("item_id"),
        col(InformationItem.kind).label("item_kind"),
        col(InformationItem.issue_number),
        col(InformationItem.title),
        col(NoteCompanion.other_station_id).label("companion_id"),
        col(NoteCompanion.office_name),
        col(NoteCompanion.names).label("companion_names"),
    )
    if chosen is None:
        lines = lines.select_from(ActivityNote)
    else:
        lines = lines.select_from(chosen).join(ActivityNote, col(ActivityNote.id) == chosen.c.id)
    return (
        lines.join(NoteStaff, col(NoteStaff.note_id) == col(ActivityNote.id))
        .join(Staff, col(Staff.id) == col(NoteStaff.staff_id))
        .outerjoin(CommunityRequest, col(CommunityRequest.note_id) == col(ActivityNote.id))
        .outerjoin(answerer, col(answerer.id) == col(CommunityRequest.answered_by))
        .outerjoin(NoteInformation, col(NoteInformation.note_id) == col(ActivityNote.id))
        .outerjoin(InformationItem, col(InformationItem.id) == col(NoteInformation.item_id))
        .outerjoin(NoteCompanion, col(NoteCompanion.note_id) == col(ActivityNote.id))
        .outerjoin(Area, col(Area.id) == col(ActivityNote.area_id))
        .order_by(
            col(ActivityNote.happened_at).desc(),
            col(ActivityNote.id).desc(),
            sa.case((col(NoteStaff.staff_id) == col(ActivityNote.author_id), 0), else_=1),
            col(Staff.family_kana),
            col(NoteStaff.id),
            col(CommunityRequest.id),
            col(InformationItem.valid_from).desc(),
            col(InformationItem.id).desc(),
            col(NoteCompanion.id),
        )
    )
