"""`crm sample-data` as an operator meets it."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crm.cli import main

PASSWORD = "nagisa-no-kaigara"


@pytest.fixture
def empty(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "crm.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("CRM_DATABASE_URL", f"sqlite:///{path}")
    return path


def load(*more: str, password: str = PASSWORD) -> Result:
    return CliRunner().invoke(
        main,
        ["sample-data", "--size", "small", "--today", "2026-11-20", "--password", password, *more],
    )


@pytest.mark.usefixtures("empty")
def test_sample_data_prints_one_account_per_role() -> None:
    result = load()

    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "架空の見本データを登録しました。サインインできるアカウントは次のとおりです。",
        "",
        "役割            氏名       所属                           ログイン名",
        "警察官          佐藤 彩    若葉警察署 みなと駅前交番      officer",
        "警察官          山口 進    若葉警察署 生活安全課          seian",
        "課長            中村 誠    若葉警察署 地域課              chief",
        "署長            小林 剛    若葉警察署                     station-chief",
        "職員            高橋 優子  みなと市役所 市民安全課        city",
        "課長            渡辺 健一  みなと市役所 市民安全課        city-chief",
        "システム管理者  長嶋 徹    みなと市役所                   city-admin",
        "課長            増田 恵子  みなと市教育委員会 学校教育課  school-board",
        "課長            武田 豪    みなと市消防局 予防課          fire",
        "本部閲覧者      本田 由紀  地域企画課                     hq",
        "システム管理者  大原 健吾  警察本部                       admin",
        "監査担当者      水谷 栞    警察本部                       auditor",
        "課長            木村 豊    岬警察署 地域交通課            misaki-chief",
        "警察官          伊藤 学    岬警察署 海老江町交番          misaki",
        "",
        f"パスワード（共通）: {PASSWORD}",
    ]


@pytest.mark.usefixtures("empty")
def test_sample_data_beside_an_agency_is_refused_in_one_sentence() -> None:
    load()
    again = load()

    assert again.exit_code == 1
    assert again.output == (
        "Error: 機関がすでに登録されています。見本データは空のデータベースに登録してください。\n"
    )


@pytest.mark.usefixtures("empty")
def test_sample_data_with_a_short_password_changes_nothing() -> None:
    refused = load(password="short")

    assert refused.exit_code == 1
    assert refused.output == "Error: パスワードは12文字以上にしてください。\n"
    assert load().exit_code == 0


@pytest.mark.usefixtures("empty")
def test_sample_data_has_no_default_password() -> None:
    result = CliRunner().invoke(main, ["sample-data", "--size", "small"])

    assert result.exit_code == 2
    assert "Missing option '--password'" in result.output
