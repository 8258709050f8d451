"""What tests of strengthening days do again and again."""

import datetime as dt
from collections.abc import Collection

from uuid_utils.compat import uuid7

from crm.contacts.models import Holder
from crm.strengthening import service
from crm.strengthening.models import StrengtheningDay
from crm.strengthening.service import Aimed, DayFacts
from tests.support.world import NOW, TODAY, World

BOX = "若葉駅前交番"
OTHER_BOX = "みなと駐在所"


def planned(
    world: World,
    *units: str,
    first_on: dt.date = TODAY,
    last_on: dt.date | None = None,
    areas: Collection[str] = (),
    now: dt.datetime = NOW,
) -> StrengtheningDay:
    """Plan a day for `units`, or for the areas of `areas` alone."""
    facts = DayFacts(
        first_on=first_on,
        last_on=last_on or first_on,
        unit_ids=[world.units[unit] for unit in units or (() if areas else (BOX,))],
        area_ids=[world.areas[area] for area in areas],
        request_key=uuid7(),
        purpose="新しい自治会長へのあいさつ",
    )
    with world.writing("chief") as db:
        return service.plan_day(db, world.actors["chief"], facts, now=now)


def chosen(
    world: World, day: StrengtheningDay, *holders: Holder, unit: str = BOX, now: dt.datetime = NOW
) -> None:
    with world.writing("chief") as db:
        service.choose_targets(
            db,
            world.actors["chief"],
            day.id,
            [Aimed(world.units[unit], holder) for holder in holders],
            {},
            revision=day.revision,
            now=now,
        )
