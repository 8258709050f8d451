"""`crm roster`."""

import datetime as dt
import os
from functools import partial
from pathlib import Path

import click

from crm.cli.office import acting_as, office
from crm.exports.models import Export
from crm.exports.queries import Fetchable
from crm.exports.service import Making, Taking, craft_of, fetch
from crm.kernel.actor import Actor
from crm.kernel.audit import entry_of
from crm.kernel.clock import utc_now
from crm.kernel.db import Database
from crm.kernel.errors import Forbidden
from crm.kernel.wareki import parse_date
from crm.rosters.issuing import ask_for_roster
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.service import RosterOrder

OWNER_ONLY = 0o600


@click.command()
@click.option("--as", "login_as", required=True, help="作成する職員のログイン名")
@click.option("--purpose", required=True, help="作成目的（例：第３回地域安全の会）")
@click.option("--recipient", default="署内", show_default=True, help="提供先")
@click.option(
    "--plain-reason",
    default="",
    help="パスワードを付けない理由。書いたときだけ、パスワードのない .xlsx 又は .csv を作成します",
)
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
def roster(
    login_as: str,
    purpose: str,
    recipient: str,
    plain_reason: str,
    profile: str,
    day: str | None,
    output: Path,
) -> None:
    """Issue the liaison roster as a file, under the rules and on the record of the pages."""
    order = RosterOrder(purpose, RosterProfile(profile), _day(day), _format(output))
    _require_new(output)
    _require_reason(order.format, plain_reason)
    with office() as database:
        actor = acting_as(database, login_as)
        export = _asked(database, actor, order, Taking(recipient, plain_reason))
        if export.needs_approval:
            raise click.ClickException(
                f"百人を超えるため、決裁が必要です。決裁の後、画面の書出番号 {export.number} から"
                "作成してください。"
            )
        password, made = _made(database, actor, export)
    _write(output, made.content)
    click.echo(f"書出番号 {export.number}（{export.people}名）を {output} に書き出しました。")
    if password:
        click.echo(f"パスワード {password}（表示は今回だけです。）")


def _asked(database: Database, actor: Actor, order: RosterOrder, taking: Taking) -> Export:
    now = utc_now()
    try:
        with database.writing(actor) as db:
            export = ask_for_roster(db, actor, order, taking, now=now)
            db.expunge(export)
            return export
    except Forbidden:
        with database.writing(actor) as db:
            db.add(entry_of(actor, "access.denied", now=now, outcome="403", command="crm roster"))
        raise


def _made(database: Database, actor: Actor, export: Export) -> tuple[str, Fetchable]:
    """Make the file and take it at once; the password is the only thing nobody keeps."""
    reads, writes = partial(database.reading, actor), partial(database.writing, actor)
    making = Making(export, actor, utc_now(), reads, writes)
    craft_of(export.kind).make(making)
    with database.writing(actor) as db:
        return making.password, fetch(db, actor, export.id, now=utc_now())


def _require_reason(form: RosterFormat, plain_reason: str) -> None:
    if form is RosterFormat.CSV and not plain_reason:
        raise click.ClickException(
            ".csv にはパスワードを付けられません。--plain-reason に理由を書いてください。"
        )


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
