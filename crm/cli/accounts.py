"""`crm create-admin` and `crm create-account`."""

import datetime as dt

import click

from crm.access.accounts import assign, open_account, stored_password
from crm.agencies.queries import unit_by_path
from crm.agencies.service import found_agency
from crm.cli.office import acting_as, first_password_lasts, office, read_password
from crm.kernel.actor import AgencyKind, Role
from crm.kernel.clock import local_day, utc_now


@click.command()
@click.option("--agency", required=True, help="機関の名前（例：静岡県警察、焼津市役所）")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in AgencyKind]),
    default=AgencyKind.PREFECTURAL_POLICE.value,
    show_default=True,
    help="機関の種別：警察、市町、教育委員会、消防",
)
@click.option("--login", required=True, help="ログイン名")
@click.option("--name", required=True, help="氏名（姓と名の間に空白）")
@click.option("--password-stdin", is_flag=True, help="パスワードを標準入力から読む")
def create_admin(agency: str, kind: str, login: str, name: str, *, password_stdin: bool) -> None:
    """Found an agency and its first system administrator."""
    password = read_password(from_stdin=password_stdin)
    now = utc_now()
    with office() as database:
        stored = stored_password(password)
        actor = found_agency(database, agency, kind=AgencyKind(kind), day=local_day(now))
        with database.writing(actor) as db:
            staff = assign(
                db,
                actor,
                name,
                unit_id=actor.unit_id,
                role=Role.SYSTEM_ADMINISTRATOR,
                day=local_day(now),
            )
            open_account(
                db, actor, staff.id, login=login, password_hash=stored, now=now, expires_at=None
            )
    click.echo(f"{agency} と管理者「{login}」を登録しました。")


@click.command()
@click.option("--as", "login_as", required=True, help="操作する管理者のログイン名")
@click.option("--login", required=True, help="新しいログイン名")
@click.option("--name", required=True, help="氏名（姓と名の間に空白）")
@click.option("--unit", required=True, help="所属（例：焼津警察署/地域課）")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--from", "valid_from", type=click.DateTime(["%Y-%m-%d"]), help="配置の初日")
@click.option("--password-stdin", is_flag=True, help="パスワードを標準入力から読む")
@click.option(
    "--own-password", is_flag=True, help="本人が入力したパスワードなので、最初の変更を求めない"
)
def create_account(
    login_as: str,
    login: str,
    name: str,
    unit: str,
    role: str,
    *,
    valid_from: dt.datetime | None,
    password_stdin: bool,
    own_password: bool,
) -> None:
    """Take a member of staff on, assign them to a unit and give them an account."""
    password = read_password(from_stdin=password_stdin)
    now = utc_now()
    day = valid_from.date() if valid_from else local_day(now)
    with office() as database:
        stored = stored_password(password)
        actor = acting_as(database, login_as)
        with database.writing(actor) as db:
            unit_id = unit_by_path(db, unit, local_day(now))
            staff = assign(db, actor, name, unit_id=unit_id, role=Role(role), day=day)
            open_account(
                db,
                actor,
                staff.id,
                login=login,
                password_hash=stored,
                now=now,
                expires_at=None if own_password else now + first_password_lasts(),
            )
    click.echo(f"「{login}」を {unit} に登録しました。")
