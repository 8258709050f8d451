"""`crm worker`."""

import asyncio

import click

from crm.cli.configured import settings_or_exit
from crm.cli.office import office
from crm.worker import work


@click.command()
def worker() -> None:
    """Make documents and do other long work that `crm serve` was asked for; needs CRM_REDIS_URL."""
    redis_url = settings_or_exit().redis_url
    if not redis_url:
        raise click.ClickException(
            "CRM_REDIS_URL が設定されていません。"
            "Redis を使わない場合は、crm serve が書類も作成するため、このコマンドは不要です。"
        )
    with office() as database:
        click.echo("書類の作成を待っています。")
        asyncio.run(work(database, redis_url))
