"""What a station decides about asking: the words, and how long a no is left alone, by date."""

import datetime as dt
from uuid import UUID

from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.liaisons.asking import POINTS, Rule
from crm.liaisons.checks import station_of
from crm.liaisons.models import AskingRule
from crm.liaisons.policy import may_decide_asking
from crm.liaisons.queries import asking_rules

COOL_OFF = range(30, 3651)
"""Days: a no is never worth nothing, and no rule lasts longer than ten years."""


def decide_asking(
    db: ScopedSession,
    actor: Actor,
    rule: Rule,
    *,
    day: dt.date,
    seen: UUID | None,
    now: dt.datetime,
) -> AskingRule:
    """Let `rule` hold from `day` on; what was said under earlier ones stays as it was said.

    `seen` is the newest decision the form was made from; Conflict when there is a newer one.
    Raises Refused for a day gone by, a point left out, or a number of days out of range.
    """
    if not may_decide_asking(actor):
        raise Forbidden
    if day < local_day(now):
        raise Refused(N_("始まりの日は、今日以後にしてください。"), field="day")
    if rule.cool_off_days not in COOL_OFF:
        raise Refused(N_("30日から3650日までの日数にしてください。"), field="cool_off_days")
    if newest_decision(db) != seen:
        raise Conflict
    decided = AskingRule(
        agency_id=actor.agency_id,
        station_id=station_of(actor),
        valid_from=day,
        **{point: getattr(rule, point) for point in POINTS},
        cool_off_days=rule.cool_off_days,
        decided_by=actor.staff_id,
        decider_name=actor.name,
        decided_at=now,
    )
    db.add(decided)
    db.flush()
    audit.record(
        db,
        actor,
        "asking.decided",
        now=now,
        subject=("asking_rule", decided.id),
        value=rule.cool_off_days,
        as_of=str(day),
    )
    return decided


def newest_decision(db: ScopedSession) -> UUID | None:
    """Return the decision made last, of whatever day."""
    return max((rule.id for rule in asking_rules(db) if rule.id), default=None)
