"""What tests of quiet periods and cadences do again and again."""

import datetime as dt

from uuid_utils.compat import uuid7

from crm.contacts.models import Holder
from crm.visiting import service
from crm.visiting.models import Every, QuietPeriod, QuietReason
from crm.visiting.service import Decided, QuietFacts
from tests.support.world import NOW, World


def left_in_peace(
    world: World,
    holder: Holder,
    start: dt.date,
    end: dt.date,
    who: str = "officer",
    now: dt.datetime = NOW,
) -> QuietPeriod:
    facts = QuietFacts(start, end, QuietReason.BUSY_SEASON, "", uuid7())
    with world.writing(who) as db:
        return service.leave_in_peace(db, world.actors[who], holder, facts, now=now)


def decided(
    world: World, holder: Holder, every: Every, who: str = "chief", now: dt.datetime = NOW
) -> None:
    with world.writing(who) as db:
        service.decide_cadence(db, world.actors[who], holder, Decided(every, None), now=now)


def decided_of_area(world: World, area: str, every: Every, now: dt.datetime = NOW) -> None:
    with world.writing("chief") as db:
        service.decide_area_cadence(
            db, world.actors["chief"], world.areas[area], Decided(every, None), now=now
        )
