"""The list of organizations and the forms of one, in a plain browser and through htmx."""

import re

import pytest
from sqlmodel import select

from crm.contacts import queries
from crm.contacts.models import Appointment, Organization, OrganizationKind, PostType
from tests.support.pages import Browser, counted
from tests.support.world import World

TYPED = {
    "kind": "school",
    "name": "市立若葉小学校",
    "kana": "しりつわかばしょうがっこう",
    "phones": "087-833-0110",
    "is_active": "on",
}


def names_in(text: str) -> list[str]:
    """Return the names a list shows, in order."""
    return re.findall(r'<th scope="row"><a href="/organizations/[^"]+">([^<]+)</a>', text)


def put_chair(world: World, organization: Organization) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    with world.reading("officer") as db:
        kind = db.exec(select(PostType.id).where(PostType.code == "association_chair")).one()
    world.put(
        Appointment(
            agency_id=world.agency_id,
            station_id=world.units["若葉署"],
            person_id=person.id,
            organization_id=organization.id,
            post_type_id=kind,
        )
    )


def test_organizations_are_listed_with_those_who_hold_posts(world: World, browser: Browser) -> None:
    association = world.organization(
        "みなと町自治会", "ミナトチョウジチカイ", area="みなと町自治会"
    )
    world.organization("磯部自治会", "イソベジチカイ")
    world.organization("港南自治会", "コウナンジチカイ", station="港南署")
    put_chair(world, association)
    browser.sign_in("officer")

    text = browser.get("/organizations").text

    assert names_in(text) == ["磯部自治会", "みなと町自治会"]
    assert re.search(r'自治会長 <a href="/people/[^"]+">桒原 健太</a>', text)


def test_organizations_of_one_kind_or_row_come_as_a_fragment(
    world: World, browser: Browser
) -> None:
    world.organization("磯部自治会", "イソベジチカイ")
    world.organization("若葉小学校", "ワカバショウガッコウ", kind=OrganizationKind.SCHOOL)
    browser.sign_in("officer")
    asked = ["?kind=school", "?kind=school&row=あ", "?row=あ", "?kind=nonsense"]

    fragments = [browser.get(f"/organizations{part}", htmx=True).text for part in asked]

    assert [names_in(fragment) for fragment in fragments] == [
        ["若葉小学校"],
        [],
        ["磯部自治会"],
        ["磯部自治会", "若葉小学校"],
    ]
    assert "<html" not in "".join(fragments)


def test_organizations_cost_the_same_statements_for_one_and_three(
    world: World, browser: Browser
) -> None:
    put_chair(world, world.organization("みなと町自治会", phone="087-833-0110"))
    browser.sign_in("officer")
    browser.get("/organizations")

    with counted(world.database) as for_one:
        browser.get("/organizations")
    world.organization("磯部自治会", "イソベジチカイ", area="磯部自治会")
    world.organization("若葉小学校", "ワカバショウガッコウ")
    with counted(world.database) as for_three:
        browser.get("/organizations")

    assert (len(for_one), len(for_three)) == (6, 6)


def test_organization_new_registers_and_leads_to_it(world: World, browser: Browser) -> None:
    browser.sign_in("officer")
    form = browser.get("/organizations/new").text

    answer = browser.post("/organizations", TYPED, follow=False)

    assert "港南自治会" not in form
    assert "みなと町自治会" in form
    with world.reading("officer") as db:
        stored = db.exec(select(Organization)).one()
        assert answer.headers["location"] == f"/organizations/{stored.id}"
        assert (stored.name, stored.kind, stored.is_active) == (
            "市立若葉小学校",
            OrganizationKind.SCHOOL,
            True,
        )


@pytest.mark.parametrize("htmx", [False, True])
def test_organization_new_refused_says_why_at_the_field(
    world: World, browser: Browser, *, htmx: bool
) -> None:
    browser.sign_in("officer")
    browser.get("/organizations/new")
    wrong = [
        ("kind", "", "団体の種類を選んでください。"),
        ("kind", "castle", "「団体の種類」を選んでください。"),
        ("name", "　", "団体名を入力してください。（例：みなと町自治会）"),
        ("area_id", "nowhere", "「区域」を選び直してください。"),
        ("phones", "なし？", "電話番号は市外局番から入力してください。（例：087-833-0110）"),
    ]

    for field, text, sentence in wrong:
        answer = browser.post("/organizations", {**TYPED, field: text}, htmx=htmx)

        assert (answer.status_code, answer.text.count(sentence)) == (422, 2)
        assert ("<html" in answer.text) is not htmx
        assert 'value="しりつわかばしょうがっこう"' in answer.text
    with world.reading("officer") as db:
        assert db.exec(select(Organization)).all() == []


def test_organization_edit_keeps_an_area_outside_the_stations_own(
    world: World, browser: Browser
) -> None:
    organization = world.organization("合同自治会", area="港南自治会")
    browser.sign_in("officer")

    text = browser.get(f"/organizations/{organization.id}/edit").text

    area_id = world.areas["港南自治会"]
    assert f'<option value="{area_id}" selected>港南自治会</option>' in text
    assert f'<option value="{organization.id}"' not in text


def test_organization_edit_corrects_and_a_stale_save_shows_both(
    world: World, browser: Browser
) -> None:
    organization = world.organization("若葉小")
    browser.sign_in("officer")
    browser.get(f"/organizations/{organization.id}/edit")

    saved = browser.post(
        f"/organizations/{organization.id}", {**TYPED, "revision": "1"}, follow=False
    )
    stale = browser.post(
        f"/organizations/{organization.id}",
        {"kind": "preschool", "name": "若葉園", "revision": "1"},
    )

    assert saved.headers["location"] == f"/organizations/{organization.id}"
    assert stale.status_code == 409
    assert '<td data-label="登録内容">学校</td>' in stale.text
    assert '<td data-label="入力">幼稚園・保育所</td>' in stale.text
    with world.reading("officer") as db:
        assert queries.organization(db, organization.id).name == "市立若葉小学校"


def test_organization_edit_refused_changes_nothing(world: World, browser: Browser) -> None:
    organization = world.organization("若葉小")
    browser.sign_in("officer")
    browser.get(f"/organizations/{organization.id}/edit")

    empty = browser.post(f"/organizations/{organization.id}", {"revision": "1"})
    itself = browser.post(
        f"/organizations/{organization.id}",
        {**TYPED, "parent_id": str(organization.id), "revision": "1"},
    )

    assert (empty.status_code, itself.status_code) == (422, 422)
    assert "上部団体を選び直してください。" in itself.text
    with world.reading("officer") as db:
        assert queries.organization(db, organization.id).name == "若葉小"


def test_organization_edit_of_another_station_is_not_found(world: World, browser: Browser) -> None:
    organization = world.organization("港南自治会", station="港南署")
    browser.sign_in("officer")
    browser.get("/organizations/new")

    shown = browser.get(f"/organizations/{organization.id}/edit")
    changed = browser.post(f"/organizations/{organization.id}", {**TYPED, "revision": "1"})

    assert (shown.status_code, changed.status_code) == (404, 404)
