"""The forms of retention."""

from uuid import UUID

from pydantic import Field
from uuid_utils.compat import uuid7

from crm.kernel.forms import Day, Form
from crm.kernel.i18n import N_
from crm.retention.models import Holding

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
