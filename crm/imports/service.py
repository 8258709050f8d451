"""Taking a file in: planned against what is there, applied in one transaction, put on record."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crm.agencies.service import give_jurisdiction, move_jurisdiction
from crm.areas.models import Area, AreaKind
from crm.areas.queries import areas_on
from crm.contacts.models import Organization, Registration
from crm.imports import queries
from crm.imports.contacts import CHILD_110, plan_associations, plan_facilities, plan_safe_houses
from crm.imports.files import Source
from crm.imports.models import FileKind, ImportBatch
from crm.imports.places import KnownUnits, plan_areas, plan_jurisdictions, plan_units
from crm.imports.plans import Plan, Verdict
from crm.imports.policy import may_import, may_import_organizations
from crm.imports.records import Stamp, add_numbers, write_step
from crm.imports.rows import (
    AreaRow,
    JurisdictionRow,
    area_rows,
    facility_rows,
    jurisdiction_rows,
    safe_house_rows,
    unit_rows,
)
from crm.imports.stations import write_units
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Forbidden
from crm.kernel.scope import ScopedSession

MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Errand:
    """What an import is told beside the file.

    `day` is the first day new facts hold; `area_code` (市外局番) completes local numbers.
    """

    day: dt.date
    now: dt.datetime
    municipality_code: str = ""
    area_code: str = ""


def take_in(db: ScopedSession, actor: Actor, source: Source, errand: Errand) -> list[Plan]:
    """Apply a file, and return what became of its rows: one plan for each kind of record.

    All of it happens in the caller's transaction; a rehearsal rolls that back. Raises Forbidden
    when `actor` may not take in such a file, Refused when the whole file cannot be placed.
    """
    if not may_import(actor, source.kind):
        raise Forbidden
    plans = IMPORTERS[source.kind](db, Stamp(actor, source, errand.now), errand)
    db.flush()
    _put_on_record(db, actor, source, plans, now=errand.now)
    return plans


def _take_in_areas(db: ScopedSession, stamp: Stamp, errand: Errand) -> list[Plan]:
    kind = AREA_KINDS[stamp.source.kind]
    rows = area_rows(stamp.source.features, stamp.source.name_property)
    plan = plan_areas(
        rows,
        queries.areas_from(db, errand.day, kind),
        kind=kind,
        municipality_code=errand.municipality_code,
        day=errand.day,
    )
    areas = {step.row: write_step(db, Area, step, stamp) for step in plan.steps}
    if kind is not AreaKind.ASSOCIATION_AREA or not may_import_organizations(stamp.actor):
        return [plan]
    db.flush()
    return [plan, _take_in_associations(db, stamp, rows, areas)]


def _take_in_associations(
    db: ScopedSession,
    stamp: Stamp,
    rows: Sequence[AreaRow | object],
    areas: Mapping[int, Area | None],
) -> Plan:
    """Give each area its association, as an organization of the importer's station."""
    pairs = [(row, areas[row.row]) for row in rows if isinstance(row, AreaRow)]
    plan = plan_associations(
        [row for row, area in pairs if area is not None],
        {row.name: area for row, area in pairs if area is not None},
        queries.imported_organizations(db),
    )
    for step in plan.steps:
        write_step(db, Organization, step, stamp, **stamp.of_station)
    return plan


def _take_in_units(db: ScopedSession, stamp: Stamp, errand: Errand) -> list[Plan]:
    known = KnownUnits.among(queries.units_from(db, errand.day))
    plan = plan_units(unit_rows(stamp.source.features), known, day=errand.day)
    write_units(db, plan, known, stamp, day=errand.day)
    return [plan]


def _take_in_jurisdictions(db: ScopedSession, stamp: Stamp, errand: Errand) -> list[Plan]:
    rows = jurisdiction_rows(stamp.source.rows, default_day=errand.day)
    first = min((row.day for row in rows if isinstance(row, JurisdictionRow)), default=errand.day)
    plan = plan_jurisdictions(
        rows,
        units=queries.units_from(db, first),
        areas=queries.areas_from(db, first),
        standing=queries.standing_jurisdictions(db, first),
    )
    for step in plan.steps:
        values = step.values
        if step.verdict is Verdict.CREATED:
            give_jurisdiction(
                db, stamp.actor, values["unit_id"], values["area_id"], day=values["day"]
            )
        elif step.verdict is Verdict.UPDATED:
            move_jurisdiction(
                db,
                stamp.actor,
                values["area_id"],
                to=values["unit_id"],
                day=values["day"],
                now=stamp.now,
            )
    return [plan]


def _take_in_facilities(db: ScopedSession, stamp: Stamp, errand: Errand) -> list[Plan]:
    numbers = queries.numbers_of_imported(db)
    plan = plan_facilities(
        facility_rows(stamp.source.rows, area_code=errand.area_code),
        queries.imported_organizations(db),
        numbers,
    )
    for step in plan.steps:
        organization = write_step(db, Organization, step, stamp, **stamp.of_station)
        if organization is not None and step.numbers:
            has = len(numbers.get(organization.id, ()))
            db.flush()  # the number refers to the organization
            add_numbers(db, organization, step, stamp, after=has)
    return [plan]


def _take_in_safe_houses(db: ScopedSession, stamp: Stamp, errand: Errand) -> list[Plan]:
    plan = plan_safe_houses(
        safe_house_rows(stamp.source.rows),
        districts=areas_on(db, errand.day, kinds=[AreaKind.ELEMENTARY_DISTRICT]),
        known=queries.registrations_of(db, CHILD_110, errand.day),
        day=errand.day,
    )
    for step in plan.steps:
        write_step(db, Registration, step, stamp, **stamp.of_station)
    return [plan]


def _put_on_record(
    db: ScopedSession,
    actor: Actor,
    source: Source,
    plans: Sequence[Plan],
    *,
    now: dt.datetime,
) -> None:
    counts = {plan.subject.value: plan.counts._asdict() for plan in plans}
    batch = ImportBatch(
        agency_id=actor.agency_id,
        kind=source.kind,
        file_name=source.name[-MAX_NAME:],
        file_size=source.size,
        sha256=source.sha256,
        encoding=source.encoding,
        counts=counts,
        applied_at=now,
        applied_by=actor.account_id,
    )
    db.add(batch)
    audit.record(
        db,
        actor,
        "import.applied",
        now=now,
        subject=("import", batch.id),
        kind=source.kind.value,
        sha256=source.sha256,
        counts=counts,
    )


Importer = Callable[[ScopedSession, Stamp, Errand], list[Plan]]

AREA_KINDS = {
    FileKind.ASSOCIATION_AREAS: AreaKind.ASSOCIATION_AREA,
    FileKind.ELEMENTARY_DISTRICTS: AreaKind.ELEMENTARY_DISTRICT,
    FileKind.JUNIOR_HIGH_DISTRICTS: AreaKind.JUNIOR_HIGH_DISTRICT,
}
IMPORTERS: Mapping[FileKind, Importer] = {
    **dict.fromkeys(AREA_KINDS, _take_in_areas),
    FileKind.STATIONS: _take_in_units,
    FileKind.JURISDICTIONS: _take_in_jurisdictions,
    FileKind.FACILITIES: _take_in_facilities,
    FileKind.SAFE_HOUSES: _take_in_safe_houses,
}
