"""What is on record already, as plain values a list can be held against; and finding one in it."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from crm.contacts.models import OrganizationKind
from crm.intake.models import ListKind
from crm.kernel.kana import normalize_kana
from crm.kernel.phone import Phone
from crm.kernel.text import search_key
from crm.liaisons.models import LiaisonState

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
ASSOCIATION_ENDINGS = tuple(search_key(word) for word in ("自治会", "町内会", "町会"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPost:
    """A post that holds on the day of the list, with who holds it."""

    id: UUID
    revision: int
    person_id: UUID
    person_name: str
    organization_id: UUID | None
    organization_name: str
    post_type_id: UUID
    post: str
    valid_from: dt.date | None
    valid_to: dt.date | None

    @property
    def label(self) -> str:
        """The organization and the post."""
        return f"{self.organization_name} {self.post}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Where a holder stands as a liaison; days of asking and areas are those of running terms."""

    state: LiaisonState = LiaisonState.NONE
    asked_on: frozenset[dt.date] = frozenset()
    areas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person on record; `numbers` are what is dialed."""

    id: UUID
    revision: int
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    address: str
    numbers: frozenset[str] = frozenset()
    posts: Sequence[KnownPost] = ()
    serving: Serving = field(default_factory=Serving)

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def kana(self) -> str:
        """The whole reading."""
        return f"{self.family_kana} {self.given_kana}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOrganization:
    """An organization on record."""

    id: UUID
    revision: int
    kind: OrganizationKind
    name: str
    kana: str
    address: str
    area_id: UUID | None = None
    numbers: frozenset[str] = frozenset()
    serving: Serving = field(default_factory=Serving)


@dataclass(frozen=True, slots=True)
class PostKind:
    """A kind of post people hold."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """An area of the station."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """All that a plan asks: whose list of which day it is, and what is on record.

    `people` and `organizations` may be those only whom the list could mean; `posts` are all they
    hold, and at those organizations all that have one holder; `asks_liaisons` is false where the
    liaison network is not kept.
    """

    kind: ListKind
    day: dt.date
    today: dt.date
    people: Sequence[KnownPerson] = ()
    organizations: Sequence[KnownOrganization] = ()
    posts: Sequence[KnownPost] = ()
    places: Sequence[Place] = ()
    post_kinds: Sequence[PostKind] = ()
    asks_liaisons: bool = True


class Index:
    """`Lookups` arranged for finding; made once for a plan."""

    def __init__(self, lookups: Lookups) -> None:
        self.lookups = lookups
        self.kinds = {kind.code: kind for kind in lookups.post_kinds}
        self._people = grouped(lookups.people, lambda each: name_key(each.name))
        self._organizations = grouped(lookups.organizations, lambda each: search_key(each.name))
        self._associations = grouped(
            (each for each in lookups.organizations if is_association(each)),
            lambda each: short_key(each.name),
        )
        self._by_area = grouped(
            (each for each in lookups.organizations if each.area_id and is_association(each)),
            lambda each: each.area_id,
        )
        self._places = grouped(lookups.places, lambda each: short_key(each.name))
        self._holders = grouped(
            lookups.posts,
            lambda post: (post.organization_id, post.post_type_id),
        )

    def people_named(self, name: str) -> Sequence[KnownPerson]:
        """Return who is called that, in whatever form of the characters."""
        return self._people.get(name_key(name), ())

    def organizations_named(self, name: str, *, association: bool) -> Sequence[KnownOrganization]:
        """Return what is called that; an association also without its ending, or by its area."""
        exact = self._organizations.get(search_key(name), ())
        if exact or not association:
            return exact
        short = self._associations.get(short_key(name), ())
        place = self.place_named(name)
        return short or (self._by_area.get(place.id, ()) if place else ())

    def place_named(self, name: str) -> Place | None:
        """Return the one area of that name, with or without 自治会 at its end."""
        found = self._places.get(short_key(name), ())
        return found[0] if len(found) == 1 else None

    def holders_of(
        self, organization: UUID | str | None, post_type_id: UUID
    ) -> Sequence[KnownPost]:
        """Return who holds a kind of post at an organization; nobody at one not on record."""
        if not isinstance(organization, UUID):
            return ()
        return self._holders.get((organization, post_type_id), ())


def name_key(name: str) -> str:
    """Return the form under which a name is compared: without spaces and variants of kanji."""
    return search_key(name)


def short_key(name: str) -> str:
    """Return the form of an association's or area's name without 自治会, 町内会 or 町会."""
    return shortened(search_key(name))


def shortened(key: str) -> str:
    """Return the key of a name without its ending."""
    for ending in ASSOCIATION_ENDINGS:
        if key.endswith(ending) and key != ending:
            return key.removesuffix(ending)
    return key


def kana_key(kana: str) -> str:
    """Return the form under which readings are compared."""
    return normalize_kana(kana).replace(" ", "")


def figures(raw: str) -> str:
    """Return the figures of a number that could not be read."""
    return "".join(str(int(char)) for char in raw if char.isdecimal())


def number_key(phone: Phone) -> str:
    """Return what is dialed, or the figures of what could not be read."""
    return phone.e164 or figures(phone.raw)


def is_association(organization: KnownOrganization) -> bool:
    """Whether it is a 自治会 or the like."""
    return organization.kind is OrganizationKind.NEIGHBORHOOD_ASSOCIATION


def grouped(items: Iterable[T], key: Callable[[T], K]) -> Mapping[K, Sequence[T]]:
    """Return `items` by their key, in their order."""
    found: dict[K, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found
