"""Finding the station's own people and organizations by what somebody typed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from crm.contacts.lines import OrganizationLine, PersonLine
from crm.contacts.models import Appointment, Organization, Person, Telephone
from crm.contacts.post_queries import held_on
from crm.contacts.queries import organizations_where, people_where
from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession
from crm.search.models import StoredSearch
from crm.search.terms import END_LENGTH, Word

SHOWN = 50

L = TypeVar("L")


@dataclass(frozen=True, slots=True)
class Found(Generic[L]):
    """The first of what was found; `more` says that there are others."""

    lines: Sequence[L]
    more: bool


def stored_search(db: ScopedSession, search_id: str) -> StoredSearch:
    """Return what this sign-in searched for under `search_id`; NotFound for any other's."""
    found = db.exec(select(StoredSearch).where(StoredSearch.id == search_id)).first()
    if found is None:
        raise NotFound
    return found


def people_found(db: ScopedSession, words: Sequence[Word], day: dt.date) -> Found[PersonLine]:
    """Return the people every word finds, in kana order, with posts on `day` and phones.

    A word finds a person by name or reading, by an organization the person holds a post at on
    `day`, or by telephone. Three statements.
    """
    conditions = [_finds_person(word, day) for word in words]
    return _cut(people_where(db, *conditions, day=day, limit=SHOWN + 1))


def organizations_found(
    db: ScopedSession, words: Sequence[Word], day: dt.date
) -> Found[OrganizationLine]:
    """Return the organizations every word finds by name, reading or telephone. Three statements."""
    conditions = [_finds_organization(word) for word in words]
    return _cut(organizations_where(db, *conditions, day=day, limit=SHOWN + 1))


def _cut(items: list[L]) -> Found[L]:
    return Found(items[:SHOWN], more=len(items) > SHOWN)


def _finds_person(word: Word, day: dt.date) -> sa.ColumnElement[bool]:
    posts_there = (
        sa.select(col(Appointment.person_id))
        .join(Organization, col(Organization.id) == Appointment.organization_id)
        .where(held_on(day), _contains(col(Organization.search_key), word))
    )
    return sa.or_(
        _contains(col(Person.search_key), word),
        col(Person.id).in_(posts_there),
        *_has_number(col(Person.id), col(Telephone.person_id), word),
    )


def _finds_organization(word: Word) -> sa.ColumnElement[bool]:
    return sa.or_(
        _contains(col(Organization.search_key), word),
        *_has_number(col(Organization.id), col(Telephone.organization_id), word),
    )


def _contains(keys: Mapped[str], word: Word) -> sa.ColumnElement[bool]:
    return keys.contains(word.key, autoescape=True)


def _has_number(
    key: Mapped[UUID], owner: Mapped[UUID | None], word: Word
) -> list[sa.ColumnElement[bool]]:
    """Return the condition on the holder's numbers; none where the word cannot be a number."""
    if not word.figures:
        return []
    return [key.in_(sa.select(owner).where(owner.is_not(None), _is_number(word)))]


def _is_number(word: Word) -> sa.ColumnElement[bool]:
    if len(word.figures) == END_LENGTH:
        return sa.and_(col(Telephone.last4) == word.figures)
    if word.e164:
        return sa.and_(col(Telephone.e164) == word.e164)
    # No whole number as typed: its end is looked for, also where the stored one was not certain.
    uncertain = sa.and_(
        col(Telephone.e164).is_(None), col(Telephone.last4) == word.figures[-END_LENGTH:]
    )
    ends_so = col(Telephone.e164).endswith(word.figures.lstrip("0"), autoescape=True)
    return sa.or_(ends_so, uncertain)
