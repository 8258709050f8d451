"""Plans for files of organizations: associations of areas, public places, safe houses."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from crm.areas.models import Area
from crm.areas.queries import AreaIndex, AreaLine
from crm.contacts.models import Organization, OrganizationKind, Registration, Telephone
from crm.imports.places import order_without_kana
from crm.imports.plans import Number, Plan, Remark, Step, Subject, plan_of, step_between
from crm.imports.rows import AreaRow, FacilityRow, SafeHouseRow
from crm.kernel.errors import Refused
from crm.kernel.kana import kana_row, kana_sort_key
from crm.kernel.text import search_key

CHILD_110 = "child_110"
"""The scheme of こども110番の家, whatever a city calls its own."""


def plan_associations(
    rows: Iterable[AreaRow], areas: Mapping[str, Area], known: Mapping[str, Organization]
) -> Plan:
    """Decide about the association of each area; `areas` by name hold every row's area."""

    def step_of(row: AreaRow) -> Step:
        area = areas[row.name]
        key = f"area/{area.id}"
        wanted = {"name": row.name, "area_id": area.id}
        kind = OrganizationKind.NEIGHBORHOOD_ASSOCIATION
        return _with_keys(
            step_between(
                row.row,
                known.get(key),
                wanted,
                only_new={"kind": kind, "kana": "", "external_key": key},
            )
        )

    return plan_of(Subject.ORGANIZATION, rows, step_of, key_of=lambda row: row.name)


def plan_facilities(
    rows: Iterable[FacilityRow | Remark],
    known: Mapping[str, Organization],
    numbers: Mapping[UUID, Sequence[Telephone]],
) -> Plan:
    """Decide about public places. A file adds telephone numbers and never takes one away."""

    def step_of(row: FacilityRow) -> Step:
        existing = known.get(row.key)
        has = {_same(each) for each in numbers.get(existing.id, ())} if existing else set()
        wanted = {
            "kind": row.kind,
            "name": row.name,
            "kana": row.kana,
            "address": row.address,
            "longitude": row.longitude,
            "latitude": row.latitude,
        }
        return _with_keys(
            step_between(
                row.row,
                existing,
                wanted,
                only_new={"external_key": row.key},
                numbers=[each for each in row.numbers if _same(each) not in has],
                remarks=row.remarks,
            )
        )

    return plan_of(Subject.ORGANIZATION, rows, step_of, key_of=lambda row: row.key)


def plan_safe_houses(
    rows: Iterable[SafeHouseRow | Remark],
    *,
    districts: Sequence[AreaLine],
    known: Iterable[Registration],
    day: dt.date,
) -> Plan:
    """Decide about safe houses, each in the one elementary district its point lies in.

    A number tells houses apart inside a municipality. The district the file names is compared
    with the point's; where they differ the point is believed and the difference remarked.
    """
    index = AreaIndex(districts)
    by_id = {district.id: district for district in districts}
    towns = {district.id: district.municipality_code for district in districts}
    existing = {(towns.get(each.area_id), each.number): each for each in known if each.area_id}

    def step_of(row: SafeHouseRow) -> Step:
        district = by_id[_only_district(index.at(row.longitude, row.latitude))]
        return step_between(
            row.row,
            existing.get((district.municipality_code, row.number)),
            {"area_id": district.id, "longitude": row.longitude, "latitude": row.latitude},
            only_new={"scheme": CHILD_110, "number": row.number, "valid_from": day},
            remarks=_difference(row, district.name),
        )

    return plan_of(Subject.SAFE_HOUSE, rows, step_of, key_of=lambda row: row.number)


def _with_keys(step: Step) -> Step:
    """Add the columns that follow from the name and its reading, where either is new."""
    if not step.values.keys() & {"name", "kana"}:
        return step
    name = step.values.get("name") or step.existing.name
    kana = step.values.get("kana", step.existing.kana if step.existing else "")
    keys = {
        "kana_sort": kana_sort_key(kana) if kana else order_without_kana(name),
        "kana_row": kana_row(kana),
        "search_key": search_key(name, kana),
    }
    return Step(
        step.row,
        step.verdict,
        {**step.values, **keys},
        step.existing,
        step.numbers,
        step.remarks,
    )


def _same(number: Number | Telephone) -> tuple[str, str, bool]:
    """Tell numbers apart: by what is dialed, or as written where nothing could be read."""
    return (number.e164 or number.raw, number.extension, number.kind == "fax")


def _only_district(found: Sequence[UUID]) -> UUID:
    if not found:
        raise Refused(
            "地点がどの小学校区にも入りません。小学校区を先に取り込むか、位置を確認してください。"
        )
    if len(found) > 1:
        raise Refused("地点が二つ以上の小学校区に入ります。区域の境界を確認してください。")
    return found[0]


def _difference(row: SafeHouseRow, district: str) -> Sequence[Remark]:
    told = row.district.removesuffix("学区").removesuffix("小学校")
    if not told or told == district.removesuffix("区").removesuffix("小学校"):
        return ()
    return (
        Remark(
            row.row,
            "学区の欄は「%(told)s」ですが、地点は「%(district)s」の区域にあります。地点の区域で登録します。",
            {"told": row.district, "district": district},
        ),
    )
