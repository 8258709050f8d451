"""The forms that open a person and review an opening."""

from uuid import UUID

from pydantic import Field

from crm.breakglass.models import Finding
from crm.kernel.forms import Form
from crm.kernel.i18n import N_


class OpeningForm(Form):
    """Whom headquarters must reach, at which station, and why."""

    station_id: UUID = Field(
        title=N_("警察署"), json_schema_extra={"missing": N_("警察署を選んでください。")}
    )
    name: str = Field(
        title=N_("氏名"),
        max_length=120,
        json_schema_extra={"missing": N_("氏名を入力してください。（例：高橋 茂）")},
    )
    last4: str = Field(default="", title=N_("電話番号の下4桁"), max_length=4)
    reason: str = Field(
        title=N_("緊急に閲覧する理由"),
        max_length=300,
        json_schema_extra={"missing": N_("緊急に閲覧する理由を入力してください。")},
    )


class ReviewForm(Form):
    """What was found of an opening."""

    finding: Finding = Field(
        title=N_("点検の結果"),
        json_schema_extra={"missing": N_("点検の結果を選んでください。")},
    )
    remark: str = Field(
        title=N_("所見"),
        max_length=300,
        json_schema_extra={"missing": N_("所見を入力してください。")},
    )
