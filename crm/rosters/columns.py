"""The columns of 連絡員一覧表, each declared once; screen, sheet, paper and cards read them here.

The consent scope is never a column: it would show who refused.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from crm.formats.glyphs import Lacks, Place, lacks
from crm.kernel.i18n import N_
from crm.kernel.wareki import wareki
from crm.rosters.models import RosterProfile
from crm.rosters.rows import RosterRow

Cell = str | int | dt.date | None
Align = Literal["left", "center", "right"]

KANA = "kana"
"""A column of its own on a sheet, where it sorts; above the name everywhere else."""
NUMBER = "number"
"""Where somebody stands on this very roster: it says nothing of them, and changes with others."""

PERSON = N_("個人")
ORGANIZATION = N_("団体")

STATION, MEETING = RosterProfile.STATION, RosterProfile.MEETING
MUNICIPALITY, SEATING = RosterProfile.MUNICIPALITY, RosterProfile.SEATING
EVERY = frozenset(RosterProfile)
POLICE = frozenset({STATION, MEETING})
LISTS = EVERY - {SEATING}


class CardField(StrEnum):
    """What of a card (RFC 6350) a column fills."""

    NAME = "name"
    READING = "reading"
    TITLE = "title"
    PHONE = "phone"
    ADDRESS = "address"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class RosterColumn:
    """One column: its heading, whom it is shown to, and what a row says under it.

    `paper` is its width relative to the other columns of a page, `sheet` in digits of a
    spreadsheet. `unbroken` keeps a line whole on screen. `card` is where a card has it, if it does.
    """

    key: str
    label: str
    read: Callable[[RosterRow], Cell]
    paper: int
    sheet: float
    profiles: Collection[RosterProfile]
    align: Align = "left"
    unbroken: bool = False
    card: CardField | None = None

    def text(self, row: RosterRow) -> str:
        """Return what the row says as printed: dates in the Japanese calendar."""
        value = self.read(row)
        if value is None:
            return ""
        return wareki(value) if isinstance(value, dt.date) else str(value)


def _kind(row: RosterRow) -> str:
    return PERSON if row.is_person else ORGANIZATION


ROSTER_COLUMNS = (
    RosterColumn(NUMBER, N_("番号"), lambda row: row.number, 10, 6, EVERY, "right"),
    RosterColumn("kind", N_("区分"), _kind, 10, 6, LISTS, "center", unbroken=True),
    RosterColumn(
        "name", N_("氏名・団体名"), lambda row: row.name, 37, 15, EVERY, card=CardField.NAME
    ),
    RosterColumn(KANA, N_("ふりがな"), lambda row: row.kana, 0, 15, EVERY, card=CardField.READING),
    RosterColumn(
        "post", N_("役職・窓口担当者"), lambda row: row.post, 32, 14, EVERY, card=CardField.TITLE
    ),
    RosterColumn(
        "areas", N_("担当区域"), lambda row: row.areas, 27, 15, LISTS, card=CardField.NOTE
    ),
    RosterColumn(
        "phone",
        N_("電話番号"),
        lambda row: row.phone,
        45,
        15,
        {STATION, MUNICIPALITY},
        unbroken=True,
        card=CardField.PHONE,
    ),
    RosterColumn(
        "address",
        N_("住所"),
        lambda row: row.address,
        40,
        24,
        {MUNICIPALITY},
        card=CardField.ADDRESS,
    ),
    RosterColumn(
        "concurrent", N_("兼任"), lambda row: row.concurrent, 31, 16, POLICE, card=CardField.NOTE
    ),
    RosterColumn(
        "boxes",
        N_("担当交番・駐在所"),
        lambda row: row.boxes,
        29,
        13,
        POLICE,
        unbroken=True,
        card=CardField.NOTE,
    ),
    RosterColumn(
        "asked_on", N_("依頼年月日"), lambda row: row.asked_on, 21, 16, POLICE, unbroken=True
    ),
    RosterColumn(
        "remark", N_("備考"), lambda row: row.remark, 18, 16, {STATION}, card=CardField.NOTE
    ),
)


def sheet_columns(profile: RosterProfile) -> list[RosterColumn]:
    """Return the columns of a spreadsheet for a kind of reader."""
    return [column for column in ROSTER_COLUMNS if profile in column.profiles]


def paper_columns(profile: RosterProfile) -> list[RosterColumn]:
    """Return the columns of paper and screen: the reading stands above the name."""
    return [column for column in sheet_columns(profile) if column.key != KANA]


def lacks_of(profile: RosterProfile, rows: Iterable[RosterRow]) -> Lacks:
    """Return what of `rows` cannot be printed, whose it is and under which heading."""
    columns = sheet_columns(profile)
    return lacks(
        Place(row.holder.subject, row.name, column.label, column.text(row))
        for row in rows
        for column in columns
    )
