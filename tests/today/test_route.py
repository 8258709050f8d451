import datetime as dt
import math
from dataclasses import replace
from itertools import pairwise, permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from crm.contacts.models import Holder
from crm.formats.geodata import SvgMap
from crm.notes.burden import NOTHING
from crm.today.route import Point, Stop, map_of, stops_of, walking_order
from crm.today.tour import Beat, BeatCounts, OpenReply, Tour
from crm.today.visits import Named, Visit, VisitLine
from tests.support.world import TODAY

DAY = dt.timedelta(days=1)
WEST, MIDDLE, EAST, BLANK = (UUID(int=number) for number in range(1, 5))
AREAS = {MIDDLE: "中町", EAST: "東町", BLANK: "図なし", WEST: "西町"}
POINTS = {WEST: (0, 0), MIDDLE: (50, 0), EAST: (100, 0)}


def named(name: str) -> Named:
    return Named(Holder(person_id=uuid7()), name, name, "")


def line(who: Named, promised_on: dt.date | None = None) -> VisitLine:
    return VisitLine(Visit(who, promised_on, None, is_liaison=True), "会長", NOTHING)


def reply(who: Named, *, is_own: bool = True) -> OpenReply:
    return OpenReply(uuid7(), "街灯の件", TODAY, None, "受理", [who], "交番", is_own=is_own)


def tour(places: dict[Named, UUID | None], **lists: object) -> Tour:
    given: dict[str, object] = {
        **dict.fromkeys(
            ("due", "resting", "promised", "left", "replies", "items", "news", "messages"), ()
        ),
        "day": TODAY,
        "beat": Beat("駅前交番", AREAS, is_whole_station=False),
        "counts": BeatCounts(0, 0, ()),
        "due_in_all": 0,
        "openings": 0,
        "candidates": 0,
        "askers": {},
        "places": {who.holder: frozenset([area]) for who, area in places.items() if area},
    }
    return Tour(**(given | lists))  # type: ignore[arg-type]  # each test states its own


def test_stops_follow_the_way_then_areas_without_a_shape_then_who_is_nowhere() -> None:
    east, west, blank, nowhere = named("東"), named("西"), named("図"), named("無")
    shown = tour(
        {east: EAST, west: WEST, blank: BLANK, nowhere: None},
        due=[line(nowhere), line(east), line(blank), line(west)],
    )

    stops = stops_of(shown, POINTS)

    assert [(stop.number, stop.who.name, stop.area) for stop in stops] == [
        (1, "西", "西町"),
        (2, "東", "東町"),
        (3, "図", "図なし"),
        (4, "無", ""),
    ]


def test_promise_and_answer_meet_at_one_door() -> None:
    who = named("一")
    shown = tour({who: WEST}, promised=[line(who, TODAY)], replies=[reply(who)])

    (stop,) = stops_of(shown, POINTS)

    assert (len(stop.visits), len(stop.replies), stop.posts) == (1, 1, "会長")


def test_neither_others_answers_nor_tomorrows_promises_nor_peace_are_on_the_way() -> None:
    other, later, resting, left = named("他"), named("後"), named("静"), named("前任")
    shown = tour(
        {},
        replies=[reply(other, is_own=False)],
        left=[line(later, TODAY + DAY), line(left, TODAY)],
        resting=[line(resting)],
    )

    assert [stop.who.name for stop in stops_of(shown, {})] == ["前任"]


def test_whom_the_strengthening_day_goes_to_is_on_the_way_and_more_than_a_proposal() -> None:
    who, proposed = named("強"), named("提")
    aimed = line(who)
    shown = tour(
        {who: WEST, proposed: EAST},
        aimed=[replace(aimed, visit=replace(aimed.visit, is_aimed=True))],
        due=[line(proposed)],
    )

    assert {stop.who.name: stop.is_owed for stop in stops_of(shown, POINTS)} == {
        "強": True,
        "提": False,
    }


def test_chosen_are_numbered_anew() -> None:
    east, west = named("東"), named("西")
    shown = tour({east: EAST, west: WEST}, due=[line(east), line(west)])

    assert [(stop.number, stop.who.name) for stop in stops_of(shown, POINTS, {east.holder})] == [
        (1, "東")
    ]


def test_map_numbers_each_area_by_its_stops() -> None:
    drawing = SvgMap("0 0 9 9", 9, 9, {WEST: "M0 0z", EAST: "M1 1z"}, {WEST: (1, 2), EAST: (3, 4)})
    stops = [Stop(number, named("一"), WEST, "西町") for number in (1, 2, 3)]

    drawn = map_of(tour({}), drawing, stops)

    assert [(area.name, area.x, area.numbers) for area in drawn.areas] == [
        ("東町", 3, ""),
        ("西町", 1, "1–3"),
    ]


points = st.tuples(st.integers(0, 700), st.integers(0, 700))


def length(places: dict[UUID, Point], way: list[UUID]) -> float:
    return sum(math.dist(places[one], places[other]) for one, other in pairwise(way))


@given(st.lists(points, max_size=6, unique=True))
def test_way_goes_once_through_each_and_is_nearly_the_shortest(found: list[Point]) -> None:
    places = {UUID(int=number): point for number, point in enumerate(found)}

    way = walking_order(places)

    assert sorted(way) == sorted(places)
    shortest = min(length(places, list(each)) for each in permutations(places))
    assert length(places, way) <= 1.25 * shortest + 1e-9
