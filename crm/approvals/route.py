"""The way of a draft: its steps, where it stands after what was done, and the boxes on paper."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from crm.approvals.models import (
    STEP_HOLDER_LABELS,
    ApprovalKind,
    ApprovalState,
    StepAct,
    StepHolder,
)
from crm.kernel.actor import AgencyKind
from crm.kernel.clock import local_day
from crm.kernel.wareki import wareki_short


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a route: a role, of one unit where `unit_id` is given, or one named colleague.

    `post` is what stands above its box on paper.
    """

    holder: StepHolder
    post: str
    unit_id: UUID | None = None
    staff_id: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the step as it is stored."""
        return {
            "holder": self.holder.value,
            "post": self.post,
            "unit_id": str(self.unit_id) if self.unit_id else None,
            "staff_id": str(self.staff_id) if self.staff_id else None,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Step":
        """Read a step as `as_json` wrote it."""
        return cls(
            StepHolder(stored["holder"]),
            stored["post"],
            UUID(stored["unit_id"]) if stored["unit_id"] else None,
            UUID(stored["staff_id"]) if stored["staff_id"] else None,
        )


ANY_CHIEF = Step(StepHolder.ANY_CHIEF, STEP_HOLDER_LABELS[StepHolder.ANY_CHIEF])
STATION_CHIEF = Step(StepHolder.STATION_CHIEF, STEP_HOLDER_LABELS[StepHolder.STATION_CHIEF])

DECIDED_BY_DEFAULT = frozenset({ApprovalKind.ROSTER_ISSUE, ApprovalKind.PROVISION})
ALWAYS_DECIDED = frozenset({ApprovalKind.EXPORT})
"""What no setting switches off: what asks for a second person asks for it everywhere."""


def is_decided_by_default(kind: ApprovalKind, agency: AgencyKind) -> bool:
    """Whether drafts of `kind` need a decision where nobody said otherwise.

    At the police what leaves the station does; asking a liaison does not (S1 3(1)ア lets every
    community officer ask). Another agency says so itself.
    """
    police = agency is AgencyKind.PREFECTURAL_POLICE
    return kind in ALWAYS_DECIDED or (police and kind in DECIDED_BY_DEFAULT)


def default_route(kind: ApprovalKind, agency: AgencyKind) -> tuple[Step, ...]:
    """Return the route where a station decided nothing: one chief who is not the drafter.

    What is given to another agency is the police station chief's to decide, or a delegate's.
    """
    police = agency is AgencyKind.PREFECTURAL_POLICE
    return (STATION_CHIEF,) if police and kind is ApprovalKind.PROVISION else (ANY_CHIEF,)


class Done(Protocol):
    """What was done at a step, as stored."""

    @property
    def act(self) -> StepAct:
        """What was done."""

    @property
    def position(self) -> int:
        """At which step of the route."""


FORWARD = (StepAct.APPROVED, StepAct.ON_BEHALF)


def state_after(length: int, done: Sequence[Done]) -> tuple[ApprovalState, int]:
    """Return where a draft on a route of `length` stands after `done`, and the step that waits."""
    position = 0
    for step in done:
        if step.act is StepAct.RETURNED:
            return ApprovalState.RETURNED, position
        if step.act is StepAct.WITHDRAWN:
            return ApprovalState.WITHDRAWN, position
        if step.act is StepAct.PAPER:
            return ApprovalState.APPROVED, length
        if step.act in FORWARD:
            position += 1
    if position == length:
        return ApprovalState.APPROVED, length
    return (ApprovalState.CIRCULATING if position else ApprovalState.DRAFTED), position


class StepLine(NamedTuple):
    """What one member of staff did about a draft, as it is shown and printed."""

    act: StepAct
    position: int
    post: str
    staff_id: UUID
    name: str
    unit_name: str
    at: dt.datetime
    comment: str
    decided_on: dt.date | None
    decided_by: str
    document_number: str


class Stamp(NamedTuple):
    """One box of the 決裁欄: a post, and who stamped it when; blank while nobody has.

    `mark` says how: 代決 with its 後閲, or 紙決裁; empty for an ordinary stamp.
    """

    post: str
    name: str = ""
    on: dt.date | None = None
    mark: StepAct | None = None
    reviewed_by: str = ""
    document_number: str = ""

    @property
    def day(self) -> str:
        """The day as a stamp bears it, 「R8.11.20」."""
        return wareki_short(self.on) if self.on else ""


def stamps(route: Sequence[Step], done: Sequence[StepLine]) -> list[Stamp]:
    """Return the boxes of the 決裁欄 in the order of the route; a paper decision is one box."""
    if paper := next((step for step in done if step.act is StepAct.PAPER), None):
        return [
            Stamp(
                route[-1].post,
                paper.decided_by,
                paper.decided_on,
                StepAct.PAPER,
                document_number=paper.document_number,
            )
        ]
    taken = {step.position: step for step in done if step.act in FORWARD}
    reviewed = {step.position: step.name for step in done if step.act is StepAct.REVIEWED}
    return [
        _stamp(step, taken.get(position), reviewed.get(position, ""))
        for position, step in enumerate(route)
    ]


def unreviewed(done: Sequence[Done]) -> list[int]:
    """Return the steps taken on behalf of somebody who has not looked at them since (後閲)."""
    reviewed = {step.position for step in done if step.act is StepAct.REVIEWED}
    on_behalf = [step.position for step in done if step.act is StepAct.ON_BEHALF]
    return [position for position in on_behalf if position not in reviewed]


def _stamp(step: Step, taken: StepLine | None, reviewed_by: str) -> Stamp:
    if taken is None:
        return Stamp(step.post)
    mark = taken.act if taken.act is StepAct.ON_BEHALF else None
    return Stamp(step.post, taken.name, local_day(taken.at), mark, reviewed_by)
