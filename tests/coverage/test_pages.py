import datetime as dt
import re

import pytest
import sqlalchemy as sa
from shapely import box
from sqlmodel import col

from crm.agencies.models import UnitJurisdiction
from crm.areas.models import Area, AreaKind
from crm.coverage.pages import MOST_OPEN
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day, utc_now
from tests.coverage.records import put_liaison, put_note, put_post
from tests.support.pages import Browser, counted
from tests.support.world import NOW, START, World

MINATO = "みなと町自治会"


@pytest.fixture
def canaries(world: World) -> World:
    """A liaison, an organization and a note whose every word would be noticed."""
    person = world.person("CANARY 花子", "カナリア ハナコ", phone="054-000-1234")
    shop = world.organization("CANARY商店会", area=MINATO)
    put_liaison(world, person, MINATO)
    put_liaison(world, shop, MINATO)
    put_post(world, person)
    put_note(world, person, shop, at=NOW)
    return world


@pytest.mark.parametrize("who", ["hq", "officer"])
def test_page_names_places_and_nobody(canaries: World, browser: Browser, who: str) -> None:
    answer = browser.sign_in(who).get(f"/coverage/{canaries.units['若葉署']}")
    assert answer.status_code == 200
    assert MINATO in answer.text
    assert [word for word in ("CANARY", "花子", "054-000", "商店会") if word in answer.text] == []


def test_table_holds_the_figures(canaries: World, browser: Browser) -> None:
    answer = browser.sign_in("hq").get(f"/coverage/{canaries.units['若葉署']}?as_of=2026-11-20")
    row = answer.text.split(f'<tr id="area-{canaries.areas[MINATO]}">')[1].split("</tr>")[0]
    cells = [cell.split("</td>")[0] for cell in row.split('<td class="num">')[1:]]
    assert cells == ["1", "1", "1", "1"]
    assert "令和8年11月20日</td>" in row


def test_headquarters_sees_every_station_and_a_station_its_own(browser: Browser) -> None:
    hq = browser.sign_in("hq").get("/coverage").text
    assert [name for name in ("若葉署", "港南署") if f">{name}</a></th>" in hq] == [
        "若葉署",
        "港南署",
    ]
    browser.post("/sign-out")
    own = browser.sign_in("officer").get("/coverage").text
    assert "<h1>若葉署の構築状況</h1>" in own
    assert "港南署" not in own


def test_headquarters_sees_no_rows_of_areas_but_where_they_stand(
    world: World, browser: Browser
) -> None:
    text = browser.sign_in("hq").get("/coverage?as_of=2026-11-20").text
    assert '<tr id="area-' not in text
    assert re.findall(r'class="depth-1">([^<]+)<', text) == [
        "港南交番",
        "みなと駐在所",
        "若葉駅前交番",
    ]
    there = f"/coverage/{world.units['若葉署']}?as_of=2026-11-20#area-{world.areas[MINATO]}"
    assert f'<a href="{there}">{MINATO}</a>' in text
    assert vacancies(text) == [("港南署", "1"), ("若葉署", "3")]


def test_box_says_its_figures_in_the_line_that_opens_it(canaries: World, browser: Browser) -> None:
    path = f"/coverage/{canaries.units['若葉署']}?as_of=2026-11-20"
    text = browser.sign_in("hq").get(path).text
    assert box_lines(text) == [
        (
            "みなと駐在所 連絡員（個人） 0 連絡員（団体） 0 役職（延べ） 0 関係機関・団体 0 "
            "最後に話した日 記録なし 連絡員がいない区域 1"
        ),
        (
            "若葉駅前交番 連絡員（個人） 1 連絡員（団体） 1 役職（延べ） 1 関係機関・団体 1 "
            "最後に話した日 令和8年11月20日 連絡員がいない区域 1"
        ),
    ]


@pytest.mark.parametrize(
    ("areas", "asked", "opened", "offered"),
    [
        (MOST_OPEN - 1, "", True, False),
        (MOST_OPEN, "", False, True),
        (MOST_OPEN, "?open=all", True, False),
    ],
)
def test_boxes_of_many_areas_lie_closed_until_all_are_asked_for(
    world: World, browser: Browser, areas: int, asked: str, *, opened: bool, offered: bool
) -> None:
    _put_areas(world, areas)  # beside the one that stands there
    text = browser.sign_in("hq").get(f"/coverage/{world.units['港南署']}{asked}").text
    assert ('<details class="disclosure" open>' in text) is opened
    assert ('<details class="disclosure">' in text) is not opened
    assert ("印刷用に全て開く" in text) is offered
    assert text.count('<tr id="area-') == areas + 1


def test_opening_all_keeps_the_day(world: World, browser: Browser) -> None:
    _put_areas(world, MOST_OPEN)
    text = browser.sign_in("hq").get(f"/coverage/{world.units['港南署']}?as_of=2026-11-19").text
    assert 'href="?as_of=2026-11-19&amp;open=all#figures"' in text


def test_another_station_is_not_to_be_found(world: World, browser: Browser) -> None:
    browser.sign_in("officer")
    assert browser.get(f"/coverage/{world.units['港南署']}").status_code == 404
    assert browser.get(f"/coverage/{world.units['若葉駅前交番']}").status_code == 404


@pytest.mark.parametrize("unit", ["若葉駅前交番", "本部"])
def test_unit_that_is_no_station_is_not_to_be_found(
    world: World, browser: Browser, unit: str
) -> None:
    assert browser.sign_in("hq").get(f"/coverage/{world.units[unit]}").status_code == 404


@pytest.mark.parametrize("who", ["administrator", "auditor"])
def test_nobody_else_is_shown_any(browser: Browser, who: str) -> None:
    assert browser.sign_in(who).get("/coverage").status_code == 404


def test_day_typed_in_the_japanese_calendar_is_read(browser: Browser) -> None:
    answer = browser.sign_in("hq").get("/coverage?as_of=令和6年5月23日")
    assert answer.status_code == 200
    assert "令和6年5月23日現在" in answer.text
    assert 'name="as_of" value="2024-05-23"' in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("tomorrow", "「基準日」は今日までの日付を入力してください。"),
        ("5月ごろ", "「基準日」は日付で入力してください。（例：2026-11-20、令和8年11月20日）"),
    ],
)
def test_day_that_cannot_be_shown_is_refused_at_its_field(
    browser: Browser, typed: str, sentence: str
) -> None:
    if typed == "tomorrow":
        typed = str(local_day(utc_now()) + dt.timedelta(days=1))
    answer = browser.sign_in("hq").get(f"/coverage?as_of={typed}")
    assert answer.status_code == 422
    assert f"<span>{sentence}</span>" in answer.text
    assert f'value="{typed}"' in answer.text


def test_day_before_there_was_a_station_shows_none(world: World, browser: Browser) -> None:
    browser.sign_in("hq")
    for path in ("/coverage", f"/coverage/{world.units['若葉署']}"):
        answer = browser.get(f"{path}?as_of=2000-01-01")
        assert answer.status_code == 200
        assert "この日に置かれていた警察署の記録がありません。" in answer.text


def test_kind_is_offered_where_there_is_a_choice(world: World, browser: Browser) -> None:
    browser.sign_in("hq")
    assert 'name="kind"' not in browser.get("/coverage").text
    _put_areas(world, 1, AreaKind.ELEMENTARY_DISTRICT)
    answer = browser.get("/coverage?kind=elementary_district")
    assert '<option value="elementary_district" selected>小学校区</option>' in answer.text
    assert ">区域1</a>" in answer.text
    assert MINATO not in answer.text


def test_viewing_is_put_on_record(world: World, browser: Browser) -> None:
    browser.sign_in("hq").get("/coverage?as_of=2026-06-30")
    with world.database.system("a test reads the record") as connection:
        entries = connection.execute(
            sa.select(col(AuditEntry.account_id), col(AuditEntry.detail))
            .where(col(AuditEntry.action) == "coverage.viewed")
            .order_by(col(AuditEntry.id))
        ).all()
    assert [tuple(entry) for entry in entries] == [
        (
            world.actors["hq"].account_id,
            {"as_of": "2026-06-30", "kind": "association_area"},
        )
    ]


@pytest.mark.parametrize("areas", [1, 50])
@pytest.mark.parametrize(
    # the session, five reads, and the audit row; the map is drawn already; a station has a name
    ("station", "expected"),
    [("", 7), ("港南署", 8)],
)
def test_page_takes_the_same_statements_for_few_and_many_areas(
    world: World, browser: Browser, areas: int, station: str, expected: int
) -> None:
    for area in _put_areas(world, areas):
        person = world.person("山田 花子", "ヤマダ ハナコ")
        put_liaison(world, person, area)
    path = f"/coverage/{world.units[station]}" if station else "/coverage"
    browser.sign_in("hq").get(path)
    with counted(world.database) as statements:
        browser.get(path)
    assert len(statements) == expected, "\n".join(statements)


def vacancies(text: str) -> list[tuple[str, str]]:
    """Read which station has how many areas without anyone, from the lines that open them."""
    return re.findall(r'<span>([^<]+) <span class="soft">(\d+)区域</span></span></summary>', text)


def box_lines(text: str) -> list[str]:
    """Read the lines that open the boxes, as they are read out."""
    lines = re.findall(r'</svg><span>(<span class="box">.*?)</summary>', text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", line).split()) for line in lines]


def _put_areas(world: World, count: int, kind: AreaKind = AreaKind.ASSOCIATION_AREA) -> list[str]:
    for number in range(1, count + 1):
        area = Area(
            kind=kind, name=f"区域{number}", valid_from=START, polygon=box(138, 34, 139, 35)
        )
        world.areas[area.name] = area.id
        world.put(
            area,
            UnitJurisdiction(
                agency_id=world.agency_id,
                unit_id=world.units["港南交番"],
                area_id=area.id,
                valid_from=START,
            ),
        )
    return [f"区域{number}" for number in range(1, count + 1)]
