"""Whoever is recorded is found: by any form of a name, an organization, the end of a number."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from crm.contacts.filing import index_person
from crm.contacts.models import Appointment, Organization, Person, PostType
from crm.kernel.kana import furigana
from crm.kernel.text import search_key
from crm.kernel.variants import VARIANT_GROUPS
from crm.search import queries
from crm.search.terms import read_term
from tests.support.world import TODAY, World

YESTERDAY = TODAY - dt.timedelta(days=1)
HALF_WIDTH = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン",
        "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ",
        strict=True,
    )
)


def found(world: World, typed: str, who: str = "officer", area_code: str = "") -> list[str]:
    """Return the names of the people, then of the organizations, that `typed` finds."""
    words = read_term(typed, area_code=area_code)
    with world.reading(who) as db:
        people = queries.people_found(db, words, TODAY).lines
        organizations = queries.organizations_found(db, words, TODAY).lines
        return [line.name for line in (*people, *organizations)]


def put_chair(
    world: World, person: Person, organization: Organization, until: dt.date | None = None
) -> None:
    with world.reading("officer") as db:
        kind = db.exec(select(PostType.id).where(PostType.code == "association_chair")).one()
    world.put(
        Appointment(
            agency_id=world.agency_id,
            station_id=world.units["若葉署"],
            person_id=person.id,
            organization_id=organization.id,
            post_type_id=kind,
            valid_to=until,
        )
    )


def test_a_person_is_found_by_any_part_in_any_form(world: World) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    world.person("佐藤 一", "サトウ イツキ")
    forms = ["髙", "高", "高橋", "髙橋翔", "橋 翔", "タカ", "たか", "ﾀｶﾊｼ", "しょう へい", "ハ"]

    finds = {typed: found(world, typed) for typed in forms}

    assert finds == {key: ["髙橋 翔平"] for key in forms}


def test_every_word_must_be_found(world: World) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    world.person("髙橋 一", "タカハシ イツキ")

    assert [found(world, "高橋 いつき"), found(world, "高橋 佐藤")] == [["髙橋 一"], []]


def test_people_come_in_kana_order(world: World) -> None:
    world.person("渡邉 タカ子", "ワタナベ タカコ")
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    world.person("安藤 高志", "アンドウ タカシ")

    assert found(world, "たか") == ["安藤 高志", "髙橋 翔平", "渡邉 タカ子"]


def test_an_organization_leads_to_those_who_hold_posts_there_today(world: World) -> None:
    association = world.organization("みなと町自治会", "ミナトチョウジチカイ")
    put_chair(world, world.person("桒原 健太", "クワバラ ケンタ"), association)
    put_chair(world, world.person("前田 元", "マエダ ハジメ"), association, until=YESTERDAY)

    assert found(world, "みなとちょう") == ["桒原 健太", "みなと町自治会"]
    assert found(world, "みなと町 くわばら") == ["桒原 健太"]


def test_a_number_finds_its_holders(world: World) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ", phone="087-833-0110、090-1234-5678")
    world.person("安藤 花", "アンドウ ハナ", phone="087-833-0111")
    world.organization("若葉小学校", phone="087-833-0110 内線12")
    forms = ["0110", "０１１０", "087-833-0110", "0878330110", "833-0110"]

    finds = {typed: found(world, typed) for typed in forms}

    assert finds == {key: ["髙橋 翔平", "若葉小学校"] for key in forms}


def test_a_local_number_is_completed_before_it_is_compared(world: World) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ", phone="087-833-0110")
    world.person("安藤 花", "アンドウ ハナ", phone="054-833-0110")

    assert found(world, "833-0110", area_code="087") == ["髙橋 翔平"]


def test_signs_of_a_pattern_are_only_themselves(world: World) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    world.organization("みなと町自治会", "ミナトチョウジチカイ")
    signs = ["%", "タ%シ", "/", "\\"]

    finds = {typed: found(world, typed) for typed in signs}

    assert finds == {key: [] for key in signs}


def test_nobody_finds_another_stations_people(world: World) -> None:
    person = world.person("髙橋 翔平", "タカハシ ショウヘイ", phone="087-833-0110")
    put_chair(world, person, world.organization("みなと町自治会", "ミナトチョウジチカイ"))

    finds = {
        who: [found(world, typed, who) for typed in ("高", "0110", "みなと")]
        for who in ("officer", "stranger", "hq", "administrator")
    }

    assert finds == {
        "officer": [["髙橋 翔平"], ["髙橋 翔平"], ["髙橋 翔平", "みなと町自治会"]],
        "stranger": [[], [], []],
        "hq": [[], [], []],
        "administrator": [[], [], []],
    }


def test_more_than_are_shown_is_said(world: World) -> None:
    for number in range(queries.SHOWN + 1):
        world.person(f"鈴木 {number}", "スズキ イチ")

    with world.reading("officer") as db:
        people = queries.people_found(db, read_term("すずき"), TODAY)
        nobody = queries.people_found(db, read_term("いとう"), TODAY)

    assert (len(people.lines), people.more) == (queries.SHOWN, True)
    assert (len(nobody.lines), nobody.more) == (0, False)


kanji = st.text(alphabet="".join(VARIANT_GROUPS), min_size=1, max_size=6)
reading = st.text(alphabet="".join(HALF_WIDTH) + "ガパッャヴー", min_size=1, max_size=8)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=kanji, kana=reading, common=st.booleans(), form=st.sampled_from(["hira", "kata", "half"])
)
def test_any_single_character_of_a_name_or_reading_finds_it(
    world: World, name: str, kana: str, form: str, *, common: bool
) -> None:
    person = Person(
        agency_id=world.agency_id,
        station_id=world.units["若葉署"],
        family_name=name,
        family_kana=kana,
    )
    index_person(person)
    world.put(person)
    written = search_key(name) if common else name
    spoken = {
        "hira": furigana(kana),
        "kata": kana,
        "half": "".join(HALF_WIDTH.get(letter, letter) for letter in kana),
    }[form]

    with world.reading("officer") as db:
        for letter in set(written + spoken):
            words = read_term(letter)
            people = queries.people_found(db, words, TODAY).lines
            # a letter that names hold or leave out at will (ー) is nothing to look for
            assert not words or person.id in {line.id for line in people}, letter
