"""What the page of the outbox shows of an entry that came in."""

import datetime as dt
from typing import NamedTuple
from uuid import UUID

from crm.outbox.clocks import ALLOWED
from crm.outbox.models import Fate


class ParkedLine(NamedTuple):
    """One entry a device sent, with its author."""

    id: UUID
    fate: Fate
    sentence: str
    written_at: dt.datetime
    received_at: dt.datetime
    wrong_by_s: int
    is_certain: bool
    note_id: UUID | None
    family_name: str
    given_name: str

    @property
    def author(self) -> str:
        """Who wrote it."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def clock_was_wrong(self) -> bool:
        """Whether the device's clock was too far off to be left unsaid."""
        return abs(self.wrong_by_s) > ALLOWED.total_seconds()
