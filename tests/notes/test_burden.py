import datetime as dt
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from crm.agencies.models import UnitKind
from crm.contacts.models import Holder, Person
from crm.notes import queries
from crm.notes.burden import NOTHING, Burden, PlanLine, burdens_of
from crm.notes.lines import sum_contacts
from crm.notes.models import NoteCompanion, Outcome
from crm.notes.units import UnitBook, UnitPlace
from crm.strengthening.service import cancel_day
from crm.visiting.lines import Quiet
from crm.visiting.models import QuietReason
from tests.notes.acts import facts, logged
from tests.sharing.acts import told_of
from tests.strengthening.acts import chosen as aimed_at
from tests.strengthening.acts import planned as strengthening_day
from tests.support.pages import counted
from tests.support.world import NOW, START, TODAY, World
from tests.visiting.acts import left_in_peace

DAY = dt.timedelta(days=1)


def burden(
    world: World, *holders: Holder, who: str = "officer", now: dt.datetime = NOW
) -> dict[Holder, Burden]:
    actor = world.actors[who]
    with world.reading(who) as db:
        units = queries.unit_book(db, actor.station_id)
        found, _ = burdens_of(db, actor, holders, units, now=now)
    return dict(found)


def of_person(world: World, person: Person, who: str = "officer") -> Burden:
    holder = Holder(person_id=person.id)
    return burden(world, holder, who=who).get(holder, NOTHING)


def test_contacts_are_counted_by_section(world: World, kuwahara: Person) -> None:
    seian = world.actors["seian"].staff_id
    logged(world, facts(kuwahara, happened_at=NOW - 2 * DAY))
    logged(world, facts(kuwahara, happened_at=NOW - DAY, staff_ids=frozenset({seian})))
    logged(world, facts(kuwahara, outcome=Outcome.ABSENT))
    logged(world, facts(kuwahara, happened_at=NOW - 91 * DAY))

    found = of_person(world, kuwahara).contacts

    assert found is not None
    assert found.sections == [("若葉署地域課", 2), ("若葉署生活安全課", 1)]
    assert (found.total, found.last_at, found.last_section) == (2, NOW - DAY, "若葉署地域課")


def test_contacts_with_an_organization_are_its_own(world: World, kuwahara: Person) -> None:
    school = world.organization("若葉小学校")
    logged(world, facts(kuwahara, organization_ids=frozenset({school.id})))
    logged(world, facts(kuwahara))
    person, organization = Holder(person_id=kuwahara.id), Holder(organization_id=school.id)

    found = burden(world, person, organization)

    totals = {holder: one.contacts.total for holder, one in found.items() if one.contacts}
    assert totals == {person: 2, organization: 1}


def test_plan_of_another_section_is_told_and_the_own_is_not(world: World, kuwahara: Person) -> None:
    logged(world, facts(kuwahara, next_on=TODAY + 3 * DAY), "seian")
    logged(world, facts(kuwahara, next_on=TODAY + 5 * DAY))

    assert of_person(world, kuwahara).plans == [PlanLine(TODAY + 3 * DAY, "若葉署生活安全課")]
    assert of_person(world, kuwahara, "seian").plans == [PlanLine(TODAY + 5 * DAY, "若葉署地域課")]


def test_plan_far_from_today_is_not_told(world: World, kuwahara: Person) -> None:
    holder = Holder(person_id=kuwahara.id)
    logged(world, facts(kuwahara, next_on=TODAY + 15 * DAY), "seian")

    told = [bool(burden(world, holder, now=NOW + n * DAY)[holder].plans) for n in (0, 1, 22, 23)]
    assert told == [False, True, True, False]


def test_plan_is_over_when_they_met(world: World, kuwahara: Person) -> None:
    logged(world, facts(kuwahara, happened_at=NOW - 2 * DAY, next_on=TODAY), "seian")
    logged(world, facts(kuwahara, happened_at=NOW - DAY, outcome=Outcome.ABSENT))
    before = of_person(world, kuwahara).plans
    logged(world, facts(kuwahara, happened_at=NOW - DAY))

    assert before == [PlanLine(TODAY, "若葉署生活安全課")]
    assert of_person(world, kuwahara).plans == ()


def test_quiet_period_is_told_a_month_ahead(world: World, kuwahara: Person) -> None:
    holder = Holder(person_id=kuwahara.id)
    left_in_peace(world, holder, TODAY + 30 * DAY, TODAY + 40 * DAY)
    left_in_peace(world, holder, TODAY + 31 * DAY, TODAY + 40 * DAY)

    (quiet,) = of_person(world, kuwahara).quiet

    assert (quiet.valid_from, quiet.holds_on(TODAY)) == (TODAY + 30 * DAY, False)


def test_other_agencies_count_by_what_they_told(world: World, kuwahara: Person) -> None:
    holder = Holder(person_id=kuwahara.id)
    told_of(world, holder, NOW - DAY)
    told_of(world, holder, NOW - 2 * DAY)
    told_of(world, holder, NOW - 91 * DAY)

    shown = of_person(world, kuwahara)

    assert (shown.told, shown.told_in_all) == ([("架空市役所", 2)], 2)
    assert of_person(world, kuwahara, "stranger") == NOTHING


def test_joint_visit_both_sides_noted_is_the_own_one(world: World, kuwahara: Person) -> None:
    holder = Holder(person_id=kuwahara.id)
    note = logged(world, facts(kuwahara))
    told_of(world, holder, NOW, joint_on=TODAY)
    before = of_person(world, kuwahara).told_in_all
    world.put(
        NoteCompanion(
            agency_id=world.agency_id,
            station_id=world.units["若葉署"],
            note_id=note.id,
            other_agency_id=world.city_id,
            other_station_id=world.units["架空市役所"],
            visited_on=TODAY,
            office_name="架空市役所",
        )
    )

    after = of_person(world, kuwahara)

    assert (before, after.told_in_all) == (1, 0)
    assert after.contacts is not None
    assert after.contacts.total == 1


@pytest.mark.parametrize("count", [1, 3])
def test_burdens_are_one_statement(world: World, count: int) -> None:
    people = [world.person(f"連絡員 {number}", "れんらくいん") for number in range(count)]
    for person in people:
        logged(world, facts(person, next_on=TODAY), "seian")
    holders = [Holder(person_id=person.id) for person in people]
    with world.reading("officer") as db:
        units = queries.unit_book(db, world.actors["officer"].station_id)
        with counted(world.database) as statements:
            found, _ = burdens_of(db, world.actors["officer"], holders, units, now=NOW)

    assert (len(found), len(statements)) == (count, 1)


def test_peace_holds_on_its_days_alone() -> None:
    rest = Quiet(uuid7(), TODAY, TODAY + DAY, QuietReason.MOURNING, "")

    held = [Burden(quiet=[rest]).rests_on(TODAY + n * DAY) for n in (-1, 0, 1, 2)]

    assert held == [False, True, True, False]


class Met(NamedTuple):
    person_id: UUID | None
    organization_id: UUID | None
    id: UUID
    happened_at: dt.datetime
    unit_id: UUID


SECTIONS = [UUID(int=number) for number in range(1, 4)]
UNITS = UnitBook(
    UnitPlace(unit, None, UnitKind.SECTION, name, START, None)
    for unit, name in zip(SECTIONS, "地生交", strict=True)
)
HOLDER = Holder(person_id=UUID(int=9))


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.sets(st.sampled_from(SECTIONS), min_size=1)), min_size=1
    )
)
def test_contact_of_several_sections_counts_once(notes: list[tuple[int, set[UUID]]]) -> None:
    ordered = sorted(notes, key=lambda note: -note[0])
    rows = [
        Met(HOLDER.person_id, None, UUID(int=100 + number), NOW - ago * DAY, unit)
        for number, (ago, units) in enumerate(ordered)
        for unit in units
    ]

    found = sum_contacts(rows, UNITS)[HOLDER]  # type: ignore[arg-type]  # rows in all but name

    assert (found.total, found.last_at) == (len(notes), NOW - ordered[-1][0] * DAY)
    for section, name in zip(SECTIONS, "地生交", strict=True):
        times = sum(section in units for _, units in notes)
        assert dict(found.sections).get(name, 0) == times


def test_strengthening_day_of_another_section_is_a_plan_until_somebody_went(
    world: World, kuwahara: Person
) -> None:
    ahead = TODAY + 5 * DAY
    day = strengthening_day(world, first_on=ahead)
    aimed_at(world, day, Holder(person_id=kuwahara.id))
    logged(world, facts(kuwahara, happened_at=NOW - DAY))

    before = of_person(world, kuwahara, who="seian").plans
    assert before == [PlanLine(ahead, "若葉署地域課")]
    assert of_person(world, kuwahara).plans == ()

    then = NOW + 5 * DAY
    logged(world, facts(kuwahara, happened_at=then), "officer", then)
    gone = burden(world, Holder(person_id=kuwahara.id), who="seian", now=then)
    assert gone[Holder(person_id=kuwahara.id)].plans == ()


def test_strengthening_day_is_no_plan_where_it_was_cancelled_is_far_or_over(
    world: World, kuwahara: Person
) -> None:
    far, over = (strengthening_day(world, first_on=TODAY + days * DAY) for days in (15, 0))
    cancelled = strengthening_day(world, first_on=TODAY + 3 * DAY)
    for day in (far, over, cancelled):
        aimed_at(world, day, Holder(person_id=kuwahara.id))
    with world.writing("chief") as db:
        cancel_day(db, world.actors["chief"], cancelled.id, revision=2, now=NOW)

    found = burden(world, Holder(person_id=kuwahara.id), who="seian", now=NOW + DAY)

    assert found == {
        Holder(person_id=kuwahara.id): Burden(plans=[PlanLine(TODAY + 15 * DAY, "若葉署地域課")])
    }
    assert burden(world, Holder(person_id=kuwahara.id), who="seian", now=NOW + 16 * DAY) == {}
