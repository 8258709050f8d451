"""Reading how those on a round are found: their addresses and numbers."""

from collections.abc import Collection, Mapping
from functools import cache

import sqlalchemy as sa
from sqlmodel import col

from crm.contacts.lines import PhoneLine
from crm.contacts.models import (
    ORGANIZATIONS,
    PEOPLE,
    Holder,
    Organization,
    Person,
    Telephone,
    any_of,
    named,
)
from crm.contacts.queries import PHONE_COLUMNS
from crm.kernel.scope import AnySelect, ScopedSession
from crm.kernel.together import together
from crm.today.paper import Where


def where_of(db: ScopedSession, holders: Collection[Holder]) -> Mapping[Holder, Where]:
    """Return the address and the numbers of each of `holders`; one statement."""
    people, bodies, phones = together(db, _where_rows(), **named(*holders))
    numbers: dict[Holder, list[str]] = {}
    for row in sorted(phones, key=lambda row: row.position):
        line = PhoneLine(*row[: len(PhoneLine._fields)])
        numbers.setdefault(Holder(row.person_id, row.organization_id), []).append(line.text)
    found = [
        *((Holder(person_id=row.id), row.address) for row in people),
        *((Holder(organization_id=row.id), row.address) for row in bodies),
    ]
    return {holder: Where(address, numbers.get(holder, ())) for holder, address in found}


@cache
def _where_rows() -> tuple[AnySelect, ...]:
    people = sa.select(col(Person.id), col(Person.address)).where(col(Person.id).in_(PEOPLE))
    bodies = sa.select(col(Organization.id), col(Organization.address)).where(
        col(Organization.id).in_(ORGANIZATIONS)
    )
    phones = sa.select(
        *PHONE_COLUMNS,
        col(Telephone.position),
        col(Telephone.person_id),
        col(Telephone.organization_id),
    ).where(any_of(Telephone))
    return people, bodies, phones
