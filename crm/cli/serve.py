"""`crm serve`: sees that the database is fit, then serves."""

from typing import Any

import click
import uvicorn

from crm.cli.configured import settings_or_exit
from crm.kernel.db import Database
from crm.kernel.migrate import is_current
from crm.kernel.settings import Settings

# a page that follows a job holds its connection open; it asks the next server
GRACE_S = 10


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
    # a copy of this process must not find a connection of its parent's
    database.close()
    click.echo(f"つながり台帳: {settings.origin}")
    if settings.workers > 1:
        from crm.cli.copies import Copies  # slow import: one process needs none of it

        Copies(settings, manners(settings)).run()
        return
    uvicorn.run(
        "crm.app:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        **manners(settings),
    )


def manners(settings: Settings) -> dict[str, Any]:
    """Return what uvicorn is told, alone or in each copy."""
    return {
        "log_level": "warning",
        "server_header": False,
        # behind a TLS proxy on the same machine the client's address comes in a header; without
        # one, anybody could write that header
        "proxy_headers": settings.is_https,
        "forwarded_allow_ips": "127.0.0.1",
        "timeout_graceful_shutdown": GRACE_S,
    }
