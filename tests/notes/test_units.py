import datetime as dt
from uuid import UUID

from crm.agencies.models import UnitKind
from crm.notes.units import UnitBook, UnitPlace

STATION, SECTION, OTHER_SECTION, KOBAN, BEAT = (UUID(int=number) for number in range(1, 6))
START = dt.date(2024, 4, 1)
MOVED = dt.date(2026, 4, 1)
TODAY = dt.date(2026, 11, 20)


def place(
    unit: UUID,
    parent: UUID | None,
    kind: UnitKind,
    name: str,
    since: dt.date = START,
    until: dt.date | None = None,
) -> UnitPlace:
    return UnitPlace(unit, parent, kind, name, since, until)


BOOK = UnitBook(
    [
        # newest first on purpose: the order rows come in must not matter
        place(KOBAN, OTHER_SECTION, UnitKind.KOBAN, "駅前交番", MOVED),
        place(KOBAN, SECTION, UnitKind.KOBAN, "停車場交番", START, MOVED - dt.timedelta(days=1)),
        place(STATION, None, UnitKind.STATION, "若葉署"),
        place(SECTION, STATION, UnitKind.SECTION, "地域課"),
        place(OTHER_SECTION, STATION, UnitKind.SECTION, "地域第二課"),
        place(BEAT, KOBAN, UnitKind.BEAT, "第三"),
    ]
)


def test_unit_has_the_name_of_the_day() -> None:
    assert BOOK.name(KOBAN, MOVED - dt.timedelta(days=1)) == "停車場交番"
    assert BOOK.name(KOBAN, MOVED) == "駅前交番"


def test_unit_not_yet_on_record_has_its_first_name() -> None:
    assert BOOK.name(KOBAN, dt.date(2020, 1, 1)) == "停車場交番"


def test_koban_and_beat_count_as_the_section_of_the_day() -> None:
    assert BOOK.section(BEAT, START) == "地域課"
    assert BOOK.section(KOBAN, TODAY) == "地域第二課"


def test_station_itself_stands_for_its_section() -> None:
    assert BOOK.section(STATION, TODAY) == "若葉署"


def test_unknown_unit_has_no_name() -> None:
    assert BOOK.section(UUID(int=99), TODAY) == ""


def test_what_is_below_follows_the_day() -> None:
    assert BOOK.below(SECTION, START) == {SECTION, KOBAN, BEAT}
    assert BOOK.below(SECTION, TODAY) == {SECTION}


def test_what_is_above_is_nearest_first() -> None:
    assert BOOK.above(BEAT, TODAY) == [BEAT, KOBAN, OTHER_SECTION, STATION]
