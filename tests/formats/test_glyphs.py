"""What our fonts can draw is what the table says, and what the typesetter does."""

import json
from collections.abc import Iterator
from functools import cache
from uuid import UUID

import pytest
import typst
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm.formats.errors import UnprintableText
from crm.formats.glyphs import COVERAGE, Place, coverage, lacks, replaced, unprintable, unvaried
from crm.formats.pdf import TEMPLATES, printable
from tests.support.coverage import table

RARE = "髙﨑𠮷濵邉齋嵜桒㐂𡈽𣘺𩸽塚神靑眞槗彅䯂鷗〓"
OUTSIDE = [
    *("𫝆", "\ue000", "🎌", "👨\u200d👩\u200d👧", "🇯🇵"),
    *("ก", "한", "1\ufe0f\u20e3", "❤\ufe0f", "\x7f"),
]
UNKNOWN = "高\U000e01ef"
"""A form no font knows, of a character each has."""
TSUJI = "辻\U000e0100"
DRAWN = [RARE, TSUJI, UNKNOWN, "か\u3099\u200b", "e\u0301", "ḿ\u2028\u3164"]


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[COVERAGE.parent]
    )


def typeset(*texts: str) -> bytes:
    """Typeset texts as paper is, past the door that looks through them."""
    said = dict.fromkeys(("title", "date", "to", "from", "opening", "answer", "contact"), "")
    data = json.dumps({**said, "title": "見本", "points": texts})
    return typst.compile(
        TEMPLATES / "letter.typ",
        format="pdf",
        font_paths=fonts(),
        sys_inputs={"data": data},
        pdf_standards=["a-2a", "ua-1"],
    )


def sequences() -> Iterator[str]:
    for selector, bases in coverage().sequences.items():
        yield from (base + selector for base in sorted(bases))


def test_table_is_what_the_fonts_have() -> None:
    assert COVERAGE.read_text(encoding="ascii") == table()


def test_all_of_the_table_is_typeset() -> None:
    characters = sorted(coverage().characters)
    assert len(characters) > 15_000
    assert unprintable(characters) == []

    assert typeset("".join(characters), "".join(sequences()))


@pytest.mark.parametrize("unit", OUTSIDE)
def test_what_is_outside_the_table_is_not_typeset(unit: str) -> None:
    assert unprintable([f"山{unit}田{unit}"]) == [unit]

    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typeset(f"山{unit}田")
    assert typeset(replaced(f"山{unit}田"))


@pytest.mark.parametrize("text", DRAWN)
def test_what_can_be_drawn_is_left_as_it_is(text: str) -> None:
    assert (unprintable([text]), replaced(text)) == ([], text)
    assert typeset(text)


def test_form_no_font_knows_is_told_apart() -> None:
    assert unvaried([f"{TSUJI}{UNKNOWN}山"]) == [UNKNOWN]


@settings(max_examples=50)
@given(st.text(st.sampled_from("".join(OUTSIDE + DRAWN))))
@example("\u200d\U000e0100")
def test_what_was_replaced_is_printable(text: str) -> None:
    once = replaced(text)

    assert unprintable([once]) == []
    assert replaced(once) == once
    assert (once == text) is (unprintable([text]) == [])


def test_the_worst_comes_first_and_the_rest_is_counted() -> None:
    subject = ("person", UUID(int=1))
    places = [Place(subject, "名", "氏名", text) for text in (UNKNOWN, "山𫝆", *["𫝆"] * 20)]

    found = lacks(places)

    assert (len(found.shown), found.more, found.must_be_replaced) == (20, 2, True)
    assert [lack.code for lack in found.shown] == ["U+2B746"] * 20
    assert found.subjects == [subject]
    assert lacks(places[:1]).shown[0].code == "U+9AD8 U+E01EF"


def test_data_is_looked_through_to_its_leaves() -> None:
    data = {"rows": [{"name": "𫝆\x00"}, {"name": ("山", 1, None)}]}

    with pytest.raises(UnprintableText) as raised:
        printable(data)

    assert str(raised.value) == (
        "印刷できない文字があります：𫝆（U+2B746）。「〓に置き換えて印刷する」を選ぶか、"
        "元の記録の文字を直してください。"
    )
    assert printable(data, may_replace=True) == {
        "rows": [{"name": "〓"}, {"name": ["山", 1, None]}]
    }
