"""Plain values screens show of quiet periods and cadences."""

import datetime as dt
from typing import NamedTuple
from uuid import UUID

from crm.visiting.models import QuietReason


class Quiet(NamedTuple):
    """A stretch of days on which somebody is left in peace."""

    id: UUID
    valid_from: dt.date
    valid_to: dt.date
    reason: QuietReason
    remark: str

    def holds_on(self, day: dt.date) -> bool:
        """Whether `day` is one of them."""
        return self.valid_from <= day <= self.valid_to


class QuietLine(NamedTuple):
    """One with who entered it, and when it was lifted if it was."""

    quiet: Quiet
    entered_name: str
    unit_name: str
    entered_at: dt.datetime
    lifted_at: dt.datetime | None


class CadenceLine(NamedTuple):
    """What was decided of one person, organization or area, by whom."""

    id: UUID
    every_days: int | None
    valid_from: dt.date
    decider_name: str
    area_id: UUID | None = None
    area_name: str = ""
