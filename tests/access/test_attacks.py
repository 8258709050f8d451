"""What an attacker tried: each way stays closed, and on record."""

import uuid

import pytest
from sqlmodel import col, select

from crm.contacts.models import PostType
from crm.kernel.audit import AuditEntry
from crm.notes.models import ActivityNote
from tests.support.pages import ORIGIN, Browser
from tests.support.world import PASSWORD, World


def trail(world: World) -> list[tuple[str, str]]:
    with world.reading("auditor") as db:
        entries = db.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
        return [(entry.action, entry.outcome) for entry in entries]


@pytest.mark.parametrize("first_day", ["0001-01-01", "1899-12-31", "9999-12-31"])
def test_a_day_outside_any_life_is_refused_and_the_page_stays_readable(
    browser: Browser, world: World, first_day: str
) -> None:
    person = world.person("髙橋 茂", "タカハシ シゲル")
    with world.reading("officer") as db:
        post = db.exec(select(PostType.id)).first()
    browser.sign_in("officer")
    answer = browser.post(
        f"/people/{person.id}/appointments",
        {"post_type_id": str(post), "valid_from": first_day},
    )
    assert answer.status_code == 422
    assert browser.get(f"/people/{person.id}").status_code == 200


def test_a_time_outside_any_life_is_refused_at_its_field(browser: Browser, world: World) -> None:
    person = world.person("髙橋 茂", "タカハシ シゲル")
    browser.sign_in("officer")
    note = {
        "occasion": "patrol",
        "outcome": "met",
        "heard": "元気",
        "happened_at": "0001-01-01T00:00",
    }
    assert browser.post(f"/people/{person.id}/notes", note).status_code == 422


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/people/{id}", {"family_name": "x", "revision": "-1"}, 409),
        ("/people/{id}", {"revision": "1"}, 422),
        ("/people/{id}/appointments", {}, 422),
    ],
    ids=["stale", "empty", "post"],
)
def test_a_refused_form_that_shows_a_person_is_on_record(
    browser: Browser, world: World, path: str, form: dict[str, object], status: int
) -> None:
    person = world.person("髙橋 茂", "タカハシ シゲル")
    browser.sign_in("officer")
    browser.get(f"/people/{person.id}")
    before = trail(world).count(("person.viewed", "done"))
    answer = browser.post(path.format(id=person.id), form)
    assert (answer.status_code, trail(world).count(("person.viewed", "done"))) == (
        status,
        before + 1,
    )


def test_an_area_of_another_station_is_refused_for_an_organization(
    browser: Browser, world: World
) -> None:
    browser.sign_in("officer")
    browser.get("/organizations/new")
    form = {"kind": "other", "name": "よそ", "area_id": str(world.areas["港南自治会"])}
    answer = browser.post("/organizations", form)
    assert answer.status_code == 422
    assert "区域を選び直してください。" in answer.text


def test_a_form_with_a_wrong_token_is_on_record(browser: Browser, world: World) -> None:
    browser.sign_in("officer")
    browser.token = "somebody-elses"
    assert browser.post("/people", {"family_name": "x"}).status_code == 403
    assert trail(world)[-1] == ("access.denied", "403")


def test_a_form_from_elsewhere_is_on_record(browser: Browser, world: World) -> None:
    answer = browser.client.post(
        "/people", data={}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403
    assert trail(world) == [("access.denied", "403")]


def test_guessing_one_name_from_many_addresses_is_slowed_down(
    monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    address = iter(f"10.0.0.{number}" for number in range(99))
    monkeypatch.setattr("crm.access.desk.client_address", lambda _request: next(address))
    guess = {"login": "seian", "password": "まちがい"}
    answers = [browser.post("/sign-in", guess).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_a_right_password_does_not_buy_more_guesses(browser: Browser) -> None:
    answers = []
    for turn in range(4):
        for number in range(15):
            guess = {"login": f"nobody{turn}-{number}", "password": "まちがい"}
            answers.append(browser.post("/sign-in", guess).status_code)
        browser.post("/sign-in", {"login": "auditor", "password": PASSWORD})
    guess = {"login": "nobody", "password": "まちがい"}
    assert browser.post("/sign-in", guess).status_code == 429
    assert answers == [422] * 60


def test_one_key_for_two_people_is_not_taken_for_one_note(browser: Browser, world: World) -> None:
    people = [world.person("髙橋 茂", "タカハシ シゲル"), world.person("山田 花", "ヤマダ ハナ")]
    browser.sign_in("officer")
    browser.get(f"/people/{people[0].id}/notes/new")
    note = {
        "occasion": "patrol",
        "outcome": "met",
        "heard": "元気とのこと。",
        "client_key": str(uuid.uuid4()),
    }
    answers = [browser.post(f"/people/{each.id}/notes", note).status_code for each in people]
    with world.reading("officer") as db:
        assert (answers, len(db.exec(select(ActivityNote)).all())) == ([200, 409], 1)


@pytest.mark.parametrize(
    "path", ["/static/x/%00", "/static/x/" + "a" * 5000, "/static/x/" + "a/" * 3000]
)
def test_names_no_file_can_have_are_not_found(browser: Browser, path: str) -> None:
    assert browser.client.get(path).status_code == 404


def test_a_page_number_beyond_all_pages_shows_the_last(browser: Browser) -> None:
    browser.sign_in("auditor")
    assert browser.get("/audit?number=99999999999999999999999").status_code == 200


@pytest.mark.parametrize(
    ("charset", "content"), [("bogus", b"x"), ("utf-8", b"\xed\xa0\x80\xff")], ids=["name", "bytes"]
)
def test_a_part_in_no_encoding_is_a_bad_request(
    browser: Browser, charset: str, content: bytes
) -> None:
    part = (
        '--b\r\nContent-Disposition: form-data; name="q"\r\n'
        f"Content-Type: text/plain; charset={charset}\r\n\r\n"
    )
    body = part.encode() + content + b"\r\n--b--\r\n"
    headers = {"Origin": ORIGIN, "Content-Type": "multipart/form-data; boundary=b"}
    assert browser.client.post("/search", content=body, headers=headers).status_code == 400
