"""The parts of an XLSX file (ISO/IEC 29500-1 §18), read as a stream of XML events.

The parser refuses every document type declaration, and with it all entities. No tree is built: a
part takes the memory of what is kept of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import (  # type: ignore[import-untyped]  # it has no types
    DefusedXmlException,
)
from defusedxml.sax import parse  # type: ignore[import-untyped]  # as above

from crm.formats.archive import broken
from crm.formats.cells import clean_text
from crm.formats.errors import UnreadableFile, too_much

ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
TRUE = {"1", "true", "on"}


class PartReader(ContentHandler):
    """Gathers what is kept of a part; `path` holds the local names of the open elements.

    `begins_at` and `ends_at` name the elements acted on. Text is kept only where `keeps_text` says
    so, and never more than `max_text` of it at once.
    """

    max_text = 2_000
    begins_at: frozenset[str] = frozenset()
    ends_at: frozenset[str] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []
        self.text: list[str] = []
        self.size = 0
        self.cut = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX
        """Begin an element."""
        local = _local(name)
        self.path.append(local)
        if local in self.begins_at:
            self.begin(local, {_local(key): value for key, value in attrs.items()})

    def endElement(self, _: str) -> None:  # noqa: N802 - SAX
        """End an element."""
        local = self.path[-1]
        if local in self.ends_at:
            self.end(local)
        self.path.pop()

    def characters(self, content: str) -> None:
        """Keep text, as far as there is room."""
        if not self.keeps_text():
            return
        room = self.max_text - self.size
        self.cut = self.cut or len(content) > room
        if room > 0:
            self.text.append(content[:room])
            self.size += len(content)

    def taken(self) -> tuple[str, bool]:
        """Return the text kept so far and whether it was cut, and begin anew."""
        text, cut = "".join(self.text), self.cut
        self.text, self.size, self.cut = [], 0, False
        return text, cut

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Act on the beginning of an element."""

    def end(self, name: str) -> None:
        """Act on the end of an element."""

    def keeps_text(self) -> bool:
        """Tell whether the text at this place is wanted."""
        return False


def read_part(stream: IO[bytes], reader: PartReader) -> None:
    """Let `reader` read a part; raises `UnreadableFile` when it is broken or declares entities."""
    try:
        parse(stream, reader, forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnreadableFile(
            "ファイルに使用できない宣言（DTD）が含まれているため読めません。"
            "Excelで開き、新しいブックに表だけを写してください。"
        ) from error
    except (SAXException, UnicodeError, LookupError) as error:
        raise broken() from error


def number_in(text: str | None, default: int = 0) -> int:
    """Read an attribute that is a count or an index, or refuse the file as broken."""
    if text is None:
        return default
    if not re.fullmatch("[0-9]{1,9}", text):
        raise broken()
    return int(text)


def is_true(text: str | None) -> bool:
    """Read an attribute that is yes or no."""
    return text in TRUE


def plain(text: str) -> str:
    """Undo the escapes of a string (§22.9.2.19 ST_Xstring), and drop what no cell can show."""
    if "_x" in text:
        text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return clean_text(text)


class Relationships(PartReader):
    """The targets of a part's relationships inside the file, by id and by kind."""

    begins_at = frozenset({"Relationship"})

    def __init__(self) -> None:
        super().__init__()
        self.by_id: dict[str, str] = {}
        self.by_kind: dict[str, str] = {}

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Keep a relationship, unless it leads out of the file."""
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            self.by_id[attributes.get("Id", "")] = target
            self.by_kind[attributes.get("Type", "").rsplit("/", 1)[-1]] = target


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it."""

    name: str
    relationship: str
    hidden: bool


class WorkbookPart(PartReader):
    """The list of sheets, and from which year days are counted."""

    begins_at = frozenset({"workbookPr", "sheet"})

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[SheetEntry] = []
        self.from_1904 = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Keep a sheet's entry."""
        if name == "workbookPr":
            self.from_1904 = is_true(attributes.get("date1904"))
        elif name == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            title = plain(attributes.get("name", ""))[:80]
            self.sheets.append(SheetEntry(title, attributes.get("id", ""), hidden))


class Strings(PartReader):
    """The shared strings, each with its reading and whether it was cut."""

    begins_at = frozenset({"rPh"})
    ends_at = frozenset({"rPh", "si"})
    max_strings = 1_000_000

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.readings: dict[int, str] = {}
        self.cuts: set[int] = set()
        self._runs = ReadingRuns()

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note over which characters a reading stands."""
        if name == "rPh":
            self._runs.begin(attributes)

    def end(self, name: str) -> None:
        """Keep a string."""
        if name == "rPh":
            self._runs.end()
        elif name == "si":
            self._keep()

    def keeps_text(self) -> bool:
        """Keep the string's own text; the text of readings goes its own way."""
        return self.path[-1] == "t" and self.path[-2] != "rPh"

    def characters(self, content: str) -> None:
        """Keep text of the string, or of its reading."""
        if self.path[-2:] == ["rPh", "t"]:
            self._runs.add(content)
        else:
            super().characters(content)

    def _keep(self) -> None:
        text, cut = self.taken()
        index = len(self.texts)
        if index >= self.max_strings:
            raise too_much()
        if cut:
            self.cuts.add(index)
        reading = self._runs.over(text)
        if reading:
            self.readings[index] = plain(reading)
        self.texts.append(plain(text))


@dataclass(slots=True)
class ReadingRuns:
    """The phonetic runs of one string (§18.4.6 rPh): from where to where, and how it is read."""

    runs: list[tuple[int, int, str]] = field(default_factory=list)
    span: tuple[int, int] = (0, 0)
    text: str = ""

    def begin(self, attributes: Mapping[str, str]) -> None:
        """Begin a run; `sb` and `eb` count UTF-16 units."""
        self.span = (number_in(attributes.get("sb")), number_in(attributes.get("eb")))
        self.text = ""

    def add(self, content: str) -> None:
        """Add to the reading of the run."""
        self.text = (self.text + content)[:200]

    def end(self) -> None:
        """End the run."""
        if self.text and len(self.runs) < 100:  # noqa: PLR2004 - more characters no name has
            self.runs.append((*self.span, self.text))

    def over(self, text: str) -> str:
        """Return `text` as it is read, and forget the runs: what has no reading stays itself."""
        runs, self.runs = sorted(self.runs), []
        if not runs:
            return ""
        units, pieces, done = text.encode("utf-16-le", "surrogatepass"), [], 0
        for begin, end, reading in runs:
            if done <= begin < end:
                pieces.append(_units(units, done, begin) + reading)
                done = end
        return "".join(pieces) + _units(units, done, len(units))


def _units(units: bytes, begin: int, end: int) -> str:
    return units[begin * 2 : end * 2].decode("utf-16-le", "ignore")


def _local(name: str) -> str:
    return name.rsplit(":", 1)[-1] if ":" in name else name
