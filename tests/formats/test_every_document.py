"""Every document an office prints, made of one station: what an archive, a screen reader and a
clerk ask of each."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from crm.kernel.db import Database
from crm.kernel.settings import Settings
from crm.samples.loader import load_sample
from tests.support.papers import PAPERS, Paper, Station, station_of
from tests.support.sheets import Printed
from tests.support.world import NOW, TODAY

pytestmark = pytest.mark.xdist_group("documents")
CRM = Path(__file__).parents[2] / "crm"
MAKES_PAPER = re.compile(r"render_pdf\(|-> (Typeset)?Paper:")
LEAST_POINTS = 10.5
BINDING_MM = 25
READING = re.compile(r"[ぁ-ゖァ-ヺー・（）\s]+")
MADE_AT = "D:20261120043000Z"


@pytest.fixture(scope="module")
def station(folder: Path, sqlite_template: Path) -> Iterator[Station]:
    path = folder / "documents.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    load_sample(database, "small", seed=3, today=TODAY, password_hash="")
    yield station_of(database, NOW)
    database.close()


@pytest.fixture(scope="module")
def documents(station: Station) -> Mapping[str, Printed]:
    return {name: Printed(paper.make(station)) for name, paper in PAPERS.items()}


def faults(
    documents: Mapping[str, Printed], found: Callable[[Paper, Printed], object]
) -> Mapping[str, object]:
    """Return what is wrong with which document."""
    asked = {name: found(PAPERS[name], printed) for name, printed in documents.items()}
    return {name: wrong for name, wrong in asked.items() if wrong}


def test_every_maker_of_paper_is_known() -> None:
    calling = {
        str(path.relative_to(CRM.parent))
        for path in CRM.rglob("*.py")
        if path.parent.name not in {"formats", "jobs"}
        and MAKES_PAPER.search(path.read_text(encoding="utf-8"))
    }

    assert calling == {paper.maker for paper in PAPERS.values()}


def test_documents_are_archivable_and_read_aloud(documents: Mapping[str, Printed]) -> None:
    def missing(paper: Paper, printed: Printed) -> list[object]:
        root = printed.root
        said = [
            printed.claims == ["2", "A", "1"],
            root["/Lang"] == "ja-JP",
            root["/MarkInfo"]["/Marked"],
            root["/ViewerPreferences"]["/DisplayDocTitle"],
            re.search(r"<dc:title>.*?>([^<]+)</rdf:li>", printed.facts),
            printed.untagged_pages == 0,
            printed.tags & ({"H1", "Title"} if paper.is_numbered else {"P", "Div"}),
            not printed.loose_fonts,
        ]
        return [number for number, each in enumerate(said) if not each]

    assert faults(documents, missing) == {}


def test_documents_bear_the_time_they_were_made_and_nothing_else_that_changes(
    station: Station, documents: Mapping[str, Printed]
) -> None:
    def other_time(_: Paper, printed: Printed) -> str:
        made_at = str((printed.reader.metadata or {}).get("/CreationDate"))
        return "" if made_at == MADE_AT else made_at

    assert faults(documents, other_time) == {}
    again = {name: PAPERS[name].make(station) for name in ("agenda", "voices", "letter")}
    assert again == {name: documents[name].content for name in again}


def test_documents_have_the_size_and_the_edges_of_their_sheet(
    documents: Mapping[str, Printed],
) -> None:
    def wrong(paper: Paper, printed: Printed) -> object:
        if printed.sizes != {paper.size}:
            return printed.sizes
        lines = (line for page in printed.letters for line in page if line.is_upright)
        least = min(line.left for line in lines)
        return round(least) if paper.is_filed and least < BINDING_MM - 0.1 else None

    assert faults(documents, wrong) == {}


def test_documents_are_large_enough_to_be_read(documents: Mapping[str, Printed]) -> None:
    def small(_: Paper, printed: Printed) -> set[tuple[float, str]]:
        return {
            (round(line.points, 1), line.text)
            for page in printed.letters
            for line in page
            if line.points < LEAST_POINTS - 0.1 and not READING.fullmatch(line.text)
        }

    assert faults(documents, small) == {}


def test_documents_are_black_and_white(documents: Mapping[str, Printed]) -> None:
    assert faults(documents, lambda _, printed: printed.colors) == {}


def test_documents_say_what_they_are_on_every_page(documents: Mapping[str, Printed]) -> None:
    def unsaid(paper: Paper, printed: Printed) -> list[str]:
        pages = printed.pages
        numbered = [f"{at}／{len(pages)}ページ" for at in range(1, len(pages) + 1)]
        missing = [words for words in paper.says if words not in printed.text]
        missing += [paper.caution for page in pages if paper.caution not in page]
        if paper.is_numbered:
            missing += [
                words for words, page in zip(numbered, pages, strict=True) if words not in page
            ]
        return missing

    assert faults(documents, unsaid) == {}
