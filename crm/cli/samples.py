"""`crm sample-data`."""

import datetime as dt
import unicodedata
from collections.abc import Sequence

import click

from crm.access.accounts import MIN_PASSWORD, require_password
from crm.access.passwords import hash_password
from crm.agencies.models import ROLE_LABELS
from crm.cli.office import office
from crm.kernel.clock import local_day, utc_now
from crm.kernel.i18n import translate
from crm.samples.crew import Login
from crm.samples.issued import issue_sample_roster
from crm.samples.loader import load_sample
from crm.samples.stations import HOMES


@click.command()
@click.option("--size", type=click.Choice(list(HOMES)), default="station", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="同じ数なら同じ見本になる")
@click.option(
    "--password",
    required=True,
    help=f"見本のアカウントに共通のパスワード（{MIN_PASSWORD}文字以上）",
)
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="見本の「今日」（省略時は本日）")
def sample_data(size: str, seed: int, password: str, today: dt.datetime | None) -> None:
    """Fill an empty database with a fictional police: a station and its town, or a prefecture.

    Its people do not exist and its telephones cannot ring. The accounts sign in only where
    CRM_DEMO is set.
    """
    day = today.date() if today else local_day(utc_now())
    with office() as database:
        require_password(password)
        logins = load_sample(
            database, size, seed=seed, today=day, password_hash=hash_password(password)
        )
        issue_sample_roster(database, day)
        database.gather_statistics()
    click.echo("架空の見本データを登録しました。サインインできるアカウントは次のとおりです。\n")
    for line in _table(logins):
        click.echo(line)
    click.echo(f"\nパスワード（共通）: {password}")


def _table(logins: Sequence[Login]) -> list[str]:
    """Return the accounts as aligned lines; a Japanese character takes two columns."""
    cells = [("役割", "氏名", "所属", "ログイン名")] + [
        (translate(ROLE_LABELS[login.role]), login.name, login.unit, login.login)
        for login in logins
    ]
    widths = [max(_columns(row[at]) for row in cells) for at in range(4)]
    return [
        "  ".join(
            cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
