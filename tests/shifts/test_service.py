import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.kernel.errors import Forbidden, NotFound
from crm.shifts import queries, service
from crm.shifts.errands import forget_everywhere
from crm.shifts.lines import MessageLine
from crm.shifts.models import ShiftConfirmation, ShiftMessage
from crm.today.queries import tour_of
from tests.shifts.acts import colleague, left
from tests.support.world import NOW, World

DAY = dt.timedelta(days=1)


def confirmed(world: World, message: UUID, who: str, now: dt.datetime = NOW) -> None:
    with world.writing(who) as db:
        service.confirm(db, world.actors[who], message, now=now)


def messages(world: World, who: str = "officer") -> list[MessageLine]:
    with world.reading(who) as db:
        return list(queries.messages_of(db, world.actors[who].unit_id, NOW))


def on_the_tour(world: World, who: str, now: dt.datetime = NOW) -> list[str]:
    with world.reading(who) as db:
        tour = tour_of(db, world.actors[who], now=now, revisit_days=90)
    return [line.text for line in tour.messages]


def test_form_sent_twice_leaves_it_once(world: World) -> None:
    key, officer = uuid7(), world.actors["officer"]
    for _ in range(2):
        with world.writing("officer") as db:
            service.leave(db, officer, "一つ", request_key=key, now=NOW)

    assert [line.text for line in messages(world)] == ["一つ"]


def test_message_stays_on_the_tour_until_each_took_note(world: World) -> None:
    other = colleague(world)
    message = left(world)

    before = on_the_tour(world, other)
    confirmed(world, message, other)

    assert (before, on_the_tour(world, other)) == (["下校時間が変わった。"], [])
    # whoever wrote it knows
    assert on_the_tour(world, "officer") == []


def test_old_message_is_no_news(world: World) -> None:
    other = colleague(world)
    left(world)

    shown = [len(on_the_tour(world, other, NOW + n * DAY)) for n in (7, 8)]
    assert shown == [1, 0]


def test_everybody_who_took_note_is_named_once_in_order(world: World) -> None:
    other = colleague(world)
    message = left(world)
    for when in (NOW, NOW + DAY):
        confirmed(world, message, other, when)
    confirmed(world, message, "officer", NOW + DAY)

    (line,) = messages(world)

    assert [(name, at) for _, name, at in line.confirmed] == [
        ("山口 進", NOW),
        ("佐藤 彩", NOW + DAY),
    ]


@pytest.mark.parametrize("who", ["chief", "seian", "stranger"])
def test_message_of_another_unit_is_not_theirs_to_note(world: World, who: str) -> None:
    message = left(world)

    with world.writing(who) as db:
        with pytest.raises(NotFound):
            service.confirm(db, world.actors[who], message, now=NOW)
        with pytest.raises(NotFound):
            service.take_back(db, world.actors[who], message, now=NOW)
    assert on_the_tour(world, who) == []


def test_author_alone_takes_it_back_with_its_notes(world: World) -> None:
    other = colleague(world)
    message = left(world)
    confirmed(world, message, other)

    with world.writing(other) as db, pytest.raises(Forbidden):
        service.take_back(db, world.actors[other], message, now=NOW)
    with world.writing("officer") as db:
        service.take_back(db, world.actors["officer"], message, now=NOW)

    with world.reading("officer") as db:
        assert db.exec(select(ShiftConfirmation.id)).all() == []
    assert messages(world) == []


def test_whoever_reads_nobody_leaves_nothing(world: World) -> None:
    with pytest.raises(Forbidden):
        left(world, who="hq")


def test_forgotten_after_a_month_everywhere(world: World) -> None:
    other = colleague(world)
    message = left(world)
    confirmed(world, message, other)
    left(world, who="stranger")
    left(world, "新しい", now=NOW + 2 * DAY)

    forget_everywhere(world.database, NOW + queries.KEPT_FOR + DAY)

    for who, kept in (("officer", ["新しい"]), ("stranger", [])):
        with world.reading(who) as db:
            assert db.exec(select(ShiftMessage.text)).all() == kept
