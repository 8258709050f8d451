"""Japanese sentences are the msgids; the English catalog is complete and its places match."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS: dict[str, tuple[int | tuple[int, int] | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "translate": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    **dict.fromkeys(
        (
            "Refused",
            "Forbidden",
            "Conflict",
            "NotFound",
            "TooManyAttempts",
            "UnreadableFile",
            "UnprintableDocument",
            "FormatError",
        )
    ),
}
PLACES = re.compile(r"%\((\w+)\)s")


@cache
def wanted() -> Catalog:
    catalog = Catalog()
    for folder in ("crm", "templates"):
        found = extract_from_dir(
            str(ROOT / folder),
            method_map=[("**.py", "python"), ("**.html", "jinja2")],
            options_map={"**.html": {"newstyle_gettext": "true", "trimmed": "true"}},
            keywords=KEYWORDS,
        )
        for _, _, message, _, context in found:
            catalog.add(message, context=context)
    return catalog


@pytest.fixture(scope="module")
def english() -> Catalog:
    path = ROOT / "crm" / "locale" / "en" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as stream:
        return read_po(stream, locale="en")


def test_make_messages_looks_for_the_same_words() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    looked_for = re.findall(r"-k (\w+)", makefile)
    assert {*DEFAULT_KEYWORDS, *looked_for} == {*DEFAULT_KEYWORDS, *KEYWORDS}


def test_every_sentence_has_english(english: Catalog) -> None:
    missing = [
        message.id
        for message in wanted()
        if message.id and not _translated(english.get(message.id, message.context))
    ]
    assert missing == []


def _translated(message: object) -> bool:
    text = getattr(message, "string", "")
    return all(text) if isinstance(text, tuple) else bool(text)


def test_no_english_is_left_over(english: Catalog) -> None:
    known = {(message.id, message.context) for message in wanted()}
    left = [
        message.id
        for message in english
        if message.id and (message.id, message.context) not in known
    ]
    assert left == []


def test_places_to_fill_are_the_same(english: Catalog) -> None:
    wrong = [
        message.id
        for message in english
        if isinstance(message.id, str)
        and isinstance(message.string, str)
        and set(PLACES.findall(message.id)) != set(PLACES.findall(message.string))
    ]
    assert wrong == []


def test_english_holds_no_japanese(english: Catalog) -> None:
    wrong = [
        message.id
        for message in english
        if message.id
        and isinstance(message.string, str)
        # 〓 is no word: it is what paper shows for a character that no typeface has
        and re.search(
            r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]", message.string.replace("〓", "")
        )
    ]
    assert wrong == []
