"""`crm migrate`."""

import click

from crm.cli.office import office
from crm.coverage.service import count_anew
from crm.kernel import migrate as migrations


@click.command()
def migrate() -> None:
    """Create the database or bring it to this release."""
    with office(current=False, as_owner=True) as database:
        was_current = migrations.is_current(database)
        migrations.migrate(database)
        if not was_current:
            with database.system("a release may count otherwise") as connection:
                count_anew(connection)
    click.echo("データベースは最新です。")
