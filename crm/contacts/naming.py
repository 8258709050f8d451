"""Naming a person or an organization in a list: the columns it takes, and what they come to."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import col

from crm.contacts.models import Holder, Organization, Person
from crm.kernel.kana import furigana


class Named(NamedTuple):
    """Somebody to visit or to answer."""

    holder: Holder
    name: str
    kana: str
    care_note: str

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)


NAMES: tuple[Any, ...] = (
    col(Person.id).label("person_id"),
    col(Person.family_name),
    col(Person.given_name),
    col(Person.family_kana),
    col(Person.given_kana),
    col(Person.care_note),
    col(Organization.id).label("organization_id"),
    col(Organization.name).label("organization_name"),
    col(Organization.kana).label("organization_kana"),
    col(Organization.care_note).label("organization_care_note"),
)
"""What a select beside which stand a person or an organization, one of the two, takes of them."""


def named_of(row: Any) -> Named:  # noqa: ANN401 - a row that holds NAMES
    """Return whom a row names: the person, else the organization."""
    if row.person_id is None:
        return Named(
            Holder(organization_id=row.organization_id),
            row.organization_name,
            row.organization_kana,
            row.organization_care_note,
        )
    return Named(
        Holder(person_id=row.person_id),
        f"{row.family_name} {row.given_name}".strip(),
        f"{row.family_kana} {row.given_kana}".strip(),
        row.care_note,
    )


def said_of(holder: Holder) -> str:
    """Return how a form says whom it means: 「person:KEY」."""
    kind, key = holder.subject
    return f"{kind}:{key}"


def holder_said(value: str) -> Holder | None:
    """Return whom a form means by `said_of`; None for what no page of ours offers."""
    kind, _, key = value.partition(":")
    try:
        named = UUID(key)
    except ValueError:
        return None
    if kind == "person":
        return Holder(person_id=named)
    return Holder(organization_id=named) if kind == "organization" else None
