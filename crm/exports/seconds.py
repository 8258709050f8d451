"""The second person above a hundred people: asked when an export is, and again when it is made."""

import datetime as dt
from typing import NamedTuple
from uuid import UUID

from crm.approvals.lines import ApprovalLine
from crm.approvals.models import ApprovalKind
from crm.approvals.queries import approval_for
from crm.approvals.service import Matter, carry_out, draft
from crm.exports.models import Export
from crm.kernel.actor import Actor
from crm.kernel.errors import Forbidden
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession

KINDS = (ApprovalKind.EXPORT, ApprovalKind.ROSTER_ISSUE)
"""The decisions a file can wait for."""
UNDECIDED = N_("決裁が済むまで作成できません。")


class Second(NamedTuple):
    """What a second person said of an export; `approval_id` is where, None where none is asked."""

    is_approved: bool
    approval_id: UUID | None = None
    number: str = ""


def ask_second(
    db: ScopedSession, actor: Actor, export: Export, kind: ApprovalKind, *, now: dt.datetime
) -> None:
    """Draft the approval that `export` waits for."""
    draft(db, actor, _matter(export, kind), reason=export.purpose, now=now)


def second_of(db: ScopedSession, export_id: UUID, *, needed: bool) -> Second:
    """Return what a second person said of an export, which never changes once it was asked for."""
    if not needed:
        return Second(is_approved=True)
    found = decision_of(db, export_id)
    if found is None:
        return Second(is_approved=False)
    return Second(found.is_approved, found.id, found.number)


def decision_of(db: ScopedSession, export_id: UUID) -> ApprovalLine | None:
    """Return the draft an export waits for, with the boxes of its 決裁欄."""
    found = (approval_for(db, kind, ("export", export_id)) for kind in KINDS)
    return next((line for line in found if line is not None), None)


def use_second(db: ScopedSession, actor: Actor, export: Export, *, now: dt.datetime) -> None:
    """Use the decision an export needs, once; Forbidden while nobody else has approved it."""
    if not export.needs_approval:
        return
    found = decision_of(db, export.id)
    if found is None or not found.is_approved:
        raise Forbidden(UNDECIDED)
    carry_out(db, actor, _matter(export, found.kind), now=now)


def _matter(export: Export, kind: ApprovalKind) -> Matter:
    """Return an export as what is to be decided; its row is only added, so no terms are needed."""
    return Matter(
        kind,
        ("export", export.id),
        title=f"{export.title}（{export.number}）",
        path=f"/exports/{export.id}",
        people=export.people,
        content=[
            ("書出番号", export.number),
            ("作成目的", export.purpose),
            ("提供先", export.recipient),
            ("項目", "、".join(export.fields)),
        ],
    )
