"""With which words somebody is asked, and how long a no is left alone (S1 2(1), 3(2), 4(2))."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from crm.kernel.i18n import N_, translate

POINTS = ("opening", "free_choice", "may_end", "no_duty", "on_record")
"""What everybody who is asked is told, in this order; a station may word it, never leave it out."""
DEFAULT_VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds about asking on a day; `id` None for the words the product brings along."""

    version: str
    opening: str
    free_choice: str
    may_end: str
    no_duty: str
    on_record: str
    cool_off_days: int
    id: UUID | None = None
    valid_from: dt.date | None = None
    decider_name: str = ""

    @property
    def words(self) -> Sequence[str]:
        """What is said, point by point, in the reader's language where nobody worded it anew."""
        return [translate(getattr(self, point)) for point in POINTS]


DEFAULT_RULE = Rule(
    DEFAULT_VERSION,
    opening=N_(
        "地域の安全のため、地域の様子をお聞かせいただき、警察からのお知らせを受け取っていただく"
        "「地域安全連絡員」をお願いできないかと考えております。"
    ),
    free_choice=N_(
        "お引き受けいただくかどうかはご自由です。お断りになっても不利益はなく、理由も伺いません。"
    ),
    may_end=N_("いつでもおやめいただけます。"),
    no_duty=N_("情報を地域へお知らせになるかは、ご判断にお任せします。"),
    on_record=N_(
        "氏名・連絡先などの記録と共有は、同意をいただいた範囲に限ります。同意はいつでも、一つずつ"
        "取りやめることができます。"
    ),
    cool_off_days=365,
)
"""What holds where a station decided nothing."""
