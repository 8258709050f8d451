"""Reading where holders stand, how it came about, and who is active on a day."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import UnitJurisdiction, UnitPlacement
from crm.areas.models import Area, AreaKind
from crm.contacts.models import (
    Appointment,
    Holder,
    Organization,
    Person,
    PostType,
    about,
)
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.kana import furigana
from crm.kernel.scope import ScopedSession
from crm.liaisons.asking import DEFAULT_RULE, POINTS, Rule
from crm.liaisons.course_queries import courses
from crm.liaisons.models import (
    AskingRule,
    LiaisonState,
    LiaisonTerm,
    LiaisonTermArea,
)
from crm.liaisons.standing import Course, Happening


class HolderLine(NamedTuple):
    """The one a page is about, by name and ふりがな; a person has a family and a given name."""

    name: str
    kana: str
    family_name: str = ""
    given_name: str = ""
    family_kana: str = ""
    given_kana: str = ""
    area_id: UUID | None = None


class ActiveTerm(NamedTuple):
    """A liaison on a day, as rosters and overviews need it."""

    id: UUID
    holder: Holder
    valid_from: dt.date
    asked_on: dt.date
    contact_person_id: UUID | None
    contact_needs_review: bool
    remark: str


class AreaLine(NamedTuple):
    """An area by name, with the box (交番・駐在所) or station responsible for it."""

    id: UUID
    name: str
    kind: AreaKind
    unit_name: str
    revision: int


class ContactLine(NamedTuple):
    """Somebody who holds a post at an organization and may speak for it."""

    person_id: UUID
    name: str
    post: str


def holder_line(db: ScopedSession, holder: Holder) -> HolderLine:
    """Return the names of `holder`; NotFound where it is not the actor's to know of."""
    if holder.person_id is not None:
        person = db.exec(select(Person).where(col(Person.id) == holder.person_id)).first()
        if person is None:
            raise NotFound
        return HolderLine(
            person.name,
            furigana(person.kana),
            person.family_name,
            person.given_name,
            furigana(person.family_kana),
            furigana(person.given_kana),
        )
    found = db.exec(
        select(Organization).where(col(Organization.id) == holder.organization_id)
    ).first()
    if found is None:
        raise NotFound
    return HolderLine(found.name, furigana(found.kana), area_id=found.area_id)


def lock_holder(db: ScopedSession, holder: Holder) -> None:
    """Let no other transaction decide about `holder` until this one ends; NotFound as above."""
    table, key = (
        (Person, holder.person_id) if holder.person_id else (Organization, holder.organization_id)
    )
    found = db.exec(
        select(table.id).where(col(table.id) == key).with_for_update(key_share=True)
    ).first()
    if found is None:
        raise NotFound


def course_of(db: ScopedSession, holder: Holder) -> Course:
    """Return all that was asked of and answered by `holder`, in time order; one statement."""
    return courses(db, [holder])[holder]


def history_of(db: ScopedSession, holder: Holder) -> Sequence[Happening]:
    """Return askings, answers and terms of `holder` in time order; one statement."""
    return course_of(db, holder).happenings()


def state_of(db: ScopedSession, holder: Holder, day: dt.date) -> LiaisonState:
    """Return where `holder` stood on `day`, by what had been decided by then."""
    return course_of(db, holder).state_on(day)


def states_of(
    db: ScopedSession,
    person_ids: Iterable[UUID],
    organization_ids: Iterable[UUID],
    day: dt.date,
) -> Mapping[Holder, LiaisonState]:
    """Return where each of them stood on `day`; one statement, however many they are."""
    holders = [
        *(Holder(person_id=key) for key in person_ids),
        *(Holder(organization_id=key) for key in organization_ids),
    ]
    return {holder: course.state_on(day) for holder, course in courses(db, holders).items()}


def asking_rule_on(db: ScopedSession, day: dt.date) -> Rule:
    """Return what the own station decided about asking for `day`, or what the product brings."""
    held = asking_rules(db, until=day, limit=1)
    return held[0] if held else DEFAULT_RULE


def asking_rules(
    db: ScopedSession, *, until: dt.date = dt.date.max, limit: int | None = None
) -> Sequence[Rule]:
    """Return what the own station decided about asking, from `until` backward."""
    rows = db.exec(
        select(AskingRule)
        .where(col(AskingRule.valid_from) <= until)
        .order_by(col(AskingRule.valid_from).desc(), col(AskingRule.decided_at).desc())
        .limit(limit)
    ).all()
    return [
        Rule(
            row.valid_from.isoformat(),
            **{point: getattr(row, point) for point in POINTS},
            cool_off_days=row.cool_off_days,
            id=row.id,
            valid_from=row.valid_from,
            decider_name=row.decider_name,
        )
        for row in rows
    ]


def active_term_of(db: ScopedSession, holder: Holder, day: dt.date) -> LiaisonTerm | None:
    """Return the term under which `holder` is a liaison on `day`."""
    return db.exec(
        select(LiaisonTerm).where(about(LiaisonTerm, holder), holds(LiaisonTerm, day))
    ).first()


def open_term_of(db: ScopedSession, holder: Holder) -> LiaisonTerm | None:
    """Return the term of `holder` that has no end yet, begun or not."""
    return db.exec(
        select(LiaisonTerm).where(about(LiaisonTerm, holder), col(LiaisonTerm.valid_to).is_(None))
    ).first()


def terms_from(db: ScopedSession, holder: Holder, day: dt.date) -> Sequence[LiaisonTerm]:
    """Return the terms of `holder` that run on `day` or later, to be changed."""
    return db.exec(
        select(LiaisonTerm)
        .where(
            about(LiaisonTerm, holder),
            sa.or_(col(LiaisonTerm.valid_to).is_(None), col(LiaisonTerm.valid_to) >= day),
        )
        .order_by(col(LiaisonTerm.valid_from))
    ).all()


def terms_spoken_for_by(
    db: ScopedSession, person_id: UUID, organization_id: UUID, day: dt.date
) -> Sequence[LiaisonTerm]:
    """Return an organization's terms running after `day` whose contact person is `person_id`."""
    return db.exec(
        select(LiaisonTerm).where(
            col(LiaisonTerm.organization_id) == organization_id,
            col(LiaisonTerm.contact_person_id) == person_id,
            sa.or_(col(LiaisonTerm.valid_to).is_(None), col(LiaisonTerm.valid_to) > day),
        )
    ).all()


def active_terms(
    db: ScopedSession, day: dt.date, *, of: Collection[UUID] | None = None
) -> Sequence[ActiveTerm]:
    """Return who is a liaison on `day`, of those whose keys are in `of` or all; one statement."""
    asked = sa.select(
        *(col(LiaisonTerm.id), col(LiaisonTerm.person_id), col(LiaisonTerm.organization_id)),
        col(LiaisonTerm.valid_from),
        col(LiaisonTerm.asked_on),
        col(LiaisonTerm.contact_person_id),
        col(LiaisonTerm.contact_needs_review),
        col(LiaisonTerm.remark),
    ).where(holds(LiaisonTerm, day))
    if of is not None:
        holder = sa.func.coalesce(col(LiaisonTerm.person_id), col(LiaisonTerm.organization_id))
        asked = asked.where(holder.in_(of))
    rows = db.rows(asked.order_by(col(LiaisonTerm.valid_from), col(LiaisonTerm.id)))
    return [
        ActiveTerm(key, Holder(person_id, organization_id), *facts)
        for key, person_id, organization_id, *facts in rows
    ]


def areas_of_terms(
    db: ScopedSession, term_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[tuple[UUID, str]]]:
    """Return the areas (key and name) each term is about, in the order given; one statement."""
    found: dict[UUID, list[tuple[UUID, str]]] = {key: [] for key in term_ids}
    if not found:
        return found
    rows = db.rows(
        sa.select(col(LiaisonTermArea.term_id), col(Area.id), col(Area.name))
        .join(Area, col(Area.id) == col(LiaisonTermArea.area_id))
        .where(col(LiaisonTermArea.term_id).in_(list(found)))
        .order_by(col(LiaisonTermArea.position))
    )
    for term_id, area_id, name in rows:
        found[term_id].append((area_id, name))
    return found


def areas_of_station(db: ScopedSession, station_id: UUID, day: dt.date) -> Sequence[AreaLine]:
    """Return the areas a station and its boxes are responsible for on `day`, box by box."""
    named = (Area.id, Area.name, Area.kind, UnitPlacement.name, Area.revision)
    rows = db.rows(
        sa.select(*map(col, named))
        .join(UnitJurisdiction, col(UnitJurisdiction.area_id) == col(Area.id))
        .join(UnitPlacement, col(UnitPlacement.unit_id) == col(UnitJurisdiction.unit_id))
        .where(
            col(UnitPlacement.station_id) == station_id,
            holds(UnitPlacement, day),
            holds(UnitJurisdiction, day),
            holds(Area, day),
        )
        .order_by(
            *(col(UnitPlacement.kana_sort), col(UnitPlacement.name)),
            *(col(Area.kind), col(Area.kana_sort), col(Area.name)),
        )
    )
    lines = [AreaLine(*row) for row in rows]
    # an area under a box and under its station is offered once, at the box that comes first
    return list({line.id: line for line in reversed(lines)}.values())[::-1]


def post_holders(db: ScopedSession, organization_id: UUID, day: dt.date) -> Sequence[ContactLine]:
    """Return who holds a post at an organization on `day`; an unknown start counts as held."""
    rows = db.rows(
        sa.select(
            col(Person.id),
            col(Person.family_name),
            col(Person.given_name),
            col(Appointment.title),
            col(PostType.name),
        )
        .join(Appointment, col(Appointment.person_id) == col(Person.id))
        .join(PostType, col(PostType.id) == col(Appointment.post_type_id))
        .where(
            col(Appointment.organization_id) == organization_id,
            sa.or_(col(Appointment.valid_from).is_(None), col(Appointment.valid_from) <= day),
            sa.or_(col(Appointment.valid_to).is_(None), col(Appointment.valid_to) >= day),
        )
        .order_by(col(PostType.position), col(Person.kana_sort))
    )
    found: dict[UUID, ContactLine] = {}
    for key, family_name, given_name, title, post in rows:
        found.setdefault(
            key, ContactLine(key, f"{family_name} {given_name}".strip(), title or post)
        )
    return list(found.values())
