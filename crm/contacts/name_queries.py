"""Finding people and organizations by what somebody typed of their names, to choose one."""

from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa
from sqlmodel import col

from crm.contacts import queries as contacts
from crm.contacts.models import Holder, Organization, Person
from crm.contacts.naming import NAMES, named_of
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.text import search_key
from crm.kernel.together import together

MOST_FOUND = 20


def found_by_name(db: ScopedSession, words: str) -> Sequence[tuple[Holder, str]]:
    """Return people and organizations whose name or reading holds `words`; one statement."""
    key = search_key(words)
    if not key:
        return []
    people, organizations = together(db, _found(), words=f"%{_escaped(key)}%")
    named = [named_of(row) for row in (*people, *organizations)]
    return [(who.holder, f"{who.name}　{who.furigana}".strip()) for who in named[:MOST_FOUND]]


@cache
def _found() -> tuple[AnySelect, ...]:
    words = sa.bindparam("words", type_=sa.String())
    people = (
        sa.select(*NAMES)
        .select_from(Person)
        .outerjoin(Organization, sa.false())
        .where(contacts.KNOWN, col(Person.search_key).like(words, escape="/"))
        .order_by(col(Person.kana_sort))
        .limit(MOST_FOUND)
    )
    organizations = (
        sa.select(*NAMES)
        .select_from(Organization)
        .outerjoin(Person, sa.false())
        .where(col(Organization.search_key).like(words, escape="/"))
        .order_by(col(Organization.kana_sort))
        .limit(MOST_FOUND)
    )
    return people, organizations


def _escaped(key: str) -> str:
    return key.replace("/", "//").replace("%", "/%").replace("_", "/_")
