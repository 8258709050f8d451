"""What the page of one list shows: its preview while it waits, afterwards what came of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm.formats.errors import UnreadableFile
from crm.formats.workbook import CellFlag, SheetRow
from crm.intake import queries
from crm.intake.cells import DITTO
from crm.intake.deeds import VERDICT_LABELS, Remark, Step, Verdict
from crm.intake.headers import MEANING_LABELS, Meaning
from crm.intake.lines import CellLine, ColumnLine, LeftLine, RowLine, Tally
from crm.intake.models import BatchState, IntakeBatch, IntakeRow
from crm.intake.service import KEPT_DAYS
from crm.intake.sheets import HEAD, Table
from crm.intake.staging import Preview, preview_of, sheet_of, spelled_out
from crm.kernel.clock import local_day
from crm.kernel.i18n import translate
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.web.visit import Visit

SAMPLES = 3
HEADER_TEXT = 60
_SHOWN = frozenset(
    {
        *(Meaning.KANA, Meaning.FAMILY_KANA, Meaning.GIVEN_KANA, Meaning.ORGANIZATION),
        *(Meaning.POST, Meaning.ORGANIZATION_AND_POST, Meaning.PHONE, Meaning.MOBILE),
        *(Meaning.ADDRESS, Meaning.AREAS),
    }
)


@dataclass(frozen=True, slots=True)
class Reasoned:
    """The rows set aside with their reasons, and the headings they stand under."""

    labels: Mapping[int, str]
    rows: Sequence[tuple[SheetRow, Sequence[Remark]]]


def waiting(visit: Visit, batch: IntakeBatch, area_code: str) -> Preview | str:
    """Return what a waiting batch comes to, or in a sentence why its sheet is no table."""
    rows = queries.rows_of_batch(visit.db, batch.id)
    today = local_day(visit.now)
    try:
        return preview_of(visit.db, visit.actor, batch, rows, area_code=area_code, today=today)
    except UnreadableFile as unreadable:
        return translate(unreadable.message, **unreadable.facts)


def preview_context(preview: Preview, verdict: str, number: int) -> dict[str, Any]:
    """Return one page of the rows of a verdict, or of all, with the counts over them."""
    plan, table = preview.plan, preview.table
    chosen = [step for step in plan.steps if verdict in {"", step.verdict.value}]
    number = min(max(1, number), Page((), len(chosen)).last)
    first = offset_of(number)
    texts = {row.number: row for row in table.rows}
    shown = [_row_line(step, table, texts) for step in chosen[first : first + PAGE_SIZE]]
    named = [
        subject
        for step in chosen[first : first + PAGE_SIZE]
        for subject in (("person", step.person_id), ("organization", step.organization_id))
        if subject[1]
    ]
    return {
        "named": named,
        "rows": Page(shown, len(chosen), number),
        "tallies": tallies(plan.counts),
        "total": len(plan.steps),
        "changes": plan.counts[Verdict.CREATED] + plan.counts[Verdict.UPDATED],
        "digest": plan.digest,
        "columns": _columns(table),
        "header_row": table.header_rows[0],
    }


def tallies(counts: Mapping[str, int]) -> list[Tally]:
    """Return the counts in words, in the order of the page."""
    return [
        Tally(verdict, translate(label), counts.get(verdict.value, 0))
        for verdict, label in VERDICT_LABELS.items()
    ]


def header_options(batch: IntakeBatch, rows: Sequence[IntakeRow]) -> list[tuple[int, str]]:
    """Return the rows that may be the header, each with how it begins."""
    return [
        (row.number, f"{row.number}: {'／'.join(t for t in row.texts if t)[:HEADER_TEXT]}")
        for row in sheet_of(batch, rows).rows[:HEAD]
    ]


def unread_columns(batch: IntakeBatch, rows: Sequence[IntakeRow]) -> list[ColumnLine]:
    """Return the columns under the row a person took for the header, although nothing else does."""
    sheet = sheet_of(batch, rows)
    header = next((row for row in sheet.rows if row.number == batch.columns["header_row"]), None)
    if header is None:
        return []
    below = [row for row in sheet.rows if row.number > header.number]
    return [
        ColumnLine(place, label, None, _samples(below, place))
        for place, label in enumerate(header.texts)
    ]


def meaning_options() -> list[tuple[str, str]]:
    """Return what a column can mean."""
    return [(meaning.value, translate(label)) for meaning, label in MEANING_LABELS.items()]


def reasoned(visit: Visit, batch: IntakeBatch, area_code: str) -> Reasoned:
    """Return the rows set aside: of a waiting batch as things stand, else as they were kept."""
    rows = queries.rows_of_batch(visit.db, batch.id)
    if batch.state is BatchState.PREVIEWED:
        preview = waiting(visit, batch, area_code)
        if isinstance(preview, str):
            return Reasoned({}, ())
        unsure = {
            step.number: step.remarks
            for step in preview.plan.steps
            if step.verdict is Verdict.UNSURE
        }
        labels = {column.index: column.label for column in preview.table.columns}
        alone = spelled_out(preview.table)
        kept = [(alone[number], remarks) for number, remarks in unsure.items()]
        return Reasoned(labels, kept)
    if batch.applied_at and visit.now - batch.applied_at > dt.timedelta(days=KEPT_DAYS):
        return Reasoned({}, ())
    labels = dict(batch.columns.get("labels", ()))
    told = [
        (SheetRow.unpacked(row.cells), [Remark.unpacked(each) for each in row.remarks])
        for row in rows
        if row.remarks
    ]
    return Reasoned(labels, told)


def left_lines(visit: Visit, batch: IntakeBatch) -> list[LeftLine]:
    """Return whose records undoing left as they were, by name where they still have one."""
    keys = {
        kind: [UUID(each["record_id"]) for each in batch.left if each["record_type"] == kind]
        for kind in ("person", "organization")
    }
    names = queries.names_of(visit.db, keys["person"], keys["organization"])
    lines = []
    for each in batch.left:
        key = UUID(each["record_id"]) if each["record_id"] else None
        name = names.get(key, "") if key else ""
        route = f"relationships.{each['record_type']}" if name else ""
        lines.append(LeftLine(each["number"], name, translate(each["reason"]), route, key))
    return lines


def _row_line(step: Step, table: Table, texts: Mapping[int, SheetRow]) -> RowLine:
    row = texts.get(step.number)
    cells = [
        CellLine(column.label, text, _is_filled(row, column.index))
        for column in table.columns
        if row and column.meaning in _SHOWN and (text := row.text(column.index))
    ]
    name = step.name or (_first_text(row) if row else "")
    return RowLine.of(step, name, cells)


def _first_text(row: SheetRow) -> str:
    return next((text for text in row.texts if text), "")


def _is_filled(row: SheetRow, index: int) -> bool:
    filled = row.has(index, CellFlag.DOWN) or row.has(index, CellFlag.ACROSS)
    return filled or row.text(index).strip() in DITTO


def _columns(table: Table) -> list[ColumnLine]:
    return [
        ColumnLine(
            column.index,
            column.label,
            column.meaning,
            _samples(table.rows, column.index),
        )
        for column in table.columns
    ]


def _samples(rows: Sequence[SheetRow], column: int) -> list[str]:
    return [text for row in rows if (text := row.text(column))][:SAMPLES]
