import pytest

from crm.bodies.models import Body, BodyRole
from crm.contacts.models import Holder, Person
from tests.bodies.acts import established, seated, whole
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BODY = {
    "kind": "koban_council",
    "name": "みなと交番連絡協議会",
    "legal_basis": "交番・駐在所連絡協議会設置要綱 第2条",
}
SEAT = {"role": "chair", "valid_from": "令和8年4月1日"}


@pytest.fixture
def body(world: World) -> Body:
    return established(world)


@pytest.fixture
def kuwahara(world: World) -> Person:
    return world.person("桒原 健太", "くわばら けんた")


def test_body_goes_from_the_form_to_its_members(browser: Browser, kuwahara: Person) -> None:
    browser.sign_in("officer").get("/meetings/bodies/new")
    shown = browser.post("/meetings/bodies", {**BODY, "kana": "みなとこうばんれんらくきょうぎかい"})
    path = str(shown.url.path)
    assert "交番・駐在所連絡協議会設置要綱 第2条" in shown.text

    found = browser.post(f"{path}/members", {**SEAT, "q": "くわばら", "find": "true"})
    assert (found.status_code, f'value="person:{kuwahara.id}"' in found.text) == (200, True)
    assert 'value="chair" checked' in found.text
    shown = browser.post(f"{path}/members", {**SEAT, "holder": f"person:{kuwahara.id}"})

    assert ("桒原 健太" in shown.text, "会長" in shown.text) == (True, True)
    listed = browser.get("/meetings/bodies")
    assert ("委員 1名" in listed.text, "桒原" in listed.text) == (True, False)
    assert "みなと交番連絡協議会" in browser.get(f"/people/{kuwahara.id}").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "「会議体の名称」を入力してください。"),
        ({"kind": ""}, "会議体の種類を選んでください。"),
        ({"secretariat_unit_id": "0" * 32}, "事務局の所属を選び直してください。"),
    ],
)
def test_refused_body_is_shown_again_with_all_that_was_typed(
    browser: Browser, changes: dict[str, str], sentence: str
) -> None:
    browser.sign_in("officer").get("/meetings/bodies/new")

    shown = browser.post("/meetings/bodies", {**BODY, **changes})

    assert (shown.status_code, shown.text.count(sentence)) == (422, 2)
    assert "設置要綱 第2条" in shown.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "委員を名前で探して選ぶか"),
        ({"holder": "nobody"}, "委員を選び直してください。"),
        ({"words": "市くらし安全課長", "valid_from": "春"}, "「任期の始まり」は日付で"),
    ],
)
def test_refused_seat_is_shown_again_at_its_field(
    browser: Browser, body: Body, changes: dict[str, str], sentence: str
) -> None:
    browser.sign_in("officer").get(f"/meetings/bodies/{body.id}/members/new")

    shown = browser.post(f"/meetings/bodies/{body.id}/members", {**SEAT, **changes})

    assert (shown.status_code, shown.text.count(sentence)) == (422, 2)


def test_term_ends_on_a_day_and_the_page_shows_any_day(
    browser: Browser, world: World, body: Body
) -> None:
    member = seated(world, body, None, words="市くらし安全課長", role=BodyRole.ADVISER)
    browser.sign_in("officer")
    assert "市くらし安全課長" in browser.get(f"/meetings/bodies/members/{member.id}/end").text
    path = f"/meetings/bodies/members/{member.id}/end"

    early = browser.post(path, {"valid_to": "2026-03-31", "revision": 1})
    assert (early.status_code, early.text.count("任期の始まりより後")) == (422, 2)
    shown = browser.post(path, {"valid_to": "2026-05-31", "revision": 1})
    assert "この日の委員は登録されていません。" in shown.text
    before = browser.get(f"/meetings/bodies/{body.id}?on=2026-05-31")
    assert "令和8年5月31日の委員" in before.text
    assert "この日の委員は登録されていません。" not in before.text
    stale = browser.post(path, {"valid_to": "2026-06-30", "revision": 1})
    assert stale.status_code == 409


def test_body_is_corrected_and_dissolved(browser: Browser, world: World, body: Body) -> None:
    browser.sign_in("officer").get(f"/meetings/bodies/{body.id}/edit")
    browser.post(
        f"/meetings/bodies/{body.id}/edit",
        {**BODY, "secretariat_words": "市くらし安全課", "revision": body.revision},
    )
    found = whole(world, body)
    assert found.secretariat == "市くらし安全課"

    path = f"/meetings/bodies/{body.id}/end"
    assert browser.post(path, {"revision": found.body.revision}).status_code == 422
    shown = browser.post(path, {"ended_on": "2026-12-31", "revision": found.body.revision})
    assert "令和8年12月31日" in shown.text


@pytest.mark.parametrize("path", ["", "/edit", "/members/new"])
def test_body_is_the_stations_alone(browser: Browser, body: Body, path: str) -> None:
    browser.sign_in("stranger_chief")
    assert browser.get(f"/meetings/bodies/{body.id}{path}").status_code == 404
    browser.sign_in("officer")
    shown = browser.get(f"/meetings/bodies/{body.id}{path}")
    assert (shown.status_code, "みなと交番連絡協議会" in shown.text) == (200, True)


@pytest.mark.parametrize("who", ["hq", "auditor"])
def test_bodies_are_not_for_whoever_reads_no_people(browser: Browser, who: str) -> None:
    assert browser.sign_in(who).get("/meetings/bodies").status_code == 403


@pytest.mark.parametrize("count", [1, 12])
def test_page_costs_the_same_however_many_sit_there(
    browser: Browser, world: World, body: Body, count: int
) -> None:
    for number in range(count):
        person = world.person(f"委員 {number}郎", "いいん たろう")
        seated(world, body, Holder(person_id=person.id))
    browser.sign_in("officer").get(f"/meetings/bodies/{body.id}")

    with counted(world.database) as statements:
        browser.get(f"/meetings/bodies/{body.id}")

    assert len(statements) == 5
