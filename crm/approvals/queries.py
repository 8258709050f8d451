"""Reading drafts, their steps and the routes of a station."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlmodel import col, select

from crm.agencies.models import Unit
from crm.approvals.lines import ApprovalLine, RouteSetting
from crm.approvals.models import (
    PENDING,
    Approval,
    ApprovalKind,
    ApprovalRoute,
    ApprovalState,
    ApprovalStep,
    StepAct,
)
from crm.approvals.route import Step, StepLine, default_route, is_decided_by_default
from crm.approvals.subjects import Terms, digest_of
from crm.kernel.actor import Actor, AgencyKind
from crm.kernel.audit import Subject
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.paging import PAGE_SIZE, Page, offset_of
from crm.kernel.scope import AnySelect, ScopedSession


def approval_for(
    db: ScopedSession, kind: ApprovalKind, subject: Subject, terms: Terms | None = None
) -> ApprovalLine | None:
    """Return the draft that asks for exactly this, or else the last one about `subject`.

    Withdrawn ones are left out. `covers` says whether it asks for what would be done now: the
    subject may have changed since, or the terms are others.
    """
    digest = digest_of(db, kind, subject, terms)
    drafts = drafts_about(db, kind, subject)
    same = [one for one in drafts if one.digest == digest]
    found = next(iter(same or drafts), None)
    return found._replace(covers=bool(same)) if found else None


def drafts_about(db: ScopedSession, kind: ApprovalKind, subject: Subject) -> Sequence[ApprovalLine]:
    """Return the drafts of `kind` about `subject` with their steps, the last first.

    Withdrawn ones are left out. Two statements; one where there are none.
    """
    rows = db.exec(
        select(Approval)
        .where(
            col(Approval.kind) == kind,
            col(Approval.subject_type) == subject[0],
            col(Approval.subject_id) == subject[1],
            col(Approval.state) != ApprovalState.WITHDRAWN,
        )
        .order_by(col(Approval.drafted_at).desc(), col(Approval.id).desc())
    ).all()
    steps = steps_of(db, [row.id for row in rows]) if rows else {}
    return [_line(row, steps[row.id]) for row in rows]


def is_approved(
    db: ScopedSession, kind: ApprovalKind, subject: Subject, terms: Terms | None = None
) -> bool:
    """Whether exactly this was approved and not carried out yet."""
    found = approval_for(db, kind, subject, terms)
    return found is not None and found.is_approved


def is_required(db: ScopedSession, actor: Actor, kind: ApprovalKind, day: dt.date) -> bool:
    """Whether the actor's own station has drafts of `kind` decided on `day`."""
    return route_on(db, actor, kind, day).is_required


def approval_of(db: ScopedSession, approval_id: UUID, *, to_change: bool = False) -> Approval:
    """Return a draft of the own station; NotFound when there is none."""
    statement = select(Approval).where(Approval.id == approval_id)
    if to_change:
        statement = statement.with_for_update(key_share=True)
    found = db.exec(statement).first()
    if found is None:
        raise NotFound
    return found


def approval_line(db: ScopedSession, row: Approval) -> ApprovalLine:
    """Return a draft with its steps, and whether its subject is still as it was."""
    digest = digest_of(db, row.kind, (row.subject_type, row.subject_id), row.terms)
    return _line(row, steps_of(db, [row.id])[row.id], covers=row.digest == digest)


def pending(db: ScopedSession) -> Sequence[ApprovalLine]:
    """Return the drafts of the own station somebody has yet to decide, the oldest first."""
    rows = db.exec(
        select(Approval).where(col(Approval.state).in_(PENDING)).order_by(col(Approval.drafted_at))
    ).all()
    return [_line(row) for row in rows]


def decided_on_behalf(db: ScopedSession) -> Sequence[ApprovalLine]:
    """Return the drafts with a step taken on behalf of somebody who has yet to look at it."""
    later = orm.aliased(ApprovalStep)
    looked_at = (
        sa.select(sa.literal(1))
        .where(
            col(later.approval_id) == col(ApprovalStep.approval_id),
            col(later.position) == col(ApprovalStep.position),
            col(later.act) == StepAct.REVIEWED,
        )
        .exists()
    )
    behalf = select(ApprovalStep.approval_id).where(
        ApprovalStep.act == StepAct.ON_BEHALF, ~looked_at
    )
    rows = db.exec(
        select(Approval).where(col(Approval.id).in_(behalf)).order_by(col(Approval.drafted_at))
    ).all()
    steps = steps_of(db, [row.id for row in rows]) if rows else {}
    return [_line(row, steps[row.id]) for row in rows]


def drafts_page(
    db: ScopedSession, *, drafted_by: UUID | None = None, number: int = 1
) -> Page[ApprovalLine]:
    """Return the drafts of the own station, or of one colleague, newest first."""
    whose = () if drafted_by is None else (Approval.drafted_by == drafted_by,)
    total = db.exec(select(sa.func.count(col(Approval.id))).where(*whose)).one()
    number = min(max(1, number), Page((), total).last)
    rows = db.exec(
        select(Approval)
        .where(*whose)
        .order_by(col(Approval.drafted_at).desc(), col(Approval.id).desc())
        .offset(offset_of(number))
        .limit(PAGE_SIZE)
    ).all()
    return Page([_line(row) for row in rows], total, number)


def steps_of(
    db: ScopedSession, approval_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[StepLine]]:
    """Return what was done about each of several drafts, in order."""
    found: defaultdict[UUID, list[StepLine]] = defaultdict(list)
    for row in db.rows(_steps().where(col(ApprovalStep.approval_id).in_(approval_ids))):
        found[row[0]].append(StepLine(*row[1:]))
    return found


def same_draft_exists(db: ScopedSession, digest: str) -> bool:
    """Whether exactly this is already drafted and awaits its decision."""
    return (
        db.exec(
            select(Approval.id)
            .where(Approval.digest == digest, col(Approval.state).in_(PENDING))
            .limit(1)
        ).first()
        is not None
    )


def lock_serials(db: ScopedSession, station_id: UUID) -> None:
    """Let no other transaction take a number of the station until this one ends."""
    db.exec(select(Unit.id).where(Unit.id == station_id).with_for_update(key_share=True)).one()


def last_serial(db: ScopedSession, station_id: UUID, year: int) -> int:
    """Return the last number the station gave a draft in a fiscal year."""
    found = db.exec(
        select(sa.func.max(col(Approval.serial))).where(
            Approval.station_id == station_id, Approval.year == year
        )
    ).one()
    return found or 0


def route_on(db: ScopedSession, actor: Actor, kind: ApprovalKind, day: dt.date) -> RouteSetting:
    """Return what the actor's station decided about drafts of `kind` as of `day`."""
    return routes_on(db, actor.station_id, actor.agency_kind, day)[kind]


def routes_on(
    db: ScopedSession, station_id: UUID | None, agency_kind: AgencyKind, day: dt.date
) -> Mapping[ApprovalKind, RouteSetting]:
    """Return what a station decided about each kind as of `day`, or the default; one statement."""
    settled = {
        kind: RouteSetting(
            kind, is_decided_by_default(kind, agency_kind), default_route(kind, agency_kind)
        )
        for kind in ApprovalKind
    }
    rows = db.exec(
        select(ApprovalRoute).where(
            ApprovalRoute.station_id == station_id, holds(ApprovalRoute, day)
        )
    ).all()
    for row in rows:
        steps = [Step.of(step) for step in row.steps]
        settled[row.kind] = RouteSetting(
            row.kind, row.is_required, steps, row.valid_from, row.revision
        )
    return settled


def route_rows(db: ScopedSession, station_id: UUID, kind: ApprovalKind) -> Sequence[ApprovalRoute]:
    """Return everything a station decided about a kind, the earliest first."""
    return db.exec(
        select(ApprovalRoute)
        .where(ApprovalRoute.station_id == station_id, ApprovalRoute.kind == kind)
        .order_by(col(ApprovalRoute.valid_from))
    ).all()


def _line(
    row: Approval, steps: Sequence[StepLine] = (), *, covers: bool | None = None
) -> ApprovalLine:
    facts: dict[str, Any] = {
        name: getattr(row, name)
        for name in ApprovalLine._fields
        if name not in {"content", "route", "steps", "covers"}
    }
    return ApprovalLine(
        **facts,
        content=[(label, text) for label, text in row.content],
        route=[Step.of(step) for step in row.route],
        steps=steps,
        covers=covers,
    )


def _steps() -> AnySelect:
    return sa.select(
        col(ApprovalStep.approval_id),
        col(ApprovalStep.act),
        col(ApprovalStep.position),
        col(ApprovalStep.post),
        col(ApprovalStep.staff_id),
        col(ApprovalStep.name),
        col(ApprovalStep.unit_name),
        col(ApprovalStep.at),
        col(ApprovalStep.comment),
        col(ApprovalStep.decided_on),
        col(ApprovalStep.decided_by),
        col(ApprovalStep.document_number),
    ).order_by(col(ApprovalStep.approval_id), col(ApprovalStep.serial))
