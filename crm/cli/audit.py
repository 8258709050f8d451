"""`crm audit …`: the public key, verifying, exporting, and the signatures of witnesses."""

import json
import sys
from pathlib import Path

import click

from crm.cli.office import office
from crm.kernel.audit import AuditEntry
from crm.kernel.clock import utc_now
from crm.kernel.db import Database
from crm.kernel.keys import load_key
from crm.seals import service, verify
from crm.seals.proofs import Request
from crm.seals.queries import whole_trail
from crm.seals.signing import Signer, log_signer, witness_signer
from crm.seals.verify import Key, Note

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Verify the sealed audit trail, and exchange signatures with those who witness it."""


@audit.command()
def key() -> None:
    """Print this installation's public keys: of its trail, and as a witness of others'.

    Write them down outside when the installation begins: a trail is only as good as the key it is
    verified with.
    """
    with office() as database:
        click.echo(f"監査記録の鍵  {_log(database).key}")
        click.echo(f"立会人の鍵    {_witness(database).key}")


@audit.command("verify")
@click.option("--key", "keys", multiple=True, help="ほかの公開鍵（以前の鍵など）")
@click.option("--checkpoint", "outside", multiple=True, type=FILE, help="外部に保管した署名記録")
@click.option("--witness", "witnesses", multiple=True, help="立会人の公開鍵")
def verify_(keys: tuple[str, ...], outside: tuple[Path, ...], witnesses: tuple[str, ...]) -> None:
    """Verify the whole trail. Ends with 0: as sealed, 1: not, 2: could not be read."""
    with office() as database:
        try:
            known = [Key.read(each) for each in (*keys, *witnesses)]
            notes = [Note.read(path.read_text(encoding="utf-8")) for path in outside]
        except ValueError as wrong:
            raise click.UsageError(str(wrong)) from None
        with database.reading(None) as db:
            report = verify.examine(whole_trail(db), [_log(database).key, *known], notes)
    click.echo("\n".join(verify.told(report)))
    sys.exit(1 if report.findings else 0)


@audit.command()
@click.argument("file", type=NEW_FILE)
def export(file: Path) -> None:
    """Write the whole trail to FILE, for verify.py on another machine: a JSON object a line.

    The file holds who did what; keep it as you keep the database.
    """
    with office() as database, database.reading(None) as db:
        trail = whole_trail(db)
        with file.open("x", encoding="utf-8") as lines:
            file.chmod(0o600)
            for checkpoint in trail.checkpoints:
                lines.write(_line("checkpoint", checkpoint._asdict()))
            for witness in trail.witnesses:
                lines.write(_line("witness", witness._asdict()))
            for leaf in trail.sealed:
                lines.write(_line("leaf", leaf._asdict()))
            for entry in trail.waiting:
                lines.write(_line("waiting", entry))
        with database.writing(None) as record:
            detail = {"command": "crm audit export"}
            record.add(AuditEntry(at=utc_now(), action="trail.exported", detail=detail))
    click.echo(f"{file} に書き出しました。")


@audit.command()
@click.option(
    "--since", type=int, help="相手が前に署名した件数（省略すると、最後に受け取った署名）"
)
def checkpoint(since: int | None) -> None:
    """Print the newest checkpoint, as a request to a witness (C2SP tlog-witness)."""
    with office() as database, database.reading(None) as db:
        try:
            click.echo(str(service.ask_for_countersignature(db, since)), nl=False)
        except service.WrongWitness as wrong:
            raise click.ClickException(str(wrong)) from None


@audit.command()
@click.argument("file", type=FILE)
@click.option("--key", "log_key", help="相手の監査記録の鍵（初めてのとき）")
def countersign(file: Path, log_key: str | None) -> None:
    """Sign another installation's checkpoint FILE as its witness, and print what to send back."""
    with office() as database:
        try:
            request = Request.read(file.read_text(encoding="utf-8"))
            known = Key.read(log_key) if log_key else None
            with database.writing(None) as db:
                signed = service.countersign_for_another(
                    db, request, _witness(database), known, utc_now()
                )
        except (service.WrongWitness, ValueError, LookupError) as wrong:
            raise click.ClickException(str(wrong)) from None
    click.echo(signed, nl=False)


@audit.command()
@click.argument("file", type=FILE)
@click.option("--key", "witness_key", required=True, help="立会人の公開鍵（相手の crm audit key）")
@click.option("--name", required=True, help="立会人の名前（例：架空市役所）")
def witness(file: Path, witness_key: str, name: str) -> None:
    """Keep the countersigned checkpoint FILE that a witness sent back."""
    with office() as database:
        try:
            note = Note.read(file.read_text(encoding="utf-8"))
            given = service.Witnessed(Key.read(witness_key), name, note)
            with database.writing(None) as db:
                size = service.take_countersignature(db, given, utc_now())
        except (service.WrongWitness, ValueError, LookupError) as wrong:
            raise click.ClickException(str(wrong)) from None
    click.echo(f"{size}番目までの封印に対する {name} の署名を登録しました。")


def _log(database: Database) -> Signer:
    return log_signer(load_key(database.settings))


def _witness(database: Database) -> Signer:
    return witness_signer(load_key(database.settings))


def _line(kind: str, content: object) -> str:
    return json.dumps({kind: content}, ensure_ascii=False, separators=(",", ":")) + "\n"
