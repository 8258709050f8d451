import datetime as dt

import pytest

from crm.bulletins.files import read_sheet
from crm.bulletins.models import Handling
from crm.kernel.errors import Conflict, NotFound, Refused
from crm.meetings.models import CancelReason
from crm.meetings.service import cancel
from crm.minutes import agenda, queries
from crm.minutes.agenda import Direction, ItemFacts
from crm.minutes.models import CUSTOMARY, AgendaKind
from tests.meetings.acts import planned
from tests.minutes.acts import prepared, whole_of
from tests.support.world import NOW, World

DAY = dt.timedelta(days=1)
PDF = b"%PDF-1.7 ... %%EOF"


def test_agenda_has_the_customary_order_and_topics_in_their_place(world: World) -> None:
    meeting = planned(world)

    whole = prepared(world, meeting, "街路灯について", "見守りについて")
    again = prepared(world, meeting)

    titles = [item.title for item in whole.items]
    assert titles == [*CUSTOMARY[:5], "街路灯について", "見守りについて", *CUSTOMARY[5:]]
    assert [item.title for item in again.items] == titles


def test_another_step_stands_before_the_closing(world: World) -> None:
    meeting = planned(world)
    prepared(world, meeting)

    with world.writing("officer") as db:
        facts = ItemFacts(title="表彰", speaker="署長", minutes_planned=5)
        agenda.add_item(db, world.actors["officer"], meeting.id, facts, now=NOW)

    added = whole_of(world, meeting).items[-2]
    assert (added.title, added.speaker, added.minutes_planned) == ("表彰", "署長", 5)


def test_lines_are_moved_by_one_place_and_stay_at_the_ends(world: World) -> None:
    meeting = planned(world)
    items = prepared(world, meeting).items
    actor = world.actors["officer"]

    with world.writing("officer") as db:
        agenda.move_item(db, actor, items[2].id, Direction.UP, now=NOW)
        agenda.move_item(db, actor, items[0].id, Direction.UP, now=NOW)
        agenda.move_item(db, actor, items[-1].id, Direction.DOWN, now=NOW)

    moved = [item.title for item in whole_of(world, meeting).items]
    assert moved == ["開会", "出席者紹介", "挨拶", *CUSTOMARY[3:]]


def test_stale_line_is_a_conflict(world: World) -> None:
    meeting = planned(world)
    item = prepared(world, meeting).items[1]
    facts = ItemFacts(title="挨拶", speaker="推進本部長")
    actor = world.actors["officer"]

    with world.writing("officer") as db:
        agenda.change_item(db, actor, item.id, facts, revision=1, now=NOW)
    with world.writing("officer") as db, pytest.raises(Conflict):
        agenda.change_item(db, actor, item.id, facts, revision=1, now=NOW)


def test_paper_of_a_line_stays_with_the_meeting_when_the_line_goes(world: World) -> None:
    meeting = planned(world)
    item = prepared(world, meeting, "街路灯について").items[5]
    actor = world.actors["officer"]

    with world.writing("officer") as db:
        sheet = read_sheet("資料１.pdf", PDF)
        class_ = {"handling": Handling.LIAISONS, "agenda_item_id": item.id}
        agenda.add_paper(db, actor, meeting.id, sheet, **class_, now=NOW)  # type: ignore[arg-type]  # facts of a test
    listed = whole_of(world, meeting)
    with world.writing("officer") as db:
        agenda.remove_item(db, actor, item.id, now=NOW)

    after = whole_of(world, meeting)
    assert [one.name for one in listed.papers_of(item.id)] == ["資料１.pdf"]
    assert [(one.name, one.size) for one in after.papers_of(None)] == [("資料１.pdf", len(PDF))]
    with world.writing("officer") as db:
        agenda.remove_paper(db, actor, after.papers[0].id, now=NOW)
    assert whole_of(world, meeting).papers == []


def test_paper_belongs_to_a_line_of_its_own_meeting(world: World) -> None:
    meeting, other = planned(world), planned(world)
    item = prepared(world, other).items[0]

    with world.writing("officer") as db, pytest.raises(NotFound):
        agenda.add_paper(
            db,
            world.actors["officer"],
            meeting.id,
            read_sheet("資料.pdf", PDF),
            handling=Handling.PUBLIC,
            agenda_item_id=item.id,
            now=NOW,
        )


def test_meeting_goes_on_from_an_earlier_one_only(world: World) -> None:
    meeting, later = planned(world), planned(world, starts_at=NOW + DAY)
    actor = world.actors["officer"]

    with world.writing("officer") as db, pytest.raises(Refused) as refused:
        agenda.go_on_from(db, actor, meeting.id, later.id, now=NOW)
    with world.writing("officer") as db:
        agenda.go_on_from(db, actor, later.id, meeting.id, now=NOW)
    named = whole_of(world, later).previous_id
    with world.writing("officer") as db:
        agenda.go_on_from(db, actor, later.id, None, now=NOW)

    assert refused.value.field == "previous_id"
    assert (named, whole_of(world, later).previous_id) == (meeting.id, None)


def test_canceled_meeting_keeps_its_agenda_as_it_is(world: World) -> None:
    meeting = planned(world)
    actor = world.actors["officer"]
    with world.writing("officer") as db:
        cancel(db, actor, meeting.id, CancelReason.SNOW, now=NOW)

    with world.writing("officer") as db, pytest.raises(Refused):
        agenda.prepare(db, actor, meeting.id, now=NOW)


def test_agenda_is_the_stations_alone(world: World) -> None:
    meeting = planned(world)
    item = prepared(world, meeting).items[0]

    with world.writing("stranger_chief") as db, pytest.raises(NotFound):
        agenda.prepare(db, world.actors["stranger_chief"], meeting.id, now=NOW)
    with world.reading("stranger_chief") as db, pytest.raises(NotFound):
        queries.item_of(db, item.id)
    assert whole_of(world, meeting, who="stranger_chief").items == []


def test_topics_without_a_heading_come_last(world: World) -> None:
    meeting = planned(world)
    with world.writing("officer") as db:
        facts = ItemFacts(title="防犯", kind=AgendaKind.TOPIC)
        agenda.add_item(db, world.actors["officer"], meeting.id, facts, now=NOW)

    assert [item.title for item in whole_of(world, meeting).items] == ["防犯"]
