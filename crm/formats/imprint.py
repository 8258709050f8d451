"""What stands at the foot of every page: why and under which number; when, and whose; for whom."""

from dataclasses import dataclass
from datetime import datetime

from crm.kernel.clock import JST
from crm.kernel.wareki import wareki

GAP = "　　"


@dataclass(frozen=True, slots=True)
class Imprint:
    """When a paper was made and by whom; for a file that leaves, why, its number and for whom."""

    made_at: datetime
    made_by: str
    purpose: str = ""
    number: str = ""
    recipient: str = ""

    @property
    def lines(self) -> list[str]:
        """Return it line by line, without what is not known."""
        lines = (
            {"作成目的": self.purpose, "書出番号": self.number},
            {"作成": f"{minute(self.made_at)}　{self.made_by}"},
            {"提供先": self.recipient},
        )
        said = (
            GAP.join(f"{label}：{text}" for label, text in one.items() if text) for one in lines
        )
        return [line for line in said if line]


def minute(moment: datetime) -> str:
    """Return 「令和8年11月20日14時05分」, in Japan's time."""
    local = moment.astimezone(JST)
    return f"{wareki(local.date())}{local.hour}時{local.minute:02d}分"
