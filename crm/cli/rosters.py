"""`crm roster`."""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from crm.cli.office import acting_as, office
from crm.exports.models import Export
from crm.exports.queries import Fetchable
from crm.exports.service import Making, Taking, craft_of, fetch
from crm.kernel.actor import Actor
from crm.kernel.audit import entry_of
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.kernel.errors import Forbidden
from crm.kernel.wareki import parse_date
from crm.rosters.issuing import ask_for_roster
from crm.rosters.models import RosterFormat, RosterOrdering, RosterProfile
from crm.rosters.selecting_queries import Choice, choices
from crm.rosters.selection import EVERYBODY, Selection
from crm.rosters.service import RosterOrder

OWNER_ONLY = 0o600
FORMATS = {
    ".xlsx": RosterFormat.XLSX,
    ".pdf": RosterFormat.PDF,
    ".csv": RosterFormat.CSV,
    ".vcf": RosterFormat.VCARD4,
}
"""What a file is, by the end of its name."""
TEXTS = frozenset(RosterFormat) - {RosterFormat.PDF, RosterFormat.XLSX}


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
    help="用途：署内用（station）、会議配布用（meeting）、市町提供用（municipality）、"
    "座席表（seating）",
)
@click.option("--as-of", "day", help="基準日（例：2026-11-20、令和8年11月20日）。省略すると今日")
@click.option(
    "--order",
    "ordering",
    type=click.Choice([ordering.value for ordering in RosterOrdering]),
    default=RosterOrdering.KANA.value,
    show_default=True,
    help="並び順：五十音順（kana）、区域・団体順（area）",
)
@click.option("--unit", "unit_id", help="担当交番・駐在所で絞る（名称）")
@click.option("--area", "area_id", help="担当区域で絞る（名称）")
@click.option("--post-type", "post_type_id", help="役職の種別で絞る（名称）")
@click.option("--body", "body_id", help="会議体の委員で絞る（名称）")
@click.option("--meeting", "meeting_id", help="会議の招待者で絞る（名称。最近の30件から）")
@click.option("--office", "recipient_id", help="提供先の機関（市町提供用のときに必要。名称）")
@click.option("--with-changes", is_flag=True, help="前に発行した同じ一覧表からの変更表を付ける")
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in RosterFormat]),
    help="形式。省略すると --output の名前から決める（.vcf は vcard4）",
)
@click.option(
    "--may-replace",
    is_flag=True,
    help="印刷できない文字と csv_cp932 で書けない文字を〓に置き換える",
)
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="書き出すファイル（.xlsx、.pdf、.csv 又は .vcf）",
)
def roster(
    login_as: str,
    recipient: str,
    plain_reason: str,
    output: Path,
    **said: Any,  # noqa: ANN401 - as click read them: what the order is made of
) -> None:
    """Issue the liaison roster as a file, under the rules and on the record of the pages.

    What narrows it is named as the page of the roster offers it, or by its key where two have the
    same name; given together, all of it holds.
    """
    order = _order(said, output)
    _require_new(output)
    _require_reason(order.format, plain_reason)
    with office() as database:
        actor = acting_as(database, login_as)
        order = replace(order, selection=_selection(database, actor, said))
        export = _asked(database, actor, order, Taking(recipient, plain_reason))
        if export.needs_approval:
            raise click.ClickException(
                f"この一覧表には決裁が必要です。決裁の後、画面の書出番号 {export.number} から"
                "作成してください。"
            )
        password, made = _made(database, actor, export)
    _write(output, made.content)
    click.echo(f"書出番号 {export.number}（{export.people}名）を {output} に書き出しました。")
    if password:
        click.echo(f"パスワード {password}（表示は今回だけです。）")


def _order(said: Mapping[str, Any], output: Path) -> RosterOrder:
    return RosterOrder(
        said["purpose"],
        RosterProfile(said["profile"]),
        _day(said["day"]),
        RosterFormat(said["form"]) if said["form"] else _format(output),
        may_replace=said["may_replace"],
        ordering=RosterOrdering(said["ordering"]),
        with_changes=said["with_changes"],
    )


def _selection(database: Database, actor: Actor, options: Mapping[str, Any]) -> Selection:
    """Return what narrows the roster, of what its page offers today."""
    said = {field.name: options[field.name] for field in fields(Selection) if options[field.name]}
    if not said:
        return EVERYBODY
    with database.reading(actor) as db:
        offered = choices(db, actor, local_day(utc_now()))._asdict()
    return Selection(**{name: _chosen(text, offered[name]) for name, text in said.items()})


def _chosen(text: str, offered: Sequence[Choice]) -> UUID:
    found = [(key, name) for key, name in offered if text in (name, str(key))]
    match found:
        case [(key, _)]:
            return key
        case []:
            known = "、".join(dict.fromkeys(name for _, name in offered)) or "なし"
            raise click.ClickException(f"「{text}」は選べません。選べるもの：{known}")
        case _:
            keys = "、".join(str(key) for key, _ in found)
            raise click.ClickException(
                f"「{text}」が複数あります。名称の代わりに次のどれかを指定してください：{keys}"
            )


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
    if form in TEXTS and not plain_reason:
        raise click.ClickException(
            "この形式にはパスワードを付けられません。--plain-reason に理由を書いてください。"
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
    found = FORMATS.get(output.suffix.lower())
    if found is None:
        raise click.ClickException(
            "--output の名前は .xlsx、.pdf、.csv 又は .vcf で終わるようにしてください。"
        )
    return found


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
