"""Finding the own contacts a received one may be, to be recognized by somebody who knows."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col

from crm.contacts.models import Holder, Organization, Person, Telephone
from crm.kernel.scope import ScopedSession
from crm.kernel.text import search_key
from crm.sharing.lines import ReceivedContact

LAST_DIGITS = 4


class Candidate(NamedTuple):
    """An own contact that may be the one another office published."""

    holder: Holder
    name: str
    kana: str


def candidates_for(
    db: ScopedSession, contact: ReceivedContact, *, limit: int = 10
) -> Sequence[Candidate]:
    """Return the own contacts a received one may be: of the same name, reading or number.

    They are looked for by what was given and among the own contacts alone.
    """
    numbers = [part[-LAST_DIGITS:] for part in contact.phone.split("、") if part]
    if contact.is_person:
        return _people_like(db, contact, numbers, limit)
    return _organizations_like(db, contact, numbers, limit)


def _people_like(
    db: ScopedSession, contact: ReceivedContact, numbers: list[str], limit: int
) -> Sequence[Candidate]:
    with_number = sa.select(col(Telephone.person_id)).where(
        col(Telephone.person_id).is_not(None), col(Telephone.last4).in_(numbers)
    )
    rows = db.rows(
        sa.select(
            col(Person.id),
            col(Person.family_name),
            col(Person.given_name),
            col(Person.family_kana),
            col(Person.given_kana),
        )
        .where(
            sa.or_(
                *_named_like(col(Person.search_key), contact),
                col(Person.id).in_(with_number),
            )
        )
        .order_by(col(Person.kana_sort), col(Person.id))
        .limit(limit)
    )
    return [
        Candidate(
            Holder(person_id=key),
            f"{family_name} {given_name}".strip(),
            f"{family_kana} {given_kana}".strip(),
        )
        for key, family_name, given_name, family_kana, given_kana in rows
    ]


def _organizations_like(
    db: ScopedSession, contact: ReceivedContact, numbers: list[str], limit: int
) -> Sequence[Candidate]:
    with_number = sa.select(col(Telephone.organization_id)).where(
        col(Telephone.organization_id).is_not(None), col(Telephone.last4).in_(numbers)
    )
    rows = db.rows(
        sa.select(col(Organization.id), col(Organization.name), col(Organization.kana))
        .where(
            sa.or_(
                *_named_like(col(Organization.search_key), contact),
                col(Organization.id).in_(with_number),
            )
        )
        .order_by(col(Organization.kana_sort), col(Organization.id))
        .limit(limit)
    )
    return [Candidate(Holder(organization_id=key), name, kana) for key, name, kana in rows]


def _named_like(keys: Mapped[str], contact: ReceivedContact) -> list[sa.ColumnElement[bool]]:
    return [
        keys.contains(key, autoescape=True)
        for text in (contact.name, contact.kana)
        if (key := search_key(text))
    ]
