"""The rows set aside, taken out like everything else that names people: numbered and on record."""

import datetime as dt
from collections.abc import Mapping, Sequence

from crm.exports.models import ExportKind
from crm.exports.service import ExportFacts, MadeFile, hand_out, register_export
from crm.formats.workbook import SheetRow
from crm.intake.deeds import Remark
from crm.intake.files import TITLE, rejected_sheet
from crm.kernel.actor import Actor
from crm.kernel.clock import JST
from crm.kernel.i18n import translate
from crm.kernel.scope import ScopedSession

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PURPOSE = "取込み内容の訂正"
RECIPIENT = "取込みをした職員"
PLAIN_REASON = "訂正して取り込み直すため"


def take_out_rejected(
    db: ScopedSession,
    actor: Actor,
    labels: Mapping[int, str],
    rows: Sequence[tuple[SheetRow, Sequence[Remark]]],
    *,
    now: dt.datetime,
) -> MadeFile:
    """Give the rows set aside back as a sheet, its number and its leaving put on record."""
    title = translate(TITLE)
    facts = ExportFacts(
        kind=ExportKind.REJECTED_ROWS,
        title=title,
        purpose=PURPOSE,
        recipient=RECIPIENT,
        format="xlsx",
        people=len(rows),
        fields=[label for label in labels.values() if label],
        plain_reason=PLAIN_REASON,
    )
    export = register_export(db, actor, facts, now=now)
    at = now.astimezone(JST).strftime("%Y-%m-%d %H:%M")
    mark = f"{export.number}　{actor.unit_name}　{actor.name}　{at}　{facts.purpose}"
    content = rejected_sheet(labels, rows, number=export.number, watermark=mark, now=now)
    made = MadeFile(f"{title}_{export.number}.xlsx", XLSX, content, named=len(rows))
    hand_out(db, actor, export, made, now=now)
    return made
