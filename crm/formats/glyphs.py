"""Which characters our fonts can draw: asked before anything is printed.

A document for everybody may hold no mark in place of a missing glyph (ISO 14289-1 §7.21.8), so the
typesetter makes none with a character that no font beside it has. What they have is written in
`fonts/coverage.txt`, so that whoever asks need not read megabytes of outlines.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from crm.formats.errors import spelled

COVERAGE = Path(__file__).parent / "fonts" / "coverage.txt"
GETA = "〓"
"""What printers put for a type they do not have, to be filled in by hand."""
BREAKS = frozenset("\t\n\x85\u2028\u2029")
JOINER = "\u200d"
MARKS = frozenset({"Mn", "Mc", "Me"})
SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
FLAGS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
VARIATIONS = frozenset(map(chr, (*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0))))
"""Selectors of a form; the last two of their block choose between text and picture only."""
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What is drawn as nothing, in any font (Unicode 17, Default_Ignorable_Code_Point)."""
MOST_SHOWN = 20


Subject = tuple[str, UUID]
"""The kind of a record and its key."""


class Coverage(NamedTuple):
    """The characters our fonts draw, and by its selector the characters each is known after."""

    characters: frozenset[str]
    sequences: Mapping[str, Collection[str]]


class Place(NamedTuple):
    """A text that will stand on paper: whose record it is of, under which heading (a msgid)."""

    subject: Subject
    name: str
    label: str
    text: str


class Lack(NamedTuple):
    """What cannot be printed of a text; `is_drawn` where only the form asked for is lost."""

    unit: str
    is_drawn: bool
    place: Place

    @property
    def code(self) -> str:
        """The code points, for whoever sees nothing."""
        return spelled(self.unit)


class Lacks(NamedTuple):
    """What cannot be printed, the worst first, and how many more there are than are shown."""

    shown: list[Lack]
    more: int = 0

    @property
    def must_be_replaced(self) -> bool:
        """Whether nothing can be printed unless something is replaced."""
        return any(not lack.is_drawn for lack in self.shown)

    @property
    def subjects(self) -> list[Subject]:
        """Whose records are named."""
        return list(dict.fromkeys(lack.place.subject for lack in self.shown))


NOTHING_LACKS = Lacks([])


def lacks(places: Iterable[Place]) -> Lacks:
    """Return what cannot be printed of the texts at `places`, each once at each of them."""
    found = [
        Lack(unit, is_drawn, place)
        for place in places
        if not _plain(place.text)
        for units, is_drawn in ((unprintable, False), (unvaried, True))
        for unit in units([place.text])
    ]
    found.sort(key=lambda lack: lack.is_drawn)
    return Lacks(found[:MOST_SHOWN], max(0, len(found) - MOST_SHOWN))


def unprintable(texts: Iterable[str]) -> list[str]:
    """Return what no font draws, each once: a character with all that belongs to it."""
    units = (unit for text in texts if not _plain(text) for unit in _units(text))
    return [unit for unit in dict.fromkeys(units) if not _is_drawn(unit)]


def unvaried(texts: Iterable[str]) -> list[str]:
    """Return what is drawn in its common form, for no font knows the one that was asked for."""
    units = (unit for text in texts if not _plain(text) for unit in _units(text))
    return [unit for unit in dict.fromkeys(units) if _is_drawn(unit) and not _is_as_asked(unit)]


def replaced(text: str) -> str:
    """Return `text` with 〓 for each unit that no font draws."""
    if _plain(text):
        return text
    return "".join(unit if _is_drawn(unit) else GETA for unit in _units(text))


@cache
def coverage() -> Coverage:
    """Return what our fonts have; read once."""
    lines = (line.split() for line in COVERAGE.read_text(encoding="ascii").splitlines())
    found = {name: _characters(ranges) for name, *ranges in lines if name != "#"}
    characters = found.pop("*") | BREAKS
    return Coverage(characters, {chr(int(name, 16)): bases for name, bases in found.items()})


def _characters(ranges: Iterable[str]) -> frozenset[str]:
    ends = ([int(end, 16) for end in each.split("-")] for each in ranges)
    return frozenset(chr(code) for end in ends for code in range(end[0], end[-1] + 1))


@cache
def _alone() -> frozenset[str]:
    """Return the characters that are drawn whatever stands beside them."""
    return frozenset(char for char in coverage().characters if not _joins(char))


def _plain(text: str) -> bool:
    """Whether there is nothing to look at: what nearly every text is."""
    return _alone().issuperset(text)


def _units(text: str) -> Iterator[str]:
    """Yield each character with the marks, selectors and joined pictures that follow it."""
    unit = ""
    for char in text:
        if unit and (_joins(char) or unit.endswith(JOINER) or _pairs(unit, char)):
            unit += char
            continue
        if unit:
            yield unit
        unit = char
    if unit:
        yield unit


def _joins(char: str) -> bool:
    return char == JOINER or char in SKIN_TONES or unicodedata.category(char) in MARKS


def _pairs(unit: str, char: str) -> bool:
    """Whether two letters make a flag."""
    return unit in FLAGS and char in FLAGS


def _is_drawn(unit: str) -> bool:
    seen = UNSEEN.sub("", unit)
    forms = (seen, unicodedata.normalize("NFC", seen), unicodedata.normalize("NFD", seen))
    return any(coverage().characters.issuperset(form) for form in forms)


def _is_as_asked(unit: str) -> bool:
    known = coverage().sequences
    return all(
        base in known.get(selector, ())
        for base, selector in pairwise(unit)
        if selector in VARIATIONS
    )
