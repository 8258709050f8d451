"""Registering and correcting people and organizations, and giving and ending posts."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm.contacts import post_queries, queries
from crm.contacts.filing import (
    index_organization,
    index_person,
    organization_reading,
    owner,
    person_reading,
    read_telephones,
)
from crm.contacts.models import (
    Appointment,
    AppointmentEnded,
    ContactChanged,
    Holder,
    Organization,
    OrganizationKind,
    Person,
    Telephone,
)
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.changes import announce
from crm.kernel.clock import local_day
from crm.kernel.columns import Stamped
from crm.kernel.errors import Conflict, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What is known of a person: names as written, readings in any script, numbers in one text."""

    family_name: str
    given_name: str = ""
    family_kana: str = ""
    given_kana: str = ""
    address: str = ""
    care_note: str = ""
    phones: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationFacts:
    """What is known of an organization; as `PersonFacts`."""

    kind: OrganizationKind
    name: str
    kana: str = ""
    parent_id: UUID | None = None
    area_id: UUID | None = None
    address: str = ""
    is_active: bool = True
    care_note: str = ""
    phones: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """A post to be given: its kind, its own words where they differ, where, and since when."""

    post_type_id: UUID
    organization_id: UUID | None = None
    title: str = ""
    valid_from: dt.date | None = None


def register_person(
    db: ScopedSession, actor: Actor, facts: PersonFacts, *, area_code: str, now: dt.datetime
) -> Person:
    """Enter a person into the actor's station's book.

    `area_code` completes local telephone numbers. Raises Refused at `family_kana`, `given_kana` or
    `phones`; a number that is only doubtful is kept as written.
    """
    queries.require_reader(actor)
    person = Person(**owner(actor), **_made(actor, now), **_person_columns(facts))
    index_person(person)
    phones = read_telephones(actor, Holder(person_id=person.id), facts.phones, area_code=area_code)
    db.add(person)
    db.flush()
    db.add_all(phones)
    db.flush()
    audit.record(db, actor, "person.registered", now=now, subject=("person", person.id))
    return person


def correct_person(
    db: ScopedSession,
    actor: Actor,
    person_id: UUID,
    facts: PersonFacts,
    *,
    revision: int,
    area_code: str,
    now: dt.datetime,
) -> Person:
    """Correct what is recorded of a person.

    Raises Conflict when `revision` is no longer the newest, Refused as `register_person`, Forbidden
    for headquarters with the person open in an emergency: it reads, and changes nothing.
    """
    person = queries.person(db, person_id, to_change=True)
    queries.require_reader(actor)
    _require_newest(person, revision)
    holder = Holder(person_id=person.id)
    columns = _person_columns(facts)
    phones = read_telephones(actor, holder, facts.phones, area_code=area_code)
    changed = _describe(person, columns) + _exchange_phones(db, holder, phones)
    index_person(person)
    _stamp(person, actor, now)
    db.flush()
    audit.record(db, actor, "person.corrected", now=now, subject=holder.subject, fields=changed)
    announce(db, ContactChanged(holder), actor, now)
    return person


def register_organization(
    db: ScopedSession, actor: Actor, facts: OrganizationFacts, *, area_code: str, now: dt.datetime
) -> Organization:
    """Enter an organization into the actor's station's book; as `register_person`."""
    queries.require_reader(actor)
    _require_links(db, actor, facts, local_day(now))
    organization = Organization(**owner(actor), **_made(actor, now), **_organization_columns(facts))
    index_organization(organization)
    holder = Holder(organization_id=organization.id)
    phones = read_telephones(actor, holder, facts.phones, area_code=area_code)
    db.add(organization)
    db.flush()
    db.add_all(phones)
    db.flush()
    audit.record(db, actor, "organization.registered", now=now, subject=holder.subject)
    return organization


def correct_organization(
    db: ScopedSession,
    actor: Actor,
    organization_id: UUID,
    facts: OrganizationFacts,
    *,
    revision: int,
    area_code: str,
    now: dt.datetime,
) -> Organization:
    """Correct what is recorded of an organization; as `correct_person`."""
    organization = queries.organization(db, organization_id, to_change=True)
    _require_newest(organization, revision)
    _require_links(db, actor, facts, local_day(now), recorded=organization)
    holder = Holder(organization_id=organization.id)
    columns = _organization_columns(facts)
    phones = read_telephones(actor, holder, facts.phones, area_code=area_code)
    changed = _describe(organization, columns) + _exchange_phones(db, holder, phones)
    index_organization(organization)
    _stamp(organization, actor, now)
    db.flush()
    audit.record(
        db, actor, "organization.corrected", now=now, subject=holder.subject, fields=changed
    )
    announce(db, ContactChanged(holder), actor, now)
    return organization


def appoint(
    db: ScopedSession, actor: Actor, person_id: UUID, facts: PostFacts, *, now: dt.datetime
) -> Appointment:
    """Record that a person holds a post, beside any others; an unknown first day stays empty.

    Raises Refused at `post_type_id` or `organization_id` when there is no such thing to choose,
    or the person holds that very post already.
    """
    person = queries.person(db, person_id)
    queries.require_reader(actor)
    if facts.post_type_id not in {kind.id for kind in post_queries.post_types(db)}:
        raise Refused(N_("役職を選び直してください。"), field="post_type_id")
    if facts.organization_id and not queries.is_organization(db, facts.organization_id):
        raise Refused(N_("団体を選び直してください。"), field="organization_id")
    if post_queries.holds_post(
        db, person_id, facts.post_type_id, facts.organization_id, facts.title, local_day(now)
    ):
        raise Refused(N_("この役職は、すでに登録されています。"), field="post_type_id")
    appointment = appoint_newcomer(db, actor, person, facts, now=now)
    announce(db, ContactChanged(Holder(person_id=person.id)), actor, now)
    return appointment


def appoint_newcomer(
    db: ScopedSession, actor: Actor, person: Person, facts: PostFacts, *, now: dt.datetime
) -> Appointment:
    """Record a post of a person this transaction registered, at what its caller has looked up.

    Nobody else can know of the person yet: nothing is asked of the database, nobody is told.
    """
    appointment = Appointment(
        **owner(actor), **_made(actor, now), **_told(facts), person_id=person.id
    )
    db.add(appointment)
    db.flush()
    audit.record(
        db,
        actor,
        "appointment.made",
        now=now,
        subject=("person", person.id),
        appointment_id=str(appointment.id),
    )
    return appointment


def end_appointment(
    db: ScopedSession,
    actor: Actor,
    appointment_id: UUID,
    day: dt.date,
    *,
    revision: int,
    now: dt.datetime,
) -> Appointment:
    """Record the last day a person held a post; nothing is made for whoever comes after.

    Raises Conflict when `revision` is no longer the newest, Refused at `valid_to` when the post
    had ended already, or `day` lies before its beginning or has not come yet.
    """
    appointment = queries.appointment(db, appointment_id, to_change=True)
    queries.require_reader(actor)
    _require_newest(appointment, revision)
    _require_last_day(appointment, day, today=local_day(now))
    appointment.valid_to = day
    _stamp(appointment, actor, now)
    db.flush()
    audit.record(
        db,
        actor,
        "appointment.ended",
        now=now,
        subject=("person", appointment.person_id),
        appointment_id=str(appointment.id),
    )
    ended = AppointmentEnded(appointment.person_id, appointment.organization_id, day)
    announce(db, ended, actor, now)
    announce(db, ContactChanged(Holder(person_id=appointment.person_id)), actor, now)
    return appointment


def _exchange_phones(db: ScopedSession, holder: Holder, told: list[Telephone]) -> list[str]:
    """Put `told` in place of the recorded numbers, unless they say the same."""
    recorded = queries.telephone_rows_of(db, holder)
    if [phone.raw for phone in recorded] == [phone.raw for phone in told]:
        return []
    for phone in recorded:
        db.delete(phone)
    db.add_all(told)
    return ["phones"]


def _told(facts: PersonFacts | OrganizationFacts | PostFacts) -> dict[str, Any]:
    """Return facts by the names of their columns; `asdict` would copy each of them."""
    return {name: getattr(facts, name) for name in facts.__slots__}


def _person_columns(facts: PersonFacts) -> dict[str, Any]:
    columns = _told(facts)
    del columns["phones"]
    for name in ("family_kana", "given_kana"):
        columns[name] = person_reading(columns[name], field=name)
    return columns


def _organization_columns(facts: OrganizationFacts) -> dict[str, Any]:
    columns = _told(facts)
    del columns["phones"]
    return {**columns, "kana": organization_reading(facts.kana)}


def _describe(row: Person | Organization, columns: Mapping[str, Any]) -> list[str]:
    """Set `columns` and return the names of those that became different."""
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, columns[name])
    return changed


def _require_links(
    db: ScopedSession,
    actor: Actor,
    facts: OrganizationFacts,
    day: dt.date,
    *,
    recorded: Organization | None = None,
) -> None:
    """Refuse a parent that is none, and an area that is another station's to speak of."""
    parent_id, area_id = facts.parent_id, facts.area_id
    own = recorded.id if recorded else None
    if parent_id and (parent_id == own or not queries.is_organization(db, parent_id)):
        raise Refused(N_("上部団体を選び直してください。"), field="parent_id")
    chosen = recorded.area_id if recorded else None
    offered = queries.area_choices(db, actor, day, chosen=chosen) if area_id else ()
    if area_id and area_id not in {choice.id for choice in offered}:
        raise Refused(N_("区域を選び直してください。"), field="area_id")


def _require_newest(row: Stamped, revision: int) -> None:
    if row.revision != revision:
        raise Conflict


def _require_last_day(appointment: Appointment, day: dt.date, *, today: dt.date) -> None:
    if appointment.valid_to and appointment.valid_to < today:
        raise Refused(N_("この役職は、すでに終了しています。"), field="valid_to")
    if day > today:
        raise Refused(N_("終了した日は、今日までの日付で入力してください。"), field="valid_to")
    if appointment.valid_from and day < appointment.valid_from:
        raise Refused(
            N_("終了した日は、就任した日より後の日付で入力してください。"), field="valid_to"
        )


def _made(actor: Actor, now: dt.datetime) -> dict[str, Any]:
    by = actor.account_id
    return {"created_at": now, "created_by": by, "updated_at": now, "updated_by": by}


def _stamp(row: Stamped, actor: Actor, now: dt.datetime) -> None:
    row.revision += 1
    row.updated_at = now
    row.updated_by = actor.account_id
