"""Leaving somebody in peace for some days, and deciding after how long a visit is proposed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from crm.contacts.models import Holder
from crm.contacts.queries import area_choices, require_known
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.audit import Subject
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.visiting import queries
from crm.visiting.models import Every, QuietPeriod, QuietReason, VisitCadence
from crm.visiting.policy import may_decide_cadence

DAY = dt.timedelta(days=1)
LONGEST = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class QuietFacts:
    """From which day to which somebody is left in peace, and why."""

    valid_from: dt.date
    valid_to: dt.date
    reason: QuietReason
    remark: str
    request_key: UUID


@dataclass(frozen=True, slots=True)
class Decided:
    """A cadence, and the decision the form was made from: None where there was none."""

    every: Every
    seen: UUID | None


def leave_in_peace(
    db: ScopedSession, actor: Actor, holder: Holder, facts: QuietFacts, *, now: dt.datetime
) -> QuietPeriod:
    """Enter a quiet period of `holder`; sent twice it is one.

    Raises Refused for days the wrong way round, gone by, or longer than a year.
    """
    station_id = _station(actor)
    require_known(db, {holder})
    if before := queries.period_entered_with(db, actor.staff_id, facts.request_key):
        return before
    _require_days(facts, local_day(now))
    entered = QuietPeriod(
        agency_id=actor.agency_id,
        station_id=station_id,
        person_id=holder.person_id,
        organization_id=holder.organization_id,
        valid_from=facts.valid_from,
        valid_to=facts.valid_to,
        reason=facts.reason,
        remark=facts.remark,
        entered_by=actor.staff_id,
        entered_name=actor.name,
        unit_name=actor.unit_name,
        entered_at=now,
        request_key=facts.request_key,
    )
    db.add(entered)
    db.flush()
    audit.record(db, actor, "quiet_period.entered", now=now, subject=holder.subject)
    return entered


def lift(db: ScopedSession, actor: Actor, period_id: UUID, *, now: dt.datetime) -> Holder:
    """End a quiet period early, or before it began; return whose it was. Lifted, it stays so."""
    period = queries.period_to_lift(db, period_id)
    holder = Holder(period.person_id, period.organization_id)
    if period.lifted_at is None:
        period.lifted_at = now
        period.lifted_by = actor.staff_id
        db.flush()
        audit.record(db, actor, "quiet_period.lifted", now=now, subject=holder.subject)
    return holder


def decide_cadence(
    db: ScopedSession, actor: Actor, holder: Holder, decided: Decided, *, now: dt.datetime
) -> None:
    """Let the station propose visits to `holder` so often from today on; chiefs alone.

    Conflict when somebody decided something else meanwhile.
    """
    _require_chief(actor)
    require_known(db, {holder})
    _decide(db, actor, holder.columns, decided, holder.subject, now)


def decide_area_cadence(
    db: ScopedSession, actor: Actor, area_id: UUID, decided: Decided, *, now: dt.datetime
) -> None:
    """Let the same hold for the liaisons of an area; Refused for an area of another station."""
    _require_chief(actor)
    if area_id not in {one.id for one in area_choices(db, actor, local_day(now))}:
        raise Refused(N_("「区域」を選び直してください。"), field="area_id")
    _decide(db, actor, {"area_id": area_id}, decided, ("area", area_id), now)


def _decide(
    db: ScopedSession,
    actor: Actor,
    columns: Mapping[str, UUID | None],
    decided: Decided,
    subject: Subject,
    now: dt.datetime,
) -> None:
    station_id, day = _station(actor), local_day(now)
    queries.lock_station(db, station_id)
    holding = queries.cadence_of(db, columns, day)
    if (holding.id if holding else None) != decided.seen:
        raise Conflict
    if holding is not None and holding.valid_from < day:
        holding.valid_to = day - DAY
    elif holding is not None:
        # decided today and thought better of: no day ever knew it
        db.delete(holding)
    if decided.every is not Every.DEFAULT:
        db.add(
            VisitCadence(
                agency_id=actor.agency_id,
                station_id=station_id,
                person_id=columns.get("person_id"),
                organization_id=columns.get("organization_id"),
                area_id=columns.get("area_id"),
                every_days=decided.every.days,
                valid_from=day,
                decided_by=actor.staff_id,
                decider_name=actor.name,
                decided_at=now,
            )
        )
    db.flush()
    audit.record(db, actor, "cadence.decided", now=now, subject=subject, value=decided.every.value)


def _require_days(facts: QuietFacts, today: dt.date) -> None:
    if facts.valid_to < facts.valid_from:
        raise Refused(N_("終わりの日を、始まりの日以後にしてください。"), field="valid_to")
    if facts.valid_to < today:
        raise Refused(N_("終わりの日を、今日以後にしてください。"), field="valid_to")
    if facts.valid_to - facts.valid_from > LONGEST:
        raise Refused(N_("期間は1年以内にしてください。"), field="valid_to")


def _require_chief(actor: Actor) -> None:
    if not may_decide_cadence(actor):
        raise Forbidden


def _station(actor: Actor) -> UUID:
    if actor.station_id is None or not actor.reads_people:
        raise NotFound
    return actor.station_id
