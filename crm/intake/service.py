"""Taking a list in: put aside, previewed, applied in one transaction, undone or given up."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from crm.contacts.models import ContactChanged, Holder
from crm.formats.errors import UnreadableFile
from crm.formats.workbook import Book
from crm.intake import queries
from crm.intake.deeds import Verdict
from crm.intake.headers import Meaning
from crm.intake.models import BatchState, IntakeBatch, IntakeRow, ListKind
from crm.intake.policy import may_take_in_people
from crm.intake.records import recording
from crm.intake.sheets import choose_sheet
from crm.intake.staging import (
    Preview,
    Reading,
    preview_of,
    put_aside,
    spelled_out,
    table_of,
)
from crm.intake.undo import undo_changes
from crm.intake.writing import Writer
from crm.kernel import audit
from crm.kernel.actor import Actor
from crm.kernel.changes import announce
from crm.kernel.clock import local_day
from crm.kernel.errors import Conflict, Forbidden, Refused
from crm.kernel.i18n import N_
from crm.kernel.memory import keeping_all
from crm.kernel.scope import ScopedSession

KEPT_DAYS = 7
"""How long rows wait: those of a preview to be applied, those set aside to be downloaded."""
MOVED_ON = N_(
    "確認したあとに、登録されている内容が変わりました。新しい内容を確かめて、もう一度登録してください。"
)
DONE_ALREADY = N_("この取込みは、すでに登録、取消し又は取りやめが済んでいます。")


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as somebody handed it in; only its rows are kept, and its fingerprint."""

    name: str
    content: bytes
    sheet: str = ""


def take_in(
    db: ScopedSession,
    actor: Actor,
    handed: Handed,
    book: Book,
    *,
    kind: ListKind,
    day: dt.date,
    now: dt.datetime,
) -> IntakeBatch:
    """Put the sheet of a list aside, to be previewed; nobody is entered yet.

    Raises Refused at `file` when there is no such sheet, at `kind` or `day` when they do not do.
    """
    station_id = _require_taker(actor)
    _require_sense(actor, kind, day, local_day(now))
    try:
        sheet = choose_sheet(book, handed.sheet)
    except UnreadableFile as unreadable:
        raise Refused(unreadable.message, field="file", **unreadable.facts) from unreadable
    forget_old(db, now)
    batch = IntakeBatch(
        agency_id=actor.agency_id,
        station_id=station_id,
        kind=kind,
        file_name=handed.name,
        file_size=len(handed.content),
        sha256=hashlib.sha256(handed.content).hexdigest(),
        encoding=book.encoding,
        day=day,
        uploaded_at=now,
        uploaded_by=actor.account_id,
    )
    rows = put_aside(batch, sheet)
    db.add(batch)
    db.flush()
    db.add_all(rows)
    db.flush()
    _put_on_record(db, actor, batch, "intake.previewed", now, counts={"rows": len(rows)})
    return batch


def read_otherwise(
    db: ScopedSession,
    actor: Actor,
    batch_id: UUID,
    *,
    header_row: int | None,
    meanings: Mapping[int, Meaning | None] | None,
) -> IntakeBatch:
    """Read the sheet as a person says; a header without names may still get its columns told.

    Raises Refused at `header_row` for a row that is none, and where it makes no table at last.
    """
    batch = _previewed(db, actor, batch_id)
    rows = queries.rows_of_batch(db, batch.id)
    # what columns mean belongs to their header: under another one they are read anew
    kept = meanings if header_row == _header_of(batch, rows) else None
    batch.columns = {**batch.columns, **Reading(header_row, kept).packed()}
    try:
        table_of(batch, rows)
    except UnreadableFile as unreadable:
        if kept is not None or header_row not in {row.number for row in rows}:
            message, facts = unreadable.message, unreadable.facts
            raise Refused(message, field="header_row", **facts) from unreadable
    db.flush()
    return batch


@keeping_all()
def apply(
    db: ScopedSession,
    actor: Actor,
    batch_id: UUID,
    *,
    digest: str,
    area_code: str,
    now: dt.datetime,
) -> IntakeBatch:
    """Do what the preview said, all of it or nothing.

    Raises Conflict where the batch is applied, undone or given up already, and where its plan is
    no longer the one with `digest`: somebody changed what it was held against. Raises Refused when
    a row cannot be entered after all.
    """
    batch = _previewed(db, actor, batch_id)
    rows = queries.rows_of_batch(db, batch.id)
    preview = preview_of(db, actor, batch, rows, area_code=area_code, today=local_day(now))
    if preview.plan.digest != digest:
        raise Conflict(MOVED_ON)
    with recording(db) as recorder:
        Writer(db, actor, batch, area_code, now).write(preview.plan, recorder)
    with db.gathering():
        db.add_all(recorder.changes(batch))
    _keep_set_aside(db, batch, rows, preview)
    batch.state, batch.digest, batch.counts = BatchState.APPLIED, digest, preview.plan.counts
    batch.applied_at, batch.applied_by = now, actor.account_id
    db.flush()
    forget_old(db, now)
    _put_on_record(db, actor, batch, "intake.applied", now, counts=batch.counts)
    return batch


def discard(db: ScopedSession, actor: Actor, batch_id: UUID, *, now: dt.datetime) -> IntakeBatch:
    """Give a previewed list up; its rows are gone at once."""
    batch = _previewed(db, actor, batch_id)
    queries.forget_rows(db, batch.id)
    batch.state = BatchState.DISCARDED
    db.flush()
    _put_on_record(db, actor, batch, "intake.discarded", now)
    return batch


def undo(db: ScopedSession, actor: Actor, batch_id: UUID, *, now: dt.datetime) -> IntakeBatch:
    """Take an applied list back; what was changed or used since stays, and is named with the batch.

    Raises Conflict unless it is applied.
    """
    _require_taker(actor)
    batch = queries.batch(db, batch_id, to_change=True)
    if batch.state is not BatchState.APPLIED:
        raise Conflict(DONE_ALREADY)
    changes = queries.changes_of_batch(db, batch.id)
    undone = undo_changes(db, changes)
    for change in changes:
        db.delete(change)
    queries.forget_rows(db, batch.id)
    batch.state, batch.left = BatchState.UNDONE, undone.left
    batch.undone_at, batch.undone_by = now, actor.account_id
    db.flush()
    for holder in (
        *(Holder(person_id=key) for key in sorted(undone.people)),
        *(Holder(organization_id=key) for key in sorted(undone.organizations)),
    ):
        announce(db, ContactChanged(holder), actor, now)
    counts = {"undone": undone.records, "left": len(undone.left)}
    _put_on_record(db, actor, batch, "intake.reverted", now, counts=counts)
    return batch


def forget_old(db: ScopedSession, now: dt.datetime) -> None:
    """Delete the rows of the station's batches nobody came back to."""
    for batch in queries.batches_to_forget(db, now - dt.timedelta(days=KEPT_DAYS)):
        queries.forget_rows(db, batch.id)
        if batch.state is BatchState.PREVIEWED:
            batch.state = BatchState.DISCARDED
    db.flush()


def _require_taker(actor: Actor) -> UUID:
    if actor.station_id is None or not may_take_in_people(actor):
        raise Forbidden
    return actor.station_id


def _previewed(db: ScopedSession, actor: Actor, batch_id: UUID) -> IntakeBatch:
    """Return a batch that waits to be applied, held against everybody else."""
    _require_taker(actor)
    batch = queries.batch(db, batch_id, to_change=True)
    if batch.state is not BatchState.PREVIEWED:
        raise Conflict(DONE_ALREADY)
    return batch


def _header_of(batch: IntakeBatch, rows: Sequence[IntakeRow]) -> int | None:
    """Return the row that names the columns now; None where there is none yet."""
    if chosen := Reading.unpacked(batch.columns).header_row:
        return chosen
    try:
        return table_of(batch, rows).header_rows[0]
    except UnreadableFile:
        return None


def _require_sense(actor: Actor, kind: ListKind, day: dt.date, today: dt.date) -> None:
    if kind is ListKind.LIAISONS and not actor.is_police:
        raise Refused(N_("一覧の種類を選び直してください。"), field="kind")
    if day > today:
        raise Refused(N_("一覧の基準日は、今日までの日付で入力してください。"), field="day")


def _keep_set_aside(
    db: ScopedSession, batch: IntakeBatch, rows: Sequence[IntakeRow], preview: Preview
) -> None:
    """Delete the rows but their header and those set aside, which keep the reasons."""
    reasons = {
        step.number: [asdict(each) for each in step.remarks]
        for step in preview.plan.steps
        if step.verdict is Verdict.UNSURE
    }
    header = preview.table.header_rows if reasons else ()
    alone = spelled_out(preview.table) if reasons else {}
    for row in rows:
        if row.number in reasons:
            row.remarks, row.cells = reasons[row.number], alone[row.number].packed()
    db.flush()
    queries.forget_rows(db, batch.id, besides={*reasons, *header})
    # read below the same header whatever rows are left
    batch.columns = {
        **batch.columns,
        "labels": [[each.index, each.label] for each in preview.table.columns],
        "header_rows": list(header),
    }


def _put_on_record(
    db: ScopedSession,
    actor: Actor,
    batch: IntakeBatch,
    action: str,
    now: dt.datetime,
    *,
    counts: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        db,
        actor,
        action,
        now=now,
        subject=("intake", batch.id),
        kind=batch.kind.value,
        sha256=batch.sha256,
        counts=dict(counts or {}),
    )
