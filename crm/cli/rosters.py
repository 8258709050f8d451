"""`crm roster`."""

import datetime as dt
import os
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import click

from crm.cli.office import acting_as, office
from crm.kernel.actor import Actor
from crm.kernel.audit import entry_of
from crm.kernel.clock import utc_now
from crm.kernel.db import Database
from crm.kernel.errors import Forbidden
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import parse_date
from crm.rosters.files import write_file
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.service import RosterFile, RosterOrder, issue_roster

OWNER_ONLY = 0o600


@click.command()
@click.option("--as", "login_as", required=True, help="作成する職員のログイン名")
@click.option("--purpose", required=True, help="作成目的（例：第３回地域安全の会）")
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in RosterProfile]),
    default=RosterProfile.STATION.value,
    show_default=True,
    help="署内用（station）又は会議配布用（meeting）",
)
@click.option("--as-of", "day", help="基準日（例：2026-11-20、令和8年11月20日）。省略すると今日")
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="書き出すファイル（.xlsx、.pdf 又は .csv）",
)
def roster(login_as: str, purpose: str, profile: str, day: str | None, output: Path) -> None:
    """Issue the liaison roster as a file, under the rules and on the record of the pages."""
    order = RosterOrder(purpose, RosterProfile(profile), _day(day), _format(output))
    _require_new(output)
    with office() as database:
        made = _issue(database, acting_as(database, login_as), order)
    _write(output, made.content)
    click.echo(
        f"一覧表番号 {made.number}（個人 {made.persons}名、団体 {made.organizations}団体）を"
        f" {output} に書き出しました。"
    )


def _issue(database: Database, actor: Actor, order: RosterOrder) -> RosterFile:
    now = utc_now()
    reads = partial(database.reading, actor)

    def finishes(_: RosterFile) -> AbstractContextManager[ScopedSession]:
        return database.writing(actor)

    try:
        return issue_roster(order, reads=reads, finishes=finishes, write=write_file, now=now)
    except Forbidden:
        with database.writing(actor) as db:
            db.add(entry_of(actor, "access.denied", now=now, outcome="403", command="crm roster"))
        raise


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    found = parse_date(text)
    if found.value is None:
        raise click.ClickException(
            "--as-of は日付で指定してください。（例：2026-11-20、令和8年11月20日）"
        )
    return found.value


def _format(output: Path) -> RosterFormat:
    try:
        return RosterFormat(output.suffix.lower().removeprefix("."))
    except ValueError:
        raise click.ClickException(
            "--output の名前は .xlsx、.pdf 又は .csv で終わるようにしてください。"
        ) from None


def _require_new(output: Path) -> None:
    """Refuse what could not be written, before a number is spent on it."""
    if output.exists():
        raise click.ClickException(f"{output} はすでにあります。別の名前にしてください。")
    if not output.parent.is_dir():
        raise click.ClickException(f"{output.parent} というフォルダーがありません。")


def _write(output: Path, content: bytes) -> None:
    """Write a file that names people for its owner's eyes only."""
    handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
