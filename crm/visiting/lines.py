"""Plain values screens show of quiet periods and cadences."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
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


@dataclass(frozen=True, slots=True)
class Cadences:
    """After how many days a visit is proposed (訪問の目安): a proposal, never a quota.

    None stands for no proposals. What was decided of somebody comes before what was decided of
    their areas, and that before the agency's `default_days`.
    """

    default_days: int
    of_holders: Mapping[Holder, int | None]
    of_areas: Mapping[UUID, int | None]

    def days_for(self, holder: Holder, areas: Collection[UUID]) -> int | None:
        """Return after how many days a visit is proposed; of several areas the soonest."""
        if holder in self.of_holders:
            return self.of_holders[holder]
        decided = [self.of_areas[area] for area in areas if area in self.of_areas]
        if decided:
            return min((days for days in decided if days is not None), default=None)
        return self.default_days
