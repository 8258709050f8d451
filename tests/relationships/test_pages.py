import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import select

from crm.contacts.models import Appointment, Holder, Person, PostType
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import utc_now
from tests.bulletins.acts import issued
from tests.meetings.acts import planned, whole
from tests.notes.acts import facts, logged
from tests.support.pages import Browser, counted
from tests.support.world import START, World
from tests.today.acts import put_liaison

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def kuwahara(world: World) -> Person:
    """A liaison with a post, a telephone and something to heed."""
    person = world.person(
        "桒原 健太",
        "クワバラ ケンタ",
        phone="054-620-0300",
        care_note="電話は夕方",
        address="若葉市みなと町5丁目",
    )
    put_liaison(world, Holder(person_id=person.id), "みなと町自治会")
    association = world.organization(
        "みなと町自治会", "ミナトチョウジチカイ", area="みなと町自治会"
    )
    with world.reading("officer") as db:
        chair = db.exec(select(PostType.id).where(PostType.code == "association_chair")).one()
    world.put(
        Appointment(
            agency_id=world.agency_id,
            station_id=world.units["若葉署"],
            person_id=person.id,
            organization_id=association.id,
            post_type_id=chair,
            title="会長",
            valid_from=START,
        )
    )
    return person


def noted(
    world: World, person: Person, days_ago: int = 0, who: str = "officer", **more: object
) -> None:
    now = utc_now() - dt.timedelta(days=days_ago)
    logged(world, facts(person, happened_at=now, **more), who, now)


def test_person_page_says_what_to_know_before_a_call(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    noted(world, kuwahara, 1)
    noted(world, kuwahara, 2, "seian")

    shown = browser.sign_in("officer").get(f"/people/{kuwahara.id}").text

    assert "<rt>くわばら</rt>" in shown
    assert "みなと町自治会 会長" in shown
    assert "承諾 令和6年4月1日（口頭）" in shown
    assert "同意：署内各課での共有" in shown
    assert "この90日で2課から2回" in shown
    assert 'href="tel:+81546200300"' in shown
    assert shown.index("電話は夕方") < shown.index("承諾 令和6年4月1日（口頭）")
    assert f'href="/people/{kuwahara.id}/notes/new"' in shown
    assert f'href="/people/{kuwahara.id}/liaison"' in shown


def test_timeline_joins_contacts_asking_and_posts(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    noted(world, kuwahara, heard="街灯が消えている。")

    shown = browser.sign_in("officer").get(f"/people/{kuwahara.id}").text

    timeline = shown[shown.index('id="timeline"') :]
    assert timeline.index("街灯が消えている。") < timeline.index("連絡員を承諾")
    assert timeline.index("連絡員を承諾") < timeline.index("就任")


def test_htmx_gets_the_timeline_alone(browser: Browser, world: World, kuwahara: Person) -> None:
    for days_ago in range(21):
        noted(world, kuwahara, days_ago, heard=f"報告{days_ago:02}。")
    browser.sign_in("officer")

    first = browser.get(f"/people/{kuwahara.id}").text
    more = browser.get(f"/people/{kuwahara.id}?steps=2", htmx=True).text

    assert "報告19。" in first
    assert "報告20。" not in first
    assert f'href="/people/{kuwahara.id}?steps=2"' in first
    assert "報告00。" in more
    assert "報告20。" in more
    assert "<html" not in more


def test_organization_page_shows_its_people_and_area(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    with world.reading("officer") as db:
        association = db.exec(select(Appointment.organization_id)).one()

    shown = browser.sign_in("officer").get(f"/organizations/{association}").text

    assert f'href="/people/{kuwahara.id}"' in shown
    assert "自治会・町内会" in shown
    assert "まだ記録がありません。" not in shown
    assert f'href="/organizations/{association}/notes/new"' in shown


def test_bare_person_page_says_what_is_not_known(browser: Browser, world: World) -> None:
    person = world.person("浜 一", "")

    shown = browser.sign_in("officer").get(f"/people/{person.id}").text

    assert "まだ記録がありません。" in shown
    assert "依頼なし" in shown
    assert "電話番号と住所は登録されていません。" in shown
    assert "この90日の連絡はありません。" in shown
    assert "<ruby>" not in shown


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("who", ["stranger", "stranger_chief", "hq", "administrator", "auditor"])
def test_person_is_the_stations_alone(
    browser: Browser, kuwahara: Person, who: str, *, htmx: bool
) -> None:
    answer = browser.sign_in(who).get(f"/people/{kuwahara.id}", htmx=htmx)

    assert answer.status_code == 404
    assert "桒原" not in answer.text


def test_organization_of_another_station_is_not_found(browser: Browser, world: World) -> None:
    school = world.organization("若葉小学校")

    answer = browser.sign_in("stranger").get(f"/organizations/{school.id}")

    assert answer.status_code == 404
    assert "若葉小学校" not in answer.text


def test_viewing_a_person_is_put_on_record(
    browser: Browser, world: World, kuwahara: Person
) -> None:
    browser.sign_in("officer").get(f"/people/{kuwahara.id}")

    with world.reading("auditor") as db:
        (entry,) = db.exec(select(AuditEntry).where(AuditEntry.action == "person.viewed")).all()
        assert entry.subject_id == kuwahara.id
        assert "care_note" in entry.detail["fields"]
        assert "夕方" not in str(entry.detail)


@pytest.mark.parametrize("count", [1, 3])
def test_person_page_costs_the_same_however_much_happened(
    browser: Browser, world: World, kuwahara: Person, count: int
) -> None:
    for days_ago in range(count):
        noted(world, kuwahara, days_ago, needs_reply=True)
    browser.sign_in("officer").get(f"/people/{kuwahara.id}")

    with counted(world.database) as statements:
        browser.get(f"/people/{kuwahara.id}")

    assert len(statements) == 8


def test_nobodys_page_is_not_found(browser: Browser) -> None:
    browser.sign_in("officer")

    assert browser.get(f"/people/{UUID(int=1)}").status_code == 404
    assert browser.get(f"/organizations/{UUID(int=1)}").status_code == 404


def test_timeline_shows_what_was_handed_over(browser: Browser, world: World) -> None:
    person = world.person("森 静", "モリ シズカ")
    item = issued(world, title="みなと町だより", issue_number="第12号")
    note = logged(world, facts(person, information_ids=frozenset({item.id})))

    answer = browser.sign_in("officer").get(f"/people/{person.id}")

    line = answer.text.split(f'id="note-{note.id}"')[1]
    assert f'href="/information/{item.id}"' in line
    assert ("第12号" in line, "みなと町だより" in line) == (True, True)


def test_meeting_somebody_came_to_is_on_their_timeline(browser: Browser, world: World) -> None:
    kuwahara = world.person("桒原 健太", "くわばら けんた")
    meeting = planned(world, kuwahara, now=utc_now())
    [party] = whole(world, meeting).parties
    browser.sign_in("officer")
    assert "会議に出席" not in browser.get(f"/people/{kuwahara.id}").text

    browser.post(f"/meetings/{meeting.id}/attendance", {f"row-{party.id}": "proxy"})

    shown = browser.get(f"/people/{kuwahara.id}").text
    assert ("会議に出席" in shown, meeting.title in shown) == (True, True)
