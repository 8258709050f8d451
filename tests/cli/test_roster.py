import hashlib
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from crm.cli import main
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import local_day, utc_now
from crm.kernel.wareki import fiscal_year
from crm.rosters.models import RosterIssue
from tests.rosters.network import pdf_text, put_consent, put_term, sheet_text, unprotected
from tests.support.world import World

PURPOSE = "第３回地域安全の会"


@pytest.fixture
def town(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world with one liaison, which the command opens by the installation's settings."""
    person = world.person("髙橋 京子", "タカハシ キョウコ", phone="054-000-1001")
    put_term(world, person, "磯部自治会")
    put_consent(world, person)
    url = world.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CRM_DATABASE_URL", url)
    return world


def roster(output: Path, login: str = "chief", *more: str, purpose: str = PURPOSE) -> Result:
    arguments = ["roster", "--as", login, "--purpose", purpose, "--output", str(output), *more]
    return CliRunner().invoke(main, arguments)


def opened(output: Path, done: Result) -> bytes:
    """Return the file as whoever read the password on the screen opens it."""
    told = re.search(r"パスワード (\S+)（", done.output)
    content = output.read_bytes()
    return unprotected(content, told.group(1)) if told else content


def issues(world: World) -> list[tuple[str, str, str]]:
    with world.reading("chief") as db:
        rows = db.exec(select(RosterIssue)).all()
        return [(row.purpose, row.profile.value, row.sha256) for row in rows]


def actions(world: World) -> list[str]:
    with world.reading("auditor") as db:
        return list(db.exec(select(AuditEntry.action)).all())


@pytest.mark.parametrize("suffix", ["xlsx", "pdf"])
def test_roster_is_written_and_on_record(town: World, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"一覧表.{suffix}"

    done = roster(output)

    assert done.exit_code == 0, done.output
    read = opened(output, done)
    text = pdf_text(read) if suffix == "pdf" else sheet_text(read).replace(" ", "")
    assert ("髙橋京子" in text, "054-000-1001" in text, PURPOSE in text) == (True, True, True)
    assert issues(town) == [(PURPOSE, "station", hashlib.sha256(read).hexdigest())]
    assert actions(town) == ["export.asked", "roster.issued", "export.made", "export.fetched"]
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert f"書出番号 若葉-{fiscal_year(local_day(utc_now()))}-0001（1名）" in done.output
    assert ("パスワード" in done.output) is (suffix == "xlsx")


def test_meeting_roster_has_no_telephone(town: World, tmp_path: Path) -> None:
    output = tmp_path / "一覧表.xlsx"
    done = roster(output, "chief", "--profile", "meeting", "--as-of", "令和6年4月1日")
    assert done.exit_code == 0, done.output
    text = sheet_text(opened(output, done))
    assert ("髙橋 京子" in text, "054-000-1001" in text) == (True, False)
    assert "令和6年4月1日現在" in text
    assert [row[1] for row in issues(town)] == ["meeting"]


def test_roster_is_narrowed_and_ordered_as_on_the_page(town: World, tmp_path: Path) -> None:
    other = town.person("阿部 久", "アベ ヒサシ")
    put_term(town, other, "みなと町自治会")
    put_consent(town, other)
    output = tmp_path / "一覧表.csv"
    narrowed = ("--area", "みなと町自治会", "--order", "area", "--with-changes")

    first = roster(output, "chief", *narrowed, "--plain-reason", "表計算に取り込むため")
    wrong = roster(tmp_path / "b.csv", "chief", "--unit", "ない交番", "--plain-reason", "同上")

    assert first.exit_code == 0, first.output
    text = output.read_text(encoding="utf-8-sig")
    assert ("阿部 久" in text, "髙橋 京子" in text) == (True, False)
    assert (wrong.exit_code, len(issues(town))) == (1, 1)
    assert wrong.output.startswith("Error: 「ない交番」は選べません。選べるもの：")
    assert "若葉駅前交番" in wrong.output


@pytest.mark.parametrize("login", ["officer", "hq", "administrator"])
def test_who_may_not_issue_is_told_so_in_one_sentence(
    town: World, tmp_path: Path, login: str
) -> None:
    output = tmp_path / "一覧表.pdf"
    done = roster(output, login)
    assert (done.exit_code, output.exists(), issues(town)) == (1, False, [])
    assert done.output == (
        "Error: 一覧表を作成できるのは、一覧表を管理する課の職員と課長・署長です。\n"
    )
    assert actions(town) == ["access.denied"]


@pytest.mark.parametrize(
    ("name", "more", "purpose", "sentence"),
    [
        ("a.pdf", (), " ", "作成目的を入力してください。（例：第３回地域安全の会）"),
        (
            "a.txt",
            (),
            PURPOSE,
            "--output の名前は .xlsx、.pdf、.csv 又は .vcf で終わるようにしてください。",
        ),
        (
            "a",
            (),
            PURPOSE,
            "--output の名前は .xlsx、.pdf、.csv 又は .vcf で終わるようにしてください。",
        ),
        (
            "a.pdf",
            ("--as-of", "2999-01-01"),
            PURPOSE,
            "「基準日」は今日までの日付を入力してください。",
        ),
        (
            "a.pdf",
            ("--as-of", "6.4.1"),
            PURPOSE,
            "--as-of は日付で指定してください。（例：2026-11-20、令和8年11月20日）",
        ),
    ],
)
def test_a_wrong_order_is_told_in_one_sentence(
    town: World, tmp_path: Path, name: str, more: tuple[str, ...], purpose: str, sentence: str
) -> None:
    done = roster(tmp_path / name, "chief", *more, purpose=purpose)
    assert (done.exit_code, done.output, issues(town)) == (1, f"Error: {sentence}\n", [])


def test_a_file_that_exists_is_left_alone(town: World, tmp_path: Path) -> None:
    output = tmp_path / "一覧表.pdf"
    output.write_text("前の一覧表")
    done = roster(output)
    assert (done.exit_code, output.read_text(), issues(town)) == (1, "前の一覧表", [])


def test_a_folder_that_is_missing_spends_no_number(town: World, tmp_path: Path) -> None:
    done = roster(tmp_path / "ない" / "一覧表.pdf")
    assert (done.exit_code, issues(town)) == (1, [])
