"""`crm rotate-key`, `crm reset-factors`, and who may use `--as`."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import select

from crm.access import drafts
from crm.access.models import Account, Draft
from crm.cli import main
from crm.factors import queries, service
from crm.kernel.audit import AuditEntry
from crm.kernel.keys import load_key
from crm.kernel.settings import Settings
from tests.factors.acts import SECRET, code_at, signed_in
from tests.support.world import NOW, World


@pytest.fixture
def here(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a world whose key stands in a file of its own."""
    url = world.database.engine.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, key_file=str(tmp_path / "tsunagari.key"))
    world.database.settings = settings
    monkeypatch.setenv("CRM_DATABASE_URL", url)
    monkeypatch.setenv("CRM_KEY_FILE", settings.key_file)
    return settings


def with_a_factor(world: World, who: str, settings: Settings) -> None:
    actor = signed_in(world, who)
    with world.writing(who) as db:
        service.enroll_totp(
            db,
            actor,
            load_key(settings),
            name="公用携帯",
            secret=SECRET,
            code=code_at(NOW),
            now=NOW,
        )
        drafts.keep_draft(
            db,
            actor,
            settings,
            page="/notes/new",
            target="/notes",
            fields=[("heard", "街灯が切れている")],
            is_sent=False,
            now=NOW,
        )


def opened(world: World, who: str, settings: Settings) -> tuple[str | None, str]:
    with world.reading(who) as db:
        (factor,) = queries.totp_factors(db)
        draft = db.exec(select(Draft)).one()
        secret = service.secret_of(load_key(settings), factor)
        return secret, drafts.fields_of(draft, settings)[0][1]


def actions(world: World) -> list[tuple[str, str]]:
    with world.reading("auditor") as db:
        wanted = ("key.replaced", "factors.cleared")
        found = select(AuditEntry.action, AuditEntry.address)
        return [(action, at) for action, at in db.exec(found).all() if action in wanted]


def test_a_new_key_opens_what_the_old_one_sealed(world: World, here: Settings) -> None:
    with_a_factor(world, "officer", here)
    before = load_key(here)
    done = CliRunner().invoke(main, ["rotate-key"])
    assert (done.exit_code, load_key(here) != before) == (0, True), done.output
    assert opened(world, "officer", here) == (SECRET, "街灯が切れている")
    assert (Path(here.key_file).stat().st_mode & 0o777) == 0o600
    assert actions(world) == [("key.replaced", "server")]


def test_a_change_of_keys_that_was_cut_off_goes_on(world: World, here: Settings) -> None:
    with_a_factor(world, "officer", here)
    load_key(here)
    following = Path(here.key_file).with_suffix(".next")
    following.write_text("ab" * 32 + "\n", encoding="ascii")
    following.chmod(0o600)
    with world.database.writing(None) as db:
        service.reseal_factors(db, load_key(here), bytes.fromhex("ab" * 32))
    done = CliRunner().invoke(main, ["rotate-key"])
    assert (done.exit_code, load_key(here).hex(), following.exists()) == (0, "ab" * 32, False)
    assert opened(world, "officer", here) == (SECRET, "街灯が切れている")


def test_a_lost_administrator_is_helped_on_the_server(world: World, here: Settings) -> None:
    with_a_factor(world, "administrator", here)
    done = CliRunner().invoke(
        main, ["reset-factors", "--login", "administrator", "--reason", "機器の紛失"]
    )
    assert done.exit_code == 0, done.output
    with world.reading("administrator") as db:
        account = db.exec(select(Account).where(Account.login == "administrator")).one()
        assert (account.has_second_factor, queries.totp_factors(db)) == (False, [])
    (found,) = actions(world)
    assert (found[0], found[1].partition(":")[0]) == ("factors.cleared", "server")


def test_only_an_administrator_is_helped_alone(world: World, here: Settings) -> None:
    with_a_factor(world, "officer", here)
    done = CliRunner().invoke(main, ["reset-factors", "--login", "officer", "--reason", "紛失"])
    assert done.exit_code == 1
    assert actions(world) == []


def test_only_the_owner_of_the_key_acts_on_the_server(
    world: World, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_factor(world, "administrator", here)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    commands = (
        ["rotate-key"],
        ["reset-factors", "--login", "administrator", "--reason", "紛失"],
    )
    assert [CliRunner().invoke(main, command).exit_code for command in commands] == [1, 1]
    assert actions(world) == []
