"""The decision (決裁) about asking somebody, at stations that have one."""

import datetime as dt
from collections.abc import Collection, Mapping

from crm.approvals.lines import ApprovalLine
from crm.approvals.models import Approval, ApprovalKind
from crm.approvals.queries import approval_for, is_required
from crm.approvals.service import Matter, draft
from crm.approvals.subjects import Facts, Teller, tells
from crm.contacts.models import Holder
from crm.contacts.queries import names_of
from crm.kernel.actor import Actor
from crm.kernel.audit import Subject
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.liaisons.checks import require_recorder
from crm.liaisons.queries import course_of, holder_line

TITLE = N_("地域安全連絡員の依頼")


def request_matter(holder: Holder) -> Matter:
    """Return the asking of `holder` as what is to be decided."""
    kind, key = holder.subject
    below = "people" if kind == "person" else "organizations"
    return Matter(
        ApprovalKind.LIAISON_REQUEST,
        holder.subject,
        title=TITLE,
        path=f"/{below}/{key}/liaison?act=approach",
        people=1,
    )


def draft_request(
    db: ScopedSession, actor: Actor, holder: Holder, *, reason: str, now: dt.datetime
) -> Approval:
    """Ask for the decision that `holder` be asked (依頼の起案); `reason` says why they are fit."""
    require_recorder(actor)
    holder_line(db, holder)
    return draft(db, actor, request_matter(holder), reason=reason, now=now)


def request_decision(
    db: ScopedSession, actor: Actor, holder: Holder, day: dt.date
) -> tuple[bool, ApprovalLine | None]:
    """Return whether asking needs a decision, and the draft about asking `holder` if there is."""
    if not is_required(db, actor, ApprovalKind.LIAISON_REQUEST, day):
        return False, None
    return True, approval_for(db, ApprovalKind.LIAISON_REQUEST, holder.subject)


def _facts(db: ScopedSession, kind: ApprovalKind, subject: Subject) -> Facts:
    """Tell whom a decision is about; one to ask covers the next asking and none after it."""
    holder = _holder(subject)
    name = {"name": holder_line(db, holder).name}
    if kind is ApprovalKind.LIAISON_REQUEST:
        return {**name, "askings": len(course_of(db, holder).askings)}
    return name


def _names(db: ScopedSession, subjects: Collection[Subject]) -> Mapping[Subject, str]:
    """Return what people and organizations are called, of those the reader may know."""
    kinds = {key: kind for kind, key in subjects}
    people = [key for key, kind in kinds.items() if kind == "person"]
    found = names_of(db, people, [key for key in kinds if key not in people])
    return {(kinds[key], key): name for key, name in found.items()}


def _holder(subject: Subject) -> Holder:
    kind, key = subject
    return Holder(person_id=key) if kind == "person" else Holder(organization_id=key)


for _type in ("person", "organization"):
    tells(_type, Teller(_facts, _names))
