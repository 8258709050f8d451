"""The decision (決裁) about giving something to another agency, as the forms for it need it."""

from typing import Any
from uuid import UUID

from crm.approvals.models import ApprovalKind
from crm.approvals.queries import approval_line, approval_of, is_required
from crm.kernel.clock import local_day
from crm.kernel.errors import NotFound
from crm.kernel.forms import Submission, blank
from crm.web.visit import Visit


def needs_decision(visit: Visit) -> bool:
    """Whether the reader's station has what it gives to others decided first."""
    return is_required(visit.db, visit.actor, ApprovalKind.PROVISION, local_day(visit.now))


def wants_draft(visit: Visit) -> bool:
    """Whether the form was sent to be drafted, not to be carried out."""
    return bool(visit.sent.get("wish") == "draft")


def decided_terms(visit: Visit, approval_id: UUID | None) -> Submission[Any] | None:
    """Return the form filled with what was approved; None where nothing or something else was."""
    if approval_id is None:
        return None
    row = approval_of(visit.db, approval_id)
    if row.kind is not ApprovalKind.PROVISION:
        raise NotFound
    line = approval_line(visit.db, row)
    return blank(**row.terms) if line.is_approved else None
