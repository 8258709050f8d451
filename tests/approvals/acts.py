"""Drafting and deciding as the world's actors."""

import datetime as dt
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from crm.approvals import queries, service
from crm.approvals.lines import ApprovalLine
from crm.approvals.models import ApprovalKind
from crm.approvals.service import Matter
from crm.kernel.audit import Subject
from tests.support.world import NOW, World

REASON = "地域の会で使用するため"


def matter(
    kind: ApprovalKind = ApprovalKind.ROSTER_ISSUE,
    subject: Subject | None = None,
    **more: Any,
) -> Matter:
    return Matter(
        kind, subject or ("roster", uuid7()), title="一覧表の発行", path="/roster", **more
    )


def drafted(world: World, what: Matter, who: str = "officer", *, now: dt.datetime = NOW) -> UUID:
    with world.writing(who) as db:
        return service.draft(db, world.actors[who], what, reason=REASON, now=now).id


def approved(
    world: World,
    approval_id: UUID,
    who: str,
    *,
    now: dt.datetime = NOW,
    **more: Any,
) -> None:
    with world.writing(who) as db:
        service.approve(db, world.actors[who], approval_id, now=now, **more)


def line_of(world: World, approval_id: UUID, who: str = "officer") -> ApprovalLine:
    with world.reading(who) as db:
        return queries.approval_line(db, queries.approval_of(db, approval_id))


def is_approved(world: World, what: Matter, who: str = "officer") -> bool:
    with world.reading(who) as db:
        return queries.is_approved(db, what.kind, what.subject, what.terms)


def carried_out(world: World, what: Matter, who: str = "officer") -> ApprovalLine | None:
    with world.writing(who) as db:
        return service.carry_out(db, world.actors[who], what, now=NOW)
