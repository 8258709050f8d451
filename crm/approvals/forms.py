"""The shapes of the forms that decide, send back, enter a paper decision and keep a route."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from pydantic import Field

from crm.agencies.queries import StaffLine, UnitLine
from crm.approvals.models import (
    MAX_STEPS,
    STEP_HOLDER_LABELS,
    ApprovalKind,
    StepHolder,
)
from crm.approvals.route import Step
from crm.approvals.settings import RouteFacts
from crm.kernel.errors import Refused
from crm.kernel.forms import Day, Form
from crm.kernel.i18n import N_, translate

STEP_FIELDS = tuple(f"step{number}" for number in range(1, MAX_STEPS + 1))
CHIEF_SUFFIX = "長"


class DecisionForm(Form):
    """A step taken, with a remark."""

    comment: str = Field(default="", title=N_("意見"), max_length=500)
    revision: int


class ReturnForm(Form):
    """A draft sent back, and why."""

    comment: str = Field(
        title=N_("差戻しの理由"),
        max_length=500,
        json_schema_extra={"missing": N_("差戻しの理由を入力してください。")},
    )
    revision: int


class PaperForm(Form):
    """A decision as it stands on paper."""

    decided_on: Day = Field(title=N_("決裁日"))
    decided_by: str = Field(title=N_("決裁者"), max_length=120)
    document_number: str = Field(title=N_("文書番号"), max_length=60)
    comment: str = Field(default="", title=N_("備考"), max_length=500)


class RouteForm(Form):
    """What a station has decided, and by whom; each step is a choice of `step_options`."""

    kind: ApprovalKind = Field(title=N_("種類"))
    is_required: bool = Field(default=False, title=N_("決裁"))
    day: Day = Field(title=N_("いつから"))
    revision: int = 0
    step1: str = Field(default="", title=N_("第一段階"), max_length=80)
    step2: str = Field(default="", max_length=80)
    step3: str = Field(default="", max_length=80)
    step4: str = Field(default="", max_length=80)
    step5: str = Field(default="", max_length=80)
    step6: str = Field(default="", max_length=80)

    def facts(self, units: Collection[UnitLine], staff: Collection[StaffLine]) -> RouteFacts:
        """Return the setting as chosen; Refused for a step that is not offered."""
        offered = offered_steps(units, staff)
        steps = []
        for name in STEP_FIELDS:
            if chosen := getattr(self, name):
                if chosen not in offered:
                    raise Refused(N_("決裁の段階を選び直してください。"), field=name)
                steps.append(offered[chosen])
        return RouteFacts(self.kind, self.is_required, steps)


def offered_steps(units: Collection[UnitLine], staff: Collection[StaffLine]) -> dict[str, Step]:
    """Return every step a station may put on a route, by the value its choice has."""
    roles = (StepHolder.ANY_CHIEF, StepHolder.SECTION_CHIEF, StepHolder.STATION_CHIEF)
    found = {role.value: Step(role, STEP_HOLDER_LABELS[role]) for role in roles}
    for unit in units:
        step = Step(StepHolder.SECTION_CHIEF, unit.name + CHIEF_SUFFIX, unit_id=unit.id)
        found[step_value(step)] = step
    for one in staff:
        step = Step(StepHolder.NAMED, one.name, staff_id=one.id)
        found[step_value(step)] = step
    return found


def step_options(
    units: Collection[UnitLine], staff: Collection[StaffLine]
) -> list[tuple[str, str]]:
    """Return the steps to choose from, in words."""
    places = {one.id: one.unit_name for one in staff}
    return [
        (value, _option(step, places.get(step.staff_id) if step.staff_id else None))
        for value, step in offered_steps(units, staff).items()
    ]


def step_value(step: Step) -> str:
    """Return the value a step has in a form."""
    key = step.unit_id or step.staff_id
    return f"{step.holder}:{key}" if key else step.holder.value


def route_values(
    kind: ApprovalKind, steps: Collection[Step], *, is_required: bool, day: dt.date
) -> dict[str, Any]:
    """Return a setting as the form shows it."""
    chosen = dict(zip(STEP_FIELDS, map(step_value, steps), strict=False))
    return {"kind": kind, "is_required": is_required or None, "day": day.isoformat(), **chosen}


def _option(step: Step, place: str | None) -> str:
    return f"{step.post}（{place}）" if place else translate(step.post)
