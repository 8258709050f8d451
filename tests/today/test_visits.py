import datetime as dt
from collections.abc import Collection
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from crm.contacts.models import Holder
from crm.today.visits import (
    Cadences,
    Named,
    Promise,
    Promised,
    Regular,
    Visit,
    promised_visits,
    proposed_visits,
)
from tests.support.world import NOW, TODAY

DAY = dt.timedelta(days=1)
KOBAN, SEIAN = UUID(int=4), UUID(int=5)
HERE, THERE = UUID(int=11), UUID(int=12)
PLAIN = Cadences(90, {}, {})


def named(name: str = "桒原 健太") -> Named:
    return Named(Holder(person_id=uuid7()), name, "", "")


def promise(who: Named, days_ago: int, next_on: dt.date, **more: object) -> Promise:
    plan = Promise(uuid7(), KOBAN, NOW - days_ago * DAY, next_on, who, None)
    return plan._replace(**more)  # type: ignore[arg-type]  # each test states its own


def regular(who: Named, met_days_ago: int | None = None, *areas: UUID) -> Regular:
    met = None if met_days_ago is None else NOW - met_days_ago * DAY
    return Regular(who, frozenset(areas or [HERE]), met)


def promised(promises: list[Promise], *known: Regular) -> Promised:
    return promised_visits(promises, known, frozenset({KOBAN}), day=TODAY)


def proposed(
    regulars: list[Regular], cadences: Cadences = PLAIN, resting: Collection[Holder] = ()
) -> list[str]:
    found = proposed_visits(regulars, cadences, spoken_for=(), resting=resting, day=TODAY)
    return names(found.due)


def names(visits: Collection[Visit]) -> list[str]:
    return [visit.who.name for visit in visits]


def test_promise_is_shown_from_its_day_on() -> None:
    shown = promised([promise(named("今日"), 5, TODAY), promise(named("明日"), 5, TODAY + DAY)])

    assert [(visit.who.name, visit.promised_on) for visit in shown.own] == [("今日", TODAY)]


def test_promise_ends_with_the_next_meeting_and_not_with_an_absence() -> None:
    plan = promise(named("約束"), 5, TODAY)

    assert names(promised([plan._replace(last_at=NOW - 5 * DAY)]).own) == ["約束"]
    assert names(promised([plan._replace(last_at=NOW - 4 * DAY)]).own) == []


def test_newer_plan_takes_the_place_of_the_older() -> None:
    who = named()
    old, new = promise(who, 5, TODAY), promise(who, 1, TODAY + 7 * DAY)

    assert promised([new, old]) == Promised([], [])


def test_promise_of_another_unit_to_somebody_off_the_beat_is_theirs() -> None:
    who = named("他")
    plan = promise(who, 5, TODAY, unit_id=SEIAN)

    assert names(promised([plan]).own) == []
    assert names(promised([plan], regular(who, 1)).own) == ["他"]


@pytest.mark.parametrize(("ahead", "shown"), [(-3, 1), (30, 1), (31, 0)])
def test_promise_of_somebody_who_left_is_told_apart_a_month_ahead(ahead: int, shown: int) -> None:
    plan = promise(named("引継"), 5, TODAY + ahead * DAY, author_stays=False)

    found = promised([plan])

    assert (names(found.own), names(found.left)) == ([], ["引継"] * shown)


def test_whoever_was_promised_a_visit_is_not_proposed_besides() -> None:
    who = named()

    found = proposed_visits([regular(who)], PLAIN, spoken_for=[who.holder], resting=(), day=TODAY)

    assert names(found.due) == []


def test_whoever_is_left_in_peace_is_told_apart() -> None:
    who, other = named("静"), named("他")

    found = proposed_visits(
        [regular(who), regular(other)], PLAIN, spoken_for=(), resting=[who.holder], day=TODAY
    )

    assert (names(found.due), names(found.resting)) == (["他"], ["静"])


def test_cadence_of_somebody_comes_before_the_areas_and_that_before_the_agencys() -> None:
    own, area, plain = named("本人"), named("区域"), named("既定")
    regulars = [regular(own, 40), regular(area, 40), regular(plain, 40, THERE)]

    def shown(of_holder: int | None, of_area: int | None, default: int) -> list[str]:
        return proposed(regulars, Cadences(default, {own.holder: of_holder}, {HERE: of_area}))

    assert shown(30, 90, 90) == ["本人"]
    assert shown(90, 30, 90) == ["区域"]
    assert shown(90, 90, 30) == ["既定"]
    assert shown(None, None, 30) == ["既定"]


def test_of_several_areas_the_soonest_holds_and_none_only_where_all_say_so() -> None:
    who = regular(named("両"), 40, HERE, THERE)

    assert proposed([who], Cadences(90, {}, {HERE: 180, THERE: 30})) == ["両"]
    assert proposed([who], Cadences(90, {}, {HERE: None, THERE: 30})) == ["両"]
    assert proposed([who], Cadences(1, {}, {HERE: None, THERE: None})) == []


@given(
    met=st.lists(st.one_of(st.none(), st.integers(0, 900)), max_size=20),
    days=st.integers(1, 400),
)
def test_proposed_are_exactly_those_not_met_for_long_the_longest_first(
    met: list[int | None], days: int
) -> None:
    regulars = [regular(named(str(number)), ago) for number, ago in enumerate(met)]

    found = proposed_visits(regulars, Cadences(days, {}, {}), spoken_for=(), resting=(), day=TODAY)

    late = {str(number) for number, ago in enumerate(met) if ago is None or ago > days}
    assert set(names(found.due)) == late
    last = [visit.last_on or dt.date.min for visit in found.due]
    assert last == sorted(last)
