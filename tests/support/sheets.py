"""Reading a PDF as an archive, a screen reader and a clerk do: tags, typefaces, sizes, colors."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pypdf
from pypdf.generic import DictionaryObject, IndirectObject

MM = 72 / 25.4
CLAIMS = re.compile(r"<pdf(?:aid|uaid):(?:part|conformance)>(\w)<")
PAINTS = re.compile(rb"((?:[\d.]+ +){1,4})(g|G|rg|RG|k|K|sc|SC|scn|SCN)\s")
FOUR_INKS = {b"k", b"K"}


class Letters(NamedTuple):
    """A piece of text on a page: how large, where it begins (in mm), and whether upright."""

    text: str
    points: float
    left: float
    is_upright: bool


@dataclass(frozen=True)
class Printed:
    """A document as it came out of the printer."""

    content: bytes

    @cached_property
    def reader(self) -> pypdf.PdfReader:
        """The document, opened."""
        return pypdf.PdfReader(io.BytesIO(self.content))

    @property
    def count(self) -> int:
        """How many pages it has."""
        return len(self.reader.pages)

    @property
    def root(self) -> Any:
        """What the document says of itself."""
        return self.reader.trailer["/Root"]

    @cached_property
    def facts(self) -> str:
        """Its metadata (XMP)."""
        return str(self.root["/Metadata"].get_data().decode())

    @property
    def claims(self) -> list[str]:
        """Which archive and which accessibility standard it claims to meet."""
        return CLAIMS.findall(self.facts)

    @cached_property
    def letters(self) -> list[list[Letters]]:
        """Every piece of text, page by page."""
        return [list(_letters(page)) for page in self.reader.pages]

    @cached_property
    def pages(self) -> list[str]:
        """What each page says, without blanks."""
        return [re.sub(r"\s", "", "".join(line.text for line in page)) for page in self.letters]

    @property
    def text(self) -> str:
        """All it says, without blanks."""
        return "".join(self.pages)

    @property
    def sizes(self) -> set[tuple[int, int]]:
        """How wide and high its pages are, in mm."""
        boxes = [page.mediabox for page in self.reader.pages]
        return {(round(box.width / MM), round(box.height / MM)) for box in boxes}

    @property
    def loose_fonts(self) -> set[str]:
        """The typefaces that are named and not brought along."""
        return {
            str(font["/BaseFont"])
            for page in self.reader.pages
            for font in _fonts(page)
            if not {"/FontFile2", "/FontFile3"} & set(_descriptor(font))
        }

    @property
    def untagged_pages(self) -> int:
        """How many pages have no place in the tree a screen reader walks."""
        return sum("/StructParents" not in page for page in self.reader.pages)

    @cached_property
    def tags(self) -> set[str]:
        """The kinds of tags in that tree."""
        return set(_tags(self.root["/StructTreeRoot"]))

    @property
    def colors(self) -> set[tuple[float, ...]]:
        """What is drawn neither black nor white nor gray."""
        return {
            color for page in self.reader.pages for color in _colors(page) if len(set(color)) > 1
        }


def _letters(page: pypdf.PageObject) -> Iterator[Letters]:
    found: list[Letters] = []

    def keep(text: str, page: Any, line: Any, _font: object, points: float) -> None:
        if text.strip():
            height = abs(line[3] * page[3] - line[1] * page[2]) or abs(line[1] * page[1])
            left = line[4] * page[0] + line[5] * page[2] + page[4]
            turned = abs(line[1] * page[0] + line[0] * page[1]) > 1e-3
            found.append(Letters(text.strip(), points * height, left / MM, not turned))

    page.extract_text(visitor_text=keep)
    return iter(found)


def _fonts(holder: Mapping[str, Any]) -> Iterator[DictionaryObject]:
    resources = holder.get("/Resources", {})
    for font in resources.get("/Font", {}).values():
        yield font.get_object()
    for each in resources.get("/XObject", {}).values():
        yield from _fonts(each.get_object())


def _descriptor(font: DictionaryObject) -> Mapping[str, Any]:
    [descendant] = font["/DescendantFonts"]
    return descendant.get_object()["/FontDescriptor"].get_object()


def _tags(node: Any) -> Iterator[str]:
    open_nodes = [node]
    while open_nodes:
        one = open_nodes.pop()
        if isinstance(one, IndirectObject):
            one = one.get_object()
        if isinstance(one, list):
            open_nodes.extend(one)
        elif isinstance(one, DictionaryObject):
            if "/S" in one:
                yield str(one["/S"]).removeprefix("/")
            open_nodes.append(one.get("/K", []))


def _colors(holder: Any) -> Iterator[tuple[float, ...]]:
    content = holder.get_contents() if isinstance(holder, pypdf.PageObject) else holder
    for numbers, operator in PAINTS.findall(content.get_data()):
        figures = tuple(float(each) for each in numbers.split())
        yield figures[:3] if operator in FOUR_INKS else figures
    for each in holder.get("/Resources", {}).get("/XObject", {}).values():
        form = each.get_object()
        if form["/Subtype"] == "/Form":
            yield from _colors(form)
        elif form.get("/ColorSpace") != "/DeviceGray":
            yield (0.0, 1.0)
