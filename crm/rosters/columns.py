"""The columns of 連絡員一覧表, each declared once; screen, sheet and paper all read them here.

The consent scope is never a column: it would show who refused.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from crm.kernel.i18n import N_
from crm.kernel.wareki import wareki
from crm.rosters.models import RosterProfile
from crm.rosters.rows import RosterRow

Cell = str | int | dt.date
Align = Literal["left", "center", "right"]

KANA = "kana"
"""A column of its own on a sheet, where it sorts; above the name everywhere else."""

PERSON = N_("個人")
ORGANIZATION = N_("団体")


@dataclass(frozen=True, slots=True)
class RosterColumn:
    """One column: its heading and what a row says under it.

    `paper` is its width relative to the other columns of a page, `sheet` in digits of a
    spreadsheet. `at_meetings` is false for what is never handed out; `unbroken` keeps a line whole
    on screen.
    """

    key: str
    label: str
    read: Callable[[RosterRow], Cell]
    paper: int
    sheet: float
    align: Align = "left"
    at_meetings: bool = True
    unbroken: bool = False

    def text(self, row: RosterRow) -> str:
        """Return what the row says as printed: dates in the Japanese calendar."""
        value = self.read(row)
        return wareki(value) if isinstance(value, dt.date) else str(value)


def _kind(row: RosterRow) -> str:
    return PERSON if row.is_person else ORGANIZATION


ROSTER_COLUMNS = (
    RosterColumn("number", N_("番号"), lambda row: row.number, 10, 6, "right"),
    RosterColumn("kind", N_("区分"), _kind, 10, 6, "center", unbroken=True),
    RosterColumn("name", N_("氏名・団体名"), lambda row: row.name, 37, 15),
    RosterColumn(KANA, N_("ふりがな"), lambda row: row.kana, 0, 15),
    RosterColumn("post", N_("役職・窓口担当者"), lambda row: row.post, 32, 14),
    RosterColumn("areas", N_("担当区域"), lambda row: row.areas, 27, 15),
    RosterColumn(
        "phone", N_("電話番号"), lambda row: row.phone, 43, 15, at_meetings=False, unbroken=True
    ),
    RosterColumn("concurrent", N_("兼任"), lambda row: row.concurrent, 27, 16),
    RosterColumn("boxes", N_("担当交番・駐在所"), lambda row: row.boxes, 29, 13, unbroken=True),
    RosterColumn("asked_on", N_("依頼年月日"), lambda row: row.asked_on, 24, 16, unbroken=True),
    RosterColumn("remark", N_("備考"), lambda row: row.remark, 21, 16, at_meetings=False),
)


def sheet_columns(profile: RosterProfile) -> list[RosterColumn]:
    """Return the columns of a spreadsheet for a kind of reader."""
    return [
        column
        for column in ROSTER_COLUMNS
        if column.at_meetings or profile is RosterProfile.STATION
    ]


def paper_columns(profile: RosterProfile) -> list[RosterColumn]:
    """Return the columns of paper and screen: the reading stands above the name."""
    return [column for column in sheet_columns(profile) if column.key != KANA]
