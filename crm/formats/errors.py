"""What a reader or a writer says when a file cannot be read or made."""

from collections.abc import Sequence

from crm.kernel.errors import Refused
from crm.kernel.i18n import N_

MOST_NAMED = 10


class FormatError(Exception):
    """One whole Japanese sentence, with its facts kept apart so that it can be translated.

    `message` is a msgid with `%(name)s` placeholders; `str()` gives the Japanese sentence.
    """

    def __init__(self, message: str, **facts: object) -> None:
        """Keep the sentence and its facts."""
        super().__init__(message, facts)
        self.message = message
        self.facts = facts

    def __str__(self) -> str:
        """Give the Japanese sentence with the facts in it."""
        return self.message % self.facts


class UnreadableFile(FormatError):
    """A file that was handed in cannot be read; nothing of it has been used."""


class UnprintableDocument(FormatError):
    """A document could not be made; nothing was written."""


class UnprintableText(Refused):
    """What no font of ours draws stands in a document; nothing was written.

    Raised before anything is typeset, at the field that agrees to 〓 in its place.
    """

    def __init__(self, units: Sequence[str]) -> None:
        """Name the first of `units`, each a character with all that belongs to it."""
        self.units = list(units)
        named = [f"{unit}（{spelled(unit)}）" for unit in units[:MOST_NAMED]]
        super().__init__(
            N_(
                "印刷できない文字があります：%(characters)s。「〓に置き換えて印刷する」を選ぶか、"
                "元の記録の文字を直してください。"
            ),
            field="may_replace",
            characters="、".join(named) + ("…" if len(units) > MOST_NAMED else ""),
        )


def spelled(unit: str) -> str:
    """Return the code points of `unit` as they are written: 「U+8FBB U+E0100」."""
    return " ".join(f"U+{ord(char):04X}" for char in unit)


def too_much() -> UnreadableFile:
    """Make the refusal of a file that holds more than is read."""
    return UnreadableFile(
        "ファイルの内容が多すぎて読み込めません。必要な表だけを新しいブックに写してください。"
    )
