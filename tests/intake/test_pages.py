"""The pages of taking in a list, by a plain browser."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from crm.contacts.models import Person
from crm.intake.models import IntakeBatch
from crm.intake.service import KEPT_DAYS
from tests.intake.lists import CHAIRS, HEADER, LIAISONS, count, dump
from tests.rosters.network import put_term, sheet_cells
from tests.support.pages import Browser, counted
from tests.support.world import World

NEW = {"kind": "liaisons", "day": "2026-04-01"}


def csv_of(rows: object) -> bytes:
    return "\r\n".join(",".join(row) for row in rows).encode("cp932")  # type: ignore[attr-defined]


def hand_in(browser: Browser, rows: object = LIAISONS, **data: object) -> str:
    """Hand a list in and return where its preview is."""
    browser.get("/intake/new")
    answer = browser.post("/intake", NEW | data, files={"file": ("名簿.csv", csv_of(rows))})
    assert answer.status_code == 200, answer.text[:2000]
    return str(answer.url.path)


def digest_on(text: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', text)
    assert found
    return found.group(1)


def test_a_list_is_previewed_applied_and_undone(world: World, browser: Browser) -> None:
    browser.sign_in("chief")
    before = dump(world)
    path = hand_in(browser)
    shown = browser.get(path)
    assert "2行を登録する" in shown.text
    assert "連絡員の候補（承諾未確認）にします。" in shown.text
    assert dump(world) == before

    applied = browser.post(f"{path}/application", {"digest": digest_on(shown.text)})
    assert "一覧を登録しました。" in applied.text
    assert count(world, Person) == 2

    undone = browser.post(f"{path}/undo")
    assert "取込みの前の状態に戻しました。" in undone.text
    assert dump(world) == before


def test_two_tabs_apply_once(world: World, browser: Browser) -> None:
    browser.sign_in("chief")
    path = hand_in(browser)
    digest = digest_on(browser.get(path).text)

    first = browser.post(f"{path}/application", {"digest": digest})
    second = browser.post(f"{path}/application", {"digest": digest})

    assert (first.status_code, second.status_code) == (200, 409)
    assert "すでに登録、取消し又は取りやめが済んでいます。" in second.text
    assert count(world, Person) == 2


def test_a_plan_that_changed_is_shown_anew_and_not_applied(world: World, browser: Browser) -> None:
    browser.sign_in("chief")
    path = hand_in(browser)
    digest = digest_on(browser.get(path).text)
    world.person("山田 太郎", "ヤマダ タロウ")

    answer = browser.post(f"{path}/application", {"digest": digest})

    assert answer.status_code == 409
    assert "登録されている内容が変わりました。" in answer.text
    assert digest_on(answer.text) != digest
    assert count(world, Person) == 1


def test_rows_set_aside_come_back_and_go_in_corrected(world: World, browser: Browser) -> None:
    browser.sign_in("chief")
    world.person("山田 太郎", "")
    rows = (HEADER, ("山田 太郎", "", "", "", "054-622-0001", "", ""), LIAISONS[2])
    path = hand_in(browser, rows)
    digest = digest_on(browser.get(path).text)
    browser.post(f"{path}/application", {"digest": digest})

    content = browser.post(f"{path}/rejected").content
    cells = sheet_cells(content)
    heading = next(row for row in cells if row[0] == "氏名")
    row = next(row for row in cells if row[0] == "山田 太郎")
    assert heading == [*HEADER, "取り込めなかった理由"]
    assert str(row[-1]).startswith("同じ氏名の方が登録されていますが")

    browser.get("/intake/new")
    again = browser.post("/intake", NEW, files={"file": ("直し.xlsx", content)})
    assert "同じ氏名の方が登録されていますが" in again.text
    assert '全て<span class="tabs__count">1</span>' in again.text


def test_what_a_column_means_can_be_corrected(world: World, browser: Browser) -> None:
    browser.sign_in("chief")
    rows = (("氏名", "よび名", "連絡先"), ("山田 太郎", "やまだ たろう", "054-622-0001"))
    path = hand_in(browser, rows)

    browser.post(
        f"{path}/columns",
        {"header_row": "1", "column_0": "name", "column_1": "kana", "column_2": ""},
    )
    digest = digest_on(browser.get(path).text)
    browser.post(f"{path}/application", {"digest": digest})

    person = dump(world)["person"][0]
    assert (person["family_kana"], person["given_kana"]) == ("ヤマダ", "タロウ")
    assert dump(world)["telephone"] == []


def test_a_sheet_without_a_header_says_so_and_takes_a_row_for_one(
    world: World, browser: Browser
) -> None:
    browser.sign_in("chief")
    rows = (
        ("若葉地区の", "みなさま"),
        ("お世話になっている方", "番号など"),
        ("山田", "054-622-0001"),
    )
    path = hand_in(browser, rows)
    shown = browser.get(path)
    assert "このシートは一覧として読めません。" in shown.text
    assert 'name="digest"' not in shown.text

    browser.post(f"{path}/columns", {"header_row": "2"})
    browser.post(f"{path}/columns", {"header_row": "2", "column_0": "name", "column_1": "phone"})
    browser.post(f"{path}/application", {"digest": digest_on(browser.get(path).text)})

    assert [row["family_name"] for row in dump(world)["person"]] == ["山田"]
    assert [row["e164"] for row in dump(world)["telephone"]] == ["+81546220001"]


@pytest.mark.parametrize("data", [{"header_row": "99"}, {"header_row": "x"}])
def test_a_header_that_is_no_row_is_refused(browser: Browser, data: dict[str, object]) -> None:
    browser.sign_in("chief")
    path = hand_in(browser)
    assert browser.post(f"{path}/columns", data).status_code == 422


@pytest.mark.parametrize(
    ("data", "files", "sentence"),
    [
        ({}, None, "取り込むファイルを選んでください。"),
        ({"kind": ""}, {"file": ("a.csv", b"a")}, "「一覧の種類」を入力してください。"),
        ({"day": "2027-01-01"}, {"file": ("a.csv", csv_of(LIAISONS))}, "今日までの日付"),
        ({}, {"file": ("a.csv", b"")}, "ファイル"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(
    world: World,
    browser: Browser,
    data: dict[str, object],
    files: dict[str, tuple[str, bytes]] | None,
    sentence: str,
) -> None:
    browser.sign_in("chief")
    browser.get("/intake/new")
    answer = browser.post("/intake", NEW | data, files=files)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert count(world, IntakeBatch) == 0


def test_a_list_given_up_leaves_nothing(browser: Browser) -> None:
    browser.sign_in("chief")
    path = hand_in(browser)
    answer = browser.post(f"{path}/discard")
    assert "読み込んだ内容は消しました。" in answer.text
    assert "山田" not in answer.text


def test_what_undoing_left_is_named(world: World, browser: Browser) -> None:
    browser.sign_in("chief")
    path = hand_in(browser)
    browser.post(f"{path}/application", {"digest": digest_on(browser.get(path).text)})
    with world.database.system("a test's look") as connection:
        table = sa.inspect(Person).local_table
        row = connection.execute(sa.select(table).where(table.c.family_name == "山田")).one()
    put_term(world, Person(**row._asdict()))

    answer = browser.post(f"{path}/undo")

    assert "そのまま残した記録" in answer.text
    assert f"/people/{row.id}" in answer.text


@pytest.mark.parametrize("login", ["seian", "hq", "auditor", "administrator"])
def test_others_are_refused(world: World, browser: Browser, login: str) -> None:
    browser.sign_in(login)
    assert browser.get("/intake").status_code == 403
    assert browser.get("/intake/new").status_code == 403
    answer = browser.post("/intake", NEW, files={"file": ("a.csv", csv_of(LIAISONS))})
    assert answer.status_code == 403
    assert count(world, IntakeBatch) == 0


def test_another_stations_chief_finds_nothing(browser: Browser) -> None:
    browser.sign_in("chief")
    path = hand_in(browser)
    browser.client.cookies.clear()
    browser.token = ""
    browser.sign_in("stranger_chief")
    asked = [browser.get(path), browser.post(f"{path}/rejected")]
    posted = [
        browser.post(f"{path}/{noun}", {"digest": "x"})
        for noun in ("application", "columns", "discard", "undo")
    ]
    assert [answer.status_code for answer in (*asked, *posted)] == [404] * 6
    assert "まだ取込みがありません。" in browser.get("/intake").text


@pytest.mark.parametrize(("login", "links"), [("chief", 2), ("seian", 0)])
def test_the_list_of_people_leads_here_for_who_may(
    browser: Browser, login: str, links: int
) -> None:
    browser.sign_in(login)
    assert browser.get("/people").text.count("一覧から取り込む") == links


def test_pages_take_the_same_statements_for_one_row_and_three(
    world: World, browser: Browser
) -> None:
    browser.sign_in("chief")

    def statements(rows: int) -> tuple[int, int]:
        path = hand_in(browser, CHAIRS[: rows + 1], kind="chairs")
        with counted(world.database) as preview:
            browser.get(path)
        with counted(world.database) as batches:
            browser.get("/intake")
        return len(preview), len(batches)

    assert statements(1) == statements(2)


def test_htmx_gets_the_part_it_asks_for(browser: Browser) -> None:
    browser.sign_in("chief")
    path = hand_in(browser)
    part = browser.get(path, htmx=True).text
    assert "<html" not in part
    assert "2行を登録する" in part


def test_rows_set_aside_stand_alone(world: World, browser: Browser) -> None:
    browser.sign_in("chief")
    world.person("山田 太郎", "")
    rows = (HEADER, LIAISONS[2], ("山田 太郎", "", "〃", "〃", "", "", ""))
    path = hand_in(browser, rows)
    while_waiting = sheet_cells(browser.post(f"{path}/rejected").content)
    browser.post(f"{path}/application", {"digest": digest_on(browser.get(path).text)})
    afterwards = sheet_cells(browser.post(f"{path}/rejected").content)

    # the head says when each was made, and its number
    assert while_waiting[2:] == afterwards[2:]
    row = next(row for row in afterwards if row[0] == "山田 太郎")
    assert row[2:4] == ["みなと町自治会", "副会長"]


def test_rows_set_aside_can_be_had_for_seven_days(world: World, browser: Browser) -> None:
    browser.sign_in("chief")
    world.person("山田 太郎", "")
    path = hand_in(browser, (HEADER, LIAISONS[2], ("山田 太郎", *[""] * 6)))
    browser.post(f"{path}/application", {"digest": digest_on(browser.get(path).text)})
    assert browser.post(f"{path}/rejected").status_code == 200

    with world.database.system("a week goes by") as connection:
        table = sa.inspect(IntakeBatch).local_table
        long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=KEPT_DAYS, minutes=1)
        connection.execute(sa.update(table).values(applied_at=long_ago))

    assert browser.post(f"{path}/rejected").status_code == 404
    assert "登録されなかった行" not in browser.get(path).text
