"""Japanese readings: the form stored, a key that sorts in 五十音 order, and the index row."""

import re
import unicodedata

KANA_ROWS = ("ア", "カ", "サ", "タ", "ナ", "ハ", "マ", "ヤ", "ラ", "ワ", "他")

# A private-use character above every kana and kanji: a missing reading sorts after all others.
_AFTER_EVERYTHING = "\U0010fffd"

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_KATAKANA_TO_HIRAGANA = {kata: hira for hira, kata in _HIRAGANA_TO_KATAKANA.items()}
_SPACING_MARKS = str.maketrans({"゛": "\u3099", "゜": "\u309a"})
_IGNORED_IN_ORDER = re.compile(r"[\s・.,'’\-‐‑‒–—―−]+")

_SMALL = "ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
_LARGE = "アイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロ"
_SMALL_TO_LARGE = dict(zip(_SMALL, _LARGE, strict=True))

_VOWEL_COLUMNS = {
    "ア": "アカサタナハマヤラワ",
    "イ": "イキシチニヒミリヰ",
    "ウ": "ウクスツヌフムユル",
    "エ": "エケセテネヘメレヱ",
    "オ": "オコソトノホモヨロヲ",
}
_VOWEL_OF = {kana: vowel for vowel, column in _VOWEL_COLUMNS.items() for kana in column}

_ROW_MEMBERS = {
    "ア": "アイウエオ",
    "カ": "カキクケコ",
    "サ": "サシスセソ",
    "タ": "タチツテト",
    "ナ": "ナニヌネノ",
    "ハ": "ハヒフヘホ",
    "マ": "マミムメモ",
    "ヤ": "ヤユヨ",
    "ラ": "ラリルレロ",
    "ワ": "ワヰヱヲン",
}
_ROW_OF = {kana: row for row, members in _ROW_MEMBERS.items() for kana in members}

_PLAIN_VOICE = "0"
_VOICES = {"\u3099": "1", "\u309a": "2"}
# JIS X 4061: between readings that differ in nothing else, ー < small < ヽ < full size.
_LONG, _SHRUNK, _REPEATED, _FULL = "0", "1", "2", "3"


def normalize_kana(text: str) -> str:
    """Return a reading in the form we store: full-width katakana, words one half-width space apart.

    Hiragana and half-width katakana are converted; anything that is not kana keeps its meaning
    and loses only its width.
    """
    composed = unicodedata.normalize("NFKC", text.translate(_SPACING_MARKS))
    katakana = composed.translate(_HIRAGANA_TO_KATAKANA)
    return " ".join(unicodedata.normalize("NFC", katakana).split())


def furigana(kana: str) -> str:
    """Return a stored reading the way it is shown beside a name (ふりがな): in hiragana."""
    return kana.translate(_KATAKANA_TO_HIRAGANA)


def kana_sort_key(family_kana: str, given_kana: str = "") -> str:
    """Return a key whose code-point order is the 五十音 order of a Japanese roster (JIS X 4061).

    The key reads `base(family) base(given) ties`. The base ignores voicing, size, long marks and
    width; the ties decide between equal bases. A space sorts before any kana, so アベ イチ comes
    before アベイ. Code-point order is what SQLite's BINARY and PostgreSQL's "C" collation compare,
    so the order is the same on both and survives upgrades of either. ヰ ヱ ヲ stay in the ワ row.
    A missing family reading sorts after every other.
    """
    family, family_voices, family_shapes = _weigh(family_kana)
    given, given_voices, given_shapes = _weigh(given_kana)
    ties = family_voices + given_voices + family_shapes + given_shapes
    return f"{family or _AFTER_EVERYTHING} {given} {ties}"


def kana_row(kana: str) -> str:
    """Return the row of あかさたなはまやらわ a reading is filed under, one of `KANA_ROWS`.

    他 is for everything else: no reading, Latin letters, kanji.
    """
    base, _, _ = _weigh(kana)
    return _ROW_OF.get(base[:1], "他")


def _weigh(reading: str) -> tuple[str, str, str]:
    """Return the base of a reading, and per character of it the voicing and the shape digit."""
    bases: list[str] = []
    voices: list[str] = []
    shapes: list[str] = []
    letters = _IGNORED_IN_ORDER.sub("", normalize_kana(reading)).upper()
    for letter in unicodedata.normalize("NFD", letters):
        if letter in _VOICES and voices:
            voices[-1] = _VOICES[letter]
            continue
        base, shape = _base_and_shape(letter, bases[-1] if bases else "")
        bases.append(base)
        voices.append(_PLAIN_VOICE)
        shapes.append(shape)
    return "".join(bases), "".join(voices), "".join(shapes)


def _base_and_shape(letter: str, previous: str) -> tuple[str, str]:
    if letter == "ー":
        return _VOWEL_OF.get(previous, letter), _LONG
    if letter == "ヽ":
        return previous or letter, _REPEATED
    if letter in _SMALL_TO_LARGE:
        return _SMALL_TO_LARGE[letter], _SHRUNK
    return letter, _FULL
