"""The people of a fictional town, residents and those who work there, and the posts they hold."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from crm.contacts.models import Appointment, Holder, Person
from crm.contacts.models import OrganizationKind as Kind
from crm.kernel.kana import kana_row, kana_sort_key
from crm.kernel.text import search_key
from crm.samples.book import PostKind
from crm.samples.names import Name, any_name
from crm.samples.organizations import STAFFED, Known, put_telephones
from crm.samples.places import CARE_NOTES
from crm.samples.rows import Row, Rows
from crm.samples.sizes import Size
from crm.samples.telephones import UnringableNumbers
from crm.samples.town import Place, Town

_POSTS_NOW, _POSTS_EVER = 1.4, 2.8
"""Per person: at the same time, and over five years with those that ended (`scale.md`)."""

_CARE_SHARE = 0.12
_UNREAD_SHARE = 0.01
_MOST_AT_ONCE = 5
_TERM_YEARS = 2
_ASSOCIATION_POSTS = (
    "association_chair",
    "association_vice_chair",
    "association_crime_prevention",
)
_LONE_POSTS = (
    "safety_promotion_member",
    "juvenile_guidance_volunteer",
    "crime_prevention_instructor",
    "koban_council_member",
    "school_safety_volunteer",
    "welfare_commissioner",
    "crime_prevention_volunteer",
)


@dataclass(slots=True)
class Acquaintance:
    """A person as the rest of the sample refers to them."""

    id: UUID
    name: Name
    place: Place
    workplace: Known | None = None
    posts: set[tuple[str, UUID | None]] = field(default_factory=set)


@dataclass(slots=True)
class Community:
    """Everybody known to a station, and who speaks for which organization."""

    people: list[Acquaintance]
    organizations: list[Known]
    heads: dict[UUID, Acquaintance]
    residents: dict[UUID, list[Acquaintance]]
    replaced: dict[UUID, Acquaintance] = field(default_factory=dict)
    """Chairs who left in the last spring, by the organization they spoke for."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Where people and their posts are entered, the way the pages enter them."""

    rows: Rows
    numbers: UnringableNumbers
    post_types: Mapping[str, PostKind]
    today: dt.date

    def person(self, place: Place, day: dt.date, workplace: Known | None = None) -> Acquaintance:
        """Enter a person who lives at `place`, or is known by a workplace alone."""
        rng = self.rows.rng
        name = any_name(rng)
        address = "" if workplace else f"{place.address}{rng.randint(1, 9)}番{rng.randint(1, 28)}号"
        care_note = rng.choice(CARE_NOTES) if rng.random() < _CARE_SHARE else ""
        key = self.rows.put(
            Person,
            day,
            **person_columns(name, read=rng.random() > _UNREAD_SHARE),
            address=address,
            care_note=care_note,
        )
        if not workplace:
            cell = self._telephones()
            put_telephones(self.rows, Holder(person_id=key), cell, day)
        return Acquaintance(key, name, place, workplace)

    def appoint(
        self,
        person: Acquaintance,
        post: str,
        organization: Known | None,
        period: tuple[dt.date | None, dt.date | None],
        title: str = "",
    ) -> None:
        """Enter a post held over a period; known since nobody knows when where that is open."""
        entered = period[0] or self.today - dt.timedelta(days=400)
        self.rows.put(
            Appointment,
            min(entered, self.today),
            person_id=person.id,
            organization_id=organization.id if organization else None,
            post_type_id=self.post_types[post].id,
            title=title,
            valid_from=period[0],
            valid_to=period[1],
        )

    def _telephones(self) -> str:
        draw = self.rows.rng.random()
        if draw < 0.45:  # noqa: PLR2004 - a line at home alone
            return self.numbers.fixed()
        if draw < 0.75:  # noqa: PLR2004 - both
            return f"{self.numbers.fixed()}\n携帯 {self.numbers.mobile()}"
        if draw < 0.85:  # noqa: PLR2004 - two lines
            return f"自宅 {self.numbers.fixed()}\nFAX {self.numbers.fixed()}"
        return self.numbers.mobile()


def put_community(
    registry: Registry, town: Town, organizations: list[Known], size: Size, begins: dt.date
) -> Community:
    """Put the people of a station and their posts into the registry's rows."""
    day = begins + dt.timedelta(days=1)
    workers = [
        registry.person(known.place, day, known) for known in organizations if known.kind in STAFFED
    ][: size.persons // 2]
    places = [town.places[order % len(town.places)] for order in range(size.persons - len(workers))]
    residents = [registry.person(place, day) for place in places]
    by_area: dict[UUID, list[Acquaintance]] = {place.id: [] for place in town.places}
    for resident in residents:
        by_area[resident.place.id].append(resident)
    community = Community([*workers, *residents], organizations, {}, by_area)
    held = _head_all(registry, community, workers)
    held += _fill_posts(registry, community, residents, round(size.persons * _POSTS_NOW) - held)
    _replace_chairs(registry, community)
    _past_posts(registry, community, round(size.persons * _POSTS_EVER) - held)
    return community


def person_columns(name: Name, *, read: bool) -> Row:
    """Return a name with the columns a person is ordered and found by, and its reading if known."""
    family_kana, given_kana = (name.family_kana, name.given_kana) if read else ("", "")
    return {
        "family_name": name.family,
        "given_name": name.given,
        "family_kana": family_kana,
        "given_kana": given_kana,
        "kana_sort": kana_sort_key(family_kana, given_kana),
        "kana_row": kana_row(family_kana),
        "search_key": search_key(name.family + name.given, family_kana + given_kana),
    }


def last_spring(today: dt.date) -> dt.date:
    """Return the newest first of April, when chairs and officers change."""
    return dt.date(today.year if today >= dt.date(today.year, 4, 1) else today.year - 1, 4, 1)


def _head_all(registry: Registry, community: Community, workers: Sequence[Acquaintance]) -> int:
    """Give every organization its head: those who work there, else a resident of the area."""
    by_workplace = {worker.workplace.id: worker for worker in workers if worker.workplace}
    for known in community.organizations:
        head = by_workplace.get(known.id) or _resident(registry, community, known)
        community.heads[known.id] = head
        _take_post(registry, head, known.head_post, known, _some_spring(registry))
    return len(community.organizations)


def _resident(registry: Registry, community: Community, known: Known) -> Acquaintance:
    neighbors = community.residents[known.place.id]
    if known.kind is Kind.NEIGHBORHOOD_ASSOCIATION:
        return neighbors[0]
    return registry.rows.rng.choice(neighbors)


def _fill_posts(
    registry: Registry, community: Community, residents: Sequence[Acquaintance], wanted: int
) -> int:
    """Give residents further posts beside those they hold until `wanted` are given."""
    rng = registry.rows.rng
    associations = {
        known.place.id: known
        for known in community.organizations
        if known.kind is Kind.NEIGHBORHOOD_ASSOCIATION
    }
    vacant = [
        (residents_here[order], post, associations[area_id])
        for area_id, residents_here in community.residents.items()
        for order, post in ((1, _ASSOCIATION_POSTS[1]), (2, _ASSOCIATION_POSTS[2]))
        if order < len(residents_here)
    ]
    given = 0
    for person, post, association in vacant[: round(wanted * 0.7)]:
        _take_post(registry, person, post, association, _some_spring(registry))
        given += 1
    while given < wanted:
        person, post = rng.choice(residents), rng.choice(_LONE_POSTS)
        if (post, None) in person.posts or len(person.posts) >= _MOST_AT_ONCE:
            continue
        _take_post(registry, person, post, None, _some_spring(registry))
        given += 1
    return given


def _take_post(
    registry: Registry, person: Acquaintance, post: str, known: Known | None, since: dt.date
) -> None:
    person.posts.add((post, known.id if known else None))
    unknown = registry.rows.rng.random() < 0.05  # noqa: PLR2004 - some beginnings nobody knows
    registry.appoint(person, post, known, (None if unknown else since, None), _title(post, known))


def _title(post: str, known: Known | None) -> str:
    if post != "other" or known is None:
        return ""
    return "会長"


def _some_spring(registry: Registry) -> dt.date:
    latest = last_spring(registry.today)
    return latest.replace(year=latest.year - registry.rows.rng.randrange(_TERM_YEARS))


def _replace_chairs(registry: Registry, community: Community) -> None:
    """End some chairs in the last spring; who follows is a neighbor, and nobody's liaison by it."""
    spring = last_spring(registry.today)
    associations = [
        known
        for known in community.organizations
        if known.kind is Kind.NEIGHBORHOOD_ASSOCIATION
        and len(community.residents[known.place.id]) > 1
    ]
    few = max(2, len(associations) // 40)
    for known in registry.rows.rng.sample(associations, few):
        former, successor = community.residents[known.place.id][:2]
        row = next(
            row
            for row in registry.rows.tables["appointment"]
            if row["person_id"] == former.id
            and row["organization_id"] == known.id
            and row["valid_to"] is None
        )
        row["valid_from"] = spring.replace(year=spring.year - _TERM_YEARS)
        row["valid_to"] = spring - dt.timedelta(days=1)
        registry.appoint(successor, known.head_post, known, (spring, None))
        community.heads[known.id] = successor
        community.replaced[known.id] = former


def _past_posts(registry: Registry, community: Community, wanted: int) -> None:
    """Enter posts of earlier years that ended, until `wanted` are entered."""
    others = (
        term
        for term in _earlier_terms(registry, community)
        # since when a post is held now may be unknown: it would be held twice at once
        if (term[1], term[2].id if term[2] else None) not in term[0].posts
    )
    for person, post, known, begins in islice(others, wanted):
        ends = begins.replace(year=begins.year + _TERM_YEARS) - dt.timedelta(days=1)
        registry.appoint(person, post, known, (begins, ends), _title(post, known))


def _earlier_terms(
    registry: Registry, community: Community
) -> Iterator[tuple[Acquaintance, str, Known | None, dt.date]]:
    """Yield the terms before those that run now, back over five years and more."""
    rng, latest = registry.rows.rng, last_spring(registry.today)
    for years in (3, 5, 7):
        begins = latest.replace(year=latest.year - years)
        for known in community.organizations:
            if known.kind not in STAFFED:
                neighbors = community.residents[known.place.id]
                yield rng.choice(neighbors), known.head_post, known, begins
        for person in community.people:
            if person.workplace is None:
                yield person, rng.choice(_LONE_POSTS), None, begins
