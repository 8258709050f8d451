"""The organizations of a fictional town, each with the post that heads it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from crm.contacts.models import Holder, Organization, OrganizationKind, Telephone
from crm.kernel.kana import kana_row, kana_sort_key
from crm.kernel.text import search_key
from crm.samples.places import BRANCHES, CARE_NOTES, GROUP_FORMS, SHOPS
from crm.samples.rows import Row, Rows
from crm.samples.sizes import Size
from crm.samples.telephones import UnringableNumbers, telephone_columns
from crm.samples.town import Place, Town

Kind = OrganizationKind

HEAD_POSTS = {
    Kind.NEIGHBORHOOD_ASSOCIATION: "association_chair",
    Kind.COMMUNITY_COUNCIL: "community_council_chair",
    Kind.SCHOOL: "school_head",
    Kind.PRESCHOOL: "preschool_head",
    Kind.COMMUNITY_CENTER: "facility_head",
    Kind.SHOPKEEPERS_ASSOCIATION: "shopkeepers_chair",
    Kind.VOLUNTEER_GROUP: "crime_prevention_volunteer",
    Kind.BUSINESS: "shop_manager",
    Kind.PUBLIC_FACILITY: "facility_head",
    Kind.OTHER: "pta_chair",
}
STAFFED = (
    Kind.SCHOOL,
    Kind.PRESCHOOL,
    Kind.COMMUNITY_CENTER,
    Kind.BUSINESS,
    Kind.PUBLIC_FACILITY,
)
"""Headed by somebody who works there; residents head all others beside what else they do."""

_GROUPS = (
    Kind.PRESCHOOL,
    Kind.COMMUNITY_CENTER,
    Kind.SHOPKEEPERS_ASSOCIATION,
    Kind.VOLUNTEER_GROUP,
    Kind.PUBLIC_FACILITY,
    Kind.OTHER,
)
_CARE_SHARE = 0.06
_FAX_SHARE = 0.25
_CLOSED_SHARE = 0.02
_CITY_SCHOOLS = (
    ("{city}立{town}小学校", "{city_kana}リツ{kana}ショウガッコウ"),
    ("{city}立{town}中学校", "{city_kana}リツ{kana}チュウガッコウ"),
)
_OTHER_SCHOOLS = (
    ("若葉県立{town}高等学校", "ワカバケンリツ{kana}コウトウガッコウ"),
    ("{town}特別支援学校", "{kana}トクベツシエンガッコウ"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """An organization as the rest of the sample refers to it."""

    id: UUID
    kind: OrganizationKind
    name: str
    place: Place
    head_post: str
    is_active: bool


def put_organizations(
    rows: Rows,
    town: Town,
    size: Size,
    numbers: UnringableNumbers,
    opened: dt.date,
    *,
    own_areas: bool = True,
) -> list[Known]:
    """Put every organization of the town into `rows`, councils before what stands under them.

    Without `own_areas` no association speaks for its area: it is not the office's to say.
    """
    desk = _Desk(rows, numbers, opened, own_areas)
    councils = [
        desk.put(Kind.COMMUNITY_COUNCIL, name, kana, place)
        for name, kana, place in _councils(town, size)
    ]
    above = {council.place.elementary: council.id for council in councils}
    associations = [desk.put_association(place, above) for place in town.places]
    schools = [desk.put(Kind.SCHOOL, *school) for school in _schools(rows, town, size)]
    groups = [
        desk.put(kind, *group)
        for kind in _GROUPS
        for group in _groups(rows, town, kind, size.organizations.get(kind, 0))
    ]
    shops = [
        desk.put(Kind.BUSINESS, *shop)
        for shop in _shops(rows, town, size.organizations[Kind.BUSINESS])
    ]
    return [*councils, *associations, *schools, *groups, *shops]


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where organizations are entered, the way the pages enter them."""

    rows: Rows
    numbers: UnringableNumbers
    opened: dt.date
    own_areas: bool

    def put(self, kind: Kind, name: str, kana: str, place: Place, **more: UUID | None) -> Known:
        rng = self.rows.rng
        north, east = rng.uniform(-0.0004, 0.0004), rng.uniform(-0.0004, 0.0004)
        is_active = kind is not Kind.BUSINESS or rng.random() > _CLOSED_SHARE
        key = self.rows.put(
            Organization,
            self.opened,
            **organization_columns(kind, name, kana),
            address=f"{place.address}{rng.randint(1, 9)}番{rng.randint(1, 28)}号",
            longitude=round(place.center.x + east, 6),
            latitude=round(place.center.y + north, 6),
            care_note=rng.choice(CARE_NOTES[2:]) if rng.random() < _CARE_SHARE else "",
            is_active=is_active,
            **more,
        )
        if kind in STAFFED:
            self._put_telephones(key)
        return Known(key, kind, name, place, _head_post(kind, name), is_active)

    def put_association(self, place: Place, above: Mapping[int, UUID]) -> Known:
        """Enter an area's association below the council of its elementary district."""
        return self.put(
            Kind.NEIGHBORHOOD_ASSOCIATION,
            f"{place.name}自治会",
            f"{place.kana}ジチカイ",
            place,
            parent_id=above.get(place.elementary),
            area_id=place.id if self.own_areas else None,
        )

    def _put_telephones(self, key: UUID) -> None:
        cell = self.numbers.fixed()
        draw = self.rows.rng.random()
        if draw < _FAX_SHARE:
            cell += f"\nFAX {self.numbers.fixed()}"
        elif draw < 2 * _FAX_SHARE:
            cell += "（代）"
        put_telephones(self.rows, Holder(organization_id=key), cell, self.opened)


def put_telephones(rows: Rows, holder: Holder, cell: str, day: dt.date) -> None:
    """Put the numbers of a cell into `rows`, read as the pages read them."""
    for telephone in telephone_columns(cell):
        rows.put(Telephone, day, **holder.columns, **telephone)


def organization_columns(kind: Kind, name: str, kana: str) -> Row:
    """Return a name with the columns an organization is ordered and found by."""
    return {
        "kind": kind,
        "name": name,
        "kana": kana,
        "kana_sort": kana_sort_key(kana),
        "kana_row": kana_row(kana),
        "search_key": search_key(name, kana),
    }


def _head_post(kind: Kind, name: str) -> str:
    if kind is Kind.OTHER:
        return next((post for word, post in _OTHER_HEADS if word in name), HEAD_POSTS[Kind.OTHER])
    return "business_manager" if "営業所" in name or "支店" in name else HEAD_POSTS[kind]


_OTHER_HEADS = (("分団", "fire_corps_leader"), ("老人クラブ", "other"))


def _councils(town: Town, size: Size) -> list[tuple[str, str, Place]]:
    return [
        (
            f"{name}地区コミュニティ協議会",
            f"{kana}チクコミュニティキョウギカイ",
            _first(town, number),
        )
        for number, (name, kana) in enumerate(town.elementary)
    ][: size.organizations[Kind.COMMUNITY_COUNCIL]]


def _first(town: Town, elementary: int) -> Place:
    return next(place for place in town.places if place.elementary == elementary)


def _schools(rows: Rows, town: Town, size: Size) -> list[tuple[str, str, Place]]:
    """Give each district its school in the area it is named after; the rest are elsewhere."""
    where = {(place.name, place.kana): place for place in town.places}
    schools = [
        (*_fill(form, where[named]), where[named])
        for form, districts in zip(_CITY_SCHOOLS, (town.elementary, town.junior_high), strict=True)
        for named in districts
    ]
    more = size.organizations[Kind.SCHOOL] - len(schools)
    return schools + _named(_OTHER_SCHOOLS, rows.rng.sample(town.places, max(more, 0)))


def _groups(rows: Rows, town: Town, kind: Kind, count: int) -> list[tuple[str, str, Place]]:
    return _named(GROUP_FORMS[kind.value], rows.rng.sample(town.places, count)) if count else []


def _named(
    forms: Sequence[tuple[str, str]], places: Sequence[Place]
) -> list[tuple[str, str, Place]]:
    return [(*_fill(forms[order % len(forms)], place), place) for order, place in enumerate(places)]


def _fill(form: tuple[str, str], place: Place) -> tuple[str, str]:
    city = place.municipality
    return (
        form[0].format(town=place.name, city=city.name),
        form[1].format(kana=place.kana, city_kana=city.kana),
    )


def _shops(rows: Rows, town: Town, count: int) -> list[tuple[str, str, Place]]:
    """Let the chains stand in town after town, no two of one chain in the same."""
    corners = [(shop, place) for shop in SHOPS for place in town.places]
    chosen = rows.rng.sample(corners, count)
    return [
        (*_fill(BRANCHES.get(name, (name + " {town}店", kana + " {kana}テン")), place), place)
        for (name, kana), place in chosen
    ]
