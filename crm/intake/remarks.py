"""What is said about one row of a list: what was done to it, or what is doubtful."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm.kernel.i18n import translate


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one row; `message` is a msgid, its places filled from `facts`."""

    number: int
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give the sentence in the current language."""
        return translate(self.message, **self.facts)


class Remarks:
    """Gathers the remarks about the row with one number, each once."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._said: list[Remark] = []

    def say(self, message: str, **facts: object) -> None:
        """Add a sentence; `message` is a msgid."""
        remark = Remark(self.number, message, facts)
        if remark not in self._said:
            self._said.append(remark)

    def all(self) -> tuple[Remark, ...]:
        """Return what was said, in order."""
        return tuple(self._said)
