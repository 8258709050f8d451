"""What one cell may hold, and how it stays text wherever the file is opened.

Every format goes through here: a sheet writes text as text, and a CSV file, which has no types,
is guarded by an apostrophe before whatever a spreadsheet program would take for a formula.
"""

import datetime as dt
import re

from crm.kernel.text import TURNING

Cell = str | int | dt.date | None

MAX_TEXT = 32_767  # characters a spreadsheet's cell can hold
# What XML 1.0 §2.2 cannot hold, and lone surrogates. Tab and line feed are kept.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
UNFIT = re.compile(rf"{ILLEGAL.pattern}|{TURNING.pattern}|\r")
UNSEEN = r"[\s\"\ufeff\u200b-\u200f\u2060\u00a0\u3000]*"
"""What stands before a formula without keeping a spreadsheet program from running it."""
FORMULA = re.compile(rf"'*{UNSEEN}[=+\-@\t\r＝＋－＠|%]")
GUARDED = re.compile(rf"'+{UNSEEN}[=+\-@\t\r＝＋－＠|%]")


def clean_text(text: str) -> str:
    """Give the text as a cell can hold it: no characters illegal in XML, line feeds only.

    Nor are there marks that turn the direction of reading: a cell is to be read as it is stored.
    """
    if len(text) <= MAX_TEXT and not UNFIT.search(text):
        return text
    plain = ILLEGAL.sub("", TURNING.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))
    return plain if len(plain) <= MAX_TEXT else plain[: MAX_TEXT - 1] + "…"


def plain_text(value: Cell) -> str:
    """Give a cell's value as text: days as ISO 8601 writes them, nothing as nothing."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, dt.date) else clean_text(str(value))


def guard(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet program would calculate (OWASP, CSV)."""
    return f"'{text}" if FORMULA.match(text) else text


def unguard(text: str) -> str:
    """Take away the apostrophe `guard` put there: `unguard(guard(text)) == text` for any text."""
    return text[1:] if GUARDED.match(text) else text
