"""Reading what a leak is made of: the entries of an account or terminal, or what a file named."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.exports.models import Export, ExportSubject
from crm.kernel.audit import AuditEntry, AuditSubject
from crm.kernel.columns import Moment
from crm.kernel.scope import ScopedSession
from crm.oversight.lines import OTHERWISE, SHOWN_BY_ACTION, Exposure
from crm.oversight.models import LeakSource
from crm.oversight.queries import fields_shown

SUBJECTS = ("person", "organization", "contact")
_WHEN = (
    sa.func.min(col(AuditEntry.at), type_=Moment()).label("first_at"),
    sa.func.max(col(AuditEntry.at), type_=Moment()).label("last_at"),
    sa.func.count(col(AuditEntry.at)).label("times"),
)


class Leak(NamedTuple):
    """What was lost: the kind of source, which one, and over which time."""

    kind: LeakSource
    source: str
    since: dt.datetime
    until: dt.datetime


class Worksheet(NamedTuple):
    """Everybody concerned, and from how many entries that was worked out."""

    exposures: Sequence[Exposure]
    entries: int

    @property
    def persons(self) -> int:
        """How many people: own, and received from another agency."""
        return sum(one.subject[0] != "organization" for one in self.exposures)

    @property
    def organizations(self) -> int:
        """How many organizations."""
        return len(self.exposures) - self.persons


class _Shown(NamedTuple):
    subject: tuple[str, UUID]
    first_at: dt.datetime
    last_at: dt.datetime
    times: int
    actor_name: str
    fields: Sequence[str]


def worksheet_of(db: ScopedSession, leak: Leak) -> Worksheet:
    """Return persons × fields × since when × who; two statements, or three for a file."""
    if leak.kind is LeakSource.FILE:
        shown = _named_by_file(db, leak.source)
        return Worksheet(_exposures(shown), 1 if shown else 0)
    own = _own_subjects(db, leak)
    entries = sum(row.times for row in own)
    shown = [_shown(row) for row in own if row.subject_id]
    return Worksheet(_exposures([*shown, *_named_beside(db, leak)]), entries)


def export_numbered(db: ScopedSession, number: str) -> Export | None:
    """Return the export with this number, of the own agency."""
    return db.exec(select(Export).where(Export.number == number)).first()


def _of(leak: Leak) -> sa.ColumnElement[bool]:
    if leak.kind is LeakSource.ACCOUNT:
        source = col(AuditEntry.account_id) == UUID(leak.source)
    else:
        source = col(AuditEntry.address) == leak.source
    return sa.and_(source, col(AuditEntry.at).between(leak.since, leak.until))


def _own_subjects(db: ScopedSession, leak: Leak) -> Sequence[Any]:
    """Return what the entries were about, gathered by the database: what was shown, how often."""
    by = (
        col(AuditEntry.subject_type),
        col(AuditEntry.subject_id),
        col(AuditEntry.action),
        col(AuditEntry.actor_name),
        sa.cast(col(AuditEntry.detail), sa.Text()).label("said"),
    )
    return db.rows(
        sa.select(*by, *_WHEN).where(_of(leak), col(AuditEntry.outcome) == "done").group_by(*by)
    )


def _shown(row: Any) -> _Shown:  # noqa: ANN401 - a row of _own_subjects
    return _Shown(
        (row.subject_type, row.subject_id),
        row.first_at,
        row.last_at,
        row.times,
        row.actor_name,
        fields_shown(row.action, json.loads(row.said)),
    )


def _named_beside(db: ScopedSession, leak: Leak) -> Sequence[_Shown]:
    """Return whom the entries named besides their own subject, gathered by the database.

    A page shows the same of everybody it names beside the one it is about.
    """
    by = (
        col(AuditSubject.subject_type),
        col(AuditSubject.subject_id),
        col(AuditEntry.action),
        col(AuditEntry.actor_name),
    )
    rows = db.rows(
        sa.select(
            *by,
            *_WHEN,
        )
        .join(AuditEntry, col(AuditEntry.id) == col(AuditSubject.entry_id))
        .where(_of(leak), col(AuditEntry.outcome) == "done")
        .group_by(*by)
    )
    return [
        _Shown(
            (row.subject_type, row.subject_id),
            row.first_at,
            row.last_at,
            row.times,
            row.actor_name,
            SHOWN_BY_ACTION.get(row.action, OTHERWISE),
        )
        for row in rows
    ]


def _named_by_file(db: ScopedSession, number: str) -> Sequence[_Shown]:
    export = export_numbered(db, number)
    if export is None:
        return ()
    rows = db.rows(
        sa.select(col(ExportSubject.person_id), col(ExportSubject.organization_id)).where(
            col(ExportSubject.export_id) == export.id
        )
    )
    return [
        _Shown(
            ("person", row.person_id) if row.person_id else ("organization", row.organization_id),
            export.asked_at,
            export.asked_at,
            1,
            export.exported_by,
            export.fields,
        )
        for row in rows
    ]


def _exposures(shown: Iterable[_Shown]) -> list[Exposure]:
    """Gather what was shown by whom it was about, those with most first."""
    found: dict[tuple[str, UUID], list[_Shown]] = defaultdict(list)
    for one in shown:
        if one.subject[0] in SUBJECTS:
            found[one.subject].append(one)
    exposures = [
        Exposure(
            subject,
            frozenset(field for one in times for field in one.fields),
            min(one.first_at for one in times),
            max(one.last_at for one in times),
            sum(one.times for one in times),
            frozenset(one.actor_name for one in times),
        )
        for subject, times in found.items()
    ]
    return sorted(exposures, key=lambda one: (-one.times, one.subject))
