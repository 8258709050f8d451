"""The forms of retention."""

from typing import Literal
from uuid import UUID

from pydantic import Field
from uuid_utils.compat import uuid7

from crm.kernel.forms import Day, Form, Lines, OnceForm
from crm.kernel.i18n import N_
from crm.retention.models import Asked, Holding, SuspensionState

MISSING_HOLDING = N_("記録の種類を選んでください。")


class DraftForm(Form):
    """Which holding is to be disposed of."""

    holding: Holding = Field(title=N_("記録の種類"), json_schema_extra={"missing": MISSING_HOLDING})


class ApprovalForm(Form):
    """The word of the second person; sent twice it is one."""

    request_key: UUID = Field(default_factory=uuid7, title=N_("送信の番号"))


class PeriodForm(Form):
    """How many years a holding is kept, from a day on."""

    holding: Holding = Field(title=N_("記録の種類"), json_schema_extra={"missing": MISSING_HOLDING})
    value: int = Field(
        title=N_("保存期間（年）"),
        json_schema_extra={"missing": N_("年数を入力してください。")},
    )
    day: Day = Field(
        title=N_("始まりの日"),
        json_schema_extra={"missing": N_("始まりの日を入力してください。")},
    )
    revision: int = Field(default=0, title=N_("版"))


class SuspensionForm(OnceForm):
    """What somebody asks about their own records, and the day the request came in."""

    asked: Asked = Field(
        title=N_("請求の内容"),
        json_schema_extra={"missing": N_("請求の内容を選んでください。")},
    )
    received_on: Day = Field(
        title=N_("請求を受けた日"),
        json_schema_extra={"missing": N_("請求を受けた日を入力してください。")},
    )


class DecisionForm(Form):
    """What is decided about a request, and why."""

    decision: Literal[SuspensionState.GRANTED, SuspensionState.REFUSED] = Field(
        title=N_("決定"), json_schema_extra={"missing": N_("決定を選んでください。")}
    )
    reason: Lines = Field(
        title=N_("決定の理由"),
        max_length=500,
        json_schema_extra={"missing": N_("決定の理由を入力してください。")},
    )


class NoticeForm(Form):
    """The day the person was told in writing."""

    notified_on: Day = Field(
        title=N_("書面で通知した日"),
        json_schema_extra={"missing": N_("書面で通知した日を入力してください。")},
    )
