import io

import pypdf
import pytest
from sqlmodel import select
from uuid_utils.compat import uuid7

from crm.jobs.models import JobFile
from crm.jobs.runner import Runner
from crm.kernel.clock import local_day, utc_now
from crm.kernel.quarters import quarter_of
from crm.requests.reports import REST
from tests.requests.acts import received
from tests.support.pages import Browser, counted
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def heard(world: World, *words: str) -> None:
    now = utc_now()
    for each in words:
        received(world, words=each, heard_on=local_day(now), now=now)


def test_paper_says_counts_and_nobodys_words(browser: Browser, world: World) -> None:
    heard(world, *["街灯が消えている。"] * 3, "空き家がある。")
    quarter = quarter_of(local_day(utc_now()))
    browser.sign_in("officer")
    shown = browser.get("/requests/report")
    form = {"quarter": f"{quarter.year}-{quarter.number}", "request_key": str(uuid7())}

    browser.post("/requests/report/files", form)
    browser.post("/requests/report/files", form)
    assert Runner(world.database).take_next()

    with world.reading("officer") as db:
        (file,) = db.exec(select(JobFile)).all()
        paper = pypdf.PdfReader(io.BytesIO(file.content))
    (text,) = (page.extract_text() for page in paper.pages)
    for words in ("街路灯・暗い場所", "若葉駅前交番", REST, quarter.label):
        assert words in text
        assert words in shown.text
    for hidden in ("街灯が消えている", "空き家", "桒原"):
        assert hidden not in text + shown.text


def test_another_stations_voices_are_not_counted(browser: Browser, world: World) -> None:
    heard(world, "街灯が消えている。")

    shown = browser.sign_in("stranger").get("/requests/report")

    assert "この四半期に受理した意見・要望はありません。" in shown.text
    assert browser.sign_in("hq").get("/requests/report").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_report_costs_the_same_however_much_was_said(
    browser: Browser, world: World, count: int
) -> None:
    heard(world, *["街灯が消えている。"] * count)
    browser.sign_in("officer").get("/requests/report")

    with counted(world.database) as statements:
        browser.get("/requests/report")

    assert len(statements) == 3
