import datetime as dt
from dataclasses import replace

import pytest

from crm.approvals import queries
from crm.approvals.models import ApprovalKind
from crm.approvals.settings import RouteFacts, decide_route
from crm.kernel.errors import Conflict, Forbidden, Refused
from tests.support.approvals import BOTH
from tests.support.world import NOW, TODAY, World

ASKING = ApprovalKind.LIAISON_REQUEST
TOMORROW = TODAY + dt.timedelta(days=1)
FACTS = RouteFacts(ASKING, is_required=True, steps=BOTH)


def settle(
    world: World,
    facts: RouteFacts = FACTS,
    who: str = "station_chief",
    *,
    day: dt.date = TODAY,
    revision: int = 0,
) -> None:
    station = world.units["若葉署"]
    with world.writing(who) as db:
        decide_route(db, world.actors[who], station, facts, day=day, revision=revision, now=NOW)


def asked_on(world: World, day: dt.date) -> tuple[bool, list[str]]:
    with world.reading("officer") as db:
        setting = queries.route_on(db, world.actors["officer"], ASKING, day)
    return setting.is_required, [step.post for step in setting.steps]


@pytest.mark.parametrize("who", ["station_chief", "administrator"])
def test_a_route_holds_from_its_day_on(world: World, who: str) -> None:
    settle(world, who=who, day=TOMORROW)

    assert asked_on(world, TODAY) == (False, ["課長又は署長"])
    assert asked_on(world, TOMORROW) == (True, ["課長", "署長"])


def test_days_gone_by_keep_what_held_then(world: World) -> None:
    settle(world)
    settle(world, replace(FACTS, is_required=False), day=TOMORROW, revision=1)

    assert (asked_on(world, TODAY)[0], asked_on(world, TOMORROW)[0]) == (True, False)
    with pytest.raises(Conflict):
        settle(world, day=TOMORROW, revision=1)


@pytest.mark.parametrize("who", ["officer", "chief", "stranger_chief", "hq", "auditor"])
def test_only_the_station_chief_and_administrators_settle_it(world: World, who: str) -> None:
    with pytest.raises(Forbidden):
        settle(world, who=who)


def test_a_route_has_a_step_and_large_exports_always_a_second_person(world: World) -> None:
    with pytest.raises(Refused, match="一つ以上"):
        settle(world, replace(FACTS, steps=()))
    with pytest.raises(Refused, match="必ず別の職員"):
        settle(world, RouteFacts(ApprovalKind.EXPORT, is_required=False, steps=BOTH))
