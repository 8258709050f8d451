"""`crm audit …`, and the verifier as the auditor runs it: alone."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crm.cli import main
from crm.kernel.db import Database
from crm.kernel.keys import load_key
from crm.kernel.migrate import migrate
from crm.kernel.settings import Settings
from crm.seals import verify
from crm.seals.proofs import Request
from crm.seals.sealing import seal
from crm.seals.signing import log_signer
from tests.support.seals_acts import MINUTE, SECOND, record, unguarded
from tests.support.world import NOW, World


@pytest.fixture
def sealed(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world with sealed entries and one that waits, its key in a file of its own."""
    url = world.database.engine.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, key_file=str(tmp_path / "log.key"))
    world.database.settings = settings
    monkeypatch.setenv("CRM_DATABASE_URL", url)
    monkeypatch.setenv("CRM_KEY_FILE", settings.key_file)
    record(world, 3)
    grow(world)
    record(world, 1)
    return world


def grow(world: World) -> None:
    seal(
        world.database,
        log_signer(load_key(world.database.settings)),
        NOW + SECOND,
        look_back=MINUTE,
    )


def audit(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["audit", *map(str, arguments)])


def alone(*arguments: object) -> tuple[int, str]:
    """Run the verifier as one file, with nothing installed beside it."""
    command = [sys.executable, "-I", "-S", verify.__file__, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own file
    return done.returncode, done.stdout + done.stderr


def key_of(world: World) -> verify.Key:
    return log_signer(load_key(world.database.settings)).key


def test_the_commands_answer_for_a_whole_trail(sealed: World) -> None:
    told = audit("verify")
    assert str(key_of(sealed)) in audit("key").output
    assert (told.exit_code, told.output.splitlines()[-1]) == (0, "異状はありません。")


@pytest.mark.as_owner
def test_verify_names_the_first_bad_entry(sealed: World) -> None:
    with unguarded(sealed.database) as connection:
        connection.exec_driver_sql("UPDATE audit_entry SET actor_name = '別 人'")
    told = audit("verify")
    assert told.exit_code == 1
    assert told.output.startswith("1番目の記録（")


def test_an_export_is_verified_by_the_one_file_alone(sealed: World, tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    audit("export", file)
    whole = alone("--export", file, "--key", key_of(sealed))
    file.write_text(file.read_text(encoding="utf-8").replace("佐藤 彩", "佐藤 綾", 1), "utf-8")
    changed = alone("--export", file, "--key", key_of(sealed))
    assert (whole[0], whole[1].splitlines()[-1]) == (0, "異状はありません。")
    assert (changed[0], changed[1][:7]) == (1, "1番目の記録（")


@pytest.mark.as_owner
def test_a_trail_cut_off_is_found_by_what_was_kept_outside(sealed: World, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(audit("checkpoint").output.split("\n\n", 1)[1], "utf-8")
    with unguarded(sealed.database) as connection:
        for table in ("audit_leaf", "checkpoint", "audit_entry"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert (audit("verify").exit_code, audit("verify", "--checkpoint", kept).exit_code) == (0, 1)


def test_what_cannot_be_read_is_not_called_whole(tmp_path: Path) -> None:
    key = log_signer(bytes(32)).key
    assert alone("--database", tmp_path / "none.db", "--key", key)[0] == 2
    assert alone("--database", tmp_path / "none.db", "--key", "nonsense")[0] == 2


def test_another_installation_countersigns_and_its_signature_comes_back(
    sealed: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = sealed.database.settings
    ours = {"CRM_DATABASE_URL": settings.database_url, "CRM_KEY_FILE": settings.key_file}
    theirs = {"CRM_DATABASE_URL": f"sqlite:///{tmp_path / 'theirs.db'}"}
    theirs["CRM_KEY_FILE"] = str(tmp_path / "theirs.key")
    partner = Database(Settings(database_url=theirs["CRM_DATABASE_URL"]))
    migrate(partner)
    partner.close()

    def at(where: dict[str, str], *arguments: object) -> Result:
        for name, value in where.items():
            monkeypatch.setenv(name, value)
        return audit(*arguments)

    witness_key = at(theirs, "key").output.split()[-1]
    for turn in range(2):
        request, answer = tmp_path / f"request{turn}", tmp_path / f"answer{turn}"
        request.write_text(at(ours, "checkpoint").output, "utf-8")
        key = ["--key", key_of(sealed)] if turn == 0 else []
        answer.write_text(at(theirs, "countersign", request, *key).output, "utf-8")
        kept = at(ours, "witness", answer, "--key", witness_key, "--name", "架空市役所")
        assert kept.exit_code == 0, kept.output
        grow(sealed)
    told = at(ours, "verify", "--checkpoint", tmp_path / "answer1", "--witness", witness_key)
    stale = at(theirs, "countersign", tmp_path / "request0")
    assert (told.exit_code, stale.exit_code) == (0, 1)


def test_a_witness_signs_only_what_is_proven_and_signed(sealed: World, tmp_path: Path) -> None:
    request = tmp_path / "request"

    def asked(content: str, *more: object) -> tuple[int, str]:
        request.write_text(content, "utf-8")
        done = audit("countersign", request, *more)
        return done.exit_code, done.output

    first = audit("checkpoint").output
    assert asked(first)[0] == 1  # whose it is has to be told first
    assert asked(first, "--key", log_signer(bytes(32)).key)[0] == 1
    assert asked(first, "--key", key_of(sealed))[0] == 0
    grow(sealed)
    second = audit("checkpoint", "--since", 3).output
    proof = second.split("\n", 2)[1]
    assert asked(second.replace(proof, "A" * 43 + "="))[0] == 1
    assert asked(second.replace("old 3", "old 2"))[0] == 1
    size = Request.read(second).note.split("\n")[1]
    assert asked(second.replace(f"\n{size}\n", f"\n{size}0\n"))[0] == 1
    assert asked(second)[0] == 0
