from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from shapely import Point
from sqlmodel import SQLModel, select

from crm.cli import main
from crm.contacts.models import Organization
from crm.kernel.audit import AuditEntry
from tests.imports.cities import (
    EAST,
    FACILITY_HEADER,
    JURISDICTION_HEADER,
    SAFE_HOUSE_HEADER,
    SCHOOL,
    WEST,
    csv_bytes,
    geojson,
)
from tests.support.world import World

Command = Callable[..., Result]
SENTENCE_FOR_ADMINISTRATOR = (
    "団体と「こども110番の家」は署地域課長のアカウントで取り込んでください。"
)
SENTENCE_FOR_CHIEF = "警察署・交番と所管区はシステム管理者のアカウントで取り込んでください。"


@pytest.fixture
def crm(world: World, monkeypatch: pytest.MonkeyPatch) -> Command:
    url = world.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CRM_DATABASE_URL", url)

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, ["import", *map(str, arguments)])

    return run


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    files = {
        "区域.geojson": geojson([({"name": "西自治会"}, WEST), ({"name": "東自治会"}, EAST)]),
        "小学校区.geojson": geojson([({"name": "港小学校"}, WEST)]),
        "警察署.geojson": geojson(
            [
                ({"種別": kind, "名称": name, "住所": ""}, Point(138.005, 34.005))
                for kind, name in (("警察署", "浜署"), ("交番", "浜交番"))
            ]
        ),
        "学校.csv": csv_bytes(FACILITY_HEADER, SCHOOL, SCHOOL.replace("222127,17", "222128,18")),
        "守る家.csv": csv_bytes(SAFE_HOUSE_HEADER, "1,浜,138.005,34.005", encoding="utf-8-sig"),
        "aed.csv": csv_bytes("NO,名称,小児対応設備の有無", "1,市役所,有"),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def everything(world: World) -> dict[str, list[Any]]:
    with world.database.system("a test looks") as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table)).all()]
            for table in SQLModel.metadata.sorted_tables
        }


def test_import_of_a_folder_prints_what_became_of_every_file(crm: Command, town: Path) -> None:
    result = crm(town, "--as", "chief")

    assert result.output.splitlines() == [
        "区域.geojson（自治会区域）",
        "  区域　読込2件・新規2件・更新0件・変更なし0件・対象外0件",
        "  団体　読込2件・新規2件・更新0件・変更なし0件・対象外0件",
        "小学校区.geojson（小学校区）",
        "  区域　読込1件・新規1件・更新0件・変更なし0件・対象外0件",
        "権限外　警察署.geojson（警察署・交番）",
        "学校.csv（学校・公民館等の施設）",
        "  団体　読込2件・新規1件・更新0件・変更なし0件・対象外1件",
        "    3行目: 市区町村コード「222128」は検査数字が合いません。",
        "    注意 2行目: 市外局番がありません。市外局番から入力してください。（例：087-833-0110）",
        "守る家.csv（こども110番の家）",
        "  こども110番の家　読込1件・新規1件・更新0件・変更なし0件・対象外0件",
        (
            "    注意 2行目: 学区の欄は「浜」ですが、地点は「港小学校」の区域にあります。"
            "地点の区域で登録します。"
        ),
        "対象外　aed.csv：AED設置箇所の一覧は団体ではないため、取り込みません。",
        SENTENCE_FOR_CHIEF,
    ]
    assert result.exit_code == 0


@pytest.mark.parametrize("who", ["chief", "administrator"])
def test_import_as_a_rehearsal_counts_the_same_and_writes_nothing(
    world: World, crm: Command, town: Path, who: str
) -> None:
    before = everything(world)

    rehearsed = crm(town, "--as", who, "--dry-run")
    unchanged = everything(world)
    applied = crm(town, "--as", who)

    assert unchanged == before
    assert rehearsed.output == applied.output + "試行です。何も書き込んでいません。\n"
    assert everything(world) != before


def test_import_again_changes_no_record(world: World, crm: Command, town: Path) -> None:
    crm(town, "--as", "administrator")
    crm(town, "--as", "chief")
    before = everything(world)

    results = [crm(town, "--as", "administrator"), crm(town, "--as", "chief")]

    after = everything(world)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"audit_entry", "import_batch"}
    assert all("新規0件・更新0件" in line for result in results for line in _counts(result))


def test_import_by_the_administrator_leaves_organizations_to_the_chief(
    world: World, crm: Command, town: Path
) -> None:
    result = crm(town, "--as", "administrator")

    assert _counts(result) == [
        "  区域　読込2件・新規2件・更新0件・変更なし0件・対象外0件",
        "  区域　読込1件・新規1件・更新0件・変更なし0件・対象外0件",
        "  警察署・交番　読込2件・新規2件・更新0件・変更なし0件・対象外0件",
    ]
    assert result.output.splitlines()[-1] == SENTENCE_FOR_ADMINISTRATOR
    assert result.exit_code == 0
    assert everything(world)[Organization.__tablename__] == []


def test_import_by_an_officer_is_refused_and_on_record(
    world: World, crm: Command, town: Path
) -> None:
    before = everything(world)

    result = crm(town, "--as", "officer")

    after = everything(world)
    assert result.output == (
        "Error: ファイルを取り込めるのは、システム管理者と署地域課長のアカウントだけです。\n"
    )
    assert result.exit_code == 1
    assert {name for name in after if after[name] != before[name]} == {"audit_entry"}
    with world.reading("auditor") as db:
        [entry] = db.exec(select(AuditEntry)).all()
        assert (entry.action, entry.outcome) == ("access.denied", "403")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            csv_bytes("学区,経度,緯度", "港,138,34"),
            "必要な列がありません：ID。1行目の見出しを確認してください。",
        ),
        (
            b"\xff\xfe\xfd,\x80\n",
            (
                "1行目の文字コードを判別できません。"
                "UTF-8又はShift_JIS（CP932）のCSV形式で保存し直してください。"
            ),
        ),
    ],
)
def test_import_of_an_unusable_file_says_one_sentence_and_changes_nothing(
    world: World, crm: Command, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "家.csv"
    path.write_bytes(content)
    before = everything(world)

    result = crm(path, "--as", "chief")

    assert (result.output, result.exit_code) == (f"読込不可　家.csv：{sentence}\n", 1)
    assert everything(world) == before


def test_import_of_a_folder_takes_the_files_beside_an_unusable_one(
    world: World, crm: Command, town: Path
) -> None:
    (town / "壊れた.csv").write_bytes(b"\xff\xfe\xfd,\x80\n")

    result = crm(town, "--as", "chief")

    assert result.exit_code == 1
    assert "読込不可　壊れた.csv：1行目の文字コード" in result.output
    assert len(everything(world)["registration"]) == 1


def test_import_of_a_file_before_the_agency_says_so(crm: Command, town: Path) -> None:
    result = crm(town / "警察署.geojson", "--as", "administrator", "--from", "2020-04-01")

    assert (result.output, result.exit_code) == (
        (
            "取込不可　警察署.geojson：この機関の記録は令和6年4月1日からです。"
            "--from をその日以後にしてください。\n"
        ),
        1,
    )


def test_import_writes_a_draft_of_jurisdictions_that_can_be_taken_in(
    world: World, crm: Command, town: Path, tmp_path: Path
) -> None:
    crm(town, "--as", "administrator")
    draft = tmp_path / "所管区案.csv"

    result = crm("--as", "administrator", "--propose-jurisdictions", draft)
    again = crm("--as", "administrator", "--propose-jurisdictions", draft)
    applied = crm(draft, "--as", "administrator")

    assert result.output == (
        f"所管区の案（6区域）を {draft} に書き出しました。"
        "これは案です。担当者が確かめて直してから、crm import で取り込んでください。\n"
    )
    assert again.exit_code == 1
    assert draft.read_text("utf-8-sig").splitlines()[0].startswith(JURISDICTION_HEADER)
    # the two new areas lie over two of the world's, which are already given on an earlier day
    assert _counts(applied) == ["  所管区　読込6件・新規2件・更新4件・変更なし0件・対象外0件"]
    assert len(everything(world)["unit_jurisdiction"]) == 10


@pytest.mark.parametrize(
    "arguments",
    [["--as", "chief"], [".", "--as", "chief", "--propose-jurisdictions", "a.csv"], ["."]],
)
def test_import_with_unclear_arguments_is_a_question_of_use(
    crm: Command, arguments: list[str]
) -> None:
    assert crm(*arguments).exit_code == 2


def test_import_for_a_wrong_municipality_code_says_so(crm: Command, town: Path) -> None:
    result = crm(town, "--as", "chief", "--municipality", "222128")

    assert (result.output, result.exit_code) == (
        "Error: 市区町村コード「222128」は検査数字が合いません。\n",
        1,
    )


def _counts(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith("  ") and "読込" in line]
