import datetime as dt
from dataclasses import replace

import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.contacts.models import Appointment, Holder, PostType
from crm.strengthening import queries
from crm.strengthening.models import TargetReason
from crm.strengthening.proposal_queries import proposals_for
from crm.strengthening.proposals import Proposal, by_unit
from crm.visiting.models import Every, QuietReason
from crm.visiting.service import Decided, QuietFacts, decide_cadence, leave_in_peace
from tests.notes.acts import facts, logged
from tests.strengthening.acts import BOX, OTHER_BOX, chosen, planned
from tests.support.world import NOW, START, TODAY, World
from tests.today.acts import put_liaison

DAY = dt.timedelta(days=1)
AREA = "みなと町自治会"


def proposals(world: World, *units: str) -> dict[str, Proposal]:
    day = planned(world, *units)
    with world.reading("chief") as db:
        plan = queries.plan_of(db, day.id)
        found = proposals_for(db, world.actors["chief"], plan, revisit_days=90, now=NOW)
    return {one.who.name: one for one in found}


def liaison(world: World, name: str, area: str = AREA) -> Holder:
    holder = Holder(person_id=world.person(name, "くわばら けんた", care_note="電話は夕方").id)
    put_liaison(world, holder, area)
    return holder


def post_at(world: World, organization: Holder, person: Holder, **dates: dt.date) -> None:
    with world.reading("chief") as db:
        chair = db.exec(select(PostType.id).where(PostType.code == "association_chair")).one()
    world.put(
        Appointment(
            agency_id=world.agency_id,
            station_id=world.units["若葉署"],
            person_id=person.person_id,
            organization_id=organization.organization_id,
            post_type_id=chair,
            **dates,
        )
    )


def test_liaison_nobody_met_for_long_is_proposed_and_one_met_lately_is_not(world: World) -> None:
    met = liaison(world, "桒原 健太")
    liaison(world, "濵田 美智子")
    logged(world, facts(person_ids=frozenset({met.person_id})))

    found = proposals(world)

    assert found["濵田 美智子"].ordered_reasons == [TargetReason.DORMANT]
    assert found["桒原 健太"].ordered_reasons == []
    assert found["桒原 健太"].who.care_note == "電話は夕方"


def test_only_the_areas_of_the_boxes_that_take_part_count(world: World) -> None:
    liaison(world, "桒原 健太")
    liaison(world, "磯部 太郎", "磯部自治会")

    assert set(proposals(world, BOX)) == {"桒原 健太"}
    assert proposals(world, BOX, OTHER_BOX)["磯部 太郎"].unit_id == world.units[OTHER_BOX]


def test_day_of_single_areas_goes_to_nobody_else(world: World) -> None:
    liaison(world, "桒原 健太")
    elsewhere = liaison(world, "濵田 健", "さくら台自治会")
    logged(world, facts(person_ids=frozenset({elsewhere.person_id}), needs_reply=True))
    day = planned(world, areas=[AREA])

    with world.reading("chief") as db:
        plan = queries.plan_of(db, day.id)
        found = proposals_for(db, world.actors["chief"], plan, revisit_days=90, now=NOW)

    assert [one.who.name for one in found] == ["桒原 健太"]
    assert plan.areas_of(world.units[BOX]) == [AREA]
    assert plan.whole_units == set()


def test_box_said_itself_takes_part_whole(world: World) -> None:
    day = planned(world, BOX, areas=[AREA, "磯部自治会"])

    with world.reading("chief") as db:
        plan = queries.plan_of(db, day.id)

    assert [unit.unit_name for unit in plan.units] == [OTHER_BOX, BOX]
    assert plan.areas_of(world.units[BOX]) == []
    assert plan.areas_of(world.units[OTHER_BOX]) == ["磯部自治会"]


def test_open_reply_is_the_weightiest_reason(world: World) -> None:
    met = liaison(world, "桒原 健太")
    logged(world, facts(person_ids=frozenset({met.person_id}), needs_reply=True))

    assert proposals(world)["桒原 健太"].reason is TargetReason.OPEN_REPLY


def test_new_chair_is_proposed_until_met_and_an_empty_chair_too(world: World) -> None:
    association = Holder(organization_id=world.organization(AREA, area=AREA).id)
    other = Holder(organization_id=world.organization("さくら台自治会", area="さくら台自治会").id)
    new = Holder(person_id=world.person("髙橋 茂", "たかはし しげる").id)
    gone = Holder(person_id=world.person("浜 一", "はま はじめ").id)
    post_at(world, association, new, valid_from=TODAY - 30 * DAY)
    post_at(world, other, gone, valid_from=START, valid_to=TODAY - 10 * DAY)

    found = proposals(world)

    assert found["髙橋 茂"].ordered_reasons == [TargetReason.NEW_CHAIR]
    assert found["さくら台自治会"].ordered_reasons == [TargetReason.VACANCY]
    logged(world, facts(person_ids=frozenset({new.person_id})))
    assert proposals(world)["髙橋 茂"].ordered_reasons == []


def test_whoever_was_chosen_before_stands_first(world: World) -> None:
    last = liaison(world, "桒原 健太")
    logged(world, facts(person_ids=frozenset({last.person_id})))
    found = list(proposals(world).values())

    boxes = by_unit([replace(one) for one in found], {last}, TODAY)

    assert [one.who.name for one in boxes[world.units[BOX]].first] == ["桒原 健太"]


def test_whoever_rests_that_day_is_proposed_to_nobody_and_a_cadence_decides(world: World) -> None:
    resting, often = liaison(world, "桒原 健太"), liaison(world, "濵田 美智子")
    with world.writing("chief") as db:
        actor = world.actors["chief"]
        days = QuietFacts(TODAY, TODAY + DAY, QuietReason.BUSY_SEASON, "", uuid7())
        leave_in_peace(db, actor, resting, days, now=NOW)
        decide_cadence(db, actor, often, Decided(Every.NEVER, None), now=NOW)

    found = proposals(world)

    assert found["濵田 美智子"].reasons == set()
    assert found["桒原 健太"].burden.rests_on(TODAY)
    box = by_unit(found.values(), set(), TODAY)[world.units[BOX]]
    assert (box.first, len(box.rest)) == ([], 2)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_somebody_added_by_name_keeps_the_box_that_was_said(world: World) -> None:
    person = Holder(person_id=world.person("浜 一", "はま はじめ").id)
    day = planned(world, BOX, OTHER_BOX)
    chosen(world, day, person, unit=OTHER_BOX)

    with world.reading("chief") as db:
        plan = queries.plan_of(db, day.id)
        (one,) = proposals_for(db, world.actors["chief"], plan, revisit_days=90, now=NOW)
    assert (one.unit_id, one.reason) == (world.units[OTHER_BOX], TargetReason.CHOSEN)
