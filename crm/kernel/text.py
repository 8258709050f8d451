"""Text as it is typed, and how names are split and found, whatever their script and variants."""

import re
import unicodedata

from crm.kernel.kana import normalize_kana
from crm.kernel.variants import COMMON_FORM_OF

UNTYPED = frozenset({"Cc", "Cs"})
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks, embeddings, overrides and isolates of direction (Unicode Standard Annex 9 §2)."""
_VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
# People type any of these for ー, for -, or leave them out.
_MARKS = "ー・-‐‑‒–—―−─━~〜_'’"
_DROPPED = dict.fromkeys((*_VARIATION_SELECTORS, *map(ord, _INVISIBLE + _MARKS)))
_BETWEEN_PARTS = " "


def as_typed(text: str) -> str:
    """Return text as somebody could have typed it.

    Dropped are control characters but line feed and tab, lone surrogates, and the marks that turn
    the direction of what follows (U+202E and its like): none is needed for Japanese, and with them
    a name or a file's ending can be made to read as another.
    """
    lines = text.replace("\r\n", "\n")
    kept = (char for char in lines if char in "\n\t" or unicodedata.category(char) not in UNTYPED)
    return TURNING.sub("", "".join(kept))


def search_key(*parts: str) -> str:
    """Return the form under which names are found, to be compared with the key of what was typed.

    One key contains another where the text it was made from contains the other's, whatever the
    script, width, case, spacing, long marks, hyphens and kanji variants: the key of 高 is inside
    the key of 髙橋. Parts stay apart, so a match never runs from one into the next; hand over a
    family and a given name as one part. A key is never displayed and never stored in place of the
    name: the form a person writes is theirs.
    """
    folded = (_fold(part) for part in parts)
    return _BETWEEN_PARTS.join(part for part in folded if part)


def split_name(text: str) -> tuple[str, str]:
    """Return family and given name, split at the first space of either width.

    Without a space the whole text is the family name: where to cut it is not guessed. The forms of
    the characters are left as they are.
    """
    family, *rest = text.split(maxsplit=1) or [""]
    return family, " ".join(" ".join(rest).split())


def _fold(text: str) -> str:
    katakana = normalize_kana(text).casefold()
    plain = katakana.translate(_DROPPED).translate(COMMON_FORM_OF)
    # What was dropped may have stood between a kana and its voicing mark.
    return unicodedata.normalize("NFKC", "".join(plain.split()))
