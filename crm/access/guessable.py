"""Whether a password is one somebody tries first: common ones, words of this field, plain rows.

Works without any outside service (ASVS 6.2.4). Length is asked for elsewhere; there is no rule
about what characters a password is composed of.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from pathlib import Path

LISTS = ("common_passwords.txt", "common_words_ja.txt")
ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    "いろはにほへとちりぬるをわかよたれそつねならむ",
)
FEW_LETTERS = 3
DISGUISES = tuple(
    str.maketrans("@4301$57" + one, "aaeoisst" + letter) for one, letter in (("!", "i"), ("1", "l"))
)
EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
NO_LETTER = re.compile(r"[\W\d_]+")


def is_guessable(password: str, about: Collection[str] = ()) -> bool:
    """Whether `password` is one or two common words, however often, with any figures and signs.

    `about` are words of the account itself: its login, its holder's name and unit.
    """
    typed = unicodedata.normalize("NFKC", password).casefold()
    if _is_row(typed) or not _units(typed).isdisjoint(common()):
        return True
    own = {unicodedata.normalize("NFKC", word).casefold() for word in about}
    return any(_is_common(core, own) for core in _cores(typed))


@cache
def common() -> frozenset[str]:
    """Return the lists beside this module, read once."""
    folder = Path(__file__).parent / "data"
    return frozenset(
        word.casefold()
        for name in LISTS
        for word in (folder / name).read_text(encoding="utf-8").splitlines()
    )


def _is_row(typed: str) -> bool:
    """Whether it runs along the keys, the kana or the figures, or has hardly any letters."""
    plain = "".join(char for char in typed if char.isalnum())
    rows = (*ROWS, *(row[::-1] for row in ROWS))
    return len(set(typed)) <= FEW_LETTERS or any(
        unit in row for unit in _units(plain) for row in rows
    )


def _cores(typed: str) -> set[str]:
    """Return the letters of what was typed, as they stand and with p@ssw0rd read as password."""
    bare = EDGES.sub("", typed)
    return {NO_LETTER.sub("", read) for read in (bare, *(bare.translate(d) for d in DISGUISES))}


def _is_common(core: str, own: Collection[str]) -> bool:
    words = common()
    if any(unit in words or unit in own for unit in _units(core)):
        return True
    return any(
        (core[:at] in words or core[:at] in own) and (core[at:] in words or core[at:] in own)
        for at in range(1, len(core))
    )


def _units(text: str) -> set[str]:
    """Return whatever `text` repeats from its first letter to its last, itself among it."""
    sizes = (size for size in range(1, len(text) + 1) if len(text) % size == 0)
    return {text[:size] for size in sizes if text[:size] * (len(text) // size) == text} or {text}
