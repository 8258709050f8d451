import datetime as dt

import pytest

from crm.contacts.models import Holder, Person
from crm.kernel.clock import JST
from crm.notes.models import Outcome
from crm.today import queries
from crm.today.tour import Tour
from tests.notes.acts import facts, logged, replied
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World
from tests.today.acts import put_liaison

DAY = dt.timedelta(days=1)
BEAT = "みなと町自治会"


def tour(
    world: World, who: str = "officer", now: dt.datetime = NOW, revisit_days: int = 90
) -> Tour:
    with world.reading(who) as db:
        return queries.tour_of(db, world.actors[who], now=now, revisit_days=revisit_days)


def liaison(world: World, name: str, *areas: str) -> Person:
    person = world.person(name, "くわばら けんた", care_note="電話は夕方")
    put_liaison(world, Holder(person_id=person.id), *areas)
    return person


def names(shown: Tour) -> list[str]:
    return [line.visit.who.name for line in shown.visits]


def test_tour_at_two_in_the_morning_is_yesterdays(world: World) -> None:
    small_hours = dt.datetime(2026, 11, 21, 2, 0, tzinfo=JST)
    morning = dt.datetime(2026, 11, 21, 8, 30, tzinfo=JST)

    assert tour(world, now=small_hours).day == TODAY
    assert tour(world, now=morning).day == TODAY + DAY


def test_visit_promised_for_the_tour_is_shown_through_its_night(world: World) -> None:
    person = world.person("濵田 美智子", "はまだ みちこ")
    logged(world, facts(person, next_on=TODAY + DAY))

    evening = dt.datetime(2026, 11, 21, 2, 0, tzinfo=JST)
    assert names(tour(world, now=evening)) == []
    assert names(tour(world, now=evening + 7 * dt.timedelta(hours=1))) == ["濵田 美智子"]


def test_beat_is_the_kobans_with_what_it_lacks(world: World) -> None:
    liaison(world, "桒原 健太", BEAT)
    put_liaison(world, Holder(organization_id=world.organization(BEAT).id), BEAT)
    liaison(world, "磯部 太郎", "磯部自治会")

    shown = tour(world)

    assert (shown.beat.unit_name, list(shown.beat.areas.values())) == (
        "若葉駅前交番",
        ["さくら台自治会", "みなと町自治会"],
    )
    assert (shown.counts.persons, shown.counts.organizations) == (1, 1)
    assert shown.counts.areas_without == ["さくら台自治会"]


def test_liaison_of_two_areas_counts_once(world: World) -> None:
    liaison(world, "桒原 健太", BEAT, "さくら台自治会")

    shown = tour(world)

    assert (shown.counts.persons, shown.counts.areas_without) == (1, [])
    assert names(shown) == ["桒原 健太"]


def test_section_without_a_beat_sees_the_stations_liaisons(world: World) -> None:
    liaison(world, "桒原 健太", BEAT)
    liaison(world, "磯部 太郎", "磯部自治会")
    liaison(world, "無区域 花子")

    assert sorted(names(tour(world, "seian"))) == ["桒原 健太", "無区域 花子", "磯部 太郎"]
    assert names(tour(world)) == ["桒原 健太"]


def test_liaison_whose_term_ended_is_not_visited(world: World) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    put_liaison(world, Holder(person_id=person.id), BEAT, until=TODAY - DAY)

    assert names(tour(world)) == []


def test_visit_by_any_section_counts_and_an_absence_does_not(world: World) -> None:
    met, missed = liaison(world, "桒原 健太", BEAT), liaison(world, "髙橋 茂", BEAT)
    logged(world, facts(met, happened_at=NOW - 10 * DAY), "seian")
    logged(world, facts(missed, outcome=Outcome.ABSENT, happened_at=NOW - 10 * DAY))

    assert names(tour(world)) == ["髙橋 茂"]
    assert names(tour(world, revisit_days=9)) == ["髙橋 茂", "桒原 健太"]


def test_visit_says_who_was_in_touch_and_what_to_heed(world: World) -> None:
    person = liaison(world, "桒原 健太", BEAT)
    logged(world, facts(person, happened_at=NOW - 10 * DAY, next_on=TODAY), "seian")

    (line,) = tour(world).visits

    assert (line.visit.promised_on, line.visit.is_liaison) == (TODAY, True)
    assert line.visit.who.care_note == "電話は夕方"
    assert line.contacts is not None
    assert line.contacts.sections == [("若葉署生活安全課", 1)]


def test_answers_owed_are_the_own_units_and_a_chief_sees_the_stations(world: World) -> None:
    person = world.person("濵田 美智子", "はまだ みちこ")
    logged(world, facts(person, needs_reply=True, happened_at=NOW - DAY))
    logged(world, facts(person, needs_reply=True, happened_at=NOW - 3 * DAY), "seian")

    assert [reply.heard_on for reply in tour(world).replies] == [TODAY - DAY]
    assert [reply.heard_on for reply in tour(world, "seian").replies] == [TODAY - 3 * DAY]
    # the community section's own koban come first, though the other has waited longer
    assert [reply.heard_on for reply in tour(world, "chief").replies] == [
        TODAY - DAY,
        TODAY - 3 * DAY,
    ]


def test_answer_told_back_is_no_longer_owed(world: World) -> None:
    person = world.person("濵田 美智子", "はまだ みちこ")
    note = logged(world, facts(person, needs_reply=True))
    replied(world, note.id)

    assert tour(world).replies == []


def test_organization_is_visited_by_its_own_name(world: World) -> None:
    school = world.organization("若葉小学校", "わかばしょうがっこう")
    put_liaison(world, Holder(organization_id=school.id), BEAT)
    logged(
        world,
        facts(organization_ids=frozenset({school.id}), happened_at=NOW - 99 * DAY),
    )

    (line,) = tour(world).visits

    assert (line.visit.who.holder.organization_id, line.visit.who.name) == (
        school.id,
        "若葉小学校",
    )
    assert line.visit.last_on == TODAY - 99 * DAY


def test_tour_of_another_station_shows_nothing_of_ours(world: World) -> None:
    person = liaison(world, "桒原 健太", BEAT)
    logged(world, facts(person, needs_reply=True, next_on=TODAY))

    for who in ("stranger", "stranger_chief"):
        shown = tour(world, who)
        assert (shown.replies, shown.visits, shown.counts.persons) == ([], [], 0)


def test_long_list_is_cut_and_says_so(world: World) -> None:
    for number in range(queries.MOST_VISITS + 2):
        liaison(world, f"連絡員 {number}", BEAT)

    shown = tour(world)

    assert (len(shown.visits), shown.visits_in_all) == (queries.MOST_VISITS, 32)


@pytest.mark.parametrize("count", [1, 3])
def test_tour_is_five_statements(world: World, count: int) -> None:
    for number in range(count):
        person = liaison(world, f"連絡員 {number}", BEAT)
        logged(world, facts(person, needs_reply=True, next_on=TODAY))

    with counted(world.database) as statements:
        shown = tour(world)

    assert (len(shown.visits), len(shown.replies), len(statements)) == (count, count, 5)
