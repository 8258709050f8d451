import datetime as dt
from dataclasses import replace
from uuid import UUID

from uuid_utils.compat import uuid7

from crm.agencies.models import UnitKind
from crm.contacts.models import Holder
from crm.notes.units import UnitBook, UnitPlace
from crm.today.tour import (
    BeatArea,
    OpenReply,
    Owed,
    beat_of,
    count_beat,
    replies_owed,
)
from crm.today.visits import Named, Regular
from tests.support.world import NOW, TODAY

DAY = dt.timedelta(days=1)
STATION, SECTION, KOBAN, BOX, SEIAN = (UUID(int=number) for number in range(1, 6))
HERE, THERE = UUID(int=11), UUID(int=12)
START = dt.date(2024, 4, 1)
UNITS = UnitBook(
    [
        UnitPlace(STATION, None, UnitKind.STATION, "若葉署", START, None),
        UnitPlace(SECTION, STATION, UnitKind.SECTION, "地域課", START, None),
        UnitPlace(SEIAN, STATION, UnitKind.SECTION, "生活安全課", START, None),
        UnitPlace(KOBAN, SECTION, UnitKind.KOBAN, "駅前交番", START, None),
        UnitPlace(BOX, SECTION, UnitKind.CHUZAISHO, "みなと駐在所", START, None),
    ]
)
AREAS = [BeatArea(KOBAN, HERE, "みなと町"), BeatArea(BOX, THERE, "磯部")]


def named(name: str = "桒原 健太") -> Named:
    return Named(Holder(person_id=uuid7()), name, "", "")


def owed(who: Named | None, days_ago: int = 0, **more: object) -> Owed:
    heard_on = TODAY - days_ago * DAY
    one = Owed(uuid7(), KOBAN, KOBAN, heard_on, None, "街灯が消えている。", "受理", who)
    return one._replace(**more)  # type: ignore[arg-type]  # each test states its own


def liaison(who: Named, met_days_ago: int | None = None, area: UUID = HERE) -> Regular:
    return Regular(
        who, frozenset({area}), None if met_days_ago is None else NOW - met_days_ago * DAY
    )


def test_koban_has_its_own_beat() -> None:
    beat = beat_of(KOBAN, AREAS, UNITS, TODAY)

    assert (beat.unit_name, beat.areas, beat.is_whole_station) == (
        "駅前交番",
        {HERE: "みなと町"},
        False,
    )


def test_community_section_has_the_beats_of_its_koban() -> None:
    beat = beat_of(SECTION, AREAS, UNITS, TODAY)

    assert (beat.unit_name, set(beat.areas), beat.is_whole_station) == (
        "地域課",
        {HERE, THERE},
        False,
    )


def test_section_without_a_beat_has_the_stations() -> None:
    beat = beat_of(SEIAN, AREAS, UNITS, TODAY)

    assert (beat.unit_name, set(beat.areas), beat.is_whole_station) == (
        "若葉署",
        {HERE, THERE},
        True,
    )


def test_beat_without_any_area_is_the_stations() -> None:
    assert beat_of(KOBAN, [], UNITS, TODAY).is_whole_station


def test_beat_counts_everybody_once_and_persons_apart() -> None:
    beat = beat_of(SECTION, AREAS, UNITS, TODAY)
    organization = Named(Holder(organization_id=uuid7()), "みなと町自治会", "", "")

    counts = count_beat(beat, [liaison(named()), liaison(organization)])

    assert (counts.persons, counts.organizations, counts.areas_without) == (1, 1, ["磯部"])


def test_replies_of_the_own_unit_stand_first_and_the_oldest_first() -> None:
    waiting = [
        owed(named("新"), 1),
        owed(named("他"), 9, unit_id=SEIAN, heard_unit_id=SEIAN),
        owed(named("古"), 5),
    ]

    def whom(replies: list[OpenReply]) -> list[str]:
        return [reply.from_whom[0].name for reply in replies]

    own = frozenset({KOBAN})
    assert whom(replies_owed(waiting, own, UNITS, of_station=True)) == ["古", "新", "他"]
    assert whom(replies_owed(waiting, own, UNITS, of_station=False)) == ["古", "新"]


def test_who_heard_it_tells_back_what_another_section_sees_to() -> None:
    (reply,) = replies_owed(
        [owed(named(), unit_id=SEIAN)], frozenset({KOBAN}), UNITS, of_station=False
    )

    assert (reply.unit, reply.is_own) == ("生活安全課", True)


def test_reply_owed_to_two_people_is_one() -> None:
    body = Named(Holder(organization_id=uuid7()), "みなと町自治会", "", "")
    first = owed(named("一"))
    rest = [first._replace(who=named("二")), first._replace(who=body)]

    (reply,) = replies_owed([first, *rest], frozenset({KOBAN}), UNITS, of_station=False)

    assert {who.name for who in reply.from_whom} == {"一", "二"}
    assert reply.unit == "駅前交番"


def test_reply_to_nobody_known_is_still_owed() -> None:
    (reply,) = replies_owed([owed(None, due_on=TODAY)], frozenset({KOBAN}), UNITS, of_station=False)

    assert (reply.from_whom, reply.is_overdue(TODAY), reply.is_overdue(TODAY + DAY)) == (
        [],
        False,
        True,
    )


def test_subject_is_the_first_sentence() -> None:
    (reply,) = replies_owed(
        [owed(named(), words="街灯が消えた。暗い。\n二行目")],
        frozenset({KOBAN}),
        UNITS,
        of_station=False,
    )

    assert reply.subject == "街灯が消えた。"
    assert replace(reply, heard="あ" * 50).subject == "あ" * 40 + "…"
    assert replace(reply, heard="点なし").subject == "点なし"
