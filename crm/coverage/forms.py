"""The question 構築状況 answers: which day, which kind of area."""

import datetime as dt

from pydantic import Field

from crm.areas.models import AreaKind
from crm.kernel.errors import Refused
from crm.kernel.forms import Day, Form
from crm.kernel.i18n import N_

DEFAULT_KIND = AreaKind.ASSOCIATION_AREA


class AsOfForm(Form):
    """The day looked at, today when left empty, and the kind of area counted."""

    as_of: Day | None = Field(default=None, title=N_("基準日"))
    kind: AreaKind = Field(default=DEFAULT_KIND, title=N_("区域の種類"))

    def require_come(self, today: dt.date) -> None:
        """Raise Refused when the day asked for has not come yet."""
        if self.as_of is not None and self.as_of > today:
            raise Refused("「基準日」は今日までの日付を入力してください。", field="as_of")
