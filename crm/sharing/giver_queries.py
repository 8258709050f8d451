"""Reading what the own office could give and has given, for many contacts at a time."""

import datetime as dt
from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import Unit
from crm.consents.models import ConsentGrant, ConsentRecord
from crm.consents.queries import holders_naming
from crm.contacts.lines import PhoneLine
from crm.contacts.models import (
    ORGANIZATION_KIND_LABELS,
    Appointment,
    Holder,
    HolderKeys,
    Organization,
    Person,
    Telephone,
    any_of,
    named,
)
from crm.contacts.post_queries import held_on, posts_where
from crm.kernel.actor import Actor
from crm.kernel.columns import DAY, Key, holds
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.liaisons.models import LiaisonTerm
from crm.liaisons.queries import areas_of_terms
from crm.sharing.lines import ContactFacts
from crm.sharing.models import (
    ContactLink,
    Disclosure,
    DisclosureEnd,
    PublishedContact,
    PublishedNote,
    SharingAgreement,
)


class Serving(NamedTuple):
    """A running term as a liaison: until when, and where."""

    until: dt.date | None
    areas: str


def take_turn(db: ScopedSession, actor: Actor) -> None:
    """Let only one transaction at a time work out what the own office gives.

    An agreement made while a consent is withdrawn must see the withdrawal, or the other way round.
    """
    db.exec(
        select(Unit.id).where(col(Unit.id) == actor.station_id).with_for_update(key_share=True)
    ).first()


def ever_shared(db: ScopedSession, holders: Collection[Holder]) -> list[Holder]:
    """Return which of `holders` another office may have or get something of; one statement.

    The rest never named an agency in a consent, were not disclosed and are known to nobody: there
    is nothing to give of them and nothing to take back.
    """
    found = together(db, _traces(), **named(*holders))
    traced = {Holder(row.person_id, row.organization_id) for rows in found for row in rows}
    return [holder for holder in holders if holder in traced]


@cache
def _traces() -> tuple[AnySelect, ...]:
    """Select who of `named` holders has a link, a disclosure or a consent that names an agency."""
    consents = (
        sa.select(col(ConsentRecord.person_id), col(ConsentRecord.organization_id))
        .join(ConsentGrant, col(ConsentGrant.record_id) == col(ConsentRecord.id))
        .where(any_of(ConsentRecord), col(ConsentGrant.recipient_agency_id).is_not(None))
    )
    others = (
        sa.select(col(table.person_id), col(table.organization_id)).where(any_of(table))
        for table in (ContactLink, Disclosure)
    )
    return (consents, *others)


def has_expired(db: ScopedSession, actor: Actor, day: dt.date) -> bool:
    """Return whether anything the own office gave ended before `day`; one statement."""
    return any(together(db, _over(), station=actor.station_id, day=day))


@cache
def _over() -> tuple[AnySelect, ...]:
    """Select one of the copies and one of the notes of an office whose last day has passed."""
    station = sa.bindparam("station", type_=Key())
    return tuple(
        sa.select(col(table.id))
        .where(col(table.giver_station_id) == station, col(table.valid_until) < DAY)
        .limit(1)
        for table in (PublishedContact, PublishedNote)
    )


def agreements_on(db: ScopedSession, actor: Actor, day: dt.date) -> Sequence[SharingAgreement]:
    """Return the agreements of the own office that hold on `day`, the oldest first."""
    return db.exec(
        select(SharingAgreement)
        .where(col(SharingAgreement.station_id) == actor.station_id, holds(SharingAgreement, day))
        .order_by(col(SharingAgreement.valid_from), col(SharingAgreement.id))
    ).all()


def disclosures_on(
    db: ScopedSession, holders: Collection[Holder], day: dt.date
) -> dict[Holder, list[Disclosure]]:
    """Return the one-off disclosures about `holders` that are neither expired nor ended early."""
    ended = sa.select(col(DisclosureEnd.disclosure_id))
    rows = db.exec(
        select(Disclosure)
        .where(
            HolderKeys.of(holders).are_of(Disclosure),
            col(Disclosure.expires_on) >= day,
            col(Disclosure.id).not_in(ended),
        )
        .order_by(col(Disclosure.decided_on), col(Disclosure.id))
    ).all()
    found: dict[Holder, list[Disclosure]] = {}
    for row in rows:
        found.setdefault(Holder(row.person_id, row.organization_id), []).append(row)
    return found


def links_of(db: ScopedSession, holders: Collection[Holder]) -> dict[Holder, list[ContactLink]]:
    """Return under which references `holders` are known to other offices, the oldest first."""
    rows = db.exec(
        select(ContactLink)
        .where(HolderKeys.of(holders).are_of(ContactLink))
        .order_by(col(ContactLink.linked_at), col(ContactLink.id))
    ).all()
    found: dict[Holder, list[ContactLink]] = {}
    for row in rows:
        found.setdefault(Holder(row.person_id, row.organization_id), []).append(row)
    return found


def links_by_reference(db: ScopedSession, references: Collection[UUID]) -> dict[UUID, ContactLink]:
    """Return which own contact each of `references` stands for."""
    rows = db.exec(
        select(ContactLink).where(col(ContactLink.reference).in_(list(references)))
    ).all()
    return {row.reference: row for row in rows}


def copies_given(
    db: ScopedSession, actor: Actor, references: Collection[UUID]
) -> Sequence[PublishedContact]:
    """Return the copies the own office has published under `references`."""
    return db.exec(
        select(PublishedContact).where(
            col(PublishedContact.giver_station_id) == actor.station_id,
            col(PublishedContact.reference).in_(list(references)),
        )
    ).all()


def notes_given(
    db: ScopedSession, actor: Actor, references: Collection[UUID]
) -> Sequence[PublishedNote]:
    """Return what the own office has told under `references`."""
    return db.exec(
        select(PublishedNote).where(
            col(PublishedNote.giver_station_id) == actor.station_id,
            col(PublishedNote.reference).in_(list(references)),
        )
    ).all()


def expired_copies(db: ScopedSession, actor: Actor, day: dt.date) -> Sequence[PublishedContact]:
    """Return the copies of the own office whose last day lies before `day`."""
    return db.exec(
        select(PublishedContact).where(
            col(PublishedContact.giver_station_id) == actor.station_id,
            col(PublishedContact.valid_until) < day,
        )
    ).all()


def expired_notes(db: ScopedSession, actor: Actor, day: dt.date) -> Sequence[PublishedNote]:
    """Return what the own office told and whose last day lies before `day`."""
    return db.exec(
        select(PublishedNote).where(
            col(PublishedNote.giver_station_id) == actor.station_id,
            col(PublishedNote.valid_until) < day,
        )
    ).all()


def holders_to_review(db: ScopedSession) -> set[Holder]:
    """Return everybody whose copies a new day may change: consent named an agency, or disclosed."""
    rows = db.rows(sa.select(col(Disclosure.person_id), col(Disclosure.organization_id)).distinct())
    return holders_naming(db) | {Holder(*row) for row in rows}


def people_with_posts_at(db: ScopedSession, organization_id: UUID, day: dt.date) -> set[Holder]:
    """Return who holds a post at an organization on `day`: its name is part of their post."""
    found = db.exec(
        select(Appointment.person_id).where(
            col(Appointment.organization_id) == organization_id, held_on(day)
        )
    ).all()
    return {Holder(person_id=person_id) for person_id in found}


def facts_of(
    db: ScopedSession, holders: Collection[Holder], day: dt.date
) -> dict[Holder, ContactFacts]:
    """Return what there is to give of each of `holders` on `day`; six statements."""
    keys = HolderKeys.of(holders)
    serving = _serving(db, keys, day)
    phones = _phones(db, keys)
    return {
        **_people(db, keys, day, serving, phones),
        **_organizations(db, keys, serving, phones),
    }


def _people(
    db: ScopedSession,
    keys: HolderKeys,
    day: dt.date,
    serving: dict[Holder, Serving],
    phones: dict[Holder, str],
) -> dict[Holder, ContactFacts]:
    if not keys.people:
        return {}
    posts: dict[UUID, list[str]] = {}
    for post in posts_where(db, col(Appointment.person_id).in_(keys.people), held_on(day)):
        posts.setdefault(post.person_id, []).append(post.label)
    rows = db.rows(
        sa.select(
            col(Person.id),
            col(Person.family_name),
            col(Person.given_name),
            col(Person.family_kana),
            col(Person.given_kana),
            col(Person.address),
        ).where(col(Person.id).in_(keys.people))
    )
    found: dict[Holder, ContactFacts] = {}
    for key, family_name, given_name, family_kana, given_kana, address in rows:
        holder = Holder(person_id=key)
        term = serving.get(holder)
        found[holder] = ContactFacts(
            is_person=True,
            name=f"{family_name} {given_name}".strip(),
            family_kana=family_kana,
            given_kana=given_kana,
            post="、".join(posts.get(key, ())),
            areas=term.areas if term else "",
            phone=phones.get(holder, ""),
            address=address,
            is_liaison=term is not None,
            serves_until=term.until if term else None,
        )
    return found


def _organizations(
    db: ScopedSession,
    keys: HolderKeys,
    serving: dict[Holder, Serving],
    phones: dict[Holder, str],
) -> dict[Holder, ContactFacts]:
    """Return the same of organizations: in place of a post, what kind of organization it is."""
    if not keys.organizations:
        return {}
    rows = db.rows(
        sa.select(
            col(Organization.id),
            col(Organization.name),
            col(Organization.kana),
            col(Organization.kind),
            col(Organization.address),
        ).where(col(Organization.id).in_(keys.organizations))
    )
    found: dict[Holder, ContactFacts] = {}
    for key, name, kana, kind, address in rows:
        holder = Holder(organization_id=key)
        term = serving.get(holder)
        found[holder] = ContactFacts(
            is_person=False,
            name=name,
            family_kana=kana,
            post=ORGANIZATION_KIND_LABELS[kind],
            areas=term.areas if term else "",
            phone=phones.get(holder, ""),
            address=address,
            is_liaison=term is not None,
            serves_until=term.until if term else None,
        )
    return found


def _serving(db: ScopedSession, keys: HolderKeys, day: dt.date) -> dict[Holder, Serving]:
    rows = db.rows(
        sa.select(
            col(LiaisonTerm.person_id),
            col(LiaisonTerm.organization_id),
            col(LiaisonTerm.id),
            col(LiaisonTerm.valid_to),
        ).where(keys.are_of(LiaisonTerm), holds(LiaisonTerm, day))
    )
    areas = areas_of_terms(db, [row.id for row in rows])
    return {
        Holder(row.person_id, row.organization_id): Serving(
            row.valid_to, "、".join(name for _, name in areas[row.id])
        )
        for row in rows
    }


def _phones(db: ScopedSession, keys: HolderKeys) -> dict[Holder, str]:
    rows = db.rows(
        sa.select(
            col(Telephone.person_id),
            col(Telephone.organization_id),
            col(Telephone.raw),
            col(Telephone.e164),
            col(Telephone.extension),
            col(Telephone.kind),
            col(Telephone.label),
        )
        .where(keys.are_of(Telephone))
        .order_by(col(Telephone.position))
    )
    found: dict[Holder, list[str]] = {}
    for person_id, organization_id, *columns in rows:
        phone = PhoneLine(*columns)
        said = f"{phone.label} {phone.text}".strip()
        found.setdefault(Holder(person_id, organization_id), []).append(said)
    return {holder: "、".join(numbers) for holder, numbers in found.items()}
