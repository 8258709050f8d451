"""Rows of the files cities publish, read into plain values or refused with the reason."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import shapely

from crm.agencies.models import UnitKind
from crm.contacts.models import OrganizationKind
from crm.formats.delimited import Table, column, rows_by
from crm.formats.geodata import Feature
from crm.imports.codes import full_code
from crm.imports.plans import Number, Remark
from crm.kernel.errors import Refused
from crm.kernel.kana import normalize_kana
from crm.kernel.phone import Phone, PhoneKind, last4, read_phones
from crm.kernel.wareki import parse_date

FACILITY_COLUMNS = {
    "code": column("都道府県コード又は市区町村コード", "全国地方公共団体コード"),
    "number": column("NO", "ID"),
    "name": column("名称"),
    "kana": column("名称_カナ"),
    "address": column("住所", "所在地_連結表記"),
    "building": column("方書", "建物名等(方書)"),
    "latitude": column("緯度"),
    "longitude": column("経度"),
    "phone": column("電話番号"),
    "extension": column("内線番号"),
    "fax": column("FAX番号"),
    "type": column("種別"),
    "remark": column("備考"),
}
FACILITY_REQUIRED = ("code", "number", "name", "address")
PROPERTY_COLUMNS = {
    "name": FACILITY_COLUMNS["name"].name,
    "fullNameInKana": FACILITY_COLUMNS["kana"].name,
    "address": FACILITY_COLUMNS["address"].name,
    "latitude": FACILITY_COLUMNS["latitude"].name,
    "longitude": FACILITY_COLUMNS["longitude"].name,
    "telephoneNumber": FACILITY_COLUMNS["phone"].name,
    "certifiedType": FACILITY_COLUMNS["type"].name,
    "note": FACILITY_COLUMNS["remark"].name,
}
"""What cities call the columns of a place where row 1 holds keys for programs (`#property`)."""
SAFE_HOUSE_COLUMNS = {
    "number": column("ID"),
    "district": column("学区"),
    "longitude": column("経度"),
    "latitude": column("緯度"),
}
JURISDICTION_COLUMNS = {
    "box": column("交番・駐在所"),
    "area": column("区域"),
    "day": column("開始日"),
}

UNIT_KINDS = {
    "警察署": UnitKind.STATION,
    "交番": UnitKind.KOBAN,
    "駐在所": UnitKind.CHUZAISHO,
}
# What a city calls a place, at the end of its 種別, its 備考 or its name, in this order.
ORGANIZATION_KINDS = (
    (
        re.compile(
            "((小|中|高等|義務教育|中等教育|高等専門|支援|養護|盲|聾|ろう)学校|学校.*分校)$"
        ),
        OrganizationKind.SCHOOL,
    ),
    (re.compile("(幼稚園|保育所|保育園|保育施設|保育事業|こども園)$"), OrganizationKind.PRESCHOOL),
    (re.compile("(公民館|交流センター|コミュニティセンター)$"), OrganizationKind.COMMUNITY_CENTER),
)
TOWN = re.compile(r"\D{1,6}?[市区町村]")
IN_BRACKETS = re.compile(r"[（(].*[）)]$")

JAPAN = shapely.box(122, 20, 154, 46)


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A named polygon."""

    row: int
    name: str
    polygon: shapely.Geometry


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A police station or a box as a point."""

    row: int
    kind: UnitKind
    name: str
    address: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class JurisdictionRow:
    """A box made responsible for an area from a day on."""

    row: int
    box: str
    area: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A school, preschool, community center or other public place."""

    row: int
    key: str
    kind: OrganizationKind
    name: str
    kana: str
    address: str
    longitude: float | None
    latitude: float | None
    numbers: tuple[Number, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class SafeHouseRow:
    """A house where children may run to, without its household's name."""

    row: int
    number: str
    district: str
    longitude: float
    latitude: float


Raw = TypeVar("Raw")
Read = TypeVar("Read")


def area_rows(features: Sequence[Feature], name_property: str) -> list[AreaRow | Remark]:
    """Read named polygons."""

    def read(row: int, feature: Feature) -> AreaRow:
        if isinstance(feature.geometry, shapely.Point):
            raise Refused("点の図形です。区域（ポリゴン）だけを取り込みます。")
        name = _text(feature.properties.get(name_property, ""), "名称", 120)
        return AreaRow(row, name, feature.geometry)

    return _read_each(enumerate(features, 1), read)


def unit_rows(features: Sequence[Feature]) -> list[UnitRow | Remark]:
    """Read stations and boxes."""

    def read(row: int, feature: Feature) -> UnitRow:
        kind = UNIT_KINDS.get(feature.properties.get("種別", ""))
        if kind is None:
            raise Refused("種別が警察署、交番、駐在所のどれでもありません。")
        if not isinstance(feature.geometry, shapely.Point):
            raise Refused("点の図形ではありません。")
        name = _text(feature.properties.get("名称", ""), "名称", 120)
        address = _fitting(feature.properties.get("住所", ""), "住所", 200)
        return UnitRow(row, kind, name, address, feature.geometry.x, feature.geometry.y)

    return _read_each(enumerate(features, 1), read)


def jurisdiction_rows(table: Table, *, default_day: dt.date) -> list[JurisdictionRow | Remark]:
    """Read who is responsible for which area; a row without a first day gets `default_day`."""

    def read(row: int, cells: dict[str, str]) -> JurisdictionRow:
        day = parse_date(cells["day"]).value if cells["day"] else default_day
        if day is None:
            raise Refused(
                "開始日「%(text)s」を読めません。令和8年4月1日又は2026-04-01のように書いてください。",
                text=cells["day"],
            )
        box, area = _text(cells["box"], "交番・駐在所", 120), _text(cells["area"], "区域", 120)
        return JurisdictionRow(row, box, area, day)

    return _read_each(rows_by(table, JURISDICTION_COLUMNS), read)


def facility_rows(table: Table, *, area_code: str) -> list[FacilityRow | Remark]:
    """Read places in the columns of the municipal standard data set, old and new.

    Where a file numbers its rows and not its places, a place is known by its town and its name.
    """
    numbered = FACILITY_COLUMNS["number"].header_in(table) is not None

    def read(row: int, cells: dict[str, str]) -> FacilityRow:
        longitude, latitude = _place(cells) or (None, None)
        phones = list(_phones(cells, area_code))
        return FacilityRow(
            row,
            key=_facility_key(cells) if numbered else _key_by_name(cells),
            kind=organization_kind(cells["type"], cells["remark"], cells["name"]),
            name=_text(cells["name"], "名称", 160),
            kana=_fitting(normalize_kana(cells["kana"]), "名称_カナ", 160),
            address=_fitting(f"{cells['address']} {cells['building']}".strip(), "住所", 200),
            longitude=longitude,
            latitude=latitude,
            numbers=tuple(_number(phone) for phone in phones),
            remarks=tuple(_doubts(row, phones)),
        )

    return _read_each(rows_by(table, FACILITY_COLUMNS), read)


def safe_house_rows(table: Table) -> list[SafeHouseRow | Remark]:
    """Read こども110番の家, by whatever name the city has given them."""

    def read(row: int, cells: dict[str, str]) -> SafeHouseRow:
        place = _place(cells)
        if place is None:
            raise Refused("緯度・経度がありません。")
        return SafeHouseRow(row, _text(cells["number"], "ID", 40), cells["district"], *place)

    return _read_each(rows_by(table, SAFE_HOUSE_COLUMNS), read)


def organization_kind(*descriptions: str) -> OrganizationKind:
    """Return what a place is from the words about it, the surest first."""
    for description in descriptions:
        words = IN_BRACKETS.sub("", description).strip()
        for pattern, kind in ORGANIZATION_KINDS:
            if pattern.search(words):
                return kind
    return OrganizationKind.PUBLIC_FACILITY


def _facility_key(cells: dict[str, str]) -> str:
    return f"{full_code(cells['code'])}/{_text(cells['number'], 'NO', 100)}"


def _key_by_name(cells: dict[str, str]) -> str:
    town = TOWN.match(cells["address"])
    return f"{town[0] if town else ''}/{_text(cells['name'], '名称', 140)}"


def _read_each(
    numbered: Iterable[tuple[int, Raw]], read: Callable[[int, Raw], Read]
) -> list[Read | Remark]:
    rows: list[Read | Remark] = []
    for number, raw in numbered:
        try:
            rows.append(read(number, raw))
        except Refused as refusal:
            rows.append(Remark(number, refusal.message, refusal.facts))
    return rows


def _text(text: str, label: str, limit: int) -> str:
    if not text:
        raise Refused("%(label)sが空です。", label=label)
    return _fitting(text, label, limit)


def _fitting(text: str, label: str, limit: int) -> str:
    if len(text) > limit:
        raise Refused("%(label)sが長すぎます（%(limit)s文字まで）。", label=label, limit=limit)
    return text


def _place(cells: dict[str, str]) -> tuple[float, float] | None:
    """Return longitude and latitude, or None where both cells are empty."""
    if not cells["longitude"] and not cells["latitude"]:
        return None
    longitude, latitude = _degrees(cells["longitude"]), _degrees(cells["latitude"])
    if not JAPAN.covers(shapely.Point(longitude, latitude)):
        raise Refused(
            "経度%(longitude)s・緯度%(latitude)sは日本の範囲にありません。"
            "経度と緯度の列が入れ替わっていないか確認してください。",
            longitude=longitude,
            latitude=latitude,
        )
    return longitude, latitude


def _degrees(text: str) -> float:
    try:
        degrees = float(unicodedata.normalize("NFKC", text))
    except ValueError:
        degrees = math.nan
    if not math.isfinite(degrees):
        raise Refused("緯度・経度「%(text)s」が数字ではありません。", text=text)
    return degrees


def _phones(cells: dict[str, str], area_code: str) -> Iterator[Phone]:
    phone, extension = cells["phone"], cells["extension"]
    cell = f"{phone} 内線{extension}" if phone and extension else phone
    yield from read_phones(cell, area_code=area_code)
    for fax in read_phones(cells["fax"], area_code=area_code):
        yield replace(fax, kind=PhoneKind.FAX) if fax.e164 else fax


def _number(phone: Phone) -> Number:
    return Number(
        raw=_fitting(phone.raw, "電話番号", 80),
        e164=phone.e164,
        extension=phone.extension or "",
        kind=phone.kind,
        label=phone.label[:40],
        note=phone.note[:80],
        last4=last4(phone.e164) if phone.e164 else "",
    )


def _doubts(row: int, phones: Sequence[Phone]) -> Iterator[Remark]:
    for phone in phones:
        if phone.warning:
            yield Remark(row, phone.warning)
