"""What lists and forms show of people and organizations: plain values, no rows of the database."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import OrganizationKind
from crm.kernel.audit import Subject
from crm.kernel.kana import furigana
from crm.kernel.phone import PhoneKind, national, tel_uri


class PhoneLine(NamedTuple):
    """One number of a holder as it is shown and dialed."""

    raw: str
    e164: str | None
    extension: str
    kind: PhoneKind
    label: str

    @property
    def text(self) -> str:
        """The number as printed; one that was never understood stays as written."""
        return national(self.e164, self.extension or None) if self.e164 else self.raw

    @property
    def href(self) -> str | None:
        """The link that dials it."""
        return tel_uri(self.e164, self.extension or None) if self.e164 else None


class PostLine(NamedTuple):
    """A post of a person, at an organization or none."""

    id: UUID
    person_id: UUID
    family_name: str
    given_name: str
    organization_id: UUID | None
    organization_name: str | None
    post_name: str
    title: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    revision: int

    @property
    def person_name(self) -> str:
        """The whole name of the one who holds it."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def post(self) -> str:
        """The post in its own words, or as its kind is called."""
        return self.title or self.post_name

    @property
    def label(self) -> str:
        """The organization and the post: 「みなと町自治会 自治会長」."""
        return f"{self.organization_name or ''} {self.post}".strip()


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as lists show one."""

    id: UUID
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    posts: Sequence[PostLine] = ()
    phones: Sequence[PhoneLine] = ()

    @property
    def name(self) -> str:
        """The whole name in its bearer's own form."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def furigana(self) -> str:
        """The whole reading in hiragana."""
        return furigana(f"{self.family_kana} {self.given_kana}".strip())


@dataclass(frozen=True, slots=True)
class OrganizationLine:
    """An organization as lists show one, with those who hold a post there."""

    id: UUID
    kind: OrganizationKind
    name: str
    kana: str
    is_active: bool
    area_name: str | None
    posts: Sequence[PostLine] = ()
    phones: Sequence[PhoneLine] = ()

    @property
    def subjects(self) -> list[Subject]:
        """Whom a list that shows it names: itself and those who hold its posts."""
        return [("organization", self.id), *(("person", post.person_id) for post in self.posts)]

    @property
    def furigana(self) -> str:
        """The reading in hiragana."""
        return furigana(self.kana)


class Choice(NamedTuple):
    """One line of a selection."""

    id: UUID
    name: str
