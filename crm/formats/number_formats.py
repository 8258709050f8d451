"""How a spreadsheet shows a number: as a day, a time of day, or digits (ISO/IEC 29500-1 §18.8)."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crm.formats.spreadsheetml import PartReader, is_true, number_in

# The formats a Japanese Excel knows by number alone (§18.8.30, and the tables of its locales).
BUILT_IN_DAYS = frozenset({*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)})
BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 32, 33, 45, 46, 47})

LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|[_*].|e[+-]|general|g/標準', re.IGNORECASE)
DAY_LETTERS = re.compile("[ydgra]", re.IGNORECASE)
TIME_LETTERS = re.compile("[hs]", re.IGNORECASE)
MONTH_LETTER = re.compile("m", re.IGNORECASE)
PADDED = re.compile("0{2,20}")
EPOCH, EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
LAST_SERIAL = 2_958_465  # December 31, 9999
MINUTES_A_DAY = 24 * 60
EXACT = 10**15  # beyond this a spreadsheet's numbers skip some


class Shown(StrEnum):
    """What a number is shown as."""

    DAY = "day"
    TIME = "time"
    DIGITS = "digits"


@dataclass(frozen=True, slots=True)
class Style:
    """What is read of a cell's style; `digits` is how many a number is padded to with zeros."""

    shown: Shown = Shown.DIGITS
    digits: int = 0
    struck: bool = False


class Styles(PartReader):
    """The styles of cells, in the order cells refer to them."""

    begins_at = frozenset({"numFmt", "font", "strike", "xf"})

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[Style] = []
        self._codes: dict[int, str] = {}
        self._struck: list[bool] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Keep number formats, struck fonts and the styles made of them."""
        parent = self.path[-2] if len(self.path) > 1 else ""
        if name == "numFmt":
            code = attributes.get("formatCode", "")[:200]
            self._codes[number_in(attributes.get("numFmtId"))] = code
        elif (parent, name) == ("fonts", "font"):
            self._struck.append(False)
        elif name == "strike" and self.path[-3:-1] == ["fonts", "font"]:
            self._struck[-1] = is_true(attributes.get("val", "1"))
        elif (parent, name) == ("cellXfs", "xf"):
            self.cells.append(self._style(attributes))

    def _style(self, attributes: Mapping[str, str]) -> Style:
        number = number_in(attributes.get("numFmtId"))
        font = number_in(attributes.get("fontId"))
        code = self._codes.get(number, "")
        padded = PADDED.fullmatch(code)
        return Style(
            _shown(number, code),
            len(code) if padded else 0,
            struck=font < len(self._struck) and self._struck[font],
        )


def day_of(serial: float, *, from_1904: bool) -> dt.date | None:
    """Return the day a serial number means, or None where it means none before the year 10000."""
    if not 1 <= serial <= LAST_SERIAL:
        return None
    try:
        return (EPOCH_1904 if from_1904 else EPOCH) + dt.timedelta(days=int(serial))
    except OverflowError:
        return None


def time_of(serial: float) -> str:
    """Return the time of day a number means, to the minute."""
    minutes = round(serial % 1 * MINUTES_A_DAY) % MINUTES_A_DAY
    return f"{minutes // 60:02}:{minutes % 60:02}"


def digits_of(number: float, padding: int) -> str:
    """Return a number as a spreadsheet shows it without any format: no .0, no exponent."""
    if number == int(number) and abs(number) < EXACT:
        return str(int(number)).zfill(padding)
    return f"{number:.15g}"


def _shown(number: int, code: str) -> Shown:
    if not code:
        if number in BUILT_IN_DAYS:
            return Shown.DAY
        return Shown.TIME if number in BUILT_IN_TIMES else Shown.DIGITS
    letters = LITERAL.sub("", code.split(";", maxsplit=1)[0])
    if DAY_LETTERS.search(letters) or re.search("e", letters, re.IGNORECASE):
        return Shown.DAY
    if TIME_LETTERS.search(letters):
        return Shown.TIME
    return Shown.DAY if MONTH_LETTER.search(letters) else Shown.DIGITS
