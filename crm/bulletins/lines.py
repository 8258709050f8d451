"""Plain values screens show of information items."""

import datetime as dt
from typing import NamedTuple
from uuid import UUID

from crm.bulletins.models import Handling, InformationKind, ItemState, state_on


class ItemName(NamedTuple):
    """An item by what stands on top of the sheet."""

    id: UUID
    kind: InformationKind
    issue_number: str
    title: str


class ItemChoice(NamedTuple):
    """An item that may be handed over, and how far it may go."""

    id: UUID
    kind: InformationKind
    issue_number: str
    title: str
    handling: Handling


class ItemLine(NamedTuple):
    """An item as a list shows it; `unit_name` issued it, for every station if `is_for_all`."""

    id: UUID
    kind: InformationKind
    issue_number: str
    title: str
    topic: str
    handling: Handling
    valid_from: dt.date
    valid_to: dt.date | None
    withdrawn_on: dt.date | None
    is_for_all: bool
    unit_name: str | None
    has_file: bool

    def state_on(self, day: dt.date) -> ItemState:
        """Return where the item stands on `day`."""
        return state_on(day, self.valid_from, self.valid_to, self.withdrawn_on)


class FileFacts(NamedTuple):
    """A file by name, kind and size in bytes; its content is not read."""

    name: str
    media_type: str
    size: int
