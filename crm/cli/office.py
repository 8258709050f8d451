"""What every command opens first: the settings, the database, and on whose behalf it works."""

import datetime as dt
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from crm import features
from crm.access.queries import actor_by_login
from crm.cli.configured import settings_or_exit
from crm.kernel.actor import Actor
from crm.kernel.clock import local_day, utc_now
from crm.kernel.db import Database
from crm.kernel.errors import DomainError
from crm.kernel.keys import load_key
from crm.kernel.migrate import is_current
from crm.kernel.settings import Settings

ADDRESS_LENGTH = 64


@contextmanager
def office(*, current: bool = True, as_owner: bool = False) -> Iterator[Database]:
    """Open the installation's database; a refusal ends the command in one sentence.

    `as_owner` opens it as the role that owns the tables, where that is another one.
    """
    features.require_rules()
    settings = settings_or_exit()
    if as_owner and settings.owner_url:
        settings = settings.model_copy(update={"database_url": settings.owner_url})
    database = Database(settings)
    try:
        if current and not is_current(database):
            raise click.ClickException(
                "データベースが最新ではありません。先に crm migrate を実行してください。"
            )
        yield database
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
    finally:
        database.close()


def acting_as(database: Database, login: str) -> Actor:
    """Return the actor behind an account, whose rights the command then has and no more.

    It asks for no password: whoever owns the installation's secret could do everything without
    this command too. Nobody else may use it, and what is done stands on record as done on the
    server, by whom the operating system names.
    """
    now = utc_now()
    require_owner_of_key(database.settings)
    with database.reading(None) as db:
        actor = actor_by_login(db, login, local_day(now))
    if actor is None:
        raise click.ClickException(
            f"アカウント「{login}」がないか、現在の所属がありません。--as を確かめてください。"
        )
    return replace(actor, address=f"server:{getpass.getuser()}"[:ADDRESS_LENGTH])


def require_owner_of_key(settings: Settings) -> None:
    """End the command unless it runs as the account that owns the key file, or as root."""
    load_key(settings)
    user, owner = os.geteuid(), settings.key_path.stat().st_uid
    if user not in (0, owner):
        raise click.ClickException(
            f"{settings.key_path} の所有者（又は root）として実行してください。"
        )


def first_password_lasts() -> dt.timedelta:
    """Return how long a password somebody else chose opens an account."""
    return dt.timedelta(hours=settings_or_exit().first_password_hours)


def read_password(*, from_stdin: bool) -> str:
    """Ask for a password twice, or read it from standard input for scripts."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("パスワード", hide_input=True, confirmation_prompt=True))
