"""The list of people and the forms of one, in a plain browser and through htmx."""

import re

import pytest
from sqlmodel import col, select

from crm.contacts import queries
from crm.contacts.models import Holder, Person
from crm.kernel.audit import AuditEntry, fingerprint
from tests.support.pages import Browser, counted
from tests.support.world import World

TYPED = {
    "family_name": "髙橋",
    "given_name": "翔平",
    "family_kana": "たかはし",
    "given_kana": "しょうへい",
    "phones": "087-833-0110",
    "address": "若葉市みなと町5丁目",
    "care_note": "電話は夕方",
}


def names_in(text: str) -> list[str]:
    """Return the names a list shows, in order."""
    return re.findall(r'<th scope="row"><a href="/people/[^"]+">([^<]+)</a>', text)


def sentence_at(text: str, field: str) -> str:
    """Return what is said below a field."""
    found = re.search(rf'id="f-{field}-error">.*?<span>([^<]*)</span>', text)
    return found.group(1) if found else ""


def value_of(text: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', text)
    return found.group(1) if found else ""


def test_people_are_listed_in_kana_order_with_posts_and_phones(
    world: World, browser: Browser
) -> None:
    world.person("渡邉 一郎", "ワタナベ イチロウ")
    world.person("髙橋 翔平", "タカハシ ショウヘイ", phone="087-833-0110")
    world.person("安藤 花", "アンドウ ハナ")
    world.person("港南 太郎", "コウナン タロウ", station="港南署")
    browser.sign_in("officer")

    answer = browser.get("/people")

    assert answer.status_code == 200
    assert names_in(answer.text) == ["安藤 花", "髙橋 翔平", "渡邉 一郎"]
    assert "たかはし しょうへい" in answer.text
    assert 'href="tel:+81878330110">087-833-0110</a>' in answer.text


def test_people_of_one_row_come_as_a_fragment_to_htmx(world: World, browser: Browser) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    world.person("安藤 花", "アンドウ ハナ")
    browser.sign_in("officer")

    fragment = browser.get("/people?row=た", htmx=True).text

    assert names_in(fragment) == ["髙橋 翔平"]
    assert "<html" not in fragment


def test_people_without_a_reading_can_be_found_and_counted(world: World, browser: Browser) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    world.person("山田（会長）", "")
    browser.sign_in("officer")

    everybody = browser.get("/people").text
    unread = browser.get("/people?row=他").text

    assert "ふりがな未登録 1件" in everybody
    assert names_in(unread) == ["山田（会長）"]


def test_people_put_the_listing_on_record_without_names(world: World, browser: Browser) -> None:
    person = world.person("髙橋 翔平", "タカハシ ショウヘイ")
    browser.sign_in("officer")

    browser.get("/people")

    with world.reading("auditor") as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "people.listed")).one()
        assert entry.detail == {
            "page": 1,
            "count": 1,
            "named": 1,
            "named_sha256": fingerprint([person.id]),
        }


def test_people_cost_the_same_statements_for_one_and_three(world: World, browser: Browser) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ", phone="087-833-0110")
    browser.sign_in("officer")
    browser.get("/people")

    with counted(world.database) as for_one:
        browser.get("/people")
    world.person("安藤 花", "アンドウ ハナ", phone="087-833-0111")
    world.person("渡邉 一郎", "ワタナベ イチロウ", phone="087-833-0112")
    with counted(world.database) as for_three:
        browser.get("/people")

    # who signed in · rows of the index · people · posts and phones · the audit row, whom it names
    assert (len(for_one), len(for_three)) == (6, 6)


def test_people_past_the_end_give_the_last_page(world: World, browser: Browser) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    browser.sign_in("officer")

    assert names_in(browser.get("/people?number=99").text) == ["髙橋 翔平"]


@pytest.mark.parametrize("path", ["/people", "/people/new", "/organizations", "/organizations/new"])
def test_the_lists_are_not_for_headquarters(browser: Browser, path: str) -> None:
    browser.sign_in("hq")

    assert browser.get(path).status_code == 403


def test_person_new_registers_and_leads_to_the_person(world: World, browser: Browser) -> None:
    browser.sign_in("officer")
    browser.get("/people/new")

    answer = browser.post("/people", TYPED, follow=False)

    with world.reading("officer") as db:
        person = db.exec(select(Person)).one()
        phones = queries.telephones_of(db, Holder(person_id=person.id))
        assert (answer.status_code, answer.headers["location"]) == (303, f"/people/{person.id}")
        assert (person.name, person.kana) == ("髙橋 翔平", "タカハシ ショウヘイ")
        assert [phone.text for phone in phones] == ["087-833-0110"]


def test_person_new_sends_htmx_on_by_its_own_header(world: World, browser: Browser) -> None:
    browser.sign_in("officer")
    browser.get("/people/new")

    answer = browser.post("/people", TYPED, htmx=True)

    with world.reading("officer") as db:
        person_id = db.exec(select(Person.id)).one()
    assert answer.headers["HX-Redirect"] == f"/people/{person_id}"


@pytest.mark.parametrize("htmx", [False, True])
def test_person_new_refused_says_why_at_the_field_and_keeps_the_rest(
    world: World, browser: Browser, *, htmx: bool
) -> None:
    browser.sign_in("officer")
    browser.get("/people/new")
    no_kana = "ふりがなは、ひらがなまたはカタカナで入力してください。（例：たかはし）"
    wrong = [
        ("family_name", "", "氏を入力してください。（例：高橋）"),
        ("family_name", "　", "氏を入力してください。（例：高橋）"),
        ("given_name", "あ" * 61, "「名」は60字以内で入力してください。"),
        ("family_kana", "高橋", no_kana),
        ("phones", "不明", "電話番号は市外局番から入力してください。（例：087-833-0110）"),
    ]

    for field, text, sentence in wrong:
        answer = browser.post("/people", {**TYPED, field: text}, htmx=htmx)

        assert (answer.status_code, sentence_at(answer.text, field)) == (422, sentence)
        assert ("<html" in answer.text) is not htmx
        assert "電話は夕方</textarea>" in answer.text
    with world.reading("officer") as db:
        assert db.exec(select(Person)).all() == []


def test_person_edit_shows_what_is_recorded_and_the_doubts_about_it(
    world: World, browser: Browser
) -> None:
    person = world.person("髙橋 翔平", "タカハシ ショウヘイ", phone="833-0110")
    browser.sign_in("officer")

    text = browser.get(f"/people/{person.id}/edit").text

    assert value_of(text, "family_kana") == "たかはし"
    assert value_of(text, "revision") == "1"
    assert "833-0110</textarea>" in text
    assert text.count("市外局番がありません。市外局番から入力してください。") == 1
    with world.reading("auditor") as db:
        seen = db.exec(select(AuditEntry).where(AuditEntry.action == "person.viewed")).one()
        assert seen.subject_id == person.id


def test_person_edit_corrects(world: World, browser: Browser) -> None:
    person = world.person("高橋 翔平", "タカハシ ショウヘイ")
    browser.sign_in("officer")
    browser.get(f"/people/{person.id}/edit")

    answer = browser.post(f"/people/{person.id}", {**TYPED, "revision": "1"}, follow=False)

    assert answer.headers["location"] == f"/people/{person.id}"
    with world.reading("officer") as db:
        assert queries.person(db, person.id).family_name == "髙橋"


@pytest.mark.parametrize("htmx", [False, True])
def test_person_edit_refused_keeps_the_revision_it_was_opened_with(
    world: World, browser: Browser, *, htmx: bool
) -> None:
    person = world.person("高橋 翔平", "タカハシ ショウヘイ")
    browser.sign_in("officer")
    browser.get(f"/people/{person.id}/edit")
    browser.post(f"/people/{person.id}", {"family_name": "高橋", "revision": "1"}, follow=False)
    mine = {**TYPED, "family_name": "", "revision": "1"}

    answer = browser.post(f"/people/{person.id}", mine, htmx=htmx)

    assert (answer.status_code, value_of(answer.text, "revision")) == (422, "1")
    with world.reading("officer") as db:
        assert queries.person(db, person.id).name == "高橋"


def test_person_edit_after_somebody_else_shows_both_versions(
    world: World, browser: Browser
) -> None:
    person = world.person("高橋 翔平", "タカハシ ショウヘイ")
    browser.sign_in("officer")
    browser.get(f"/people/{person.id}/edit")
    first = {"family_name": "高橋", "given_name": "翔平", "address": "磯部1丁目", "revision": "1"}
    browser.post(f"/people/{person.id}", first, follow=False)

    answer = browser.post(f"/people/{person.id}", {**TYPED, "revision": "1"})

    assert answer.status_code == 409
    assert "他の職員が先に更新しました。" in answer.text
    assert '<td data-label="登録内容">磯部1丁目</td>' in answer.text
    assert '<td data-label="入力">若葉市みなと町5丁目</td>' in answer.text
    assert value_of(answer.text, "address") == "若葉市みなと町5丁目"
    assert value_of(answer.text, "revision") == "2"
    again = browser.post(f"/people/{person.id}", {**TYPED, "revision": "2"}, follow=False)
    assert again.status_code == 303


def test_person_edit_of_another_station_is_not_found(world: World, browser: Browser) -> None:
    person = world.person("港南 太郎", "コウナン タロウ", station="港南署")
    browser.sign_in("officer")
    browser.get("/people/new")

    shown = browser.get(f"/people/{person.id}/edit")
    changed = browser.post(f"/people/{person.id}", {**TYPED, "revision": "1"})

    assert (shown.status_code, changed.status_code) == (404, 404)
    assert "港南 太郎" not in shown.text + changed.text
    with world.reading("stranger") as db:
        assert db.exec(select(col(Person.family_name))).one() == "港南"
