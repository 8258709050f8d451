"""Reorganizing by date: ending and merging units, the roster's office, handing areas over."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from crm.agencies.models import OWNERS, Unit, UnitJurisdiction, UnitKind, UnitPlacement
from crm.agencies.service import (
    DAY,
    give_jurisdiction,
    require_fresh,
    require_right,
    stamp,
    standing_placement,
)
from crm.agencies.tree_queries import (
    jurisdictions_from,
    jurisdictions_left,
    network_offices,
    placements_from,
    staff_left,
    unit_of,
    units_in_line,
    units_left_below,
)
from crm.areas.queries import area_names
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki


def end_unit(
    db: ScopedSession,
    actor: Actor,
    unit_id: UUID,
    *,
    successor_id: UUID | None,
    day: dt.date,
    revision: int,
    now: dt.datetime,
) -> None:
    """Let a unit stand no more from `day` on; its areas pass to the successor on that day.

    Raises Refused while units or staff are left in it, or areas without a successor.
    """
    require_right(actor)
    unit = unit_of(db, unit_id)
    require_fresh(unit, revision)
    standing_placement(db, unit_id, day, field="day")
    _require_empty(db, unit, day)
    charges = jurisdictions_left(db, unit_id, day)
    if successor_id is None and charges:
        raise Refused(
            N_("所管する区域が%(count)s区域あります。引き継ぐ所属を選んでください。"),
            field="successor_id",
            count=len(charges),
        )
    if successor_id is not None:
        _require_successor(db, unit_id, successor_id, day)
        _pass_on(db, charges, successor_id, day)
    for line in placements_from(db, unit_id, day):
        end_row(db, line, day)
    stamp(unit, actor, now)
    audit.record(
        db,
        actor,
        "unit.ended",
        now=now,
        subject=("unit", unit_id),
        as_of=str(day),
        to=str(successor_id or ""),
        areas=len(charges),
    )


def mark_network_office(
    db: ScopedSession,
    actor: Actor,
    unit_id: UUID,
    *,
    day: dt.date,
    revision: int,
    now: dt.datetime,
) -> None:
    """Let a section own its station's liaison roster instead of the one that did (S1 2(4))."""
    require_right(actor)
    unit = unit_of(db, unit_id)
    require_fresh(unit, revision)
    line = standing_placement(db, unit_id, day, field="")
    if unit.kind is not UnitKind.SECTION or line.station_id is None or not actor.is_police:
        raise Refused(N_("連絡員一覧表を受け持つのは、警察署の課です。"))
    for former in network_offices(db, line.station_id, day):
        former.network_office = False
        stamp(former, actor, now)
    unit.network_office = True
    stamp(unit, actor, now)
    audit.record(db, actor, "network_office.marked", now=now, subject=("unit", unit_id))


def hand_over_areas(
    db: ScopedSession,
    actor: Actor,
    unit_id: UUID,
    area_ids: Collection[UUID],
    *,
    day: dt.date,
    now: dt.datetime,
) -> int:
    """Make a unit responsible for areas from `day` on, and return how many it did not have.

    Whoever was responsible stops the day before, except units above and below it: a beat and its
    box share an area. Refused when a later change is on record already.
    """
    require_right(actor)
    standing_placement(db, unit_id, day, field="day")
    if len(area_names(db, area_ids)) != len(set(area_ids)):
        raise Refused(N_("区域を選び直してください。"), field="area_ids")
    in_line = units_in_line(db, unit_id, day)
    known = jurisdictions_from(db, area_ids, day)
    later = [row.valid_from for row in known if row.valid_from > day]
    if later:
        raise Refused(
            N_("所管の変更が%(day)sから登録されています。開始日をそれより後にしてください。"),
            field="day",
            day=wareki(max(later)),
        )
    held = {row.area_id for row in known if row.unit_id == unit_id}
    wanted = [area_id for area_id in dict.fromkeys(area_ids) if area_id not in held]
    for row in known:
        if row.area_id in wanted and row.unit_id not in in_line:
            end_row(db, row, day)
    for area_id in wanted:
        give_jurisdiction(db, actor, unit_id, area_id, day=day)
    audit.record(
        db,
        actor,
        "jurisdiction.assigned",
        now=now,
        subject=("unit", unit_id),
        as_of=str(day),
        areas=len(wanted),
    )
    return len(wanted)


def end_row(db: ScopedSession, row: UnitPlacement | UnitJurisdiction, day: dt.date) -> None:
    """Let a dated row hold no more from `day` on; one that had not begun by then is taken back."""
    if row.valid_from >= day:
        db.delete(row)
    else:
        row.valid_to = day - DAY


def _require_empty(db: ScopedSession, unit: Unit, day: dt.date) -> None:
    if unit.kind in OWNERS or unit.kind is UnitKind.HEADQUARTERS:
        raise Refused(N_("人の記録を持つ所属と本部は、終了できません。"))
    if unit.network_office:
        raise Refused(N_("連絡員一覧表を受け持つ課です。先に別の課を受持ちにしてください。"))
    if below := units_left_below(db, unit.id, day):
        raise Refused(
            N_("配下に所属が%(count)s件あります。先に移すか終了してください。"), count=below
        )
    if left := staff_left(db, unit.id, day):
        raise Refused(
            N_("職員が%(count)s名配置されています。先に異動を登録してください。"), count=left
        )


def _require_successor(db: ScopedSession, unit_id: UUID, successor_id: UUID, day: dt.date) -> None:
    if successor_id == unit_id:
        raise Refused(N_("引き継ぐ所属は、別の所属にしてください。"), field="successor_id")
    standing_placement(db, successor_id, day, field="successor_id")


def _pass_on(
    db: ScopedSession, charges: Collection[UnitJurisdiction], successor_id: UUID, day: dt.date
) -> None:
    has = {row.area_id for row in jurisdictions_left(db, successor_id, day)}
    for row in charges:
        if row.area_id not in has:
            kept = row.model_dump(exclude={"id"})
            begins = max(day, row.valid_from)
            db.add(UnitJurisdiction(**{**kept, "unit_id": successor_id, "valid_from": begins}))
        end_row(db, row, day)
