import datetime as dt
import io

import pypdf
import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.agencies.models import StaffAssignment, Unit, UnitKind, UnitPlacement
from crm.contacts.models import Appointment, Holder, PostType
from crm.exports.models import Export
from crm.handovers.models import BriefReading
from crm.kernel.clock import local_day, utc_now
from tests.notes.acts import facts, logged
from tests.support.pages import Browser, counted
from tests.support.world import START, World
from tests.today.acts import put_liaison

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BOX, AREA = "若葉駅前交番", "みなと町自治会"
WORDS = "会長は夜勤明けの午前を避ける。回覧は第一月曜。"
ONE_DAY = dt.timedelta(days=1)


def head(world: World, organization: Holder, person: Holder, **dates: dt.date) -> Appointment:
    with world.reading("chief") as db:
        chair = db.exec(select(PostType.id).where(PostType.code == "association_chair")).one()
    post = Appointment(
        agency_id=world.agency_id,
        station_id=world.units["若葉署"],
        person_id=person.person_id,
        organization_id=organization.organization_id,
        post_type_id=chair,
        **dates,
    )
    world.put(post)
    return post


def life(world: World, count: int = 1) -> None:
    """Leave a beat with everything a handover tells of."""
    now = utc_now()
    day = local_day(now)
    for number in range(count):
        person = world.person(f"桒原 {number}", "くわばら けんた", care_note="電話は夕方")
        put_liaison(world, Holder(person_id=person.id), AREA)
        told = facts(person, needs_reply=True, happened_at=now, next_on=day + 3 * ONE_DAY)
        logged(world, told, "officer", now)
        body = Holder(organization_id=world.organization(f"{AREA}{number}", area=AREA).id)
        gone = Holder(person_id=world.person(f"浜 {number}", "はま はじめ").id)
        head(world, body, gone, valid_from=START, valid_to=day - 10 * ONE_DAY)


def beat(world: World, name: str = "第一受持区") -> Unit:
    unit = Unit(agency_id=world.agency_id, kind=UnitKind.BEAT)
    placement = UnitPlacement(
        agency_id=world.agency_id,
        unit_id=unit.id,
        parent_id=world.units[BOX],
        station_id=world.units["若葉署"],
        name=name,
        valid_from=START,
    )
    world.put(unit, placement)
    return unit


def test_handover_tells_everything_and_is_confirmed_by_its_reader(
    browser: Browser, world: World
) -> None:
    life(world)
    path = f"/handovers/{world.units[BOX]}"
    browser.sign_in("officer").get(path)
    assert browser.post(f"{path}/text", {"text": WORDS, "revision": "0"}).status_code == 200

    shown = browser.sign_in("chief").get(path).text
    for words in (WORDS, "佐藤 彩", "電話は夕方", "街灯が消えている。", "後任の記録なし", AREA):
        assert words in shown
    for title in ("約束", "回答未了", "配慮事項", "直近の接触", "連絡員"):
        assert f'aria-label="{title}"' in shown
    for _ in range(2):
        assert browser.post(f"{path}/readings", {"revision": "1"}).status_code == 200

    with world.reading("officer") as db:
        (name,) = db.exec(select(BriefReading.name)).all()
    assert name == "中村 誠"
    assert "確認済です。" in browser.get(path).text
    assert "中村 誠が確認" in browser.get("/handovers").text


def test_words_written_anew_await_their_readers_again(browser: Browser, world: World) -> None:
    path = f"/handovers/{world.units[BOX]}"
    browser.sign_in("officer").get(path)
    browser.post(f"{path}/text", {"text": WORDS, "revision": "0"})
    browser.post(f"{path}/readings", {"revision": "1"})

    stale = browser.post(f"{path}/text", {"text": "別の言葉", "revision": "0"})
    assert (stale.status_code, "別の言葉" in stale.text) == (409, True)
    browser.post(f"{path}/text", {"text": "別の言葉", "revision": "1"})
    assert browser.post(f"{path}/readings", {"revision": "1"}).status_code == 409
    shown = browser.get(path).text
    assert ("読んだことを記録する" in shown, "前の記載" in shown) == (True, True)
    empty = browser.post(f"{path}/text", {"text": " ", "revision": "2"})
    assert empty.status_code == 422


def test_vacant_beats_are_those_nobody_is_posted_at_on_the_day(
    browser: Browser, world: World
) -> None:
    now = local_day(utc_now())
    first, second = beat(world), beat(world, "第二受持区")
    world.put(
        StaffAssignment(
            agency_id=world.agency_id,
            staff_id=world.actors["officer"].staff_id,
            unit_id=first.id,
            role=next(iter(world.actors["officer"].roles)),
            valid_from=START,
            valid_to=now,
        )
    )
    browser.sign_in("chief")

    today = browser.get("/handovers?shown=vacant").text
    tomorrow = browser.get(f"/handovers?shown=vacant&day={now + ONE_DAY}").text

    assert (f"/handovers/{first.id}" in today, f"/handovers/{second.id}" in today) == (False, True)
    assert f"/handovers/{first.id}" in tomorrow
    assert f"{BOX}　第二受持区" in browser.get(f"/handovers/{second.id}").text


@pytest.mark.parametrize(("who", "status"), [("stranger_chief", 404), ("hq", 403), ("city", 404)])
def test_handover_is_the_stations_alone(
    browser: Browser, world: World, who: str, status: int
) -> None:
    path = f"/handovers/{world.units[BOX]}"
    browser.sign_in(who)
    assert browser.get(path).status_code == status
    form = {"text": WORDS, "revision": "0", "request_key": str(uuid7())}
    for verb in ("text", "readings", "files"):
        assert browser.post(f"{path}/{verb}", form).status_code == status


def test_other_sections_read_but_do_not_write(browser: Browser, world: World) -> None:
    path = f"/handovers/{world.units[BOX]}"
    shown = browser.sign_in("seian").get(path)
    assert (shown.status_code, "書き直す" in shown.text) == (200, False)
    assert browser.post(f"{path}/text", {"text": WORDS, "revision": "0"}).status_code == 403


def test_handover_on_paper_is_an_export(browser: Browser, world: World) -> None:
    life(world)
    path = f"/handovers/{world.units[BOX]}"
    browser.sign_in("officer").get(path)
    browser.post(f"{path}/text", {"text": WORDS, "revision": "0"})

    browser.post(f"{path}/files", {"request_key": str(uuid7())})
    with world.reading("officer") as db:
        export_id, number = db.exec(select(Export.id, Export.number)).one()
    paper = pypdf.PdfReader(io.BytesIO(browser.post(f"/exports/{export_id}/file").content))

    text = "".join(page.extract_text() for page in paper.pages)
    for words in ("桒原 0", "電話は夕方", "街灯が消えている。", number, "署内限り"):
        assert words in text


@pytest.mark.parametrize("count", [1, 3])
def test_handovers_cost_the_same_however_much_there_is(
    browser: Browser, world: World, count: int
) -> None:
    life(world, count)
    costs = {"/handovers": 2, f"/handovers/{world.units[BOX]}": 6}
    browser.sign_in("chief").get("/handovers")

    found = {}
    for path in costs:
        with counted(world.database) as statements:
            browser.get(path)
        found[path] = len(statements)

    assert found == costs
