"""The forms of oversight."""

import datetime as dt
from uuid import UUID

from pydantic import Field

from crm.kernel.clock import end_of_day, start_of_day
from crm.kernel.forms import Day, Form
from crm.kernel.i18n import N_
from crm.oversight.leak_queries import Leak
from crm.oversight.models import LeakSource

SECOND = dt.timedelta(seconds=1)


class TraceForm(Form):
    """Somebody whose sightings are asked for, by exact name and station."""

    name: str = Field(
        title=N_("氏名"),
        max_length=120,
        json_schema_extra={"missing": N_("氏名を入力してください。")},
    )
    station: str = Field(
        title=N_("署・庁舎"),
        max_length=120,
        json_schema_extra={"missing": N_("署・庁舎の名称を入力してください。")},
    )


class LeakForm(Form):
    """What was lost or taken, and over which days."""

    kind: LeakSource = Field(
        title=N_("漏えい等の元"),
        json_schema_extra={"missing": N_("漏えい等の元を選んでください。")},
    )
    source: str = Field(
        title=N_("ログイン名・アドレス・番号"),
        max_length=120,
        json_schema_extra={"missing": N_("ログイン名・アドレス・番号を入力してください。")},
    )
    since: Day = Field(
        title=N_("始まりの日"),
        json_schema_extra={"missing": N_("始まりの日を入力してください。")},
    )
    until: Day = Field(
        title=N_("終わりの日"),
        json_schema_extra={"missing": N_("終わりの日を入力してください。")},
    )
    is_malicious: bool = Field(default=False, title=N_("不正の目的のおそれがある"))

    @property
    def leak(self) -> Leak:
        """The leak, from the first moment of its first day to the last of its last."""
        until = end_of_day(self.until) - SECOND
        return Leak(self.kind, self.source, start_of_day(self.since), until)


class CheckForm(Form):
    """Which entries of a week's sample were looked at, and which need a word."""

    entries: list[UUID] = Field(
        title=N_("確認した記録"),
        json_schema_extra={"missing": N_("確認した記録を選んでください。")},
    )
    doubtful: list[UUID] = Field(default_factory=list, title=N_("確認を要する記録"))
    remark: str = Field(default="", title=N_("確認を要する理由"), max_length=200)
