"""The sheets a station prints on: labels, badges and envelopes as they are sold, in millimeters."""

from enum import StrEnum
from typing import NamedTuple

from crm.kernel.i18n import N_


class Sheet(NamedTuple):
    """A page with cells of one size, without room between them; `left` and `top` are its edges."""

    width: float
    height: float
    left: float
    top: float
    columns: int
    rows: int
    cell_width: float
    cell_height: float


class LabelSize(StrEnum):
    """The sheets of labels there are: A4, by how many stand on them."""

    TWELVE = "12"
    TWENTY_FOUR = "24"


LABEL_SIZE_LABELS = {
    LabelSize.TWELVE: N_("A4・12面（86.4×42.3ミリ）"),
    LabelSize.TWENTY_FOUR: N_("A4・24面（66×33.9ミリ）"),
}
LABEL_SHEETS = {
    LabelSize.TWELVE: Sheet(210, 297, 18.6, 21.6, 2, 6, 86.4, 42.3),
    LabelSize.TWENTY_FOUR: Sheet(210, 297, 6, 12.9, 3, 8, 66, 33.9),
}
BADGES = Sheet(210, 297, 14, 11, 2, 5, 91, 55)
ENVELOPE = Sheet(235, 120, 70, 25, 1, 1, 150, 80)
"""長形3号, written across: it goes into the printer with its short side first."""
