import pytest
from sqlmodel import select

from crm.contacts.models import Person
from crm.kernel.clock import local_day, utc_now
from crm.requests.models import CommunityRequest, RequestState
from tests.requests.acts import received
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def kuwahara(world: World) -> Person:
    return world.person("桒原 健太", "くわばら けんた")


def here(world: World, *people: Person, **changes: object) -> CommunityRequest:
    """Return a request received now: pages live today."""
    now = utc_now()
    return received(world, *people, now=now, **{"heard_on": local_day(now), **changes})  # type: ignore[arg-type]  # facts of a test


def answer(request: CommunityRequest, **values: object) -> dict[str, object]:
    given: dict[str, object] = {
        "revision": request.revision,
        "outcome": "done",
        "outcome_text": "市が交換した。",
        "answer": "交換されたと伝えた。",
        "answered_to": "桒原 健太",
        "answered_how": "phone",
        "answered_on": local_day(utc_now()).isoformat(),
    }
    return given | values


@pytest.mark.parametrize("path", ["", "/assignment", "/outcome", "/answer"])
def test_request_is_the_stations_alone(
    browser: Browser, world: World, kuwahara: Person, path: str
) -> None:
    request = here(world, kuwahara)

    browser.sign_in("stranger_chief")
    assert browser.get(f"/requests/{request.id}{path}").status_code == 404
    browser.sign_in("officer")
    shown = browser.get(f"/requests/{request.id}{path}")
    assert (shown.status_code, "街灯が消えている。" in shown.text) == (200, True)


def test_headquarters_has_no_inbox(browser: Browser) -> None:
    assert browser.sign_in("hq").get("/requests").status_code == 403


@pytest.mark.parametrize("htmx", [False, True])
def test_answer_closes_it_and_who_asked_sees_what_came_of_it(
    browser: Browser, world: World, kuwahara: Person, *, htmx: bool
) -> None:
    request = here(world, kuwahara)
    browser.sign_in("officer")
    assert 'value="桒原 健太"' in browser.get(f"/requests/{request.id}/answer").text

    shown = browser.post(f"/requests/{request.id}/answer", answer(request), htmx=htmx)

    assert shown.status_code == 200
    page = browser.get(f"/requests/{request.id}").text
    for words in ("回答済", "市が交換した。", "交換されたと伝えた。", "令和"):
        assert words in page
    assert f"/requests/{request.id}" not in browser.get("/requests").text
    assert f"/requests/{request.id}" in browser.get("/requests?shown=closed").text


@pytest.mark.parametrize("htmx", [False, True])
def test_answer_without_its_way_is_refused_with_all_that_was_typed(
    browser: Browser, world: World, *, htmx: bool
) -> None:
    request = here(world)
    browser.sign_in("officer").get(f"/requests/{request.id}/answer")

    sent = answer(request, answered_how="")
    shown = browser.post(f"/requests/{request.id}/answer", sent, htmx=htmx)

    assert shown.status_code == 422
    assert shown.text.count("回答の方法を選んでください。") == 2
    assert "交換されたと伝えた。" in shown.text
    assert "市が交換した。" in shown.text


def test_stale_answer_is_shown_again_and_may_be_sent(browser: Browser, world: World) -> None:
    request = here(world)
    browser.sign_in("officer").get(f"/requests/{request.id}/answer")
    browser.post(f"/requests/{request.id}/progress", {"text": "市に電話した。"})

    stale = browser.post(f"/requests/{request.id}/answer", answer(request))
    assert (stale.status_code, 'name="revision" value="2"' in stale.text) == (409, True)

    browser.post(f"/requests/{request.id}/answer", answer(request, revision=2))
    with world.reading("officer") as db:
        assert db.exec(select(CommunityRequest.state)).one() is RequestState.CLOSED


def test_section_is_given_a_day_and_says_what_came_of_it(browser: Browser, world: World) -> None:
    request = here(world)
    browser.sign_in("chief").get(f"/requests/{request.id}/assignment")
    unit = world.units["若葉署生活安全課"]

    browser.post(
        f"/requests/{request.id}/assignment",
        {"revision": 1, "unit_id": str(unit), "topic": "lighting", "due_on": "2099-01-05"},
    )
    browser.sign_in("seian")
    assert f"/requests/{request.id}" in browser.get("/requests").text
    shown = browser.post(
        f"/requests/{request.id}/outcome",
        {"revision": 2, "outcome": "not_feasible", "outcome_text": "電柱がない。"},
    )

    assert "対応困難" in shown.text
    assert "聞いた相手への回答が残っています。" in shown.text


def test_outcome_passed_on_to_nobody_is_refused(browser: Browser, world: World) -> None:
    request = here(world)
    browser.sign_in("seian").get(f"/requests/{request.id}/outcome")

    shown = browser.post(
        f"/requests/{request.id}/outcome",
        {"revision": 1, "outcome": "passed_on", "outcome_text": "街灯の交換。"},
    )

    assert (shown.status_code, shown.text.count("どこへ引き継いだかを入力してください。")) == (
        422,
        2,
    )


def test_due_date_before_it_was_heard_is_refused(browser: Browser, world: World) -> None:
    request = here(world)
    browser.sign_in("chief").get(f"/requests/{request.id}/assignment")

    shown = browser.post(
        f"/requests/{request.id}/assignment",
        {
            "revision": 1,
            "unit_id": str(request.unit_id),
            "topic": "lighting",
            "due_on": "2020-01-05",
        },
    )

    assert (shown.status_code, "聞いた日より後の日付" in shown.text) == (422, True)


def test_closed_request_is_taken_up_again_for_a_reason(browser: Browser, world: World) -> None:
    request = here(world)
    browser.sign_in("officer").get(f"/requests/{request.id}")
    browser.post(f"/requests/{request.id}/answer", answer(request))

    refused = browser.post(f"/requests/{request.id}/reopening", {})
    browser.post(f"/requests/{request.id}/reopening", {"text": "また消えた。"})

    assert refused.status_code == 422
    assert "また消えた。" in browser.get(f"/requests/{request.id}").text
    assert f"/requests/{request.id}" in browser.get("/requests").text


@pytest.mark.usefixtures("world")
def test_voice_of_a_meeting_is_received_without_an_activity(browser: Browser) -> None:
    browser.sign_in("officer").get("/requests/new")
    sent = {
        "words": "駅前に自転車が多い。",
        "source": "meeting",
        "source_words": "第3回地域安全の会",
        "heard_on": local_day(utc_now()).isoformat(),
    }

    shown = browser.post("/requests", sent)

    assert (shown.status_code, "第3回地域安全の会" in shown.text) == (200, True)
    refused = browser.post("/requests", {**sent, "source": "contact"})
    assert (refused.status_code, "駅前に自転車が多い。" in refused.text) == (422, True)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_however_many_there_are(
    browser: Browser, world: World, kuwahara: Person, count: int
) -> None:
    for _ in range(count):
        request = here(world, kuwahara)
    browser.sign_in("officer").get("/requests")

    with counted(world.database) as of_list:
        browser.get("/requests")
    with counted(world.database) as of_one:
        browser.get(f"/requests/{request.id}/answer")

    assert (len(of_list), len(of_one)) == (5, 6)
