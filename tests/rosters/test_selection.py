"""Rosters of a part: by box, area, kind of post and meeting; kept under a name; for an office."""

import datetime as dt
import re
from operator import attrgetter

import pytest
from uuid_utils.compat import uuid7

from crm.contacts.models import Holder, Person
from crm.kernel.errors import NotFound
from crm.meetings.models import Presence, Reply
from crm.meetings.service import note_presence, note_replies
from crm.rosters.models import RosterOrdering, RosterProfile
from crm.rosters.queries import roster_on
from crm.rosters.rows import Roster
from crm.rosters.selection import EVERYBODY, Selection
from tests.bodies.acts import established, seated
from tests.meetings.acts import planned, whole
from tests.rosters.network import put_consent, put_post, put_term
from tests.rosters.test_pages import form, made
from tests.sharing import acts
from tests.support.pages import Browser
from tests.support.world import NOW, TODAY, World

YESTERDAY = TODAY - dt.timedelta(days=1)


def liaison(world: World, name: str, kana: str, *areas: str) -> Person:
    person = world.person(name, kana)
    put_term(world, person, *areas)
    put_consent(world, person)
    return person


def town(world: World) -> dict[str, Person]:
    known = {
        "いしい": liaison(world, "石井 一", "イシイ ハジメ", "みなと町自治会"),
        "うえだ": liaison(world, "上田 二", "ウエダ フタツ", "さくら台自治会"),
        "あおき": liaison(world, "青木 三", "アオキ ミツ", "磯部自治会"),
    }
    put_post(world, known["いしい"], "会長")
    return known


def found(
    world: World,
    selection: Selection = EVERYBODY,
    *,
    profile: RosterProfile = RosterProfile.STATION,
    ordering: RosterOrdering = RosterOrdering.KANA,
) -> Roster:
    with world.reading("chief") as db:
        return roster_on(
            db,
            world.actors["chief"],
            profile,
            TODAY,
            today=TODAY,
            selection=selection,
            ordering=ordering,
        )


def names(roster: Roster) -> list[str]:
    return [row.name for row in roster.rows]


def test_roster_of_a_box_is_of_its_areas(world: World) -> None:
    town(world)
    roster = found(world, Selection(unit_id=world.units["若葉駅前交番"]))
    assert (names(roster), roster.chosen) == (["石井 一", "上田 二"], "若葉駅前交番")
    assert [(rule.rule, rule.people) for rule in roster.narrowed] == [("選んだ範囲の外の連絡員", 1)]


def test_selections_narrow_one_another(world: World) -> None:
    known = town(world)
    meeting = planned(world, known["いしい"], known["あおき"], world.person("来 客", "ライ キャク"))
    both = Selection(area_id=world.areas["磯部自治会"], meeting_id=meeting.id)

    invited = found(world, Selection(meeting_id=meeting.id), profile=RosterProfile.SEATING)

    assert names(invited) == ["青木 三", "石井 一"]
    assert invited.chosen == "みなと町地区 地域安全の会の招待者"
    assert ("招待者・委員のうち連絡員でない方", 1) in invited.narrowed
    assert names(found(world, both)) == ["青木 三"]


def test_whoever_stays_away_is_not_seated(world: World) -> None:
    answers = [
        (Reply.DECLINES, None),
        (Reply.DECLINES, Presence.PRESENT),
        (Reply.COMES, Presence.EXCUSED),
        (None, Presence.ABSENT),
        (Reply.SENDS_PROXY, None),
        (None, Presence.PROXY),
        (None, None),
    ]
    people = [liaison(world, f"連絡 {number}", "れんらく") for number in range(len(answers))]
    meeting, actor = planned(world, *people), world.actors["officer"]
    keys = [party.id for party in sorted(whole(world, meeting).parties, key=attrgetter("name"))]
    with world.writing("officer") as db:
        replied = {key: reply for key, (reply, _) in zip(keys, answers, strict=True)}
        note_replies(db, actor, meeting.id, replied, now=NOW)
    with world.writing("officer") as db:
        came = {key: presence for key, (_, presence) in zip(keys, answers, strict=True)}
        note_presence(db, actor, meeting.id, came, visitors=0, now=NOW)
    selection = Selection(meeting_id=meeting.id)

    seats = found(world, selection, profile=RosterProfile.SEATING)

    assert sorted(names(seats)) == ["連絡 1", "連絡 4", "連絡 5", "連絡 6"]
    assert ("選んだ範囲の外の連絡員", 3) in seats.narrowed
    assert len(found(world, selection).rows) == len(answers)


def test_roster_of_a_body_is_of_its_members_on_the_day(world: World) -> None:
    known = town(world)
    body = established(world, name="若葉地区協議会")
    seated(world, body, Holder(person_id=known["うえだ"].id))
    seated(world, body, Holder(person_id=known["あおき"].id), valid_to=YESTERDAY)

    roster = found(world, Selection(body_id=body.id))

    assert (names(roster), roster.chosen) == (["上田 二"], "若葉地区協議会の委員")


def test_what_is_not_the_stations_to_choose_is_not_found(world: World) -> None:
    town(world)
    for selection in (
        Selection(unit_id=world.units["港南交番"]),
        Selection(meeting_id=uuid7()),
        Selection(area_id=uuid7()),
        Selection(post_type_id=uuid7()),
        Selection(body_id=uuid7()),
    ):
        with pytest.raises(NotFound):
            found(world, selection)


def test_order_of_areas_files_rows_under_them(world: World) -> None:
    town(world)
    roster = found(world, ordering=RosterOrdering.AREA)
    assert [(row.number, row.name, row.index) for row in roster.rows] == [
        (1, "青木 三", "磯部自治会"),
        (2, "上田 二", "さくら台自治会"),
        (3, "石井 一", "みなと町自治会"),
    ]
    assert [row.index for row in found(world).rows] == ["あ", "あ", "あ"]


def test_selection_survives_its_line() -> None:
    selection = Selection(unit_id=uuid7(), meeting_id=uuid7())
    assert Selection.of_key(selection.key) == selection
    assert (EVERYBODY.key, Selection.of_key("gone=1")) == ("", EVERYBODY)


def test_roster_for_a_city_says_what_its_copies_say(browser: Browser, world: World) -> None:
    acts.agreed(world, (acts.F.NAME, acts.F.READING, acts.F.AREAS))
    acts.liaison(world)
    acts.liaison(world, "別府 渡", "ベップ ワタル", fields=())
    office = world.units[acts.CITY_OFFICE]
    browser.sign_in("chief")

    asked = browser.get("/roster?profile=municipality")
    shown = browser.get(f"/roster?profile=municipality&recipient_id={office}")

    assert (asked.status_code, "提供先の機関を選んでください。" in asked.text) == (422, True)
    assert ("桒原 健太" in shown.text, "別府" in shown.text) == (True, False)
    assert ("087-833-0110" in shown.text, "架空市みなと町" in shown.text) == (False, False)
    sent = form(
        profile="municipality",
        recipient_id=str(office),
        format="csv",
        plain_reason="取込みのため",
        recipient="ほかの会社",
    )
    text = made(browser, world, browser.post("/roster/issues", sent)).content.decode("utf-8-sig")
    said = [
        word in text for word in ("桒原 健太", "第三者に渡さないこと", "架空市役所", "ほかの会社")
    ]
    assert said == [True, True, True, False]


def test_selection_is_kept_and_used_by_the_unit(browser: Browser, world: World) -> None:
    town(world)
    area = world.areas["磯部自治会"]
    browser.sign_in("chief").get("/roster/selection")
    kept = {"profile": "meeting", "ordering": "area", "area_id": str(area), "name": "磯部"}

    page = browser.post("/roster/filters", kept)
    again = browser.post("/roster/filters", kept)

    address = re.search(r'href="(/roster\?profile=meeting[^"]+)">磯部<', page.text)
    assert address
    assert "青木 三" in browser.get(address[1].replace("&amp;", "&")).text
    assert (again.status_code, 'id="f-name-error"' in again.text) == (422, True)
    removal = re.search(r'action="(/roster/filters/[^"]+/removal)"', page.text)
    assert removal
    browser.sign_in("station_chief").get("/roster/selection")
    assert browser.post(removal[1]).status_code == 404
    browser.sign_in("chief").get("/roster/selection")
    assert ">磯部<" not in browser.post(removal[1]).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("world")
def test_kept_selection_is_ones_own_unless_shared(browser: Browser) -> None:
    browser.sign_in("chief").get("/roster/selection")
    for name, more in (("私用", {}), ("共用", {"of_unit": "on"})):
        browser.post("/roster/filters", {"profile": "station", "name": name, **more})
    seen = {
        login: ["私用" in text, "共用" in text]
        for login in ("chief", "station_chief", "stranger_chief")
        if (text := browser.sign_in(login).get("/roster/selection").text)
    }
    assert seen == {
        "chief": [True, True],
        "station_chief": [False, False],
        "stranger_chief": [False, False],
    }
