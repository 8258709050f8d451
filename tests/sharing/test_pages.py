"""The pages of sharing: for whom they open, what they refuse, and what never stands on them."""

import re

import pytest
from sqlmodel import select

from crm.contacts.models import Holder
from crm.kernel.clock import local_day, utc_now
from crm.sharing.giver_queries import links_by_reference
from crm.sharing.models import ContactLink, PublishedContact
from tests.sharing.acts import (
    CITY_OFFICE,
    SOME,
    F,
    agreed,
    consented,
    copies,
    disclosed,
    liaison,
    noted,
)
from tests.support.pages import Browser, counted
from tests.support.world import World

CANARY_PHONE = "087-833-7777"
CANARY_ADDRESS = "架空市ひみつ台九丁目"
CANARIES = ("7777", "ひみつ台", "ヒミツ", "ひみつ")


def today() -> str:
    return local_day(utc_now()).isoformat()


def terms(world: World, **more: object) -> dict[str, object]:
    return {
        "recipient_station_id": str(world.units[CITY_OFFICE]),
        "title": "連絡員名簿の提供",
        "purpose": "見守り活動",
        "fields": ["name", "post"],
        "valid_from": "2026-01-01",
        **more,
    }


@pytest.fixture
def hidden(world: World) -> PublishedContact:
    """A contact of which the city has the name and the post; the rest are canaries."""
    agreed(world)
    holder = liaison(
        world,
        "桒原 健太",
        "ヒミツ ヒミツ",
        fields=(F.NAME, F.POST),
        phone=CANARY_PHONE,
        address=CANARY_ADDRESS,
    )
    return copies(world, holder)[0]


def test_a_chief_agrees_and_sees_who_is_given(world: World, browser: Browser) -> None:
    liaison(world)
    browser.sign_in("chief").get("/agreements/new")
    shown = browser.post("/agreements", terms(world))
    assert "取決めを登録しました。" in shown.text
    assert "桒原 健太" in shown.text
    assert "個人 1名、団体 0団体" in shown.text
    assert [copy.fields for copy in copies(world)] == [["name", "post"]]


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"fields": ["post"]}, "fields"),
        ({"fields": []}, "fields"),
        ({"title": ""}, "title"),
        ({"recipient_station_id": ""}, "recipient_station_id"),
        ({"valid_to": "2025-01-01"}, "valid_to"),
        ({"fields": ["name", "everything"]}, "fields"),
    ],
)
def test_an_agreement_is_refused_at_its_field(
    world: World, browser: Browser, more: dict[str, object], where: str
) -> None:
    browser.sign_in("chief").get("/agreements/new")
    answer = browser.post("/agreements", terms(world, **more))
    assert answer.status_code == 422
    assert f'id="f-{where}-error"' in answer.text


def test_an_agreement_is_narrowed_and_ended(world: World, browser: Browser) -> None:
    path = f"/agreements/{agreed(world).id}"
    liaison(world)
    browser.sign_in("chief").get(path)
    browser.post(f"{path}/narrowing", {"fields": ["name"], "revision": "1"})
    assert [copy.fields for copy in copies(world)] == [["name"]]
    wider = browser.post(f"{path}/narrowing", {"fields": ["name", "phone"], "revision": "2"})
    assert wider.status_code == 422
    stale = browser.post(f"{path}/end", {"reason": "見直し", "revision": "1"})
    assert stale.status_code == 409
    assert "他の職員が先に更新しました。" in stale.text
    browser.post(f"{path}/end", {"reason": "見直し", "revision": "2"})
    assert copies(world) == []
    assert "見直し" in browser.get(path).text


def test_an_end_without_a_reason_is_refused(world: World, browser: Browser) -> None:
    path = f"/agreements/{agreed(world).id}"
    browser.sign_in("chief").get(path)
    assert browser.post(f"{path}/end", {"revision": "1"}).status_code == 422


def test_an_officer_reads_agreements_but_makes_none(world: World, browser: Browser) -> None:
    path = f"/agreements/{agreed(world).id}"
    browser.sign_in("officer")
    assert "連絡員名簿の提供" in browser.get("/agreements").text
    assert 'action="' + path + '/end"' not in browser.get(path).text
    assert browser.get("/agreements/new").status_code == 403
    assert browser.post("/agreements", terms(world)).status_code == 403
    assert browser.post(f"{path}/end", {"reason": "x", "revision": "1"}).status_code == 403


@pytest.mark.parametrize("who", ["stranger_chief", "city_chief"])
def test_others_find_no_agreement(world: World, browser: Browser, who: str) -> None:
    path = f"/agreements/{agreed(world).id}"
    browser.sign_in(who)
    assert browser.get(path).status_code == 404
    assert "連絡員名簿の提供" not in browser.get("/agreements").text
    assert browser.post(f"{path}/end", {"reason": "x", "revision": "1"}).status_code == 404


@pytest.mark.parametrize("who", ["hq", "administrator", "auditor"])
@pytest.mark.parametrize("path", ["/agreements", "/shared"])
def test_who_works_with_no_people_reads_none(browser: Browser, who: str, path: str) -> None:
    assert browser.sign_in(who).get(path).status_code == 403


def test_the_city_sees_what_was_given_and_nothing_else(
    browser: Browser, hidden: PublishedContact
) -> None:
    browser.sign_in("city")
    shown = [
        browser.get("/shared").text,
        browser.get(f"/shared/{hidden.id}").text,
        browser.post("/shared", {"q": "桒原"}).text,
    ]
    for text in shown:
        assert "桒原 健太" in text
        assert [canary for canary in CANARIES if canary in text] == []
    assert shown[1].count("非公開") == 4
    assert "見守り活動" in shown[1]
    assert "第三者に渡さないこと" in shown[1]


@pytest.mark.parametrize("typed", ["ひみつ", "7777", CANARY_PHONE, "九丁目"])
def test_what_was_not_given_finds_nothing(
    browser: Browser, hidden: PublishedContact, typed: str
) -> None:
    assert hidden.fields == ["name", "post"]
    browser.sign_in("city").get("/shared")
    assert "0件が見つかりました。" in browser.post("/shared", {"q": typed}).text
    fragment = browser.post("/shared", {"q": typed}, htmx=True)
    assert "<html" not in fragment.text
    assert "該当する記録がありません。" in fragment.text


def test_a_search_that_is_too_long_is_refused(browser: Browser) -> None:
    browser.sign_in("city").get("/shared")
    assert browser.post("/shared", {"q": "あ" * 101}).status_code == 422


def test_a_withdrawn_contact_is_gone_at_the_next_request(
    world: World, browser: Browser, hidden: PublishedContact
) -> None:
    browser.sign_in("chief").get("/people")
    browser.post(
        f"/people/{_person_of(world, hidden)}/withdrawal",
        {"decided_on": today(), "method": "phone"},
    )
    browser.post("/sign-out")
    browser.sign_in("city")
    assert browser.get(f"/shared/{hidden.id}").status_code == 404
    assert "桒原" not in browser.get("/shared").text


def _person_of(world: World, copy: PublishedContact) -> object:
    with world.reading("chief") as db:
        return links_by_reference(db, [copy.reference])[copy.reference].person_id


@pytest.mark.parametrize("who", ["stranger", "stranger_chief", "chief"])
def test_nobody_else_opens_a_received_contact(
    browser: Browser, hidden: PublishedContact, who: str
) -> None:
    browser.sign_in(who)
    assert browser.get(f"/shared/{hidden.id}").status_code == 404
    answer = browser.post(f"/shared/{hidden.id}/link", {"holder": "person:1"})
    assert answer.status_code == 404
    assert browser.post(f"/shared/{hidden.id}/unlink").status_code == 404


def test_a_received_contact_is_linked_and_unlinked(
    world: World, browser: Browser, hidden: PublishedContact
) -> None:
    own = world.person("桒原 健太", "クワバラ ケンタ", station=CITY_OFFICE)
    path = f"/shared/{hidden.id}"
    form = browser.sign_in("city").get(path).text
    assert f'value="person:{own.id}"' in form
    assert browser.post(f"{path}/link", {}).status_code == 422
    assert browser.post(f"{path}/link", {"holder": "person:no"}).status_code == 422
    linked = browser.post(f"{path}/link", {"holder": f"person:{own.id}"})
    assert f'href="/people/{own.id}"' in linked.text
    unlinked = browser.post(f"{path}/unlink")
    assert f'value="person:{own.id}"' in unlinked.text


def test_a_link_whose_copy_is_gone_is_undone_at_the_own_contact(
    world: World, browser: Browser, hidden: PublishedContact
) -> None:
    own = world.person("桒原 健太", "クワバラ ケンタ", station=CITY_OFFICE)
    page, undo = f"/people/{own.id}", f"/links/{hidden.reference}/end"
    browser.sign_in("city").get("/shared")
    browser.post(f"/shared/{hidden.id}/link", {"holder": f"person:{own.id}"})
    assert undo not in browser.get(page).text
    consented(world, serving(world), ())
    shown = browser.get(page).text
    assert f'action="{undo}"' in shown
    assert "若葉署" in shown
    assert "提供は終わりました。" in shown

    undone = browser.post(undo)

    assert "結び付けを解除しました。" in undone.text
    assert undo not in undone.text
    assert browser.post(undo).status_code == 404


def test_the_giver_s_own_reference_is_nothing_to_undo(
    browser: Browser, hidden: PublishedContact
) -> None:
    browser.sign_in("chief").get("/agreements")
    assert browser.post(f"/links/{hidden.reference}/end").status_code == 404


def serving(world: World) -> Holder:
    """Return whom the station gave the city."""
    with world.reading("chief") as db:
        return Holder(person_id=db.exec(select(ContactLink.person_id)).one())


def test_another_offices_person_is_not_linked(
    world: World, browser: Browser, hidden: PublishedContact
) -> None:
    other = world.person("桒原 健太", "クワバラ ケンタ", station="港南署")
    path = f"/shared/{hidden.id}"
    assert str(other.id) not in browser.sign_in("city").get(path).text
    assert browser.post(f"{path}/link", {"holder": f"person:{other.id}"}).status_code == 404


def test_a_disclosure_is_decided_and_ended(world: World, browser: Browser) -> None:
    person = world.person("石田 守", "イシダ マモル")
    path = f"/people/{person.id}/disclosures"
    browser.sign_in("chief").get(f"{path}/new")
    sent = {
        "recipient_station_id": str(world.units[CITY_OFFICE]),
        "basis": "law",
        "reason": "避難訓練",
        "fields": ["name"],
        "expires_on": today(),
    }
    for missing in ("basis", "reason", "expires_on"):
        refused = browser.post(path, {**sent, missing: ""})
        assert refused.status_code == 422
        assert f'id="f-{missing}-error"' in refused.text
    browser.post(path, sent)
    assert [copy.name for copy in copies(world)] == ["石田 守"]
    page = browser.get(f"{path}/new").text
    ending = re.search(r'action="(/disclosures/[^"]+/end)"', page)
    assert ending is not None
    browser.post(ending.group(1))
    assert copies(world) == []


def test_an_organization_is_disclosed_too(world: World, browser: Browser) -> None:
    group = world.organization("みなと町自治会")
    path = f"/organizations/{group.id}/disclosures"
    browser.sign_in("chief").get(f"{path}/new")
    browser.post(
        path,
        {
            "recipient_station_id": str(world.units[CITY_OFFICE]),
            "basis": "law",
            "reason": "避難訓練",
            "fields": ["name"],
            "expires_on": today(),
        },
    )
    assert [copy.name for copy in copies(world)] == ["みなと町自治会"]


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("stranger_chief", 404)])
def test_only_the_own_chiefs_disclose(
    world: World, browser: Browser, who: str, status: int
) -> None:
    holder = Holder(person_id=world.person("石田 守", "イシダ マモル").id)
    ending = f"/disclosures/{disclosed(world, holder).id}/end"
    path = f"/people/{holder.person_id}/disclosures"
    browser.sign_in(who)
    assert browser.get(f"{path}/new").status_code == status
    assert browser.post(path, {}).status_code == status
    assert browser.post(ending).status_code == status
    assert len(copies(world)) == 1


def test_an_activity_is_told_in_words_of_its_own(world: World, browser: Browser) -> None:
    agreed(world)
    holder = liaison(world)
    note = noted(world, holder, heard="カナリアの件")
    path = f"/notes/{note}/provision"
    form = browser.sign_in("officer").get(path).text
    assert re.search(r'<textarea[^>]*name="text"[^>]*>\s*</textarea>', form)
    recipient = f"person:{holder.person_id}:{world.units[CITY_OFFICE]}"
    assert f'value="{recipient}"' in form
    assert browser.post(path, {"recipient": recipient}).status_code == 422
    browser.post(path, {"recipient": recipient, "text": "街灯の件を伺いました。"})
    browser.post("/sign-out")
    received = browser.sign_in("city").get(f"/shared/{copies(world)[0].id}").text
    assert "街灯の件を伺いました。" in received
    assert "カナリア" not in received


def test_without_consent_there_is_nobody_to_tell(world: World, browser: Browser) -> None:
    agreed(world)
    holder = liaison(world, fields=SOME)
    note = noted(world, holder)
    page = browser.sign_in("officer").get(f"/notes/{note}/provision").text
    assert "提供できる機関がありません。" in page
    recipient = f"person:{holder.person_id}:{world.units[CITY_OFFICE]}"
    sent = {"recipient": recipient, "text": "伺いました。"}
    assert browser.post(f"/notes/{note}/provision", sent).status_code == 422


@pytest.mark.parametrize(("who", "status"), [("seian", 403), ("stranger", 404), ("city", 404)])
def test_only_its_author_or_a_chief_tells_of_a_note(
    world: World, browser: Browser, who: str, status: int
) -> None:
    agreed(world)
    note = noted(world, liaison(world))
    browser.sign_in(who)
    assert browser.get(f"/notes/{note}/provision").status_code == status
    assert browser.post(f"/notes/{note}/provision", {}).status_code == status


def test_a_long_list_takes_no_more_statements(world: World, browser: Browser) -> None:
    agreed(world)
    liaison(world)
    browser.sign_in("city").get("/shared")
    with counted(world.database) as one:
        browser.get("/shared")
    for number in range(2):
        liaison(world, f"石田 守{number}", "イシダ マモル")
    with counted(world.database) as three:
        browser.get("/shared")
    assert len(three) == len(one)
