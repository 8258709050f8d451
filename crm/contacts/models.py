"""Persons, organizations, their telephones, posts and consents; the unit of truth is dated."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.columns import (
    Dated,
    Identified,
    Key,
    SortKey,
    Stamped,
    StationOwned,
    choice,
)
from crm.kernel.i18n import N_
from crm.kernel.phone import PhoneKind


class OrganizationKind(StrEnum):
    """What an organization is; S1 asks for all kinds, not associations alone."""

    NEIGHBORHOOD_ASSOCIATION = "neighborhood_association"
    COMMUNITY_COUNCIL = "community_council"
    SCHOOL = "school"
    PRESCHOOL = "preschool"
    COMMUNITY_CENTER = "community_center"
    SHOPKEEPERS_ASSOCIATION = "shopkeepers_association"
    VOLUNTEER_GROUP = "volunteer_group"
    BUSINESS = "business"
    PUBLIC_FACILITY = "public_facility"
    OTHER = "other"


ORGANIZATION_KIND_LABELS = {
    OrganizationKind.NEIGHBORHOOD_ASSOCIATION: N_("自治会・町内会"),
    OrganizationKind.COMMUNITY_COUNCIL: N_("コミュニティ協議会"),
    OrganizationKind.SCHOOL: N_("学校"),
    OrganizationKind.PRESCHOOL: N_("幼稚園・保育所"),
    OrganizationKind.COMMUNITY_CENTER: N_("公民館・交流センター"),
    OrganizationKind.SHOPKEEPERS_ASSOCIATION: N_("商店会"),
    OrganizationKind.VOLUNTEER_GROUP: N_("ボランティア団体"),
    OrganizationKind.BUSINESS: N_("事業者"),
    OrganizationKind.PUBLIC_FACILITY: N_("公共施設"),
    OrganizationKind.OTHER: N_("その他の団体"),
}


class PostCategory(StrEnum):
    """The world a post belongs to."""

    TERRITORIAL = "territorial"
    POLICE_VOLUNTEER = "police_volunteer"
    SCHOOL = "school"
    BUSINESS = "business"
    MUNICIPAL = "municipal"
    COUNCIL = "council"


class Held(StationOwned):
    """A station's row about exactly one holder: a person or an organization."""

    person_id: UUID | None = Field(default=None, foreign_key="person.id", sa_type=Key, index=True)
    organization_id: UUID | None = Field(
        default=None, foreign_key="organization.id", sa_type=Key, index=True
    )


def one_holder() -> sa.CheckConstraint:
    """Return the constraint that a row has a person or an organization, never both or neither."""
    return sa.CheckConstraint("(person_id IS NULL) <> (organization_id IS NULL)", name="one_holder")


@dataclass(frozen=True, slots=True)
class Holder:
    """A person or an organization that can be asked, agree and be a liaison."""

    person_id: UUID | None = None
    organization_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.person_id is None) == (self.organization_id is None):
            raise ValueError("a holder is one person or one organization")

    @property
    def subject(self) -> tuple[str, UUID]:
        """What audit rows call it."""
        if self.person_id is not None:
            return ("person", self.person_id)
        return ("organization", self.organization_id)  # type: ignore[return-value]  # one of the two, see __post_init__

    @property
    def columns(self) -> dict[str, UUID | None]:
        """The two columns of a `Held` row."""
        return {"person_id": self.person_id, "organization_id": self.organization_id}


def about(table: type[Held], holder: Holder) -> sa.ColumnElement[bool]:
    """Return the condition that a row of `table` is about `holder`."""
    columns: Any = table
    if holder.person_id is not None:
        return sa.and_(columns.person_id == holder.person_id)
    return sa.and_(columns.organization_id == holder.organization_id)


def any_of(table: type[Held]) -> sa.ColumnElement[bool]:
    """Return the condition that a row of `table` is about one of those `named` as parameters."""
    columns: Any = table
    return sa.or_(columns.person_id.in_(PEOPLE), columns.organization_id.in_(ORGANIZATIONS))


class HolderKeys(NamedTuple):
    """The keys of many holders, people and organizations apart."""

    people: list[UUID]
    organizations: list[UUID]

    @classmethod
    def of(cls, holders: Iterable[Holder]) -> "HolderKeys":
        """Return the keys of `holders`, in their order."""
        asked = list(holders)
        return cls(
            [holder.person_id for holder in asked if holder.person_id],
            [holder.organization_id for holder in asked if holder.organization_id],
        )

    def are_of(self, table: type[Held]) -> sa.ColumnElement[bool]:
        """Return the condition that a row of `table` is about one of them."""
        columns: Any = table
        return sa.or_(
            columns.person_id.in_(self.people), columns.organization_id.in_(self.organizations)
        )


def named(*holders: Holder) -> dict[str, list[UUID]]:
    """Return the parameters of a statement with `any_of`, which is built once for all holders."""
    return HolderKeys.of(holders)._asdict()


PEOPLE = sa.bindparam("people", type_=Key(), expanding=True)
ORGANIZATIONS = sa.bindparam("organizations", type_=Key(), expanding=True)

Owner = Literal["person_id", "organization_id"]
"""Which of the two columns of a `Held` row a statement goes by, for the keys `OWNERS`."""
OWNERS = sa.bindparam("owners", type_=Key(), expanding=True)


class Person(StationOwned, Stamped, table=True):
    """Somebody the station knows by a public role; never a household, never a date of birth.

    Names keep the form their bearer writes; `kana_sort` orders them and `search_key` finds them.
    `care_note` (配慮事項) says what to do (「電話は夕方」), never an illness or disability.
    """

    __table_args__ = (sa.Index("ix_person_station_id_kana_sort", "station_id", "kana_sort"),)

    family_name: str = Field(max_length=60)
    given_name: str = Field(default="", max_length=60)
    family_kana: str = Field(default="", max_length=60)
    given_kana: str = Field(default="", max_length=60)
    name_as_given: str = Field(default="", max_length=120)
    kana_sort: str = Field(default="", sa_type=SortKey)
    kana_row: str = Field(default="他", max_length=1)
    search_key: str = Field(default="")
    address: str = Field(default="", max_length=200)
    longitude: float | None = None
    latitude: float | None = None
    care_note: str = Field(default="", max_length=500)
    provenance: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)

    @property
    def name(self) -> str:
        """The whole name in its bearer's own form."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def kana(self) -> str:
        """The whole reading, or nothing where it is not known."""
        return f"{self.family_kana} {self.given_kana}".strip()


class Organization(StationOwned, Stamped, table=True):
    """A group, school, shop or office the station works with.

    `area_id` is the area it stands for (an association's own); `external_key` tells an imported
    row apart on the next import.
    """

    __table_args__ = (
        sa.Index("ix_organization_station_id_kana_sort", "station_id", "kana_sort"),
        sa.Index("ix_organization_station_id_external_key", "station_id", "external_key"),
        sa.Index("ix_organization_on_file", "agency_id", "is_active", "station_id", "area_id"),
        sa.Index("ix_organization_of_area", "area_id", "agency_id", "is_active", "station_id"),
    )

    kind: OrganizationKind = Field(sa_type=choice(OrganizationKind))
    name: str = Field(max_length=160)
    kana: str = Field(default="", max_length=160)
    kana_sort: str = Field(default="", sa_type=SortKey)
    kana_row: str = Field(default="他", max_length=1)
    search_key: str = Field(default="")
    parent_id: UUID | None = Field(default=None, foreign_key="organization.id", sa_type=Key)
    area_id: UUID | None = Field(default=None, foreign_key="area.id", sa_type=Key)
    address: str = Field(default="", max_length=200)
    longitude: float | None = None
    latitude: float | None = None
    is_active: bool = True
    care_note: str = Field(default="", max_length=500)
    external_key: str = Field(default="", max_length=160)
    provenance: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)


class Telephone(Held, table=True):
    """One number as it was written, and what could be read from it.

    `last4` finds a person by the end of a number; `e164` is empty where the text is no number.
    """

    __table_args__ = (
        one_holder(),
        sa.Index("ix_telephone_station_id_last4", "station_id", "last4"),
    )

    position: int = 0
    raw: str = Field(max_length=80)
    e164: str | None = Field(default=None, max_length=20)
    extension: str = Field(default="", max_length=10)
    kind: PhoneKind = Field(sa_type=choice(PhoneKind))
    label: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=80)
    last4: str = Field(default="", max_length=4)


class PostType(Identified, table=True):
    """A kind of post people hold (自治会長, 少年警察補導員, …); the same for every station."""

    __tablename__ = "post_type"

    code: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=80)
    category: PostCategory = Field(sa_type=choice(PostCategory))
    position: int = 0


class Appointment(StationOwned, Stamped, table=True):
    """A post held by a person, at an organization or not, from one day to another.

    Many at once (S1 2(2)); an unknown start is left empty rather than invented.
    """

    person_id: UUID = Field(foreign_key="person.id", sa_type=Key, index=True)
    organization_id: UUID | None = Field(
        default=None, foreign_key="organization.id", sa_type=Key, index=True
    )
    post_type_id: UUID = Field(foreign_key="post_type.id", sa_type=Key)
    title: str = Field(default="", max_length=80)
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


class Registration(StationOwned, Dated, Stamped, table=True):
    """A place registered under a scheme, such as こども110番の家; without its household's name."""

    __table_args__ = (
        sa.Index("ix_registration_station_id_scheme_number", "station_id", "scheme", "number"),
    )

    scheme: str = Field(max_length=40)
    number: str = Field(max_length=40)
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id", sa_type=Key)
    area_id: UUID | None = Field(default=None, foreign_key="area.id", sa_type=Key, index=True)
    longitude: float | None = None
    latitude: float | None = None
    provenance: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)


@dataclass(frozen=True, slots=True)
class AppointmentEnded:
    """A person's post came to its end; whoever leaned on it hears of it in the same transaction."""

    person_id: UUID
    organization_id: UUID | None
    ended_on: dt.date


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """What is recorded of a person or an organization became different: name, numbers, posts."""

    holder: Holder
