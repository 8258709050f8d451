"""`crm migrate`."""

import click

from crm.cli.office import office
from crm.kernel import migrate as migrations


@click.command()
def migrate() -> None:
    """Create the database or bring it to this release."""
    with office(current=False, as_owner=True) as database:
        migrations.migrate(database)
    click.echo("データベースは最新です。")
