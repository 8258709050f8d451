import pytest

from crm.bulletins import queries
from crm.bulletins.models import Handling, InformationKind
from crm.kernel.errors import NotFound
from tests.bulletins.acts import DAY, SHEET, issued, withdrawn
from tests.notes.acts import facts as note_facts
from tests.notes.acts import logged
from tests.support.pages import counted
from tests.support.world import NOW, TODAY, World


def titles(world: World, who: str = "officer", **asked: object) -> list[str]:
    with world.reading(who) as db:
        page = queries.items_page(db, day=TODAY, **asked)  # type: ignore[arg-type]  # each test asks its own
        assert page.total == len(page.items)
        return [item.title for item in page.items]


def test_items_in_force_stand_apart_from_those_that_ended(world: World) -> None:
    issued(world, title="有効", valid_from=TODAY - DAY)
    issued(world, title="これから", valid_from=TODAY + DAY)
    issued(
        world, title="期限切れ", now=NOW - 9 * DAY, valid_from=TODAY - 9 * DAY, valid_to=TODAY - DAY
    )
    withdrawn(world, issued(world, title="撤回"))

    assert titles(world) == ["これから", "有効"]
    assert titles(world, ended=True) == ["撤回", "期限切れ"]


def test_items_are_found_by_kind_and_words_in_any_script(world: World) -> None:
    issued(world, title="ひったくりに注意", issue_number="第１２号", topic="街頭犯罪")
    issued(world, title="見守り活動", kind=InformationKind.LEAFLET, issue_number="", topic="")

    assert titles(world, kind=InformationKind.LEAFLET) == ["見守り活動"]
    for words in ("ヒッタクリ", "街頭", "第12号", " ひったくり "):
        assert titles(world, words=words) == ["ひったくりに注意"]
    assert titles(world, words="%") == []
    assert titles(world, words="空き巣") == []
    assert len(titles(world, words=" ")) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_is_two_statements_and_loads_no_file(world: World, count: int) -> None:
    for _ in range(count):
        issued(world, sheet=SHEET)

    with counted(world.database) as statements, world.reading("officer") as db:
        page = queries.items_page(db, day=TODAY)

    assert ([item.has_file for item in page.items], len(statements)) == ([True] * count, 2)
    assert "content" not in "".join(statements)


def test_a_line_names_who_issued_it(world: World) -> None:
    own, all_stations = issued(world), issued(world, "hq")

    with world.reading("officer") as db:
        lines = [queries.item_line(db, item.id, TODAY) for item in (own, all_stations)]
    assert [(line.unit_name, line.is_for_all, line.has_file) for line in lines] == [
        ("若葉駅前交番", False, False),
        ("本部地域課", True, False),
    ]


def test_a_file_is_told_without_its_content(world: World) -> None:
    item = issued(world, sheet=SHEET)
    bare = issued(world)

    with world.reading("officer") as db:
        assert queries.file_facts(db, item.id) == (
            "交番速報.pdf",
            "application/pdf",
            len(SHEET.content),
        )
        assert queries.file_facts(db, bare.id) is None
        assert queries.file_of(db, bare.id) is None


def test_an_item_of_another_station_is_not_found(world: World) -> None:
    item = issued(world, sheet=SHEET)

    with world.reading("stranger") as db:
        assert queries.file_of(db, item.id) is None
        with pytest.raises(NotFound):
            queries.item(db, item.id)
        with pytest.raises(NotFound):
            queries.item_line(db, item.id, TODAY)


def test_items_to_hand_are_the_newest_few_that_may_go_out(world: World) -> None:
    for age in range(queries.CHOICES_TO_HAND + 1):
        issued(world, title=f"{age}日前", valid_from=TODAY - age * DAY)
    issued(world, title="署内", handling=Handling.STATION_ONLY)
    issued(world, title="機関", handling=Handling.AGENCIES)
    issued(world, title="これから", valid_from=TODAY + DAY)
    withdrawn(world, issued(world, title="撤回"))

    with world.reading("seian") as db:
        rows = db.rows(queries.items_to_hand(), {"day": TODAY})
    found = [item.title for item in queries.newest_first(rows)]
    assert found == [f"{age}日前" for age in range(queries.CHOICES_TO_HAND)]


def test_each_station_counts_its_own_contacts(world: World) -> None:
    item = issued(world, "hq")
    ids = frozenset({item.id})
    person = world.person("桒原 健太", "くわばら けんた")
    theirs = world.person("濵田 美智子", "はまだ みちこ", station="港南署")
    for _ in range(2):
        logged(world, note_facts(person, information_ids=ids))
    logged(world, note_facts(theirs, information_ids=ids), "stranger")

    counts = {}
    for who in ("officer", "stranger", "hq"):
        with world.reading(who) as db:
            counts[who] = queries.times_handed(db, item.id)
    assert counts == {"officer": 2, "stranger": 1, "hq": 0}
