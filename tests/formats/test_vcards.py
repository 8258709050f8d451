import re

import pytest

from crm.formats.vcards import LINE_OCTETS, Card, Version, write_cards
from tests.formats.test_xlsx import NASTY

KYOKO = Card(
    name="髙橋 京子",
    reading="たかはし きょうこ",
    family="髙橋",
    given="京子",
    family_reading="たかはし",
    given_reading="きょうこ",
    title="みなと町自治会 会長",
    phones=("054-000-1001", "054-000-1002 内線23"),
    note="担当区域：みなと町自治会\n取扱注意",
)
CLUB = Card("磯部自治会", "いそべじちかい", organization="磯部自治会", address="焼津市本町5-6-1")


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def values(content: bytes) -> list[tuple[str, str]]:
    """Return each property by its bare name with its text, as a reader understands it."""
    found = []
    for line in filter(None, unfolded(content)):
        head, _, text = re.sub(r'"[^"]*"', "", line).partition(":")
        found.append((head.split(";")[0], text))
    return found


def test_a_person_is_written_as_version_4_has_it() -> None:
    assert unfolded(write_cards([KYOKO], version="4.0")) == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "PRODID:tsunagari",
        "KIND:individual",
        "FN:髙橋 京子",
        'N;ALTID=1;LANGUAGE=ja;SORT-AS="たかはし,きょうこ":髙橋;京子;;;',
        "N;ALTID=1;LANGUAGE=ja;PHONETIC=script;SCRIPT=Hira:たかはし;きょうこ;;;",
        "TITLE;LANGUAGE=ja:みなと町自治会 会長",
        "TEL;TYPE=voice:054-000-1001",
        "TEL;TYPE=voice:054-000-1002 内線23",
        "NOTE;LANGUAGE=ja:担当区域：みなと町自治会\\n取扱注意",
        "END:VCARD",
        "",
    ]


def test_a_person_is_written_as_version_3_has_it() -> None:
    assert unfolded(write_cards([KYOKO], version="3.0")) == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "PRODID:tsunagari",
        "FN:髙橋 京子",
        "N:髙橋;京子;;;",
        "SORT-STRING:たかはし きょうこ",
        "X-PHONETIC-LAST-NAME:たかはし",
        "X-PHONETIC-FIRST-NAME:きょうこ",
        "TITLE:みなと町自治会 会長",
        "TEL;TYPE=VOICE:054-000-1001",
        "TEL;TYPE=VOICE:054-000-1002 内線23",
        "NOTE:担当区域：みなと町自治会\\n取扱注意",
        "END:VCARD",
        "",
    ]


def test_an_organization_is_one_and_sorts_by_its_reading() -> None:
    four, three = (unfolded(write_cards([CLUB], version=each)) for each in ("4.0", "3.0"))
    assert four[3:7] == [
        "KIND:org",
        "FN:磯部自治会",
        'ORG;SORT-AS="いそべじちかい":磯部自治会',
        "ADR;LANGUAGE=ja:;;焼津市本町5-6-1;;;;",
    ]
    assert three[3:8] == [
        "FN:磯部自治会",
        "N:磯部自治会;;;;",
        "SORT-STRING:いそべじちかい",
        "ORG:磯部自治会",
        "X-PHONETIC-ORG:いそべじちかい",
    ]


@pytest.mark.parametrize("version", ["4.0", "3.0"])
def test_long_lines_are_folded_between_characters(version: Version) -> None:
    card = Card(name="磯" * 100, family="磯" * 100, note="部" * 500)
    content = write_cards([card], version=version)
    assert max(len(line) for line in content.split(b"\r\n")) <= LINE_OCTETS
    assert f"FN:{'磯' * 100}" in unfolded(content)


@pytest.mark.parametrize("version", ["4.0", "3.0"])
@pytest.mark.parametrize("text", [*NASTY, 'a";X=1:b', "a\nTEL:0", "a\r\nEND:VCARD", "a;b,c\\n"])
def test_no_text_leaves_its_line(version: Version, text: str) -> None:
    card = Card(text, text, text, text, text, text, text, text, (text,), text, text)
    hostile = values(write_cards([card], version=version))
    plain = values(write_cards([Card(*["あ"] * 8, ("あ",), *["あ"] * 2)], version=version))
    assert [name for name, _ in hostile] == [name for name, _ in plain]
