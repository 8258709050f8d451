"""What the pages of lists taken in show: plain values."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from crm.intake.deeds import VERDICT_LABELS, Step, Verdict
from crm.intake.headers import Meaning
from crm.intake.models import BatchState, ListKind
from crm.kernel.audit import Subject

VERDICT_COLORS = {
    Verdict.CREATED: "blue",
    Verdict.UPDATED: "cyan",
    Verdict.UNCHANGED: "gray",
    Verdict.UNSURE: "orange",
    Verdict.REFUSED: "line",
}


class BatchLine(NamedTuple):
    """A list taken in, as the list of them shows it."""

    id: UUID
    kind: ListKind
    state: BatchState
    file_name: str
    sheet: str
    day: dt.date
    uploaded_at: dt.datetime
    applied_at: dt.datetime | None
    counts: Mapping[str, Any]


class RowLine(NamedTuple):
    """A row as the preview tells of it: whom it names, what will happen, what to look at."""

    number: int
    name: str
    verdict: str
    color: str
    deeds: Sequence[str]
    remarks: Sequence[str]
    cells: Sequence["CellLine"]

    @classmethod
    def of(cls, step: Step, name: str, cells: Sequence["CellLine"]) -> "RowLine":
        """Put a step into words."""
        return cls(
            step.number,
            name,
            VERDICT_LABELS[step.verdict],
            VERDICT_COLORS[step.verdict],
            [str(deed.told) for deed in step.deeds],
            [str(each) for each in step.remarks],
            cells,
        )


class CellLine(NamedTuple):
    """One cell as the sheet has it; `is_filled` where it took its text from another."""

    label: str
    text: str
    is_filled: bool


class ColumnLine(NamedTuple):
    """One column to be told what it means, with a few of its texts."""

    place: int
    label: str
    meaning: Meaning | None
    samples: Sequence[str]


class LeftLine(NamedTuple):
    """A record that undoing left as it was."""

    number: int
    name: str
    reason: str
    route: str
    id: UUID | None

    @property
    def subject(self) -> Subject | None:
        """What the audit trail calls the record, where it is still there."""
        return (self.route.partition(".")[2], self.id) if self.route and self.id else None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows came to what: the figures over the preview, each leading to its rows."""

    verdict: Verdict
    label: str
    number: int
