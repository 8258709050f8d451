"""Reading 発行簿: what was issued, its documents, and what became of its copies."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from crm.agencies.models import Staff, Unit
from crm.kernel.clock import start_of_day
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession
from crm.rosters.comparing import Before
from crm.rosters.models import (
    CopyAct,
    RosterCopy,
    RosterCopyAct,
    RosterDocument,
    RosterFormat,
    RosterIssue,
    RosterProfile,
)

APRIL = 4


class IssueLine(NamedTuple):
    """A roster that was issued, as 発行簿 lists it; `out` counts the copies nobody gave back."""

    id: UUID
    number: str
    issued_at: dt.datetime
    profile: RosterProfile
    as_of: dt.date
    purpose: str
    recipient: str
    decision: str
    selection: str
    selection_name: str
    format: RosterFormat
    persons: int
    organizations: int
    sha256: str
    export_id: UUID | None
    family_name: str
    given_name: str
    copies: int
    out: int
    is_kept: bool

    @property
    def issued_by(self) -> str:
        """Who issued it."""
        return f"{self.family_name} {self.given_name}".strip()


class ActLine(NamedTuple):
    """What became of a copy: what, on which day, on whose word."""

    act: CopyAct
    acted_on: dt.date
    recorder_name: str


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A numbered copy with what became of it."""

    id: UUID
    number: int
    handed_to: str
    handed_on: dt.date
    recorder_name: str
    acts: Mapping[CopyAct, ActLine]

    @property
    def is_out(self) -> bool:
        """Whether it neither came back nor was shredded."""
        return not self.acts


class Wanted(NamedTuple):
    """What of 発行簿 is looked for."""

    profile: RosterProfile | None = None
    year: int | None = None
    number: str = ""
    only_out: bool = False


def lock_numbers(db: ScopedSession, station_id: UUID) -> None:
    """Let no other transaction take a 一覧表番号 of the station until this one ends."""
    db.exec(select(Unit.id).where(Unit.id == station_id).with_for_update(key_share=True)).one()


def issues_numbered(db: ScopedSession, prefix: str) -> int:
    """Return how many issues of the station have a number that begins with `prefix`."""
    return db.exec(
        select(sa.func.count())
        .select_from(RosterIssue)
        .where(col(RosterIssue.number).startswith(prefix, autoescape=True))
    ).one()


def last_alike(db: ScopedSession, profile: RosterProfile, selection: str) -> Before | None:
    """Return the last issue of the same selection for the same readers; one statement."""
    row = db.exec(
        select(RosterIssue.number, RosterDocument.rows)
        .outerjoin(RosterDocument, col(RosterDocument.issue_id) == col(RosterIssue.id))
        .where(col(RosterIssue.profile) == profile, col(RosterIssue.selection) == selection)
        .order_by(col(RosterIssue.issued_at).desc(), col(RosterIssue.number).desc())
        .limit(1)
    ).first()
    return Before(*row) if row else None


def issues_page(db: ScopedSession, wanted: Wanted, number: int) -> Page[IssueLine]:
    """Return one page of the station's issues, newest first; two statements."""
    asked = list(_conditions(wanted))
    total = db.exec(select(sa.func.count(col(RosterIssue.id))).where(*asked)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.rows(
        _lines()
        .where(*asked)
        .order_by(col(RosterIssue.issued_at).desc(), col(RosterIssue.number).desc())
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    )
    return Page([IssueLine(*row) for row in rows], total, number)


def issue_line(db: ScopedSession, issue_id: UUID) -> IssueLine:
    """Return one issue; NotFound for another station's."""
    rows = db.rows(_lines().where(col(RosterIssue.id) == issue_id))
    if not rows:
        raise NotFound
    return IssueLine(*rows[0])


def document_of(db: ScopedSession, issue_id: UUID) -> RosterDocument | None:
    """Return the document of an issue; None once its time was over."""
    return db.exec(select(RosterDocument).where(RosterDocument.issue_id == issue_id)).first()


def copies_of(db: ScopedSession, issue_id: UUID) -> Sequence[CopyLine]:
    """Return the copies of an issue by their number, with what became of them; one statement."""
    rows = db.rows(
        sa.select(
            col(RosterCopy.id),
            col(RosterCopy.number),
            col(RosterCopy.handed_to),
            col(RosterCopy.handed_on),
            col(RosterCopy.recorder_name),
            col(RosterCopyAct.act),
            col(RosterCopyAct.acted_on),
            col(RosterCopyAct.recorder_name).label("actor_name"),
        )
        .outerjoin(RosterCopyAct, col(RosterCopyAct.copy_id) == col(RosterCopy.id))
        .where(col(RosterCopy.issue_id) == issue_id)
        .order_by(col(RosterCopy.number))
    )
    found: dict[UUID, CopyLine] = {}
    for row in rows:
        copy = (row.id, row.number, row.handed_to, row.handed_on, row.recorder_name)
        line = found.setdefault(row.id, CopyLine(*copy, {}))
        if row.act is not None:
            acts = {**line.acts, row.act: ActLine(row.act, row.acted_on, row.actor_name)}
            found[row.id] = CopyLine(*copy, acts)
    return list(found.values())


@cache
def copies_out() -> AnySelect:
    """Select the copies of a station's rosters that are out; built once, for every tour."""
    gone = sa.select(col(RosterCopyAct.copy_id))
    return sa.select(col(RosterCopy.id).label("copy_id")).where(col(RosterCopy.id).not_in(gone))


def copy_of(db: ScopedSession, copy_id: UUID) -> RosterCopy:
    """Return a copy of the own station's; NotFound otherwise."""
    found = db.exec(select(RosterCopy).where(RosterCopy.id == copy_id).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def acts_of(db: ScopedSession, copy_id: UUID) -> frozenset[CopyAct]:
    """Return what became of a copy already."""
    rows = db.rows(sa.select(col(RosterCopyAct.act)).where(col(RosterCopyAct.copy_id) == copy_id))
    return frozenset(row.act for row in rows)


def last_copy(db: ScopedSession, issue_id: UUID) -> int:
    """Return the number of the last copy of an issue, 0 where there is none."""
    last = db.exec(
        select(sa.func.max(col(RosterCopy.number))).where(RosterCopy.issue_id == issue_id)
    ).one()
    return last or 0


def _conditions(wanted: Wanted) -> Sequence[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.profile is not None:
        found.append(col(RosterIssue.profile) == wanted.profile)
    if wanted.year is not None:
        start, end = (dt.date(year, APRIL, 1) for year in (wanted.year, wanted.year + 1))
        found.append(col(RosterIssue.issued_at) >= start_of_day(start))
        found.append(col(RosterIssue.issued_at) < start_of_day(end))
    if wanted.number:
        found.append(col(RosterIssue.number) == wanted.number)
    if wanted.only_out:
        found.append(_out().scalar_subquery() > 0)
    return found


def _lines() -> AnySelect:
    kept = sa.select(sa.literal(1)).where(col(RosterDocument.issue_id) == col(RosterIssue.id))
    return sa.select(
        col(RosterIssue.id),
        col(RosterIssue.number),
        col(RosterIssue.issued_at),
        col(RosterIssue.profile),
        col(RosterIssue.as_of),
        col(RosterIssue.purpose),
        col(RosterIssue.recipient),
        col(RosterIssue.decision),
        col(RosterIssue.selection),
        col(RosterIssue.selection_name),
        col(RosterIssue.format),
        col(RosterIssue.persons),
        col(RosterIssue.organizations),
        col(RosterIssue.sha256),
        col(RosterIssue.export_id),
        col(Staff.family_name),
        col(Staff.given_name),
        _copies().scalar_subquery(),
        _out().scalar_subquery(),
        kept.correlate(RosterIssue).exists(),
    ).join(Staff, col(Staff.id) == RosterIssue.issued_by)


def _copies() -> sa.Select[int]:
    return (
        sa.select(sa.func.count(col(RosterCopy.id)))
        .where(col(RosterCopy.issue_id) == col(RosterIssue.id))
        .correlate(RosterIssue)
    )


def _out() -> sa.Select[int]:
    gone = sa.select(col(RosterCopyAct.copy_id))
    return _copies().where(col(RosterCopy.id).not_in(gone))
