"""Founding an agency, and placing, moving and ending units by date."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from crm.agencies.models import (
    OWNERS,
    Agency,
    Unit,
    UnitJurisdiction,
    UnitKind,
    UnitPlacement,
)
from crm.agencies.policy import may_change_units
from crm.agencies.queries import agency_named, jurisdictions_of, placement_on, placements_below
from crm.kernel import audit
from crm.kernel.actor import Actor, AgencyKind, Role
from crm.kernel.db import Database
from crm.kernel.errors import Forbidden, Refused
from crm.kernel.kana import kana_sort_key
from crm.kernel.scope import ScopedSession


def found_agency(database: Database, name: str, *, day: dt.date) -> Actor:
    """Create a police agency with its headquarters, and return the actor that may staff it.

    It is the one act that comes before any account; Refused when the name is taken.
    """
    agency_id, unit_id, nobody = uuid7(), uuid7(), uuid7()
    actor = Actor(
        account_id=nobody,
        staff_id=nobody,
        agency_id=agency_id,
        unit_id=unit_id,
        station_id=None,
        roles=frozenset({Role.SYSTEM_ADMINISTRATOR}),
        name="crm create-admin",
        unit_name="",
        station_name="",
    )
    with database.system("founding an agency") as connection:
        if connection.scalar(agency_named(name)):
            raise Refused("「%(name)s」はすでに登録されています。", field="agency", name=name)
        connection.execute(
            sa.insert(Agency).values(
                id=agency_id, kind=AgencyKind.PREFECTURAL_POLICE, name=name, code=""
            )
        )
    with database.writing(actor) as db:
        db.add(Unit(id=unit_id, agency_id=agency_id, kind=UnitKind.HEADQUARTERS))
        db.flush()
        db.add(UnitPlacement(agency_id=agency_id, unit_id=unit_id, name="警察本部", valid_from=day))
    return actor


def place_unit(
    db: ScopedSession,
    actor: Actor,
    unit: Unit,
    *,
    name: str,
    kana: str = "",
    parent_id: UUID | None,
    day: dt.date,
) -> UnitPlacement:
    """Put a new unit into the tree from `day` on, below `parent_id`."""
    _require_right(actor)
    db.add(unit)
    db.flush()
    placement = UnitPlacement(
        agency_id=actor.agency_id,
        unit_id=unit.id,
        parent_id=parent_id,
        station_id=_station_above(db, unit, parent_id, day),
        name=name,
        kana=kana,
        kana_sort=kana_sort_key(kana or name),
        valid_from=day,
    )
    db.add(placement)
    db.flush()
    return placement


def move_unit(
    db: ScopedSession, actor: Actor, unit_id: UUID, *, to: UUID, day: dt.date, now: dt.datetime
) -> None:
    """Move a unit, and all that stands below it, under another from `day` on.

    Placements before `day` stay as they were, so that any earlier day reads as it did.
    Raises Refused when the unit would stand below itself.
    """
    _require_right(actor)
    moved = placement_on(db, unit_id, day)
    target = placement_on(db, to, day)
    below = placements_below(db, unit_id, day)
    if to in {unit_id, *(line.unit_id for line in below)}:
        raise Refused("配下の所属へは移せません。", field="to")
    _replace(db, moved, parent_id=to, station_id=target.station_id, day=day)
    for line in below:
        _replace(db, line, parent_id=line.parent_id, station_id=target.station_id, day=day)
    audit.record(db, actor, "unit.moved", now=now, subject=("unit", unit_id), to=str(to))


def give_jurisdiction(
    db: ScopedSession, actor: Actor, unit_id: UUID, area_id: UUID, *, day: dt.date
) -> UnitJurisdiction:
    """Make a unit responsible for an area from `day` on."""
    _require_right(actor)
    row = UnitJurisdiction(
        agency_id=actor.agency_id, unit_id=unit_id, area_id=area_id, valid_from=day
    )
    db.add(row)
    return row


def move_jurisdiction(
    db: ScopedSession, actor: Actor, area_id: UUID, *, to: UUID, day: dt.date, now: dt.datetime
) -> None:
    """Hand an area over to another unit from `day` on; earlier days keep the former unit."""
    _require_right(actor)
    for row in jurisdictions_of(db, area_id, day):
        row.valid_to = day - dt.timedelta(days=1)
    give_jurisdiction(db, actor, to, area_id, day=day)
    audit.record(db, actor, "jurisdiction.moved", now=now, subject=("area", area_id), to=str(to))


def _replace(
    db: ScopedSession,
    line: UnitPlacement,
    *,
    parent_id: UUID | None,
    station_id: UUID | None,
    day: dt.date,
) -> None:
    if line.valid_from == day:
        line.parent_id, line.station_id = parent_id, station_id
        return
    db.add(
        UnitPlacement(
            agency_id=line.agency_id,
            unit_id=line.unit_id,
            parent_id=parent_id,
            station_id=station_id,
            name=line.name,
            kana=line.kana,
            kana_sort=line.kana_sort,
            valid_from=day,
            valid_to=line.valid_to,
        )
    )
    line.valid_to = day - dt.timedelta(days=1)


def _station_above(
    db: ScopedSession, unit: Unit, parent_id: UUID | None, day: dt.date
) -> UUID | None:
    if unit.kind in OWNERS:
        return unit.id
    return placement_on(db, parent_id, day).station_id if parent_id else None


def _require_right(actor: Actor) -> None:
    if not may_change_units(actor):
        raise Forbidden


def place_station(
    db: ScopedSession, actor: Actor, station: Unit, *, name: str, parent_id: UUID, day: dt.date
) -> UUID:
    """Put a police station into the tree with its 地域課, and return that section.

    The section owns the station's liaison roster; boxes stand below it.
    """
    place_unit(db, actor, station, name=name, parent_id=parent_id, day=day)
    return place_network_office(db, actor, station.id, day=day)


def place_network_office(
    db: ScopedSession, actor: Actor, station_id: UUID, *, day: dt.date
) -> UUID:
    """Put a 地域課 that owns the liaison roster below a station, and return it."""
    office = Unit(agency_id=actor.agency_id, kind=UnitKind.SECTION, network_office=True)
    place_unit(db, actor, office, name="地域課", parent_id=station_id, day=day)
    return office.id
