"""Searching in a plain browser and through htmx; no name ever stands in an address."""

import re

import pytest
from sqlmodel import select

from crm.kernel.audit import AuditEntry, AuditSubject, fingerprint
from tests.support.pages import Browser, counted, open_browser
from tests.support.world import World


def people_in(text: str) -> list[str]:
    """Return the names the results show, in order."""
    return re.findall(r'class="row__title"><a href="/people/[^"]+">([^<]+)</a>', text)


def test_search_sends_a_plain_browser_to_the_results(world: World, browser: Browser) -> None:
    person = world.person("髙橋 翔平", "タカハシ ショウヘイ", phone="087-833-0110")
    browser.sign_in("officer")
    browser.get("/search")

    answer = browser.post("/search", {"q": "高"}, follow=False)
    results = browser.get(answer.headers["location"]).text

    assert answer.status_code == 303
    assert re.fullmatch(r"/search/[\w-]{32}", answer.headers["location"])
    assert people_in(results) == ["髙橋 翔平"]
    assert 'value="高"' in results
    assert "たかはし しょうへい" in results
    assert 'href="tel:+81878330110">087-833-0110</a>' in results
    assert f'href="/people/{person.id}/notes/new"' in results


def test_search_gives_htmx_the_results_and_their_address(world: World, browser: Browser) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    browser.sign_in("officer")
    browser.get("/search")

    answer = browser.post("/search", {"q": "たか"}, htmx=True)
    again = browser.get(answer.headers["HX-Push-Url"]).text

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert people_in(answer.text) == ["髙橋 翔平"]
    assert people_in(again) == ["髙橋 翔平"]


def test_search_that_finds_nobody_says_what_to_try(world: World, browser: Browser) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    browser.sign_in("officer")
    browser.get("/search")

    results = browser.post("/search", {"q": "存在しない名前"}).text

    assert people_in(results) == []
    assert "該当する記録がありません。" in results
    assert "電話番号の下4桁で探す" in results


@pytest.mark.parametrize("htmx", [False, True])
def test_search_refuses_nothing_and_too_much(browser: Browser, *, htmx: bool) -> None:
    browser.sign_in("officer")
    browser.get("/search")
    wrong = [
        ("", "探す言葉を入力してください。（例：たかはし、0110）"),
        ("ー", "探す言葉を入力してください。（例：たかはし、0110）"),
        ("あ" * 101, "「探す言葉」は100字以内で入力してください。"),
    ]

    for typed, sentence in wrong:
        answer = browser.post("/search", {"q": typed}, htmx=htmx)

        assert (answer.status_code, answer.text.count(sentence)) == (422, 2)
        assert ("<html" in answer.text) is not htmx


def test_search_puts_on_record_who_was_shown_and_not_what_was_typed(
    world: World, browser: Browser
) -> None:
    person = world.person("髙橋 翔平", "タカハシ ショウヘイ")
    association = world.organization("高台自治会", "タカダイジチカイ")
    browser.sign_in("officer")
    browser.get("/search")

    browser.post("/search", {"q": "ﾀ ｶ"})

    with world.reading("auditor") as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "search.made")).one()
        assert entry.detail == {
            "length": 2,
            "count": 2,
            "named": 2,
            "named_sha256": fingerprint([person.id, association.id]),
        }
        named = db.exec(select(AuditSubject).where(AuditSubject.entry_id == entry.id)).all()
        assert {(one.subject_type, one.subject_id) for one in named} == {
            ("person", person.id),
            ("organization", association.id),
        }


def test_a_search_opens_only_in_the_browser_that_made_it(world: World, browser: Browser) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    browser.sign_in("officer")
    browser.get("/search")
    path = browser.post("/search", {"q": "高"}, follow=False).headers["location"]

    with open_browser(world.database) as other:
        other.sign_in("officer")
        answer = other.get(path)

    assert answer.status_code == 404
    assert "髙橋" not in answer.text


def test_search_is_not_for_headquarters(world: World, browser: Browser) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ")
    browser.sign_in("hq")
    token_page = browser.get("/coverage")

    shown = browser.get("/search")
    sent = browser.post("/search", {"q": "高"})

    assert (token_page.status_code, shown.status_code, sent.status_code) == (200, 403, 403)


def test_search_costs_the_same_statements_for_one_and_three(world: World, browser: Browser) -> None:
    world.person("髙橋 翔平", "タカハシ ショウヘイ", phone="087-833-0110")
    world.organization("高台自治会", phone="087-833-0110")
    browser.sign_in("officer")
    browser.get("/search")
    path = browser.post("/search", {"q": "高"}, follow=False).headers["location"]

    with counted(world.database) as for_one:
        browser.get(path)
    world.person("高梁 花", "タカハシ ハナ", phone="087-833-0111")
    world.person("高井 健", "タカイ ケン", phone="087-833-0112")
    world.organization("高松自治会")
    with counted(world.database) as for_three:
        found = browser.get(path).text

    # who signed in · the search · people, what is theirs · organizations, what is theirs ·
    # the record, whom it names
    assert (len(for_one), len(for_three)) == (8, 8)
    assert len(people_in(found)) == 3
