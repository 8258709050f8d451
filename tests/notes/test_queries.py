import datetime as dt
from dataclasses import replace

import pytest
from uuid_utils.compat import uuid7

from crm.contacts.models import Holder, Person
from crm.notes import form_queries, queries
from crm.notes.lines import Timeline
from crm.notes.models import Occasion, Outcome
from tests.notes.acts import corrected, facts, logged, replied
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World

DAY = dt.timedelta(days=1)


def timeline(world: World, person: Person, who: str = "officer", **more: int) -> Timeline:
    actor = world.actors[who]
    with world.reading(who) as db:
        units = queries.unit_book(db, actor.station_id)
        return queries.timeline_of(db, Holder(person_id=person.id), units, **more)


def test_timeline_is_newest_first_with_units_of_the_time(world: World, kuwahara: Person) -> None:
    old = logged(world, facts(kuwahara, happened_at=NOW - 3 * DAY))
    new = logged(world, facts(kuwahara, staff_ids=frozenset({world.actors["chief"].staff_id})))

    shown = timeline(world, kuwahara)

    assert [note.id for note in shown.notes] == [new.id, old.id]
    assert [(staff.name, staff.unit, staff.section) for staff in shown.notes[0].staff] == [
        ("佐藤 彩", "若葉駅前交番", "若葉署地域課"),
        ("中村 誠", "若葉署地域課", "若葉署地域課"),
    ]


def test_timeline_is_shown_twenty_at_a_time(world: World, kuwahara: Person) -> None:
    ids = [logged(world, facts(kuwahara, happened_at=NOW - n * DAY)).id for n in range(1, 22)]

    first, both = timeline(world, kuwahara), timeline(world, kuwahara, steps=2)

    assert ([note.id for note in first.notes], first.has_more) == (ids[:20], True)
    assert ([note.id for note in both.notes], both.has_more) == (ids, False)


def test_timeline_tells_of_corrections_and_replies(world: World, kuwahara: Person) -> None:
    note = logged(world, facts(kuwahara, needs_reply=True))
    corrected(world, note, heard="街灯が3か所消えている。")
    replied(world, note.id, who="seian")

    (shown,) = timeline(world, kuwahara).notes

    assert (shown.heard, shown.is_corrected) == ("街灯が3か所消えている。", True)
    (asked,) = shown.asked
    assert (asked.answered_on, asked.answer, asked.is_open) == (TODAY, "交換しました。", False)
    assert asked.by is not None
    assert (asked.by.name, asked.by.unit) == ("山口 進", "若葉署生活安全課")


def test_timeline_of_anothers_person_is_empty(world: World) -> None:
    theirs = world.person("桒原 健太", "くわばら けんた", station="港南署")
    logged(world, facts(theirs), "stranger")

    assert timeline(world, theirs).notes == []
    assert len(timeline(world, theirs, "stranger").notes) == 1


@pytest.mark.parametrize("notes", [1, 3])
def test_timeline_is_one_statement(world: World, kuwahara: Person, notes: int) -> None:
    for _ in range(notes):
        logged(world, facts(kuwahara, needs_reply=True))

    with counted(world.database) as statements:
        shown = timeline(world, kuwahara)

    assert (len(shown.notes), len(statements)) == (notes, 2)


def test_corrections_keep_every_earlier_text(world: World, kuwahara: Person) -> None:
    said = ["一つ目", "二つ目", "三つ目", "四つ目"]
    note = logged(world, facts(kuwahara, heard=said[0]))
    for revision, text in enumerate(said[1:], start=1):
        corrected(world, note, heard=text, revision=revision)

    with world.reading("officer") as db:
        kept = [old.heard for old in queries.corrections_of(db, note.id)]
        assert kept == ["三つ目", "二つ目", "一つ目"]
        assert queries.note_of(db, note.id).heard == "四つ目"


def test_last_two_way_ignores_absences(world: World, kuwahara: Person) -> None:
    never = world.person("濵田 美智子", "はまだ みちこ")
    school = world.organization("若葉小学校")
    met = facts(kuwahara, happened_at=NOW - 5 * DAY, organization_ids=frozenset({school.id}))
    logged(world, met)
    logged(world, replace(met, client_key=uuid7(), outcome=Outcome.ABSENT, happened_at=NOW - DAY))
    logged(world, facts(never, outcome=Outcome.ABSENT))
    holders = [
        Holder(person_id=kuwahara.id),
        Holder(person_id=never.id),
        Holder(organization_id=school.id),
    ]

    with world.reading("officer") as db:
        found = queries.last_two_way(db, holders)

    assert found == {holders[0]: NOW - 5 * DAY, holders[2]: NOW - 5 * DAY}


def test_last_two_way_is_blind_for_a_stranger(world: World, kuwahara: Person) -> None:
    logged(world, facts(kuwahara))

    with world.reading("stranger") as db:
        assert queries.last_two_way(db, [Holder(person_id=kuwahara.id)]) == {}


def test_usual_occasion_is_the_last_of_the_tour(world: World, kuwahara: Person) -> None:
    beside = world.actors["chief"].staff_id
    logged(world, facts(kuwahara, occasion=Occasion.CAMPAIGN, staff_ids=frozenset({beside})))
    logged(world, facts(kuwahara, occasion=Occasion.PHONE, outcome=Outcome.PHONE))
    officer = world.actors["officer"]

    with world.reading("officer") as db:
        lately, before = (
            form_queries.surroundings_of(db, officer, since=since, day=TODAY)
            for since in (NOW - DAY, NOW + DAY)
        )

    assert (lately.occasion, lately.companions) == (Occasion.CAMPAIGN, [beside])
    assert (before.occasion, before.companions) == (None, [])


def test_partners_of_late_are_the_latest_first(world: World, kuwahara: Person) -> None:
    hamada = world.person("濵田 美智子", "はまだ みちこ")
    school = world.organization("若葉小学校", "わかばしょうがっこう")
    logged(world, facts(organization_ids=frozenset({school.id}), happened_at=NOW - 1.5 * DAY))
    logged(world, facts(kuwahara, happened_at=NOW - 2 * DAY))
    logged(world, facts(hamada, happened_at=NOW - 3 * DAY))
    logged(world, facts(hamada, happened_at=NOW - DAY))

    with world.reading("officer") as db:
        found = form_queries.recent_partners(db, world.actors["officer"].staff_id)

    assert [party.name for party in found] == [
        *("濵田 美智子", "若葉小学校", "桒原 健太"),
    ]
