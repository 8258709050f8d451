import pytest
from sqlmodel import select

from crm.bulletins.models import Handling, InformationItem
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day, utc_now
from crm.sharing.models import PublishedInformation
from tests.bulletins.acts import PDF, SHEET, agreed, issued, published
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Pages are the same on every database; queries and verbs are tested on both."""


def here(world: World, who: str = "officer", **changes: object) -> InformationItem:
    return issued(world, who, now=utc_now(), valid_from=local_day(utc_now()), **changes)  # type: ignore[arg-type]  # as issued


def office(world: World) -> dict[str, object]:
    return {"recipient_station_id": str(world.units["架空市役所"])}


def test_a_chief_gives_and_the_city_finds_and_opens_it(browser: Browser, world: World) -> None:
    agreed(world)
    item = here(world, sheet=SHEET)
    browser.sign_in("chief").get(f"/information/{item.id}/provision")

    given = browser.post(f"/information/{item.id}/provision", office(world))

    assert (given.status_code, given.url.path) == (200, f"/information/{item.id}/provision")
    assert "提供中" in given.text
    listed = browser.sign_in("city").get("/information/received")
    assert "ひったくりに注意" in listed.text
    assert "若葉署" in listed.text
    with world.reading("city") as db:
        copy = db.exec(select(PublishedInformation.id)).one()
    answer = browser.get(f"/information/received/{copy}/file")
    assert (answer.content, answer.headers["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    with world.database.system("the city has no auditor here") as connection:
        rows = connection.execute(select(AuditEntry.action, AuditEntry.agency_id)).all()
    assert ("information.downloaded", world.city_id) in [tuple(row) for row in rows]


def test_a_copy_is_taken_back_at_once(browser: Browser, world: World) -> None:
    agreed(world)
    item = here(world)
    published(world, item.id, now=utc_now())
    browser.sign_in("chief").get(f"/information/{item.id}/provision")

    shown = browser.post(f"/information/{item.id}/provision/withdrawal", office(world))

    assert "提供を終えました。" in shown.text
    assert "提供していません。" in shown.text
    assert "ひったくり" not in browser.sign_in("city").get("/information/received").text


def test_a_forged_form_gives_nothing_its_class_keeps_in(browser: Browser, world: World) -> None:
    agreed(world)
    item = here(world, handling=Handling.STATION_ONLY)
    shown = browser.sign_in("chief").get(f"/information/{item.id}")
    assert "他機関に提供する" not in shown.text

    answer = browser.post(f"/information/{item.id}/provision", office(world))

    assert answer.status_code == 422
    assert "「ひったくりに注意」は署内限りのため、他機関に提供できません。" in answer.text
    assert "ひったくり" not in browser.sign_in("city").get("/information/received").text


def test_a_form_without_an_office_is_refused(browser: Browser, world: World) -> None:
    item = here(world)
    browser.sign_in("chief").get(f"/information/{item.id}/provision")

    for path in ("provision", "provision/withdrawal"):
        answer = browser.post(f"/information/{item.id}/{path}", {})
        assert (answer.status_code, "提供先を選んでください。" in answer.text) == (422, True)


def test_an_officer_sees_who_has_it_and_gives_nothing(browser: Browser, world: World) -> None:
    agreed(world)
    item = here(world)
    shown = browser.sign_in("officer").get(f"/information/{item.id}/provision")

    assert "架空市役所" in shown.text
    assert "提供は、課長又は署長が行います。" in shown.text
    for path in ("provision", "provision/withdrawal"):
        assert browser.post(f"/information/{item.id}/{path}", office(world)).status_code == 403


@pytest.mark.parametrize("who", ["hq", "auditor", "administrator"])
def test_received_information_is_for_offices(browser: Browser, who: str) -> None:
    assert browser.sign_in(who).get("/information/received").status_code == 403


def test_a_copy_of_anothers_is_not_found(browser: Browser, world: World) -> None:
    agreed(world)
    published(world, here(world, sheet=SHEET).id, now=utc_now())
    with world.reading("city") as db:
        copy = db.exec(select(PublishedInformation.id)).one()

    for who in ("stranger", "officer"):
        answer = browser.sign_in(who).get(f"/information/received/{copy}/file")
        assert answer.status_code == 404


def test_a_copy_without_a_file_has_none_to_give(browser: Browser, world: World) -> None:
    agreed(world)
    published(world, here(world).id, now=utc_now())
    with world.reading("city") as db:
        copy = db.exec(select(PublishedInformation.id)).one()

    assert browser.sign_in("city").get(f"/information/received/{copy}/file").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_received_list_costs_the_same_however_long(
    browser: Browser, world: World, count: int
) -> None:
    agreed(world)
    for _ in range(count):
        published(world, here(world).id, now=utc_now())
    browser.sign_in("city")

    with counted(world.database) as statements:
        browser.get("/information/received")

    assert len(statements) == 3
