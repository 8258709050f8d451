"""新規・終了・変更: what a roster says otherwise than the one issued before it.

Whoever ended is told by the number they had there and nothing else: a name would say more than is
agreed today, and to name some would show who took an agreement back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from crm.contacts.models import Holder
from crm.kernel.audit import Subject
from crm.kernel.i18n import N_
from crm.rosters.columns import KANA, NUMBER, sheet_columns
from crm.rosters.models import RosterProfile
from crm.rosters.rows import Roster, RosterRow


class Difference(StrEnum):
    """How a line differs."""

    NEW = "new"
    ENDED = "ended"
    CHANGED = "changed"


DIFFERENCE_LABELS = {
    Difference.NEW: N_("新規"),
    Difference.ENDED: N_("終了"),
    Difference.CHANGED: N_("変更"),
}


IN_NAME = frozenset({"kind", "name", KANA})
"""What stands in the line of whoever is new anyway."""
BLANK = N_("（記載なし）")


class ChangedLine(NamedTuple):
    """One line that differs: its number now and before, the row as it is now, and what it says.

    `said` pairs headings with what stands under them today: of whoever is new everything, otherwise
    what changed. `row` is None for whoever ended; `holder` tells who that was to those who may look
    them up.
    """

    difference: Difference
    number: int | None
    before: int | None
    holder: Holder
    row: RosterRow | None = None
    said: Sequence[tuple[str, str]] = ()


class Before(NamedTuple):
    """The issue a roster is compared with; `rows` is None when its document is no longer kept."""

    number: str
    rows: Sequence[dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What became different since the issue `since`."""

    since: str
    lines: tuple[ChangedLine, ...]

    def count(self, difference: Difference) -> int:
        """How many lines differ in this way."""
        return sum(line.difference is difference for line in self.lines)

    @property
    def new(self) -> int:
        """How many were added."""
        return self.count(Difference.NEW)

    @property
    def ended(self) -> int:
        """How many are no longer there."""
        return self.count(Difference.ENDED)

    @property
    def changed(self) -> int:
        """Of how many something changed."""
        return self.count(Difference.CHANGED)

    @property
    def said(self) -> str:
        """The counts as paper says them."""
        return f"新規{self.new}・終了{self.ended}・変更{self.changed}"


def kept_rows(roster: Roster) -> list[dict[str, Any]]:
    """Return the rows of a roster as they are kept for the next to be compared with."""
    return [
        {
            "holder": _said(row.holder.subject),
            "named": [_said(subject) for subject in row.subjects],
            NUMBER: row.number,
            "cells": cells,
        }
        for row, cells in zip(roster.rows, _cells(roster.profile, roster.rows), strict=True)
    ]


def changes_since(before: Before | None, roster: Roster) -> Changes | None:
    """Return what became different; None where nothing is there to compare with."""
    if before is None or before.rows is None:
        return None
    then = {_holder(kept): kept for kept in before.rows}
    cells = _cells(roster.profile, roster.rows)
    lines: list[ChangedLine] = []
    for row, now in zip(roster.rows, cells, strict=True):
        kept = then.pop(row.holder, None)
        line = _line(roster.profile, row, kept, now)
        if line.said or kept is None:
            lines.append(line)
    ended = [
        ChangedLine(Difference.ENDED, None, kept[NUMBER], holder) for holder, kept in then.items()
    ]
    order = list(Difference)
    lines.sort(key=lambda line: order.index(line.difference))
    at = sum(line.difference is Difference.NEW for line in lines)
    return Changes(before.number, (*lines[:at], *ended, *lines[at:]))


def named_in(rows: Iterable[dict[str, Any]], kind: str) -> list[UUID]:
    """Return every person, or every organization, that kept rows name; each once."""
    named = (subject for row in rows for subject in row["named"])
    return list(dict.fromkeys(UUID(key) for each, key in named if each == kind))


def _said(subject: Subject) -> list[str]:
    kind, key = subject
    return [kind, str(key)]


def _cells(profile: RosterProfile, rows: Iterable[RosterRow]) -> list[dict[str, str]]:
    columns = [column for column in sheet_columns(profile) if column.key != NUMBER]
    return [
        {column.key: column.text(row).replace("\n", "　") for column in columns} for row in rows
    ]


def _line(
    profile: RosterProfile, row: RosterRow, kept: dict[str, Any] | None, now: dict[str, str]
) -> ChangedLine:
    """Return how a row differs from what was kept of it; a column added meanwhile is no change."""
    labels = {column.key: column.label for column in sheet_columns(profile)}
    if kept is None:
        said = [(labels[key], text) for key, text in now.items() if text and key not in IN_NAME]
        return ChangedLine(Difference.NEW, row.number, None, row.holder, row, said)
    then = kept["cells"]
    changed = [
        (labels[key], text or BLANK) for key, text in now.items() if then.get(key, text) != text
    ]
    return ChangedLine(Difference.CHANGED, row.number, kept[NUMBER], row.holder, row, changed)


def _holder(kept: dict[str, Any]) -> Holder:
    kind, key = kept["holder"]
    return Holder(person_id=UUID(key)) if kind == "person" else Holder(organization_id=UUID(key))
