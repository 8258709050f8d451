"""Reading batches and their rows, and all that a plan is held against."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.contacts.models import Appointment, Holder, Organization, Person, PostType, Telephone
from crm.contacts.queries import area_choices, held_on
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
    name_key,
    short_key,
)
from crm.intake.lines import BatchLine
from crm.intake.models import BatchState, IntakeBatch, IntakeChange, IntakeRow, ListKind
from crm.intake.rows import Line, PersonRow
from crm.kernel.actor import Actor
from crm.kernel.columns import StationOwned
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import ScopedSession, rules
from crm.liaisons.models import LiaisonState
from crm.liaisons.queries import ActiveTerm, active_terms, areas_of_terms, states_of


class _Numbers(NamedTuple):
    people: Mapping[UUID, frozenset[str]]
    organizations: Mapping[UUID, frozenset[str]]


def batch(db: ScopedSession, batch_id: UUID, *, to_change: bool = False) -> IntakeBatch:
    """Return a batch; NotFound when there is none the actor may know of.

    `to_change` holds it until the transaction ends, so that it is applied or undone once.
    """
    wanted = select(IntakeBatch).where(col(IntakeBatch.id) == batch_id)
    if to_change:
        # another's change since this session first read the row must be seen
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def batches_page(db: ScopedSession, number: int) -> Page[BatchLine]:
    """Return one page of the station's batches, newest first."""
    total = db.exec(select(sa.func.count()).select_from(IntakeBatch)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        sa.select(
            col(IntakeBatch.id),
            col(IntakeBatch.kind),
            col(IntakeBatch.state),
            col(IntakeBatch.file_name),
            col(IntakeBatch.sheet),
            col(IntakeBatch.day),
            col(IntakeBatch.uploaded_at),
            col(IntakeBatch.applied_at),
            col(IntakeBatch.counts),
        )
        .order_by(col(IntakeBatch.uploaded_at).desc(), col(IntakeBatch.id).desc())
        .limit(PAGE_SIZE)
        .offset(offset_of(number))
    )
    return Page([BatchLine(*row) for row in rows], total, number)


def batch_of_file(db: ScopedSession, sha256: str) -> IntakeBatch | None:
    """Return the newest applied batch made from the very same file."""
    return db.exec(
        select(IntakeBatch)
        .where(col(IntakeBatch.sha256) == sha256, col(IntakeBatch.state) == BatchState.APPLIED)
        .order_by(col(IntakeBatch.applied_at).desc())
    ).first()


def rows_of_batch(db: ScopedSession, batch_id: UUID) -> Sequence[IntakeRow]:
    """Return the rows of a batch that are kept, in the order of the sheet."""
    return db.exec(
        select(IntakeRow).where(col(IntakeRow.batch_id) == batch_id).order_by(col(IntakeRow.number))
    ).all()


def changes_of_batch(db: ScopedSession, batch_id: UUID) -> Sequence[IntakeChange]:
    """Return what a batch did, the last first."""
    return db.exec(
        select(IntakeChange)
        .where(col(IntakeChange.batch_id) == batch_id)
        .order_by(col(IntakeChange.position).desc())
    ).all()


def batches_to_forget(db: ScopedSession, before: dt.datetime) -> Sequence[IntakeBatch]:
    """Return the batches that still have rows although their time is over."""
    with_rows = sa.select(col(IntakeRow.batch_id)).distinct()
    ended = sa.func.coalesce(col(IntakeBatch.applied_at), col(IntakeBatch.uploaded_at))
    return db.exec(
        select(IntakeBatch).where(ended < before, col(IntakeBatch.id).in_(with_rows))
    ).all()


def forget_rows(db: ScopedSession, batch_id: UUID, *, besides: Collection[int] = ()) -> None:
    """Delete the rows of a batch, but not those numbered in `besides`."""
    db.exec(
        sa.delete(IntakeRow).where(
            col(IntakeRow.batch_id) == batch_id, col(IntakeRow.number).not_in(besides)
        )
    )


def records(db: ScopedSession, table: type[StationOwned], ids: Collection[UUID]) -> Sequence[Any]:
    """Return the records of a table that are still there, to be restored or removed."""
    return db.exec(select(table).where(col(table.id).in_(ids))).all()


def references_to(
    db: ScopedSession, table: type[StationOwned], ids: Collection[UUID]
) -> list[tuple[UUID, UUID]]:
    """Return each of `ids` with the key of every record of any feature that refers to it."""
    target = sa.inspect(table).local_table
    found: list[tuple[UUID, UUID]] = []
    for other in rules():
        mapper = sa.inspect(other)
        for column in mapper.columns:
            if any(key.column.table is target for key in column.foreign_keys):
                refers = mapper.get_property_by_column(column).class_attribute
                key: Any = other
                found += map(tuple, db.rows(sa.select(refers, col(key.id)).where(refers.in_(ids))))
    return found


def names_of(
    db: ScopedSession, person_ids: Collection[UUID], organization_ids: Collection[UUID]
) -> Mapping[UUID, str]:
    """Return what people and organizations are called, by their key; two statements."""
    people = db.rows(
        sa.select(col(Person.id), col(Person.family_name), col(Person.given_name)).where(
            col(Person.id).in_(person_ids)
        )
    )
    organizations = db.rows(
        sa.select(col(Organization.id), col(Organization.name)).where(
            col(Organization.id).in_(organization_ids)
        )
    )
    named = {row.id: f"{row.family_name} {row.given_name}".strip() for row in people}
    return named | {row.id: row.name for row in organizations}


def lookups(
    db: ScopedSession,
    actor: Actor,
    kind: ListKind,
    day: dt.date,
    lines: Iterable[Line],
    *,
    today: dt.date,
) -> Lookups:
    """Return all that a plan of `lines` asks of the station's book; at most thirteen statements."""
    numbers = _numbers(db)
    posts = _posts(db, today)
    named = {name_key(each.family + each.given) for each in lines if isinstance(each, PersonRow)}
    people = _people(db, named)
    organizations = _organizations(db)
    serving = _serving(db, kind, people, organizations, today)
    held = grouped(posts, lambda post: post.person_id)
    nobody = Serving()
    return Lookups(
        kind=kind,
        day=day,
        today=today,
        people=[
            KnownPerson(
                **columns,
                numbers=numbers.people.get(columns["id"], frozenset()),
                posts=held.get(columns["id"], ()),
                serving=serving.get(Holder(person_id=columns["id"]), nobody),
            )
            for columns in people
        ],
        organizations=[
            KnownOrganization(
                **columns,
                numbers=numbers.organizations.get(columns["id"], frozenset()),
                serving=serving.get(Holder(organization_id=columns["id"]), nobody),
            )
            for columns in organizations
        ],
        posts=posts,
        places=[Place(*area) for area in area_choices(db, actor, today)],
        post_kinds=_post_kinds(db),
        asks_liaisons=actor.is_police,
    )


def _people(db: ScopedSession, named: Collection[str]) -> list[dict[str, Any]]:
    """Return the people of the station who are called by one of the keys `named`."""
    rows = db.rows(
        sa.select(
            col(Person.id),
            col(Person.revision),
            col(Person.family_name),
            col(Person.given_name),
            col(Person.family_kana),
            col(Person.given_kana),
            col(Person.address),
        ).order_by(col(Person.id))
    )
    return [row._asdict() for row in rows if name_key(row.family_name + row.given_name) in named]


def _organizations(db: ScopedSession) -> list[dict[str, Any]]:
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
        .where(col(Organization.is_active))
        .order_by(col(Organization.id))
    )
    return [row._asdict() for row in rows]


def _numbers(db: ScopedSession) -> _Numbers:
    rows = db.rows(
        sa.select(
            col(Telephone.person_id),
            col(Telephone.organization_id),
            col(Telephone.e164),
            col(Telephone.raw),
        )
    )
    people: dict[UUID, set[str]] = {}
    organizations: dict[UUID, set[str]] = {}
    for person_id, organization_id, e164, raw in rows:
        number = e164 or figures(raw)
        if person_id:
            people.setdefault(person_id, set()).add(number)
        else:
            organizations.setdefault(organization_id, set()).add(number)
    return _Numbers(
        {key: frozenset(found) for key, found in people.items()},
        {key: frozenset(found) for key, found in organizations.items()},
    )


def _posts(db: ScopedSession, day: dt.date) -> list[KnownPost]:
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
        .where(held_on(day))
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
    people: Sequence[Mapping[str, Any]],
    organizations: Sequence[Mapping[str, Any]],
    day: dt.date,
) -> dict[Holder, Serving]:
    """Return where those a list could mean stand as liaisons; the terms tell people apart too."""
    terms = grouped(active_terms(db, day), lambda term: term.holder)
    areas = areas_of_terms(db, [term.id for held in terms.values() for term in held])
    states: Mapping[Holder, LiaisonState] = dict.fromkeys(terms, LiaisonState.ACTIVE)
    if kind is ListKind.LIAISONS:
        states = states_of(
            db, [each["id"] for each in people], [each["id"] for each in organizations], day
        )
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
