"""What tests of shifts do again and again."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from uuid_utils.compat import uuid7

from crm.shifts import service
from tests.support.world import NOW, World


def left(
    world: World, text: str = "下校時間が変わった。", who: str = "officer", now: dt.datetime = NOW
) -> UUID:
    """Leave words for the next shift of the unit of `who`."""
    with world.writing(who) as db:
        return service.leave(db, world.actors[who], text, request_key=uuid7(), now=now).id


def colleague(world: World) -> str:
    """Let the officer of the other section serve where the first one does; return who that is."""
    seian, officer = world.actors["seian"], world.actors["officer"]
    world.actors["seian"] = replace(seian, unit_id=officer.unit_id, unit_name=officer.unit_name)
    return "seian"
