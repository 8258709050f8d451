"""A sheet put aside between its upload and its application, and what it comes to today."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crm.formats.workbook import CellFlag, Sheet, SheetRow
from crm.intake.cells import DITTO, grouped
from crm.intake.deeds import Plan
from crm.intake.headers import Meaning
from crm.intake.known_queries import lookups
from crm.intake.models import IntakeBatch, IntakeRow
from crm.intake.plans import plan
from crm.intake.rows import rows_of
from crm.intake.sheets import Table, read_table
from crm.kernel.actor import Actor
from crm.kernel.scope import ScopedSession


@dataclass(frozen=True, slots=True)
class Reading:
    """How a person said the sheet is to be read; what they left open is found by itself."""

    header_row: int | None = None
    meanings: Mapping[int, Meaning | None] | None = None

    def packed(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        meanings = self.meanings if self.meanings is None else _packed(self.meanings)
        return {"header_row": self.header_row, "meanings": meanings}

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> "Reading":
        """Read back what `packed` gave."""
        meanings = packed.get("meanings")
        if meanings is not None:
            meanings = {
                int(index): Meaning(name) if name else None for index, name in meanings.items()
            }
        return cls(packed.get("header_row"), meanings)


@dataclass(frozen=True, slots=True)
class Preview:
    """The table on the sheet, and what its rows come to."""

    table: Table
    plan: Plan


def put_aside(batch: IntakeBatch, sheet: Sheet) -> list[IntakeRow]:
    """Return the rows of a sheet as the batch keeps them; the sheet's own facts go to the batch."""
    batch.sheet = sheet.name[:80]
    batch.columns = {
        "sheet": {
            "name": sheet.name,
            "hidden_columns": list(sheet.hidden_columns),
            "widths": list(sheet.widths),
        },
        **Reading().packed(),
    }
    return [
        IntakeRow(
            agency_id=batch.agency_id,
            station_id=batch.station_id,
            batch_id=batch.id,
            number=row.number,
            cells=row.packed(),
        )
        for row in sheet.rows
    ]


def sheet_of(batch: IntakeBatch, rows: Sequence[IntakeRow]) -> Sheet:
    """Return the sheet as it was handed in, as far as its rows are kept."""
    facts = batch.columns["sheet"]
    return Sheet(
        facts["name"],
        tuple(SheetRow.unpacked(row.cells) for row in rows),
        hidden_columns=tuple(facts["hidden_columns"]),
        widths=tuple(facts["widths"]),
    )


def table_of(batch: IntakeBatch, rows: Sequence[IntakeRow]) -> Table:
    """Return the table on the sheet; raises UnreadableFile as `read_table`."""
    reading = Reading.unpacked(batch.columns)
    return read_table(
        sheet_of(batch, rows), header_row=reading.header_row, meanings=reading.meanings
    )


def preview_of(
    db: ScopedSession,
    actor: Actor,
    batch: IntakeBatch,
    rows: Sequence[IntakeRow],
    *,
    area_code: str,
    today: dt.date,
) -> Preview:
    """Return what a batch comes to as things stand; raises UnreadableFile where it has no table."""
    table = table_of(batch, rows)
    lines = list(rows_of(table, area_code=area_code))
    known = lookups(db, actor, batch.kind, batch.day, lines, today=today)
    return Preview(table, plan(lines, known))


def spelled_out(table: Table) -> dict[int, SheetRow]:
    """Return the rows by their number so that each can stand alone: nothing leans on the one above.

    〃 becomes what it repeats, and lines below a merged name go into the cells of its row.
    """
    found: dict[int, SheetRow] = {}
    above: SheetRow | None = None
    last = 0
    for row, more in grouped(table.rows, table):
        before = above if above and row.number == last + 1 else None
        texts = [
            before.text(place) if before and text.strip() in DITTO else text
            for place, text in enumerate(row.texts)
        ]
        for below in more:
            texts = [
                _joined(text, "" if below.has(place, CellFlag.DOWN) else below.text(place))
                for place, text in enumerate(texts)
            ]
        above = replace(row, texts=tuple(texts))
        found[row.number] = above
        last = more[-1].number if more else row.number
    return found


def _joined(text: str, more: str) -> str:
    return "\n".join(dict.fromkeys(line for line in (text, more) if line))


def _packed(meanings: Mapping[int, Meaning | None]) -> dict[str, str]:
    return {str(index): meaning or "" for index, meaning in meanings.items()}
