"""Setting days aside for visits, choosing whom to see, and counting the hours."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.strengthening import queries
from crm.strengthening.models import (
    StrengtheningArea,
    StrengtheningDay,
    StrengtheningTarget,
    StrengtheningUnit,
    TargetReason,
)
from crm.strengthening.policy import may_count_hours, require_planner
from crm.strengthening.proposal_queries import names_of_holders

MOST_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """When the time is made, what for, and which boxes take part: whole, or with single areas."""

    first_on: dt.date
    last_on: dt.date
    unit_ids: Collection[UUID]
    request_key: UUID
    purpose: str = ""
    area_ids: Collection[UUID] = ()


class Aimed(NamedTuple):
    """Which box is to see whom."""

    unit_id: UUID
    holder: Holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The hours of a box: secured for visits, and diverted to what."""

    secured: int | None
    diverted: int | None
    diverted_to: str = ""


def plan_day(
    db: ScopedSession, actor: Actor, facts: DayFacts, *, now: dt.datetime
) -> StrengtheningDay:
    """Set a day, or a few, aside; the same form again gives the first.

    An area makes its box take part, limited to the areas said; a box said itself takes part whole.
    Raises Refused for a day gone by, for more than `MOST_DAYS`, and without a box or an area of
    the station.
    """
    require_planner(actor)
    if actor.station_id is None:
        raise Forbidden
    if before := queries.day_sent_as(db, actor.station_id, facts.request_key):
        return before
    _check_days(facts, local_day(now))
    ground = _ground_of(facts, queries.boxes_of(db, actor.station_id, facts.first_on))
    owner = _owner(actor, actor.station_id, now)
    made = StrengtheningDay(
        **owner,
        first_on=facts.first_on,
        last_on=facts.last_on,
        purpose=facts.purpose,
        request_key=facts.request_key,
    )
    db.add(made)
    db.flush()
    ours = {name: owner[name] for name in ("agency_id", "station_id")}
    for box in ground:
        part: dict[str, Any] = {"day_id": made.id, "unit_id": box.unit_id}
        db.add(StrengtheningUnit(**owner, **part, unit_name=box.name))
        for area_id, name in box.areas:
            db.add(StrengtheningArea(**ours, **part, area_id=area_id, area_name=name))
    db.flush()
    _audit(db, actor, "strengthening.planned", made.id, now, count=len(ground))
    return made


def choose_targets(
    db: ScopedSession,
    actor: Actor,
    day_id: UUID,
    aims: Collection[Aimed],
    reasons: Mapping[Holder, TargetReason],
    *,
    revision: int,
    now: dt.datetime,
) -> None:
    """Say whom each box is to see, in place of what was said before; `reasons` are those proposed.

    Raises Refused once the day is over or cancelled, NotFound for somebody or a box that is not
    the day's, Conflict where somebody chose since.
    """
    require_planner(actor)
    day = _open_day(db, day_id, revision, local_day(now))
    parts = {unit.unit_id for unit in queries.plan_of(db, day_id).units}
    wanted = {aim.holder: aim.unit_id for aim in aims}
    known = names_of_holders(db, wanted)
    if set(known) != set(wanted) or not set(wanted.values()) <= parts:
        raise NotFound
    for row in queries.targets_to_change(db, day_id):
        unit_id = wanted.pop(Holder(row.person_id, row.organization_id), None)
        if unit_id is None:
            db.delete(row)
        else:
            row.unit_id = unit_id
    db.flush()
    for holder, unit_id in wanted.items():
        db.add(
            StrengtheningTarget(
                agency_id=day.agency_id,
                station_id=day.station_id,
                person_id=holder.person_id,
                organization_id=holder.organization_id,
                day_id=day_id,
                unit_id=unit_id,
                reason=reasons.get(holder, TargetReason.CHOSEN),
            )
        )
    _touch(day, actor, now)
    db.flush()
    _audit(db, actor, "strengthening.targets_chosen", day_id, now, count=len(known))


def cancel_day(
    db: ScopedSession, actor: Actor, day_id: UUID, *, revision: int, now: dt.datetime
) -> None:
    """Put on record that a day is not held; its list stays as it was."""
    require_planner(actor)
    day = _open_day(db, day_id, revision, local_day(now))
    day.cancelled_on = local_day(now)
    _touch(day, actor, now)
    db.flush()
    _audit(db, actor, "strengthening.cancelled", day_id, now)


def count_hours(
    db: ScopedSession,
    actor: Actor,
    day_id: UUID,
    unit_id: UUID,
    hours: Hours,
    *,
    revision: int,
    now: dt.datetime,
) -> None:
    """Put the hours of a box on record; Refused for hours diverted to nobody knows what."""
    if not may_count_hours(actor, unit_id):
        raise Forbidden
    part = queries.unit_of(db, day_id, unit_id)
    if part.revision != revision:
        raise Conflict
    if hours.diverted and not hours.diverted_to.strip():
        raise Refused(N_("何に転用したかを入力してください。"), field="diverted_to")
    part.hours_secured, part.hours_diverted = hours.secured, hours.diverted
    part.diverted_to = hours.diverted_to
    _touch(part, actor, now)
    db.flush()
    _audit(db, actor, "strengthening.hours_counted", day_id, now)


def _ground_of(facts: DayFacts, boxes: Sequence[queries.Box]) -> list[queries.Box]:
    """Return the boxes that take part, each with the areas it is limited to."""
    wanted, limits = set(facts.unit_ids), set(facts.area_ids)
    known = {box.unit_id for box in boxes}
    if not wanted <= known or not (wanted or limits):
        raise Refused(N_("交番・駐在所又は区域を選んでください。"), field="unit_ids")
    if not limits <= {area_id for box in boxes for area_id, _ in box.areas}:
        raise Refused(N_("区域を選び直してください。"), field="area_ids")
    limited = [
        replace(box, areas=[area for area in box.areas if area[0] in limits])
        for box in boxes
        if box.unit_id not in wanted
    ]
    whole = [replace(box, areas=[]) for box in boxes if box.unit_id in wanted]
    return [*whole, *(box for box in limited if box.areas)]


def _check_days(facts: DayFacts, today: dt.date) -> None:
    if facts.first_on < today:
        raise Refused(N_("強化日は、今日以後の日付を入力してください。"), field="first_on")
    if facts.last_on < facts.first_on:
        raise Refused(N_("最終日は、強化日以後の日付を入力してください。"), field="last_on")
    if (facts.last_on - facts.first_on).days >= MOST_DAYS:
        raise Refused(
            N_("一度に設けられるのは%(days)s日間までです。"), field="last_on", days=MOST_DAYS
        )


def _open_day(db: ScopedSession, day_id: UUID, revision: int, today: dt.date) -> StrengtheningDay:
    day = queries.day_of(db, day_id)
    if day.revision != revision:
        raise Conflict
    if day.cancelled_on or day.last_on < today:
        raise Refused(N_("終わった強化日や取りやめた強化日の訪問先は、変えられません。"))
    return day


def _owner(actor: Actor, station_id: UUID, now: dt.datetime) -> dict[str, Any]:
    return {
        "agency_id": actor.agency_id,
        "station_id": station_id,
        "created_at": now,
        "created_by": actor.account_id,
        "updated_at": now,
        "updated_by": actor.account_id,
    }


def _touch(row: StrengtheningDay | StrengtheningUnit, actor: Actor, now: dt.datetime) -> None:
    row.revision += 1
    row.updated_at, row.updated_by = now, actor.account_id


def _audit(
    db: ScopedSession,
    actor: Actor,
    action: str,
    day_id: UUID,
    now: dt.datetime,
    count: int | None = None,
) -> None:
    detail: dict[str, Any] = {} if count is None else {"count": count}
    audit.record(db, actor, action, now=now, subject=("strengthening", day_id), **detail)
