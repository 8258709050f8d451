"""What an attacker tried on partners, jobs, lists and the administration: each way is closed."""

import datetime as dt
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from crm.agencies.models import Staff, StaffAssignment
from crm.areas.models import Area
from crm.jobs.models import JobFile
from crm.kernel.clock import local_day, utc_now
from crm.sharing.models import SharingAgreement
from tests.sharing.acts import agreed
from tests.support.jobs_acts import ask, runner_of
from tests.support.pages import Browser
from tests.support.world import TODAY, World

LISTS = [
    ("chief", "/information?words=%00"),
    ("administrator", "/administration/areas?words=%00"),
    ("administrator", "/administration/staff?words=x%00y"),
    ("auditor", "/audit?action=%00"),
    ("auditor", "/audit?name=%00"),
    ("chief", "/search/%00"),
]


@pytest.mark.parametrize(("who", "path"), LISTS)
def test_what_no_keyboard_types_is_refused_in_an_address(
    browser: Browser, who: str, path: str
) -> None:
    browser.sign_in(who)
    assert browser.get(path).status_code == 400


@pytest.mark.parametrize("who", ["administrator", ""])
def test_a_list_that_is_no_list_is_refused_when_it_comes_back(browser: Browser, who: str) -> None:
    if who:
        browser.sign_in(who)
        browser.get("/administration/transfers")
    form: dict[str, object] = {"content": "あ", "digest": "x"}
    answer = browser.post("/administration/transfers/application", form, follow=False)
    assert answer.status_code == (422 if who else 303)


def test_a_transfer_beyond_any_life_is_refused(browser: Browser, world: World) -> None:
    staff_id = world.actors["officer"].staff_id
    with world.database.system("a number for the officer") as connection:
        numbered = sa.update(Staff).where(col(Staff.id) == staff_id).values(staff_no="100")
        connection.execute(numbered)
    browser.sign_in("administrator")
    browser.get("/administration/transfers")
    rows = "職員番号,氏名,新所属,役割,発令日\n100,佐藤 彩,みなと駐在所,警察官,9999-12-31\n"
    shown = browser.post("/administration/transfers", files={"file": ("a.csv", rows.encode())})
    assert "発令日「9999-12-31」を日付として読めません。" in shown.text
    assert 'name="digest"' not in shown.text


@pytest.mark.parametrize("change", ["name", "ending"])
def test_another_agency_s_administrator_does_not_touch_the_areas_of_the_police(
    browser: Browser, world: World, change: str
) -> None:
    area_id = world.areas["みなと町自治会"]
    browser.sign_in("city_administrator")
    assert "訂正する" not in browser.get("/administration/areas").text
    form: dict[str, object] = {"name": "のっとり", "day": str(TODAY), "revision": "1"}
    answer = browser.post(f"/administration/areas/{area_id}/{change}", form)
    with world.reading("administrator") as db:
        wanted = sa.select(col(Area.name), col(Area.valid_to)).where(col(Area.id) == area_id)
        [kept] = db.rows(wanted)
    assert (answer.status_code, *kept) == (404, "みなと町自治会", None)


def test_an_agreement_that_is_over_is_not_ended_again(browser: Browser, world: World) -> None:
    last = TODAY - dt.timedelta(days=400)
    over = agreed(world, valid_from=last - dt.timedelta(days=30), valid_to=last)
    browser.sign_in("chief")
    browser.get(f"/agreements/{over.id}")
    form: dict[str, object] = {"reason": "あとから", "revision": str(over.revision)}
    answer = browser.post(f"/agreements/{over.id}/end", form)
    with world.reading("chief") as db:
        columns = (col(SharingAgreement.valid_to), col(SharingAgreement.ended_reason))
        [kept] = db.rows(sa.select(*columns))
    assert "この提供は、すでに終わっています。" in answer.text
    assert (answer.status_code, *kept) == (422, last, "")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_made_before_a_transfer_stays_behind(browser: Browser, world: World) -> None:
    job_id = ask(world)
    assert runner_of(world.database).take(job_id)
    browser.sign_in("officer")
    assert browser.get(f"/jobs/{job_id}/file").status_code == 200
    made_yesterday(world, job_id)
    assert browser.get(f"/jobs/{job_id}/file").status_code == 200
    transferred_today(world)
    assert browser.get(f"/jobs/{job_id}/file").status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_made_on_the_day_of_a_transfer_stays_behind(browser: Browser, world: World) -> None:
    job_id = ask(world)
    assert runner_of(world.database).take(job_id)
    browser.sign_in("officer")
    transferred_today(world)
    assert browser.get(f"/jobs/{job_id}/file").status_code == 404
    assert "ファイルを受け取る" not in browser.get(f"/jobs/{job_id}").text


def made_yesterday(world: World, job_id: UUID) -> None:
    before = utc_now() - dt.timedelta(days=1)
    with world.database.system("a file of yesterday") as connection:
        is_file = col(JobFile.job_id) == job_id
        connection.execute(sa.update(JobFile).where(is_file).values(created_at=before))


def transferred_today(world: World) -> None:
    actor, today = world.actors["officer"], local_day(utc_now())
    held = col(StaffAssignment.staff_id) == actor.staff_id
    with world.database.system("a transfer") as connection:
        last = today - dt.timedelta(days=1)
        connection.execute(sa.update(StaffAssignment).where(held).values(valid_to=last))
    world.put(
        StaffAssignment(
            agency_id=actor.agency_id,
            staff_id=actor.staff_id,
            unit_id=world.units["港南交番"],
            role=next(iter(actor.roles)),
            valid_from=today,
        )
    )
