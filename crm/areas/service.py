"""Correcting what areas are called, and ending them by date; new ones come from files."""

import datetime as dt
from uuid import UUID

from crm.areas.models import Area
from crm.areas.policy import may_correct_areas
from crm.areas.queries import area_of
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.kana import kana_sort_key, normalize_kana
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki


def correct_area(
    db: ScopedSession,
    actor: Actor,
    area_id: UUID,
    *,
    name: str,
    kana: str,
    revision: int,
    now: dt.datetime,
) -> None:
    """Correct an area's name and reading; it stays the same area, and has this name on every day.

    Raises Conflict when somebody changed it since the form was shown.
    """
    area = _area_to_change(db, actor, area_id, revision)
    reading = normalize_kana(kana)
    area.name, area.kana, area.kana_sort = name, reading, kana_sort_key(reading or name)
    _stamp(area, actor, now)
    audit.record(db, actor, "area.corrected", now=now, subject=("area", area_id))


def end_area(
    db: ScopedSession,
    actor: Actor,
    area_id: UUID,
    *,
    day: dt.date,
    revision: int,
    now: dt.datetime,
) -> None:
    """Let an area hold no more from `day` on; earlier days still have it."""
    area = _area_to_change(db, actor, area_id, revision)
    if area.valid_from >= day:
        raise Refused(
            N_("この区域の記録は%(day)sからです。それより後の日にしてください。"),
            field="day",
            day=wareki(area.valid_from),
        )
    if area.valid_to is not None and area.valid_to < day:
        raise Refused(
            N_("この区域は%(day)sで終わっています。"), field="day", day=wareki(area.valid_to)
        )
    area.valid_to = day - dt.timedelta(days=1)
    _stamp(area, actor, now)
    audit.record(db, actor, "area.ended", now=now, subject=("area", area_id), as_of=str(day))


def _area_to_change(db: ScopedSession, actor: Actor, area_id: UUID, revision: int) -> Area:
    if not may_correct_areas(actor):
        raise Forbidden
    area = area_of(db, area_id)
    if area.revision != revision:
        raise Conflict
    return area


def _stamp(area: Area, actor: Actor, now: dt.datetime) -> None:
    area.revision += 1
    area.updated_at, area.updated_by = now, actor.account_id
