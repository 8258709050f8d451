"""What is typed is read as words of names, or as a telephone number however it is written."""

import pytest

from crm.search.terms import Word, read_term

WHOLE = Word("0878330110", "0878330110", "+81878330110")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("た", [Word("タ")]),
        ("髙橋　しょうへい", [Word("高橋"), Word("ショウヘイ")]),
        ("ﾀｶﾊｼ", [Word("タカハシ")]),
        ("0110", [Word("0110", "0110")]),
        ("０１１０ 髙橋", [Word("0110", "0110"), Word("高橋")]),
        ("110", [Word("110")]),
        ("0878330110", [WHOLE]),
        ("０８７ー８３３ー０１１０", [WHOLE]),
        ("087 833 0110", [WHOLE]),
        ("8330110", [Word("8330110", "8330110")]),
        ("5丁目", [Word("5丁目")]),
        ("  ", []),
        ("ー", []),
        ("・ -", []),
    ],
)
def test_read_term_gives_the_words_to_find(typed: str, words: list[Word]) -> None:
    assert read_term(typed) == words


def test_read_term_reads_brackets_around_an_area_code() -> None:
    (word,) = read_term("(087)833-0110")

    assert (word.figures, word.e164) == ("0878330110", "+81878330110")


def test_read_term_completes_a_local_number() -> None:
    (word,) = read_term("833-0110", area_code="087")

    assert word.e164 == "+81878330110"
