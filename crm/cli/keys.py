"""`crm rotate-key` and `crm reset-factors`: what only the owner of the key file does."""

import click

from crm.access.drafts import reseal_drafts
from crm.access.policy import may_keep_accounts
from crm.cli.office import acting_as, office, require_owner_of_key
from crm.factors.resets import reset_on_server
from crm.factors.service import reseal_factors
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import utc_now
from crm.kernel.keys import replaced_key
from crm.outbox.service import reseal_parked
from crm.seals.signing import log_signer


@click.command("rotate-key")
def rotate_key() -> None:
    """Replace the installation's secret: what it sealed is sealed anew, in one transaction.

    Let devices send what they keep, then stop the server and the worker. Run it again if it was
    cut off.
    """
    with office() as database:
        settings = database.settings
        require_owner_of_key(settings)
        with replaced_key(settings) as (old, new), database.writing(None) as db:
            counts = (
                reseal_factors(db, old, new),
                reseal_drafts(db, old, new),
                reseal_parked(db, old, new),
            )
            db.add(AuditEntry(at=utc_now(), action="key.replaced", address="server"))
        factors, drafts, parked = counts
        click.echo(
            "鍵を取り替えました。"
            f"（認証アプリ {factors}件、下書き {drafts}件、確認待ち {parked}件）"
        )
        click.echo(f"監査記録の以前の公開鍵  {log_signer(old).key}")
        click.echo(f"監査記録の新しい公開鍵  {log_signer(new).key}")


@click.command("reset-factors")
@click.option("--login", required=True, help="二要素認証を解除するシステム管理者のログイン名")
@click.option("--reason", required=True, help="事由（監査記録に残ります）")
def reset_factors(login: str, reason: str) -> None:
    """Take an administrator's second factors away, where no second person is left to confirm it."""
    with office() as database:
        owner = acting_as(database, login)
        if not may_keep_accounts(owner):
            raise click.ClickException(
                "システム管理者のアカウントだけが対象です。ほかの職員は画面から二人で解除します。"
            )
        with database.writing(owner) as db:
            reset_on_server(db, owner, reason=reason, now=utc_now())
    click.echo(f"「{login}」の二要素認証を解除しました。")
