import pytest

from crm.approvals.models import ApprovalKind, ApprovalState
from crm.approvals.queries import approval_for, drafts_page
from crm.contacts.models import Holder, Person
from crm.kernel.clock import local_day, utc_now
from crm.liaisons.models import LiaisonState
from crm.liaisons.queries import state_of
from tests.approvals.acts import approved, drafted, line_of, matter
from tests.support.approvals import BOTH, STATION_CHIEF, decided
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Pages are the same on every database; queries and verbs are tested on both."""


@pytest.fixture
def person(world: World) -> Person:
    return world.person("髙橋 京子", "タカハシ キョウコ")


def test_what_waits_is_decided_on_its_page(browser: Browser, world: World) -> None:
    decided(world, ApprovalKind.ROSTER_ISSUE, (STATION_CHIEF,))
    key = drafted(world, matter(content=[("作成目的", "第３回地域安全の会")]))

    listed = browser.sign_in("station_chief").get("/approvals")
    shown = browser.get(f"/approvals/{key}")
    answer = browser.post(f"/approvals/{key}/approval", {"revision": 1, "comment": "よい"})

    assert f'href="/approvals/{key}"' in listed.text
    for words in ("令和8年度起案第1号", "第３回地域安全の会", "佐藤 彩", "承認する"):
        assert words in shown.text
    assert "決裁しました。" in answer.text
    assert "小林 剛" in answer.text
    assert line_of(world, key).state is ApprovalState.APPROVED


@pytest.mark.parametrize(("who", "status"), [("stranger_chief", 404), ("hq", 404), ("city", 404)])
def test_a_draft_is_nobody_elses_to_know_of(
    browser: Browser, world: World, who: str, status: int
) -> None:
    key = drafted(world, matter())

    assert browser.sign_in(who).get(f"/approvals/{key}").status_code == status


def test_a_refused_return_shows_what_is_missing(browser: Browser, world: World) -> None:
    key = drafted(world, matter())
    browser.sign_in("chief").get(f"/approvals/{key}")

    answer = browser.post(f"/approvals/{key}/return", {"revision": 1, "comment": ""})

    assert answer.status_code == 422
    assert answer.text.count("差戻しの理由を入力してください。") == 2
    assert line_of(world, key).state is ApprovalState.DRAFTED


def test_the_drafter_enters_the_paper_and_takes_drafts_back(browser: Browser, world: World) -> None:
    first, second = drafted(world, matter()), drafted(world, matter())
    browser.sign_in("officer").get(f"/approvals/{first}")

    sheet: dict[str, object] = {
        "decided_on": local_day(utc_now()).isoformat(),
        "decided_by": "署長　小林 剛",
        "document_number": "若地発第12号",
    }
    entered = browser.post(f"/approvals/{first}/paper", sheet)
    browser.post(f"/approvals/{second}/withdrawal")

    assert "若地発第12号" in entered.text
    assert [line_of(world, key).state for key in (first, second)] == [
        ApprovalState.APPROVED,
        ApprovalState.WITHDRAWN,
    ]


def test_a_list_asks_the_same_number_of_statements_for_one_and_three(
    browser: Browser, world: World
) -> None:
    def asked() -> int:
        with counted(world.database) as statements:
            browser.get("/approvals")
        return len(statements)

    def draft_about(name: str) -> None:
        drafted(world, matter(subject=("person", world.person(name, "カナ").id)))

    browser.sign_in("chief")
    draft_about("佐々木 一")
    one = asked()
    draft_about("佐々木 二")
    draft_about("佐々木 三")

    assert (one, asked()) == (one, one)
    assert one <= 8
    assert "佐々木 三" in browser.get("/approvals").text


def test_asking_waits_for_its_decision_where_the_station_wants_one(
    browser: Browser, world: World, person: Person
) -> None:
    decided(world, ApprovalKind.LIAISON_REQUEST)
    asking: dict[str, object] = {"asked_on": local_day(utc_now()).isoformat(), "method": "oral"}
    page = f"/people/{person.id}/liaison?act=approach"
    before = browser.sign_in("chief").get(page)
    refused = browser.post(f"/people/{person.id}/approach", asking)
    browser.post(f"/people/{person.id}/approach", {"wish": "draft", "reason": "実情に詳しいため"})
    waiting = browser.get(page)
    with world.reading("chief") as db:
        (line,) = drafts_page(db).items
    approved(world, line.id, "station_chief", now=utc_now())
    ready = browser.get(page)
    done = browser.post(f"/people/{person.id}/approach", asking)

    assert "起案する" in before.text
    assert refused.status_code == 422
    assert "依頼を記録する</button>" not in waiting.text
    assert "依頼を記録する</button>" in ready.text
    assert done.status_code == 200
    holder = Holder(person_id=person.id)
    with world.reading("chief") as db:
        assert state_of(db, holder, local_day(utc_now())) is LiaisonState.ASKED
        used = approval_for(db, ApprovalKind.LIAISON_REQUEST, holder.subject)
    assert used is not None
    assert used.is_carried_out


def test_a_decision_lapses_when_the_name_is_corrected(
    browser: Browser, world: World, person: Person
) -> None:
    key = drafted(world, matter(ApprovalKind.LIAISON_REQUEST, ("person", person.id)), "chief")
    with world.writing("officer") as db:
        db.merge(person).given_name = "今日子"

    shown = browser.sign_in("station_chief").get(f"/approvals/{key}")
    answer = browser.post(f"/approvals/{key}/approval", {"revision": 1})

    assert "起案した後に、内容が変わっています。" in shown.text
    assert answer.status_code == 422
    assert line_of(world, key).state is ApprovalState.DRAFTED


def test_the_station_chief_settles_the_route(browser: Browser, world: World) -> None:
    shown = browser.sign_in("station_chief").get("/approvals/routes?kind=liaison_request")
    answer = browser.post(
        "/approvals/routes",
        {
            "kind": "liaison_request",
            "is_required": "on",
            "step1": f"section_chief:{world.units['若葉署地域課']}",
            "step2": "station_chief",
            "day": local_day(utc_now()).isoformat(),
            "revision": 0,
        },
    )

    assert "若葉署地域課長" in shown.text
    assert "起案者 → 若葉署地域課長 → 署長" in answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("chief", 403), ("officer", 403), ("administrator", 200)]
)
def test_others_do_not_settle_it(browser: Browser, who: str, status: int) -> None:
    assert browser.sign_in(who).get("/approvals/routes").status_code == status


def test_every_step_stands_in_the_boxes(browser: Browser, world: World) -> None:
    decided(world, ApprovalKind.ROSTER_ISSUE, BOTH)
    key = drafted(world, matter())
    approved(world, key, "chief")

    shown = browser.sign_in("officer").get(f"/approvals/{key}")

    assert shown.text.count('class="stamp__post"') == 3
    assert shown.text.count('class="stamp__name"') == 2
