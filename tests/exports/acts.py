"""Taking rosters out in a test's world, and reading what came out."""

import datetime as dt
from functools import partial

from crm.approvals.queries import pending
from crm.approvals.service import approve
from crm.exports.models import Export
from crm.exports.queries import Fetchable
from crm.exports.service import Making, Taking, craft_of, fetch
from crm.rosters.issuing import ask_for_roster
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.service import RosterOrder
from tests.rosters.network import put_consent, put_term
from tests.support.world import NOW, World

WITHIN = Taking("署内", plain_reason="統計に使うため")


def put_liaisons(world: World, count: int = 1, *, station: str = "若葉署") -> None:
    """Put so many people who agreed to stand on every roster."""
    for number in range(1, count + 1):
        person = world.person(f"髙橋 {number}", "タカハシ", station=station)
        put_term(world, person)
        put_consent(world, person)


def asked(
    world: World,
    form: RosterFormat = RosterFormat.CSV,
    *,
    who: str = "chief",
    taking: Taking = WITHIN,
    now: dt.datetime = NOW,
) -> Export:
    """Ask for a roster as one of the world's actors."""
    order = RosterOrder("第３回地域安全の会", RosterProfile.STATION, None, form)
    with world.writing(who) as db:
        export = ask_for_roster(db, world.actors[who], order, taking, now=now)
        db.expunge(export)
        return export


def made(world: World, export: Export, *, who: str = "chief", now: dt.datetime = NOW) -> str:
    """Make the file of an export, and return its password."""
    reads, writes = partial(world.reading, who), partial(world.writing, who)
    making = Making(export, world.actors[who], now, reads, writes)
    craft_of(export.kind).make(making)
    return making.password


def fetched(
    world: World, export: Export, *, who: str = "chief", now: dt.datetime = NOW
) -> Fetchable:
    """Fetch the file of an export."""
    with world.writing(who) as db:
        return fetch(db, world.actors[who], export.id, now=now)


def approved(world: World, who: str = "station_chief") -> None:
    """Let somebody take every step that waits."""
    with world.writing(who) as db:
        for line in pending(db):
            for _ in range(len(line.route)):
                approve(db, world.actors[who], line.id, now=NOW)
