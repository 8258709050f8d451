"""Plain values screens and paper show of drafts."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from crm.approvals.models import (
    PENDING,
    STEP_ACT_LABELS,
    ApprovalKind,
    ApprovalState,
    StepAct,
)
from crm.approvals.route import Stamp, Step, StepLine, stamps, unreviewed
from crm.kernel.clock import local_day
from crm.kernel.i18n import N_

DRAFTER = N_("起案者")


class ApprovalLine(NamedTuple):
    """A draft with its route and what was done; `covers` says whether its subject is as it was.

    `covers` is None where nobody asked.
    """

    id: UUID
    number: str
    kind: ApprovalKind
    subject_type: str
    subject_id: UUID
    title: str
    path: str
    reason: str
    people: int
    content: Sequence[tuple[str, str]]
    digest: str
    state: ApprovalState
    position: int
    route: Sequence[Step]
    drafted_by: UUID
    drafter_name: str
    unit_name: str
    drafted_at: dt.datetime
    steps: Sequence[StepLine] = ()
    covers: bool | None = None

    @property
    def subject(self) -> tuple[str, UUID]:
        """What the draft is about."""
        return self.subject_type, self.subject_id

    @property
    def is_pending(self) -> bool:
        """Whether somebody has yet to decide."""
        return self.state in PENDING

    @property
    def is_approved(self) -> bool:
        """Whether it was approved, and neither its subject changed nor was it carried out."""
        approved = self.state is ApprovalState.APPROVED
        return approved and self.covers is not False and not self.is_carried_out

    @property
    def is_carried_out(self) -> bool:
        """Whether what was approved has been done: the decision is used."""
        return any(step.act is StepAct.CARRIED_OUT for step in self.steps)

    @property
    def is_paper(self) -> bool:
        """Whether it was decided on paper."""
        return any(step.act is StepAct.PAPER for step in self.steps)

    @property
    def waits_for(self) -> Step | None:
        """The step that waits, while one does."""
        return self.route[self.position] if self.is_pending else None

    @property
    def stamps(self) -> Sequence[Stamp]:
        """The boxes of the 決裁欄, the drafter's first."""
        drafter = Stamp(DRAFTER, self.drafter_name, local_day(self.drafted_at))
        return [drafter, *stamps(self.route, self.steps)]

    @property
    def printed_stamps(self) -> list[dict[str, str]]:
        """The boxes as the typesetter takes them."""
        return [
            {
                "post": each.post,
                "name": each.name,
                "day": each.day,
                "mark": STEP_ACT_LABELS[each.mark] if each.mark else "",
            }
            for each in self.stamps
        ]

    @property
    def unreviewed(self) -> Sequence[int]:
        """The steps taken on behalf of somebody who has yet to look at them (後閲)."""
        return unreviewed(self.steps)


class RouteSetting(NamedTuple):
    """What a station decided about drafts of a kind, as of a day; `id` None for the default."""

    kind: ApprovalKind
    is_required: bool
    steps: Sequence[Step]
    valid_from: dt.date | None = None
    revision: int = 0
