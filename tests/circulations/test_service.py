from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from crm.circulations import queries, service
from crm.kernel.errors import Forbidden, NotFound, Refused
from tests.support.world import NOW, World

SUBJECT = ("note", uuid7())


def sent(world: World, *units: str, who: str = "officer") -> UUID:
    with world.writing(who) as db:
        return service.circulate(
            db,
            world.actors[who],
            SUBJECT,
            title="活動記録",
            path=f"/notes/{SUBJECT[1]}",
            unit_ids=[world.units[unit] for unit in units],
            remark="街路灯の件",
            now=NOW,
        ).id


def waiting(world: World, who: str) -> list[UUID]:
    with world.reading(who) as db:
        return [line.id for line in queries.waiting_for(db, world.actors[who].unit_id)]


def confirmed(world: World, key: UUID, who: str) -> None:
    with world.writing(who) as db:
        service.confirm(db, world.actors[who], key, now=NOW)


def test_each_unit_confirms_once_and_the_author_sees_who_has(world: World) -> None:
    key = sent(world, "若葉署地域課", "若葉署生活安全課")
    assert [waiting(world, who) for who in ("chief", "seian", "officer")] == [[key], [key], []]

    confirmed(world, key, "seian")
    confirmed(world, key, "seian")

    assert [waiting(world, who) for who in ("chief", "seian")] == [[key], []]
    with world.reading("officer") as db:
        (line,) = queries.sent_by(db, world.actors["officer"].staff_id).items
        seen = queries.seen_by(db, world.actors["seian"].unit_id)
    assert (line.waiting, [one.id for one in seen.items]) == (1, [key])
    assert {(one.unit_name, one.confirmed_by, one.confirmed_at) for one in line.recipients} == {
        ("若葉署地域課", "", None),
        ("若葉署生活安全課", "山口 進", NOW),
    }


def test_who_it_does_not_go_to_confirms_nothing(world: World) -> None:
    key = sent(world, "若葉署地域課")

    for who in ("seian", "stranger"):
        with pytest.raises(NotFound):
            confirmed(world, key, who)
    assert waiting(world, "chief") == [key]


@pytest.mark.parametrize("unit", ["港南交番", "本部地域課", "若葉駅前交番", "みなと駐在所"])
def test_it_goes_to_other_units_of_the_own_station_that_have_anybody(
    world: World, unit: str
) -> None:
    with pytest.raises(Refused):
        sent(world, unit)


def test_it_goes_to_somebody(world: World) -> None:
    with pytest.raises(Refused, match="供覧先を選んで"):
        sent(world)


def test_headquarters_puts_nothing_in_circulation(world: World) -> None:
    with pytest.raises(Forbidden):
        sent(world, "本部", who="hq")


def test_another_station_sees_none_of_it(world: World) -> None:
    sent(world, "若葉署地域課")

    with world.reading("stranger_chief") as db:
        assert queries.circulations_of(db, SUBJECT) == []
    with world.reading("seian") as db:
        assert len(queries.circulations_of(db, SUBJECT)) == 1
