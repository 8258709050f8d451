"""Writing the stations and boxes of a plan into the agency's tree."""

import datetime as dt
from uuid import UUID

from crm.agencies.models import Unit, UnitKind
from crm.agencies.service import place_network_office, place_station, place_unit
from crm.imports.places import KnownUnits
from crm.imports.plans import Plan, Step, Verdict
from crm.imports.records import Stamp, correct, new_record
from crm.kernel.scope import ScopedSession


def write_units(
    db: ScopedSession, plan: Plan, known: KnownUnits, stamp: Stamp, *, day: dt.date
) -> None:
    """Place new stations with their 地域課 and new boxes below it; correct the others.

    A station on record without a 地域課 gets one when its first box comes.
    """
    for step in plan.steps:
        if step.verdict is Verdict.UPDATED:
            correct(step, stamp)
    created = [step for step in plan.steps if step.verdict is Verdict.CREATED]
    stations = {name: unit.id for name, unit in known.stations.items()}
    offices = dict(known.offices)
    for step in created:
        if step.values["kind"] is UnitKind.STATION:
            unit, name = _new_unit(step, stamp), step.values["name"]
            stations[name] = unit.id
            parent_id = known.headquarters.unit.id
            offices[unit.id] = place_station(
                db, stamp.actor, unit, name=name, parent_id=parent_id, day=day
            )
    for step in created:
        if step.values["kind"] is not UnitKind.STATION:
            station_id = stations[step.values["station"]]
            office_id = _office_of(db, station_id, offices, stamp, day=day)
            unit, name = _new_unit(step, stamp), step.values["name"]
            place_unit(db, stamp.actor, unit, name=name, parent_id=office_id, day=day)


def _office_of(
    db: ScopedSession, station_id: UUID, offices: dict[UUID, UUID], stamp: Stamp, *, day: dt.date
) -> UUID:
    if station_id not in offices:
        offices[station_id] = place_network_office(db, stamp.actor, station_id, day=day)
    return offices[station_id]


def _new_unit(step: Step, stamp: Stamp) -> Unit:
    columns = {key: value for key, value in step.values.items() if key not in {"name", "station"}}
    return new_record(Unit, step.row, {**columns, "agency_id": stamp.actor.agency_id}, stamp)
