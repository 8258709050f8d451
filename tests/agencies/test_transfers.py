"""人事異動: judged row by row, written as judged, and rights that wait for their day."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlmodel import select

from crm.access.queries import actor_by_login
from crm.agencies.models import Staff, StaffAssignment
from crm.agencies.transfers import Outcome, TransferPlan, apply_transfers, plan_transfers
from crm.cli import main
from crm.kernel.actor import Role
from crm.kernel.audit import AuditEntry
from crm.kernel.errors import Conflict, Forbidden, Refused
from tests.support.world import NOW, START, TODAY, World

HEADER = "職員番号,氏名,新所属,役割,発令日,兼務"
APRIL = dt.date(2027, 4, 1)
NUMBERS = {"officer": "1001", "chief": "1002", "seian": "1003", "administrator": "1009"}


@pytest.fixture
def force(world: World) -> World:
    """The world with staff numbers."""
    for who, number in NUMBERS.items():
        with world.writing("administrator") as db:
            staff = db.exec(select(Staff).where(Staff.id == world.actors[who].staff_id)).one()
            staff.staff_no = number
    return world


def listed(*rows: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([HEADER, *rows]).encode(encoding)


MOVE = "1001,佐藤 彩,若葉署/若葉署生活安全課,警察官,令和9年4月1日,"


def plan(world: World, content: bytes) -> TransferPlan:
    with world.reading("administrator") as db:
        return plan_transfers(db, world.actors["administrator"], content, now=NOW)


def apply(world: World, content: bytes, digest: str | None = None) -> None:
    digest = digest or plan(world, content).digest
    with world.writing("administrator") as db:
        apply_transfers(db, world.actors["administrator"], content, digest=digest, now=NOW)


def assignments(world: World, who: str) -> list[tuple[UUID, Role, dt.date, dt.date | None]]:
    with world.reading("administrator") as db:
        rows = db.exec(
            select(StaffAssignment)
            .where(StaffAssignment.staff_id == world.actors[who].staff_id)
            .order_by(StaffAssignment.valid_from, StaffAssignment.id)  # type: ignore[arg-type]  # SQLModel types columns as values
        ).all()
        return [(row.unit_id, row.role, row.valid_from, row.valid_to) for row in rows]


def unit_on(world: World, login: str, day: dt.date) -> str:
    with world.reading("administrator") as db:
        actor = actor_by_login(db, login, day)
        return actor.unit_name if actor else ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_transfer_ends_the_former_post_the_day_before(force: World, encoding: str) -> None:
    apply(force, listed(MOVE, encoding=encoding))

    assert assignments(force, "officer") == [
        (force.units["若葉駅前交番"], Role.OFFICER, START, APRIL - dt.timedelta(days=1)),
        (force.units["若葉署生活安全課"], Role.OFFICER, APRIL, None),
    ]


def test_transfer_to_come_leaves_rights_until_its_day(force: World) -> None:
    apply(force, listed(MOVE))

    assert unit_on(force, "officer", TODAY) == "若葉駅前交番"
    assert unit_on(force, "officer", APRIL - dt.timedelta(days=1)) == "若葉駅前交番"
    assert unit_on(force, "officer", APRIL) == "若葉署生活安全課"


def test_concurrent_post_stands_beside_the_former(force: World) -> None:
    apply(force, listed("1001,佐藤　彩,みなと駐在所,警察官,2027-04-01,兼務"))

    assert assignments(force, "officer") == [
        (force.units["若葉駅前交番"], Role.OFFICER, START, None),
        (force.units["みなと駐在所"], Role.OFFICER, APRIL, None),
    ]


def test_two_rows_of_one_person_follow_each_other(force: World) -> None:
    content = listed("1001,佐藤 彩,みなと駐在所,警察官,2027-10-01,", MOVE)

    apply(force, content)

    assert [line[2:] for line in assignments(force, "officer")] == [
        (START, dt.date(2027, 3, 31)),
        (APRIL, dt.date(2027, 9, 30)),
        (dt.date(2027, 10, 1), None),
    ]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("4711,佐藤 彩,若葉署,警察官,2027-04-01,", "職員番号「4711」の職員が登録されていません。"),
        (
            "1001,鈴木 彩,若葉署,警察官,2027-04-01,",
            "職員番号「1001」は「佐藤 彩」で登録されています。",
        ),
        (
            "1001,佐藤 彩,刑事課,警察官,2027-04-01,",
            "発令日の所属「刑事課」を一つに決められません。署名/課名のように書いてください。",
        ),
        ("1001,佐藤 彩,若葉署,警察官,春,", "発令日「春」を日付として読めません。"),
        (
            "1001,佐藤 彩,若葉署,警部補,2027-04-01,",
            (
                "役割「警部補」はありません。"
                "警察官、課長、署長、本部閲覧者、システム管理者、監査担当者のどれかを書いてください。"
            ),
        ),
        ("1001,佐藤 彩,若葉署,職員,2027-04-01,", "この機関では使わない役割です。"),
        ("1001,佐藤 彩,本部,警察官,2027-04-01,", "本部の所属では使わない役割です。"),
        ("1001,佐藤 彩,若葉署,本部閲覧者,2027-04-01,", "本部の所属だけで使う役割です。"),
        (
            "1001,佐藤 彩,若葉署,警察官,2027-04-01,たぶん",
            "「兼務」の欄は「兼務」と書くか、空けておいてください。",
        ),
        (
            "1001,佐藤 彩,本部,監査担当者,2027-04-01,兼務",
            "システム管理者と監査担当者は、ほかの役割と兼ねられません。",
        ),
        (
            "1009,管 理,若葉署,警察官,2027-04-01,",
            "自分の配置は変更できません。ほかの管理者が登録します。",
        ),
    ],
)
def test_row_that_cannot_be_is_refused_in_a_sentence(force: World, row: str, sentence: str) -> None:
    found = plan(force, listed(row, MOVE)).steps

    assert [(step.outcome, step.sentence) for step in found] == [
        (Outcome.REFUSED, sentence),
        (Outcome.TRANSFER, ""),
    ]


def test_same_list_again_changes_nothing(force: World) -> None:
    apply(force, listed(MOVE))
    before = assignments(force, "officer")

    again = plan(force, listed(MOVE))
    apply(force, listed(MOVE))

    assert [step.outcome for step in again.steps] == [Outcome.ALREADY]
    assert assignments(force, "officer") == before


def test_plan_writes_nothing(force: World) -> None:
    before = assignments(force, "officer")

    plan(force, listed(MOVE))

    assert assignments(force, "officer") == before


def test_apply_refuses_when_something_moved_since_the_preview(force: World) -> None:
    digest = plan(force, listed(MOVE)).digest
    apply(force, listed("1001,佐藤 彩,みなと駐在所,警察官,2027-01-01,"))

    with pytest.raises(Conflict):
        apply(force, listed(MOVE), digest)

    assert len(assignments(force, "officer")) == 2


def test_last_administrator_cannot_be_moved_away(force: World) -> None:
    force.put(
        Staff(
            agency_id=force.agency_id,
            family_name="予備",
            staff_no="1010",
            id=(spare := UUID(int=7)),
        ),
        StaffAssignment(
            agency_id=force.agency_id,
            staff_id=spare,
            unit_id=force.units["本部"],
            role=Role.SYSTEM_ADMINISTRATOR,
            valid_from=START,
        ),
    )
    # the spare one has no account, so the other is the last who can sign in
    spare_actor = replace(force.actors["administrator"], staff_id=spare)
    with force.database.reading(spare_actor) as db:
        found = plan_transfers(
            db,
            spare_actor,
            listed("1009,管 理,本部地域課,本部閲覧者,2027-04-01,"),
            now=NOW,
        )

    assert [step.sentence for step in found.steps] == [
        "最後のシステム管理者です。先に別のシステム管理者を登録してください。"
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "ファイルが空です。見出しの行のあるCSVファイルを選んでください。"),
        (
            "職員番号,氏名\r\n1,2".encode(),
            "必要な列がありません：新所属、役割、発令日。1行目の見出しを確認してください。",
        ),
    ],
)
def test_file_that_is_no_list_is_refused(force: World, content: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        plan(force, content)

    assert (str(refusal.value), refusal.value.field) == (sentence, "file")


def test_only_the_administrator_transfers(force: World) -> None:
    with force.reading("chief") as db, pytest.raises(Forbidden):
        plan_transfers(db, force.actors["chief"], listed(MOVE), now=NOW)


def test_transfer_is_on_record_without_names(force: World) -> None:
    content = listed(MOVE, "4711,誰か,若葉署,警察官,2027-04-01,")

    apply(force, content)

    with force.reading("auditor") as db:
        rows = db.exec(select(AuditEntry).order_by(AuditEntry.id)).all()  # type: ignore[arg-type]  # as above
        told = [(row.action, row.detail.get("count"), row.detail.get("left_out")) for row in rows]
        assert told == [("assignment.made", None, None), ("transfer.applied", 1, 1)]
        assert "佐藤" not in "".join(str(row.detail) for row in rows)


def test_command_shows_first_and_writes_then(
    force: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = force.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CRM_DATABASE_URL", url)
    file = tmp_path / "異動.csv"
    file.write_bytes(listed(MOVE, encoding="cp932"))
    arguments = ["transfer", str(file), "--as", "administrator"]

    shown = CliRunner().invoke(main, [*arguments, "--dry-run"])
    before = len(assignments(force, "officer"))
    done = CliRunner().invoke(main, arguments)
    denied = CliRunner().invoke(main, ["transfer", str(file), "--as", "chief"])

    assert shown.output.splitlines() == [
        "2行目 1001 佐藤 彩：異動 令和9年4月1日から 若葉駅前交番 → 若葉署/若葉署生活安全課 警察官",
        "異動 1件、兼務を追加 0件、登録済み 0件、登録しない 0件",
        "--dry-run のため、何も登録していません。",
    ]
    assert (before, done.exit_code, len(assignments(force, "officer"))) == (1, 0, 2)
    assert (denied.exit_code, "権限" in denied.output) == (1, True)
