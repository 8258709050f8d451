"""Giving a post and ending it, in a plain browser and through htmx."""

from uuid import UUID

import pytest
from sqlmodel import select

from crm.contacts import queries
from crm.contacts.models import Appointment, PostType
from tests.support.pages import Browser
from tests.support.world import World


def chair(world: World) -> str:
    with world.reading("officer") as db:
        return str(db.exec(select(PostType.id).where(PostType.code == "association_chair")).one())


def put_post(world: World, person_id: UUID, *, station: str = "若葉署") -> UUID:
    post = Appointment(
        agency_id=world.agency_id,
        station_id=world.units[station],
        person_id=person_id,
        post_type_id=UUID(chair(world)),
    )
    world.put(post)
    return post.id


def test_appointment_new_adds_a_post_beside_those_held(world: World, browser: Browser) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    association = world.organization("みなと町自治会")
    put_post(world, person.id)
    browser.sign_in("officer")
    form = browser.get(f"/people/{person.id}/appointments/new").text
    typed = {
        "post_type_id": chair(world),
        "organization_id": str(association.id),
        "valid_from": "令和6年4月1日",
    }

    answer = browser.post(f"/people/{person.id}/appointments", typed, follow=False)

    assert form.count("いまの役職") == 2
    assert answer.headers["location"] == f"/people/{person.id}"
    with world.reading("officer") as db:
        posts = db.exec(select(Appointment).order_by(Appointment.valid_from)).all()  # type: ignore[arg-type]  # SQLModel types columns as values
        assert {(str(post.valid_from), post.organization_id) for post in posts} == {
            ("None", None),
            ("2024-04-01", association.id),
        }


@pytest.mark.parametrize("htmx", [False, True])
def test_appointment_new_refused_keeps_what_was_typed(
    world: World, browser: Browser, *, htmx: bool
) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    browser.sign_in("officer")
    browser.get(f"/people/{person.id}/appointments/new")

    unchosen = browser.post(
        f"/people/{person.id}/appointments", {"title": "防犯担当理事"}, htmx=htmx
    )
    unheard = browser.post(
        f"/people/{person.id}/appointments", {"post_type_id": str(person.id)}, htmx=htmx
    )

    assert (unchosen.status_code, unheard.status_code) == (422, 422)
    assert ("<html" in unchosen.text) is not htmx
    assert unchosen.text.count("役職を選んでください。") == 2
    assert 'value="防犯担当理事"' in unchosen.text
    assert unheard.text.count("役職を選び直してください。") == 2


def test_appointment_end_asks_for_the_day_and_records_it(world: World, browser: Browser) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    post_id = put_post(world, person.id)
    browser.sign_in("officer")
    form = browser.get(f"/appointments/{post_id}/end").text

    answer = browser.post(
        f"/appointments/{post_id}/end", {"valid_to": "2025-03-31", "revision": "1"}, follow=False
    )

    assert "自治会長" in form
    assert answer.headers["location"] == f"/people/{person.id}"
    with world.reading("officer") as db:
        assert str(queries.appointment(db, post_id).valid_to) == "2025-03-31"


@pytest.mark.parametrize("htmx", [False, True])
def test_appointment_end_refused_says_why(world: World, browser: Browser, *, htmx: bool) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    post_id = put_post(world, person.id)
    browser.sign_in("officer")
    browser.get(f"/appointments/{post_id}/end")
    wrong = [
        ("", "終了した日を入力してください。"),
        ("2999-01-01", "終了した日は、今日までの日付で入力してください。"),
    ]

    for day, sentence in wrong:
        sent: dict[str, object] = {"valid_to": day, "revision": "1"}
        answer = browser.post(f"/appointments/{post_id}/end", sent, htmx=htmx)

        assert (answer.status_code, answer.text.count(sentence)) == (422, 2)
    with world.reading("officer") as db:
        assert queries.appointment(db, post_id).valid_to is None


def test_appointment_end_twice_is_a_conflict(world: World, browser: Browser) -> None:
    person = world.person("桒原 健太", "クワバラ ケンタ")
    post_id = put_post(world, person.id)
    browser.sign_in("officer")
    browser.get(f"/appointments/{post_id}/end")
    sent: dict[str, object] = {"valid_to": "2025-03-31", "revision": "1"}
    browser.post(f"/appointments/{post_id}/end", sent, follow=False)

    assert browser.post(f"/appointments/{post_id}/end", sent).status_code == 409


def test_posts_of_another_station_are_not_found(world: World, browser: Browser) -> None:
    person = world.person("港南 太郎", "コウナン タロウ", station="港南署")
    post_id = put_post(world, person.id, station="港南署")
    browser.sign_in("officer")
    browser.get("/people/new")

    answers = [
        browser.get(f"/people/{person.id}/appointments/new"),
        browser.post(f"/people/{person.id}/appointments", {"post_type_id": chair(world)}),
        browser.get(f"/appointments/{post_id}/end"),
        browser.post(f"/appointments/{post_id}/end", {"valid_to": "2025-03-31", "revision": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
