"""Plain values screens show of what was left for the next shift."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID


class MessageLine(NamedTuple):
    """What was left, by whom, and who took note of it, in the order they did."""

    id: UUID
    text: str
    written_by: UUID
    writer_name: str
    written_at: dt.datetime
    confirmed: Sequence[tuple[UUID, str, dt.datetime]] = ()

    def awaits(self, staff_id: UUID) -> bool:
        """Whether somebody who did not write it has yet to take note of it."""
        known = {self.written_by, *(who for who, _, _ in self.confirmed)}
        return staff_id not in known
