"""What was handed over in a contact, and the links that repeat when the contact was."""

import datetime as dt

import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.bulletins.models import Handling, NoteInformation
from crm.contacts.models import Holder, Person
from crm.kernel.errors import Conflict, NotFound, Refused
from crm.notes import queries
from crm.notes.lines import NoteLine
from crm.notes.models import ActivityNote, NoteOrganization, NotePerson, Outcome
from tests.bulletins.acts import DAY, issued, withdrawn
from tests.notes.acts import HOUR, corrected, facts, logged
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World


def timeline(world: World, person: Person) -> list[NoteLine]:
    with world.reading("officer") as db:
        units = queries.unit_book(db, world.units["若葉署"])
        holder = Holder(person_id=person.id)
        return list(queries.timeline_of(db, holder, units).notes)


def test_note_says_what_was_handed_over_and_who_was_there_once(
    world: World, kuwahara: Person
) -> None:
    older = issued(world, title="古い速報", now=NOW - DAY, valid_from=TODAY - DAY)
    newer = issued(world, "hq", title="新しい速報")
    logged(
        world,
        facts(
            kuwahara,
            information_ids=frozenset({older.id, newer.id}),
            staff_ids=frozenset({world.actors["seian"].staff_id}),
        ),
    )

    (note,) = timeline(world, kuwahara)
    assert [item.title for item in note.handed] == ["新しい速報", "古い速報"]
    assert [staff.name for staff in note.staff] == ["佐藤 彩", "山口 進"]


def test_what_was_handed_over_outlives_correction_and_withdrawal(
    world: World, kuwahara: Person
) -> None:
    item = issued(world)
    note = logged(world, facts(kuwahara, information_ids=frozenset({item.id})))

    corrected(world, note, heard="言い直した。")
    withdrawn(world, item)

    (kept,) = timeline(world, kuwahara)
    assert (kept.heard, [each.id for each in kept.handed]) == ("言い直した。", [item.id])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_handing_something_over_says_enough_and_may_be_corrected_so(
    world: World, kuwahara: Person
) -> None:
    item = issued(world)
    note = logged(world, facts(kuwahara, heard="", information_ids=frozenset({item.id})))

    corrected(world, note, heard="", happened_at=NOW - HOUR)

    (kept,) = timeline(world, kuwahara)
    assert (kept.heard, kept.happened_at, len(kept.handed)) == ("", NOW - HOUR, 1)
    with pytest.raises(Refused):
        logged(world, facts(kuwahara, heard=""))


@pytest.mark.parametrize("items", [1, 3])
def test_what_was_handed_over_costs_no_statement(
    world: World, kuwahara: Person, items: int
) -> None:
    ids = frozenset(issued(world).id for _ in range(items))
    for _ in range(items):
        logged(world, facts(kuwahara, information_ids=ids))

    with counted(world.database) as statements:
        notes = timeline(world, kuwahara)

    assert [len(note.handed) for note in notes] == [items] * items
    assert len(statements) == 2


def test_a_contact_of_yesterday_could_be_handed_what_ended_then(
    world: World, kuwahara: Person
) -> None:
    item = issued(world, now=NOW - DAY, valid_from=TODAY - DAY, valid_to=TODAY - DAY)

    logged(world, facts(kuwahara, happened_at=NOW - DAY, information_ids=frozenset({item.id})))

    assert len(timeline(world, kuwahara)[0].handed) == 1


def test_an_item_of_another_station_is_not_found(world: World, kuwahara: Person) -> None:
    theirs = issued(world, "stranger")

    with pytest.raises(NotFound):
        logged(world, facts(kuwahara, information_ids=frozenset({theirs.id})))

    assert timeline(world, kuwahara) == []


def test_the_same_form_with_other_items_is_a_conflict(world: World, kuwahara: Person) -> None:
    item = issued(world)
    sent = facts(kuwahara, information_ids=frozenset({item.id}), client_key=uuid7())
    first = logged(world, sent)

    assert logged(world, sent).id == first.id
    with pytest.raises(Conflict):
        logged(world, facts(kuwahara, client_key=sent.client_key))
    with world.reading("officer") as db:
        assert db.exec(select(NoteInformation.item_id)).all() == [item.id]


def test_a_refused_item_leaves_no_note(world: World, kuwahara: Person) -> None:
    item = issued(world, handling=Handling.STATION_ONLY)

    with pytest.raises(Refused, match="署内限り"):
        logged(world, facts(kuwahara, information_ids=frozenset({item.id})))

    with world.reading("officer") as db:
        assert db.exec(select(ActivityNote.id)).all() == []


def test_links_follow_a_correction_of_time_and_outcome(world: World, kuwahara: Person) -> None:
    school = world.organization("若葉小学校")
    ids = frozenset({school.id})
    note = logged(world, facts(kuwahara, organization_ids=ids))
    other = logged(world, facts(kuwahara, happened_at=NOW - 2 * DAY))
    moved = NOW - 5 * HOUR

    corrected(world, note, happened_at=moved, outcome=Outcome.ABSENT)

    with world.reading("officer") as db:
        people = {link.note_id: link for link in db.exec(select(NotePerson)).all()}
        there = db.exec(select(NoteOrganization)).one()
        assert (people[note.id].happened_at, people[note.id].outcome) == (moved, Outcome.ABSENT)
        assert (there.happened_at, there.outcome) == (moved, Outcome.ABSENT)
        assert people[other.id].happened_at == NOW - 2 * DAY
        holders = [Holder(person_id=kuwahara.id), Holder(organization_id=school.id)]
        assert queries.last_two_way(db, holders) == {holders[0]: NOW - dt.timedelta(days=2)}
