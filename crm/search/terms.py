"""What was typed into the search, read as words of names and ends of telephone numbers."""

import unicodedata
from dataclasses import dataclass

from crm.kernel.phone import read_phones
from crm.kernel.text import search_key

END_LENGTH = 4
_BESIDE_FIGURES = str.maketrans("", "", "()+./")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, every one of which must be found.

    `key` is what a search key must contain. `figures` are its digits where it can only be a
    telephone number, and `e164` the number where it is a whole one.
    """

    key: str
    figures: str = ""
    e164: str | None = None


def read_term(text: str, *, area_code: str = "") -> list[Word]:
    """Return the words of `text`; none where nothing is left to look for (blanks, hyphens).

    A number written with spaces is one word; `area_code` completes a local number.
    """
    whole = _word(text, area_code)
    if len(whole.figures) > END_LENGTH:
        return [whole]
    words = [_word(piece, area_code) for piece in text.split()]
    return [word for word in words if word.key]


def _word(piece: str, area_code: str) -> Word:
    key = search_key(piece)
    figures = key.translate(_BESIDE_FIGURES)
    if not (figures.isascii() and figures.isdecimal() and len(figures) >= END_LENGTH):
        return Word(key)
    found = read_phones(unicodedata.normalize("NFKC", piece), area_code=area_code)
    return Word(key, figures, found[0].e164 if found else None)
