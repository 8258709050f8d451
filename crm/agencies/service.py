"""Founding an agency, placing, renaming and moving units by date, and giving them areas."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from crm.agencies.models import (
    OWNERS,
    PARENT_KINDS,
    UNIT_KIND_LABELS,
    Agency,
    Unit,
    UnitJurisdiction,
    UnitKind,
    UnitPlacement,
)
from crm.agencies.policy import may_change_units
from crm.agencies.queries import agency_named, jurisdictions_of, placement_on, placements_below
from crm.agencies.tree_queries import placement_if_standing, placements_from, unit_of
from crm.kernel import audit
from crm.kernel.actor import Actor, AgencyKind, Role
from crm.kernel.columns import Stamped
from crm.kernel.db import Database
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_, translate
from crm.kernel.kana import kana_sort_key, normalize_kana
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """What is decided about a new unit: what it is, what it is called, below which unit."""

    kind: UnitKind
    name: str
    kana: str = ""
    parent_id: UUID


def found_agency(
    database: Database,
    name: str,
    *,
    kind: AgencyKind = AgencyKind.PREFECTURAL_POLICE,
    day: dt.date,
) -> Actor:
    """Create an agency with the unit at its root, and return the actor that may staff it.

    The police begin with their headquarters; any other agency with the one office that keeps its
    people and notes, called as the agency is. It is the one act that comes before any account;
    Refused when the name is taken.
    """
    founder = _founder(name, kind)
    with database.system("founding an agency") as connection:
        if connection.scalar(agency_named(name)):
            raise Refused("「%(name)s」はすでに登録されています。", field="agency", name=name)
        connection.execute(
            sa.insert(Agency).values(id=founder.agency_id, kind=kind, name=name, code="")
        )
    root = UnitKind.HEADQUARTERS if founder.is_police else UnitKind.OFFICE
    with database.writing(founder) as db:
        db.add(Unit(id=founder.unit_id, agency_id=founder.agency_id, kind=root))
        db.flush()
        db.add(
            UnitPlacement(
                agency_id=founder.agency_id,
                unit_id=founder.unit_id,
                station_id=founder.station_id,
                name=founder.unit_name,
                valid_from=day,
            )
        )
    return founder


def _founder(name: str, kind: AgencyKind) -> Actor:
    """Return who founds an agency: nobody with an account yet, at the unit that is to be its root.

    An office is its own station; headquarters belong to none.
    """
    unit_id, nobody = uuid7(), uuid7()
    is_police = kind is AgencyKind.PREFECTURAL_POLICE
    return Actor(
        account_id=nobody,
        staff_id=nobody,
        agency_id=uuid7(),
        unit_id=unit_id,
        station_id=None if is_police else unit_id,
        roles=frozenset({Role.SYSTEM_ADMINISTRATOR}),
        name="crm create-admin",
        unit_name="警察本部" if is_police else name,
        station_name="" if is_police else name,
        agency_kind=kind,
        agency_name=name,
    )


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
    require_right(actor)
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


def open_unit(
    db: ScopedSession, actor: Actor, facts: UnitFacts, *, day: dt.date, now: dt.datetime
) -> Unit:
    """Put a new unit into the tree from `day` on; Refused where its kind cannot stand."""
    require_right(actor)
    _require_room(db, facts.kind, facts.parent_id, day, field="parent_id")
    unit = Unit(agency_id=actor.agency_id, kind=facts.kind, created_by=actor.account_id)
    kana = normalize_kana(facts.kana)
    place_unit(db, actor, unit, name=facts.name, kana=kana, parent_id=facts.parent_id, day=day)
    audit.record(db, actor, "unit.opened", now=now, subject=("unit", unit.id), as_of=str(day))
    return unit


def rename_unit(
    db: ScopedSession,
    actor: Actor,
    unit_id: UUID,
    *,
    name: str,
    kana: str,
    day: dt.date,
    revision: int,
    now: dt.datetime,
) -> None:
    """Call a unit by another name from `day` on; earlier days keep the former one."""
    require_right(actor)
    unit = unit_of(db, unit_id)
    require_fresh(unit, revision)
    line = standing_placement(db, unit_id, day, field="day")
    reading = normalize_kana(kana)
    _write_from(db, line, day, name=name, kana=reading, kana_sort=kana_sort_key(reading or name))
    stamp(unit, actor, now)
    audit.record(db, actor, "unit.renamed", now=now, subject=("unit", unit_id), as_of=str(day))


def move_unit(
    db: ScopedSession,
    actor: Actor,
    unit_id: UUID,
    *,
    to: UUID,
    day: dt.date,
    now: dt.datetime,
    revision: int | None = None,
) -> None:
    """Move a unit, and all that stands below it, under another from `day` on.

    Placements before `day` stay as they were, so that any earlier day reads as it did.
    Raises Refused when the unit would stand below itself, or below one it cannot stand under.
    """
    require_right(actor)
    unit = unit_of(db, unit_id)
    require_fresh(unit, revision)
    moved = standing_placement(db, unit_id, day, field="day")
    below = placements_below(db, unit_id, day)
    if to in {unit_id, *(line.unit_id for line in below)}:
        raise Refused(N_("配下の所属へは移せません。"), field="to")
    target = _require_room(db, unit.kind, to, day, field="to")
    if unit.kind in OWNERS:
        _write_from(db, moved, day, parent_id=to)
    else:
        _write_from(db, moved, day, parent_id=to, station_id=target.station_id)
        for line in below:
            _write_from(db, line, day, station_id=target.station_id)
    stamp(unit, actor, now)
    audit.record(
        db, actor, "unit.moved", now=now, subject=("unit", unit_id), to=str(to), as_of=str(day)
    )


def give_jurisdiction(
    db: ScopedSession, actor: Actor, unit_id: UUID, area_id: UUID, *, day: dt.date
) -> UnitJurisdiction:
    """Make a unit responsible for an area from `day` on."""
    require_right(actor)
    row = UnitJurisdiction(
        agency_id=actor.agency_id, unit_id=unit_id, area_id=area_id, valid_from=day
    )
    db.add(row)
    return row


def move_jurisdiction(
    db: ScopedSession, actor: Actor, area_id: UUID, *, to: UUID, day: dt.date, now: dt.datetime
) -> None:
    """Hand an area over to another unit from `day` on; earlier days keep the former unit."""
    require_right(actor)
    for row in jurisdictions_of(db, area_id, day):
        row.valid_to = day - dt.timedelta(days=1)
    give_jurisdiction(db, actor, to, area_id, day=day)
    audit.record(db, actor, "jurisdiction.moved", now=now, subject=("area", area_id), to=str(to))


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


def require_right(actor: Actor) -> None:
    """Raise Forbidden for everybody but the administrator."""
    if not may_change_units(actor):
        raise Forbidden


def standing_placement(
    db: ScopedSession, unit_id: UUID, day: dt.date, *, field: str
) -> UnitPlacement:
    """Return where a unit stands on `day`; Refused at `field` when it does not."""
    line = placement_if_standing(db, unit_id, day)
    if line is None:
        raise Refused(N_("%(day)sには置かれていない所属です。"), field=field, day=wareki(day))
    return line


def require_fresh(row: Stamped, revision: int | None) -> None:
    """Raise Conflict when somebody changed `row` after the form was shown."""
    if revision is not None and row.revision != revision:
        raise Conflict


def stamp(row: Stamped, actor: Actor, now: dt.datetime) -> None:
    """Note who changed a row and when, and let older forms be stale."""
    row.revision += 1
    row.updated_at, row.updated_by = now, actor.account_id


def _write_from(db: ScopedSession, line: UnitPlacement, day: dt.date, **changes: Any) -> None:  # noqa: ANN401 - columns of a placement
    """Change a placement from `day` on, and the later ones where they still said the same."""
    former = {name: getattr(line, name) for name in changes}
    for later in placements_from(db, line.unit_id, day):
        if later.valid_from > day:
            for name, value in changes.items():
                if getattr(later, name) == former[name]:
                    setattr(later, name, value)
    if line.valid_from == day:
        for name, value in changes.items():
            setattr(line, name, value)
        return
    kept = line.model_dump(exclude={"id", *changes})
    db.add(UnitPlacement(**{**kept, **changes, "valid_from": day}))
    line.valid_to = day - DAY


def _require_room(
    db: ScopedSession, kind: UnitKind, parent_id: UUID, day: dt.date, *, field: str
) -> UnitPlacement:
    parent = unit_of(db, parent_id)
    line = standing_placement(db, parent_id, day, field=field)
    if parent.kind not in PARENT_KINDS[kind]:
        raise Refused(
            N_("「%(kind)s」は「%(parent)s」の下に置けません。"),
            field=field,
            kind=translate(UNIT_KIND_LABELS[kind]),
            parent=translate(UNIT_KIND_LABELS[parent.kind]),
        )
    return line


def _station_above(
    db: ScopedSession, unit: Unit, parent_id: UUID | None, day: dt.date
) -> UUID | None:
    if unit.kind in OWNERS:
        return unit.id
    return placement_on(db, parent_id, day).station_id if parent_id else None
