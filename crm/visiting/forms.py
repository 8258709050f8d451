"""The forms of a quiet period and of a cadence."""

from uuid import UUID

from pydantic import Field

from crm.kernel.forms import Day, Form, OnceForm
from crm.kernel.i18n import N_
from crm.visiting.models import Every, QuietReason
from crm.visiting.service import Decided, QuietFacts


class QuietForm(OnceForm):
    """From which day to which somebody is left in peace, and why."""

    valid_from: Day = Field(title=N_("始まりの日"))
    valid_to: Day = Field(title=N_("終わりの日"))
    reason: QuietReason = Field(
        title=N_("理由"), json_schema_extra={"missing": N_("「理由」を選んでください。")}
    )
    remark: str = Field(default="", title=N_("補足"), max_length=60)

    @property
    def facts(self) -> QuietFacts:
        """What it says."""
        return QuietFacts(
            self.valid_from, self.valid_to, self.reason, self.remark, self.request_key
        )


class CadenceForm(Form):
    """After how long a visit is proposed; `seen` is the decision it takes the place of."""

    every: Every = Field(
        title=N_("訪問の目安"),
        json_schema_extra={"missing": N_("「訪問の目安」を選んでください。")},
    )
    seen: UUID | None = None

    @property
    def decided(self) -> Decided:
        """What it says."""
        return Decided(self.every, self.seen)


class AreaForm(CadenceForm):
    """The same for an area."""

    area_id: UUID = Field(
        title=N_("区域"), json_schema_extra={"missing": N_("「区域」を選んでください。")}
    )
