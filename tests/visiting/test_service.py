import datetime as dt
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.contacts.models import Holder, Person
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, NotFound, Refused
from crm.visiting import queries, service
from crm.visiting.models import Every, QuietReason, VisitCadence
from crm.visiting.service import Decided, QuietFacts
from tests.support.world import NOW, TODAY, World
from tests.visiting.acts import decided, decided_of_area, left_in_peace

DAY = dt.timedelta(days=1)
REST = QuietFacts(TODAY, TODAY + DAY, QuietReason.MOURNING, "電話は可", uuid7())


@pytest.fixture
def hama(world: World) -> Person:
    return world.person("浜 一", "はま はじめ")


def rest(world: World, person: Person, facts: QuietFacts, who: str = "officer") -> UUID:
    holder = Holder(person_id=person.id)
    with world.writing(who) as db:
        return service.leave_in_peace(db, world.actors[who], holder, facts, now=NOW).id


def decide(world: World, person: Person, every: Every, seen: UUID | None, **more: object) -> None:
    who, now = str(more.get("who", "chief")), more.get("now", NOW)
    with world.writing(who) as db:
        service.decide_cadence(
            db,
            world.actors[who],
            Holder(person_id=person.id),
            Decided(every, seen),
            now=now,  # type: ignore[arg-type]  # a moment, as each test states it
        )


class Kept(NamedTuple):
    id: UUID
    every_days: int | None
    valid_from: dt.date
    valid_to: dt.date | None
    area_id: UUID | None


def cadences(world: World) -> list[Kept]:
    with world.reading("chief") as db:
        rows = db.exec(select(VisitCadence)).all()
        kept = [Kept(*(getattr(row, name) for name in Kept._fields)) for row in rows]
    return sorted(kept, key=lambda row: row.valid_from)


def test_form_sent_twice_is_one_period(world: World, hama: Person) -> None:
    assert rest(world, hama, REST) == rest(world, hama, REST)


@pytest.mark.parametrize(
    ("start", "end"), [(1, 0), (-2, -1), (0, 367)], ids=["backward", "gone", "too long"]
)
def test_days_that_cannot_be_are_refused(world: World, hama: Person, start: int, end: int) -> None:
    wrong = replace(REST, valid_from=TODAY + start * DAY, valid_to=TODAY + end * DAY)

    with pytest.raises(Refused) as refusal:
        rest(world, hama, wrong)

    assert refusal.value.field == "valid_to"


def test_somebody_of_another_station_is_not_known(world: World, hama: Person) -> None:
    period = rest(world, hama, REST)

    with pytest.raises(NotFound):
        rest(world, hama, replace(REST, request_key=uuid7()), "stranger")
    with world.writing("stranger") as db, pytest.raises(NotFound):
        service.lift(db, world.actors["stranger"], period, now=NOW)
    with world.reading("stranger") as db:
        assert queries.periods_of(db, Holder(person_id=hama.id)) == []


def test_lifted_period_stays_on_record_and_is_lifted_once(world: World, hama: Person) -> None:
    period = left_in_peace(world, Holder(person_id=hama.id), TODAY, TODAY + DAY)
    for later in (NOW, NOW + DAY):
        with world.writing("seian") as db:
            service.lift(db, world.actors["seian"], period.id, now=later)

    with world.reading("officer") as db:
        (line,) = queries.periods_of(db, Holder(person_id=hama.id))
    with world.reading("auditor") as db:
        lifted = db.exec(select(AuditEntry).where(AuditEntry.action == "quiet_period.lifted")).all()
    assert (line.entered_name, line.lifted_at, len(lifted)) == ("佐藤 彩", NOW, 1)


def test_decision_ends_the_one_before(world: World, hama: Person) -> None:
    decide(world, hama, Every.MONTH, None)
    (first,) = cadences(world)
    decide(world, hama, Every.NEVER, first.id, now=NOW + DAY)

    assert [(row.every_days, row.valid_from, row.valid_to) for row in cadences(world)] == [
        (30, TODAY, TODAY),
        (None, TODAY + DAY, None),
    ]


def test_decision_of_the_same_day_takes_the_place_of_the_first(world: World, hama: Person) -> None:
    decide(world, hama, Every.MONTH, None)
    (first,) = cadences(world)
    decide(world, hama, Every.DEFAULT, first.id)

    assert cadences(world) == []


def test_decision_made_from_an_older_one_is_refused(world: World, hama: Person) -> None:
    decide(world, hama, Every.MONTH, None)

    with pytest.raises(Conflict):
        decide(world, hama, Every.YEAR, None)


@pytest.mark.parametrize("who", ["officer", "seian", "stranger_chief"])
def test_how_often_is_for_the_stations_chiefs(world: World, hama: Person, who: str) -> None:
    with pytest.raises((Forbidden, NotFound)):
        decide(world, hama, Every.MONTH, None, who=who)

    assert cadences(world) == []


def test_area_of_another_station_is_refused(world: World) -> None:
    decided_of_area(world, "みなと町自治会", Every.MONTH)

    with pytest.raises(Refused):
        decided_of_area(world, "港南自治会", Every.MONTH)

    assert [row.area_id for row in cadences(world)] == [world.areas["みなと町自治会"]]


def test_cadence_of_an_organization_is_its_own(world: World, hama: Person) -> None:
    school = world.organization("若葉小学校")
    decided(world, Holder(organization_id=school.id), Every.YEAR)

    with world.reading("chief") as db:
        found = queries.cadence_of(db, Holder(organization_id=school.id).columns, TODAY)
        other = queries.cadence_of(db, Holder(person_id=hama.id).columns, TODAY)
        assert (found and found.every_days, other) == (365, None)
