"""`crm check`."""

import click

from crm.cli.configured import settings_or_exit
from crm.cli.office import office
from crm.kernel.migrate import differences
from crm.kernel.settings import Settings


@click.command()
def check() -> None:
    """Check the settings, the rules and the database, and list every setting."""
    settings = settings_or_exit()
    for name, info in Settings.model_fields.items():
        click.echo(f"CRM_{name.upper()}={getattr(settings, name)!s}")
        click.echo(f"    {info.description}")
    with office() as database:
        if found := differences(database):
            raise click.ClickException(f"データベースの形が違います: {found}")
        if not (settings.is_sqlite or database.is_fenced()):
            click.echo(
                "注意: CRM_DATABASE_URL の役割は、PostgreSQL の行単位の制限を受けません。"
                "RUNBOOK のとおり、表を所有しない役割を使ってください。"
            )
    if settings.demo:
        click.echo("注意: CRM_DEMO が有効です。見本のアカウントでサインインできます。")
    click.echo("設定・規則・データベースに問題はありません。")
