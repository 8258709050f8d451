"""所属 and 所管区 by date: any earlier day reads as it did."""

import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import select

from crm.access.models import Account
from crm.administration import queries
from crm.administration.lines import TreeGroup
from crm.agencies.models import Staff, StaffAssignment, Unit, UnitJurisdiction, UnitKind
from crm.agencies.reorganization import end_unit, hand_over_areas, mark_network_office
from crm.agencies.service import UnitFacts, move_unit, open_unit, rename_unit
from crm.areas.models import AreaKind
from crm.kernel.actor import Role
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, Refused
from tests.support.pages import Browser, counted
from tests.support.world import NOW, TODAY, World

APRIL = dt.date(2027, 4, 1)
EVE = dt.date(2027, 3, 31)


def tree(world: World, day: dt.date) -> list[TreeGroup]:
    with world.reading("administrator") as db:
        return queries.tree_on(db, day)


def names(groups: list[TreeGroup]) -> list[tuple[str, list[tuple[str, int]]]]:
    return [
        (group.head.name, [(line.name, line.depth) for line in group.lines]) for group in groups
    ]


def areas_of(world: World, unit: str, day: dt.date) -> list[str]:
    with world.reading("administrator") as db:
        return [line.name for line in queries.areas_of_unit(db, world.units[unit], day)]


def revision(world: World, unit: str) -> int:
    with world.reading("administrator") as db:
        return db.exec(select(Unit.revision).where(Unit.id == world.units[unit])).one()


def test_tree_is_read_by_station(world: World) -> None:
    assert names(tree(world, TODAY)) == [
        ("本部", [("本部地域課", 0)]),
        ("港南署", [("港南署地域課", 0), ("港南交番", 1)]),
        (
            "若葉署",
            [
                ("若葉署地域課", 0),
                ("若葉駅前交番", 1),
                ("みなと駐在所", 1),
                ("若葉署生活安全課", 0),
            ],
        ),
    ]


def test_rename_to_come_keeps_every_earlier_day(world: World, browser: Browser) -> None:
    unit_id = world.units["若葉駅前交番"]
    browser.sign_in("administrator")
    browser.get(f"/administration/units/{unit_id}/name")
    typed = {"name": "若葉中央交番", "kana": "わかばちゅうおうこうばん", "day": "令和9年4月1日"}

    answer = browser.post(
        f"/administration/units/{unit_id}/name", {**typed, "revision": "1"}, follow=False
    )

    assert answer.headers["location"] == f"/administration/units/{unit_id}"
    assert "<h1>若葉駅前交番</h1>" in browser.get(f"/administration/units/{unit_id}").text
    later = browser.get(f"/administration/units/{unit_id}?as_of=2027-04-01").text
    assert "<h1>若葉中央交番</h1>" in later
    assert "ワカバチュウオウコウバン" in later
    assert "令和6年4月1日～令和9年3月31日" in later
    assert "若葉駅前交番" in browser.get("/administration/units?as_of=2027-03-31").text
    assert "若葉駅前交番" not in browser.get("/administration/units?as_of=2027-04-01").text


def test_rename_also_reaches_a_move_planned_later(world: World) -> None:
    actor, unit_id = world.actors["administrator"], world.units["若葉駅前交番"]
    october = dt.date(2027, 10, 1)
    with world.writing("administrator") as db:
        move_unit(db, actor, unit_id, to=world.units["港南署地域課"], day=october, now=NOW)
        db.flush()
        rename_unit(db, actor, unit_id, name="中央交番", kana="", day=APRIL, revision=2, now=NOW)

    with world.reading("administrator") as db:
        told = [(line.name, line.parent) for line in queries.history_of_unit(db, unit_id)]
        assert told == [
            ("中央交番", "港南署地域課"),
            ("中央交番", "若葉署地域課"),
            ("若葉駅前交番", "若葉署地域課"),
        ]


@pytest.mark.parametrize("htmx", [False, True])
def test_stale_rename_is_shown_beside_what_stands_now(
    world: World, browser: Browser, *, htmx: bool
) -> None:
    unit_id = world.units["若葉駅前交番"]
    browser.sign_in("administrator")
    browser.get(f"/administration/units/{unit_id}/name")
    path, day = f"/administration/units/{unit_id}/name", TODAY.isoformat()
    browser.post(path, {"name": "先の名称", "day": day, "revision": "1"})

    answer = browser.post(path, {"name": "後の名称", "day": day, "revision": "1"}, htmx=htmx)

    assert answer.status_code == 409
    assert ("<html" in answer.text) is not htmx
    assert ("先の名称" in answer.text, 'value="後の名称"' in answer.text) == (True, True)
    assert 'name="revision" value="2"' in answer.text


def test_new_unit_stands_from_its_day(world: World, browser: Browser) -> None:
    browser.sign_in("administrator")
    browser.get("/administration/units/new")
    typed = {
        "parent_id": str(world.units["若葉署地域課"]),
        "kind": "koban",
        "name": "桜台交番",
        "kana": "さくらだいこうばん",
        "day": "2027-04-01",
    }

    refused = browser.post("/administration/units", {**typed, "kind": "hq_division"})
    nameless = browser.post("/administration/units", {**typed, "name": ""}, htmx=True)
    browser.post("/administration/units", typed)

    assert refused.status_code == 422
    assert "「本部所属」は「課」の下に置けません。" in refused.text
    assert (nameless.status_code, "<html" in nameless.text) == (422, False)
    assert "桜台交番" not in str(names(tree(world, EVE)))
    assert ("桜台交番", 1) in names(tree(world, APRIL))[2][1]


def test_merger_passes_areas_on_and_is_refused_while_staff_are_left(
    world: World, browser: Browser
) -> None:
    koban, successor = world.units["若葉駅前交番"], world.units["みなと駐在所"]
    path = f"/administration/units/{koban}/ending"
    typed = {"day": "2027-04-01", "successor_id": str(successor), "revision": "1"}
    browser.sign_in("administrator")
    browser.get(path)

    staffed = browser.post(path, typed)
    staff_id = world.actors["officer"].staff_id
    browser.post(
        f"/administration/staff/{staff_id}/assignments",
        {"unit_id": str(successor), "role": "officer", "day": "2027-04-01", "revision": "1"},
    )
    unclaimed = browser.post(path, {**typed, "successor_id": ""})
    done = browser.post(path, typed, follow=False)

    assert staffed.status_code == 422
    assert staffed.text.count("職員が1名配置されています。先に異動を登録してください。") == 1
    assert "所管する区域が2区域あります。引き継ぐ所属を選んでください。" in unclaimed.text
    assert done.status_code == 303
    assert areas_of(world, "若葉駅前交番", EVE) == ["さくら台自治会", "みなと町自治会"]
    assert areas_of(world, "みなと駐在所", EVE) == ["磯部自治会"]
    assert areas_of(world, "若葉駅前交番", APRIL) == []
    assert areas_of(world, "みなと駐在所", APRIL) == [
        "磯部自治会",
        "さくら台自治会",
        "みなと町自治会",
    ]
    assert "若葉駅前交番" in str(names(tree(world, EVE)))
    assert "若葉駅前交番" not in str(names(tree(world, APRIL)))


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        ("若葉署", "人の記録を持つ所属と本部は、終了できません。"),
        ("若葉署地域課", "連絡員一覧表を受け持つ課です。先に別の課を受持ちにしてください。"),
        ("若葉署生活安全課", "職員が1名配置されています。先に異動を登録してください。"),
    ],
)
def test_unit_that_is_needed_is_not_ended(world: World, unit: str, sentence: str) -> None:
    with world.writing("administrator") as db, pytest.raises(Refused) as refusal:
        end_unit(
            db,
            world.actors["administrator"],
            world.units[unit],
            successor_id=None,
            day=APRIL,
            revision=1,
            now=NOW,
        )

    assert str(refusal.value) == sentence


def test_station_moved_stays_its_own_station(world: World) -> None:
    actor = world.actors["administrator"]
    with world.writing("administrator") as db, pytest.raises(Refused):
        move_unit(db, actor, world.units["港南署"], to=world.units["若葉署"], day=APRIL, now=NOW)
    with world.writing("administrator") as db:
        move_unit(
            db,
            actor,
            world.units["若葉駅前交番"],
            to=world.units["港南署地域課"],
            day=APRIL,
            now=NOW,
        )

    assert ("若葉駅前交番", 1) in names(tree(world, EVE))[2][1]
    assert ("若葉駅前交番", 1) in names(tree(world, APRIL))[1][1]


def test_network_office_is_one_section_of_a_station(world: World, browser: Browser) -> None:
    unit_id = world.units["若葉署生活安全課"]
    path = f"/administration/units/{unit_id}/network-office"
    browser.sign_in("administrator")
    browser.get(path)

    browser.post(path, {"revision": "1"})

    marked = [
        line.name for group in tree(world, TODAY) for line in group.lines if line.network_office
    ]
    assert marked == ["港南署地域課", "若葉署生活安全課"]
    with world.writing("administrator") as db, pytest.raises(Refused):
        mark_network_office(
            db,
            world.actors["administrator"],
            world.units["みなと駐在所"],
            day=TODAY,
            revision=1,
            now=NOW,
        )


def test_areas_are_handed_over_from_a_day(world: World, browser: Browser) -> None:
    post, koban = world.units["みなと駐在所"], world.units["若葉駅前交番"]
    path = f"/administration/units/{post}/areas?kind=association_area&source={koban}"
    browser.sign_in("administrator")
    offered = browser.get(path).text
    area = str(world.areas["みなと町自治会"])

    unchosen = browser.post(path, {"day": "2027-04-01"})
    unheard = browser.post(path, {"area_ids": str(post), "day": "2027-04-01"})
    browser.post(path, {"area_ids": area, "day": "2027-04-01"})

    assert ("さくら台自治会" in offered, "磯部自治会" in offered) == (True, False)
    assert (unchosen.status_code, unheard.status_code) == (422, 422)
    assert areas_of(world, "みなと駐在所", EVE) == ["磯部自治会"]
    assert areas_of(world, "みなと駐在所", APRIL) == ["磯部自治会", "みなと町自治会"]
    assert areas_of(world, "若葉駅前交番", APRIL) == ["さくら台自治会"]


def test_beat_shares_an_area_with_its_box(world: World) -> None:
    actor, koban = world.actors["administrator"], world.units["若葉駅前交番"]
    with world.writing("administrator") as db:
        beat = open_unit(
            db,
            actor,
            UnitFacts(kind=UnitKind.BEAT, name="第一受持区", parent_id=koban),
            day=APRIL,
            now=NOW,
        )
        world.units["第一受持区"] = beat.id
    with world.writing("administrator") as db:
        hand_over_areas(db, actor, beat.id, [world.areas["みなと町自治会"]], day=APRIL, now=NOW)

    assert areas_of(world, "第一受持区", APRIL) == ["みなと町自治会"]
    assert areas_of(world, "若葉駅前交番", APRIL) == ["さくら台自治会", "みなと町自治会"]


def test_areas_nobody_has_are_listed_as_of_a_day(world: World, browser: Browser) -> None:
    browser.sign_in("administrator")

    now = browser.get("/administration/jurisdictions?shown=nobody").text
    before = browser.get("/administration/areas?as_of=2024-03-31").text

    assert "受け持つ所属がない区域はありません。" in now
    assert "この日に当てはまる区域はありません。" in before
    with world.reading("administrator") as db:
        kind = AreaKind.ASSOCIATION_AREA
        assert queries.vacant_by_kind(db, TODAY) == {kind: 0}
        assert queries.charges_page(db, TODAY, kind, 1, nobody=False).total == 4


def test_area_is_corrected_and_ended(world: World, browser: Browser) -> None:
    area_id = world.areas["磯部自治会"]
    browser.sign_in("administrator")
    browser.get(f"/administration/areas/{area_id}/name")
    path = f"/administration/areas/{area_id}"

    browser.post(f"{path}/name", {"name": "磯辺自治会", "kana": "いそべ", "revision": "1"})
    stale = browser.post(f"{path}/ending", {"day": "2027-04-01", "revision": "1"})
    early = browser.post(f"{path}/ending", {"day": "2024-04-01", "revision": "2"})
    browser.post(f"{path}/ending", {"day": "2027-04-01", "revision": "2"})

    assert (stale.status_code, early.status_code) == (409, 422)
    assert "磯辺自治会" in browser.get("/administration/areas?as_of=2027-03-31").text
    assert "磯辺自治会" not in browser.get("/administration/areas?as_of=2027-04-01").text


def test_day_that_cannot_be_read_shows_today_and_says_so(world: World, browser: Browser) -> None:
    del world
    browser.sign_in("administrator")

    answer = browser.get("/administration/units?as_of=春")

    assert answer.status_code == 422
    assert "「基準日」は日付で入力してください。" in answer.text
    assert "若葉駅前交番" in answer.text


STATEMENTS = {
    "/administration": 5,
    "/administration/units": 4,
    "/administration/units/new": 2,
    "/administration/units/{unit}": 7,
    "/administration/units/{unit}/name": 2,
    "/administration/units/{unit}/place": 3,
    "/administration/units/{unit}/ending": 4,
    "/administration/units/{unit}/network-office": 2,
    "/administration/units/{unit}/areas": 5,
    "/administration/jurisdictions": 5,
    "/administration/areas": 4,
    "/administration/areas/{area}/name": 2,
    "/administration/staff": 5,
    "/administration/staff/new": 2,
    "/administration/staff/{staff}": 5,
    "/administration/staff/{staff}/edit": 2,
    "/administration/staff/{staff}/assignments/new": 4,
    "/administration/staff/{staff}/account": 2,
    "/administration/accounts": 6,
    "/administration/accounts/{account}": 4,
    "/administration/settings": 2,
    "/administration/transfers": 1,
}
"""Every page and what it asks the database, sign-in and audit included."""
PAGES = tuple(STATEMENTS)


def filled(world: World, path: str) -> str:
    actor = world.actors["officer"]
    return path.format(
        unit=world.units["若葉署生活安全課"],
        area=world.areas["磯部自治会"],
        staff=actor.staff_id,
        account=actor.account_id,
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pages_exist_for_the_administrator_alone(world: World, browser: Browser) -> None:
    found = {}
    for who in ("administrator", "chief", "hq", "auditor", "city_administrator"):
        browser.sign_in(who)
        found[who] = [browser.get(filled(world, path)).status_code for path in PAGES]

    assert found["administrator"] == [200] * len(PAGES)
    assert found["chief"] == found["hq"] == found["auditor"] == [404] * len(PAGES)
    own = {"", "/units", "/units/new", "/jurisdictions", "/areas"}
    own |= {"/staff", "/staff/new", "/accounts", "/transfers"}
    assert found["city_administrator"] == [
        200 if path.removeprefix("/administration") in own else 404 for path in PAGES
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pages_ask_few_questions_however_long_the_lists(world: World, browser: Browser) -> None:
    browser.sign_in("administrator")
    browser.get("/administration")
    few = statements_of(world, browser)
    for number in range(3):
        put_staff(world, number)
    many = statements_of(world, browser)

    assert few == STATEMENTS
    assert many == STATEMENTS


def statements_of(world: World, browser: Browser) -> dict[str, int]:
    found = {}
    for path in PAGES:
        with counted(world.database) as statements:
            browser.get(filled(world, path))
        found[path] = len(statements)
    return found


def put_staff(world: World, number: int) -> None:
    staff = Staff(agency_id=world.agency_id, family_name=f"職員{number}")
    world.put(
        staff,
        StaffAssignment(
            agency_id=world.agency_id,
            staff_id=staff.id,
            unit_id=world.units["若葉署生活安全課"],
            role=Role.OFFICER,
            valid_from=TODAY,
        ),
        Account(
            agency_id=world.agency_id, staff_id=staff.id, login=f"s{number}", password_hash="x"
        ),
        UnitJurisdiction(
            agency_id=world.agency_id,
            unit_id=world.units["若葉署生活安全課"],
            area_id=list(world.areas.values())[number],
            valid_from=TODAY,
        ),
    )


@pytest.mark.parametrize("who", ["chief", "officer", "hq"])
def test_verbs_are_the_administrators(world: World, who: str) -> None:
    unit_id: UUID = world.units["若葉駅前交番"]
    with world.writing(who) as db, pytest.raises(Forbidden):
        rename_unit(
            db, world.actors[who], unit_id, name="X", kana="", day=TODAY, revision=1, now=NOW
        )


def test_stale_verb_is_a_conflict(world: World) -> None:
    with world.writing("administrator") as db, pytest.raises(Conflict):
        end_unit(
            db,
            world.actors["administrator"],
            world.units["若葉駅前交番"],
            successor_id=None,
            day=APRIL,
            revision=7,
            now=NOW,
        )


def test_changes_are_on_record(world: World, browser: Browser) -> None:
    unit_id = world.units["若葉駅前交番"]
    browser.sign_in("administrator")
    browser.get(f"/administration/units/{unit_id}/name")

    browser.post(
        f"/administration/units/{unit_id}/name",
        {"name": "中央交番", "day": "2027-04-01", "revision": str(revision(world, "若葉駅前交番"))},
    )

    with world.reading("auditor") as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "unit.renamed")).one()
        assert (entry.subject_id, entry.detail) == (unit_id, {"as_of": "2027-04-01"})
