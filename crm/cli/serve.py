"""`crm serve`: sees that the database is fit, then starts the processes that serve.

It loads nothing of the pages itself: where several processes serve, this one only watches them.
"""

import click
import uvicorn

from crm.cli.configured import settings_or_exit
from crm.kernel.db import Database
from crm.kernel.migrate import is_current


@click.command()
def serve() -> None:
    """Serve the product on CRM_HOST:CRM_PORT."""
    settings = settings_or_exit()
    database = Database(settings)
    if not is_current(database):
        raise click.ClickException(
            "データベースが最新ではありません。先に crm migrate を実行してください。"
        )
    database.gather_statistics()
    database.close()
    click.echo(f"つながり台帳: {settings.origin}")
    uvicorn.run(
        "crm.app:application",
        factory=True,
        workers=settings.workers,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        # behind a TLS proxy on the same machine the client's address comes in a header; without
        # one, anybody could write that header
        proxy_headers=settings.is_https,
        forwarded_allow_ips="127.0.0.1",
        # a page that follows a job holds its connection open; it asks the next server
        timeout_graceful_shutdown=10,
    )
