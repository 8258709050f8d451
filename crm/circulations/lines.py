"""Plain values screens show of what circulates."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID


class RecipientLine(NamedTuple):
    """A unit that is to see it, and who of it has, when."""

    unit_id: UUID
    unit_name: str
    confirmed_by: str = ""
    confirmed_at: dt.datetime | None = None


class CirculationLine(NamedTuple):
    """One thing in circulation, with the units it goes to."""

    id: UUID
    subject_type: str
    subject_id: UUID
    title: str
    path: str
    remark: str
    sent_by: UUID
    sender_name: str
    unit_name: str
    sent_at: dt.datetime
    recipients: Sequence[RecipientLine] = ()

    @property
    def waiting(self) -> int:
        """How many units have yet to see it."""
        return sum(each.confirmed_at is None for each in self.recipients)
