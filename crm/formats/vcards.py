"""Cards for address books: vCard 4.0 (RFC 6350, RFC 9554) and 3.0 (RFC 2426), with readings.

No library does both versions with readings and keeps text from breaking out of its line, and what
is needed is small: escape, fold, and say one name twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from crm.formats.cells import clean_text

Version = Literal["4.0", "3.0"]

LINE_OCTETS = 75  # RFC 6350 §3.2, without the line break
ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", ",": "\\,", ";": "\\;", "\t": " "})
IN_PARAMETER = str.maketrans({"^": "^^", '"': "^'", "\n": " ", "\t": " "})  # RFC 6868


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody in an address book; `family` and `given` are empty for an organization."""

    name: str
    reading: str = ""
    family: str = ""
    given: str = ""
    family_reading: str = ""
    given_reading: str = ""
    organization: str = ""
    title: str = ""
    phones: Sequence[str] = ()
    address: str = ""
    note: str = ""


def write_cards(cards: Iterable[Card], *, version: Version) -> bytes:
    """Write a vCard file in UTF-8, lines folded at 75 octets and ended by CR LF."""
    write = _card_4 if version == "4.0" else _card_3
    lines = (line for card in cards for line in ("BEGIN:VCARD", *write(card), "END:VCARD"))
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _card_4(card: Card) -> Iterator[str]:
    yield "VERSION:4.0"
    yield "PRODID:tsunagari"
    yield f"KIND:{'individual' if card.family else 'org'}"
    yield f"FN:{_text(card.name)}"
    if card.family:
        sort = _sort_as(card.family_reading, card.given_reading)
        if card.family_reading:
            yield f"N;ALTID=1;LANGUAGE=ja{sort}:{_name(card.family, card.given)}"
            spoken = _name(card.family_reading, card.given_reading)
            yield f"N;ALTID=1;LANGUAGE=ja;PHONETIC=script;SCRIPT=Hira:{spoken}"
        else:
            yield f"N:{_name(card.family, card.given)}"
    if card.organization:
        sort = "" if card.family else _sort_as(card.reading)
        yield f"ORG{sort}:{_text(card.organization)}"
    yield from _rest(card, voice="TEL;TYPE=voice", text="LANGUAGE=ja")


def _card_3(card: Card) -> Iterator[str]:
    yield "VERSION:3.0"
    yield "PRODID:tsunagari"
    yield f"FN:{_text(card.name)}"
    yield f"N:{_name(card.family or card.name, card.given)}"
    if card.reading:
        yield f"SORT-STRING:{_text(card.reading)}"
    if card.family_reading:
        yield f"X-PHONETIC-LAST-NAME:{_text(card.family_reading)}"
        yield f"X-PHONETIC-FIRST-NAME:{_text(card.given_reading)}"
    if card.organization:
        yield f"ORG:{_text(card.organization)}"
        if not card.family and card.reading:
            yield f"X-PHONETIC-ORG:{_text(card.reading)}"
    yield from _rest(card, voice="TEL;TYPE=VOICE", text="")


def _rest(card: Card, *, voice: str, text: str) -> Iterator[str]:
    """Yield what both versions say alike; `text` marks the language of words where one can."""
    mark = f";{text}" if text else ""
    if card.title:
        yield f"TITLE{mark}:{_text(card.title)}"
    yield from (f"{voice}:{_text(phone)}" for phone in card.phones)
    if card.address:
        yield f"ADR{mark}:;;{_text(card.address)};;;;"
    if card.note:
        yield f"NOTE{mark}:{_text(card.note)}"


def _name(family: str, given: str) -> str:
    return f"{_text(family)};{_text(given)};;;"


def _sort_as(*readings: str) -> str:
    """Return the parameter that files a card by its reading, where there is one."""
    plain = [clean_text(each).translate(IN_PARAMETER) for each in readings if each]
    return f';SORT-AS="{",".join(plain)}"' if plain else ""


def _text(text: str) -> str:
    return clean_text(text).translate(ESCAPES)


def _folded(line: str) -> str:
    """Break a line between characters, never within one; what goes on begins with a blank."""
    parts, octets = [""], 0
    for char in line:
        size = len(char.encode())
        if octets + size > LINE_OCTETS:
            parts.append(" ")
            octets = 1
        parts[-1] += char
        octets += size
    return "\r\n".join(parts)
