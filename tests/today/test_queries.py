import datetime as dt

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import StaffAssignment
from crm.bulletins.models import Handling
from crm.contacts.models import Appointment, Holder, Organization, Person, PostType
from crm.kernel.clock import JST
from crm.notes.models import Outcome
from crm.requests.models import Topic
from crm.requests.service import Assignment, assign
from crm.today import queries
from crm.today.tour import Tour
from crm.visiting.models import Every
from tests.bulletins.acts import issued
from tests.notes.acts import facts, logged, replied
from tests.requests.acts import received
from tests.strengthening.acts import chosen, planned
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World
from tests.today.acts import put_liaison
from tests.visiting.acts import decided, decided_of_area, left_in_peace

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


def appointed(world: World, person: Person, organization: Organization) -> None:
    with world.reading("officer") as db:
        chair = db.exec(select(PostType.id)).first()
    assert chair is not None
    world.put(
        Appointment(
            agency_id=world.agency_id,
            station_id=world.units["若葉署"],
            person_id=person.id,
            organization_id=organization.id,
            post_type_id=chair,
        )
    )


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


def test_whoever_became_a_liaison_after_midnight_is_on_the_tour_of_that_night(
    world: World,
) -> None:
    person = world.person("桒原 健太", "くわばら けんた")
    tomorrow = TODAY + dt.timedelta(days=1)
    put_liaison(world, Holder(person_id=person.id), "みなと町自治会", since=tomorrow)
    at_two = dt.datetime.combine(tomorrow, dt.time(2), JST)

    assert names(tour(world, now=at_two)) == ["桒原 健太"]


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
    assert line.burden.contacts is not None
    assert line.burden.contacts.sections == [("若葉署生活安全課", 1)]


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


def test_cadence_of_somebody_who_is_no_liaison_proposes_them_on_their_beat(world: World) -> None:
    here = world.organization("みなと商店会", area=BEAT)
    chair = world.person("商店 会長", "しょうてん かいちょう")
    appointed(world, chair, here)
    elsewhere = world.organization("磯部商店会", area="磯部自治会")
    for holder in (
        Holder(organization_id=here.id),
        Holder(person_id=chair.id),
        Holder(organization_id=elsewhere.id),
    ):
        decided(world, holder, Every.MONTH)

    assert sorted(names(tour(world))) == ["みなと商店会", "商店 会長"]
    assert tour(world).counts.persons == 0


def test_cadence_of_the_beats_areas_holds_for_its_liaisons(world: World) -> None:
    person = liaison(world, "桒原 健太", BEAT)
    logged(world, facts(person, happened_at=NOW - 40 * DAY))
    before = names(tour(world))
    decided_of_area(world, BEAT, Every.MONTH)

    assert (before, names(tour(world))) == ([], ["桒原 健太"])


def test_whoever_is_left_in_peace_is_not_proposed(world: World) -> None:
    person = liaison(world, "桒原 健太", BEAT)
    left_in_peace(world, Holder(person_id=person.id), TODAY, TODAY + DAY)

    shown = tour(world)

    assert (shown.due, [line.visit.who.name for line in shown.resting]) == ([], ["桒原 健太"])
    assert names(tour(world, now=NOW + 2 * DAY)) == ["桒原 健太"]


def test_promise_of_somebody_no_longer_posted_is_a_predecessors(world: World) -> None:
    person = world.person("浜 一", "はま はじめ")
    logged(world, facts(person, next_on=TODAY + DAY))
    before = tour(world, now=NOW + DAY)
    with world.database.system("a test's transfer") as connection:
        connection.execute(
            sa.update(StaffAssignment)
            .where(col(StaffAssignment.staff_id) == world.actors["officer"].staff_id)
            .values(valid_to=TODAY)
        )
    after = tour(world, now=NOW + DAY)

    assert (len(before.promised), len(before.left)) == (1, 0)
    assert (len(after.promised), len(after.left)) == (0, 1)


def test_request_given_by_another_office_is_news_and_the_own_is_not(world: World) -> None:
    person = world.person("浜 一", "はま はじめ")
    request = received(world, person, who="seian", words="街灯が消えている。")
    assignment = Assignment(unit_id=world.units["若葉駅前交番"], topic=Topic.LIGHTING)
    with world.writing("chief") as db:
        assign(db, world.actors["chief"], request.id, assignment, revision=1, now=NOW)

    (news,) = tour(world).news

    assert (news.by, news.outcome, news.subject) == ("若葉署地域課", None, "街灯が消えている。")
    assert tour(world, "seian").news == []
    assert tour(world, now=NOW + 8 * DAY).news == []


def test_sheet_issued_lately_is_shown_until_it_is_no_longer_new(world: World) -> None:
    issued(world, title="交番速報")
    issued(world, title="署内の通知", handling=Handling.STATION_ONLY)

    assert [item.title for item in tour(world).items] == ["交番速報"]
    assert tour(world, "stranger").items == []
    assert tour(world, now=NOW + 15 * DAY).items == []


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

    assert (len(shown.due), shown.due_in_all) == (queries.MOST_VISITS, 32)


@pytest.mark.parametrize("count", [1, 3])
def test_tour_is_four_statements(world: World, count: int) -> None:
    for number in range(count):
        person = liaison(world, f"連絡員 {number}", BEAT)
        logged(world, facts(person, needs_reply=True, next_on=TODAY))

    with counted(world.database) as statements:
        shown = tour(world)

    assert (len(shown.visits), len(shown.replies), len(statements)) == (count, count, 4)


def strengthening(world: World, *whom: Person, first_on: dt.date = TODAY, **more: str) -> None:
    day = planned(world, first_on=first_on, **more)
    chosen(world, day, *(Holder(person_id=person.id) for person in whom))


def test_strengthening_day_that_runs_is_on_the_tour_with_whom_it_is_still_to_see(
    world: World,
) -> None:
    seen, left, promised = (
        liaison(world, name, BEAT) for name in ("桒原 健太", "濵田 健", "浜 一")
    )
    logged(world, facts(promised, next_on=TODAY, happened_at=NOW - DAY))
    strengthening(world, seen, left, promised)
    logged(world, facts(seen))

    shown = tour(world)

    assert [one.unit_name for one in shown.running] == ["若葉駅前交番"]
    assert [line.visit.who.name for line in shown.aimed] == ["濵田 健"]
    assert [line.visit.who.name for line in shown.promised] == ["浜 一"]
    assert shown.due == []
    assert tour(world, now=NOW + DAY).running == []


def test_others_see_which_box_goes_out_and_not_whom_it_is_to_see(world: World) -> None:
    strengthening(world, liaison(world, "桒原 健太", BEAT))

    whole = tour(world, "station_chief")
    assert ([one.unit_name for one in whole.running], whole.aimed) == (["若葉駅前交番"], [])
    other = tour(world, "stranger")
    assert (other.running, other.aimed) == ([], [])
