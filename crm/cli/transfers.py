"""`crm transfer`."""

from pathlib import Path

import click

from crm.agencies.transfers import (
    OUTCOME_LABELS,
    Outcome,
    TransferPlan,
    TransferStep,
    apply_transfers,
    plan_transfers,
)
from crm.cli.office import acting_as, office
from crm.kernel.audit import entry_of
from crm.kernel.clock import utc_now
from crm.kernel.errors import Forbidden
from crm.kernel.wareki import wareki


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login_as", required=True, help="登録する管理者のログイン名")
@click.option("--dry-run", is_flag=True, help="何が変わるかだけを表示し、登録しない")
def transfer(file: Path, login_as: str, *, dry_run: bool) -> None:
    """Assign staff by a dated list (人事異動): 職員番号, 氏名, 新所属, 役割, 発令日, 兼務."""
    content, now = file.read_bytes(), utc_now()
    with office() as database:
        actor = acting_as(database, login_as)
        try:
            with database.reading(actor) as db:
                plan = plan_transfers(db, actor, content, now=now)
            _print(plan)
            if dry_run:
                click.echo("--dry-run のため、何も登録していません。")
                return
            with database.writing(actor) as db:
                apply_transfers(db, actor, content, digest=plan.digest, now=now)
        except Forbidden:
            with database.writing(actor) as db:
                db.add(
                    entry_of(actor, "access.denied", now=now, outcome="403", command="crm transfer")
                )
            raise
    click.echo("登録しました。")


def _print(plan: TransferPlan) -> None:
    for step in plan.steps:
        click.echo(_line(step))
    counts = (f"{OUTCOME_LABELS[outcome]} {plan.counts[outcome]}件" for outcome in Outcome)
    click.echo("、".join(counts))


def _line(step: TransferStep) -> str:
    told = f"{step.row.line}行目 {step.row.number} {step.row.name}：{OUTCOME_LABELS[step.outcome]}"
    if step.posting is None or not step.is_ready:
        return f"{told} {step.sentence}".rstrip()
    former = "、".join(step.former) or "（なし）"
    return f"{told} {wareki(step.posting.day)}から {former} → {step.row.unit} {step.row.role}"
