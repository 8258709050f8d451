"""What the documents on security say is tested, is; and they count what they say they count."""

import re
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "docs" / "security").glob("*.md"))
ASVS = ROOT / "docs" / "security" / "asvs.md"

TEST_FILE = re.compile(r"\btests/[\w/]+(?:\.py)?")
SOURCE = re.compile(r"`((?:crm|deploy)/[\w./]+)`")
LINK = re.compile(r"\]\(((?!https?:)[^)#]+)")
CLAIM = re.compile(r"\bproof (G\d+)")
PROOF = re.compile(r'@proof\(\s*"(G\d+)"')
ROW = re.compile(r"\| [\d.]+ \| [12] \| .+ \| (met|n\.a\.|not yet) \| .+ \| (.*) \|")
COUNT = re.compile(r"(\d+) met · (\d+) n\.a\. · (\d+) not yet")
STANDINGS = ("met", "n.a.", "not yet")
LEVELS_1_AND_2 = 253


def proven() -> set[str]:
    """Return the goals `make prove` tries to refute."""
    sources = (ROOT / "tests" / "proof").glob("*.py")
    return set(chain.from_iterable(PROOF.findall(path.read_text("utf-8")) for path in sources))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")

    paths = [ROOT / named for named in (*TEST_FILE.findall(text), *SOURCE.findall(text))]
    paths += [document.parent / linked for linked in LINK.findall(text)]

    assert [str(path) for path in paths if not path.exists()] == []
    assert set(CLAIM.findall(text)) - proven() == set()


def test_asvs_is_whole_and_counted() -> None:
    text = ASVS.read_text(encoding="utf-8")
    chapters = text.split("\n## V")[1:]

    told = [tuple(map(int, found)) for found in COUNT.findall(text)]
    rows = [ROW.findall(chapter) for chapter in chapters]
    counts = [Counter(standing for standing, _ in found) for found in rows]

    assert told[0] == tuple(sum(count[each] for count in counts) for each in STANDINGS)
    assert told[3:] == [tuple(count[each] for each in STANDINGS) for count in counts]
    assert sum(told[0]) == LEVELS_1_AND_2


def test_what_is_met_says_how_it_is_known() -> None:
    rows = ROW.findall(ASVS.read_text(encoding="utf-8"))

    assert [tested for standing, tested in rows if standing == "met" and not tested] == []
