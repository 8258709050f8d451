"""How names are split and found: the search key forgives script, width and kanji variants."""

import unicodedata

from crm.kernel.kana import normalize_kana
from crm.kernel.variants import COMMON_FORM_OF

_VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
# People type any of these for ー, for -, or leave them out.
_MARKS = "ー・-‐‑‒–—―−─━~〜_'’"
_DROPPED = dict.fromkeys((*_VARIATION_SELECTORS, *map(ord, _INVISIBLE + _MARKS)))
_BETWEEN_PARTS = " "


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
