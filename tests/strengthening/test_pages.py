import datetime as dt
import io
from uuid import UUID

import pypdf
import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.contacts.models import Holder
from crm.exports.models import Export, ExportSubject
from crm.jobs.models import JobFile
from crm.jobs.runner import Runner
from crm.kernel.clock import local_day, utc_now
from crm.notes.models import Outcome
from crm.strengthening.forms import aim_key
from crm.strengthening.models import StrengtheningDay, StrengtheningTarget, StrengtheningUnit
from crm.strengthening.months import month_of
from tests.notes.acts import facts, logged
from tests.strengthening.acts import BOX, OTHER_BOX, chosen, planned
from tests.support.pages import Browser, counted
from tests.support.world import World
from tests.today.acts import put_liaison

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
AREA = "みなと町自治会"


def liaison(world: World, name: str) -> Holder:
    holder = Holder(person_id=world.person(name, "くわばら けんた", care_note="電話は夕方").id)
    put_liaison(world, holder, AREA)
    return holder


def today_of(world: World, *units: str) -> StrengtheningDay:
    now = utc_now()
    return planned(world, *units, first_on=local_day(now), now=now)


def day_in(world: World) -> UUID:
    with world.reading("chief") as db:
        return db.exec(select(StrengtheningDay.id)).one()


def test_strengthening_day_from_plan_to_result(browser: Browser, world: World) -> None:
    met, absent, left = (liaison(world, name) for name in ("桒原 健太", "濵田 健", "浜 一"))
    beyond = liaison(world, "磯部 太郎")
    unit = world.units[BOX]
    browser.sign_in("chief")
    today = local_day(utc_now()).isoformat()
    form = {"first_on": today, "unit_ids": [str(unit)], "request_key": str(uuid7())}

    proposed = browser.post("/strengthening-days", form)
    browser.post("/strengthening-days", form)
    day_id = day_in(world)

    assert proposed.text.count("しばらく会っていない") == 4
    assert proposed.text.count("電話は夕方") == 4
    keys = [aim_key(unit, holder) for holder in (met, absent, left)]
    chosen_form = {"targets": keys, "revision": "1"}
    assert browser.post(f"/strengthening-days/{day_id}/targets", chosen_form).status_code == 200
    now = utc_now()
    for holder, outcome in ((met, Outcome.MET), (absent, Outcome.ABSENT), (beyond, Outcome.MET)):
        logged(
            world,
            facts(
                person_ids=frozenset({holder.person_id}),
                outcome=outcome,
                happened_at=now,
            ),
            "officer",
            now,
        )
    browser.sign_in("officer")
    hours = {"hours_secured": "6", "hours_diverted": "2", "diverted_to": "交通整理"}
    browser.post(f"/strengthening-days/{day_id}/units/{unit}/hours", {**hours, "revision": "1"})

    shown = browser.sign_in("station_chief").get("/strengthening-days/report").text
    row = shown[shown.index(f'<th scope="row">{BOX}') :].partition("</tr>")[0]
    cells = [cell.partition("<")[0] for cell in row.split('<td class="num">')[1:]]
    assert cells == ["3", "1", "1", "1", "1", "6", "2"]
    assert "交通整理" in shown
    assert "佐藤 彩" not in shown


def test_name_is_looked_for_without_losing_a_tick(browser: Browser, world: World) -> None:
    first = liaison(world, "桒原 健太")
    other = world.person("髙橋 茂", "たかはし しげる")
    day = today_of(world)
    key = aim_key(world.units[BOX], first)
    browser.sign_in("chief")

    sent = {"targets": [key], "q": "たかはし", "find": "true", "revision": "1"}
    shown = browser.post(f"/strengthening-days/{day.id}/targets", sent)

    assert shown.status_code == 200
    assert f'value="{key}" checked' in shown.text
    assert aim_key(world.units[BOX], Holder(person_id=other.id)) in shown.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first_on": "2020-04-01"}, "強化日は、今日以後の日付を入力してください。"),
        ({"unit_ids": []}, "交番・駐在所又は区域を選んでください。"),
        ({"area_ids": [str(UUID(int=7))]}, "区域を選び直してください。"),
        ({"last_on": "2020-04-01"}, "最終日は、強化日以後の日付を入力してください。"),
    ],
)
def test_refused_day_keeps_what_was_typed(
    browser: Browser, world: World, change: dict[str, object], sentence: str
) -> None:
    browser.sign_in("chief").get("/strengthening-days/new")
    form = {
        "first_on": (local_day(utc_now()) + dt.timedelta(days=3)).isoformat(),
        "unit_ids": [str(world.units[BOX])],
        "purpose": "年末の声掛け",
    }

    shown = browser.post("/strengthening-days", {**form, **change})

    assert (shown.status_code, shown.text.count(sentence)) == (422, 2)
    assert "年末の声掛け" in shown.text


def test_hours_diverted_to_nothing_are_refused_and_stale_ones_told(
    browser: Browser, world: World
) -> None:
    day = today_of(world)
    path = f"/strengthening-days/{day.id}/units/{world.units[BOX]}/hours"
    browser.sign_in("officer").get("/strengthening-days")

    shown = browser.post(path, {"hours_diverted": "3", "revision": "1"})
    assert (shown.status_code, "何に転用したかを入力してください。" in shown.text) == (422, True)
    assert browser.post(path, {"hours_secured": "4", "revision": "1"}).status_code == 200
    assert browser.post(path, {"hours_secured": "5", "revision": "1"}).status_code == 409
    with world.reading("chief") as db:
        assert db.exec(select(StrengtheningUnit.hours_secured)).one() == 4


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 403), ("seian", 403), ("stranger_chief", 404), ("hq", 403), ("city_chief", 404)],
)
def test_others_choose_nobody(browser: Browser, world: World, who: str, status: int) -> None:
    day = today_of(world)
    browser.sign_in(who)

    assert browser.get(f"/strengthening-days/{day.id}/targets").status_code == status
    sent = browser.post(f"/strengthening-days/{day.id}/targets", {"revision": "1"})
    assert sent.status_code == status


def test_stranger_is_shown_no_day_of_ours_and_ours_nobody_of_theirs(
    browser: Browser, world: World
) -> None:
    day = today_of(world, BOX, OTHER_BOX)
    chosen(world, day, liaison(world, "桒原 健太"), now=utc_now())
    theirs = Holder(person_id=world.person("港 南", "みなと みなみ", station="港南署").id)
    unit = world.units[BOX]

    browser.sign_in("stranger_chief")
    for path in ("", f"/units/{unit}"):
        assert browser.get(f"/strengthening-days/{day.id}{path}").status_code == 404
    assert "新しい自治会長へのあいさつ" not in browser.get("/strengthening-days").text
    browser.sign_in("chief")
    sent = {"targets": [aim_key(unit, theirs)], "revision": "2"}
    assert browser.post(f"/strengthening-days/{day.id}/targets", sent).status_code == 404
    with world.reading("chief") as db:
        assert len(db.exec(select(StrengtheningTarget.id)).all()) == 1


def test_list_on_paper_is_an_export_with_what_a_visit_needs(browser: Browser, world: World) -> None:
    day = today_of(world, BOX, OTHER_BOX)
    holder = liaison(world, "桒原 健太")
    chosen(world, day, holder, now=utc_now())
    path = f"/strengthening-days/{day.id}/units/{world.units[BOX]}"
    browser.sign_in("officer").get(path)

    assert browser.post(f"{path}/files", {"request_key": str(uuid7())}).status_code == 200
    with world.reading("officer") as db:
        export_id, number = db.exec(select(Export.id, Export.number)).one()
        assert db.exec(select(ExportSubject.person_id)).all() == [holder.person_id]
    paper = browser.post(f"/exports/{export_id}/file")

    (sheet,) = pypdf.PdfReader(io.BytesIO(paper.content)).pages
    text = sheet.extract_text()
    for words in ("桒原 健太", "電話は夕方", BOX, number, "署内限り"):
        assert words in text
    other = f"/strengthening-days/{day.id}/units/{world.units[OTHER_BOX]}/files"
    refused = browser.post(other, {"request_key": str(uuid7())})
    assert (refused.status_code, "まだ選ばれていません" in refused.text) == (422, True)


def test_month_to_come_is_printed_with_its_areas_and_without_a_name(
    browser: Browser, world: World
) -> None:
    now = utc_now()
    month = month_of(local_day(now)).after
    day = planned(world, first_on=month.first, areas=[AREA], now=now)
    chosen(world, day, liaison(world, "桒原 健太"), now=now)
    browser.sign_in("chief")
    shown = browser.get(f"/strengthening-days/report?month={month.value}").text
    form = {"month": month.value, "request_key": str(uuid7())}

    for _ in range(2):
        browser.post("/strengthening-days/report/files", form)
    assert Runner(world.database).take_next()

    with world.reading("chief") as db:
        (content,) = db.exec(select(JobFile.content)).all()
    (sheet,) = pypdf.PdfReader(io.BytesIO(content)).pages
    text = sheet.extract_text()
    for words in (month.label, BOX, AREA, "新しい自治会長へのあいさつ"):
        assert words in text
    assert f'<th scope="row">{BOX}' in shown
    assert "桒原" not in text + shown
    unknown = browser.post("/strengthening-days/report/files", {**form, "month": "1999-01"})
    assert unknown.status_code == 404


def test_day_cancelled_is_changed_no_more(browser: Browser, world: World) -> None:
    day = today_of(world)
    browser.sign_in("chief").get("/strengthening-days")

    assert browser.post(
        f"/strengthening-days/{day.id}/cancellation", {"revision": "1"}
    ).url.path == (f"/strengthening-days/{day.id}")
    again = browser.post(f"/strengthening-days/{day.id}/cancellation", {"revision": "2"})
    assert again.status_code == 422
    assert "この月の強化日はありません。" in browser.get("/strengthening-days/report").text


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_however_many_there_are(
    browser: Browser, world: World, count: int
) -> None:
    day = today_of(world, BOX, OTHER_BOX)
    chosen(
        world, day, *(liaison(world, f"桒原 {number}") for number in range(count)), now=utc_now()
    )
    root = f"/strengthening-days/{day.id}"
    costs = {
        "/strengthening-days": 2,
        root: 3,
        f"{root}/targets": 7,
        f"{root}/units/{world.units[BOX]}": 7,
        "/strengthening-days/report": 3,
    }
    browser.sign_in("chief").get("/strengthening-days")

    found = {}
    for path in costs:
        with counted(world.database) as statements:
            browser.get(path)
        found[path] = len(statements)

    assert found == costs
