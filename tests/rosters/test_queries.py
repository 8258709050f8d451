import datetime as dt

import pytest

from crm.agencies.models import UnitJurisdiction
from crm.consents.models import ConsentScope
from crm.rosters.models import RosterProfile
from crm.rosters.queries import office_name, roster_on
from crm.rosters.rows import Roster, RosterRow
from tests.rosters.network import put_consent, put_post, put_term
from tests.support.pages import counted
from tests.support.world import START, TODAY, World

STATION, MEETING = RosterProfile.STATION, RosterProfile.MEETING
WITHIN, OTHERS = ConsentScope.WITHIN_STATION, ConsentScope.OTHER_LIAISONS
YESTERDAY = TODAY - dt.timedelta(days=1)


def roster(
    world: World,
    profile: RosterProfile = STATION,
    day: dt.date = TODAY,
    *,
    who: str = "chief",
) -> Roster:
    with world.reading(who) as db:
        return roster_on(db, world.actors[who], profile, day, today=TODAY)


def names(found: Roster) -> list[str]:
    return [row.name for row in found.rows]


def test_row_says_all_that_was_agreed_to(world: World) -> None:
    council = world.organization("若葉地区協議会", "ワカバチクキョウギカイ")
    person = world.person("髙橋 京子", "タカハシ キョウコ", phone="054-000-1001")
    term = put_term(world, person, "みなと町自治会", "磯部自治会", remark="電話は夕方")
    put_consent(world, person)
    put_post(world, person, "会長", council)
    put_post(world, person, "少年警察補導員", place=3)

    (row,) = roster(world).rows

    assert row == RosterRow(
        number=1,
        holder=row.holder,
        name="髙橋 京子",
        kana="たかはし きょうこ",
        post="若葉地区協議会\n会長",
        areas="みなと町自治会\n磯部自治会",
        phone="054-000-1001",
        concurrent="少年警察補導員",
        boxes="若葉駅前交番\nみなと駐在所",
        asked_on=START,
        remark="電話は夕方",
        index="た",
    )
    assert row.holder.person_id == term.person_id


def test_meeting_roster_has_neither_telephone_nor_remark(world: World) -> None:
    person = world.person("髙橋 京子", "タカハシ キョウコ", phone="054-000-1001")
    put_term(world, person, "磯部自治会", remark="電話は夕方")
    put_consent(world, person)

    (row,) = roster(world, MEETING).rows

    assert (row.name, row.phone, row.remark) == ("髙橋 京子", "", "")


@pytest.mark.parametrize(
    ("profile", "scope", "listed"),
    [
        (STATION, WITHIN, ["髙橋 京子"]),
        (STATION, OTHERS, []),
        (MEETING, OTHERS, ["髙橋 京子"]),
        (MEETING, WITHIN, []),
    ],
)
def test_only_those_who_agreed_to_the_recipient_are_listed(
    world: World, profile: RosterProfile, scope: ConsentScope, listed: list[str]
) -> None:
    person = world.person("髙橋 京子", "タカハシ キョウコ")
    put_term(world, person)
    put_consent(world, person, {scope})

    found = roster(world, profile)

    assert (names(found), found.left_out) == (listed, 1 - len(listed))


def test_a_fax_is_never_printed_as_a_telephone(world: World) -> None:
    person = world.person("髙橋 京子", "タカハシ キョウコ", phone="054-000-1001、FAX 054-000-1002")
    put_term(world, person)
    put_consent(world, person)

    assert roster(world).rows[0].phone == "054-000-1001"


def test_several_posts_make_one_row_and_name_each_post_once(world: World) -> None:
    person = world.person("髙橋 京子", "タカハシ キョウコ")
    put_term(world, person)
    put_consent(world, person)
    for title, place in (("会長", 0), ("防犯委員", 2), ("民生委員", 4), ("民生委員", 5)):
        put_post(world, person, title, place=place)
    put_post(world, person, "前会長", place=6, until=YESTERDAY)

    found = roster(world)

    assert [(row.post, row.concurrent) for row in found.rows] == [("会長", "防犯委員\n民生委員")]
    assert (found.persons, found.organizations) == (1, 0)


def test_whoever_took_the_agreement_back_is_on_no_roster_made_since(world: World) -> None:
    stays = world.person("青木 一郎", "アオキ イチロウ")
    leaves = world.person("髙橋 京子", "タカハシ キョウコ")
    for person in (stays, leaves):
        put_term(world, person)
        put_consent(world, person)
    before = names(roster(world))

    put_consent(world, leaves, (), on=TODAY)

    assert before == ["青木 一郎", "髙橋 京子"]
    assert names(roster(world)) == ["青木 一郎"]
    assert names(roster(world, day=YESTERDAY)) == ["青木 一郎"]


def test_a_telephone_taken_back_is_on_no_roster_made_since(world: World) -> None:
    person = world.person("髙橋 京子", "タカハシ キョウコ", phone="054-000-1001")
    put_term(world, person)
    put_consent(world, person)
    put_consent(world, person, {WITHIN}, on=TODAY)

    assert [row.phone for row in roster(world, day=YESTERDAY).rows] == [""]


def test_an_earlier_day_gives_the_earlier_roster(world: World) -> None:
    person = world.person("髙橋 京子", "タカハシ キョウコ")
    put_term(world, person, "磯部自治会", until=YESTERDAY)
    put_consent(world, person)
    put_post(world, person, "会長", until=YESTERDAY)
    world.put(
        UnitJurisdiction(
            agency_id=world.agency_id,
            unit_id=world.units["若葉駅前交番"],
            area_id=world.areas["磯部自治会"],
            valid_from=TODAY,
        )
    )

    assert roster(world).rows == ()
    (row,) = roster(world, day=YESTERDAY).rows
    assert (row.post, row.boxes) == ("会長", "みなと駐在所")


def test_consent_given_later_is_not_dated_back(world: World) -> None:
    person = world.person("髙橋 京子", "タカハシ キョウコ")
    put_term(world, person)
    put_consent(world, person, on=TODAY)

    assert (names(roster(world)), names(roster(world, day=YESTERDAY))) == (["髙橋 京子"], [])


def test_another_stations_liaisons_are_never_listed_or_counted(world: World) -> None:
    own = world.person("髙橋 京子", "タカハシ キョウコ")
    other = world.person("港 南", "ミナト ミナミ", station="港南署")
    refusing = world.person("港 北", "ミナト キタ", station="港南署")
    for person in (own, other, refusing):
        put_term(world, person)
    put_consent(world, own)
    put_consent(world, other)

    found = roster(world)

    assert (names(found), found.left_out) == (["髙橋 京子"], 0)
    assert names(roster(world, who="stranger_chief")) == ["港 南"]


def test_another_stations_box_is_not_named(world: World) -> None:
    person = world.person("髙橋 京子", "タカハシ キョウコ")
    put_term(world, person, "港南自治会")
    put_consent(world, person)

    assert [(row.areas, row.boxes) for row in roster(world).rows] == [("港南自治会", "")]


def test_speaker_of_an_organization_is_named_only_on_their_own_consent(world: World) -> None:
    group = world.organization("磯部自治会", "イソベジチカイ", phone="054-000-2001")
    speaker = world.person("髙橋 京子", "タカハシ キョウコ", phone="054-000-1001")
    put_term(world, group, contact=speaker)
    put_consent(world, group)
    put_post(world, speaker, "会長", group)
    put_post(world, speaker, "民生委員", place=4)
    put_consent(world, speaker, {WITHIN})

    (station,) = roster(world).rows
    (meeting,) = roster(world, MEETING).rows

    assert (station.post, station.phone) == ("会長\n髙橋 京子", "054-000-2001")
    assert (station.concurrent, meeting.post, meeting.phone) == ("", "", "")


def test_telephone_of_an_organization_needs_the_organizations_consent(world: World) -> None:
    group = world.organization("磯部自治会", "イソベジチカイ", phone="054-000-2001")
    speaker = world.person("髙橋 京子", "タカハシ キョウコ", phone="054-000-1001")
    put_term(world, group, contact=speaker)
    put_consent(world, group, {WITHIN})
    put_consent(world, speaker)
    put_post(world, speaker, "会長", group)

    assert [row.phone for row in roster(world).rows] == [""]


def test_order_is_that_of_readings_across_persons_and_organizations(world: World) -> None:
    people = (
        ("渡邉 進", "ワタナベ ススム"),
        ("高橋 恵", "タカハシ メグミ"),
        ("髙橋 恵子", "タカハシ ケイコ"),
        ("ヴェルデ 学", "ヴェルデ マナブ"),
        ("上田 学", "ウエダ マナブ"),
        ("清田 良", "キヨタ リョウ"),
        ("京田 良", "キョウタ リョウ"),
        ("山田", ""),
    )
    for name, kana in people:
        person = world.person(name, kana)
        put_term(world, person)
        put_consent(world, person)
    for name, kana in (("うえだ商店会", "ウエダショウテンカイ"), ("読みのない会", "")):
        group = world.organization(name, kana)
        put_term(world, group)
        put_consent(world, group)

    found = roster(world)

    assert names(found) == [
        "上田 学",
        "うえだ商店会",
        "ヴェルデ 学",
        "京田 良",
        "清田 良",
        "髙橋 恵子",
        "高橋 恵",
        "渡邉 進",
        "山田",
        "読みのない会",
    ]
    assert [row.number for row in found.rows] == list(range(1, 11))
    assert (found.persons, found.organizations) == (8, 2)


@pytest.mark.parametrize("liaisons", [1, 3])
def test_statements_do_not_grow_with_the_rows(world: World, liaisons: int) -> None:
    for number in range(liaisons):
        person = world.person(f"髙橋 {number}", "タカハシ", phone="054-000-1001")
        put_term(world, person, "磯部自治会", "みなと町自治会")
        put_consent(world, person)
        put_post(world, person, "会長")

    with counted(world.database) as today:
        assert len(roster(world).rows) == liaisons
    with counted(world.database) as earlier:
        assert len(roster(world, day=YESTERDAY).rows) == liaisons

    assert (len(today), len(earlier)) == (4, 5)


def test_the_unit_that_owns_the_roster_is_named_as_on_the_day(world: World) -> None:
    with world.reading("station_chief") as db:
        station_id = world.units["若葉署"]
        before = START - dt.timedelta(days=1)
        found = office_name(db, station_id, TODAY), office_name(db, station_id, before)
    assert found == ("若葉署地域課", "")
