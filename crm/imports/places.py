"""Plans for files of places: areas, stations and koban, and who is responsible where."""

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from crm.agencies.models import Unit, UnitKind
from crm.areas.models import Area, AreaKind
from crm.imports.plans import Plan, Remark, Step, Subject, Verdict, plan_of, step_between
from crm.imports.queries import PlacedUnit, Standing, is_box_or_station
from crm.imports.rows import AreaRow, JurisdictionRow, UnitRow
from crm.kernel.errors import Refused
from crm.kernel.kana import kana_sort_key
from crm.kernel.wareki import wareki

Found = TypeVar("Found")


def plan_areas(
    rows: Iterable[AreaRow | Remark],
    known: Iterable[Area],
    *,
    kind: AreaKind,
    municipality_code: str,
    day: dt.date,
) -> Plan:
    """Decide about polygons of one kind, told apart by their names inside a municipality.

    Without `municipality_code` a name is looked for in every municipality.
    """
    named = defaultdict(list)
    for area in known:
        if not (municipality_code and area.municipality_code not in {"", municipality_code}):
            named[area.name].append(area)

    def step_of(row: AreaRow) -> Step:
        if len(named[row.name]) > 1:
            raise Refused(
                "区域「%(name)s」が二つ以上あります。--municipality で市町を指定してください。",
                name=row.name,
            )
        return step_between(
            row.row,
            next(iter(named[row.name]), None),
            {
                "kind": kind,
                "municipality_code": municipality_code,
                "name": row.name,
                "polygon": row.polygon,
            },
            only_new={"kana_sort": order_without_kana(row.name), "valid_from": day},
        )

    return plan_of(Subject.AREA, rows, step_of, key_of=lambda row: row.name)


@dataclass(frozen=True, slots=True)
class KnownUnits:
    """The agency's tree as far as a file of stations needs it.

    Stations by name, boxes by station and name, network offices by station.
    """

    headquarters: PlacedUnit
    stations: Mapping[str, Unit]
    boxes: Mapping[tuple[UUID | None, str], Unit]
    offices: Mapping[UUID, UUID]

    @classmethod
    def among(cls, units: Sequence[PlacedUnit]) -> "KnownUnits":
        """Sort out the units of an agency, which always has its headquarters."""
        return cls(
            next(each for each in units if each.unit.kind is UnitKind.HEADQUARTERS),
            {each.name: each.unit for each in units if each.unit.kind is UnitKind.STATION},
            {
                (each.station_id, each.name): each.unit
                for each in units
                if is_box_or_station(each) and each.unit.kind is not UnitKind.STATION
            },
            {
                each.station_id: each.unit.id
                for each in units
                if each.unit.network_office and each.station_id is not None
            },
        )


def plan_units(rows: Sequence[UnitRow | Remark], known: KnownUnits, *, day: dt.date) -> Plan:
    """Decide about stations and boxes; `values` also hold the `name` and the box's `station`.

    Raises Refused when the agency itself is not on record on `day`.
    """
    _require_agency(known.headquarters, day)
    in_file = {
        row.name for row in rows if isinstance(row, UnitRow) and row.kind is UnitKind.STATION
    }
    candidates = in_file or set(known.stations)

    def step_of(row: UnitRow) -> Step:
        wanted = {"address": row.address, "longitude": row.longitude, "latitude": row.latitude}
        if row.kind is UnitKind.STATION:
            return step_between(
                row.row,
                known.stations.get(row.name),
                wanted,
                only_new={"name": row.name, "kind": row.kind},
            )
        station = _only_station(candidates)
        unit = known.stations.get(station)
        return step_between(
            row.row,
            known.boxes.get((unit.id, row.name)) if unit else None,
            wanted,
            only_new={"name": row.name, "kind": row.kind, "station": station},
        )

    return plan_of(Subject.UNIT, rows, step_of, key_of=lambda row: (row.kind, row.name))


def plan_jurisdictions(
    rows: Iterable[JurisdictionRow | Remark],
    *,
    units: Sequence[PlacedUnit],
    areas: Sequence[Area],
    standing: Mapping[UUID, Sequence[Standing]],
) -> Plan:
    """Decide which box becomes responsible for which area; `values`: unit_id, area_id, day."""
    boxes, places = defaultdict(list), defaultdict(list)
    for each in units:
        if is_box_or_station(each):
            boxes[each.name].append(each)
    for area in areas:
        places[area.name].append(area)

    def step_of(row: JurisdictionRow) -> Step:
        box = _only(
            [each for each in boxes[row.box] if not _is_over(each.last_day, row.day)],
            "交番・駐在所",
            row.box,
        )
        area = _only(
            [each for each in places[row.area] if not _is_over(each.valid_to, row.day)],
            "区域",
            row.area,
        )
        if box.first_day > row.day:
            raise Refused(
                "「%(name)s」の記録は%(day)sからです。開始日をその日以後にしてください。",
                name=row.box,
                day=wareki(box.first_day),
            )
        verdict = _verdict_on(row.day, box.unit.id, standing.get(area.id, ()))
        if verdict is Verdict.UNCHANGED:
            return Step(row.row, verdict)
        values = {"unit_id": box.unit.id, "area_id": area.id, "day": row.day}
        return Step(row.row, verdict, values)

    return plan_of(Subject.JURISDICTION, rows, step_of, key_of=lambda row: row.area)


def order_without_kana(name: str) -> str:
    """Return a sort key for a name whose reading is unknown: 第2 before 第10."""
    plain = unicodedata.normalize("NFKC", name)
    return kana_sort_key(re.sub(r"\d+", lambda number: number[0].zfill(4), plain))


def _require_agency(headquarters: PlacedUnit, day: dt.date) -> None:
    if headquarters.first_day > day:
        raise Refused(
            "この機関の記録は%(day)sからです。--from をその日以後にしてください。",
            day=wareki(headquarters.first_day),
        )


def _only_station(candidates: set[str]) -> str:
    if len(candidates) != 1:
        raise Refused(
            "どの警察署の交番か決められません。警察署ごとに、署と交番を一つのファイルにしてください。"
        )
    return next(iter(candidates))


def _only(found: Sequence[Found], label: str, name: str) -> Found:
    if not found:
        raise Refused("%(label)s「%(name)s」が見つかりません。", label=label, name=name)
    if len(found) > 1:
        raise Refused("%(label)s「%(name)s」が二つ以上あります。", label=label, name=name)
    return found[0]


def _verdict_on(day: dt.date, unit_id: UUID, standing: Sequence[Standing]) -> Verdict:
    holding = [each for each in standing if each.holds_on(day)]
    if any(each.unit_id == unit_id for each in holding):
        return Verdict.UNCHANGED
    latest = max((each.first_day for each in standing), default=None)
    if latest is not None and latest >= day:
        raise Refused(
            "この区域の所管は%(day)sから記録されています。開始日をそれより後にしてください。",
            day=wareki(latest),
        )
    return Verdict.UPDATED if holding else Verdict.CREATED


def _is_over(last_day: dt.date | None, day: dt.date) -> bool:
    return last_day is not None and last_day < day
