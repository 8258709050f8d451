"""What a reader or a writer says when a file cannot be read or made."""


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


def too_much() -> UnreadableFile:
    """Make the refusal of a file that holds more than is read."""
    return UnreadableFile(
        "ファイルの内容が多すぎて読み込めません。必要な表だけを新しいブックに写してください。"
    )
